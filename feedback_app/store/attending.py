"""Queries about the day itself: who is found by a code, how the waiting list went, how many came in which way."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.domain.talks.programme import Way
from feedback_app.domain.talks.talk import MessageKind, OfferEnd, SignUpState
from feedback_app.store.moments import as_utc
from feedback_app.store.talk_tables import SignUp, Talk, TalkMessage, TalkOffer, TalkWay


@dataclass(frozen=True)
class WayNumbers:
    """What is noted of a way of attending: people in the whole room, and those of them without a booking."""

    came: int | None = None
    walked_in: int = 0


@dataclass(frozen=True)
class OfferFacts:
    """An offer of places: when it was made, until when they were held, what became of it."""

    made_at: datetime
    until: datetime
    ended: OfferEnd


@dataclass(frozen=True)
class TurnFacts:
    """A turn on the waiting list, without whose it is."""

    way: Way
    queue: int
    places: int
    asked_at: datetime | None
    state: SignUpState
    offers: tuple[OfferFacts, ...]


def find_by_check_in(db: Session, scope: Scope, talk_id: uuid.UUID, number: str) -> uuid.UUID | None:
    """Return the sign-up of a talk that has this code, or None."""
    rows = select(SignUp.id).where(SignUp.partnership == scope.partnership, SignUp.talk_id == talk_id)
    return db.scalar(rows.where(SignUp.check_in == number))


def list_order(db: Session, scope: Scope, talk_id: uuid.UUID) -> list[TurnFacts]:
    """Return every turn that was given on the waiting lists of a talk, in order, with the offers that were made."""
    rows = select(SignUp.id, SignUp.way, SignUp.queue, SignUp.places, SignUp.asked_at, SignUp.state)
    rows = rows.where(SignUp.partnership == scope.partnership, SignUp.talk_id == talk_id, SignUp.queue.is_not(None))
    offers = _offers(db, scope, talk_id)
    return [
        TurnFacts(
            Way(row.way),
            row.queue,
            row.places,
            row.asked_at and as_utc(row.asked_at),
            SignUpState(row.state),
            tuple(offers.get(row.id, ())),
        )
        for row in db.execute(rows.order_by(SignUp.way, SignUp.queue))
    ]


def _offers(db: Session, scope: Scope, talk_id: uuid.UUID) -> dict[uuid.UUID, list[OfferFacts]]:
    rows = select(TalkOffer.sign_up_id, TalkOffer.made_at, TalkOffer.until, TalkOffer.ended)
    rows = rows.join(SignUp, SignUp.id == TalkOffer.sign_up_id).where(SignUp.talk_id == talk_id)
    found: dict[uuid.UUID, list[OfferFacts]] = {}
    for row in db.execute(rows.where(TalkOffer.partnership == scope.partnership).order_by(TalkOffer.made_at)):
        made = OfferFacts(as_utc(row.made_at), as_utc(row.until), OfferEnd(row.ended))
        found.setdefault(row.sign_up_id, []).append(made)
    return found


def find_way_numbers(db: Session, scope: Scope, talk_id: uuid.UUID) -> Mapping[Way, WayNumbers]:
    """Return way -> what is noted of it."""
    rows = select(TalkWay.way, TalkWay.came, TalkWay.walked_in).join(Talk, Talk.id == TalkWay.talk_id)
    rows = rows.where(Talk.partnership == scope.partnership, TalkWay.talk_id == talk_id)
    return {Way(row.way): WayNumbers(row.came, row.walked_in) for row in db.execute(rows.order_by(TalkWay.way))}


def update_way_numbers(db: Session, scope: Scope, talk_id: uuid.UUID, way: Way, **told: Any) -> None:
    """Note of a way of attending how many came, or how many of them without a booking."""
    ours = select(Talk.id).where(Talk.partnership == scope.partnership)
    row = update(TalkWay).where(TalkWay.talk_id == talk_id, TalkWay.way == way.value, TalkWay.talk_id.in_(ours))
    db.execute(row.values(**told).execution_options(synchronize_session=False))


def count_messages(db: Session, scope: Scope, sign_up_id: uuid.UUID, kind: MessageKind) -> int:
    """Return how many messages of a kind were put for a sign-up, sent or not."""
    rows = select(func.count()).select_from(TalkMessage).where(TalkMessage.partnership == scope.partnership)
    return db.scalar(rows.where(TalkMessage.sign_up_id == sign_up_id, TalkMessage.kind == kind.value)) or 0
