"""Booking talks: lock, look again, add, in one transaction: no seat is given twice, and no form counts twice.

A family gets all of its places or none; where there are not enough, its turn on the waiting list. Whoever waits comes
before whoever books later, also when places have become free in between.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from feedback_app.domain.errors import TooManyPlaces
from feedback_app.domain.scope import Scope
from feedback_app.domain.talks.programme import Programme, Way
from feedback_app.domain.talks.queue import state_for
from feedback_app.domain.talks.talk import MessageKind, SignUpState, TalkFacts, WayFacts
from feedback_app.services.notifying import notify
from feedback_app.services.slowing import slow_changes
from feedback_app.store import sign_ups, talks
from feedback_app.store.sign_ups import BookingFacts

SECRET_BYTES = 16
CHECK_IN_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is misread
CHECK_IN_LENGTH = 5
SHORTEST_REQUEST = 16  # a key that is shorter was not made by us: it opens nobody's booking


class Outcome(StrEnum):
    """What became of what a family asked for at one talk."""

    BOOKED = "booked"
    WAITING = "waiting"
    FULL = "full"  # and the family does not want to wait, or is larger than the room
    REPEATED = "repeated"  # this contact has a place, or waits for one, already
    CLOSED = "closed"  # it has begun, was cancelled, or is not held in this way


@dataclass(frozen=True)
class Wanted:
    """Places at one talk; with `wait` the family's turn on the waiting list where there are not enough."""

    talk_id: uuid.UUID
    way: Way
    places: int
    wait: bool = True


@dataclass(frozen=True)
class NeedAsked:
    """A key of the programme's needs, and what was said in the box beside it."""

    need: str
    detail: str = ""


@dataclass(frozen=True)
class NewBooking:
    """What a family sends. `request` is the key of the form: the same form sent twice is one booking.

    `email` and `mobile` are normalised (see services/contacting.py), and one of them is there.
    """

    request: str
    name: str
    email: str | None
    mobile: str | None
    language: str
    booker: str
    wanted: Sequence[Wanted]
    needs: Sequence[NeedAsked] = ()
    more: Mapping[str, object] = field(default_factory=dict)  # columns of Booking that a family may tell besides

    @property
    def contact(self) -> str:
        """Return by what one family is told from the next."""
        return self.email or self.mobile or ""


@dataclass(frozen=True)
class Booked:
    """What became of a booking: at each talk, and the secret of its link; None where nothing came of it anywhere."""

    secret: str | None
    outcomes: Mapping[uuid.UUID, Outcome]
    is_again: bool = field(default=False, compare=False)  # the same form came before: nothing was changed


def hash_secret(scope: Scope, secret: str) -> bytes:
    """Return the 32 bytes by which the secret of a link is found."""
    told = f"feedback/booking/{scope.partnership}/{secret}"
    return hashlib.sha256(told.encode(errors="surrogatepass")).digest()


def mark_contact(salt: str, contact: str) -> bytes:
    """Return the 32 bytes by which a contact is known again at one talk, and at no other."""
    return hmac.new(salt.encode(), contact.encode(errors="surrogatepass"), hashlib.sha256).digest()


def sign_up(
    db: Session,
    scope: Scope,
    programme: Programme,
    timezone: str,
    new: NewBooking,
    now: datetime,
    slow_down: Callable[[], None] = lambda: None,
) -> Booked:
    """Book all that a family asks for, and put the message about it; raise TooManyPlaces.

    The same form sent again changes nothing and gives back the same booking. A talk named twice counts once.
    `slow_down` is called for a form that did not come before, ahead of anything that is written.
    """
    wishes = _once_each(new.wanted)
    talks.lock_ways(db, [wanted.talk_id for wanted in wishes])
    adding = _Adding(db, scope, programme, timezone, now)
    request = new.request if len(new.request) >= SHORTEST_REQUEST else secrets.token_urlsafe(SECRET_BYTES)
    request_hash = hash_secret(scope, f"request/{request}")
    before = sign_ups.find_booking(db, scope, request_hash=request_hash)
    if before is not None:
        return adding.tell_again(before, wishes)
    slow_down()
    plans = {wanted.talk_id: adding.plan(wanted, new.contact, of_several=len(wishes) > 1) for wanted in wishes}
    outcomes = {talk_id: plan.outcome for talk_id, plan in plans.items()}
    if not any(plan.state for plan in plans.values()):
        adding.tell_repeated(plans.values())
        return Booked(None, outcomes)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    booking_id = _add_booking(db, scope, new, secret, request_hash, now)
    if booking_id is None:  # the same form for other talks came in while this one looked: their locks are others
        before = sign_ups.find_booking(db, scope, request_hash=request_hash)
        return adding.tell_again(before, wishes) if before else Booked(None, outcomes)
    for wanted in wishes:
        adding.add(plans[wanted.talk_id], wanted, booking_id, new.needs)
    notify(db, scope, MessageKind.BOOKED, once=f"booked/{booking_id}", now=now, booking_id=booking_id)
    adding.tell_repeated(plans.values())
    return Booked(secret, outcomes)


