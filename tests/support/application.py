"""The application under test, on a given database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import command
from alembic.config import Config
from flask import Flask

from tests.support.client import CheckedClient
from tests.support.quick_start import TemplatesInMemory, start_quickly
from tests.support.settings import make_settings


def migration_config(database_url: str) -> Config:
    """Return what Alembic needs to know to migrate a database with the project's migrations."""
    config = Config()
    config.set_main_option("script_location", str(make_settings(database_url).migrations_dir).replace("%", "%%"))
    config.set_main_option("sqlalchemy.url", database_url.replace("%", "%%"))
    return config


def migrate(database_url: str) -> None:
    """Bring an empty database to the newest revision, as `feedback-app db upgrade` does."""
    command.upgrade(migration_config(database_url), "head")


@contextmanager
def running_application(database_url: str, **overrides: object) -> Iterator[Flask]:
    """Yield an application whose test clients check pages; its connections are closed afterwards."""
    from feedback_app.app import create_app
    from feedback_app.extensions import db

    start_quickly()
    app = create_app(make_settings(database_url, **overrides))
    app.jinja_env.bytecode_cache = TemplatesInMemory()
    app.test_client_class = CheckedClient
    try:
        yield app
    finally:
        with app.app_context():
            for engine in db.engines.values():
                engine.dispose()
