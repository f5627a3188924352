"""The audit log: who saw, changed, took out or decided what. Entries are added and read, never changed."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, insert, select
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from feedback_app.domain.audit_chain import FIRST, Entry, hash_of
from feedback_app.domain.audit_search import EVERYTHING, Sought
from feedback_app.domain.scope import Scope
from feedback_app.store.tables import AuditEntry

AT_ONCE = 1_000  # entries read from the database at a time: memory stays flat however long the log is
_PARTS = tuple(
    getattr(AuditEntry, name)
    for name in ("partnership", "number", "at", "actor", "action", "subject", "reason", "before")
)


def add_entry(
    db: Session, scope: Scope, *, at: datetime, actor: str, action: str, subject: str, reason: str = ""
) -> None:
    """Add an entry to the end of the chain, waiting for whoever adds another in this partnership.

    ``actor`` is a sign-in address, ``action`` such as "rows exported", ``subject`` such as a wave's slug.
    """
    wait_for_turn(db, scope)
    last = db.execute(
        select(AuditEntry.number, AuditEntry.hash)
        .where(AuditEntry.partnership == scope.partnership)
        .order_by(AuditEntry.number.desc())
        .limit(1)
    ).first()
    number, before = (last.number + 1, last.hash) if last else (1, FIRST)
    told = [_storable(text) for text in (actor, action, subject, reason)]
    entry = Entry(
        scope.partnership, number, at.astimezone(UTC), told[0][:255], told[1][:40], told[2][:200], told[3], before
    )
    db.execute(insert(AuditEntry).values(**asdict(entry), hash=hash_of(entry)))


def wait_for_turn(db: Session, scope: Scope) -> None:
    """Wait until nobody else adds to this partnership's log, until the end of the transaction.

    This turn is taken last: whoever changes an account as well does that first, and flushes it, so that no two wait
    for each other.
    """
    if db.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time as it is
        db.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"audit/{scope.partnership}"))))


def is_guarded(db: Session) -> bool:
    """Return whether the database itself refuses to change or remove entries: its triggers are there and on."""
    if db.get_bind().dialect.name == "postgresql":
        found = db.scalar(
            sql(
                "SELECT count(*) FROM pg_trigger WHERE tgrelid = 'audit_entry'::regclass AND tgenabled <> 'D' "
                "AND tgname = 'audit_entry_only_adding'"
            )
        )
        return bool(found == 1)
    found = db.scalar(
        sql(
            "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry' "
            "AND name IN ('audit_entry_no_update', 'audit_entry_no_delete') AND sql LIKE '%RAISE(ABORT%'"
        )
    )
    return bool(found == 2)


def _storable(text: str) -> str:
    """Return text that every database takes: no NUL, no half of a character."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def was_noted(db: Session, scope: Scope, *, since: datetime, actor: str, action: str, about: dict[str, str]) -> bool:
    """Return whether somebody's action stands in the log from a moment on; ``about``: its subject or reason or both."""
    wanted = [getattr(AuditEntry, name) == value for name, value in about.items()]
    found = (
        select(AuditEntry.id)
        .where(AuditEntry.partnership == scope.partnership, AuditEntry.actor == actor, AuditEntry.action == action)
        .where(AuditEntry.at >= since.astimezone(UTC), *wanted)
        .limit(1)
    )
    return db.scalar(found) is not None


def _wanted(scope: Scope, sought: Sought) -> list[ColumnElement[bool]]:
    """Return the conditions of what is sought. Words are found anywhere, in small letters or capitals."""
    wanted: list[ColumnElement[bool]] = [AuditEntry.partnership == scope.partnership]
    texts = ((AuditEntry.actor, sought.who), (AuditEntry.action, sought.what), (AuditEntry.subject, sought.subject))
    wanted += [column.icontains(words, autoescape=True) for column, words in texts if words]
    if sought.wave is not None:
        wanted.append(AuditEntry.subject == sought.wave)
    if sought.since is not None:
        wanted.append(AuditEntry.at >= sought.since.astimezone(UTC))
    if sought.until is not None:
        wanted.append(AuditEntry.at < sought.until.astimezone(UTC))
    return wanted


def _parts(scope: Scope, sought: Sought) -> Select[Any]:
    return select(*_PARTS, AuditEntry.hash).where(*_wanted(scope, sought))


def _entry(row: Any) -> tuple[Entry, str]:
    place, number, at, actor, action, subject, reason, before, kept = row
    known = at if at.tzinfo else at.replace(tzinfo=UTC)  # SQLite gives back what it was given, without zone
    return Entry(place, number, known, actor, action, subject, reason, before), kept


def iterate_entries(db: Session, scope: Scope, sought: Sought = EVERYTHING) -> Generator[tuple[Entry, str], None, None]:
    """Yield each entry with the hash kept for it, the oldest first, few in memory at a time; close it when done."""
    wanted = _parts(scope, sought).order_by(AuditEntry.number)
    rows = db.execute(wanted, execution_options={"yield_per": AT_ONCE})
    try:
        for row in rows:
            yield _entry(row)
    finally:
        rows.close()


def list_after(db: Session, scope: Scope, sought: Sought, after: int, upto: int, most: int) -> list[tuple[Entry, str]]:
    """Return the entries numbered above ``after`` up to ``upto``, at most so many, the oldest first."""
    wanted = _parts(scope, sought).where(AuditEntry.number > after, AuditEntry.number <= upto)
    return [_entry(row) for row in db.execute(wanted.order_by(AuditEntry.number).limit(most))]


def list_before(db: Session, scope: Scope, sought: Sought, before: int | None, most: int) -> list[Entry]:
    """Return the newest entries first, those numbered under ``before`` where it is given, at most so many."""
    wanted = _parts(scope, sought)
    if before is not None:
        wanted = wanted.where(AuditEntry.number < before)
    return [_entry(row)[0] for row in db.execute(wanted.order_by(AuditEntry.number.desc()).limit(most))]


def last_number(db: Session, scope: Scope) -> int:
    """Return the number of the last entry, 0 when there is none."""
    return db.scalar(select(func.max(AuditEntry.number)).where(AuditEntry.partnership == scope.partnership)) or 0


def list_actions_lately(db: Session, scope: Scope, most: int) -> list[str]:
    """Return the words for what was done among so many of the latest entries, in alphabetical order."""
    last = last_number(db, scope)
    lately = select(AuditEntry.action).where(
        AuditEntry.partnership == scope.partnership, AuditEntry.number > last - most
    )
    return sorted(db.scalars(lately.distinct()))