def tell_again(
    db: Session, scope: Scope, programme: Programme, timezone: str, new: NewBooking, now: datetime
) -> Booked | None:
    """Return what became of a form that came before, or None; nothing is locked or written, for nothing is given out.

    Whoever is told None here has to lock and look again: the same form may be on its way in at this moment.
    """
    if len(new.request) < SHORTEST_REQUEST:
        return None
    before = sign_ups.find_booking(db, scope, request_hash=hash_secret(scope, f"request/{new.request}"))
    adding = _Adding(db, scope, programme, timezone, now)
    return adding.tell_again(before, _once_each(new.wanted)) if before else None


def add_talks(
    db: Session,
    scope: Scope,
    programme: Programme,
    timezone: str,
    booking: BookingFacts,
    wanted: Sequence[Wanted],
    needs: Sequence[NeedAsked],
    now: datetime,
) -> Booked:
    """Book more talks with a booking that is there: nobody is asked again who they are.

    One message tells about all of them. Raise TooManyPlaces, or TooManyBookings where this is done again and again.
    """
    wishes = _once_each(wanted)
    talks.lock_ways(db, [one.talk_id for one in wishes])
    adding = _Adding(db, scope, programme, timezone, now)
    plans = {one.talk_id: adding.plan(one, booking.contact, booking.id, of_several=len(wishes) > 1) for one in wishes}
    if any(plan.state for plan in plans.values()):
        slow_changes(db, scope, booking.id, now)
    added = [adding.add(plans[one.talk_id], one, booking.id, needs) for one in wishes]
    first = next((sign_up_id for sign_up_id in added if sign_up_id is not None), None)
    if first is not None:
        once = f"booked/{booking.id}/{first}"
        notify(db, scope, MessageKind.BOOKED, once=once, now=now, booking_id=booking.id)
    adding.tell_repeated(plans.values())
    return Booked(booking.secret, {talk_id: plan.outcome for talk_id, plan in plans.items()})


def _once_each(wanted: Iterable[Wanted]) -> list[Wanted]:
    """Return wishes, the first for each talk: a family attends it in one way."""
    found: dict[uuid.UUID, Wanted] = {}
    for one in wanted:
        found.setdefault(one.talk_id, one)
    return list(found.values())


def _add_booking(
    db: Session, scope: Scope, new: NewBooking, secret: str, request_hash: bytes, now: datetime
) -> uuid.UUID | None:
    """Add what a family sent, without its talks; return None where the same form was first."""
    return sign_ups.add_booking(
        db,
        scope,
        secret=secret,
        secret_hash=hash_secret(scope, secret),
        request_hash=request_hash,
        name=new.name,
        email=new.email,
        mobile=new.mobile,
        language=new.language,
        booker=new.booker,
        made_at=now.astimezone(UTC),
        **new.more,
    )


@dataclass(frozen=True)
class _Plan:
    """What is to become of what was asked for at one talk; without a state nothing is added."""

    outcome: Outcome
    mark: bytes = b""
    state: SignUpState | None = None
    asked_late: bool = False
    sequence: int = 0  # of the talk: whoever books now has seen how it was moved
    queue: int | None = None  # the turn on the waiting list, of whoever waits
    check_in: str = ""
    repeats: uuid.UUID | None = None  # the booking of another form by which this contact is there already


