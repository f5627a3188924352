"""Failures at guessing codes, counted over everybody: the level leaks away with time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

from sqlalchemy import Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from feedback_app.store.tables import CodeFailures

_FAILURES = cast(Table, CodeFailures.__table__)
_BEGIN = {  # made once: that takes longer than to carry it out
    dialect.dialect.name: dialect.insert(_FAILURES)
    .on_conflict_do_nothing(index_elements=[_FAILURES.c.name])
    .returning(_FAILURES.c.name)
    for dialect in (sqlite, postgresql)
}


def get_level(db: Session, name: str, now: datetime, leak_per_second: float) -> float:
    """Return the level of recent failures, what has leaked away since the last one left out.

    Whoever asks is alone with this name until the end of the transaction: tries that arrive together see one another.
    """
    _make_lockable(db, name, now)
    found = select(CodeFailures.level, CodeFailures.measured_at).where(CodeFailures.name == name)
    row = db.execute(found.with_for_update()).first()
    if row is None:
        return 0.0
    level, measured_at = row
    measured = measured_at if measured_at.tzinfo else measured_at.replace(tzinfo=UTC)
    return max(0.0, level - leak_per_second * max(0.0, (now - measured).total_seconds()))


def begin_level(db: Session, name: str, level: float, now: datetime) -> bool:
    """Set the level of what has none yet, in one step, and return whether it had none; until the end it is alone."""
    told = {"name": name, "level": level, "measured_at": now.astimezone(UTC)}
    return db.execute(_BEGIN[db.get_bind().dialect.name], told).scalar() is not None


def _make_lockable(db: Session, name: str, now: datetime) -> None:
    """Let there be a row to lock: on PostgreSQL one that is missing locks nobody out. SQLite has one writer anyway."""
    if db.get_bind().dialect.name == "postgresql":
        added = postgresql.insert(CodeFailures).values(name=name, level=0.0, measured_at=now.astimezone(UTC))
        db.execute(added.on_conflict_do_nothing(index_elements=[CodeFailures.name]))


def set_level(db: Session, name: str, level: float, now: datetime) -> None:
    """Set the level of recent failures."""
    dialect = sqlite if db.get_bind().dialect.name == "sqlite" else postgresql
    values = {"level": level, "measured_at": now.astimezone(UTC)}
    added = dialect.insert(CodeFailures).values(name=name, **values)
    db.execute(added.on_conflict_do_update(index_elements=[CodeFailures.name], set_=values))
