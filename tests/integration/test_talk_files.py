"""Calendar files and posters of talks, as families get them."""

from __future__ import annotations

import dataclasses
import uuid
from datetime import date, time

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from feedback_app.domain.duties import Office
from feedback_app.domain.talks.programme import Way
from feedback_app.domain.talks.talk import SignUpState, TalkFacts, TalkState
from feedback_app.services.signing_up import hash_secret
from feedback_app.store.talk_tables import AccessNeed, Booking, SignUp, Talk
from tests.support.client import CheckedClient
from tests.support.summaries import SCOPE
from tests.support.talks import BOTH, add_talk, add_term, add_venue

DATABASES = ("sqlite",)
SECRET = "a-secret-that-nobody-guesses-0123456789"
NAUGHTY = 'Tea, cake; "and" \\ <b>talk</b>'


@pytest.fixture
def talk(db: Session) -> TalkFacts:
    """A talk in a library and online, on the day after the clocks went back."""
    told = {"title": NAUGHTY, "day": date(2036, 10, 27), "starts": time(10), "provided": ["captions", "hearing_loop"]}
    return add_talk(
        db, "a-talk", ways=BOTH, venue=add_venue(db), joining_link="https://join.example.org/hidden", **told
    )


def add_booking(db: Session, talk: TalkFacts, state: SignUpState = SignUpState.BOOKED) -> uuid.UUID:
    """Book a family in at the talk, with a need."""
    booking = Booking(
        partnership=SCOPE.partnership, secret=SECRET, secret_hash=hash_secret(SCOPE, SECRET), request_hash=b"r" * 32,
        name="Zebedee", email="zebedee@example.org", language="en", made_at=talk.starts_at("Europe/London"),
    )  # fmt: skip
    db.add(booking)
    db.flush()
    row = SignUp(
        partnership=SCOPE.partnership, talk_id=talk.id, booking_id=booking.id, contact_mark=b"m" * 32,
        way=Way.IN_PERSON.value, places=2, state=state.value, check_in="4711",
    )  # fmt: skip
    db.add(row)
    db.flush()
    db.add(AccessNeed(sign_up_id=row.id, need="bsl", detail="Zebedee signs"))
    db.commit()
    return row.id


def read(client: CheckedClient, address: str) -> str:
    """Return a calendar file, unfolded."""
    reply = client.get(address)
    assert reply.status_code == 200
    assert reply.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "\n" not in reply.headers["Content-Disposition"]
    return reply.text.replace("\r\n ", "")


def test_the_programme_is_a_calendar_that_others_can_follow(
    client: CheckedClient, db: Session, talk: TalkFacts
) -> None:
    import vobject

    add_talk(db, "called-off", state=TalkState.CANCELLED.value, day=date(2036, 11, 3))
    add_talk(db, "a-draft", state=TalkState.DRAFT.value, title="Nobody knows yet")
    text = client.get("/talks/calendar.ics").text
    events = {event.uid.value: event for event in vobject.readOne(text).vevent_list}
    assert len(events) == 2
    (ours,) = (event for event in events.values() if event.status.value == "CONFIRMED")
    assert ours.summary.value == f"Let’s Talk: {NAUGHTY}"
    assert f"{ours.dtstart.value:%Y-%m-%d %H:%M %Z}" == "2036-10-27 10:00 GMT"
    assert ours.location.value == "The Library, 1 Some Street, Sometown, ZZ1 1ZZ, Online"
    assert "Nobody knows yet" not in text
    assert [event.summary.value for event in events.values() if event.status.value == "CANCELLED"] == [
        "Cancelled: Waiting for an assessment"
    ]


def test_a_change_of_a_talk_raises_its_sequence_and_keeps_its_name(
    client: CheckedClient, db: Session, talk: TalkFacts
) -> None:
    before = read(client, "/talks/a-talk/calendar.ics")
    row = db.get_one(Talk, talk.id)
    row.sequence, row.starts = 4, time(9, 30)
    db.commit()
    after = read(client, "/talks/a-talk/calendar.ics")
    uid = next(line for line in before.splitlines() if line.startswith("UID:"))
    assert uid in after
    assert "SEQUENCE:0" in before
    assert "SEQUENCE:4" in after
    assert "DTSTART;TZID=Europe/London:20361027T093000" in after


def test_a_familys_own_file_says_nothing_of_the_family(client: CheckedClient, db: Session, talk: TalkFacts) -> None:
    own = add_booking(db, talk)
    text = read(client, f"/talks/booking/{SECRET}/{own}/calendar.ics")
    assert "STATUS:CONFIRMED" in text
    assert "LOCATION:The Library\\, 1 Some Street\\, Sometown\\, ZZ1 1ZZ" in text
    for hidden in (SECRET, "Zebedee", "zebedee", "bsl", "4711", "join.example.org", str(own), "Online"):
        assert hidden not in text


@pytest.mark.parametrize(
    ("state", "status"),
    [(SignUpState.WAITING, "TENTATIVE"), (SignUpState.CANCELLED, "CANCELLED"), (SignUpState.CALLED_OFF, "CANCELLED")],
)
def test_a_familys_own_file_says_how_its_place_stands(
    client: CheckedClient, db: Session, talk: TalkFacts, state: SignUpState, status: str
) -> None:
    own = add_booking(db, talk, state)
    assert f"STATUS:{status}" in read(client, f"/talks/booking/{SECRET}/{own}/calendar.ics")


