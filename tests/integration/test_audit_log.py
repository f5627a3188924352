"""The audit log in the database: one chain whoever writes, which nobody changes, also after the migration."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from alembic import command
from flask import Flask
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from feedback_app.domain.audit_chain import Broken
from feedback_app.domain.audit_search import Sought
from feedback_app.domain.scope import Scope
from feedback_app.services import auditing
from feedback_app.services.auditing import is_guarded, note_action, note_once_a_day, verify_log
from feedback_app.store.audit import iterate_entries
from feedback_app.store.engine import prepare_engine
from feedback_app.store.tables import AuditEntry
from tests.support.application import migration_config
from tests.support.commands import CommandLine
from tests.support.summaries import SCOPE

ELSEWHERE = Scope("elsewhere")
NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)


def note(db: Session, subject: str, scope: Scope = SCOPE, **more: str) -> None:
    note_action(db, scope, at=NOW, actor="lead@example.org", action="figures seen", subject=subject, **more)


@pytest.fixture
def log(db: Session) -> Session:
    """A log of five entries."""
    for number in range(5):
        note(db, f"wave-{number}")
    db.commit()
    return db


def tamper(db: Session, *statements: str) -> None:
    """Do what only somebody who owns the database can: take the triggers off, and write."""
    if db.get_bind().dialect.name == "sqlite":
        off = ["DROP TRIGGER audit_entry_no_update", "DROP TRIGGER audit_entry_no_delete"]
    else:
        off = ["ALTER TABLE audit_entry DISABLE TRIGGER ALL"]
    for statement in (*off, *statements):
        db.execute(text(statement))
    db.commit()


def test_each_partnership_has_a_chain_of_its_own_that_holds(log: Session) -> None:
    note(log, "theirs", ELSEWHERE)
    note(log, "ours")
    log.commit()
    assert verify_log(log, SCOPE).entries == 6
    assert verify_log(log, ELSEWHERE).entries == 1
    assert verify_log(log, Scope("nobody")).entries == 0


def test_what_no_database_can_hold_is_made_storable_and_holds(log: Session) -> None:
    note(log, "x" * 300, reason="a\0b\ud800c")
    log.commit()
    assert verify_log(log, SCOPE).broken is None
    (entry,) = log.scalars(select(AuditEntry).where(AuditEntry.number == 6))
    assert (len(entry.subject), entry.reason) == (200, "a\ufffdb?c")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET reason = 'another'",
        "UPDATE audit_entry SET number = number WHERE number = 2",
        "DELETE FROM audit_entry",
        "DELETE FROM audit_entry WHERE number = 5",
        "TRUNCATE audit_entry",
    ],
)
def test_the_database_itself_refuses_to_change_or_remove_an_entry(log: Session, statement: str) -> None:
    with pytest.raises(DBAPIError):  # SQLite does not know TRUNCATE at all
        log.execute(text(statement))
    log.rollback()
    assert verify_log(log, SCOPE).entries == 5


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit_entry SET actor = 'somebody@example.org' WHERE number = 3", Broken(3, "changed")),
        ("UPDATE audit_entry SET at = '2026-11-16 11:59:00+00' WHERE number = 1", Broken(1, "changed")),
        ("UPDATE audit_entry SET before = hash WHERE number = 2", Broken(2, "moved")),
        ("DELETE FROM audit_entry WHERE number = 2", Broken(2, "missing")),
        ("UPDATE audit_entry SET number = 0 WHERE number = 4", Broken(0, "added")),
        ("DELETE FROM audit_entry WHERE number > 3", None),
    ],
)
def test_whoever_gets_past_the_triggers_is_found(log: Session, statement: str, broken: Broken | None) -> None:
    last = verify_log(log, SCOPE).last
    tamper(log, statement)
    assert verify_log(log, SCOPE).broken == broken
    assert verify_log(log, SCOPE, last).broken == (broken or Broken(4, "cut"))


def test_two_partnerships_entries_are_not_told_apart_by_their_place_alone(log: Session) -> None:
    tamper(log, "UPDATE audit_entry SET partnership = 'elsewhere'")
    assert verify_log(log, ELSEWHERE).broken == Broken(1, "changed")


@pytest.fixture
def many(app: Flask, database_url: str) -> Iterator[list[Session]]:
    """Sessions of eight writers, each on an engine of its own, as in processes of their own."""
    url = database_url.replace("postgresql://", "postgresql+psycopg://")
    engines = [create_engine(url) for _ in range(8)]
    for engine in engines:
        prepare_engine(engine)
    yield [Session(engine) for engine in engines]
    for engine in engines:
        engine.dispose()


def test_many_writers_at_once_keep_one_chain(many: list[Session], db: Session) -> None:
    together = Barrier(len(many))

    def write(session: Session) -> None:
        together.wait()
        for number in range(12):
            note(session, f"wave-{number}")
            session.commit()
        session.close()

    with ThreadPoolExecutor(len(many)) as pool:
        list(pool.map(write, many))
    found = verify_log(db, SCOPE)
    assert (found.entries, found.broken) == (96, None)


def test_what_many_see_at_once_is_noted_once_a_day(many: list[Session], db: Session) -> None:
    together = Barrier(len(many))

    def see(session: Session) -> None:
        together.wait()
        for at in (NOW, NOW + timedelta(hours=11, minutes=59), NOW + timedelta(hours=12)):
            known = {"actor": "lead@example.org", "action": "figures seen", "subject": "autumn"}
            note_once_a_day(session, SCOPE, at=at, **known)
            session.commit()
        session.close()

    with ThreadPoolExecutor(len(many)) as pool:
        list(pool.map(see, many))
    assert [entry.at.day for entry, _kept in iterate_entries(db, SCOPE)] == [16, 17]


def test_entries_are_found_by_part_of_a_word_and_by_day(db: Session) -> None:
    for day, subject in enumerate(("100%", "100_", "Wave-\\1"), 1):
        at = datetime(2026, 11, day, 0, 0, tzinfo=UTC)
        note_action(db, SCOPE, at=at, actor="Lead@example.org", action="figures seen", subject=subject)
    db.commit()

    def found(**sought: object) -> list[str]:
        kept = auditing.iterate_kept(db, SCOPE, Sought(**sought))  # type: ignore[arg-type]
        return [entry.subject for entry, _hash in kept]

    assert found(subject="0%") == ["100%"]
    assert found(subject="0_") == ["100_"]
    assert found(subject="\\") == ["Wave-\\1"]
    assert found(who="lead", what="FIGURES", subject="WAVE") == ["Wave-\\1"]
    assert found(since=datetime(2026, 11, 2, tzinfo=UTC)) == ["100_", "Wave-\\1"]
    assert found(until=datetime(2026, 11, 2, tzinfo=UTC)) == ["100%"]
    assert found(wave="100") == []


def test_pages_lead_from_the_newest_entry_to_the_first(db: Session) -> None:
    for number in range(120):
        note(db, f"wave-{number}")
    db.commit()
    numbers, before = [], None
    while True:
        page = auditing.page_of(db, SCOPE, Sought(subject="wave"), before)
        assert len(page.entries) <= 50
        numbers += [entry.number for entry in page.entries]
        if page.older is None:
            break
        before = page.older
    assert numbers == list(range(120, 0, -1))


def test_entries_from_before_the_chain_are_chained_by_the_migration(database_url: str) -> None:
    config = migration_config(database_url)
    command.downgrade(config, "0004")
    engine = create_engine(config.get_main_option("sqlalchemy.url") or "", poolclass=NullPool)
    entry = text(
        "INSERT INTO audit_entry (partnership, at, actor, action, subject, reason) "
        "VALUES (:partnership, :at, 'léad@example.org', 'rows exported', 'autumn', :reason)"
    )
    with engine.begin() as connection:
        for number in range(6):
            at = (NOW + timedelta(minutes=number, microseconds=number)).replace(tzinfo=None).isoformat(" ")
            at += "" if engine.dialect.name == "sqlite" else "+00"
            place = "lancashire" if number % 3 else "elsewhere"
            connection.execute(entry, {"partnership": place, "at": at, "reason": "why “so” ☺" if number else ""})
    command.upgrade(config, "head")
    with Session(engine) as db:
        assert verify_log(db, SCOPE).entries == 4
        assert verify_log(db, ELSEWHERE).entries == 2
        note(db, "spring")
        db.commit()
        assert (verify_log(db, SCOPE).entries, verify_log(db, SCOPE).broken) == (5, None)
        db.rollback()
    engine.dispose()


@pytest.fixture
def run(database_url: str) -> CommandLine:
    return CommandLine(database_url)


def test_verify_says_how_many_entries_hold_and_what_to_note(log: Session, run: CommandLine) -> None:
    last = verify_log(log, SCOPE).last
    log.rollback()
    said = run.must("audit", "verify")
    assert "Entries: 5. All are as they were written." in said
    assert said.splitlines()[-1] == f"Note the last one elsewhere: {last}"
    note(log, "later")
    log.commit()
    assert "Entry 5 is the one that was noted." in run.must("audit", "verify", "--from", str(last))
    told = json.loads(run.must("audit", "verify", "--format", "json"))
    assert (told["holds"], told["entries"], told["last"]["number"], told["broken"]) == (True, 6, 6, None)


def test_verify_names_the_first_broken_entry_and_fails(log: Session, run: CommandLine) -> None:
    last = verify_log(log, SCOPE).last
    tamper(log, "UPDATE audit_entry SET reason = 'another' WHERE number = 4")
    done = run("audit", "verify")
    assert done.exit_code == 1
    assert "Entry 4 has been changed since it was written. Entries that hold before it: 3." in done.stderr
    tamper_again = "DELETE FROM audit_entry WHERE number >= 4"
    log.execute(text(tamper_again))
    log.commit()
    unguarded = run("audit", "verify")  # what is left holds, and the triggers are off
    assert (unguarded.exit_code, "All are as they were" in unguarded.stdout) == (1, True)
    assert "The database no longer protects the log" in unguarded.stderr
    cut = run("audit", "verify", "--from", str(last), "--format", "json")
    assert cut.exit_code == 1
    told = json.loads(cut.stdout)
    assert (told["holds"], told["broken"]["number"], told["broken"]["how"]) == (False, 4, "cut")
    assert "entry 5 was noted earlier" in told["broken"]["said"]


def test_what_cannot_have_been_noted_is_refused_with_a_sentence(run: CommandLine) -> None:
    done = run("audit", "verify", "--from", "five")
    assert done.exit_code == 2
    assert "write the number, a colon and the 64 letters and figures" in done.stderr


def test_the_log_is_listed_in_lines_that_no_terminal_obeys(log: Session, run: CommandLine) -> None:
    note(log, "autumn", reason="one\ntwo\t\x1b[2Jthree")
    log.commit()
    lines = run.must("audit", "list").splitlines()
    assert len(lines) == 6
    assert lines[-1].split("\t")[1:] == ["lead@example.org", "figures seen", "autumn", "one two  [2Jthree"]
    assert len(run.must("audit", "list", "--wave", "wave-3").splitlines()) == 1


def test_the_exported_log_can_be_checked_by_anybody_and_names_its_export(log: Session, run: CommandLine) -> None:
    from feedback_app.domain.audit_chain import Entry, verify

    note(log, "=1+1")
    log.commit()
    rows = [json.loads(line) for line in run.must("audit", "export", "--format", "json").splitlines()]
    chain = []
    for row in rows:
        kept = row.pop("hash")
        chain.append((Entry(**{**row, "at": datetime.fromisoformat(row["at"])}), kept))
    assert verify(chain).broken is None
    assert rows[-1]["action"] == "audit log exported"
    table = run.must("audit", "export").splitlines()
    assert table[0] == "number,at,actor,action,subject,reason,before,hash"
    assert ",'=1+1," in table[6]
    assert len(run.must("audit", "export", "--wave", "wave-1").splitlines()) == 2
    assert len(run.must("audit", "export", "--until", "2026-11-16").splitlines()) == 7
    for wrong in (("--since", "2026-11-17", "--until", "2026-11-16"), ("--until", "9999-12-31"), ("--since", "soon")):
        assert run("audit", "export", *wrong).exit_code == 2


def test_a_trigger_that_is_missing_is_told_though_every_entry_holds(log: Session, run: CommandLine) -> None:
    assert is_guarded(log)
    assert json.loads(run.must("audit", "verify", "--format", "json"))["guarded"] is True
    tamper(log)
    assert not is_guarded(log)
    log.rollback()
    told = run("audit", "verify", "--format", "json")
    assert told.exit_code == 1
    assert (json.loads(told.stdout)["holds"], json.loads(told.stdout)["guarded"]) == (True, False)
