"""Queries about messages to families: each is put once, is due at a moment, and ends as sent, dropped or failed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.domain.talks.talk import MessageKind
from feedback_app.store.tables import random_id
from feedback_app.store.talk_tables import TalkMessage


def add_message(
    db: Session,
    scope: Scope,
    kind: MessageKind,
    *,
    once: str,
    due_at: datetime,
    queued: bool,
    booking_id: uuid.UUID | None = None,
    sign_up_id: uuid.UUID | None = None,
    talk_id: uuid.UUID | None = None,
    about: Mapping[str, Any] | None = None,
) -> uuid.UUID | None:
    """Add a message and return its id; None where the same was put before."""
    dialect = sqlite if db.get_bind().dialect.name == "sqlite" else postgresql
    added = dialect.insert(TalkMessage).values(
        id=random_id(),
        partnership=scope.partnership,
        kind=kind.value,
        once=once,
        due_at=due_at.astimezone(UTC),
        queued=queued,
        booking_id=booking_id,
        sign_up_id=sign_up_id,
        talk_id=talk_id,
        about=dict(about or {}),
        state="waiting",
        attempts=0,
        problem="",
    )
    same = [TalkMessage.partnership, TalkMessage.once]
    return db.execute(added.on_conflict_do_nothing(index_elements=same).returning(TalkMessage.id)).scalar()
