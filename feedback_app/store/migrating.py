"""Bringing a database to the newest shape."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from feedback_app.store.engine import begun_to_migrate

if TYPE_CHECKING:
    from alembic.config import Config


def configuration(migrations: Path) -> Config:
    """Return Alembic's configuration for a folder of migrations."""
    from alembic.config import Config  # the pages never migrate: they need not know how

    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def upgrade_database(engine: Engine, migrations: Path, revision: str = "head") -> None:
    """Run the migrations a database lacks, in one transaction."""
    from alembic import command

    config = configuration(migrations)
    with begun_to_migrate(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