def test_nobody_gets_another_familys_file(client: CheckedClient, db: Session, talk: TalkFacts) -> None:
    own = add_booking(db, talk)
    add_talk(db, "a-draft", state=TalkState.DRAFT.value)
    for address in (
        f"/talks/booking/another-{SECRET}/{own}/calendar.ics",
        f"/talks/booking/{SECRET}/{uuid.uuid4()}/calendar.ics",
        f"/talks/booking/%00%ED%A0%80/{own}/calendar.ics",
        "/talks/a-draft/calendar.ics",
        "/talks/a-draft/poster",
        "/talks/no-such-talk/calendar.ics",
    ):
        assert client.get(address).status_code == 404


def test_a_poster_of_one_talk_says_all_that_somebody_needs(client: CheckedClient, talk: TalkFacts) -> None:
    page = client.get("/talks/a-talk/poster").text
    assert "<h1>Tea, cake; &#34;and&#34; \\ &lt;b&gt;talk&lt;/b&gt;</h1>" in page
    for told in ("Monday 27 October 2036", "10am to 11:30am", "ZZ1 1ZZ", "Step-free way in", "Captions"):
        assert told in page
    assert page.count("<li>Hearing loop</li>") == 1, "the place has it and the organisers see to it: said once"
    assert 'role="img" aria-label="Square for your phone’s camera. It leads to the page of this talk: ' in page
    assert "join.example.org" not in page


def test_a_poster_of_a_talk_that_is_over_asks_nobody_to_book(client: CheckedClient, db: Session) -> None:
    add_talk(db, "over", day=date(2020, 1, 1))
    db.commit()
    page = client.get("/talks/over/poster").text
    assert "This talk is over." in page
    assert "Book a free place" not in page
    assert "Tell us when you book" not in page


def test_a_poster_is_printed_as_large_as_its_words_leave_room_for(client: CheckedClient, db: Session) -> None:
    add_talk(db, "few", title="Tea")
    add_talk(
        db,
        "many",
        title="Getting ready " * 8,
        about="What you may ask. " * 20,
        hosts="A forum. " * 15,
    )
    db.commit()
    assert "poster--brief" in client.get("/talks/few/poster").text
    assert "poster--middle" in client.get("/talks/many/poster").text
    assert "poster--brief" in client.get("/talks/poster").text
    for number in range(12):
        add_talk(db, f"more-{number}", title="One more")
    db.commit()
    assert "poster--middle" in client.get("/talks/poster").text, "on two sheets, and in letters that can be read"


def test_a_poster_says_how_to_book_without_the_internet(
    app: Flask, client: CheckedClient, talk: TalkFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = app.config["PLACES"].only
    contact = Office(email="talks@example.org", number="01234 567", tel="01234567", post=("Talks", "1 Some Street"))
    duties = ours.partnership.duties.model_copy(update={"contact": contact})
    reachable = dataclasses.replace(ours, partnership=ours.partnership.model_copy(update={"duties": duties}))
    monkeypatch.setattr("feedback_app.web.talks.poster.place", lambda: reachable)
    page = client.get("/talks/a-talk/poster").text
    assert '<a class="keep" href="tel:01234567" dir="ltr">01234 567</a>' in page
    assert '<a href="mailto:talks@example.org" dir="ltr">talks@example.org</a>' in page
    assert "<bdi>Talks, 1 Some Street</bdi>" in page


def test_the_square_is_the_address_that_stands_beside_it() -> None:
    import segno

    from feedback_app.web.talks.poster import EDGE, draw_square

    address = "https://talks.example.org/talks/a-talk"
    dark = set()
    square = draw_square(address)
    for run in filter(None, square.path.split("M")):
        place, length = run.split("h")[:2]
        x, y = map(int, place.split())
        dark |= {(x - EDGE + more, y - EDGE) for more in range(int(length.removesuffix("v1")))}
    rows = segno.make(address, error="m", micro=False).matrix
    assert dark == {(x, y) for y, row in enumerate(rows) for x, cell in enumerate(row) if cell}


def test_the_poster_of_a_term_has_its_talks_and_no_others(app: Flask, client: CheckedClient, db: Session) -> None:
    autumn, spring = add_term(db, name="Autumn"), add_term(db, "spring", name="Spring", starts_on=date(2036, 1, 1))
    add_talk(db, "one", title="The first one", term_id=autumn.id)
    add_talk(db, "two", title="The second one", term_id=spring.id)
    add_talk(db, "off", title="The lost one", term_id=spring.id, state=TalkState.CANCELLED.value)
    page = client.get("/talks/poster").text
    assert "The first one" in page
    assert "The second one" not in page
    spring_page = client.get("/talks/poster?term=spring").text
    assert "<h1>Let’s Talk: Spring</h1>" in spring_page
    assert "The second one" in spring_page
    assert "The lost one" not in spring_page
    whole = client.get("/talks/poster?term=all").text
    assert "The first one" in whole
    assert "The second one" in whole
    assert client.get("/talks/poster?term=%00%ff").status_code == 200


def test_without_talks_there_is_a_poster_and_a_calendar_all_the_same(client: CheckedClient) -> None:
    assert "No talks are planned at the moment" in client.get("/talks/poster").text
    assert "BEGIN:VCALENDAR" in read(client, "/talks/calendar.ics")
