"""Codes on paper: taking up a draft again, and having answers deleted. Failures slow everybody's guessing down."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from feedback_app.domain import codes
from feedback_app.domain.errors import CodesSlowedDown
from feedback_app.domain.scope import Scope
from feedback_app.domain.wave import may_finish
from feedback_app.store import drafts, responses, throttle, tickets
from feedback_app.store.drafts import DraftFacts

FREE_FAILURES = 30  # a room of people who mistype a digit never notices
LEAK_PER_SECOND = 0.2
WAIT_SECONDS = 10  # then each try needs a form of its own, this old: slower for a guesser, no lock-out


@dataclass(frozen=True)
class CodeForm:
    """The form a code was typed into: its own mark, and for how many seconds it was open (0 when it cannot say)."""

    mark: str
    seconds_open: float


def _failures_of(scope: Scope) -> str:
    """Return the name under which a partnership's failures are counted."""
    return "codes/" + hashlib.sha256(scope.partnership.encode()).hexdigest()[:32]


def _check_pace(db: Session, scope: Scope, now: datetime, form: CodeForm) -> None:
    """Raise CodesSlowedDown when there were many failures and this form has not waited, or was used before."""
    if throttle.get_level(db, _failures_of(scope), now, LEAK_PER_SECOND) <= FREE_FAILURES:
        return
    waited = WAIT_SECONDS <= form.seconds_open < tickets.LASTS.total_seconds()
    if not waited or not tickets.use_ticket(db, form.mark, now):
        raise CodesSlowedDown(WAIT_SECONDS)


def _note_failure(db: Session, scope: Scope, now: datetime) -> None:
    level = throttle.get_level(db, _failures_of(scope), now, LEAK_PER_SECOND)
    throttle.set_level(db, _failures_of(scope), min(level + 1, FREE_FAILURES * 10), now)


def find_draft_by_code(
    db: Session, scope: Scope, typed: str, *, now: datetime, form: CodeForm
) -> tuple[str, DraftFacts] | None:
    """Return (code, draft) for a typed save code, or None, which counts as a failure; raise CodesSlowedDown."""
    _check_pace(db, scope, now, form)
    code = codes.read_code(typed)
    draft = drafts.find_draft(db, scope, codes.hash_of(code, "draft")) if code else None
    if code and draft and may_finish(draft.wave.opens_on, draft.wave.closed_from, now.date(), scope.keeping):
        return code, draft
    _note_failure(db, scope, now)
    return None


def find_response_by_receipt(db: Session, scope: Scope, typed: str, *, now: datetime, form: CodeForm) -> bool:
    """Return whether a typed receipt code belongs to answers; if not, it counts as a failure."""
    _check_pace(db, scope, now, form)
    code = codes.read_code(typed)
    if code and responses.find_wave_of_receipt(db, scope, codes.hash_of(code, "receipt")):
        return True
    _note_failure(db, scope, now)
    return False


def erase_response(db: Session, scope: Scope, typed: str) -> bool:
    """Delete the answers of a receipt code, words included; return whether it can be such a code. Cannot be undone.

    It says the same whether there were answers or not: deleting twice is no mistake, and guessing tells nothing.
    """
    code = codes.read_code(typed)
    if code:
        responses.delete_by_receipt(db, scope, codes.hash_of(code, "receipt"))
    return code is not None
