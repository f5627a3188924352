"""Booking talks: lock, look again, add, in one transaction: no seat is given twice, and no form counts twice.

A family gets all of its places or none; where there are not enough, its turn on the waiting list. Whoever waits comes
before whoever books later, also when places have become free in between.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from feedback_app.domain.errors import TooManyPlaces
from feedback_app.domain.scope import Scope
from feedback_app.domain.talks.programme import Programme, Way
from feedback_app.domain.talks.queue import state_for
from feedback_app.domain.talks.talk import MessageKind, SignUpState, TalkFacts
from feedback_app.services.notifying import notify
from feedback_app.store import sign_ups, talks
from feedback_app.store.sign_ups import BookingFacts

SECRET_BYTES = 16
CHECK_IN_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is misread
CHECK_IN_LENGTH = 5


class Outcome(StrEnum):
    """What became of what a family asked for at one talk."""

    BOOKED = "booked"
    WAITING = "waiting"
    FULL = "full"  # and the family does not want to wait
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


def hash_secret(scope: Scope, secret: str) -> bytes:
    """Return the 32 bytes by which the secret of a link is found."""
    return hashlib.sha256(f"feedback/booking/{scope.partnership}/{secret}".encode()).digest()


def mark_contact(salt: str, contact: str) -> bytes:
    """Return the 32 bytes by which a contact is known again at one talk, and at no other."""
    return hmac.new(salt.encode(), contact.encode(), hashlib.sha256).digest()


def sign_up(db: Session, scope: Scope, programme: Programme, timezone: str, new: NewBooking, now: datetime) -> Booked:
    """Book all that a family asks for, and put the message about it; raise TooManyPlaces.

    The same form sent again changes nothing and gives back the same booking.
    """
    talks.lock_ways(db, [wanted.talk_id for wanted in new.wanted])
    request_hash = hash_secret(scope, f"request/{new.request}")
    before = sign_ups.find_booking(db, scope, request_hash=request_hash)
    if before is not None:
        return Booked(before.secret, _outcomes_of(db, scope, before.id))
    adding = _Adding(db, scope, programme, timezone, now)
    plans = {wanted.talk_id: adding.plan(wanted, new.contact) for wanted in new.wanted}
    outcomes = {talk_id: plan.outcome for talk_id, plan in plans.items()}
    if not any(plan.state for plan in plans.values()):
        return Booked(None, outcomes)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    booking_id = sign_ups.add_booking(
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
    for wanted in new.wanted:
        adding.add(plans[wanted.talk_id], wanted, booking_id, new.needs)
    notify(db, scope, MessageKind.BOOKED, once=f"booked/{booking_id}", now=now, booking_id=booking_id)
    return Booked(secret, outcomes)


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
    """Book more talks with a booking that is there: nobody is asked again who they are. Raise TooManyPlaces."""
    talks.lock_ways(db, [one.talk_id for one in wanted])
    adding = _Adding(db, scope, programme, timezone, now)
    outcomes = {}
    for one in wanted:
        plan = adding.plan(one, booking.contact, booking.id)
        adding.add(plan, one, booking.id, needs)
        outcomes[one.talk_id] = plan.outcome
        if plan.state:
            once = f"booked/{booking.id}/{one.talk_id}/{now.astimezone(UTC):%Y%m%d%H%M%S}"
            notify(db, scope, MessageKind.BOOKED, once=once, now=now, booking_id=booking.id)
    return Booked(booking.secret, outcomes)


@dataclass(frozen=True)
class _Plan:
    """What is to become of what was asked for at one talk; without a state nothing is added."""

    outcome: Outcome
    mark: bytes = b""
    state: SignUpState | None = None
    asked_late: bool = False


@dataclass(frozen=True)
class _Adding:
    """Adding sign-ups in one transaction, whose caller holds the lock of the talks' ways."""

    db: Session
    scope: Scope
    programme: Programme
    timezone: str
    now: datetime

    def plan(self, wanted: Wanted, contact: str, booking_id: uuid.UUID | None = None) -> _Plan:
        """Return what becomes of a wish, by how the talk stands now; tell whoever has booked it before."""
        most = self.programme.rules.most_places
        if not 1 <= wanted.places <= most:
            raise TooManyPlaces(most)
        talk = talks.find_talk_by_id(self.db, self.scope, wanted.talk_id)
        way = talk.way(wanted.way) if talk else None
        if talk is None or way is None or not talk.can_be_booked(self.now, self.timezone):
            return _Plan(Outcome.CLOSED)
        mark = mark_contact(sign_ups.find_salt(self.db, self.scope, talk.id), contact)
        there = sign_ups.find_live(self.db, talk.id, mark)
        if there is not None:
            if there[1] is not None and there[1] != booking_id:
                self._tell_repeated(there[1])
            return _Plan(Outcome.REPEATED)
        state = state_for(way, wanted.places)
        if state is SignUpState.WAITING and not wanted.wait:
            return _Plan(Outcome.FULL)
        return _Plan(Outcome(state.value), mark, state, self._is_late(talk))

    def add(self, plan: _Plan, wanted: Wanted, booking_id: uuid.UUID, needs: Sequence[NeedAsked]) -> None:
        """Add a sign-up as planned, with what the family needs there."""
        if plan.state is None:
            return
        waits = plan.state is SignUpState.WAITING
        sign_up_id = sign_ups.add_sign_up(
            self.db,
            self.scope,
            talk_id=wanted.talk_id,
            booking_id=booking_id,
            contact_mark=plan.mark,
            way=wanted.way.value,
            places=wanted.places,
            state=plan.state.value,
            queue=sign_ups.next_queue(self.db, wanted.talk_id, wanted.way) if waits else None,
            asked_at=self.now.astimezone(UTC),
            check_in=self._make_check_in(wanted.talk_id),
        )
        fitting = {need.key for need in self.programme.needs_for(wanted.way)}
        for asked in needs:
            if asked.need in fitting:
                sign_ups.add_need(self.db, sign_up_id, asked.need, asked.detail, asked_late=plan.asked_late)

    def _is_late(self, talk: TalkFacts) -> bool:
        """Return whether what is asked for now may not be ready for the talk."""
        return (talk.day - self.now.date()).days < self.programme.rules.needs_days

    def _tell_repeated(self, booking_id: uuid.UUID) -> None:
        """Send the link again to whoever has booked, at most once a day: somebody, perhaps they, asked once more."""
        once = f"repeated/{booking_id}/{self.now.astimezone(UTC):%Y%m%d}"
        notify(self.db, self.scope, MessageKind.REPEATED, once=once, now=self.now, booking_id=booking_id)

    def _make_check_in(self, talk_id: uuid.UUID) -> str:
        while True:
            code = "".join(secrets.choice(CHECK_IN_LETTERS) for _ in range(CHECK_IN_LENGTH))
            if not sign_ups.has_check_in(self.db, talk_id, code):
                return code


def _outcomes_of(db: Session, scope: Scope, booking_id: uuid.UUID) -> dict[uuid.UUID, Outcome]:
    """Return how a booking that is there stands."""
    waits = SignUpState.WAITING
    return {
        one.talk_id: Outcome.WAITING if one.state is waits else Outcome.BOOKED
        for one in sign_ups.list_sign_ups(db, scope, booking_id=booking_id)
    }
