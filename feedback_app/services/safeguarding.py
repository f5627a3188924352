"""What safeguarding readers do: one comment at a time, what they decide of it, and taking that back."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy.orm import Session

from feedback_app.domain.errors import DecidedBefore, EntryUnknown
from feedback_app.domain.safeguarding import FOR_FLAGGED, Outcome
from feedback_app.domain.scope import Role, Scope
from feedback_app.domain.screening import BY_A_READER
from feedback_app.domain.working_days import WorkingDays
from feedback_app.services.accounts import list_addresses
from feedback_app.services.auditing import note_action
from feedback_app.services.quoting import withdraw_quote
from feedback_app.services.tagging import drop_tagging
from feedback_app.services.voices import finish_withdrawal
from feedback_app.store import comments
from feedback_app.store import safeguarding_entries as entries
from feedback_app.store.comment_tables import HELD, OPEN
from feedback_app.store.safeguarding_entries import EntryFacts as EntryFacts  # noqa: PLC0414 - pages take it from here
from feedback_app.store.safeguarding_entries import Waiting as Waiting  # noqa: PLC0414

MOST_SHOWN = 200  # entries on a page
LATELY = 20
FLAGGED_NOW, TAKEN_BACK = "comment flagged", "safeguarding outcome undone"  # in the audit log
DONE = {
    Outcome.LET_THROUGH: "comment let through",
    Outcome.PASSED_ON: "comment passed on",
    Outcome.KEPT_BACK: "comment kept back",
    Outcome.READ: "child's comment read",
}


def list_readers(db: Session, scope: Scope) -> list[str]:
    """Return the addresses of the safeguarding readers whose account is on."""
    return list_addresses(db, scope, Role.SAFEGUARDING_READER)


def list_flagged(db: Session, scope: Scope) -> list[EntryFacts]:
    """Return the flagged comments nobody has read, children's first, of those the longest due first."""
    return entries.list_waiting(db, scope, MOST_SHOWN, flagged=True)


def list_lately(db: Session, scope: Scope, reader: str) -> list[EntryFacts]:
    """Return what a reader has read last."""
    return entries.list_read(db, scope, reader, LATELY)


def count_waiting(db: Session, scope: Scope, today: date) -> Waiting:
    """Return how much waits to be read, and how much of it is late."""
    return entries.count_waiting(db, scope, today)


def find_next(db: Session, scope: Scope, but: uuid.UUID | None = None) -> uuid.UUID | None:
    """Return the comment to read next, but not this one; None when nothing waits."""
    return entries.find_next(db, scope, but)


def get_entry(db: Session, scope: Scope, comment_id: uuid.UUID) -> EntryFacts:
    """Return what is to be read of a comment, or was; raise EntryUnknown."""
    return _get(db, scope, comment_id, for_update=False)


def _get(db: Session, scope: Scope, comment_id: uuid.UUID, *, for_update: bool) -> EntryFacts:
    found = entries.find_entry(db, scope, comment_id, for_update=for_update)
    if found is None:
        raise EntryUnknown
    return found


def outcomes_for(entry: EntryFacts) -> tuple[Outcome, ...]:
    """Return what can be decided of a comment."""
    return FOR_FLAGGED if entry.flagged else (Outcome.READ,)


def decide(
    db: Session, scope: Scope, comment_id: uuid.UUID, outcome: Outcome, note: str, *, by: str, now: datetime
) -> bool:
    """Keep what a reader decided, with their note, and let the comment be open or held; return whether it is there yet.

    It is gone when whoever told it has taken it back meanwhile. What was decided before stays: the same again changes
    nothing. Raise DecidedBefore for anything else, EntryUnknown also for an outcome that does not go with the comment.
    """
    found = _get(db, scope, comment_id, for_update=True)
    if found.read_on is not None:
        if (found.outcome, found.note or "") != (outcome.value, note):
            raise DecidedBefore
        return True
    if outcome not in outcomes_for(found):
        raise EntryUnknown
    today = now.date()
    late = found.due_on is not None and found.due_on < today
    entries.set_outcome(db, scope, comment_id, outcome=outcome.value, note=note, by=by, on=today, late=late)
    comments.set_standing(db, scope, comment_id, OPEN if outcome.opens else HELD)
    there = not finish_withdrawal(db, scope, comment_id)
    note_action(db, scope, at=now, actor=by, action=DONE[outcome], subject=subject_of(found), reason=str(comment_id))
    return there


def flag(db: Session, scope: Scope, comment_id: uuid.UUID, *, by: str, now: datetime) -> None:
    """Flag a child's comment that raised none: it is held, what was made of it goes. Raise EntryUnknown,
    DecidedBefore once somebody has read it.
    """
    found = _get(db, scope, comment_id, for_update=True)
    if found.flagged:
        return
    if found.read_on is not None:
        raise DecidedBefore
    entries.set_flagged(db, scope, comment_id, [[BY_A_READER, 0, 0]])
    _hold(db, scope, comment_id)
    note_action(db, scope, at=now, actor=by, action=FLAGGED_NOW, subject=subject_of(found), reason=str(comment_id))


def undo(db: Session, scope: Scope, comment_id: uuid.UUID, days: WorkingDays, *, by: str, now: datetime) -> None:
    """Take an outcome back: the comment waits again, held if it was flagged. Raise EntryUnknown."""
    found = _get(db, scope, comment_id, for_update=True)
    if found.read_on is None:
        return
    entries.take_back(db, scope, comment_id, days.next_after(now.date()))
    if found.flagged:
        _hold(db, scope, comment_id)
    note_action(db, scope, at=now, actor=by, action=TAKEN_BACK, subject=subject_of(found), reason=str(comment_id))


def _hold(db: Session, scope: Scope, comment_id: uuid.UUID) -> None:
    comments.set_standing(db, scope, comment_id, HELD)
    drop_tagging(db, scope, comment_id)
    withdraw_quote(db, scope, comment_id)


def read_all_unflagged(db: Session, scope: Scope, *, by: str, today: date) -> int:
    """Take every comment that raised no flag as read, as the demonstration does; return how many."""
    return entries.read_all_unflagged(db, scope, outcome=Outcome.READ.value, by=by, on=today)


def subject_of(entry: EntryFacts) -> str:
    """Return what a comment belongs to, for the audit log: a wave's slug, or the kind of a voice."""
    return entry.wave_slug or f"voice: {entry.voice_kind}"
