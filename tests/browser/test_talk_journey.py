"""A term from its planning to its closing, in the browser: a volunteer on a phone, families without JavaScript."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from tests.support.letters import Letterbox, Post, listening
from tests.support.visitors import Visitors
from tests.support.walk_browser import check_fits, look_at, press, press_last, quiet_console, shape_of

LONDON = ZoneInfo("Europe/London")
TITLE, PLACES = "Waiting, and what helps meanwhile", 3
QUESTION = "How long do families wait on average?"
Elsewhere = Callable[..., Any]


class Walker:
    """Somebody's browser; each page of another shape is looked at by axe, and each for its width."""

    def __init__(self, page: Page, eyes: Page, seen: set[str]) -> None:
        """Walk on `page`; `eyes` has scripts, without which axe sees nothing."""
        self.page, self.eyes, self.seen = page, eyes, seen

    def look(self) -> None:
        """Look at the page that is open."""
        if self.eyes is self.page:
            look_at(self.page)
            return
        check_fits(self.page)
        if (shape := shape_of(self.page)) not in self.seen:
            self.seen.add(shape)
            self.eyes.goto(self.page.url)
            look_at(self.eyes)

    def go(self, address: str) -> None:
        """Open an address, which has to be there, and look at it."""
        reply = self.page.goto(address)
        assert reply is not None
        assert reply.status == 200, address
        self.look()

    def press(self, what: str | Locator) -> None:
        """Press a button or a link and look at the page that it leads to."""
        press(self.page, self.button(what) if isinstance(what, str) else what)
        self.look()

    def button(self, name: str) -> Locator:
        """Return the button of this name, or else the link, in the main part of the page."""
        main = self.page.locator("main")
        return main.get_by_role("button", name=name).or_(main.get_by_role("link", name=name)).first

    def fill(self, **typed: str) -> None:
        """Write into fields by their names."""
        for name, value in typed.items():
            self.page.locator(f"main [name={name}]").last.fill(value)

    def says(self, *sentences: str) -> None:
        """Raise unless the page says each of these."""
        for sentence in sentences:
            expect(self.page.locator("body")).to_contain_text(sentence)


class Walkers:
    """Everybody of the story, each on a phone of their own."""

    def __init__(self, open_page: Callable[..., Page]) -> None:
        """Open the volunteer's browser, and for families one each without scripts."""
        self._open, self._seen = open_page, set[str]()
        self.volunteer = self._walker()
        self._eyes = open_page()

    def _walker(self) -> Walker:
        page = self._open()
        return Walker(page, page, self._seen)

    def family(self) -> Walker:
        """Return the browser of another family."""
        return Walker(self._open(java_script_enabled=False), self._eyes, self._seen)


@pytest.fixture
def walkers(visitors: Visitors, fielded: Flask) -> Iterator[Walkers]:
    """Phones 360 px wide, whose consoles have to stay quiet."""
    with ExitStack() as stack:

        def open_page(**more: Any) -> Page:
            page = stack.enter_context(visitors.welcome(**more))
            stack.enter_context(quiet_console(page))
            return page

        yield Walkers(open_page)


@pytest.fixture
def post(fielded: Flask, elsewhere: Elsewhere) -> Iterator[tuple[Letterbox, Callable[[], None]]]:
    """A mail server, and what lets a minute pass: messages go out to it."""
    with listening() as (box, mailer):

        def minute() -> None:
            with fielded.app_context():
                from feedback_app.extensions import db

                Post(fielded, db.session, mailer).minute()

        yield box, lambda: elsewhere(minute)


def sign_in(volunteer: Walker) -> None:
    from feedback_app.services.accounts import DEMONSTRATION_PASSWORD

    volunteer.go("/team/sign-in")
    volunteer.fill(email="forum@example.org", password=DEMONSTRATION_PASSWORD)
    press_last(volunteer.page)
    volunteer.go("/team/talks")


