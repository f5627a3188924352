"""The reading room in the browser: by keyboard alone, on a small phone without JavaScript, sound from right to left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.support.commented import add_comment
from tests.support.walk_browser import look_at, press, press_last

ROOM = "/team/reading"
WIDE, SMALL = (
    {"width": 1280, "height": 2000},
    {"width": 360, "height": 2000},
)  # tall: nothing lies under the thumb's bar


def write(app: Flask) -> None:
    """Let some people write in a wave of the demonstration what the program is not sure of."""
    from feedback_app.extensions import db
    from feedback_app.store.waves import list_waves

    with app.app_context():
        wave = next(
            one for one in list_waves(db.session, app.config["PLACES"].only.scope) if one.survey_slug == "send-parents"
        )
        for at in range(4):
            add_comment(db.session, wave, f"The taxi never came, {at} times.", {"TRANSPORT": 0.5}, evidence=[(4, 8)])


@pytest.fixture(scope="module")
def written(fielded: Flask, elsewhere: Callable[..., Any]) -> None:
    """Comments that wait to be read."""
    elsewhere(write, fielded)


def reader(browser: Browser, arguments: dict[str, object], base_url: str, **more: object) -> Page:
    """Return the page of somebody of the SEND team."""
    from feedback_app.services.accounts import DEMONSTRATION_PASSWORD

    page = browser.new_context(**(arguments | {"base_url": base_url} | more)).new_page()
    page.goto("/team/sign-in")
    page.fill("[name=email]", "send.team@example.org")
    page.fill("[name=password]", DEMONSTRATION_PASSWORD)
    press_last(page)
    return page


def chosen(page: Page) -> list[str]:
    """Return what is chosen in the reader's form."""
    found: list[str] = page.locator("#reading :checked").evaluate_all("found => found.map(one => one.id)")
    return found


def ready(page: Page) -> None:
    """Wait until the keys work."""
    page.locator(".find").wait_for(state="attached")
    page.locator(".find:not([hidden])").wait_for(state="attached")


def test_a_comment_is_read_undone_and_read_again_by_keys_alone(
    browser: Browser, browser_context_args: dict[str, object], base_url: str, written: None
) -> None:
    page = reader(browser, browser_context_args, base_url, viewport=WIDE)
    page.goto(f"{ROOM}/next?about=TRANSPORT")
    ready(page)
    first = page.url
    for key in ("1", "1", "a", *"kind", "Enter", "Escape", "c"):
        page.keyboard.press(key)
    assert chosen(page) == ["said-TRANSPORT-no", "added-KIND", "valence-needs_change"]
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != first)
    ready(page)
    page.keyboard.press("z")
    page.wait_for_url(first)
    ready(page)
    assert chosen(page) == ["said-TRANSPORT-no", "added-KIND", "valence-needs_change"]
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != first)
    page.context.close()


def test_what_was_chosen_is_put_back_after_signing_in_again(
    browser: Browser, browser_context_args: dict[str, object], base_url: str, written: None
) -> None:
    page = reader(browser, browser_context_args, base_url, viewport=WIDE)
    page.goto(f"{ROOM}/next?about=TRANSPORT")
    ready(page)
    page.keyboard.press("1")
    page.keyboard.press("b")
    kept, here = chosen(page), page.url
    page.context.clear_cookies()
    page.keyboard.press("Enter")
    page.locator("#reading").wait_for(state="detached")
    page.goto("/team/sign-in")
    from feedback_app.services.accounts import DEMONSTRATION_PASSWORD

    page.fill("[name=email]", "send.team@example.org")
    page.fill("[name=password]", DEMONSTRATION_PASSWORD)
    press_last(page)
    page.goto(here)
    ready(page)
    assert chosen(page) == kept
    page.context.close()


def test_the_room_is_sound_and_works_on_a_phone_without_javascript(
    browser: Browser, browser_context_args: dict[str, object], base_url: str, written: None
) -> None:
    page = reader(browser, browser_context_args, base_url, viewport=SMALL)
    for prefix in ("", "/ar-xb"):
        for address in ("", "/next?about=TRANSPORT", "/samples"):
            page.goto(f"{prefix}{ROOM}{address}")
            page.locator("summary").evaluate_all("found => found.forEach(one => one.click())")
            look_at(page)
    page.context.close()
    page = reader(browser, browser_context_args, base_url, viewport=SMALL, java_script_enabled=False)
    page.goto(f"{ROOM}/next?about=TRANSPORT")
    first = page.url
    press(page, page.locator("#save"))
    assert page.locator(".mend li").count() == 2
    page.locator("label:has(#said-TRANSPORT-yes)").click()
    page.locator("label:has(#valence-going_well)").click()
    press(page, page.locator("#save"))
    assert page.url != first
    assert not page.locator(".mend").count()
    page.context.close()
