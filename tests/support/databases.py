"""Databases for tests: migrated once, then copied for each test, on SQLite and on PostgreSQL."""

from __future__ import annotations

import shutil
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.support.postgres import Cluster

Migrate = Callable[[str], None]


def sqlite_url(path: Path) -> str:
    """Return the SQLAlchemy address of a database file."""
    return f"sqlite:///{path}"


def make_sqlite_template(folder: Path, migrate: Migrate) -> Path:
    """Return a migrated database file that can be copied as it lies, its log folded in."""
    path = folder / "template.sqlite"
    migrate(sqlite_url(path))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


def copy_sqlite(template: Path, folder: Path) -> str:
    """Return the address of a fresh copy of the template in `folder`."""
    return sqlite_url(Path(shutil.copy(template, folder / f"{uuid.uuid4().hex}.sqlite")))


def make_postgresql_template(cluster: Cluster, migrate: Migrate) -> str:
    """Return the name of a migrated database of the cluster."""
    name = "template_migrated"
    migrate(cluster.create(name))
    return name


@contextmanager
def copied_postgresql(cluster: Cluster, template: str) -> Iterator[str]:
    """Yield the address of a fresh copy of the template, dropped afterwards."""
    name = f"test_{uuid.uuid4().hex}"
    yield cluster.create(name, template)
    cluster.drop(name)
