"""Booking pages: one form, no account; sent twice it is one booking, and a question is tied to none."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from feedback_app.domain.talks.programme import Way
from feedback_app.services import slowing
from feedback_app.services.keeping_booking import find_booking, list_held
from feedback_app.store.comment_tables import Comment, SafeguardingEntry, Voice
from feedback_app.store.talk_tables import Booking, SignUp, Talk, TalkMessage, TalkQuestion
from feedback_app.web.talks import booking, together
from tests.support.booking_forms import BOOK, SAM, count, key_of, marks_of, post, secret_in, send
from tests.support.summaries import SCOPE
from tests.support.talks import BOTH, add_talk, add_term, add_venue


def outcomes(db: Session, secret: str) -> list[tuple[str, str, int, str]]:
    """Return what a booking holds."""
    held = list_held(db, SCOPE, find_booking(db, SCOPE, secret))
    db.rollback()
    return [(one.talk.slug, one.sign_up.way.value, one.sign_up.places, one.sign_up.state.value) for one in held]


def test_a_booking_is_made_once_however_often_its_form_is_sent(client: FlaskClient, db: Session) -> None:
    add_talk(db)
    key = key_of(client.get(BOOK))
    told = SAM | {"need": ["bsl", "interpreter"], "need_interpreter": "Urdu", "question": "Is there a pathway?"}
    first, second = (send(client, told, key=key) for _time in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert outcomes(db, secret_in(first)) == [("waiting-well", "in_person", 2, "booked")]
    held = list_held(db, SCOPE, find_booking(db, SCOPE, secret_in(first)))
    assert {(need.need, need.detail) for need in held[0].needs} == {("bsl", ""), ("interpreter", "Urdu")}
    assert [count(db, table) for table in (Booking, TalkQuestion, TalkMessage)] == [1, 1, 1]


def test_the_form_of_the_family_before_never_opens_their_booking(client: FlaskClient, db: Session) -> None:
    add_talk(db)
    key = key_of(client.get(BOOK))
    first = send(client, SAM, key=key)
    other = send(client, SAM | {"name": "Alex", "email": "alex@example.org"}, key=key)
    assert secret_in(first) != secret_in(other)


def test_a_question_is_screened_and_tied_to_no_booking(client: FlaskClient, db: Session) -> None:
    add_talk(db)
    for name in ("sam", "alex"):  # the same words from two families are two questions
        secret_in(send(client, SAM | {"email": f"{name}@example.org", "question": "Will there be tea?"}))
    flagged = SAM | {"email": "young@example.org", "booker": "young_person", "question": "My dad hits me."}
    secret_in(send(client, flagged))
    voices = db.scalars(select(Voice)).all()
    told = {(one.kind, one.consent, one.came_from, one.entered_by) for one in voices}
    assert told == {("talk_question", "count", "Waiting for an assessment", "talks")}
    assert {day for one in voices for day in (one.month, one.entered_on)} == {date(2035, 12, 1)}  # the talk's month
    assert sorted(one.teller for one in voices) == ["other", "other", "young_person"]
    standings = db.execute(select(Comment.words, Comment.standing)).all()
    assert sorted((words, standing) for words, standing in standings) == [
        ("My dad hits me.", "held"),
        ("Will there be tea?", "open"),
        ("Will there be tea?", "open"),
    ]
    assert db.scalar(select(func.count()).select_from(SafeguardingEntry)) == 1
    assert count(db, TalkQuestion) == 3


def test_whoever_has_booked_before_is_told_nothing_but_that(client: FlaskClient, db: Session) -> None:
    add_talk(db)
    secret_in(send(client, SAM | {"question": "Once?"}))
    again = send(client, SAM | {"question": "Twice?"})
    assert (again.status_code, again.headers["Location"]) == (303, "/talks/already")
    assert "We have sent the link again" in client.get("/talks/already").get_data(as_text=True)
    assert [count(db, table) for table in (Booking, TalkQuestion)] == [1, 1]


def test_when_a_talk_is_full_the_form_is_for_the_waiting_list(client: FlaskClient, db: Session) -> None:
    add_talk(db, ways={Way.IN_PERSON: 2})
    secret_in(send(client, SAM))
    page = client.get(BOOK).get_data(as_text=True)
    assert "Join the waiting list" in page
    assert "Book my place" not in page
    late = send(client, SAM | {"email": "alex@example.org", "places": "1"})
    assert outcomes(db, secret_in(late)) == [("waiting-well", "in_person", 1, "waiting")]


def test_one_contact_that_books_and_books_is_slowed_down(
    client: FlaskClient, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slowing, "AT_ONCE", 2)
    for number in range(3):
        add_talk(db, f"talk-{number}")
    key = key_of(client.get("/talks/talk-0/book"))
    again = [send(client, SAM, "/talks/talk-0/book", key).status_code for _time in range(4)]
    assert again == [303] * 4  # the same form counts once
    replies = [send(client, SAM, f"/talks/talk-{number}/book") for number in (1, 2)]
    assert [reply.status_code for reply in replies] == [303, 429]
    assert "Please wait" in replies[-1].get_data(as_text=True)
    assert 'value="Sam"' in replies[-1].get_data(as_text=True)
    assert count(db, Booking) == 2


def test_a_form_tapped_four_times_at_once_is_one_booking_with_one_question(app: Flask, db: Session) -> None:
    add_talk(db)
    visitors = [app.test_client() for _tap in range(4)]
    pages = [visitor.get(BOOK) for visitor in visitors]
    told = SAM | {"request": key_of(pages[0]), "question": "Is it me?"}
    with ThreadPoolExecutor(4) as threads:
        replies = list(threads.map(lambda one: post(one[0], BOOK, told, one[1]), zip(visitors, pages, strict=True)))
    assert len({secret_in(reply) for reply in replies}) == 1
    assert [count(db, table) for table in (Booking, SignUp, TalkQuestion, Voice, Comment)] == [1] * 5


def test_a_whole_term_is_booked_with_one_date_dropped(client: FlaskClient, db: Session) -> None:
    term = add_term(db)
    for number, ways in enumerate(({Way.IN_PERSON: 20}, BOTH, {Way.IN_PERSON: 3}, {Way.ONLINE: 5})):
        day = date(2035, 12, 10) + timedelta(days=number)
        add_talk(db, f"talk-{number}", ways=ways, term_id=term.id, day=day, title=f"Talk {number}")
    secret_in(send(client, SAM | {"email": "first@example.org"}, "/talks/talk-2/book"))
    path = "/talks/together/term/autumn"
    page = html.fromstring(client.get(path).get_data(as_text=True))
    assert page.xpath("//input[@name='talk']/@value") == [f"talk-{number}" for number in range(4)]
    assert len(page.xpath("//input[@name='talk'][@checked]")) == 4
    key = key_of(client.get(path))
    told = SAM | {"talk": ["talk-1", "talk-2", "talk-3"], "way": "online", "need": ["captions", "step_free"]}
    first, second = (send(client, told, path, key) for _time in range(2))
    assert outcomes(db, secret_in(first)) == [
        ("talk-1", "online", 2, "booked"),
        ("talk-2", "in_person", 2, "waiting"),
        ("talk-3", "online", 2, "booked"),
    ]
    assert secret_in(second) == secret_in(first)
    assert [count(db, table) for table in (Booking, SignUp, TalkMessage)] == [2, 4, 2]
    too_many = send(client, told | {"places": "4", "email": "large@example.org"}, path)
    assert too_many.status_code == 422
    assert "“Talk 2” has room for 3 at the most" in too_many.get_data(as_text=True)
    far_too_many = send(client, told | {"places": "6", "email": "large@example.org"}, path)
    said = "These talks are too small for you all: “Talk 2” (room for 3), “Talk 3” (room for 5). Choose fewer places"
    assert said in far_too_many.get_data(as_text=True)


def test_a_term_is_offered_with_what_is_full_what_is_there_and_what_may_be_too_late(
    client: FlaskClient, db: Session
) -> None:
    term, venue, soon = add_term(db), add_venue(db), datetime.now(UTC).date() + timedelta(days=2)
    add_talk(db, "first", term_id=term.id, venue=venue, provided=["bsl"], ways={Way.IN_PERSON: 2})
    add_talk(db, "second", term_id=term.id, venue=venue, day=date(2035, 12, 11))
    form = client.get("/talks/together/term/autumn").get_data(as_text=True)
    assert "is soon. What you ask for now may not be ready in time" not in form
    there = html.fromstring(form).xpath("normalize-space(//p[@class='there'])")
    assert "Step-free" in there
    assert "British Sign Language" not in there  # it is there at one of the two only, and can be asked for
    assert 'value="bsl"' in form
    assert "of them is full" not in client.get("/talks").get_data(as_text=True)
    secret_in(send(client, SAM, "/talks/first/book"))
    assert "1 of them is full: you join its waiting list." in client.get("/talks").get_data(as_text=True)
    db.execute(update(Talk).where(Talk.slug == "second").values(day=soon))
    db.commit()
    form = client.get("/talks/together/term/autumn").get_data(as_text=True)
    assert f"The talk on {soon:%A} {soon.day} {soon:%B} is soon. What you ask for now may not be ready" in form


def test_a_form_left_open_while_a_talk_is_changed_books_nothing_unread(client: FlaskClient, db: Session) -> None:
    term = add_term(db)
    add_talk(db, term_id=term.id)
    both = (BOOK, {}), ("/talks/together/term/autumn", {"talk": "waiting-well"})
    for day, (path, more) in enumerate(both, 1):
        page = client.get(path)
        told = SAM | more | {"request": key_of(page), "seen": marks_of(page)}
        db.execute(update(Talk).values(day=date(2036, 1, day)))
        db.commit()
        late = post(client, path, told, page)
        assert late.status_code == 409
        assert "Something about this has changed since you opened it" in late.get_data(as_text=True)
        assert 'value="Sam"' in late.get_data(as_text=True)
        assert count(db, Booking) == 0
    told["seen"] = marks_of(late)
    assert post(client, path, told, page).status_code == 303


def test_a_room_that_becomes_smaller_while_a_form_is_read_is_told(
    client: FlaskClient, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    term = add_term(db)
    add_talk(db, ways={Way.IN_PERSON: 3}, term_id=term.id)
    for page in (booking, together):
        monkeypatch.setattr(page, "room_at", lambda _talk, _way: 9)  # as it was a moment before
    for path, more in ((BOOK, {}), ("/talks/together/term/autumn", {"talk": "waiting-well"})):
        late = send(client, SAM | more | {"places": "4"}, path)
        assert (late.status_code, count(db, Booking)) == (422, 0)
        assert "has room for 3 at the most" in late.get_data(as_text=True)


def test_a_name_that_nobody_sees_is_no_name(client: FlaskClient, db: Session) -> None:
    add_talk(db)
    assert send(client, SAM | {"name": "\u200b\u202e"}).status_code == 422
    secret_in(send(client, SAM | {"name": "Áine"}))


def test_nothing_personal_is_logged(
    client: FlaskClient, db: Session, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    add_talk(db)
    told = SAM | {"name": "Zebedee", "email": "zebedee@example.org", "need": ["other"], "need_other": "a quokka"}
    with caplog.at_level(logging.DEBUG):
        secret_in(send(client, told | {"question": "A wombat?"}))
        assert send(client, told | {"places": "99"}).status_code == 422
    said = caplog.text + "".join(capsys.readouterr())
    assert not [word for word in ("Zebedee", "zebedee", "quokka", "wombat") if word in said]
