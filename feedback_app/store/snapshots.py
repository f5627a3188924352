"""Queries about snapshots: what readers outside the SEND team see of a wave until the next one."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Table, exists, insert, or_, select, update
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.store.tables import Response, Snapshot, Wave

AT_ONCE = 500  # keys in one statement: databases take some thousands


@dataclass(frozen=True)
class SnapshotFacts:
    """What is known of a snapshot without its figures: which it is, of what day, and how many responses it counts.

    ``grouped``: it shows groups of people too, not only what everybody was asked, of everybody.
    """

    wave_id: uuid.UUID
    number: int
    taken_on: date
    responses: int
    grouped: bool = True


_SNAPSHOT, _RESPONSE = cast(Table, Snapshot.__table__), cast(Table, Response.__table__)
FACTS: tuple[ColumnElement[Any], ...] = (
    _SNAPSHOT.c.wave_id,
    _SNAPSHOT.c.number,
    _SNAPSHOT.c.taken_on,
    _SNAPSHOT.c.responses,
    _SNAPSHOT.c.grouped,
)


def find_latest(db: Session, wave_id: uuid.UUID) -> SnapshotFacts | None:
    """Return a wave's newest snapshot, or None before the first."""
    newest = select(*FACTS).where(_SNAPSHOT.c.wave_id == wave_id).order_by(_SNAPSHOT.c.number.desc()).limit(1)
    row = db.execute(newest).first()
    return SnapshotFacts(*row) if row else None


def find_latest_of_all(db: Session, scope: Scope) -> dict[uuid.UUID, SnapshotFacts]:
    """Return wave id -> its newest snapshot, waves without any left out."""
    ours = select(Wave.id).where(Wave.partnership == scope.partnership)
    rows = select(*FACTS).where(_SNAPSHOT.c.wave_id.in_(ours)).order_by(_SNAPSHOT.c.number)
    return {row.wave_id: SnapshotFacts(*row) for row in db.execute(rows)}


def get_sets(db: Session, wave_id: uuid.UUID, number: int) -> Mapping[str, Mapping[str, int]]:
    """Return the exact sizes of the sets that a snapshot shows; never to be shown."""
    wanted = (_SNAPSHOT.c.wave_id == wave_id, _SNAPSHOT.c.number == number)
    sets: Mapping[str, Mapping[str, int]] = db.scalars(select(_SNAPSHOT.c.sets).where(*wanted)).one()
    return sets


def get_document(db: Session, wave_id: uuid.UUID, number: int) -> bytes:
    """Return a snapshot's frozen figures as they are stored."""
    wanted = (_SNAPSHOT.c.wave_id == wave_id, _SNAPSHOT.c.number == number)
    return bytes(db.scalars(select(_SNAPSHOT.c.document).where(*wanted)).one())


def find_breakdowns(db: Session, wave_id: uuid.UUID, number: int) -> bytes | None:
    """Return a snapshot's frozen breakdowns as they are stored, or None while it has none."""
    wanted = (_SNAPSHOT.c.wave_id == wave_id, _SNAPSHOT.c.number == number)
    kept = db.scalar(select(_SNAPSHOT.c.breakdowns).where(*wanted))
    return None if kept is None else bytes(kept)


def add_snapshot(db: Session, facts: SnapshotFacts, sets: Mapping[str, Mapping[str, int]], document: bytes) -> None:
    """Add a snapshot, without its breakdowns, and empty those before it, for only the latest is read."""
    before = (_SNAPSHOT.c.wave_id == facts.wave_id, _SNAPSHOT.c.number < facts.number)
    db.execute(update(_SNAPSHOT).where(*before).values(sets={}, document=b"", breakdowns=None))
    values = {name: getattr(facts, name) for name in ("wave_id", "number", "taken_on", "responses", "grouped")}
    db.execute(insert(_SNAPSHOT).values(**values, sets=sets, document=document))


def set_breakdowns(db: Session, wave_id: uuid.UUID, number: int, breakdowns: bytes) -> None:
    """Give a snapshot its breakdowns."""
    wanted = (_SNAPSHOT.c.wave_id == wave_id, _SNAPSHOT.c.number == number)
    db.execute(update(_SNAPSHOT).where(*wanted).values(breakdowns=breakdowns))


def lock_wave(db: Session, wave_id: uuid.UUID) -> None:
    """Let nobody else take a snapshot of a wave, or erase an answer to it, before this transaction ends.

    On PostgreSQL answers still come in; on SQLite whoever writes does so alone in any case.
    """
    db.execute(select(Wave.id).where(Wave.id == wave_id).with_for_update(key_share=True)).one()


def mark_counted(db: Session, responses: Sequence[uuid.UUID], number: int) -> int:
    """Mark responses that no snapshot counts as counted from this one on; return how many."""
    marked = 0
    for start in range(0, len(responses), AT_ONCE):
        some = _RESPONSE.c.id.in_(responses[start : start + AT_ONCE])
        done = db.execute(update(_RESPONSE).where(some, _RESPONSE.c.snapshot.is_(None)).values(snapshot=number))
        marked += cast(CursorResult[Any], done).rowcount
    return marked


def list_due(db: Session, scope: Scope, ended_by: date) -> list[str]:
    """Return the slugs of waves with responses that no snapshot counts, or whose latest snapshot lacks something.

    That is the breakdowns it is to have, or the groups of a wave that had closed by the day ``ended_by``.
    """
    waiting = exists().where(_RESPONSE.c.wave_id == Wave.id, _RESPONSE.c.snapshot.is_(None))
    later = _SNAPSHOT.alias()
    newer = exists().where(later.c.wave_id == Wave.id, later.c.number > _SNAPSHOT.c.number)
    bare = or_(
        _SNAPSHOT.c.grouped & _SNAPSHOT.c.breakdowns.is_(None),
        ~_SNAPSHOT.c.grouped & (Wave.closed_from <= ended_by),
    )
    lacking = exists().where(_SNAPSHOT.c.wave_id == Wave.id, bare, ~newer)
    due = select(Wave.slug).where(Wave.partnership == scope.partnership, waiting | lacking)
    return list(db.scalars(due.order_by(Wave.slug)))
