"""Queries about comments as such: adding, their standing, which nobody has screened."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Table, func, insert, select, update
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.store.comment_tables import UNSCREENED, Comment, SafeguardingEntry

# Made once, for submissions need them: see drafts.py.
_ADD = insert(cast(Table, Comment.__table__))
_ADD_ENTRY = insert(cast(Table, SafeguardingEntry.__table__))


def add_comments(db: Session, rows: Sequence[Mapping[str, Any]], entries: Sequence[Mapping[str, Any]]) -> None:
    """Add comments (columns of `Comment`) and what safeguarding readers must read (of `SafeguardingEntry`).

    In the order of their keys, so that many at once go fast.
    """
    if rows:
        db.execute(_ADD, sorted(rows, key=_id))
    if entries:
        db.execute(_ADD_ENTRY, sorted(entries, key=_comment_id))


def _id(row: Mapping[str, Any]) -> uuid.UUID:
    key: uuid.UUID = row["id"]
    return key


def _comment_id(row: Mapping[str, Any]) -> uuid.UUID:
    key: uuid.UUID = row["comment_id"]
    return key


def list_unscreened(db: Session, scope: Scope, most: int) -> list[tuple[uuid.UUID, str, bool]]:
    """Return (id, words, whether a child may have written them) of comments nobody has screened, held until the end."""
    wanted = select(Comment.id, Comment.words, Comment.young)
    wanted = wanted.where(Comment.partnership == scope.partnership, Comment.standing == UNSCREENED)
    return [(row[0], row[1], row[2]) for row in db.execute(wanted.limit(most).with_for_update(skip_locked=True))]


def count_unscreened(db: Session, scope: Scope) -> int:
    """Return how many comments nobody has screened."""
    wanted = select(func.count()).select_from(Comment)
    return db.scalar(wanted.where(Comment.partnership == scope.partnership, Comment.standing == UNSCREENED)) or 0


def set_standing(
    db: Session, scope: Scope, comment_id: uuid.UUID, standing: str, *, asks_contact: bool | None = None
) -> None:
    """Let a comment be open or held."""
    values: dict[str, Any] = {"standing": standing}
    if asks_contact is not None:
        values["asks_contact"] = asks_contact
    ours = update(Comment).where(Comment.id == comment_id, Comment.partnership == scope.partnership)
    db.execute(ours.values(values))
