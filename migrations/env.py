"""How migrations run: on a connection that is handed in, each in one transaction."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine, pool

import feedback_app.store.accounts
import feedback_app.store.comment_tables
import feedback_app.store.talk_tables  # noqa: F401 - their tables belong to the metadata
from feedback_app.store.engine import begun_to_migrate, prepare_engine
from feedback_app.store.tables import Base


def run_migrations() -> None:
    """Run on the connection of the command, or on the address it names."""
    given = context.config.attributes.get("connection")
    if given is not None:
        _run_on(given)
        return
    engine = create_engine(context.config.get_main_option("sqlalchemy.url") or "", poolclass=pool.NullPool)
    prepare_engine(engine)  # what goes wrong half way goes back whole, on SQLite too
    with begun_to_migrate(engine) as connection:
        _run_on(connection)


def _run_on(connection: object) -> None:
    context.configure(
        connection=connection,  # type: ignore[arg-type]
        target_metadata=Base.metadata,
        compare_type=True,
        transaction_per_migration=True,
        render_as_batch=connection.dialect.name == "sqlite",  # type: ignore[attr-defined]
    )
    with context.begin_transaction():
        context.run_migrations()


run_migrations()