@dataclass(frozen=True)
class _Adding:
    """Adding sign-ups in one transaction, whose caller holds the lock of the talks' ways."""

    db: Session
    scope: Scope
    programme: Programme
    timezone: str
    now: datetime

    def plan(
        self, wanted: Wanted, contact: str, booking_id: uuid.UUID | None = None, *, of_several: bool = False
    ) -> _Plan:
        """Return what becomes of a wish, by how the talk stands now; nothing is written."""
        most = self.programme.rules.most_places
        if not 1 <= wanted.places <= most:
            raise TooManyPlaces(most)
        talk, salt = talks.find_talk_to_book(self.db, self.scope, wanted.talk_id) or (None, "")
        way = talk.way(wanted.way) if talk else None
        if talk is None or way is None or not talk.can_be_booked(self.now, self.timezone):
            return _Plan(Outcome.CLOSED)
        if booking_id is not None and sign_ups.has_live(self.db, talk.id, booking_id):
            return _Plan(Outcome.REPEATED)
        mark, check_in = mark_contact(salt, contact), _think_of_check_in()
        there = sign_ups.find_standing(self.db, talk.id, mark, check_in)
        if there.sign_up_id is not None:
            return _Plan(Outcome.REPEATED, repeats=there.booking_id)
        state = self._state_for(way, wanted, of_several=of_several)
        if state is None:
            return _Plan(Outcome.FULL)
        if there.check_in_taken:
            check_in = make_check_in(self.db, talk.id)
        queue = there.turn if state is SignUpState.WAITING else None
        return _Plan(Outcome(state.value), mark, state, self._is_late(talk), talk.sequence, queue, check_in)

    @staticmethod
    def _state_for(way: WayFacts, wanted: Wanted, *, of_several: bool) -> SignUpState | None:
        """Return whether a family is booked or waits, or None; raise TooManyPlaces for more than the room holds."""
        state = state_for(way, wanted.places)
        if state is SignUpState.BOOKED:
            return state
        if not wanted.wait:
            return None
        if wanted.places > max(1, way.capacity):  # whoever leaves, they could never all come
            if of_several:
                return None
            raise TooManyPlaces(max(1, way.capacity))
        return state

    def add(self, plan: _Plan, wanted: Wanted, booking_id: uuid.UUID, needs: Sequence[NeedAsked]) -> uuid.UUID | None:
        """Add a sign-up as planned, with what the family needs there; return its id, or None where none is planned."""
        if plan.state is None:
            return None
        sign_up_id = sign_ups.add_sign_up(
            self.db,
            self.scope,
            talk_id=wanted.talk_id,
            booking_id=booking_id,
            contact_mark=plan.mark,
            way=wanted.way.value,
            places=wanted.places,
            state=plan.state.value,
            queue=plan.queue,
            asked_at=self.now.astimezone(UTC),
            check_in=plan.check_in,
            moved_seen=plan.sequence,
        )
        fitting = {need.key for need in self.programme.needs_for(wanted.way)}
        for need, detail in {asked.need: asked.detail for asked in needs if asked.need in fitting}.items():
            sign_ups.add_need(self.db, sign_up_id, need, detail, asked_late=plan.asked_late)
        return sign_up_id

    def tell_again(self, booking: BookingFacts, wishes: Sequence[Wanted]) -> Booked:
        """Return how a booking that is there stands, to whoever sent its form again."""
        there = {one.talk_id: one for one in sign_ups.list_sign_ups(self.db, self.scope, booking_id=booking.id)}
        outcomes = {talk_id: _stands(one.state) for talk_id, one in there.items()}
        for wanted in wishes:
            if wanted.talk_id not in outcomes:  # nothing came of this one at the time
                plan = self.plan(wanted, booking.contact, booking.id, of_several=True)
                outcomes[wanted.talk_id] = Outcome.FULL if plan.state else plan.outcome
        return Booked(booking.secret, outcomes, is_again=True)

    def tell_repeated(self, plans: Iterable[_Plan]) -> None:
        """Send the links again to whoever has booked, at most once a day: somebody, perhaps they, asked once more.

        Always in the same order, and last: two that write the same messages never wait for each other.
        """
        for booking_id in sorted({plan.repeats for plan in plans if plan.repeats is not None}):
            once = f"repeated/{booking_id}/{self.now.astimezone(UTC):%Y%m%d}"
            notify(self.db, self.scope, MessageKind.REPEATED, once=once, now=self.now, booking_id=booking_id)

    def _is_late(self, talk: TalkFacts) -> bool:
        return is_late(talk, self.now, self.timezone, self.programme)


def make_check_in(db: Session, talk_id: uuid.UUID) -> str:
    """Return letters by which a family is found at the door, and no other at this talk."""
    while True:
        code = _think_of_check_in()
        if not sign_ups.has_check_in(db, talk_id, code):
            return code


def _think_of_check_in() -> str:
    return "".join(secrets.choice(CHECK_IN_LETTERS) for _ in range(CHECK_IN_LENGTH))


def is_late(talk: TalkFacts, now: datetime, timezone: str, programme: Programme) -> bool:
    """Return whether what is asked for now may not be ready for the talk; days are those of the place."""
    return (talk.day - now.astimezone(ZoneInfo(timezone)).date()).days < programme.rules.needs_days


def _stands(state: SignUpState) -> Outcome:
    """Return how a sign-up stands, in the terms of a booking."""
    if not state.is_live:
        return Outcome.CLOSED
    return Outcome.WAITING if state is SignUpState.WAITING else Outcome.BOOKED
