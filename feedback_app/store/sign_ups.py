"""Queries about bookings, sign-ups to talks, waiting lists, offers and access needs."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import Select, Table, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from feedback_app.domain.scope import Scope
from feedback_app.domain.talks.programme import Way
from feedback_app.domain.talks.queue import Turn
from feedback_app.domain.talks.talk import NeedState, OfferEnd, SignUpState
from feedback_app.store.moments import as_utc
from feedback_app.store.tables import random_id
from feedback_app.store.talk_tables import AccessNeed, Booking, SignUp, TalkMessage, TalkOffer

LIVE = (SignUpState.BOOKED.value, SignUpState.WAITING.value, SignUpState.OFFERED.value)
_BOOKING, _SIGN_UP, _NEED = (cast(Table, one.__table__) for one in (Booking, SignUp, AccessNeed))


@dataclass(frozen=True)
class BookingFacts:
    """A family's booking: how to reach them, and what they told of themselves."""

    id: uuid.UUID
    secret: str
    name: str
    email: str | None
    mobile: str | None
    language: str
    booker: str
    district: int | None
    first_time: bool | None
    heard: str | None
    topics: tuple[str, ...]
    may_contact: bool

    @property
    def contact(self) -> str:
        """Return by what one family is told from the next: the e-mail, or else the mobile."""
        return self.email or self.mobile or ""


@dataclass(frozen=True)
class SignUpFacts:
    """A family's sign-up to one talk; ``offer_until`` where places are held for it."""

    id: uuid.UUID
    talk_id: uuid.UUID
    booking_id: uuid.UUID | None
    way: Way
    places: int
    state: SignUpState
    queue: int | None
    asked_at: datetime | None
    check_in: str | None
    came: int | None
    moved_seen: int
    offer_until: datetime | None


@dataclass(frozen=True)
class NeedFacts:
    """One thing that a family needs at one talk."""

    id: uuid.UUID
    sign_up_id: uuid.UUID
    need: str
    detail: str
    state: NeedState
    owner: str
    told: bool
    asked_late: bool


@dataclass(frozen=True)
class Standing:
    """How a contact stands at a talk: its sign-up that is live, the booking of that, and what the next would have."""

    sign_up_id: uuid.UUID | None
    booking_id: uuid.UUID | None
    turn: int  # of the next to wait
    check_in_taken: bool


# Made once: to put a statement together takes longer than to carry it out.
_TOLD = [_BOOKING.c[name] for name in BookingFacts.__dataclass_fields__]
_FIND_BOOKING = {
    name: select(*_TOLD).where(_BOOKING.c.partnership == bindparam("ours"), _BOOKING.c[name] == bindparam("value"))
    for name in ("id", "secret_hash", "request_hash")
}
_ADD_BOOKING = {
    dialect.dialect.name: dialect.insert(_BOOKING)
    .on_conflict_do_nothing(index_elements=[_BOOKING.c.request_hash])
    .returning(_BOOKING.c.id)
    for dialect in (sqlite, postgresql)
}
_ADD_SIGN_UP, _ADD_NEED = insert(_SIGN_UP), insert(_NEED)
_AT_TALK = _SIGN_UP.c.talk_id == bindparam("talk")
_IS_THERE = (_AT_TALK, _SIGN_UP.c.contact_mark == bindparam("mark"), _SIGN_UP.c.state.in_(LIVE))
_STANDING = select(
    select(_SIGN_UP.c.id).where(*_IS_THERE).scalar_subquery().label("sign_up"),
    select(_SIGN_UP.c.booking_id).where(*_IS_THERE).scalar_subquery().label("booking"),
    select(func.max(_SIGN_UP.c.queue)).where(_AT_TALK).scalar_subquery().label("turn"),
    select(_SIGN_UP.c.id).where(_AT_TALK, _SIGN_UP.c.check_in == bindparam("check_in")).exists().label("taken"),
)
_SIGN_UPS = select(
    *[one for one in _SIGN_UP.c if one.name not in ("partnership", "contact_mark")], TalkOffer.until
).outerjoin(TalkOffer, (TalkOffer.sign_up_id == _SIGN_UP.c.id) & (TalkOffer.ended == OfferEnd.OPEN.value))


