"""Moving and cancelling talks with families in them: everybody is told once, or nobody, and undoing brings all back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback_app.domain.talks.planning import Place, Said, When
from feedback_app.domain.talks.programme import Way
from feedback_app.domain.talks.talk import SignUpState, TalkFacts, TalkState
from feedback_app.services import keeping_booking, moving_talks, planning_talks, signing_up
from feedback_app.services.planning_talks import NotNow
from feedback_app.services.signing_up import NewBooking, Wanted
from feedback_app.services.waiting_list import Clock
from feedback_app.store import talks
from feedback_app.store.talk_tables import SignUp, TalkMessage, TalkOffer
from tests.support.summaries import SCOPE
from tests.support.talks import add_talk, add_venue

NOW = datetime(2035, 11, 20, 12, tzinfo=UTC)
SOON, LATE = NOW + timedelta(minutes=5), NOW + timedelta(minutes=30)
LONDON = "Europe/London"
NEXT_DAY = When(date(2035, 12, 11), time(10), time(11, 30))


class Organiser:
    """Does things with one talk, each in a transaction of its own; and books it for families."""

    def __init__(self, app: Flask, db: Session) -> None:
        self.db = db
        programme = app.config["PLACES"].only.programme
        assert programme is not None
        self.programme = programme

    def clock(self, now: datetime = NOW) -> Clock:
        return Clock(now, LONDON, self.programme.rules)

    def book(self, talk: TalkFacts, name: str, places: int = 1, way: Way = Way.IN_PERSON, now: datetime = NOW) -> str:
        form = f"a form as long as it has to be, of {name}"
        wanted = [Wanted(talk.id, way, places)]
        new = NewBooking(form, name, f"{name}@example.org", None, "en_GB", "parent_carer", wanted)
        booked = signing_up.sign_up(self.db, SCOPE, self.programme, LONDON, new, now)
        self.db.commit()
        assert booked.secret
        return booked.secret

    def give_back(self, secret: str) -> None:
        booking = keeping_booking.find_booking(self.db, SCOPE, secret)
        held = keeping_booking.list_held(self.db, SCOPE, booking)[0]
        keeping_booking.cancel(self.db, SCOPE, held, self.clock())
        self.db.commit()

    def fill(self, talk: TalkFacts) -> None:
        """Let one family be booked, one hold an offer, one wait and one have cancelled; the talk has two places."""
        self.book(talk, "booked")
        leaving = self.book(talk, "leaving")
        self.book(talk, "offered")
        self.book(talk, "waiting")
        self.give_back(leaving)

    def do(self, what: Any, talk: TalkFacts, *given: Any, now: datetime = NOW) -> Any:
        try:
            done = what(self.db, SCOPE, talk, *given, self.clock(now))
        except NotNow:
            self.db.rollback()
            raise
        self.db.commit()
        return done

    def find(self, talk: TalkFacts) -> TalkFacts:
        found = talks.find_talk_by_id(self.db, SCOPE, talk.id)
        self.db.rollback()
        assert found is not None
        return found

    def picture(self) -> Mapping[str, Any]:
        """Return how all sign-ups and offers stand."""
        self.db.expire_all()
        rows = self.db.execute(select(SignUp.id, SignUp.state, SignUp.queue, SignUp.places, SignUp.way)).all()
        offers = self.db.execute(select(TalkOffer.id, TalkOffer.ended, TalkOffer.until)).all()
        self.db.rollback()
        return {"sign_ups": sorted(rows), "offers": sorted(offers)}

    def states(self) -> list[str]:
        return sorted(row[1] for row in self.picture()["sign_ups"])

    def messages(self, kind: str) -> list[tuple[str, datetime]]:
        rows = self.db.execute(select(TalkMessage.state, TalkMessage.due_at).where(TalkMessage.kind == kind)).all()
        self.db.rollback()
        return [(state, due.replace(tzinfo=UTC)) for state, due in rows]

    def let_go(self, kind: str) -> None:
        """Let the messages of a kind have been sent."""
        self.db.execute(update(TalkMessage).where(TalkMessage.kind == kind).values(state="sent", queued=True))
        self.db.commit()


@pytest.fixture
def organiser(app: Flask, db: Session) -> Organiser:
    return Organiser(app, db)


@pytest.fixture
def talk(db: Session) -> TalkFacts:
    return add_talk(db, ways={Way.IN_PERSON: 2}, venue=add_venue(db))


def where(talk: TalkFacts, **ways: int) -> Place:
    there = {one.way: one.capacity for one in talk.ways} | {Way(way): capacity for way, capacity in ways.items()}
    return Place(there, talk.venue.id if talk.venue else None)


def test_a_move_keeps_all_places_and_tells_each_family_once_after_the_time_to_undo(
    organiser: Organiser, talk: TalkFacts
) -> None:
    organiser.fill(talk)
    before = organiser.picture()["sign_ups"]
    change = organiser.do(moving_talks.move, talk, NEXT_DAY, where(talk))
    assert change.families == 3
    moved = organiser.find(talk)
    assert (moved.day, moved.sequence) == (NEXT_DAY.day, 1)
    assert moved.moved_from is not None
    assert {name: moved.moved_from[name] for name in ("day", "starts", "ends", "venue", "sequence")} == {
        "day": "2035-12-10", "starts": "10:00", "ends": "11:30", "venue": "The Library", "sequence": "1",
    }  # fmt: skip
    assert organiser.picture()["sign_ups"] == before
    assert organiser.messages("moved") == [("waiting", NOW + timedelta(minutes=10))] * 3
    organiser.do(moving_talks.move, talk, NEXT_DAY, where(talk), now=SOON)  # the same once more changes nothing
    assert len(organiser.messages("moved")) == 3


def test_a_move_is_undone_without_a_word_until_one_family_was_told(organiser: Organiser, talk: TalkFacts) -> None:
    organiser.fill(talk)
    organiser.do(moving_talks.move, talk, NEXT_DAY, where(talk, online=9))
    organiser.do(moving_talks.undo, talk, now=SOON)
    back = organiser.find(talk)
    assert (back.day, back.starts, back.ways[0].way, len(back.ways), back.moved_from) == (
        talk.day, talk.starts, Way.IN_PERSON, 1, None,
    )  # fmt: skip
    assert back.sequence > 1  # calendars that have seen the move see this after it
    assert {state for state, _due in organiser.messages("moved")} == {"dropped"}
    organiser.do(moving_talks.move, talk, NEXT_DAY, where(talk), now=LATE)
    organiser.let_go("moved")
    with pytest.raises(NotNow, match="told"):
        organiser.do(moving_talks.undo, talk, now=LATE + timedelta(minutes=1))
    assert organiser.find(talk).day == NEXT_DAY.day


def test_two_moves_at_once_are_told_as_one_from_what_families_know(organiser: Organiser, talk: TalkFacts) -> None:
    organiser.fill(talk)
    organiser.do(moving_talks.move, talk, NEXT_DAY, where(talk))
    later = When(date(2035, 12, 17), time(13), time(14))
    organiser.do(moving_talks.move, talk, later, where(talk), now=SOON)
    waits = [state for state, _due in organiser.messages("moved") if state == "waiting"]
    assert len(waits) == 3
    moved = organiser.find(talk)
    assert moved.moved_from is not None
    assert (moved.day, moved.moved_from["day"]) == (later.day, "2035-12-10")
    home = When(talk.day, talk.starts, talk.ends)
    organiser.do(moving_talks.move, talk, home, where(talk), now=SOON)  # back by hand is as good as undone
    assert "waiting" not in {state for state, _due in organiser.messages("moved")}
    assert organiser.find(talk).moved_from is None


def test_who_books_after_a_move_that_is_undone_is_told_and_keeps_the_place(
    organiser: Organiser, talk: TalkFacts
) -> None:
    organiser.do(moving_talks.move, talk, NEXT_DAY, where(talk, online=9))
    organiser.book(talk, "newcomer", way=Way.ONLINE, now=SOON)
    organiser.do(moving_talks.undo, talk, now=SOON)
    assert organiser.messages("moved") == []
    assert [state for state, _due in organiser.messages("changed")] == ["waiting"]
    assert {one.way: one.held for one in organiser.find(talk).ways} == {Way.IN_PERSON: 0, Way.ONLINE: 1}


def test_a_way_in_which_somebody_comes_is_not_taken_away(organiser: Organiser, db: Session) -> None:
    both = add_talk(db, ways={Way.IN_PERSON: 2, Way.ONLINE: 5}, venue=add_venue(db))
    organiser.book(both, "at-home", way=Way.ONLINE)
    alone = Place({Way.IN_PERSON: 2}, both.venue.id if both.venue else None)
    with pytest.raises(NotNow, match="way_in_use"):
        organiser.do(moving_talks.move, both, NEXT_DAY, alone)
    assert organiser.find(both).day == both.day
    other = add_venue(db, "The Hall")
    db.commit()
    change = organiser.do(moving_talks.move, both, When(both.day, both.starts, both.ends), Place({
        Way.IN_PERSON: 2, Way.ONLINE: 5}, other.id))  # fmt: skip
    assert (change.venue, change.families) == (True, 0)  # the venue is nothing to somebody at home


def test_a_cancelled_talk_that_is_undone_is_exactly_as_it_was(organiser: Organiser, talk: TalkFacts) -> None:
    organiser.fill(talk)
    before = organiser.picture()
    assert organiser.do(moving_talks.cancel, talk, "The speaker is ill") == 3
    assert organiser.do(moving_talks.cancel, talk, "Twice is once") is None
    assert organiser.states() == ["called_off", "called_off", "called_off", "cancelled"]
    assert {ended for _id, ended, _until in organiser.picture()["offers"]} == {"withdrawn"}
    assert organiser.messages("called_off") == [("waiting", NOW + timedelta(minutes=10))] * 3
    organiser.do(moving_talks.undo, talk, now=SOON)
    assert organiser.picture() == before
    back = organiser.find(talk)
    assert (back.state, back.cancelled_because) == (TalkState.PUBLISHED, "")
    assert {state for state, _due in organiser.messages("called_off")} == {"dropped"}
    organiser.do(moving_talks.cancel, talk, "Now really", now=LATE)  # and the families are told this time
    assert [state for state, _due in organiser.messages("called_off")].count("waiting") == 3


def test_after_families_were_told_a_cancelled_talk_is_held_after_all_by_hand(
    organiser: Organiser, talk: TalkFacts
) -> None:
    organiser.fill(talk)
    organiser.do(moving_talks.cancel, talk, "The speaker is ill")
    organiser.let_go("called_off")
    with pytest.raises(NotNow, match="told"):
        organiser.do(moving_talks.undo, talk, now=SOON)
    assert organiser.do(moving_talks.hold_after_all, talk, now=LATE) == 3
    assert organiser.states() == ["booked", "cancelled", "offered", "waiting"]
    assert [due for _state, due in organiser.messages("back_on")] == [LATE + timedelta(minutes=10)] * 3
    assert [one for one in organiser.picture()["offers"] if one[1] == "open"]  # who had an offer has one again


def test_more_places_are_offered_in_turn_and_fewer_take_nobodys(organiser: Organiser, talk: TalkFacts) -> None:
    organiser.fill(talk)
    said = Said(talk.title, "New words", talk.topic, (), (), None, None, "A series", None, "", (), None)

    def change(capacity: int) -> int:
        offered: int = organiser.do(planning_talks.change_details, talk, said, {Way.IN_PERSON: capacity})
        return offered

    assert change(1) == 0
    assert organiser.states() == ["booked", "cancelled", "offered", "waiting"]
    assert organiser.find(talk).ways[0].left == 0
    assert change(3) == 1
    assert SignUpState.WAITING.value not in organiser.states()
    assert organiser.find(talk).about == "New words"


def test_a_talk_that_anybody_signed_up_to_is_neither_a_draft_again_nor_deleted(
    organiser: Organiser, talk: TalkFacts, db: Session
) -> None:
    untouched = add_talk(db, "nobody-yet")
    organiser.give_back(organiser.book(talk, "gone-again"))
    with pytest.raises(NotNow, match="signed_up"):
        planning_talks.unpublish(db, SCOPE, talk)
    db.rollback()
    planning_talks.unpublish(db, SCOPE, untouched)
    planning_talks.delete_draft(db, SCOPE, untouched)
    db.commit()
    assert talks.find_talk(db, SCOPE, "nobody-yet") is None
