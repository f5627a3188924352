"""Queries that hold a comment again because a reader worries about somebody. Every query takes the scope."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.store.comment_tables import HELD, OPEN, Comment, SafeguardingEntry


def hold_unread(
    db: Session, scope: Scope, comments: Collection[uuid.UUID], cues: list[list[Any]], due_on: date
) -> set[uuid.UUID]:
    """Hold those of some open comments that no safeguarding reader has read, as flagged, and return which."""
    read = select(SafeguardingEntry.comment_id).where(
        SafeguardingEntry.comment_id == Comment.id, SafeguardingEntry.read_on.is_not(None)
    )
    ours = (Comment.id.in_(comments), Comment.partnership == scope.partnership, Comment.standing == OPEN)
    found = set(db.scalars(select(Comment.id).where(*ours, ~read.exists()).with_for_update())) if comments else set()
    for comment in found:
        hold_flagged(db, scope, comment, cues, due_on)
    return found


def hold_flagged(db: Session, scope: Scope, comment_id: uuid.UUID, cues: list[list[Any]], due_on: date) -> None:
    """Hold a comment, and let it wait for a safeguarding reader as flagged, whether it waited before or not."""
    ours = (Comment.id == comment_id, Comment.partnership == scope.partnership)
    db.execute(update(Comment).where(*ours).values(standing=HELD))
    entry = (SafeguardingEntry.comment_id == comment_id, SafeguardingEntry.partnership == scope.partnership)
    values = {"flagged": True, "cues": cues, "due_on": due_on, "told": False, "overdue_told": False, "late": False}
    read = {"read_on": None, "read_by": None, "outcome": None, "note": None}
    if db.scalar(select(SafeguardingEntry.comment_id).where(*entry)) is None:
        row = {"comment_id": comment_id, "partnership": scope.partnership, **values}
        db.execute(insert(SafeguardingEntry).values(**row))
    else:
        db.execute(update(SafeguardingEntry).where(*entry).values(**values, **read))