def add_booking(db: Session, scope: Scope, **told: Any) -> uuid.UUID | None:
    """Add a booking and return its id; None where the same form made one before. `told` are its columns."""
    added = _ADD_BOOKING[db.get_bind().dialect.name]
    return db.execute(added, {"id": random_id(), "partnership": scope.partnership, **told}).scalar()


def find_booking(
    db: Session,
    scope: Scope,
    *,
    booking_id: uuid.UUID | None = None,
    secret_hash: bytes | None = None,
    request_hash: bytes | None = None,
) -> BookingFacts | None:
    """Return a booking by one of the three, or None."""
    given = {"id": booking_id, "secret_hash": secret_hash, "request_hash": request_hash}
    name, value = next((name, value) for name, value in given.items() if value is not None)
    row = db.execute(_FIND_BOOKING[name], {"ours": scope.partnership, "value": value}).one_or_none()
    return None if row is None else _as_booking(row)


def list_bookings(db: Session, scope: Scope, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, BookingFacts]:
    """Return id -> booking, of those that are still there."""
    rows = select(*_TOLD).where(Booking.partnership == scope.partnership, Booking.id.in_(ids))
    return {row.id: _as_booking(row) for row in db.execute(rows)}


def update_booking(db: Session, scope: Scope, booking_id: uuid.UUID, **told: Any) -> None:
    """Change what is told in a booking."""
    ours = (Booking.id == booking_id, Booking.partnership == scope.partnership)
    db.execute(update(Booking).where(*ours).values(**told))


def delete_booking(db: Session, scope: Scope, booking_id: uuid.UUID) -> None:
    """Delete a booking and all messages to it; its sign-ups stay, and are nobody's."""
    theirs = select(SignUp.id).where(SignUp.booking_id == booking_id, SignUp.partnership == scope.partnership)
    plain = {"synchronize_session": False}
    db.execute(delete(TalkMessage).where(TalkMessage.sign_up_id.in_(theirs)), execution_options=plain)
    ours = (Booking.id == booking_id, Booking.partnership == scope.partnership)
    db.execute(delete(Booking).where(*ours).execution_options(synchronize_session=False))


def add_sign_up(db: Session, scope: Scope, **told: Any) -> uuid.UUID:
    """Add a sign-up and return its id; `told` are its columns. The caller holds the lock of the talk's ways."""
    sign_up_id = random_id()
    db.execute(_ADD_SIGN_UP, {"id": sign_up_id, "partnership": scope.partnership, **told})
    return sign_up_id


def update_sign_up(db: Session, scope: Scope, sign_up_id: uuid.UUID, **told: Any) -> None:
    """Change a sign-up. Where places change hands, the caller holds the lock of the talk's ways."""
    ours = (SignUp.id == sign_up_id, SignUp.partnership == scope.partnership)
    db.execute(update(SignUp).where(*ours).values(**told).execution_options(synchronize_session=False))


def find_sign_up(db: Session, scope: Scope, sign_up_id: uuid.UUID) -> SignUpFacts | None:
    """Return a sign-up, or None."""
    row = db.execute(_sign_ups(scope).where(SignUp.id == sign_up_id)).one_or_none()
    return None if row is None else _as_sign_up(row)


def list_sign_ups(
    db: Session,
    scope: Scope,
    *,
    booking_id: uuid.UUID | None = None,
    talk_id: uuid.UUID | None = None,
    states: Collection[SignUpState] | None = None,
) -> list[SignUpFacts]:
    """Return sign-ups of a booking, or of a talk, or both; those that wait in the order of their turns."""
    rows = _sign_ups(scope)
    if booking_id is not None:
        rows = rows.where(SignUp.booking_id == booking_id)
    if talk_id is not None:
        rows = rows.where(SignUp.talk_id == talk_id)
    if states is not None:
        rows = rows.where(SignUp.state.in_([state.value for state in states]))
    return [_as_sign_up(row) for row in db.execute(rows.order_by(SignUp.queue, SignUp.id))]


