"""Queries about what was promised at talks."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case, delete, select, update
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.domain.talks.talk import PromiseState, TalkState
from feedback_app.store.tables import random_id
from feedback_app.store.talk_tables import Talk, TalkPromise


@dataclass(frozen=True)
class PromiseFacts:
    """What was promised at a talk: what families said, who will do what by when, and what became of it."""

    id: uuid.UUID
    talk_id: uuid.UUID
    talk_slug: str
    talk_title: str
    talk_day: date
    topic: str
    theme: str
    said: str
    will_do: str
    who: str
    by_when: date | None
    state: PromiseState
    outcome: str
    settled_on: date | None

    def is_overdue(self, today: date) -> bool:
        """Return whether it is open though its day is over."""
        return self.state is PromiseState.OPEN and self.by_when is not None and self.by_when < today


def list_promises(
    db: Session,
    scope: Scope,
    *,
    topic: str | None = None,
    talk_id: uuid.UUID | None = None,
    states: Collection[PromiseState] = tuple(PromiseState),
    demonstration: bool = True,
) -> list[PromiseFacts]:
    """Return what was promised at published talks: what is open first, by its day; then the latest talk first."""
    rows = _promises(scope).where(TalkPromise.state.in_([state.value for state in states]))
    if topic is not None:
        rows = rows.where(Talk.topic == topic)
    if talk_id is not None:
        rows = rows.where(Talk.id == talk_id)
    if not demonstration:
        rows = rows.where(Talk.demonstration.is_(False))
    is_open = case((TalkPromise.state == PromiseState.OPEN.value, 0), else_=1)
    due = case((TalkPromise.state == PromiseState.OPEN.value, TalkPromise.by_when))
    ordered = rows.order_by(is_open, due.is_(None), due, Talk.day.desc(), TalkPromise.id)
    return [_as_facts(row) for row in db.execute(ordered)]


def find_promise(db: Session, scope: Scope, promise_id: uuid.UUID) -> PromiseFacts | None:
    """Return a promise, or None."""
    row = db.execute(_promises(scope).where(TalkPromise.id == promise_id)).one_or_none()
    return None if row is None else _as_facts(row)


def add_promise(db: Session, scope: Scope, talk_id: uuid.UUID, **told: Any) -> uuid.UUID:
    """Add what was promised at a talk and return its id; `told` are its columns."""
    row = TalkPromise(id=random_id(), partnership=scope.partnership, talk_id=talk_id, **told)
    db.add(row)
    db.flush()
    return row.id


def update_promise(db: Session, scope: Scope, promise_id: uuid.UUID, **told: Any) -> None:
    """Change a promise."""
    ours = (TalkPromise.id == promise_id, TalkPromise.partnership == scope.partnership)
    db.execute(update(TalkPromise).where(*ours).values(**told))


def delete_promise(db: Session, scope: Scope, promise_id: uuid.UUID) -> None:
    """Delete a promise."""
    ours = (TalkPromise.id == promise_id, TalkPromise.partnership == scope.partnership)
    db.execute(delete(TalkPromise).where(*ours))


def _promises(scope: Scope) -> Any:
    rows = select(TalkPromise, Talk).join(Talk, Talk.id == TalkPromise.talk_id)
    return rows.where(TalkPromise.partnership == scope.partnership, Talk.state == TalkState.PUBLISHED.value)


def _as_facts(row: Any) -> PromiseFacts:
    promise, talk = row
    return PromiseFacts(
        id=promise.id,
        talk_id=talk.id,
        talk_slug=talk.slug,
        talk_title=talk.title,
        talk_day=talk.day,
        topic=talk.topic,
        theme=promise.theme,
        said=promise.said,
        will_do=promise.will_do,
        who=promise.who,
        by_when=promise.by_when,
        state=PromiseState(promise.state),
        outcome=promise.outcome,
        settled_on=promise.settled_on,
    )
