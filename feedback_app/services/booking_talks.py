"""What a booking form sets going: the places, and a question in advance; once, however often the form is sent."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from feedback_app.domain.errors import TooManyBookings
from feedback_app.domain.scope import Scope
from feedback_app.domain.screening import Screening
from feedback_app.domain.talks.programme import Programme
from feedback_app.domain.talks.talk import TalkFacts
from feedback_app.domain.voices import Teller
from feedback_app.services.asking_ahead import ask_ahead
from feedback_app.services.signing_up import Booked, NewBooking, Outcome, hash_secret, sign_up
from feedback_app.store import sign_ups, talks, throttle

BOOKINGS_AT_ONCE = 8  # with one e-mail address or mobile
BOOKING_SECONDS = 450  # after those, one more in so many seconds: nobody's mailbox is flooded with our messages


@dataclass(frozen=True)
class Question:
    """A question in advance to a talk, and what screens it."""

    talk: TalkFacts
    words: str
    screening: Screening | None
    today: date


def book(
    db: Session,
    scope: Scope,
    programme: Programme,
    timezone: str,
    new: NewBooking,
    now: datetime,
    question: Question | None = None,
) -> Booked:
    """Book what a form asks for; raise TooManyPlaces, or TooManyBookings where one contact books and books.

    A form is known again by its key, by who sends it and by the talks: one that comes back from the memory of a shared
    computer, filled in by the next family, never opens the booking of the family before.
    """
    new = replace(new, request="/".join((new.request, new.contact, *sorted(str(one.talk_id) for one in new.wanted))))
    talks.lock_ways(db, [wanted.talk_id for wanted in new.wanted])
    request_hash = hash_secret(scope, f"request/{new.request}")
    if sign_ups.find_booking(db, scope, request_hash=request_hash) is not None:
        return sign_up(db, scope, programme, timezone, new, now)
    _slow_down(db, scope, new.contact, now)
    booked = sign_up(db, scope, programme, timezone, new, now)
    if question is not None and booked.outcomes.get(question.talk.id) in (Outcome.BOOKED, Outcome.WAITING):
        _ask(db, scope, question, new)
    return booked


def _slow_down(db: Session, scope: Scope, contact: str, now: datetime) -> None:
    """Count a booking with a contact; raise TooManyBookings where there were many of late."""
    name = "booking/" + hashlib.sha256(f"feedback/booking/{scope.partnership}/{contact}".encode()).hexdigest()[:32]
    level = throttle.get_level(db, name, now.astimezone(UTC), 1 / BOOKING_SECONDS)
    if level > BOOKINGS_AT_ONCE - 1:
        raise TooManyBookings(math.ceil((level - BOOKINGS_AT_ONCE + 1) * BOOKING_SECONDS / 60))
    throttle.set_level(db, name, level + 1, now.astimezone(UTC))


def _ask(db: Session, scope: Scope, question: Question, new: NewBooking) -> None:
    talk = question.talk
    district = talk.district or (talk.venue.district if talk.venue else None)  # the talk's, never the family's
    ask_ahead(
        db,
        scope,
        question.screening,
        talk,
        question.words,
        language=new.language,
        district=district,
        today=question.today,
        young=new.booker == Teller.YOUNG_PERSON,
    )
