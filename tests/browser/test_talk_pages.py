"""Every page about talks, of families and of organisers: sound at 320 px, in English and from right to left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.support.talk_world import Standing, stand
from tests.support.walk_browser import look_at, press, press_last

PREFIXES = pytest.mark.parametrize("prefix", ["", "/ar-xb"], ids=["english", "right-to-left"])
PUBLIC = ("/talks", "/talks/a-talk", "/talks/a-talk/book", "/talks/together/term/a-term", "/talks/already",
          "/talks/promises", "/talks/poster", "/talks/a-talk/poster")  # fmt: skip
OWN = ("", "/needs", "/contact", "/more", "/add", "/erase")
OF_A_PLACE = ("places", "way", "cancel", "offer")
TEAM = ("", "/new", "/venues", "/venues/new", "/terms", "/messages", "/promises", "/reach", "/a-talk")
OF_A_TALK = ("edit", "publish", "move", "cancel", "people", "needs", "register", "check-in", "check-in?number=KNOWN",
             "waiting", "questions", "after", "messages")  # fmt: skip


def put(app: Flask) -> Standing:
    """Let a talk stand in the application."""
    from feedback_app.extensions import db

    with app.app_context():
        return stand(db.session, app.config["PLACES"].only.scope)


@pytest.fixture(scope="module")
def standing(fielded: Flask, elsewhere: Callable[..., Any]) -> Standing:
    """A talk with a family that has booked."""
    found: Standing = elsewhere(put, fielded)
    return found


def look(page: Page, address: str) -> None:
    """Open an address and look at the page, which has to be there."""
    reply = page.goto(address)
    assert reply is not None
    assert reply.status == 200, address
    look_at(page)


def sign_in(page: Page) -> None:
    """Sign in as an organiser of the forum."""
    from feedback_app.services.accounts import DEMONSTRATION_PASSWORD

    page.goto("/team/sign-in")
    page.fill("[name=email]", "forum@example.org")
    page.fill("[name=password]", DEMONSTRATION_PASSWORD)
    press_last(page)


@PREFIXES
def test_what_families_see_is_sound(narrow: Page, standing: Standing, prefix: str) -> None:
    for address in PUBLIC:
        look(narrow, prefix + address)
    own = f"{prefix}/talks/booking/{standing.secret}"
    for part in OWN:
        look(narrow, own + part)
    for part in OF_A_PLACE:
        look(narrow, f"{own}/{standing.sign_up_id}/{part}")


@PREFIXES
def test_what_organisers_see_is_sound(narrow: Page, standing: Standing, prefix: str) -> None:
    sign_in(narrow)
    for part in TEAM:
        look(narrow, f"{prefix}/team/talks{part}")
    for part in OF_A_TALK:
        look(narrow, f"{prefix}/team/talks/a-talk/{part}")
    look(narrow, f"{prefix}/team/talks/promises/{standing.promise_id}")
    press(narrow, narrow.locator("button[value=ask_delete]"))
    look_at(narrow)
    look(narrow, f"{prefix}/team/talks/venues/{standing.venue_id}")


def test_what_has_to_be_mended_is_said_first_and_focused(narrow: Page, standing: Standing) -> None:
    narrow.goto("/talks/a-talk/book")
    press(narrow, narrow.locator("main form [type=submit], main form button:not([type=button])").last)
    look_at(narrow)
    assert narrow.evaluate("document.activeElement.className").startswith("mend")
    narrow.locator(".mend a").first.click()
    assert narrow.evaluate("document.activeElement.tagName") in ("INPUT", "SELECT", "TEXTAREA")
