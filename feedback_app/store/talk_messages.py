"""Queries about messages to families: each is put once, is due at a moment, and ends as sent, dropped or failed."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.domain.talks.talk import Channel, MessageKind, MessageState, OfferEnd
from feedback_app.store.moments import as_utc
from feedback_app.store.tables import random_id
from feedback_app.store.talk_tables import SignUp, Talk, TalkMessage, TalkOffer

WAITING = MessageState.WAITING.value
_MESSAGE = cast(Table, TalkMessage.__table__)
_ADD = {  # made once: that takes longer than to carry it out
    dialect.dialect.name: dialect.insert(_MESSAGE)
    .on_conflict_do_nothing(index_elements=[_MESSAGE.c.partnership, _MESSAGE.c.once])
    .returning(_MESSAGE.c.id)
    for dialect in (sqlite, postgresql)
}


@dataclass(frozen=True)
class MessageFacts:
    """One message to a family, and what became of it."""

    id: uuid.UUID
    kind: MessageKind
    booking_id: uuid.UUID | None
    sign_up_id: uuid.UUID | None
    talk_id: uuid.UUID | None
    once: str
    about: Mapping[str, Any]
    due_at: datetime
    state: MessageState
    queued: bool
    channel: Channel | None
    attempts: int
    sent_at: datetime | None
    problem: str

    def is_in_hand(self, now: datetime) -> bool:
        """Return whether somebody is sending it now; until then it is due later than it was."""
        return self.state is MessageState.WAITING and self.attempts > 0 and self.queued and self.due_at > now


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
    told = {
        "id": random_id(),
        "partnership": scope.partnership,
        "kind": kind.value,
        "once": once,
        "due_at": due_at.astimezone(UTC),
        "queued": queued,
        "booking_id": booking_id,
        "sign_up_id": sign_up_id,
        "talk_id": talk_id,
        "about": dict(about or {}),
        "state": WAITING,
        "attempts": 0,
        "problem": "",
    }
    return db.execute(_ADD[db.get_bind().dialect.name], told).scalar()


def find_message(db: Session, scope: Scope, message_id: uuid.UUID) -> MessageFacts | None:
    """Return a message, or None."""
    row = db.scalars(_ours(scope).where(TalkMessage.id == message_id)).one_or_none()
    return None if row is None else _as_message(row)


def list_messages(
    db: Session,
    scope: Scope,
    *,
    booking_id: uuid.UUID | None = None,
    sign_up_ids: Collection[uuid.UUID] | None = None,
    kinds: Collection[MessageKind] = tuple(MessageKind),
) -> list[MessageFacts]:
    """Return messages of a booking, or of sign-ups, by when they are due."""
    rows = _ours(scope).where(TalkMessage.kind.in_([kind.value for kind in kinds]))
    if booking_id is not None:
        rows = rows.where(TalkMessage.booking_id == booking_id)
    if sign_up_ids is not None:
        rows = rows.where(TalkMessage.sign_up_id.in_(sign_up_ids))
    return [_as_message(row) for row in db.scalars(rows.order_by(TalkMessage.due_at, TalkMessage.id))]


def list_of_talk(
    db: Session, scope: Scope, talk_id: uuid.UUID, states: Collection[MessageState] = tuple(MessageState)
) -> list[MessageFacts]:
    """Return the messages that concern a talk: of its sign-ups, and of bookings that hold one; the latest first."""
    rows = _ours(scope).where(_about_talk(talk_id), TalkMessage.state.in_([state.value for state in states]))
    return [_as_message(row) for row in db.scalars(rows.order_by(TalkMessage.due_at.desc(), TalkMessage.id))]


def count_messages(db: Session, scope: Scope, talk_id: uuid.UUID) -> Mapping[tuple[MessageKind, MessageState], int]:
    """Return (kind, state) -> how many messages that concern a talk."""
    rows = select(TalkMessage.kind, TalkMessage.state, func.count()).where(TalkMessage.partnership == scope.partnership)
    rows = rows.where(_about_talk(talk_id)).group_by(TalkMessage.kind, TalkMessage.state)
    return {(MessageKind(kind), MessageState(state)): number for kind, state, number in db.execute(rows)}


def list_failed(db: Session, scope: Scope) -> list[MessageFacts]:
    """Return the messages that could not be sent, the latest first."""
    rows = _ours(scope).where(TalkMessage.state == MessageState.FAILED.value)
    return [_as_message(row) for row in db.scalars(rows.order_by(TalkMessage.due_at.desc(), TalkMessage.id))]


def list_due(db: Session, scope: Scope, now: datetime) -> list[uuid.UUID]:
    """Return the messages that are due and have no job yet."""
    rows = select(TalkMessage.id).where(TalkMessage.partnership == scope.partnership, TalkMessage.state == WAITING)
    rows = rows.where(TalkMessage.queued.is_(False), TalkMessage.due_at <= now.astimezone(UTC))
    return list(db.scalars(rows.order_by(TalkMessage.due_at, TalkMessage.id)))


def update_queued(db: Session, scope: Scope, message_id: uuid.UUID) -> bool:
    """Note that a message has its job; return False where it had one, or needs none any more."""
    free = (TalkMessage.state == WAITING, TalkMessage.queued.is_(False))
    return _changed(db, scope, message_id, *free, queued=True)


def update_held(db: Session, scope: Scope, message_id: uuid.UUID, until: datetime) -> bool:
    """Let a message wait without a job until a moment."""
    told = {"due_at": until.astimezone(UTC), "queued": False}
    return _changed(db, scope, message_id, TalkMessage.state == WAITING, **told)


def update_claimed(
    db: Session, scope: Scope, message: MessageFacts, channel: Channel, attempts: int, until: datetime
) -> bool:
    """Take a message in hand until a moment; return False where somebody else has taken it since it was read.

    While it is in hand it is due again at that moment.
    """
    unseen = (TalkMessage.state == WAITING, TalkMessage.attempts == message.attempts)
    told = {"attempts": attempts, "channel": channel.value, "due_at": until.astimezone(UTC)}
    return _changed(db, scope, message.id, *unseen, **told)


def update_released(db: Session, scope: Scope, message: MessageFacts) -> bool:
    """Let go of a message that could not be sent just now: it is due as it was."""
    return _changed(db, scope, message.id, TalkMessage.state == WAITING, due_at=message.due_at.astimezone(UTC))


def update_settled(
    db: Session,
    scope: Scope,
    message: MessageFacts,
    state: MessageState,
    *,
    problem: str = "",
    sent_at: datetime | None = None,
) -> bool:
    """Note what became of a message that waited; one that is settled stays as it is. It is due as it was."""
    told: dict[str, Any] = {"state": state.value, "problem": problem, "sent_at": sent_at and sent_at.astimezone(UTC)}
    due_at = message.due_at.astimezone(UTC)
    return _changed(db, scope, message.id, TalkMessage.state == WAITING, due_at=due_at, **told)


def update_failed_again(db: Session, scope: Scope, message_id: uuid.UUID, now: datetime) -> bool:
    """Let a message that failed wait once more, with a job; return False for one that did not fail.

    It counts as tried: it may have gone out without our knowing.
    """
    told = {"state": WAITING, "problem": "", "due_at": now.astimezone(UTC), "queued": True, "attempts": 1}
    return _changed(db, scope, message_id, TalkMessage.state == MessageState.FAILED.value, **told)


def delete_messages(db: Session, scope: Scope) -> None:
    """Delete the messages about talks that are made up: nobody is to get one."""
    made_up = select(Talk.id).where(Talk.partnership == scope.partnership, Talk.demonstration.is_(True))
    sign_ups = select(SignUp.id).where(SignUp.talk_id.in_(made_up))
    bookings = select(SignUp.booking_id).where(SignUp.talk_id.in_(made_up), SignUp.booking_id.is_not(None))
    about = or_(TalkMessage.sign_up_id.in_(sign_ups), TalkMessage.booking_id.in_(bookings))
    db.execute(delete(TalkMessage).where(TalkMessage.partnership == scope.partnership, about))


def is_offer_open(db: Session, scope: Scope, offer_id: uuid.UUID) -> bool:
    """Return whether nobody has answered an offer of places yet, and it has not run out."""
    rows = select(TalkOffer.id).where(TalkOffer.partnership == scope.partnership, TalkOffer.id == offer_id)
    return db.scalar(rows.where(TalkOffer.ended == OfferEnd.OPEN.value)) is not None


def _about_talk(talk_id: uuid.UUID) -> ColumnElement[bool]:
    of_talk = select(SignUp.id).where(SignUp.talk_id == talk_id)
    bookings = select(SignUp.booking_id).where(SignUp.talk_id == talk_id, SignUp.booking_id.is_not(None))
    return or_(
        TalkMessage.talk_id == talk_id, TalkMessage.sign_up_id.in_(of_talk), TalkMessage.booking_id.in_(bookings)
    )


def _ours(scope: Scope) -> Any:
    return select(TalkMessage).where(TalkMessage.partnership == scope.partnership)


def _changed(db: Session, scope: Scope, message_id: uuid.UUID, *only: ColumnElement[bool], **told: Any) -> bool:
    ours = (TalkMessage.id == message_id, TalkMessage.partnership == scope.partnership, *only)
    done = db.execute(update(TalkMessage).where(*ours).values(**told).execution_options(synchronize_session=False))
    return bool(done.rowcount)  # type: ignore[attr-defined]


def _as_message(row: TalkMessage) -> MessageFacts:
    return MessageFacts(
        id=row.id,
        kind=MessageKind(row.kind),
        booking_id=row.booking_id,
        sign_up_id=row.sign_up_id,
        talk_id=row.talk_id,
        once=row.once,
        about=dict(row.about),
        due_at=as_utc(row.due_at),
        state=MessageState(row.state),
        queued=row.queued,
        channel=Channel(row.channel) if row.channel else None,
        attempts=row.attempts,
        sent_at=row.sent_at and as_utc(row.sent_at),
        problem=row.problem,
    )
