"""The day of a talk: who came is said once however often it is sent, needs are seen to, families are told once."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback_app.domain.errors import BookingUnknown, TalkFinished, TooManyPlaces
from feedback_app.domain.scope import Scope
from feedback_app.domain.talks.programme import Way
from feedback_app.domain.talks.talk import NeedState, TalkFacts
from feedback_app.services import attending, keeping_booking, waiting_list
from feedback_app.services.attending import NeedChange, Tick
from feedback_app.services.signing_up import NeedAsked
from feedback_app.services.waiting_list import Clock
from feedback_app.store import sign_ups
from feedback_app.store.talk_tables import Talk, TalkMessage
from tests.support.attended import LONDON, NOW, book, programme_of
from tests.support.summaries import SCOPE
from tests.support.talks import BOTH, add_talk

SAM = "sam@example.org"


def came(db: Session, sign_up_id: uuid.UUID) -> int | None:
    """Return how many of a family are noted to have come."""
    found = sign_ups.find_sign_up(db, SCOPE, sign_up_id)
    db.rollback()
    assert found is not None
    return found.came


def in_person(db: Session, talk: TalkFacts) -> int:
    """Return how many walked in."""
    found = attending.find_numbers(db, SCOPE, talk)[Way.IN_PERSON].walked_in
    db.rollback()
    return found


def test_a_tick_sent_twice_counts_once_the_last_one_wins_and_crossing_ones_are_told(app: Flask, db: Session) -> None:
    talk = add_talk(db)
    anna, omar = book(app, db, talk, "Anna", 3), book(app, db, talk, "Omar", 2)
    ticks = [Tick(anna.id, 3, None), Tick(omar.id, 1, None)]
    for _sending in range(2):
        ticked = attending.apply_ticks(db, SCOPE, talk, ticks)
        db.commit()
        assert (ticked.kept, ticked.crossed, ticked.gone) == (2, (), 0)
    ticked = attending.apply_ticks(db, SCOPE, talk, [Tick(anna.id, 2, None)])  # from a phone that saw no tick yet
    db.commit()
    assert (ticked.kept, ticked.crossed) == (1, (anna.id,))
    assert (came(db, anna.id), came(db, omar.id)) == (2, 1)
    attending.apply_ticks(db, SCOPE, talk, [Tick(omar.id, None, 1)])
    db.commit()
    assert came(db, omar.id) is None


def test_ticks_of_families_that_are_not_there_any_more_are_told_and_the_others_kept(app: Flask, db: Session) -> None:
    talk, other = add_talk(db), add_talk(db, "another")
    anna, omar, zoe = (book(app, db, talk, name) for name in ("Anna", "Omar", "Zoe"))
    elsewhere = book(app, db, other, "Elsewhere")
    booking = sign_ups.find_booking(db, SCOPE, booking_id=omar.booking_id)
    assert booking is not None
    held = keeping_booking.get_held(db, SCOPE, booking, omar.id)
    keeping_booking.cancel(db, SCOPE, held, Clock(NOW, LONDON, programme_of(app).rules))
    db.commit()
    sent = [Tick(one.id, 1, None) for one in (anna, omar, elsewhere)] + [Tick(zoe.id, 9, None)]
    ticked = attending.apply_ticks(db, SCOPE, talk, sent)
    db.commit()
    assert (ticked.kept, ticked.gone) == (1, 3)
    assert (came(db, anna.id), came(db, elsewhere.id), came(db, zoe.id)) == (1, None, None)
    for wrong in (omar.id, uuid.uuid4()):
        with pytest.raises(BookingUnknown):
            attending.set_came(db, SCOPE, wrong, 1)
    with pytest.raises(BookingUnknown):
        attending.set_came(db, Scope("elsewhere"), anna.id, 1)
    with pytest.raises(TooManyPlaces):
        attending.set_came(db, SCOPE, anna.id, 2)


def test_people_without_a_booking_are_counted_once_and_never_below_none(app: Flask, db: Session) -> None:
    talk = add_talk(db)
    first, second, third = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()

    def add(people: int, key: uuid.UUID) -> bool:
        new = attending.add_walk_in(db, SCOPE, talk, Way.IN_PERSON, people, key=key, by=SAM, now=NOW)
        db.commit()
        return new

    assert add(3, first)
    assert not add(3, first)
    assert in_person(db, talk) == 3
    assert add(2, second)
    assert add(-9, third)
    assert in_person(db, talk) == 0


def test_after_a_talk_is_finished_nothing_about_the_day_can_be_changed(app: Flask, db: Session) -> None:
    talk = add_talk(db)
    anna = book(app, db, talk, "Anna")
    db.execute(update(Talk).where(Talk.id == talk.id).values(finished_on=talk.day))
    db.commit()
    tries: list[Callable[[], object]] = [
        lambda: attending.set_came(db, SCOPE, anna.id, 1),
        lambda: attending.apply_ticks(db, SCOPE, talk, [Tick(anna.id, 1, None)]),
        lambda: attending.add_walk_in(db, SCOPE, talk, Way.IN_PERSON, 1, key=uuid.uuid4(), by=SAM, now=NOW),
        lambda: attending.set_way_numbers(db, SCOPE, talk, Way.IN_PERSON, came=1),
    ]
    for change in tries:
        with pytest.raises(TalkFinished):
            change()
        db.rollback()
    assert came(db, anna.id) is None


def test_a_family_is_told_once_of_each_thing_that_came_of_its_needs(app: Flask, db: Session) -> None:
    talk = add_talk(db)
    asked = [NeedAsked("bsl"), NeedAsked("interpreter", "Urdu")]
    anna = book(app, db, talk, "Anna", needs=asked)
    book(app, db, talk, "Omar", needs=[NeedAsked("captions")])
    needs = {need.need: need.id for need in sign_ups.list_needs(db, SCOPE, sign_up_ids=[anna.id])}

    def change(key: str, state: NeedState, owner: str = "") -> int:
        changed = attending.change_needs(db, SCOPE, talk, [NeedChange(needs[key], state, owner)])
        db.commit()
        return changed

    def tell() -> int:
        told = attending.tell_families(db, SCOPE, talk, NOW)
        db.commit()
        return told

    assert (change("bsl", NeedState.ASKED, "Sam"), tell()) == (1, 0)
    assert (change("bsl", NeedState.ARRANGED, "Sam"), tell(), tell()) == (1, 1, 0)
    assert (change("bsl", NeedState.ARRANGED, "Sam"), tell()) == (0, 0)
    assert (change("bsl", NeedState.CANNOT), change("interpreter", NeedState.ARRANGED), tell()) == (1, 1, 1)
    assert (change("bsl", NeedState.ARRANGED), tell()) == (1, 1)
    rows = db.scalars(select(TalkMessage).where(TalkMessage.kind == "need")).all()
    assert [(row.sign_up_id, row.about) for row in rows] == [(anna.id, {})] * 3  # none says what it is
    far = attending.how_far(sign_ups.list_needs(db, SCOPE, talk_id=talk.id))
    assert (far.all, far.arranged, far.cannot, far.asked, far.untold) == (3, 2, 0, 1, 0)


def test_the_order_of_the_waiting_list_is_told_with_its_offers_and_without_names(app: Flask, db: Session) -> None:
    talk = add_talk(db, ways={Way.IN_PERSON: 2})
    rules = programme_of(app).rules
    first = book(app, db, talk, "Anna", 2)
    book(app, db, talk, "Omar", 1)
    book(app, db, talk, "Zoe", 2)
    booking = sign_ups.find_booking(db, SCOPE, booking_id=first.booking_id)
    assert booking is not None
    keeping_booking.cancel(db, SCOPE, keeping_booking.get_held(db, SCOPE, booking, first.id), Clock(NOW, LONDON, rules))
    db.commit()
    waiting_list.expire_offers(db, SCOPE, Clock(NOW + timedelta(days=4), LONDON, rules))
    db.commit()
    turns = attending.list_order(db, SCOPE, talk)
    told = [(turn.queue, turn.places, turn.state.value, [offer.ended.value for offer in turn.offers]) for turn in turns]
    assert told == [(1, 1, "lapsed", ["lapsed"]), (2, 2, "offered", ["open"])]
    assert attending.list_order(db, Scope("elsewhere"), talk) == []


def test_a_family_is_found_by_its_code_however_it_is_typed_and_needs_fit_its_way(app: Flask, db: Session) -> None:
    talk = add_talk(db, ways=BOTH)
    anna = book(app, db, talk, "Anna", way=Way.ONLINE, needs=[NeedAsked("step_free"), NeedAsked("captions")])
    code = anna.check_in or ""
    for typed in (code, code.lower(), f" {code[:2]}-{code[2:]} "):
        found = attending.find_family(db, SCOPE, programme_of(app), talk, typed)
        assert found is not None
        assert (found.name, [need.need for need in found.needs]) == ("Anna", ["captions"])
    for typed in ("", "?", "ZZZZZ9", "\ud800", "9" * 500):
        assert attending.find_family(db, SCOPE, programme_of(app), talk, typed) is None
