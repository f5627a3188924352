"""Pages for administrators and the page of an invitation, in the browser: sound, 320 px wide, and walked to the end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page

from feedback_app.services.accounts import DEMONSTRATION_PASSWORD
from tests.support.people import Pocket, runner_of
from tests.support.visitors import Visitors
from tests.support.walk_browser import NARROW, look_at, press, press_last, quiet_console

WORDS = "five other words that differ"


@pytest.fixture
def admin(visitors: Visitors, fielded: Flask) -> Iterator[Page]:
    """An administrator's page, 320 px wide, whose console has to stay quiet."""
    with visitors.welcome(viewport=NARROW) as page, quiet_console(page):
        page.goto("/team/sign-in")
        page.fill("[name=email]", "administrator@example.org")
        page.fill("[name=password]", DEMONSTRATION_PASSWORD)
        press_last(page)
        yield page


def send_mail(app: Flask, pocket: Pocket) -> None:
    """Let all messages go out."""
    runner_of(app, pocket).run_due()


def open_person(page: Page, prefix: str, address: str) -> None:
    """Open the list, and in it a person."""
    page.goto(f"{prefix}/team/people")
    press(page, page.get_by_role("link", name=address))


def test_somebody_is_invited_comes_in_and_is_switched_off(
    admin: Page, narrow: Page, fielded: Flask, elsewhere: Callable[..., Any]
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
    narrow.goto(link)
    look_at(narrow)
    press_last(narrow)
    look_at(narrow)
    narrow.fill("[name=password]", WORDS)
    narrow.fill("[name=password_confirm]", WORDS)
    press_last(narrow)
    assert re.search(r"/team/sign-in$", narrow.url)
    narrow.goto(link)
    look_at(narrow)
    narrow.goto("/team/sign-in")
    narrow.fill("[name=email]", address)
    narrow.fill("[name=password]", WORDS)
    press_last(narrow)
    assert re.search(r"/team$", narrow.url)
    open_person(admin, "", address)
    look_at(admin)
    for end in ("sign-out", "switch-off"):
        press(admin, admin.locator(f"a[href$={end}]"))
        look_at(admin)
        press_last(admin)
    look_at(admin)
    narrow.reload()
    assert "/team/sign-in" in narrow.url


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
