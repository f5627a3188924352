"""`feedback-app db`: the database's shape."""

from __future__ import annotations

import click

from feedback_app.cli.running import application, settings
from feedback_app.extensions import db
from feedback_app.store.migrating import upgrade_database


@click.group("db")
def database() -> None:
    """Prepare the database."""


@database.command("upgrade")
def upgrade() -> None:
    """Bring the database to the newest shape. Safe to run at every start."""
    with application():
        upgrade_database(db.engine, settings().migrations_dir)
        click.echo("The database is up to date.")
