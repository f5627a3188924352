"""Queries about what safeguarding readers must read: the queue, what is due, what was decided."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, func, or_, select, update
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.store.comment_tables import Comment, SafeguardingEntry, Voice
from feedback_app.store.tables import Wave

_ENTRY = SafeguardingEntry


@dataclass(frozen=True)
class EntryFacts:
    """What must be read, with the comment that it is about and where that came from."""

    comment_id: uuid.UUID
    flagged: bool
    cues: tuple[tuple[str, int, int], ...]
    due_on: date | None
    late: bool
    read_on: date | None
    read_by: str | None
    outcome: str | None
    note: str | None
    words: str
    language: str
    young: bool
    standing: str
    asks_contact: bool
    item: str
    wave_id: uuid.UUID | None
    wave_slug: str | None
    version_id: uuid.UUID | None
    voice_kind: str | None
    voice_teller: str | None
    voice_consent: str | None


def _facts() -> Select[*tuple[Any, ...]]:
    wanted = select(_ENTRY, Comment, Wave.slug, Wave.instrument_version_id, Voice.kind, Voice.teller, Voice.consent)
    joined = wanted.join(Comment, Comment.id == _ENTRY.comment_id)
    return joined.outerjoin(Wave, Wave.id == Comment.wave_id).outerjoin(Voice, Voice.id == Comment.voice_id)


def _read(row: Any) -> EntryFacts:
    entry, comment, slug, version, kind, teller, consent = row
    cues = tuple((str(category), int(start), int(end)) for category, start, end in entry.cues)
    own = ("comment_id", "flagged", "due_on", "late", "read_on", "read_by", "outcome", "note")
    said = ("words", "language", "young", "standing", "asks_contact", "item", "wave_id")
    return EntryFacts(
        cues=cues,
        wave_slug=slug,
        version_id=version,
        voice_kind=kind,
        voice_teller=teller,
        voice_consent=consent,
        **{name: getattr(entry, name) for name in own},
        **{name: getattr(comment, name) for name in said},
    )


def _ours(scope: Scope) -> ColumnElement[bool]:
    return _ENTRY.partnership == scope.partnership


def _waiting(scope: Scope) -> ColumnElement[bool]:
    return and_(_ours(scope), _ENTRY.read_on.is_(None))


def find_entry(db: Session, scope: Scope, comment_id: uuid.UUID, *, for_update: bool = False) -> EntryFacts | None:
    """Return what is to be read of a comment, or None; with `for_update` nobody else decides of it meanwhile."""
    wanted = _facts().where(_ours(scope), _ENTRY.comment_id == comment_id)
    if for_update:
        wanted = wanted.with_for_update(of=_ENTRY).execution_options(populate_existing=True)
    row = db.execute(wanted).first()
    return None if row is None else _read(row)


def list_waiting(db: Session, scope: Scope, most: int, *, flagged: bool) -> list[EntryFacts]:
    """Return what nobody has read yet, children's comments first, and of those the longest due first."""
    wanted = _facts().where(_waiting(scope), _ENTRY.flagged.is_(flagged))
    ordered = wanted.order_by(Comment.young.desc(), _ENTRY.due_on, _ENTRY.comment_id).limit(most)
    return [_read(row) for row in db.execute(ordered)]


def find_next(db: Session, scope: Scope, but: uuid.UUID | None = None) -> uuid.UUID | None:
    """Return the comment to read next: flagged first, children's first, the longest due first; not `but`."""
    wanted = select(_ENTRY.comment_id).join(Comment, Comment.id == _ENTRY.comment_id).where(_waiting(scope))
    if but is not None:
        wanted = wanted.where(_ENTRY.comment_id != but)
    ordered = wanted.order_by(_ENTRY.flagged.desc(), Comment.young.desc(), _ENTRY.due_on, _ENTRY.comment_id)
    return db.scalar(ordered.limit(1))


