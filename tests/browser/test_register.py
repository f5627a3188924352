"""The register on a phone without a network: it opens, takes ticks, sends them later, and comes off the device."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.support.attended import book
from tests.support.talks import add_talk
from tests.support.walk_browser import look_at, press, press_last

# Playwright's own waiting for a function evaluates text in the page again and again, which the page's policy forbids.
CONTROLLED = """async () => {
  const worker = navigator.serviceWorker;
  if (!worker.controller) await new Promise((found) => { worker.oncontrollerchange = found; });
}"""
NAMES = "caches.keys().then((names) => names.length)"


def arrange(app: Flask, slug: str) -> None:
    """Have a talk today that three families have booked, and somebody who runs it."""
    from feedback_app.clock import now_in
    from feedback_app.domain.scope import Role
    from feedback_app.extensions import db
    from feedback_app.services.accounts import DEMONSTRATION_PASSWORD, add_user

    with app.app_context():
        here, now = app.config["PLACES"].only.scope, now_in("Europe/London")
        session = db.session
        talk = add_talk(session, slug, day=now.date(), scope=here)
        for name, places in (("Anna", 3), ("Omar", 1), ("Zoe", 2)):
            book(app, session, talk, name, places, scope=here, now=now - timedelta(days=9))
        for name in (slug, f"other-{slug}"):
            add_user(session, here, f"{name}@example.org", DEMONSTRATION_PASSWORD, [Role.FORUM_ORGANISER])
        session.commit()


def tell(app: Flask, slug: str) -> dict[str, int | None]:
    """Return how many people of each family came, and how many without a booking under "walked in"."""
    from feedback_app.domain.talks.programme import Way
    from feedback_app.extensions import db
    from feedback_app.services import attending, planning_talks
    from tests.support.attended import programme_of

    with app.app_context():
        here = app.config["PLACES"].only.scope
        talk = planning_talks.get_talk(db.session, here, slug)
        coming = attending.list_coming(db.session, here, programme_of(app), talk)
        walked = attending.find_numbers(db.session, here, talk)[Way.IN_PERSON].walked_in
        return {one.name: one.sign_up.came for one in coming} | {"walked in": walked}


@pytest.fixture
def phone(
    browser: Browser,
    browser_context_args: dict[str, Any],
    base_url: str,
    live_app: Flask,
    elsewhere: Callable[..., Any],
) -> Iterator[Page]:
    """The phone of somebody who runs talks, at the register."""
    slug = f"talk-{secrets.token_hex(4)}"
    elsewhere(arrange, live_app, slug)
    context = browser.new_context(**(browser_context_args | {"base_url": base_url}))
    page = context.new_page()
    open_as(page, slug, slug)
    yield page
    context.close()


def open_as(page: Page, slug: str, name: str) -> None:
    """Sign in where nobody is signed in, and open the register."""
    from feedback_app.services.accounts import DEMONSTRATION_PASSWORD

    page.goto("/team/sign-in")
    page.fill("[name=email]", f"{name}@example.org")
    page.fill("[name=password]", DEMONSTRATION_PASSWORD)
    press_last(page)
    page.goto(f"/team/talks/{slug}/register")


def test_ticks_made_without_a_network_are_sent_later_once_and_the_list_comes_off_the_device(
    phone: Page, live_app: Flask, elsewhere: Callable[..., Any]
) -> None:
    slug = phone.url.split("/")[-2]
    look_at(phone)
    phone.get_by_role("button", name="Keep it on this device").click()
    expect(phone.locator("#kept")).to_contain_text("The list is kept on this device.")
    phone.evaluate(CONTROLLED)
    phone.context.set_offline(True)
    phone.reload()
    expect(phone.get_by_role("heading", name="Register")).to_be_visible()
    assert "Atkinson" in phone.evaluate("getComputedStyle(document.body).fontFamily")  # with its looks
    phone.get_by_label("How many of Anna").select_option("2")
    phone.get_by_label("Omar", exact=True).check()
    phone.get_by_label("Came without a booking").fill("4")
    phone.get_by_role("button", name="Add them").click()
    expect(phone.locator("#waits")).to_contain_text("Waiting to be sent: 3.")
    phone.reload()  # nothing is lost when the page is opened again
    expect(phone.get_by_label("Omar", exact=True)).to_be_checked()
    expect(phone.locator("#waits")).to_contain_text("Waiting to be sent: 3.")
    look_at(phone)
    kept = phone.evaluate("JSON.stringify(localStorage)")
    assert "Anna" not in kept
    assert "Omar" not in kept
    assert elsewhere(tell, live_app, slug) == {"Anna": None, "Omar": None, "Zoe": None, "walked in": 0}
    phone.context.set_offline(False)
    expect(phone.locator("#waits")).to_have_text("All ticks are sent.")
    assert elsewhere(tell, live_app, slug) == {"Anna": 2, "Omar": 1, "Zoe": None, "walked in": 4}
    assert phone.evaluate("localStorage.length") == 0
    assert b"/Subtype /Image" not in phone.pdf(), "a tick that prints as a picture makes a long list too large to send"
    phone.get_by_role("button", name="Take it off this device").click()
    expect(phone.locator("#kept")).to_have_text("The list is off this device.")
    assert phone.evaluate(NAMES) == 0
    phone.get_by_role("button", name="Keep it on this device").click()
    expect(phone.locator("#kept")).to_contain_text("The list is kept on this device.")
    press(phone, phone.get_by_role("button", name="Sign out"))
    assert phone.evaluate(NAMES) == 0


def test_somebody_else_who_signs_in_sees_no_list_and_no_tick_that_waits_and_sends_none(
    phone: Page, live_app: Flask, elsewhere: Callable[..., Any]
) -> None:
    slug = phone.url.split("/")[-2]
    phone.get_by_role("button", name="Keep it on this device").click()
    expect(phone.locator("#kept")).to_contain_text("The list is kept on this device.")
    phone.context.set_offline(True)
    phone.get_by_label("Omar", exact=True).check()
    expect(phone.locator("#waits")).to_contain_text("Waiting to be sent: 1.")
    phone.context.clear_cookies()  # the sign-in ended by itself: nobody pressed "Sign out"
    phone.goto("about:blank")
    phone.context.set_offline(False)
    open_as(phone, slug, f"other-{slug}")
    assert phone.evaluate(NAMES) == 0
    expect(phone.locator("#kept")).to_contain_text("keep the list on your phone before you go")
    expect(phone.locator("#waits")).to_be_empty()
    expect(phone.get_by_label("Omar", exact=True)).not_to_be_checked()
    phone.get_by_label("Zoe", exact=True).check()
    expect(phone.locator("#waits")).to_have_text("All ticks are sent.")
    assert elsewhere(tell, live_app, slug) == {"Anna": None, "Omar": None, "Zoe": 2, "walked in": 0}
    phone.context.clear_cookies()
    open_as(phone, slug, slug)
    expect(phone.locator("#waits")).to_have_text("All ticks are sent.")
    assert elsewhere(tell, live_app, slug) == {"Anna": None, "Omar": 1, "Zoe": 2, "walked in": 0}
