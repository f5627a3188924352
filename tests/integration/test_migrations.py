"""The migrations make the tables that the code describes, on both databases, and can be gone back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.pool import NullPool

import feedback_app.store.accounts  # noqa: F401 - its tables belong to the metadata
from feedback_app.store.tables import Base
from tests.support.application import migration_config


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    """A connection to a migrated database."""
    engine = create_engine(database_url, poolclass=NullPool)
    with engine.connect() as opened:
        yield opened
    engine.dispose()


def test_the_migrated_database_has_the_tables_of_the_code(connection: Connection) -> None:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    assert compare_metadata(context, Base.metadata) == []


def test_each_test_gets_a_database_of_its_own(connection: Connection, database_url: str) -> None:
    connection.execute(text("CREATE TABLE only_here (id integer)"))
    connection.commit()
    assert "only_here" in inspect(connection).get_table_names()


def test_what_another_test_made_is_not_here(connection: Connection) -> None:
    assert "only_here" not in inspect(connection).get_table_names()


def test_the_migrations_go_down_to_nothing_and_up_again(connection: Connection, database_url: str) -> None:
    before = set(inspect(connection).get_table_names())
    connection.close()
    command.downgrade(migration_config(database_url), "base")
    assert set(_tables(database_url)) == {"alembic_version"}
    command.upgrade(migration_config(database_url), "head")
    assert set(_tables(database_url)) == before


def test_the_migrations_have_one_head_and_names_for_every_constraint(database_url: str) -> None:
    assert len(ScriptDirectory.from_config(migration_config(database_url)).get_heads()) == 1
    unnamed = [
        f"{table.name}: {constraint}"
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if constraint.name is None
    ]
    assert unnamed == []


def _tables(database_url: str) -> list[str]:
    engine = create_engine(database_url, poolclass=NullPool)
    try:
        return inspect(engine).get_table_names()
    finally:
        engine.dispose()