def list_read(db: Session, scope: Scope, reader: str | None, most: int) -> list[EntryFacts]:
    """Return what was read last, by one reader or by anybody, the newest first."""
    wanted = _facts().where(_ours(scope), _ENTRY.read_on.is_not(None))
    if reader is not None:
        wanted = wanted.where(_ENTRY.read_by == reader)
    ordered = wanted.order_by(_ENTRY.read_on.desc(), _ENTRY.comment_id).limit(most)
    return [_read(row) for row in db.execute(ordered)]


@dataclass(frozen=True)
class Waiting:
    """How many flagged comments wait, how many children's comments that raised no flag, how many of both are late."""

    flagged: int = 0
    others: int = 0
    overdue: int = 0


def count_waiting(db: Session, scope: Scope, today: date) -> Waiting:
    """Return how much waits to be read."""
    late = func.sum(func.coalesce(_is_overdue(today), False).cast(Integer))
    rows = db.execute(select(_ENTRY.flagged, func.count(), late).where(_waiting(scope)).group_by(_ENTRY.flagged))
    found = {bool(row[0]): (int(row[1]), int(row[2] or 0)) for row in rows}
    (flagged, late_flagged), (others, late_others) = found.get(True, (0, 0)), found.get(False, (0, 0))
    return Waiting(flagged, others, late_flagged + late_others)


def _is_overdue(today: date) -> ColumnElement[bool]:
    return _ENTRY.due_on < today


def set_outcome(
    db: Session, scope: Scope, comment_id: uuid.UUID, *, outcome: str, note: str, by: str, on: date, late: bool
) -> None:
    """Keep what a reader decided; the day it was due is forgotten."""
    values = {"outcome": outcome, "note": note or None, "read_by": by, "read_on": on, "late": late, "due_on": None}
    db.execute(update(_ENTRY).where(_ours(scope), _ENTRY.comment_id == comment_id).values(**values))


def take_back(db: Session, scope: Scope, comment_id: uuid.UUID, due_on: date) -> None:
    """Let an entry wait again, due on a day."""
    values = {"outcome": None, "note": None, "read_by": None, "read_on": None, "late": False, "due_on": due_on}
    db.execute(update(_ENTRY).where(_ours(scope), _ENTRY.comment_id == comment_id).values(**values))


def set_flagged(db: Session, scope: Scope, comment_id: uuid.UUID, cues: list[list[Any]]) -> None:
    """Flag what was not flagged."""
    ours = update(_ENTRY).where(_ours(scope), _ENTRY.comment_id == comment_id)
    db.execute(ours.values(flagged=True, cues=cues))


def mark_told(db: Session, scope: Scope, today: date, *, flagged_alone: bool) -> tuple[bool, bool]:
    """Mark what readers are told now; return whether there is something new, and something newly overdue."""
    new = db.execute(update(_ENTRY).where(_untold(scope, flagged_alone)).values(told=True))
    late = and_(_waiting(scope), _ENTRY.overdue_told.is_(False), _is_overdue(today))
    overdue = db.execute(update(_ENTRY).where(late).values(overdue_told=True))
    return bool(new.rowcount), bool(overdue.rowcount)  # type: ignore[attr-defined]


def _untold(scope: Scope, flagged_alone: bool) -> ColumnElement[bool]:
    untold = and_(_waiting(scope), _ENTRY.told.is_(False))
    return and_(untold, _ENTRY.flagged.is_(True)) if flagged_alone else untold


def has_untold(db: Session, scope: Scope, today: date, *, flagged_alone: bool) -> bool:
    """Return whether readers are to be told of something; takes no lock."""
    late = and_(_waiting(scope), _ENTRY.overdue_told.is_(False), _is_overdue(today))
    wanted = select(_ENTRY.comment_id).where(or_(_untold(scope, flagged_alone), late))
    return db.scalar(wanted.limit(1)) is not None


def read_all_unflagged(db: Session, scope: Scope, *, outcome: str, by: str, on: date) -> int:
    """Keep one outcome for every entry that raised no flag and waits; return how many."""
    wanted = update(_ENTRY).where(_waiting(scope), _ENTRY.flagged.is_(False))
    done = db.execute(wanted.values(outcome=outcome, read_by=by, read_on=on, due_on=None))
    return int(done.rowcount)  # type: ignore[attr-defined]
