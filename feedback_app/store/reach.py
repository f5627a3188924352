"""Queries about what came of talks: what was counted of those that are finished, and the questions asked ahead."""

from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.domain.talks.reach import FinishedTalk
from feedback_app.domain.talks.talk import TalkState
from feedback_app.domain.voices import VoiceKind
from feedback_app.store.comment_tables import Comment, Voice
from feedback_app.store.talk_tables import Talk, TalkCount


def list_finished(db: Session, scope: Scope) -> list[FinishedTalk]:
    """Return the published talks that are finished, by day, each with what was counted of it."""
    finished = (Talk.partnership == scope.partnership, Talk.finished_on.is_not(None))
    wanted = (*finished, Talk.state == TalkState.PUBLISHED.value)
    counts: dict[uuid.UUID, dict[str, int]] = defaultdict(dict)
    rows = select(TalkCount.talk_id, TalkCount.about, TalkCount.number).join(Talk, Talk.id == TalkCount.talk_id)
    for talk_id, about, number in db.execute(rows.where(*wanted)):
        counts[talk_id][about] = number
    talks = select(Talk.id, Talk.day, Talk.finished_on).where(*wanted).order_by(Talk.day, Talk.slug)
    rows_of = db.execute(talks)
    return [FinishedTalk(day, finished_on, counts[talk_id]) for talk_id, day, finished_on in rows_of if finished_on]


def list_questions(db: Session, scope: Scope, from_month: date, to_month: date) -> set[uuid.UUID]:
    """Return the comments that are questions ahead of talks of some months, the first and the last included."""
    rows = select(Comment.id).join(Voice, Comment.voice_id == Voice.id)
    ours = (Voice.partnership == scope.partnership, Voice.kind == VoiceKind.TALK_QUESTION)
    return set(db.scalars(rows.where(*ours, Voice.month >= from_month, Voice.month <= to_month)))
