"""Pages for administrators and the page of an invitation, in the browser: sound, 320 px wide, and walked to the end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from feedback_app.services.accounts import DEMONSTRATION_PASSWORD
from tests.support.people import Pocket, runner_of
from tests.support.walk_browser import NARROW, look_at, press, press_last, quiet_console

WORDS = "five other words that differ"


@pytest.fixture
def admin(browser: Browser, browser_context_args: dict[str, object], base_url: str, fielded: Flask) -> Iterator[Page]:
    """An administrator's page, 320 px wide, whose console has to stay quiet."""
    context = browser.new_context(**(browser_context_args | {"viewport": NARROW, "base_url": base_url}))
    page = context.new_page()
    with quiet_console(page):
        page.goto("/team/sign-in")
        page.fill("[name=email]", "administrator@example.org")
        page.fill("[name=password]", DEMONSTRATION_PASSWORD)
        press_last(page)
        yield page
    context.close()


@pytest.fixture
def visitor(browser: Browser, browser_context_args: dict[str, object], base_url: str) -> Iterator[Page]:
    """The page of somebody who is not signed in."""
    context = browser.new_context(**(browser_context_args | {"viewport": NARROW, "base_url": base_url}))
    page = context.new_page()
    with quiet_console(page):
        yield page
    context.close()


def send_mail(app: Flask, pocket: Pocket) -> None:
    """Let all messages go out."""
    runner_of(app, pocket).run_due()


def open_person(page: Page, prefix: str, address: str) -> None:
    """Open the list, and in it a person."""
    page.goto(f"{prefix}/team/people")
    press(page, page.get_by_role("link", name=address))


def test_somebody_is_invited_comes_in_and_is_switched_off(
    admin: Page, visitor: Page, fielded: Flask, elsewhere: Callable[..., Any]
) -> None:
    address = "new@example.org"
    admin.goto("/team/people")
    look_at(admin)
    admin.goto("/team/people/invite")
    look_at(admin)
    press_last(admin)
    look_at(admin)
    assert admin.evaluate("document.activeElement.className") == "mend"
    admin.fill("[name=email]", address)
    admin.check("[value=workstream_lead]")
    press_last(admin)
    look_at(admin)
    assert admin.input_value("[name=email]") == address
    admin.check("[value=P1]")
    press_last(admin)
    look_at(admin)
    pocket = Pocket()
    elsewhere(send_mail, fielded, pocket)
    link = pocket.link()
    visitor.goto(link)
    look_at(visitor)
    press_last(visitor)
    look_at(visitor)
    visitor.fill("[name=password]", WORDS)
    visitor.fill("[name=password_confirm]", WORDS)
    press_last(visitor)
    assert re.search(r"/team/sign-in$", visitor.url)
    visitor.goto(link)
    look_at(visitor)
    visitor.goto("/team/sign-in")
    visitor.fill("[name=email]", address)
    visitor.fill("[name=password]", WORDS)
    press_last(visitor)
    assert re.search(r"/team$", visitor.url)
    open_person(admin, "", address)
    look_at(admin)
    for end in ("sign-out", "switch-off"):
        press(admin, admin.locator(f"a[href$={end}]"))
        look_at(admin)
        press_last(admin)
    look_at(admin)
    visitor.reload()
    assert "/team/sign-in" in visitor.url


def test_the_pages_are_sound_from_right_to_left(admin: Page) -> None:
    admin.goto("/ar-xb/team/people")
    look_at(admin)
    admin.goto("/ar-xb/team/people/invite")
    press_last(admin)
    look_at(admin)
    open_person(admin, "/ar-xb", "auditor@example.org")
    look_at(admin)
    admin.goto(f"{admin.url}/second-step")
    look_at(admin)
