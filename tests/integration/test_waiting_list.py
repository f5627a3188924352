"""The waiting list: strict turns, places held for a while, and an order that can be shown to anyone who asks."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from feedback_app.domain.errors import OfferGone
from feedback_app.domain.talks.programme import Way
from feedback_app.domain.talks.talk import MessageKind, OfferEnd, SignUpState, TalkFacts, TalkState
from feedback_app.services import waiting_list
from feedback_app.services.waiting_list import Standing
from feedback_app.store import sign_ups, talks
from feedback_app.store.talk_tables import SignUp, Talk, TalkMessage, TalkOffer, TalkWay
from tests.support.summaries import SCOPE
from tests.support.talk_families import NOW, Family, left
from tests.support.talks import add_talk

PERSON = Way.IN_PERSON
TWO_DAYS = timedelta(hours=48)
JUST_BEFORE = TWO_DAYS - timedelta(microseconds=1)


@pytest.fixture
def families(app: Flask, db: Session) -> list[Family]:
    """Five families."""
    return [Family(app, db, name) for name in ("one", "two", "three", "four", "five")]


def states(families: list[Family]) -> list[SignUpState]:
    return [family.state() for family in families]


def make_room(db: Session, talk: TalkFacts, capacity: int, family: Family) -> int:
    """Change the capacity, as the organisers do; return how many offers were made."""
    talks.lock_ways(db, [talk.id])
    db.execute(update(TalkWay).where(TalkWay.talk_id == talk.id).values(capacity=capacity))
    made = waiting_list.offer_free_places(db, SCOPE, talk.id, family.clock())
    db.commit()
    return made


def expire(db: Session, family: Family, later: timedelta) -> int:
    ended = waiting_list.expire_offers(db, SCOPE, family.clock(later))
    db.commit()
    return ended


def test_what_is_given_back_is_offered_in_turn_and_held(families: list[Family], db: Session) -> None:
    talk = add_talk(db, ways={PERSON: 2})
    one, two, three, four, _five = families
    assert [one.book(talk, 2), two.book(talk), three.book(talk)] == ["booked", "waiting", "waiting"]
    one.cancel()
    assert states([two, three]) == [SignUpState.OFFERED, SignUpState.OFFERED]
    assert four.book(talk) == "waiting"  # what is held for others is not free
    for _twice in range(2):
        two.accept()
    for _twice in range(2):
        three.decline()
    assert states([two, three, four]) == [SignUpState.BOOKED, SignUpState.LAPSED, SignUpState.OFFERED]
    assert [offer[0] for offer in sign_ups.list_offers(db, SCOPE, talk.id, PERSON)] == [1, 2, 3]


def test_an_offer_is_taken_until_the_last_moment_and_not_at_its_end(families: list[Family], db: Session) -> None:
    talk = add_talk(db, ways={PERSON: 2})
    one, two, three, four, _five = families
    one.book(talk, 2)
    for family in (two, three, four):
        family.book(talk)
    one.cancel()
    two.accept(JUST_BEFORE)
    for too_late in (three.accept, three.decline):
        with pytest.raises(OfferGone):
            too_late(TWO_DAYS)
        db.rollback()
    assert expire(db, two, JUST_BEFORE) == 0
    assert expire(db, two, TWO_DAYS) == 1
    assert expire(db, two, TWO_DAYS) == 0
    assert states([two, three, four]) == [SignUpState.BOOKED, SignUpState.LAPSED, SignUpState.OFFERED]
    with pytest.raises(OfferGone):
        three.accept(TWO_DAYS)


def test_whoever_missed_an_offer_can_wait_again_behind_the_others(families: list[Family], db: Session) -> None:
    talk = add_talk(db, ways={PERSON: 1})
    one, two, three, *_others = families
    for family in (one, two, three):
        family.book(talk)
    one.cancel()
    assert two.wait_again(TWO_DAYS)  # before the job has ended the offer
    assert states([two, three]) == [SignUpState.WAITING, SignUpState.OFFERED]
    assert expire(db, two, TWO_DAYS) == 0
    three.decline()
    assert two.state() is SignUpState.OFFERED
    turns = [(turn, ended) for turn, _places, _made, _until, ended in sign_ups.list_offers(db, SCOPE, talk.id)]
    assert turns == [(1, OfferEnd.LAPSED), (2, OfferEnd.DECLINED), (3, OfferEnd.OPEN)]


def test_a_family_that_is_too_large_for_what_is_free_is_told_once_and_can_take_fewer(
    families: list[Family], db: Session
) -> None:
    talk = add_talk(db, ways={PERSON: 6})
    one, two, three, four, five = families
    for family, places in ((one, 2), (two, 2), (three, 2), (four, 5), (five, 1)):
        family.book(talk, places)
    one.cancel()
    assert states([four, five]) == [SignUpState.WAITING, SignUpState.WAITING]  # strict: nobody goes before
    assert four.standing() == Standing(1, 0, 2, 5, 6)
    assert four.standing().is_blocking
    assert five.standing() == Standing(2, 1, 2, 1, 6)
    assert not five.standing().is_blocking
    two.change_places(1)
    told = db.scalars(select(TalkMessage).where(TalkMessage.once.startswith("held_up/"))).all()
    assert [(message.kind, message.about) for message in told] == [(MessageKind.CHANGED.value, {"free": 2})]
    four.change_places(2)
    assert states([four, five]) == [SignUpState.OFFERED, SignUpState.OFFERED]


def test_a_family_larger_than_the_room_holds_up_nobody_and_keeps_its_turn(families: list[Family], db: Session) -> None:
    talk = add_talk(db, ways={PERSON: 5})
    one, two, three, four, _five = families
    for family, places in ((one, 2), (two, 3), (three, 5), (four, 1)):
        family.book(talk, places)
    assert make_room(db, talk, 4, one) == 0  # five are booked, and there is room for four
    assert left(db, talk) == 0
    one.cancel()
    assert three.standing().is_too_many
    assert states([two, three, four]) == [SignUpState.BOOKED, SignUpState.WAITING, SignUpState.OFFERED]
    assert make_room(db, talk, 9, one) == 1
    assert states([two, three, four]) == [SignUpState.BOOKED, SignUpState.OFFERED, SignUpState.OFFERED]


def test_no_more_is_offered_than_there_is_when_the_room_shrinks(families: list[Family], db: Session) -> None:
    talk = add_talk(db, ways={PERSON: 4})
    one, two, three, *_others = families
    for family in (one, two, three):
        family.book(talk, 2)
    make_room(db, talk, 2, one)
    one.cancel()
    assert three.state() is SignUpState.WAITING
    two.cancel()
    assert three.state() is SignUpState.OFFERED
    make_room(db, talk, 1, one)
    three.accept()  # what was promised is kept
    assert three.state() is SignUpState.BOOKED


def test_the_order_can_be_shown_whatever_the_clocks_said_and_families_changed(
    families: list[Family], db: Session
) -> None:
    talk = add_talk(db, ways={PERSON: 2, Way.ONLINE: 20})
    one, two, three, four, _five = families
    one.book(talk, 2)
    for family in (two, three, four):
        family.book(talk)
    ahead = one.clock(timedelta(seconds=5))
    one.change_places(1)
    db.execute(update(TalkOffer).values(made_at=ahead.now.astimezone(UTC)))  # by a server whose clock is ahead
    db.commit()
    one.cancel()
    two.switch(Way.ONLINE)
    three.change_places(1)
    offers = sign_ups.list_offers(db, SCOPE, talk.id, PERSON)
    assert [(turn, places, ended) for turn, places, _made, _until, ended in offers] == [
        (1, 1, OfferEnd.WITHDRAWN),
        (2, 1, OfferEnd.OPEN),
        (3, 1, OfferEnd.OPEN),
    ]
    made = [offer[2] for offer in offers]
    assert made == sorted(set(made))
    assert sign_ups.list_offers(db, SCOPE, talk.id, Way.ONLINE) == []


def test_an_offer_never_outlasts_a_talk_that_moved_to_an_earlier_day(families: list[Family], db: Session) -> None:
    talk = add_talk(db, ways={PERSON: 1})
    one, two, *_others = families
    one.book(talk)
    two.book(talk)
    one.cancel()
    talks.lock_ways(db, [talk.id])
    db.execute(update(Talk).values(day=(NOW + timedelta(days=1)).date()))  # 10 o'clock of the next day
    waiting_list.offer_free_places(db, SCOPE, talk.id, one.clock())
    db.commit()
    assert two.held().sign_up.offer_until == NOW + timedelta(hours=21)


@pytest.mark.parametrize("state", [TalkState.CANCELLED, TalkState.DRAFT])
def test_nothing_is_offered_or_taken_at_a_talk_that_is_not_on(
    families: list[Family], db: Session, state: TalkState
) -> None:
    talk = add_talk(db, ways={PERSON: 1})
    one, two, three, *_others = families
    for family in (one, two, three):
        family.book(talk)
    one.cancel()
    db.execute(update(Talk).values(state=state.value))
    db.commit()
    with pytest.raises(OfferGone):
        two.accept()
    db.rollback()
    assert expire(db, two, TWO_DAYS) == 1
    assert states([two, three]) == [SignUpState.LAPSED, SignUpState.WAITING]
    lapsed = select(func.count()).select_from(TalkMessage).where(TalkMessage.kind == MessageKind.LAPSED.value)
    assert db.scalar(lapsed) == 0  # nobody has missed anything
    assert not two.wait_again(TWO_DAYS)


def test_who_left_the_list_otherwise_holds_nothing(families: list[Family], db: Session) -> None:
    talk = add_talk(db, ways={PERSON: 1})
    one, two, *_others = families
    one.book(talk)
    two.book(talk)
    one.cancel()
    db.execute(update(SignUp).where(SignUp.state == "offered").values(state=SignUpState.CALLED_OFF.value))
    db.commit()
    assert expire(db, two, TWO_DAYS) == 0
    ended = [offer[4] for offer in sign_ups.list_offers(db, SCOPE, talk.id)]
    assert ended == [OfferEnd.WITHDRAWN]


def test_nobody_waits_twice(families: list[Family], db: Session) -> None:
    talk = add_talk(db, ways={PERSON: 1})
    one, two, *_others = families
    one.book(talk)
    two.book(talk)
    one.cancel()
    two.decline()
    first = two.held().sign_up
    assert two.book(talk, request="another form of theirs") == "booked"
    assert not waiting_list.wait_again(db, SCOPE, first, two.clock())
