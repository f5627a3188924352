"""Telling safeguarding readers that something waits, never what it says; and telling loudly where nobody is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.services.posting import put_job
from feedback_app.services.safeguarding import list_readers
from feedback_app.store import safeguarding_entries as entries

SAFEGUARDING_WAITS = "safeguarding_waits"


@dataclass(frozen=True)
class Told:
    """How many messages were put, and whether there is something to tell and nobody to tell it to."""

    messages: int = 0
    nobody: bool = False


def tell_readers(db: Session, scope: Scope, today: date, *, flagged_alone: bool) -> Told:
    """Put one message to each reader when something new waits, or something has become overdue; each is told once.

    Flagged comments are told within minutes. Children's that raised no flag are told once a day, together.
    """
    if not entries.has_untold(db, scope, today, flagged_alone=flagged_alone):
        return Told()
    readers = list_readers(db, scope)
    if not readers:
        return Told(nobody=True)
    new, overdue = entries.mark_told(db, scope, today, flagged_alone=flagged_alone)
    for address in readers:
        put_job(db, scope, SAFEGUARDING_WAITS, {"to": address, "new": new, "overdue": overdue})
    return Told(len(readers))


def lacks_reader(db: Session, scope: Scope) -> bool:
    """Return whether something waits to be read and no safeguarding reader's account is on."""
    return entries.find_next(db, scope) is not None and not list_readers(db, scope)
