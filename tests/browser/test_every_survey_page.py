"""Every page of every survey, English and from right to left: axe, 320 px, a quiet console, one cookie."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.support.covering import Way, ways_through
from tests.support.surveys import real_survey
from tests.support.walk_browser import (
    NARROW,
    WrongOnPage,
    begin,
    is_question,
    look_at,
    page_id,
    press_last,
    press_next,
    quiet_console,
    receipt_of,
    walk,
)

SURVEYS = (
    "complaint_handling",
    "ehcp_process",
    "helpline",
    "local_offer",
    "powar_quick",
    "send_11_15",
    "send_16_25",
    "send_parents",
    "send_pictures",
    "staff_views",
    "talk_feedback",
    "training",
    "training_follow_up",
)


def query(way: Way) -> str:
    """Return what a link adds to an address to tell its context."""
    return "?" + "&".join(f"{name}={value}" for name, value in way.context.items()) if way.context else ""


def look_twice(page: Page, seen: set[str]) -> None:
    """Look at a page of questions, then at the same with nothing chosen and its errors shown."""
    if page_id(page) in seen:
        return
    seen.add(page_id(page))
    look_at(page)
    if not page.locator("main :is([type=radio], [type=checkbox])").count():
        return  # an empty box of words is no mistake
    press_next(page)
    focused = page.evaluate("document.activeElement.className")
    if focused != "mend":
        raise WrongOnPage(f"{page.url}: not the summary of errors has the focus, but {focused!r}.")
    look_at(page)


@pytest.mark.parametrize("prefix", ["", "/ar-xb"], ids=["english", "right-to-left"])
@pytest.mark.parametrize("name", SURVEYS)
def test_every_page_of_a_survey_is_sound(
    browser: Browser, browser_context_args: dict[str, object], base_url: str, fielded: Flask, name: str, prefix: str
) -> None:
    instrument = real_survey(name)
    seen: set[str] = set()
    for way in ways_through(instrument):
        context = browser.new_context(**(browser_context_args | {"viewport": NARROW, "base_url": base_url}))
        page = context.new_page()
        with quiet_console(page):
            start = f"{prefix}/surveys/{instrument.slug}{query(way)}"
            page.goto(start)
            first = not seen
            if first:
                look_at(page)
            begin(page, start)
            assert is_question(page)
            if first:
                look_aside(page)
            walk(page, way.picks, lambda now: look_twice(now, seen))
            assert page_id(page) == "check"
            if first:
                look_at(page)
            press_last(page)
            assert len(receipt_of(page)) == 14
            if first:
                look_at(page)
        context.close()
    assert seen == set(instrument.pages)


def look_aside(page: Page) -> None:
    """Look at the pages beside the questions: saved, stopping, checking with nothing answered yet."""
    here = page.url
    for beside in ("saved", "stop", "check"):
        page.goto(f"{here.rpartition('/')[0]}/{beside}")
        look_at(page)
    page.goto(here)
