"""Booking talks: all places or none, one form is one booking, and whoever waits comes first."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback_app.domain.errors import TooManyPlaces
from feedback_app.domain.talks.programme import Way
from feedback_app.domain.talks.talk import MessageKind, TalkFacts, TalkState
from feedback_app.services import keeping_booking, signing_up
from feedback_app.services.signing_up import NeedAsked, Outcome, Wanted
from feedback_app.store import sign_ups
from feedback_app.store import talks as store_talks
from feedback_app.store.talk_tables import Booking, SignUp, Talk, TalkMessage
from tests.support.summaries import SCOPE
from tests.support.talk_families import LONDON, NOW, Family, left
from tests.support.talks import BOTH, add_talk

PERSON = Way.IN_PERSON


@pytest.fixture
def families(app: Flask, db: Session) -> list[Family]:
    """Three families."""
    return [Family(app, db, name) for name in ("one", "two", "three")]


def messages(db: Session, kind: MessageKind) -> int:
    """Return how many messages of a kind were put."""
    found = db.scalar(select(func.count()).select_from(TalkMessage).where(TalkMessage.kind == kind.value))
    db.rollback()
    return found or 0


def test_the_same_form_twice_is_one_booking_with_one_link(families: list[Family], db: Session) -> None:
    talk = add_talk(db, ways={PERSON: 5})
    wanted = [Wanted(talk.id, PERSON, 2)]
    assert families[0].send(wanted) == families[0].send(wanted)
    assert left(db, talk) == 3
    assert messages(db, MessageKind.BOOKED) == 1


@pytest.mark.parametrize("request_key", ["", "1", "short"])
def test_a_key_that_is_not_ours_opens_nobodys_booking(families: list[Family], db: Session, request_key: str) -> None:
    talk = add_talk(db)
    one, two, _three = families
    first = one.send([Wanted(talk.id, PERSON, 1)], request=request_key or " ")
    second = two.send([Wanted(talk.id, PERSON, 1)], request=request_key or " ")
    assert first.secret != second.secret


def test_the_same_form_for_other_talks_at_the_same_moment_is_one_booking(app: Flask, db: Session) -> None:
    talks = [add_talk(db, f"talk-{number}") for number in range(4)]
    from feedback_app.extensions import db as extension

    with app.app_context():
        engine = extension.engine
    found: list[str | None] = []

    def send(talk: TalkFacts) -> None:
        with Session(engine) as session:
            found.append(Family(app, session, "one").send([Wanted(talk.id, PERSON, 1)]).secret)

    threads = [Thread(target=send, args=(talk,)) for talk in talks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1
    assert db.scalar(select(func.count()).select_from(Booking)) == 1


def test_a_form_that_comes_again_after_cancelling_says_how_it_stands(families: list[Family], db: Session) -> None:
    talk = add_talk(db)
    families[0].book(talk)
    families[0].cancel()
    again = families[0].send([Wanted(talk.id, PERSON, 1)])
    assert (again.secret, again.outcomes[talk.id]) == (families[0].secret, Outcome.CLOSED)


def test_a_talk_that_is_named_twice_is_booked_once(families: list[Family], db: Session) -> None:
    talk = add_talk(db, ways=BOTH)
    twice = [Wanted(talk.id, Way.ONLINE, 2), Wanted(talk.id, PERSON, 1), Wanted(talk.id, Way.ONLINE, 2)]
    assert families[0].send(twice).outcomes == {talk.id: Outcome.BOOKED}
    assert [(held.sign_up.way, held.sign_up.places) for held in families[0].all_held()] == [(Way.ONLINE, 2)]


def test_a_family_gets_all_of_its_places_or_a_turn_on_the_waiting_list(families: list[Family], db: Session) -> None:
    talk = add_talk(db, ways={PERSON: 3})
    assert families[0].book(talk, 2) is Outcome.BOOKED
    assert families[1].book(talk, 2) is Outcome.WAITING
    assert families[2].book(talk, 1) is Outcome.WAITING  # a place is free, and it is not their turn


def test_nobody_waits_for_more_than_the_room_holds(families: list[Family], db: Session) -> None:
    small, large = add_talk(db, "small", ways={PERSON: 3}), add_talk(db, "large")
    with pytest.raises(TooManyPlaces) as most:
        families[0].book(small, 4)
    assert most.value.most == 3
    db.rollback()
    both = families[0].send([Wanted(small.id, PERSON, 4), Wanted(large.id, PERSON, 4)])
    assert both.outcomes == {small.id: Outcome.FULL, large.id: Outcome.BOOKED}


@pytest.mark.parametrize("places", [0, -1, 7, 10**30])
def test_odd_numbers_of_places_are_refused_and_nothing_is_kept(
    families: list[Family], db: Session, places: int
) -> None:
    talk = add_talk(db)
    with pytest.raises(TooManyPlaces):
        families[0].book(talk, places)
    db.rollback()
    assert db.scalar(select(func.count()).select_from(Booking)) == 0


def test_a_talk_that_is_not_there_or_not_open_is_closed(families: list[Family], db: Session) -> None:
    draft = add_talk(db, "draft", state=TalkState.DRAFT.value)
    past = add_talk(db, "past", day=NOW.date() - timedelta(days=1))
    nowhere = uuid.uuid4()
    wanted = [Wanted(talk_id, PERSON, 1) for talk_id in (draft.id, past.id, nowhere)]
    sent = families[0].send([*wanted, Wanted(add_talk(db).id, Way.ONLINE, 1)])
    assert (sent.secret, set(sent.outcomes.values())) == (None, {Outcome.CLOSED})


def test_the_same_contact_books_a_talk_once_and_is_sent_its_link_once_a_day(
    families: list[Family], db: Session
) -> None:
    talk = add_talk(db)
    assert families[0].book(talk, 2) is Outcome.BOOKED
    for form in ("another form of theirs", "a third form of theirs"):
        again = families[0].send([Wanted(talk.id, PERSON, 2)], request=form)
        assert (again.secret, again.outcomes[talk.id]) == (None, Outcome.REPEATED)
    assert messages(db, MessageKind.REPEATED) == 1


def test_a_talk_called_off_while_a_family_waited_for_its_turn_is_closed(
    families: list[Family], db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = add_talk(db)
    lock = store_talks.lock_ways
    seen = store_talks.find_talk(db, SCOPE, talk.slug)  # as the page does before it books
    rows = db.scalars(select(Talk)).all()  # and whoever keeps the rows

    def call_off(session: Session, talk_ids: list[uuid.UUID]) -> None:
        lock(session, talk_ids)
        changed = Talk.__table__.update().values(state=TalkState.CANCELLED.value)  # type: ignore[attr-defined]
        session.connection().execute(changed)

    monkeypatch.setattr(store_talks, "lock_ways", call_off)
    assert families[0].book(talk) is Outcome.CLOSED
    assert seen is not None
    assert len(rows) == 1


def test_more_talks_are_added_with_one_message_and_what_is_there_stays(families: list[Family], db: Session) -> None:
    talks = [add_talk(db, f"talk-{number}") for number in range(3)]
    one = families[0]
    one.book(talks[0])
    booking = keeping_booking.find_booking(db, SCOPE, one.secret or "")
    wanted = [Wanted(talk.id, PERSON, 2) for talk in talks]
    for _twice in range(2):
        added = signing_up.add_talks(db, SCOPE, one.programme, LONDON, booking, wanted, [NeedAsked("bsl")] * 2, NOW)
        db.commit()
    assert set(added.outcomes.values()) == {Outcome.REPEATED}
    assert [(held.sign_up.places, len(held.needs)) for held in one.all_held()] == [(1, 0), (2, 1), (2, 1)]
    assert messages(db, MessageKind.BOOKED) == 2
    assert messages(db, MessageKind.REPEATED) == 0


def test_what_is_asked_for_late_is_told_by_the_days_of_the_place(families: list[Family], db: Session) -> None:
    talk = add_talk(db, day=datetime(2035, 6, 12, tzinfo=UTC).date())
    before = datetime(2035, 6, 4, 22, 30, tzinfo=UTC) - NOW  # half past eleven in the evening, eight days before
    for family, later, late in ((families[0], before, False), (families[1], before + timedelta(hours=1), False)):
        family.send([Wanted(talk.id, PERSON, 1)], needs=[NeedAsked("bsl")], later=later)
        assert family.held().needs[0].asked_late is late
    families[2].send([Wanted(talk.id, PERSON, 1)], needs=[NeedAsked("bsl")], later=before + timedelta(hours=25))
    assert families[2].held().needs[0].asked_late  # 00:30 on the 6th there: six days before


def test_whoever_books_after_a_move_is_not_asked_about_it(families: list[Family], db: Session) -> None:
    families[0].book(add_talk(db, sequence=3))
    assert families[0].held().sign_up.moved_seen == 3
    assert db.scalar(select(SignUp.contact_mark)) is not None
    assert sign_ups.list_offers(db, SCOPE, families[0].held().talk.id) == []
