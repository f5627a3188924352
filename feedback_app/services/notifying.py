"""Putting messages to families, in the transaction that gives reason for them; jobs/talk_messages.py sends them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.domain.talks.talk import MessageKind
from feedback_app.services.posting import put_job
from feedback_app.store.talk_messages import add_message

TALK_MESSAGE = "talk_message"  # a kind of job


def notify(
    db: Session,
    scope: Scope,
    kind: MessageKind,
    *,
    once: str,
    now: datetime,
    due_at: datetime | None = None,
    booking_id: uuid.UUID | None = None,
    sign_up_id: uuid.UUID | None = None,
    talk_id: uuid.UUID | None = None,
    about: Mapping[str, Any] | None = None,
) -> bool:
    """Put a message unless the same (`once`) was put before, and return whether it was.

    Without `due_at`, or when that has come, it goes at once; else when it is due. `about` holds plain facts, nothing
    personal: names and addresses are read when the message goes.
    """
    due = due_at or now
    message_id = add_message(
        db,
        scope,
        kind,
        once=once,
        due_at=due,
        queued=due <= now,
        booking_id=booking_id,
        sign_up_id=sign_up_id,
        talk_id=talk_id,
        about=about,
    )
    if message_id is not None and due <= now:
        put_job(db, scope, TALK_MESSAGE, {"message": str(message_id)})
    return message_id is not None