def has_live(db: Session, talk_id: uuid.UUID, booking_id: uuid.UUID) -> bool:
    """Return whether a booking has a sign-up at a talk that is live."""
    rows = select(SignUp.id).where(SignUp.talk_id == talk_id, SignUp.booking_id == booking_id)
    return db.scalar(rows.where(SignUp.state.in_(LIVE)).limit(1)) is not None


def is_known(db: Session, talk_id: uuid.UUID, mark: bytes) -> bool:
    """Return whether a contact has a sign-up at a talk that is live, or is again if the talk is held after all."""
    rows = select(SignUp.id).where(SignUp.talk_id == talk_id, SignUp.contact_mark == mark)
    return db.scalar(rows.where(SignUp.state.in_((*LIVE, SignUpState.CALLED_OFF.value))).limit(1)) is not None


def has_live_twin(db: Session, sign_up_id: uuid.UUID) -> bool:
    """Return whether the contact of a sign-up that has ended has another one at the same talk that is live."""
    ended = aliased(SignUp)
    twins = select(SignUp.id).join(ended, SignUp.talk_id == ended.talk_id).where(ended.id == sign_up_id)
    twins = twins.where(SignUp.contact_mark == ended.contact_mark, SignUp.id != ended.id, SignUp.state.in_(LIVE))
    return db.scalar(twins.limit(1)) is not None


def find_standing(db: Session, talk_id: uuid.UUID, mark: bytes, check_in: str) -> Standing:
    """Return how a contact that wants to book stands at a talk; the caller holds the lock of the talk's ways."""
    row = db.execute(_STANDING, {"talk": talk_id, "mark": mark, "check_in": check_in}).one()
    return Standing(row.sign_up, row.booking, (row.turn or 0) + 1, bool(row.taken))


def next_queue(db: Session, talk_id: uuid.UUID) -> int:
    """Return the next turn at a talk, whatever the way of attending; the caller holds the lock of the talk's ways.

    One count for all ways: a family that goes over to another takes its turn along, and it is never given twice.
    """
    return (db.scalar(select(func.max(SignUp.queue)).where(SignUp.talk_id == talk_id)) or 0) + 1


def list_turns(db: Session, talk_id: uuid.UUID, way: Way) -> list[Turn]:
    """Return the turns of those who wait, in order."""
    rows = select(SignUp.id, SignUp.queue, SignUp.places).where(SignUp.talk_id == talk_id, SignUp.way == way.value)
    rows = rows.where(SignUp.state == SignUpState.WAITING.value).order_by(SignUp.queue)
    return [Turn(sign_up_id, queue or 0, places) for sign_up_id, queue, places in db.execute(rows)]


def has_check_in(db: Session, talk_id: uuid.UUID, code: str) -> bool:
    """Return whether a code is taken at a talk."""
    return db.scalar(select(SignUp.id).where(SignUp.talk_id == talk_id, SignUp.check_in == code)) is not None


def end_offer(db: Session, scope: Scope, sign_up_id: uuid.UUID, ended: OfferEnd) -> None:
    """Note what became of the open offer to a family, if there is one."""
    ours = (TalkOffer.partnership == scope.partnership, TalkOffer.sign_up_id == sign_up_id)
    is_open = TalkOffer.ended == OfferEnd.OPEN.value
    db.execute(update(TalkOffer).where(*ours, is_open).values(ended=ended.value))


