"""Words that come in through talks, as voices: questions asked ahead, and what was said, as organisers wrote it down.

Nothing kept with them tells who said it: month and district are the talk's, and nobody's booking is named (see
tests/contracts/test_unlinkable.py). They are screened like any free text before anybody reads them. How a question
comes in stands in asking_ahead.py.
"""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from feedback_app.domain.hiding import hide
from feedback_app.domain.scope import Scope
from feedback_app.domain.screening import Screening
from feedback_app.domain.talks.talk import TalkFacts
from feedback_app.domain.voices import LONGEST_FROM, Consent, NewVoice, Teller, VoiceKind
from feedback_app.services.asking_ahead import ask_ahead
from feedback_app.services.commenting import admit_voice
from feedback_app.services.masking import hidden_of
from feedback_app.store import talk_after, voices
from feedback_app.store.comment_tables import OPEN

_AGAIN = 2**48


@dataclass(frozen=True)
class Said:
    """Words of a talk as the organisers may read them: names hidden."""

    voice_id: uuid.UUID
    words: str
    theme: str
    answered: bool


def add_talk_voice(
    db: Session,
    scope: Scope,
    screening: Screening | None,
    talk: TalkFacts,
    words: str,
    *,
    kind: VoiceKind,
    by: str,
    language: str,
    today: date,
) -> None:
    """Keep a question ahead of a talk, or what was said at it, by its kind."""
    if kind is VoiceKind.TALK_NOTE:
        add_note(db, scope, screening, talk, words, theme="", by=by, language=language, today=today)
    else:
        district = talk.district
        ask_ahead(db, scope, screening, talk, words, language=language, district=district, today=today, young=False)


def add_note(
    db: Session,
    scope: Scope,
    screening: Screening | None,
    talk: TalkFacts,
    words: str,
    *,
    theme: str,
    by: str,
    language: str,
    today: date,
) -> bool:
    """Keep what was said at a talk, to be counted and never quoted; return whether it can be read at once.

    ``by`` is the organiser who wrote it down. A line that was said twice is two.
    """
    month = talk.day.replace(day=1)
    again, came_from = secrets.randbelow(_AGAIN), talk.title[:LONGEST_FROM]
    new = NewVoice(
        VoiceKind.TALK_NOTE, words, Teller.OTHER, month, Consent.COUNT, talk.district, came_from, again=again
    )
    invented = talk.demonstration
    voice_id = voices.add_voice(db, scope, new, entered_by=by, entered_on=today, demonstration=invented)
    standing = admit_voice(
        db,
        scope,
        screening,
        voice_id,
        words,
        language=language,
        young=False,
        today=today,
        demonstration=invented,
    )
    talk_after.add_note(db, talk.id, voice_id, theme)
    return standing == OPEN


def list_questions(db: Session, scope: Scope, talk: TalkFacts) -> list[Said]:
    """Return what was asked ahead of a talk, of what may be read: open, seen by its reader where it needs one."""
    rows = talk_after.list_questions(db, scope, talk.id)
    return [Said(voice_id, hide(one.words, hidden_of(one)), "", answered) for voice_id, one, answered in rows]


def list_notes(db: Session, scope: Scope, talk: TalkFacts) -> list[Said]:
    """Return what was said at a talk, of what may be read."""
    rows = talk_after.list_notes(db, scope, talk.id)
    return [Said(voice_id, hide(one.words, hidden_of(one)), theme, False) for voice_id, one, theme in rows]


def mark_answered(db: Session, scope: Scope, talk: TalkFacts, voice_id: uuid.UUID, *, answered: bool) -> bool | None:
    """Note that a question was answered, or was not; return whether that is new, None for one that may not be read."""
    readable = {found for found, _comment, _answered in talk_after.list_questions(db, scope, talk.id)}
    if voice_id not in readable:
        return None
    return talk_after.set_answered(db, talk.id, voice_id, answered=answered)
