"""Integration tests run twice: on SQLite and on a real PostgreSQL, each on a fresh copy of a migrated database.

A file about what pages say, whose queries are tested on both elsewhere, names one database: DATABASES = ("sqlite",).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.support.application import migrate, running_application
from tests.support.client import CheckedClient
from tests.support.databases import copied_postgresql, copy_sqlite, make_postgresql_template, make_sqlite_template
from tests.support.postgres import Cluster, running_cluster


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the databases that a file is not about."""
    out = [item for item in items if _elsewhere(item)]
    config.hook.pytest_deselected(items=out)
    items[:] = [item for item in items if item not in set(out)]


def _elsewhere(item: pytest.Item) -> bool:
    database = getattr(getattr(item, "callspec", None), "params", {}).get("database_url")
    wanted = getattr(getattr(item, "module", None), "DATABASES", None)
    return bool(database and wanted and database not in wanted)


@pytest.fixture(scope="session")
def postgresql_cluster() -> Iterator[Cluster]:
    """A throwaway PostgreSQL; a machine without one fails the tests that ask for it."""
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def postgresql_template(postgresql_cluster: Cluster) -> str:
    """The name of a migrated database in the cluster."""
    return make_postgresql_template(postgresql_cluster, migrate)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file."""
    return make_sqlite_template(tmp_path_factory.mktemp("sqlite"), migrate)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh, migrated database of each kind."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            yield copy_sqlite(request.getfixturevalue("sqlite_template"), tmp_path)
        else:
            cluster: Cluster = request.getfixturevalue("postgresql_cluster")
            yield stack.enter_context(copied_postgresql(cluster, request.getfixturevalue("postgresql_template")))


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    """The application on that database."""
    with running_application(database_url) as application:
        yield application


@pytest.fixture
def client(app: Flask) -> CheckedClient:
    """A visitor without an account; every page fetched is checked."""
    visitor = app.test_client()
    assert isinstance(visitor, CheckedClient)
    return visitor


@pytest.fixture
def db(app: Flask) -> Iterator[Session]:
    """A session of the test's own, to arrange and to look with; commit what a request shall see."""
    from feedback_app.extensions import db as extension

    with app.app_context():
        engine = extension.engine
    with Session(engine) as session:
        yield session
