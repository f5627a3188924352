"""The schedule, a talk's page and the booking form: what they say, and what they keep of what was typed."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy.orm import Session

from feedback_app.domain.talks.programme import Way
from feedback_app.services.keeping_booking import find_booking
from feedback_app.store.talk_tables import Booking
from tests.support.booking_forms import BOOK, SAM, count, key_of, post, secret_in, send
from tests.support.summaries import SCOPE
from tests.support.talks import BOTH, add_talk, add_term, add_venue

DATABASES = ("sqlite",)
NAUGHTY = "O’Brien \x00\x1b\ud800 <b>&amp;{{ 7*7 }} '; DROP TABLE talk;-- \u202e אבג"
FIRST_LOAD = 60_000  # bytes, compressed, of all that a phone fetches for the schedule


@pytest.fixture
def texting(app: Flask) -> Callable[[bool], None]:
    def switch(can: bool) -> None:
        app.config["CAN_TEXT"] = can

    return switch


def test_a_mobile_alone_is_enough_where_texts_can_be_sent(
    client: FlaskClient, db: Session, texting: Callable[[bool], None]
) -> None:
    add_talk(db)
    texting(False)
    page = send(client, SAM | {"email": "", "mobile": "07700 900123"})
    assert page.status_code == 422
    assert 'name="mobile"' not in page.get_data(as_text=True)
    texting(True)
    secret = secret_in(send(client, SAM | {"email": "", "mobile": "(07700) 900 123"}))
    assert find_booking(db, SCOPE, secret).mobile == "+447700900123"


def test_what_is_wrong_is_said_and_all_that_was_typed_is_kept(client: FlaskClient, db: Session) -> None:
    add_talk(db, ways=BOTH, venue=add_venue(db))
    told = {
        "places": "0", "name": "", "email": "sam@", "booker": "cat", "need": ["interpreter", "childcare"],
        "need_childcare": "Two, 3 and 5", "question": "x" * 1001,
    }  # fmt: skip
    key = key_of(client.get(BOOK))
    page = send(client, told, key=key)
    tree = html.fromstring(page.get_data(as_text=True))
    assert page.status_code == 422
    links = tree.xpath("//*[@class='mend']//a/@href")
    assert links == ["#way-1", "#places", "#name", "#email", "#booker", "#need_interpreter", "#question"]
    assert key_of(page) == key
    assert tree.xpath("//input[@name='email']/@value") == ["sam@"]
    assert tree.xpath("//input[@name='need'][@checked]/@value") == ["interpreter", "childcare"]
    assert tree.xpath("//input[@name='need_childcare']/@value") == ["Two, 3 and 5"]
    assert tree.xpath("string(//textarea)").strip() == "x" * 1001
    offered = tree.xpath("//input[@name='need']/@value")
    assert "step_free" not in offered  # the venue has it
    assert count(db, Booking) == 0


@pytest.mark.parametrize(
    "told",
    [
        {"places": "9" * 5000, "way": "\x00", "booker": NAUGHTY, "need": [NAUGHTY, "\ud800"], "request": "\x00"},
        {"name": NAUGHTY * 100, "email": NAUGHTY, "places": "２", "request": NAUGHTY},
        {"name": "a", "email": "a@b.c" * 200, "places": "-1", "need_other": NAUGHTY, "need": "other"},
        {},
    ],
)
def test_nothing_that_a_stranger_sends_breaks_the_form(client: FlaskClient, db: Session, told: dict[str, Any]) -> None:
    add_term(db)
    add_talk(db)
    assert post(client, BOOK, told, client.get(BOOK)).status_code == 422
    assert client.get(f"/talks/{'a' * 300}").status_code == 404
    assert client.get("/talks/together/%00/%ff").status_code == 404


def test_naughty_words_are_kept_as_words(client: FlaskClient, db: Session) -> None:
    add_talk(db)
    told = SAM | {"name": NAUGHTY, "question": NAUGHTY, "need": "other", "need_other": NAUGHTY}
    secret = secret_in(send(client, told))
    assert find_booking(db, SCOPE, secret).name.endswith("<b>&amp;{{ 7*7 }} '; DROP TABLE talk;-- \u202e אבג")


def test_a_form_whose_cookie_is_gone_comes_back_filled_in(app: Flask, client: FlaskClient, db: Session) -> None:
    add_talk(db, term_id=add_term(db).id)
    key = key_of(client.get(BOOK))
    for path in (BOOK, "/talks/together/term/autumn"):
        page = app.test_client().post(path, data=SAM | {"request": key, "need": "bsl", "talk": "waiting-well"})
        tree = html.fromstring(page.get_data(as_text=True))
        assert (page.status_code, key_of(page)) == (400, key)
        assert tree.xpath("//input[@name='email']/@value") == ["sam@example.org"]
        assert tree.xpath("//input[@type='checkbox'][@checked]/@value")[-1] == "bsl"
    assert count(db, Booking) == 0


def test_a_talk_that_cannot_be_booked_says_why(client: FlaskClient, db: Session) -> None:
    add_talk(db, "draft", state="draft")
    add_talk(db, "off", state="cancelled", cancelled_because="The library is closed.")
    add_talk(db, "past", day=date(2020, 1, 1))
    add_talk(db)
    for slug, words in (("off", "The library is closed."), ("past", "This talk is over.")):
        page = client.get(f"/talks/{slug}")
        assert words in page.get_data(as_text=True)
        assert client.get(f"/talks/{slug}/book").headers["Location"] == f"/talks/{slug}"
        assert post(client, f"/talks/{slug}/book", SAM, client.get(BOOK)).status_code == 409
    assert [client.get(f"/talks/draft{more}").status_code for more in ("", "/book")] == [404, 404]


def test_the_schedule_goes_by_month_and_can_be_narrowed_without_scripts(client: FlaskClient, db: Session) -> None:
    venue = add_venue(db)
    add_talk(db, "one", venue=venue, ways={Way.IN_PERSON: 6})
    add_talk(db, "two", ways={Way.ONLINE: 0}, topic="school", title="Help in school", day=date(2036, 1, 9))
    add_talk(db, "off", state="cancelled", title="Called off", venue=venue, day=date(2036, 1, 10))
    add_talk(db, "draft", state="draft", title="Not yet")
    add_talk(db, "past", day=date(2020, 1, 1), title="Long ago")
    page = client.get("/talks")
    tree = html.fromstring(page.get_data(as_text=True))
    assert tree.xpath("//section[@class='month']/h2/text()")[:2] == ["December 2035", "January 2036"]
    assert tree.xpath("//div[contains(@class, 'card')]/div/a/@href") == ["/talks/one", "/talks/two", "/talks/off"]
    rooms = tree.xpath("//p[@class='room']/text()")
    assert rooms == ["6 places left", "Full: you can join the waiting list", "Cancelled"]
    for asked, found in (("topic=school", ["two"]), ("way=in_person", ["one", "off"]), ("district=chorley", ["two"])):
        narrowed = html.fromstring(client.get(f"/talks?{asked}").get_data(as_text=True))
        assert narrowed.xpath("//div[contains(@class, 'card')]/div/a/@href") == [f"/talks/{slug}" for slug in found]
    assert "No talk fits" in client.get("/talks?topic=health").get_data(as_text=True)
    assert client.get("/talks?topic=%00&way=%ff&district=" + "9" * 999).status_code == 200


def test_the_schedule_of_a_year_is_light(client: FlaskClient, app: Flask, db: Session) -> None:
    for number in range(40):
        add_talk(db, f"talk-{number}", day=date(2035, 1, 9) + timedelta(days=9 * number), title=f"Talk {number}")
    page = client.get("/talks").get_data()
    tree = html.fromstring(page)
    wanted = {str(one).split("?")[0] for one in tree.xpath("//link/@href | //script/@src | //img/@src")}
    wanted |= {"/static/fonts/atkinson-400.woff2", "/static/fonts/atkinson-700.woff2"}
    sizes = [len(gzip.compress(page)), *(_sent(client, one) for one in wanted)]
    assert sum(sizes) < FIRST_LOAD


def _sent(client: FlaskClient, path: str) -> int:
    with client.get(path) as file:
        assert file.status_code == 200
        return len(file.data) if path.endswith("woff2") else len(gzip.compress(file.data))


def test_nothing_planned_is_said_kindly(client: FlaskClient) -> None:
    assert "please look again soon" in client.get("/talks").get_data(as_text=True)


def test_a_talk_tells_what_stands_ready_and_what_was_moved(client: FlaskClient, db: Session) -> None:
    moved = {"day": "2035-12-01", "starts": "10:00", "ends": "11:30", "venue": "The Old Hall"}
    add_talk(db, ways=BOTH, venue=add_venue(db), provided=["captions"], moved_from=moved)
    add_talk(db, "odd", moved_from={"day": "soon", "venue": "The Old Hall"})
    said = client.get("/talks/waiting-well").get_data(as_text=True)
    for words in (
        "Step-free way in", "Hearing loop", "Captions", "Saturday 1 December, 10am to 11:30am, The Old Hall",
        "100 places left", "20 places left", "Nothing here is joined to your survey answers.",
    ):  # fmt: skip
        assert words in said
    assert "The Old Hall" in client.get("/talks/odd").get_data(as_text=True)
