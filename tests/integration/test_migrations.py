"""The migrations make the tables that the code describes, on both databases, and can be gone back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, delete, inspect, select, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from feedback_app.domain import scope as roles
from feedback_app.store.accounts import Role, User
from feedback_app.store.comment_tables import UNSCREENED, Comment
from feedback_app.store.sealed import use_keys
from feedback_app.store.tables import Base, OutboxJob
from tests.support.application import migration_config
from tests.support.settings import DATA_KEY
from tests.support.summaries import add_answers, add_wave, make_instrument


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


def test_what_waits_to_be_sent_goes_up_open_and_down_again_while_it_is_open(database_url: str) -> None:
    config = migration_config(database_url)
    command.downgrade(config, "0004")
    columns = "id, partnership, kind, payload, attempts, failed"
    with _session(database_url) as db:
        job = text(f"INSERT INTO outbox_job ({columns}) VALUES (:id, 'a', 'b', :said, 0, :no)")
        db.execute(job, {"id": "1" * 32, "said": '{"to": "x"}', "no": False})
        db.commit()
    command.upgrade(config, "head")
    with _session(database_url) as db:
        assert db.scalars(select(OutboxJob.payload)).all() == [{"to": "x"}]
    command.downgrade(config, "0004")
    command.upgrade(config, "head")
    with _session(database_url) as db:
        assert db.scalars(select(OutboxJob.payload)).all() == [{"to": "x"}]


def test_going_down_is_refused_while_something_waits_that_is_sealed(database_url: str) -> None:
    config = migration_config(database_url)
    use_keys([DATA_KEY])
    with _session(database_url) as db:
        db.add(OutboxJob(partnership="lancashire", kind="mail", payload={"to": "x"}))
        db.commit()
    with pytest.raises(RuntimeError, match=r"^Jobs in the outbox that are sealed: 1[.].*jobs run --once"):
        command.downgrade(config, "0004")
    with _session(database_url) as db:
        assert db.scalar(text("SELECT version_num FROM alembic_version")) == _head(config)
        db.execute(delete(OutboxJob))
        db.commit()
    command.downgrade(config, "0004")


def test_going_down_is_refused_while_an_address_has_two_accounts(database_url: str) -> None:
    config = migration_config(database_url)
    with _session(database_url) as db:
        for place in ("lancashire", "northshire"):
            db.add(User(partnership=place, email="both@example.org", active=True, fs_uniquifier=place))
            db.add(User(partnership=place, email=f"{place}@example.org", active=True, fs_uniquifier=f"other {place}"))
        db.commit()
    with pytest.raises(RuntimeError, match=r"more than one partnership: both@example.org[.]"):
        command.downgrade(config, "0004")
    with _session(database_url) as db:
        assert db.scalar(text("SELECT version_num FROM alembic_version")) == _head(config)
        db.execute(delete(User).where(User.fs_uniquifier == "northshire"))
        db.commit()
    command.downgrade(config, "0004")


def test_every_role_is_there_from_the_start_and_those_of_before_stay(database_url: str) -> None:
    with _session(database_url) as db:
        assert set(db.scalars(select(Role.name))) == set(roles.Role)
    config = migration_config(database_url)
    command.downgrade(config, "0004")
    with _session(database_url) as db:
        db.execute(text("DELETE FROM role WHERE name <> 'auditor'"))
        db.commit()
        kept = db.scalar(text("SELECT id FROM role"))
    command.upgrade(config, "head")
    with _session(database_url) as db:
        assert sorted(db.scalars(select(Role.name))) == sorted(roles.Role)
        assert db.scalar(select(Role.id).where(Role.name == "auditor")) == kept


def test_staff_keep_their_roles_while_their_table_is_made_anew(database_url: str) -> None:
    config = migration_config(database_url)
    with _session(database_url) as db:
        lead = db.scalars(select(Role).where(Role.name == roles.Role.WORKSTREAM_LEAD)).one()
        db.add(User(partnership="anyshire", email="lead@example.org", active=True, fs_uniquifier="lead", roles=[lead]))
        db.commit()
    command.downgrade(config, "0004")
    command.upgrade(config, "head")
    with _session(database_url) as db:
        (user,) = db.scalars(select(User)).unique()
        assert [role.name for role in user.roles] == [roles.Role.WORKSTREAM_LEAD]


def test_words_that_were_there_before_screening_wait_for_it_and_go_down_again(database_url: str) -> None:
    config = migration_config(database_url)
    with _session(database_url) as db:
        add_answers(db, add_wave(db), [{"TS1": 1}], words={0: "Kind and quick"})
    command.downgrade(config, "0005")
    with _session(database_url) as db:
        assert db.execute(text("SELECT item, words FROM response_text")).all() == [("TS11", "Kind and quick")]
    command.upgrade(config, "head")
    with _session(database_url) as db:
        (comment,) = db.scalars(select(Comment))
        assert (comment.words, comment.standing, comment.partnership) == ("Kind and quick", UNSCREENED, "lancashire")
        assert not comment.young


def test_words_of_the_young_that_were_there_before_are_marked_as_theirs(database_url: str) -> None:
    config = migration_config(database_url)
    with _session(database_url) as db:
        wave = add_wave(db, make_instrument(minors=True, text_switch=True))
        add_answers(db, wave, [{"TS1": 1}], words={0: "I like it here"})
    command.downgrade(config, "0005")
    command.upgrade(config, "head")
    with _session(database_url) as db:
        assert db.scalars(select(Comment.young)).all() == [True]


def _head(config: Config) -> str | None:
    return ScriptDirectory.from_config(config).get_current_head()


@contextmanager
def _session(database_url: str) -> Iterator[Session]:
    """Yield a session that leaves no connection behind."""
    engine = create_engine(database_url, poolclass=NullPool)
    with Session(engine) as session:
        yield session
    engine.dispose()


def _tables(database_url: str) -> list[str]:
    engine = create_engine(database_url, poolclass=NullPool)
    try:
        return inspect(engine).get_table_names()
    finally:
        engine.dispose()
