"""Booking talks: all places or none, one form is one booking, and whoever waits comes first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from feedback_app.domain.errors import NotEnoughPlaces, OfferGone, TooManyPlaces
from feedback_app.domain.talks.programme import Way
from feedback_app.domain.talks.talk import SignUpState, TalkFacts
from feedback_app.services import keeping_booking, signing_up, waiting_list
from feedback_app.services.signing_up import Booked, NewBooking, Outcome, Wanted
from feedback_app.services.waiting_list import Clock
from feedback_app.store import talks
from tests.support.summaries import SCOPE
from tests.support.talks import add_talk

NOW = datetime(2035, 11, 20, 12, tzinfo=UTC)
LONDON = "Europe/London"


class Family:
    """Books and keeps its bookings, each step in a transaction of its own."""

    def __init__(self, app: Flask, db: Session, name: str) -> None:
        """Have an e-mail address."""
        self.db, self.name = db, name
        programme = app.config["PLACES"].only.programme
        assert programme is not None
        self.programme = programme
        self.secret: str | None = None

    def clock(self, now: datetime = NOW) -> Clock:
        return Clock(now, LONDON, self.programme.rules)

    def book(self, talk: TalkFacts, places: int = 1, *, request: str = "", way: Way = Way.IN_PERSON) -> Outcome:
        booked = self.send(talk, places, request=request, way=way)
        self.secret = booked.secret or self.secret
        return booked.outcomes[talk.id]

    def send(self, talk: TalkFacts, places: int = 1, *, request: str = "", way: Way = Way.IN_PERSON) -> Booked:
        email = f"{self.name}@example.org"
        wanted = [Wanted(talk.id, way, places)]
        new = NewBooking(request or f"form of {self.name}", self.name, email, None, "en_GB", "parent_carer", wanted)
        booked = signing_up.sign_up(self.db, SCOPE, self.programme, LONDON, new, NOW)
        self.db.commit()
        return booked

    def held(self) -> keeping_booking.Held:
        assert self.secret
        booking = keeping_booking.find_booking(self.db, SCOPE, self.secret)
        return keeping_booking.list_held(self.db, SCOPE, booking)[0]

    def state(self) -> SignUpState:
        found = self.held().sign_up.state
        self.db.rollback()
        return found

    def cancel(self) -> None:
        keeping_booking.cancel(self.db, SCOPE, self.held(), self.clock())
        self.db.commit()


@pytest.fixture
def families(app: Flask, db: Session) -> list[Family]:
    return [Family(app, db, name) for name in ("one", "two", "three")]


def left(db: Session, talk: TalkFacts) -> int:
    found = talks.find_talk(db, SCOPE, talk.slug)
    db.rollback()
    assert found is not None
    return found.ways[0].left


def test_the_same_form_twice_is_one_booking_with_one_link(families: list[Family], db: Session) -> None:
    talk = add_talk(db, ways={Way.IN_PERSON: 5})
    first, second = families[0].send(talk, 2), families[0].send(talk, 2)
    assert first == second
    assert left(db, talk) == 3


def test_a_family_gets_all_of_its_places_or_a_turn_on_the_waiting_list(families: list[Family], db: Session) -> None:
    talk = add_talk(db, ways={Way.IN_PERSON: 3})
    assert families[0].book(talk, 2) is Outcome.BOOKED
    assert families[1].book(talk, 2) is Outcome.WAITING
    assert families[2].book(talk, 1) is Outcome.WAITING  # a place is free, and it is not their turn


def test_the_same_contact_books_a_talk_once(families: list[Family], db: Session) -> None:
    talk = add_talk(db)
    assert families[0].book(talk, 2) is Outcome.BOOKED
    again = families[0].send(talk, 2, request="another form")
    assert again.secret is None
    assert again.outcomes[talk.id] is Outcome.REPEATED


def test_what_is_given_back_is_offered_in_turn_and_held(families: list[Family], db: Session) -> None:
    talk = add_talk(db, ways={Way.IN_PERSON: 2})
    one, two, three = families
    assert [one.book(talk, 2), two.book(talk, 1), three.book(talk, 1)] == ["booked", "waiting", "waiting"]
    one.cancel()
    assert [two.state(), three.state()] == [SignUpState.OFFERED, SignUpState.OFFERED]
    waiting_list.accept_offer(db, SCOPE, two.held().sign_up, two.clock())
    waiting_list.accept_offer(db, SCOPE, two.held().sign_up, two.clock())
    waiting_list.decline_offer(db, SCOPE, three.held().sign_up, three.clock())
    db.commit()
    assert [two.state(), three.state()] == [SignUpState.BOOKED, SignUpState.LAPSED]
    assert left(db, talk) == 1


def test_an_offer_runs_out_and_goes_to_the_next(families: list[Family], db: Session) -> None:
    talk = add_talk(db, ways={Way.IN_PERSON: 1})
    one, two, three = families
    for family in families:
        family.book(talk, 1)
    one.cancel()
    late = two.clock(NOW + timedelta(hours=49))
    with pytest.raises(OfferGone):
        waiting_list.accept_offer(db, SCOPE, two.held().sign_up, late)
    db.rollback()
    assert waiting_list.expire_offers(db, SCOPE, late) == 1
    db.commit()
    assert [two.state(), three.state()] == [SignUpState.LAPSED, SignUpState.OFFERED]
    assert waiting_list.wait_again(db, SCOPE, two.held().sign_up, late)
    db.commit()
    assert two.state() is SignUpState.WAITING


def test_places_are_changed_within_what_is_left(families: list[Family], db: Session) -> None:
    talk = add_talk(db, ways={Way.IN_PERSON: 3, Way.ONLINE: 4})
    one, two, _three = families
    one.book(talk, 3)
    two.book(talk, 2)
    with pytest.raises(NotEnoughPlaces):
        keeping_booking.change_places(db, SCOPE, one.held(), 4, one.programme, one.clock())
    with pytest.raises(TooManyPlaces):
        keeping_booking.change_places(db, SCOPE, one.held(), 7, one.programme, one.clock())
    db.rollback()
    keeping_booking.change_places(db, SCOPE, one.held(), 1, one.programme, one.clock())
    db.commit()
    assert two.state() is SignUpState.OFFERED
    keeping_booking.switch_way(db, SCOPE, one.held(), Way.ONLINE, one.clock())
    db.commit()
    assert one.held().sign_up.way is Way.ONLINE
