"""A family looks after its own booking: nothing it does takes a place that is somebody else's."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from feedback_app.domain.errors import BookingUnknown, NotEnoughPlaces, TalkClosed, TooManyPlaces
from feedback_app.domain.talks.programme import Way
from feedback_app.domain.talks.talk import MessageKind, NeedState, SignUpState
from feedback_app.services import keeping_booking, moving_talks
from feedback_app.services.signing_up import NeedAsked, Outcome, Wanted
from feedback_app.store import sign_ups
from feedback_app.store.talk_tables import AccessNeed, Booking, SignUp, Talk, TalkMessage
from tests.support.summaries import SCOPE
from tests.support.talk_families import NOW, Family, left
from tests.support.talks import BOTH, add_talk

PERSON = Way.IN_PERSON


@pytest.fixture
def families(app: Flask, db: Session) -> list[Family]:
    """Three families."""
    return [Family(app, db, name) for name in ("one", "two", "three")]


def changed(db: Session) -> int:
    of_kind = TalkMessage.kind == MessageKind.CHANGED.value
    return db.scalar(select(func.count()).select_from(TalkMessage).where(of_kind)) or 0


def test_places_are_changed_within_what_is_left(families: list[Family], db: Session) -> None:
    talk = add_talk(db, ways={PERSON: 3, Way.ONLINE: 4})
    one, two, _three = families
    one.book(talk, 3)
    two.book(talk, 2)
    for places, refused in ((4, NotEnoughPlaces), (7, TooManyPlaces), (0, TooManyPlaces), (10**30, TooManyPlaces)):
        with pytest.raises(refused):
            one.change_places(places)
        db.rollback()
    one.change_places(1)
    assert two.state() is SignUpState.OFFERED
    one.switch(Way.ONLINE)
    assert one.held().sign_up.way is Way.ONLINE


def test_who_waits_or_has_an_offer_changes_places_without_taking_anybodys(families: list[Family], db: Session) -> None:
    talk = add_talk(db, ways={PERSON: 4})
    one, two, three = families
    one.book(talk, 4)
    two.book(talk, 1)
    three.book(talk, 1)
    two.change_places(3)  # its turn stays
    with pytest.raises(TooManyPlaces):
        two.change_places(5)
    db.rollback()
    one.cancel()
    assert [two.state(), three.state()] == [SignUpState.OFFERED, SignUpState.OFFERED]
    with pytest.raises(NotEnoughPlaces):
        two.change_places(4)
    db.rollback()
    two.change_places(1)
    two.accept()
    assert two.held().sign_up.places == 1
    assert left(db, talk) == 2


def test_each_change_is_told_for_the_message_before_may_have_gone(families: list[Family], db: Session) -> None:
    talk = add_talk(db)
    one = families[0]
    one.book(talk, 3)
    for at, places in enumerate((2, 2, 4)):
        later = one.clock(timedelta(seconds=at))
        keeping_booking.change_places(db, SCOPE, one.held(), places, one.programme, later)
        db.commit()
    assert changed(db) == 2  # the same number again is no change


def test_switching_while_places_are_held_passes_them_on(families: list[Family], db: Session) -> None:
    talk = add_talk(db, ways={PERSON: 1, Way.ONLINE: 1})
    one, two, three = families
    for family in families:
        family.book(talk)
    one.cancel()
    two.switch(PERSON)  # where it is offered places already: nothing changes
    assert two.state() is SignUpState.OFFERED
    two.switch(Way.ONLINE)
    assert [two.state(), three.state()] == [SignUpState.BOOKED, SignUpState.OFFERED]
    with pytest.raises(NotEnoughPlaces):
        three.switch(Way.ONLINE)
    db.rollback()
    three.accept()
    two.switch(Way.ONLINE)
    assert left(db, talk) == 0


def test_needs_that_the_other_way_has_not_go_with_the_switch(families: list[Family], db: Session) -> None:
    talk = add_talk(db, ways=BOTH)
    one = families[0]
    one.send([Wanted(talk.id, PERSON, 1)], needs=[NeedAsked("bsl"), NeedAsked("step_free"), NeedAsked("bsl", "again")])
    assert [need.need for need in one.held().needs] == ["bsl", "step_free"]
    one.switch(Way.ONLINE)
    assert [need.need for need in one.held().needs] == ["bsl"]


def test_what_a_family_needs_keeps_its_state_until_it_changes(families: list[Family], db: Session) -> None:
    one = families[0]
    for number in range(2):
        add_talk(db, f"talk-{number}", day=date(2035, 12, 10 + number))
    talks = [held.id for held in db.scalars(select(Talk))]
    one.send([Wanted(talk, PERSON, 1) for talk in talks], needs=[NeedAsked("interpreter", "Polish"), NeedAsked("bsl")])
    db.execute(update(AccessNeed).values(state=NeedState.ARRANGED.value, owner="Sam", told=True))
    db.commit()
    booking = keeping_booking.find_booking(db, SCOPE, one.secret or "")
    asked = [NeedAsked("interpreter", "Urdu"), NeedAsked("captions"), NeedAsked("captions"), NeedAsked("no_such")]
    late = one.clock(timedelta(days=18))  # two days before the first
    keeping_booking.change_needs(db, SCOPE, booking, asked, one.programme, late)
    db.commit()
    for held in one.all_held():
        found = {need.need: (need.state, need.detail, need.told, need.asked_late) for need in held.needs}
        assert found == {
            "interpreter": (NeedState.ASKED, "Urdu", False, True),
            "captions": (NeedState.ASKED, "", False, True),
        }


def test_cancelling_goes_by_the_talk_as_it_stands_now_and_twice_is_once(families: list[Family], db: Session) -> None:
    talk = add_talk(db)
    one = families[0]
    one.book(talk)
    held = one.held()
    db.execute(update(Talk).values(day=NOW.date() - timedelta(days=1)))
    db.commit()
    with pytest.raises(TalkClosed):
        keeping_booking.cancel(db, SCOPE, held, one.clock())
    db.rollback()
    db.execute(update(Talk).values(day=NOW.date() + timedelta(days=1)))
    db.commit()
    one.cancel()
    one.cancel()
    assert one.state() is SignUpState.CANCELLED
    for closed in (lambda: one.change_places(2), lambda: one.switch(PERSON)):
        with pytest.raises(TalkClosed):
            closed()
        db.rollback()


def test_a_family_with_another_address_is_known_again_by_that_one(families: list[Family], db: Session) -> None:
    talk, other = add_talk(db), add_talk(db, "other")
    one, two, _three = families
    one.send([Wanted(talk.id, PERSON, 1), Wanted(other.id, PERSON, 1)])
    two.book(other)
    booking = keeping_booking.find_booking(db, SCOPE, one.secret or "")
    told = {"name": "One", "email": "two@example.org", "mobile": None, "language": "en_GB"}
    keeping_booking.change_contact(db, SCOPE, booking, **told, now=NOW)  # type: ignore[arg-type]
    db.commit()
    assert two.book(talk, request="another form of theirs") is Outcome.REPEATED
    assert one.book(talk, request="one more form of one") is Outcome.BOOKED  # whoever has the old address now


def test_a_talk_is_held_after_all_though_two_of_its_families_share_an_address_by_now(
    families: list[Family], db: Session
) -> None:
    talk = add_talk(db)
    one, two, _three = families
    one.book(talk)
    two.book(talk)
    moving_talks.cancel(db, SCOPE, talk, "The speaker is ill", one.clock())
    booking = keeping_booking.find_booking(db, SCOPE, one.secret or "")
    told = {"name": "One", "email": "two@example.org", "mobile": None, "language": "en_GB", "now": NOW}
    keeping_booking.change_contact(db, SCOPE, booking, **told)  # type: ignore[arg-type]
    moving_talks.undo(db, SCOPE, talk, one.clock())
    db.commit()
    assert (one.state(), two.state()) == (SignUpState.BOOKED, SignUpState.BOOKED)


def test_a_family_that_is_erased_is_not_brought_back_when_its_talk_is_held_after_all(
    families: list[Family], db: Session
) -> None:
    talk = add_talk(db, ways={PERSON: 2})
    one, two, _three = families
    one.book(talk)
    two.book(talk)
    moving_talks.cancel(db, SCOPE, talk, "The speaker is ill", one.clock())
    keeping_booking.erase(db, SCOPE, keeping_booking.find_booking(db, SCOPE, one.secret or ""), one.clock())
    assert db.scalar(select(func.count()).select_from(TalkMessage)) == 2  # to the other family
    moving_talks.hold_after_all(db, SCOPE, talk, one.clock())
    db.commit()
    assert (two.state(), left(db, talk)) == (SignUpState.BOOKED, 1)


def test_a_booking_is_erased_with_all_that_was_told_and_its_places_go_on(families: list[Family], db: Session) -> None:
    talk, past = add_talk(db, ways={PERSON: 1}), add_talk(db, "past")
    one, two, _three = families
    one.send([Wanted(talk.id, PERSON, 1), Wanted(past.id, PERSON, 2)], needs=[NeedAsked("bsl")])
    two.book(talk)
    db.execute(update(Talk).where(Talk.id == past.id).values(day=NOW.date() - timedelta(days=1)))
    db.commit()
    secret = one.secret or ""
    keeping_booking.erase(db, SCOPE, keeping_booking.find_booking(db, SCOPE, secret), one.clock())
    db.commit()
    with pytest.raises(BookingUnknown):
        keeping_booking.find_booking(db, SCOPE, secret)
    assert two.state() is SignUpState.OFFERED
    assert db.scalar(select(func.count()).select_from(Booking)) == 1
    assert db.scalar(select(func.count()).select_from(AccessNeed)) == 0
    nobodys = db.scalars(select(SignUp).where(SignUp.booking_id.is_(None))).all()
    assert {(row.talk_id, row.state, row.contact_mark, row.check_in) for row in nobodys} == {
        (talk.id, "cancelled", None, None),
        (past.id, "booked", None, None),
    }
    assert sign_ups.list_sign_ups(db, SCOPE, talk_id=past.id)[0].places == 2


@pytest.mark.parametrize("secret", ["", "no such link", "\x00", "\ud800", "x" * 100_000])
def test_a_link_that_is_none_leads_nowhere(db: Session, secret: str) -> None:
    with pytest.raises(BookingUnknown):
        keeping_booking.find_booking(db, SCOPE, secret)