def plan(volunteer: Walker, day: date) -> str:
    """Add a venue and a term, plan a talk in them and publish it; return its address."""
    page = volunteer.page
    volunteer.press("Venues")
    volunteer.press("Add a venue")
    volunteer.fill(
        name="The Mill Hall", address="2 Mill Lane, Somewhere", postcode="zz2 2zz", access="Ring at the door."
    )
    page.get_by_label("Step-free way in").check()
    volunteer.press("Keep this venue")
    volunteer.go("/team/talks/terms")
    if not page.locator("#name-new").is_visible():  # the only form stands open
        page.get_by_text("Add a term").click()
    volunteer.fill(name="The walked term", starts_on=f"{day - timedelta(20)}", ends_on=f"{day + timedelta(60)}")
    volunteer.press("Add this term")
    volunteer.go("/team/talks")
    volunteer.press("Plan a talk")
    volunteer.fill(title=TITLE, about="What helps while you wait.", hosts="The assessment service")
    page.get_by_label("Waiting for an assessment").check()
    volunteer.fill(day=f"{day}", starts="10:00", ends="11:30", places_in_person=str(PLACES))
    page.get_by_role("checkbox", name="In person").check()
    page.get_by_label("Venue (if").select_option("The Mill Hall")
    page.get_by_text("Term and series").click()
    page.get_by_label("Term", exact=True).select_option("The walked term")
    volunteer.press("Keep it as a draft")
    volunteer.says(TITLE, "The Mill Hall", "3 places")
    volunteer.press("Publish it")
    volunteer.says("Families can book. Nobody has yet.")
    return urlsplit(page.url).path.removeprefix("/team")


def book(family: Walker, talk: str, name: str, places: int, *, captions: bool = False, question: str = "") -> str:
    """Book from the programme on, and return the address of the booking."""
    page = family.page
    family.go("/talks")
    family.press(page.locator(f"main a[href='{talk}']").first)
    family.press(page.locator(f"main a[href='{talk}/book']"))
    page.get_by_label("How many places").select_option(str(places))
    family.fill(name=name, email=f"{name.lower()}@example.org", question=question)
    if captions:
        page.get_by_label("Captions").check()
    family.press(page.locator("main form button").last)
    return urlsplit(page.url).path


def look_after(volunteer: Walker, talk: str) -> None:
    """Arrange what was asked for, tell the family, and read what was asked ahead."""
    page = volunteer.page
    volunteer.go(f"/team{talk}")
    volunteer.says("This talk is full: 2 families have places.")
    volunteer.press("Questions asked ahead")
    volunteer.says(QUESTION)
    for part in ("people", "waiting", "register", "messages"):
        volunteer.go(f"/team{talk}/{part}")
    volunteer.go(f"/team{talk}/needs")
    page.get_by_label("How far is it? Captions, Cara").select_option("arranged")
    page.get_by_label("Who sees to it? Captions, Cara").fill("Sam")
    volunteer.press("Keep them and tell the families")
    volunteer.says("The family knows")


def run(volunteer: Walker, talk: str, check_in: str) -> None:
    """Check one family in by its code, another in the list, count somebody who has not booked, and finish."""
    page = volunteer.page
    volunteer.go(f"/team{talk}")
    volunteer.says("This talk is on now.")
    volunteer.press("Check people in")
    volunteer.fill(number=check_in.lower())
    volunteer.press("Find the family")
    volunteer.says("Cara", "They asked for: Captions")
    volunteer.press("All 2 are here")
    volunteer.press("Ben")
    volunteer.press("They are here")
    page.get_by_text("Count people: In person").click()
    volunteer.press("Add them")
    volunteer.says("4 people")
    volunteer.go(f"/team{talk}/after")
    expect(page.get_by_label("How many people were there in all?")).to_have_value("4")
    expect(page.get_by_label("How many of them came without a booking?")).to_have_value("1")
    volunteer.press("Finish the talk")
    volunteer.says("2 families get the feedback link.")


