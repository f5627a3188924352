"""Taking in people's own words: screened in the transaction that keeps them, before anything else can be done."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from feedback_app.domain.instrument import Instrument
from feedback_app.domain.scope import Scope
from feedback_app.domain.screening import Screened, Screening
from feedback_app.store import comments
from feedback_app.store.comment_tables import HELD, OPEN, UNSCREENED
from feedback_app.store.tables import random_id

AT_ONCE = 500  # comments screened in one transaction


@dataclass(frozen=True)
class NewComment:
    """Somebody's own words as they come in: to an item of a response to a wave, or of a voice; `young`: under 18."""

    words: str
    language: str  # the locale of the page, or of whoever brought them in
    young: bool
    response_id: uuid.UUID | None = None
    wave_id: uuid.UUID | None = None
    voice_id: uuid.UUID | None = None
    item: str = ""


@dataclass(frozen=True)
class Admitted:
    """How many comments came in, how many of them are held, how many a safeguarding reader must read."""

    comments: int = 0
    held: int = 0
    to_read: int = 0

    def __add__(self, other: Admitted) -> Admitted:
        """Return both together."""
        return Admitted(self.comments + other.comments, self.held + other.held, self.to_read + other.to_read)


def is_young(instrument: Instrument) -> bool:
    """Return whether somebody under 18 may write the words of a survey."""
    return instrument.minors or instrument.audience == "young_person"


def comments_of(
    texts: Mapping[str, str], instrument: Instrument, *, response_id: uuid.UUID, wave_id: uuid.UUID, language: str
) -> list[NewComment]:
    """Return a response's words, by item, as they come in."""
    young = is_young(instrument)
    return [NewComment(said, language, young, response_id, wave_id, item=item) for item, said in texts.items()]


def admit(
    db: Session,
    scope: Scope,
    screening: Screening | None,
    new: Sequence[NewComment],
    *,
    today: date,
    demonstration: bool = False,
) -> Admitted:
    """Screen and add comments: held when flagged, else open; of each that is flagged or a child's, somebody must know.

    Without `screening` they stay unscreened, which counts as held, until `screen_waiting`. Of a demonstration's words,
    which nobody said, no reader is told by e-mail.
    """
    if not new:
        return Admitted()
    rows: list[dict[str, Any]] = []
    entries: list[dict[str, Any]] = []
    for one in new:
        row = {"id": random_id(), "partnership": scope.partnership, **vars(one)}
        if screening is None:
            rows.append({**row, "standing": UNSCREENED, "asks_contact": False})
            continue
        found = screening.screener.screen(one.words, one.young)
        rows.append({**row, "standing": _standing(found), "asks_contact": found.asks_contact})
        if found.flagged or one.young:
            entries.append(_entry(row["id"], scope, found, screening.days.next_after(today), told=demonstration))
    comments.add_comments(db, rows, entries)
    held = sum(row["standing"] != OPEN for row in rows)
    return Admitted(len(rows), held, len(entries))


def admit_voice(
    db: Session,
    scope: Scope,
    screening: Screening | None,
    voice_id: uuid.UUID,
    words: str,
    *,
    language: str,
    young: bool,
    today: date,
    demonstration: bool = False,
) -> str:
    """Screen and add the words of a voice, and return their standing: "open", "held" or "unscreened"."""
    new = NewComment(words, language, young, voice_id=voice_id)
    admitted = admit(db, scope, screening, [new], today=today, demonstration=demonstration)
    return UNSCREENED if screening is None else (HELD if admitted.held else OPEN)


def screen_waiting(db: Session, scope: Scope, screening: Screening, *, today: date, most: int = AT_ONCE) -> Admitted:
    """Screen up to so many comments that came in before there was screening; all zero when none is left."""
    waiting = comments.list_unscreened(db, scope, most)
    entries: list[dict[str, Any]] = []
    held = 0
    for comment_id, words, young in waiting:
        found = screening.screener.screen(words, young)
        held += found.flagged
        comments.set_standing(db, scope, comment_id, _standing(found), asks_contact=found.asks_contact)
        if found.flagged or young:
            entries.append(_entry(comment_id, scope, found, screening.days.next_after(today), told=False))
    comments.add_comments(db, (), entries)
    return Admitted(len(waiting), held, len(entries))


def count_unscreened(db: Session, scope: Scope) -> int:
    """Return how many comments nobody has screened."""
    return comments.count_unscreened(db, scope)


def _standing(found: Screened) -> str:
    return HELD if found.flagged else OPEN


def _entry(comment_id: uuid.UUID, scope: Scope, found: Screened, due_on: date, *, told: bool) -> dict[str, Any]:
    """Return the columns of what a safeguarding reader must read."""
    return {
        "comment_id": comment_id,
        "partnership": scope.partnership,
        "flagged": found.flagged,
        "cues": [list(cue) for cue in found.cues],
        "due_on": due_on,
        "late": False,
        "told": told,
        "overdue_told": told,
    }
