"""Closing a talk: what is counted stays, those who came are asked all alike, and what was kept of families goes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.domain.talks.programme import Programme, Way
from feedback_app.domain.talks.talk import MessageState, TalkFacts, TalkState
from feedback_app.services import finishing_talks, signing_up
from feedback_app.services.asking_ahead import ask_ahead
from feedback_app.services.keeping import Sweeping, Swept
from feedback_app.services.signing_up import NeedAsked, NewBooking, Wanted
from feedback_app.store import talks
from feedback_app.store.attending import WayNumbers
from feedback_app.store.talk_tables import AccessNeed, Booking, SignUp, Talk, TalkCount, TalkMessage, TalkWay
from tests.support.summaries import SCOPE
from tests.support.talks import BOTH, add_talk

LONDON = "Europe/London"
DAY = date(2035, 12, 10)
BEFORE = datetime(2035, 11, 20, 12, tzinfo=UTC)
EVENING = datetime(2035, 12, 10, 19, tzinfo=UTC)
MORNING = datetime(2035, 12, 11, 10, tzinfo=UTC)


@pytest.fixture
def programme(app: Flask) -> Programme:
    found = app.config["PLACES"].only.programme
    assert isinstance(found, Programme)
    return found


def counts_of(db: Session, talk: TalkFacts) -> dict[str, int]:
    """Return what was counted of a talk: about -> number."""
    rows = select(TalkCount.about, TalkCount.number).where(TalkCount.talk_id == talk.id)
    return {row.about: row.number for row in db.execute(rows)}


def book(db: Session, programme: Programme, talk: TalkFacts, name: str, places: int = 1, **more: Any) -> None:
    """Let a family book; `more` is what it tells of itself."""
    needs = [NeedAsked(need) for need in more.pop("needs", ())]
    way = more.pop("way", Way.IN_PERSON)
    new = NewBooking(
        f"form of {name}", name, f"{name}@example.org", None, "en_GB", "parent_carer", [Wanted(talk.id, way, places)],
        needs, more,
    )  # fmt: skip
    assert signing_up.sign_up(db, SCOPE, programme, LONDON, new, BEFORE).secret
    db.commit()


def finish_due(db: Session, scope: Scope, programme: Programme, now: datetime) -> int:
    """Finish what nobody has finished in time, as the daily work does; return how many talks."""
    due = finishing_talks.list_due(db, scope, programme, now.date())
    for talk in due:
        finishing_talks.finish(db, scope, programme, LONDON, talk, now)
    return len(due)


def tick(db: Session, talk: TalkFacts, places: int, came: int) -> None:
    """Say how many came of the families that booked so many places."""
    mine = (SignUp.talk_id == talk.id, SignUp.places == places)
    db.execute(update(SignUp).where(*mine).values(came=came))
    db.commit()


def again(db: Session, talk: TalkFacts) -> TalkFacts:
    found = talks.find_talk_by_id(db, SCOPE, talk.id)
    assert found is not None
    return found


def number(db: Session, table: Any) -> int:
    return db.scalar(select(func.count()).select_from(table)) or 0


def feedback(db: Session) -> list[TalkMessage]:
    return list(db.scalars(select(TalkMessage).where(TalkMessage.kind == "feedback")))


def test_what_is_counted_of_a_talk_stays_when_it_is_finished(db: Session, programme: Programme) -> None:
    talk = add_talk(db, ways=BOTH)
    book(db, programme, talk, "one", 2, first_time=True, district=3, topics=["school"], needs=["bsl", "step_free"])
    book(db, programme, talk, "two", 3, way=Way.ONLINE, heard="friend", needs=["bsl"])
    book(db, programme, talk, "three", 4)
    tick(db, talk, 2, 2)
    tick(db, talk, 3, 1)
    tick(db, talk, 4, 0)
    online = select(SignUp.id).where(SignUp.way == "online")
    db.execute(update(AccessNeed).where(AccessNeed.sign_up_id.not_in(online)).values(state="asked"))
    db.execute(update(AccessNeed).where(AccessNeed.sign_up_id.in_(online)).values(state="arranged"))
    rooms = finishing_talks.list_rooms(db, SCOPE, talk)
    assert rooms == {Way.IN_PERSON: WayNumbers(2), Way.ONLINE: WayNumbers(1)}
    rooms = {Way.IN_PERSON: WayNumbers(7, walked_in=5), Way.ONLINE: WayNumbers(1)}
    assert finishing_talks.finish(db, SCOPE, programme, LONDON, talk, EVENING, rooms) == 2
    counts = counts_of(db, talk)
    assert {about: found for about, found in counts.items() if found} == {
        "families_booked": 3, "places_booked": 9, "families_came": 2, "came:in_person": 7, "came:online": 1,
        "walked_in": 5, "first_time:yes": 1, "first_time:unsaid": 1, "district:3": 1, "district:unsaid": 1,
        "heard:friend": 1, "wish:school": 1, "need:bsl:asked": 2, "need:step_free:asked": 1,
        "need:bsl:arranged": 1, "needing:unmet": 1, "needing:met": 1,
    }  # fmt: skip
    assert again(db, talk).finished_on == DAY


def test_all_who_came_are_asked_at_one_moment_and_nobody_else(db: Session, programme: Programme) -> None:
    talk = add_talk(db)
    for places, name in enumerate(("one", "two", "three"), 1):
        book(db, programme, talk, name, places)
    tick(db, talk, 1, 1)
    tick(db, talk, 2, 2)
    tick(db, talk, 3, 0)
    for _twice in range(2):
        finishing_talks.finish(db, SCOPE, programme, LONDON, talk, EVENING)
        db.commit()
    asked = feedback(db)
    assert len(asked) == 2
    assert {message.due_at.replace(tzinfo=UTC) for message in asked} == {MORNING}
    assert {str(message.about) for message in asked} == {"{}"}
    assert all(message.talk_id is None and message.booking_id is None for message in asked)


def test_a_finished_talk_can_be_opened_again_until_families_are_asked(db: Session, programme: Programme) -> None:
    talk = add_talk(db)
    book(db, programme, talk, "one")
    tick(db, talk, 1, 1)
    finishing_talks.finish(db, SCOPE, programme, LONDON, talk, EVENING)
    assert finishing_talks.open_again(db, SCOPE, LONDON, again(db, talk), MORNING - timedelta(minutes=1))
    assert (feedback(db), counts_of(db, talk), again(db, talk).finished_on) == ([], {}, None)
    assert finishing_talks.finish(db, SCOPE, programme, LONDON, talk, EVENING) == 1
    assert len(feedback(db)) == 1
    assert finishing_talks.open_again(db, SCOPE, LONDON, again(db, talk), MORNING) is False
    db.execute(update(TalkMessage).values(state=MessageState.SENT.value))
    assert finishing_talks.open_again(db, SCOPE, LONDON, again(db, talk), EVENING) is False
    assert again(db, talk).finished_on == DAY


def test_a_talk_that_did_not_begin_is_not_finished(db: Session, programme: Programme) -> None:
    early, cancelled = add_talk(db), add_talk(db, "cancelled", state=TalkState.CANCELLED.value)
    finishing_talks.finish(db, SCOPE, programme, LONDON, early, BEFORE)
    finishing_talks.finish(db, SCOPE, programme, LONDON, cancelled, EVENING)
    assert (again(db, early).finished_on, again(db, cancelled).finished_on) == (None, None)


def test_a_talk_that_nobody_finished_is_counted_by_what_is_known_and_nobody_is_asked(
    db: Session, programme: Programme
) -> None:
    talk = add_talk(db)
    book(db, programme, talk, "one", 2, first_time=False)
    late = EVENING + timedelta(days=programme.rules.finish_after_days)
    assert finish_due(db, SCOPE, programme, late - timedelta(days=1)) == 0
    assert finish_due(db, SCOPE, programme, late) == 1
    assert finish_due(db, SCOPE, programme, late) == 0
    counts = counts_of(db, talk)
    assert (counts["families_booked"], counts["first_time:no"]) == (1, 1)
    assert not [about for about in counts if about.startswith(("came", "families_came"))]
    assert feedback(db) == []
    assert db.scalars(select(TalkWay.came)).all() == [None]


def test_nothing_is_finished_swept_or_asked_elsewhere(db: Session, programme: Programme) -> None:
    talk = add_talk(db)
    book(db, programme, talk, "one", needs=["bsl"])
    other, late = Scope("anyshire"), EVENING + timedelta(days=400)
    assert finish_due(db, other, programme, late) == 0
    assert finishing_talks.finish(db, other, programme, LONDON, talk, late) is None
    db.execute(update(Talk).values(finished_on=DAY))
    elsewhere, nowhere = Sweeping(other, late, programme.rules), Sweeping(SCOPE, late)
    for sweeping in (elsewhere, nowhere):
        assert (sweeping.delete_needs(db), sweeping.delete_contacts(db)) == (0, 0)
        assert sweeping.count(db) == Swept()


def test_needs_go_after_a_month_and_contacts_after_three(db: Session, programme: Programme) -> None:
    talk = add_talk(db)
    book(db, programme, talk, "one", needs=["bsl"])
    tick(db, talk, 1, 1)
    finishing_talks.finish(db, SCOPE, programme, LONDON, talk, EVENING)
    for after, needs, contacts in ((29, 1, 1), (30, 0, 1), (89, 0, 1), (90, 0, 0)):
        sweeping = Sweeping(SCOPE, EVENING + timedelta(days=after), programme.rules)
        would = sweeping.count(db)
        assert (would.needs, would.contacts) == (number(db, AccessNeed) - needs, number(db, Booking) - contacts)
        assert (sweeping.delete_needs(db), sweeping.delete_contacts(db)) == (would.needs, would.contacts)
        assert (number(db, AccessNeed), number(db, Booking)) == (needs, contacts)
        (kept,) = db.scalars(select(SignUp)).all()
        db.refresh(kept)
        known = [kept.booking_id, kept.contact_mark, kept.check_in, kept.asked_at]
        assert all(value is None for value in known) is (not contacts)
        assert (kept.places, kept.came, kept.state) == (1, 1, "booked")
        assert number(db, TalkMessage) == (2 if contacts else 0)
    assert counts_of(db, talk)["need:bsl:asked"] == 1


def test_a_booking_stays_until_the_last_of_its_talks_is_over_and_every_one_is_counted(
    db: Session, programme: Programme
) -> None:
    first, last = add_talk(db), add_talk(db, "later", day=DAY + timedelta(days=80))
    gone = add_talk(db, "gone", state=TalkState.PUBLISHED.value)
    wanted = [Wanted(talk.id, Way.IN_PERSON, 1) for talk in (first, last)]
    both = NewBooking("form", "one", "one@example.org", None, "en_GB", "parent_carer", wanted)
    signing_up.sign_up(db, SCOPE, programme, LONDON, both, BEFORE)
    book(db, programme, gone, "two")
    db.execute(update(Talk).where(Talk.id == gone.id).values(state=TalkState.CANCELLED.value))
    finishing_talks.finish(db, SCOPE, programme, LONDON, first, EVENING)
    early = Sweeping(SCOPE, EVENING + timedelta(days=100), programme.rules)
    assert early.delete_contacts(db) == 1  # who had booked what was cancelled
    late = Sweeping(SCOPE, EVENING + timedelta(days=170), programme.rules)
    assert late.delete_contacts(db) == 0  # the last talk is not counted yet
    finish_due(db, SCOPE, programme, late.now)
    assert late.delete_contacts(db) == 1
    assert number(db, Booking) == 0


def test_the_daily_work_finishes_talks_before_it_sweeps(app: Flask, db: Session, programme: Programme) -> None:
    from feedback_app.jobs.daily import DailyWork
    from feedback_app.jobs.transactions import Transactions

    talk = add_talk(db, day=date(2020, 1, 10))
    row = Booking(
        partnership=SCOPE.partnership, secret="s", secret_hash=b"s" * 32, request_hash=b"r" * 32, name="A family",
        email="one@example.org", language="en_GB", made_at=BEFORE,
    )  # fmt: skip
    db.add(row)
    db.flush()
    place = {"talk_id": talk.id, "booking_id": row.id, "way": "in_person", "places": 3, "state": "booked"}
    db.add(SignUp(partnership=SCOPE.partnership, contact_mark=b"m" * 32, check_in="ABCDE", **place))
    db.commit()
    work = DailyWork(Transactions(app), app.config["PLACES"].only)
    assert work.sweep() == Swept(contacts=1)
    assert counts_of(db, talk)["places_booked"] == 3
    db.rollback()
    assert work.sweep() == Swept()


def test_the_feedback_link_is_one_for_all_of_a_topic_and_only_while_the_survey_is_open(
    app: Flask, db: Session, programme: Programme
) -> None:
    from tests.support.summaries import add_wave, make_instrument

    def path(topic: str, today: date) -> str | None:
        return finishing_talks.find_feedback_path(db, SCOPE, programme, topic, today)

    assert path("school", date(2026, 11, 16)) is None
    add_wave(db, make_instrument(slug="talk-feedback"))
    assert path("school", date(2026, 11, 16)) == "/surveys/talk-feedback?topic=school"
    assert path("of-old", date(2026, 11, 16)) == "/surveys/talk-feedback"
    assert path("school", date(2027, 11, 16)) is None


def test_what_the_database_notes_for_itself_joins_no_question_to_a_booking_after_a_night(
    db: Session, programme: Programme
) -> None:
    talk = add_talk(db)
    for name in ("one", "two", "three"):
        ask_ahead(db, SCOPE, None, talk, "Why?", language="en_GB", district=None, today=DAY, young=False)
        book(db, programme, talk, name)
    notes = {"postgresql": ("xmin", "ctid"), "sqlite": ("1", "voice_id")}[db.get_bind().dialect.name]

    def written(table: str) -> set[str]:
        return set(db.scalars(text(f"SELECT CAST({notes[0]} AS VARCHAR(40)) FROM {table}")))

    together = written("talk_question") & written("booking")
    assert together or notes[0] == "1", "the looking finds nothing at all"
    assert Sweeping(SCOPE, BEFORE, programme.rules).rewrite_questions(db) == 3
    db.commit()
    for table in ("voice", "comment", "talk_question"):
        assert len(written(table)) == 1
        assert notes[0] == "1" or not written(table) & written("booking")
    in_place = db.scalars(text(f"SELECT voice_id FROM talk_question ORDER BY {notes[1]}")).all()
    assert in_place == sorted(in_place)