def list_run_out(db: Session, scope: Scope, now: datetime) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Return the sign-ups, each with its talk, whose offer has ended unanswered."""
    rows = select(TalkOffer.sign_up_id, SignUp.talk_id).join(SignUp, SignUp.id == TalkOffer.sign_up_id)
    rows = rows.where(TalkOffer.partnership == scope.partnership, TalkOffer.ended == OfferEnd.OPEN.value)
    return [(row[0], row[1]) for row in db.execute(rows.where(TalkOffer.until <= now.astimezone(UTC)))]


def list_offers(
    db: Session, scope: Scope, talk_id: uuid.UUID, way: Way | None = None
) -> Sequence[tuple[int, int, datetime, datetime, OfferEnd]]:
    """Return each offer made at a talk, or in one way of attending it, in order, as it was made.

    Turn, places, when, until when, what became of it.
    """
    rows = select(TalkOffer.queue, TalkOffer.places, TalkOffer.made_at, TalkOffer.until, TalkOffer.ended)
    rows = rows.join(SignUp, SignUp.id == TalkOffer.sign_up_id).where(SignUp.talk_id == talk_id)
    if way is not None:
        rows = rows.where(TalkOffer.way == way.value)
    rows = rows.where(TalkOffer.partnership == scope.partnership).order_by(TalkOffer.made_at)
    return [
        (queue, places, as_utc(made), as_utc(until), OfferEnd(ended))
        for queue, places, made, until, ended in db.execute(rows)
    ]


def list_needs(
    db: Session, scope: Scope, *, sign_up_ids: Collection[uuid.UUID] | None = None, talk_id: uuid.UUID | None = None
) -> list[NeedFacts]:
    """Return the access needs of sign-ups, or of all that are live at a talk."""
    rows = select(AccessNeed).join(SignUp, SignUp.id == AccessNeed.sign_up_id)
    rows = rows.where(SignUp.partnership == scope.partnership).execution_options(populate_existing=True)
    if sign_up_ids is not None:
        rows = rows.where(SignUp.id.in_(sign_up_ids))
    if talk_id is not None:
        rows = rows.where(SignUp.talk_id == talk_id, SignUp.state.in_(LIVE))
    found = [_as_need(row) for row in db.scalars(rows)]
    return sorted(found, key=lambda need: (need.need, str(need.id)))


def add_need(db: Session, sign_up_id: uuid.UUID, need: str, detail: str, *, asked_late: bool) -> uuid.UUID:
    """Add something that a family needs at a talk; return its id."""
    need_id = random_id()
    told = {"need": need, "detail": detail or None, "asked_late": asked_late}
    db.execute(_ADD_NEED, {"id": need_id, "sign_up_id": sign_up_id, **told})
    return need_id


def update_need(db: Session, scope: Scope, need_id: uuid.UUID, **told: Any) -> None:
    """Change an access need."""
    ours = select(SignUp.id).where(SignUp.partnership == scope.partnership)
    db.execute(update(AccessNeed).where(AccessNeed.id == need_id, AccessNeed.sign_up_id.in_(ours)).values(**told))


def delete_needs(db: Session, ids: Collection[uuid.UUID]) -> None:
    """Delete access needs that a family does not have any more."""
    db.execute(delete(AccessNeed).where(AccessNeed.id.in_(ids)))


def _sign_ups(scope: Scope) -> Select[Any]:
    return _SIGN_UPS.where(SignUp.partnership == scope.partnership)


def _as_booking(row: Any) -> BookingFacts:
    return BookingFacts(**{**row._mapping, "topics": tuple(row.topics)})


def _as_sign_up(row: Any) -> SignUpFacts:
    told = row._mapping
    asked, until = told["asked_at"], told["until"]
    return SignUpFacts(
        id=told["id"],
        talk_id=told["talk_id"],
        booking_id=told["booking_id"],
        way=Way(told["way"]),
        places=told["places"],
        state=SignUpState(told["state"]),
        queue=told["queue"],
        asked_at=asked and as_utc(asked),
        check_in=told["check_in"],
        came=told["came"],
        moved_seen=told["moved_seen"],
        offer_until=until and as_utc(until),
    )


def _as_need(row: AccessNeed) -> NeedFacts:
    return NeedFacts(
        row.id,
        row.sign_up_id,
        row.need,
        row.detail or "",
        NeedState(row.state),
        row.owner or "",
        row.told,
        row.asked_late,
    )
