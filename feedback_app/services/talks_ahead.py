"""The next talks that families can come to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.domain.talks.talk import TalkFacts, TalkState
from feedback_app.store import talks


def list_next(db: Session, scope: Scope, now: datetime, timezone: str, most: int) -> list[TalkFacts]:
    """Return the next published talks that have not begun, at most so many, the earliest first."""
    ahead = talks.list_talks(db, scope, states=[TalkState.PUBLISHED], from_day=now.date())
    return [talk for talk in ahead if talk.can_be_booked(now, timezone)][:most]
