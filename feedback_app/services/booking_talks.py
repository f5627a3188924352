"""What a booking form sets going: the places, and a question in advance; once, however often the form is sent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.domain.screening import Screening
from feedback_app.domain.talks.programme import Programme
from feedback_app.domain.talks.talk import TalkFacts
from feedback_app.domain.voices import Teller
from feedback_app.services import signing_up
from feedback_app.services.asking_ahead import ask_ahead
from feedback_app.services.signing_up import Booked, NewBooking, Outcome, sign_up
from feedback_app.services.slowing import slow_bookings


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
    booked = sign_up(
        db,
        scope,
        programme,
        timezone,
        _with_its_key(new),
        now,
        slow_down=lambda: slow_bookings(db, scope, new.contact, now),
    )
    is_in = question is not None and booked.outcomes.get(question.talk.id) in (Outcome.BOOKED, Outcome.WAITING)
    if question is not None and is_in and not booked.is_again:
        _ask(db, scope, question, new)
    return booked


def tell_again(
    db: Session, scope: Scope, programme: Programme, timezone: str, new: NewBooking, now: datetime
) -> Booked | None:
    """Return what became of a form that came before, or None; asked first, for it locks and writes nothing."""
    return signing_up.tell_again(db, scope, programme, timezone, _with_its_key(new), now)


def _with_its_key(new: NewBooking) -> NewBooking:
    key = "/".join((new.request, new.contact, *sorted(str(one.talk_id) for one in new.wanted)))
    return replace(new, request=key)


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