def close(volunteer: Walker, talk: str, day: date) -> str:
    """Write down what was said and promised, hold another talk like it, and return the address of that one."""
    page = volunteer.page
    volunteer.fill(note="Nobody tells us how long it takes.")
    volunteer.press("Keep this note")
    volunteer.fill(
        said="Nobody tells us how long it takes.", will_do="Say each month how long it takes.", who="The service"
    )
    soon = day + timedelta(100)
    for part in ("day", "month", "year"):
        page.locator(f"[name=by_when-{part}]").fill(str(getattr(soon, part)))
    volunteer.press("Keep this promise")
    volunteer.says("Say each month how long it takes.")
    volunteer.go("/team/talks/promises")
    volunteer.go("/team/talks/reach")
    volunteer.go(f"/team{talk}/duplicate")
    volunteer.press(page.locator("main form button").last)
    volunteer.press("Check and publish")
    volunteer.press("Publish it")
    return urlsplit(page.url).path.removeprefix("/team")


def at(day: date, hours: int) -> Any:
    """Let it be some minutes past an hour of a day, for the pages and for the work behind them."""
    return time_machine.travel(datetime.combine(day, time(hours, 5), LONDON))


def test_a_term_is_planned_booked_run_and_closed(walkers: Walkers, post: tuple[Letterbox, Callable[[], None]]) -> None:
    (box, minute), volunteer = post, walkers.volunteer
    day = datetime.now(LONDON).date() + timedelta(9)
    anna, ben, cara = (walkers.family() for _ in range(3))
    sign_in(volunteer)
    talk = plan(volunteer, day)

    first = book(anna, talk, "Anna", 2, captions=True, question=QUESTION)
    anna.says("Booked", "2 places", "Captions")
    assert QUESTION not in anna.page.inner_text("body")  # it is kept apart from who asked it
    book(ben, talk, "Ben", 1)
    third = book(cara, talk, "Cara", 2, captions=True)
    cara.says("On the waiting list", "You are the first on the list.")

    anna.go(first)
    anna.press("Cancel: I cannot come")
    anna.press("Cancel my 2 places")
    anna.says("Cancelled by you")
    cara.go(third)
    cara.says("Your turn has come", "2 places are held for you.")
    cara.press("Take my 2 places")
    cara.says("Booked", "When you arrive")
    check_in = cara.page.locator(".door").inner_text()

    look_after(volunteer, talk)
    cara.go(third)
    expect(cara.page.locator(".asked")).to_contain_text("Arranged")
    minute()
    told = [to for to in box.to if to in {f"{name}@example.org" for name in ("anna", "ben", "cara")}]
    assert sorted(set(told)) == ["anna@example.org", "ben@example.org", "cara@example.org"]

    with at(day, 10):
        sign_in(volunteer)
        run(volunteer, talk, check_in)
        another = close(volunteer, talk, day)
        ben.go(another)
        ben.says("What was promised at talks about this", "Say each month how long it takes.")
    with at(day + timedelta(1), 10):
        feedback(box, minute, cara)


def feedback(box: Letterbox, minute: Callable[[], None], family: Walker) -> None:
    """Who came gets a link to the survey that carries nothing of its booking, and the same as everybody else."""
    before = len(box.to)
    minute()
    asked = {
        to: next(part for part in str(message.get_content()).split() if "/surveys/" in part)
        for to, message in list(zip(box.to, box.messages, strict=True))[before:]
        if "/surveys/" in str(message.get_content())
    }
    assert "anna@example.org" not in asked  # she could not come
    assert asked["ben@example.org"] == asked["cara@example.org"]
    where = urlsplit(asked["cara@example.org"])
    assert (where.path, where.query) == ("/surveys/talk-feedback", "topic=assessment")
    family.go(f"{where.path}?{where.query}")
    family.says("How was your Let")
    press_last(family.page)
    assert family.page.locator("button[value=next]").count() == 1  # the survey has begun
