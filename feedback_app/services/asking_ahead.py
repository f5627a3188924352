"""Questions in advance to a talk: screened and themed like any free text, and tied to the talk alone."""

from __future__ import annotations

import secrets
import uuid
from datetime import date

from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.domain.screening import Screening
from feedback_app.domain.talks.talk import TalkFacts
from feedback_app.domain.voices import LONGEST_FROM, Consent, NewVoice, Teller, VoiceKind
from feedback_app.services.commenting import NewComment, admit
from feedback_app.store import talks, voices

ENTERED_BY = "talks"
_AGAIN = 2**48


def ask_ahead(
    db: Session,
    scope: Scope,
    screening: Screening | None,
    talk: TalkFacts,
    question: str,
    *,
    language: str,
    district: int | None,
    today: date,
    young: bool,
) -> uuid.UUID:
    """Keep a question to a talk, screened in this transaction, and return the voice's id. Who asked is not kept.

    Two families may ask the same in the same words: each question is one of its own, whatever is there, so that two
    transactions that bring in the same at once need not see one another. What is told of it is what the talk tells: its
    month, its district, and of who asked no more than that they may be under 18, for then somebody reads along.
    """
    month = talk.day.replace(day=1)
    voice = NewVoice(
        VoiceKind.TALK_QUESTION,
        question,
        Teller.YOUNG_PERSON if young else Teller.OTHER,
        month,
        Consent.COUNT,
        district,
        talk.title[:LONGEST_FROM],
        again=secrets.randbelow(_AGAIN),
    )
    invented = talk.demonstration
    voice_id = voices.add_voice(db, scope, voice, entered_by=ENTERED_BY, entered_on=month, demonstration=invented)
    comment = NewComment(question, language, voice.young, voice_id=voice_id)
    admit(db, scope, screening, [comment], today=today, demonstration=invented)
    talks.add_question(db, voice_id, talk.id)
    return voice_id
