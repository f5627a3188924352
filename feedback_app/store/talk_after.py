"""Queries about what comes after a talk: closing it, what is counted of it, questions asked ahead, what was said."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Select, delete, func, insert, select, update
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.domain.talks.talk import MessageKind, MessageState, TalkFacts, TalkState
from feedback_app.store import talks
from feedback_app.store.comment_tables import Comment, Voice
from feedback_app.store.readings import FACTS, CommentFacts, readable
from feedback_app.store.talk_tables import (
    SignUp,
    Talk,
    TalkCount,
    TalkMessage,
    TalkNote,
    TalkQuestion,
)


def list_unfinished(db: Session, scope: Scope, until: date) -> list[TalkFacts]:
    """Return the published talks up to a day, that day included, that nobody has finished."""
    rows = talks.list_talks(db, scope, states=[TalkState.PUBLISHED], to_day=until)
    return [talk for talk in rows if talk.finished_on is None]


def set_finished(db: Session, scope: Scope, talk_id: uuid.UUID, day: date | None) -> None:
    """Note on which day a talk was finished, or that it is open again."""
    db.execute(update(Talk).where(Talk.id == talk_id, Talk.partnership == scope.partnership).values(finished_on=day))


def keep_counts(db: Session, talk_id: uuid.UUID, counts: Mapping[str, int]) -> None:
    """Keep what is counted of a talk, instead of what was."""
    delete_counts(db, talk_id)
    rows = [{"talk_id": talk_id, "about": about, "number": number} for about, number in sorted(counts.items())]
    if rows:
        db.execute(insert(TalkCount), rows)


def delete_counts(db: Session, talk_id: uuid.UUID) -> None:
    """Delete what is counted of a talk."""
    db.execute(delete(TalkCount).where(TalkCount.talk_id == talk_id))


def _feedback(scope: Scope, talk_id: uuid.UUID) -> tuple[Any, ...]:
    ours = select(SignUp.id).where(SignUp.talk_id == talk_id, SignUp.partnership == scope.partnership)
    is_feedback = TalkMessage.kind == MessageKind.FEEDBACK.value
    return TalkMessage.partnership == scope.partnership, is_feedback, TalkMessage.sign_up_id.in_(ours)


def count_feedback(db: Session, scope: Scope, talk_id: uuid.UUID) -> dict[MessageState, int]:
    """Return state -> how many messages with the feedback link of a talk are in it."""
    rows = select(TalkMessage.state, func.count()).where(*_feedback(scope, talk_id)).group_by(TalkMessage.state)
    return {MessageState(state): number for state, number in db.execute(rows)}


def delete_feedback(db: Session, scope: Scope, talk_id: uuid.UUID) -> None:
    """Delete the messages with the feedback link of a talk that have not begun to go out."""
    waiting = (TalkMessage.state == MessageState.WAITING.value, TalkMessage.queued.is_(False))
    db.execute(delete(TalkMessage).where(*_feedback(scope, talk_id), *waiting))


def has_begun_to_ask(db: Session, scope: Scope, talk_id: uuid.UUID) -> bool:
    """Return whether a message with the feedback link of a talk is on its way or went out."""
    begun = TalkMessage.queued.is_(True) | (TalkMessage.state != MessageState.WAITING.value)
    return db.scalar(select(TalkMessage.id).where(*_feedback(scope, talk_id), begun).limit(1)) is not None


def add_note(db: Session, talk_id: uuid.UUID, voice_id: uuid.UUID, theme: str) -> None:
    """Note that a voice was said at a talk, and what the organisers take it to be about."""
    db.add(TalkNote(voice_id=voice_id, talk_id=talk_id, theme=theme))
    db.flush()


def count_questions(db: Session, talk_id: uuid.UUID) -> int:
    """Return how many questions came in ahead of a talk, those included that are held."""
    return db.scalar(select(func.count()).select_from(TalkQuestion).where(TalkQuestion.talk_id == talk_id)) or 0


def list_questions(db: Session, scope: Scope, talk_id: uuid.UUID) -> list[tuple[uuid.UUID, CommentFacts, bool]]:
    """Return each question of a talk that may be read: its voice, its words, whether it is answered; in no order."""
    rows = _words(scope, TalkQuestion.voice_id, TalkQuestion.answered).where(TalkQuestion.talk_id == talk_id)
    return [(row[0], CommentFacts(*row[2:]), row[1]) for row in db.execute(rows)]


def list_notes(db: Session, scope: Scope, talk_id: uuid.UUID) -> list[tuple[uuid.UUID, CommentFacts, str]]:
    """Return each thing said at a talk that may be read: its voice, its words, its theme; in no order."""
    rows = _words(scope, TalkNote.voice_id, TalkNote.theme).where(TalkNote.talk_id == talk_id)
    return [(row[0], CommentFacts(*row[2:]), row[1]) for row in db.execute(rows)]


def _words(scope: Scope, voice_id: Any, more: Any) -> Select[Any]:
    """Return the query of words that may be read and were not taken back, by their ids, which tell nothing."""
    rows = select(voice_id, more, *FACTS).join(Comment, Comment.voice_id == voice_id)
    rows = rows.join(Voice, Voice.id == voice_id)
    return rows.where(*readable(scope), Voice.consent != "withdrawn").order_by(voice_id)


def set_answered(db: Session, talk_id: uuid.UUID, voice_id: uuid.UUID, *, answered: bool) -> bool:
    """Note whether a question was answered, and return whether that is new."""
    ours = (TalkQuestion.talk_id == talk_id, TalkQuestion.voice_id == voice_id)
    other = TalkQuestion.answered != answered
    done = db.execute(update(TalkQuestion).where(*ours, other).values(answered=answered))
    return bool(done.rowcount)  # type: ignore[attr-defined]
