"""Text twice as large, chosen colours, and no motion: nothing is lost, nothing scrolls sideways."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.support.axe import check_page
from tests.support.visitors import Visitors, set_text
from tests.support.walk_browser import begin, check_fits, page_id, press_last, press_next, walk

VIEWS = pytest.mark.parametrize(
    ("prefix", "width"),
    [("", 360), ("/ar-xb", 360), ("", 1280)],
    ids=["english-phone", "right-to-left-phone", "english-desk"],
)
PLAIN = ("/", "/help", "/privacy", "/accessibility", "/cookies", "/contact", "/surveys/powar/privacy", "/come-back",
         "/delete-my-answers", "/team/sign-in", "/nowhere")  # fmt: skip
USUAL, TWICE = 16, 32  # px


def words_of(page: Page) -> list[str]:
    """Return the words that can be seen in the main part."""
    return page.inner_text("main").split()


def check_twice(page: Page) -> None:
    """Compare a page with itself at twice the size of text."""
    set_text(page, USUAL, USUAL)
    words = words_of(page)
    small = page.evaluate("parseFloat(getComputedStyle(document.querySelector('main')).fontSize)")
    set_text(page, TWICE, TWICE)
    large = page.evaluate("parseFloat(getComputedStyle(document.querySelector('main')).fontSize)")
    assert large == pytest.approx(2 * small)
    assert words_of(page) == words
    check_fits(page)


@pytest.fixture
def reader(visitors: Visitors) -> Iterator[Any]:
    """A function that opens a new visitor's page, with what is particular about the visitor."""
    with ExitStack() as stack:
        yield lambda **particular: stack.enter_context(visitors.welcome(**particular))


@VIEWS
@pytest.mark.parametrize("slug", ["ehc-plan", "powar", "send-pictures"])
def test_a_survey_can_be_answered_with_text_twice_as_large(
    reader: Any, fielded: Flask, slug: str, prefix: str, width: int
) -> None:
    page = reader(viewport={"width": width, "height": 740})

    def with_errors(now: Page) -> None:
        check_twice(now)
        if now.locator("main [type=radio]").count():
            press_next(now)
            check_twice(now)

    page.goto(f"{prefix}/surveys/{slug}")
    check_twice(page)
    begin(page, f"{prefix}/surveys/{slug}")
    walk(page, {}, with_errors)
    check_twice(page)
    press_last(page)
    assert page_id(page) == "sent"
    check_twice(page)


@VIEWS
def test_the_other_pages_can_be_read_with_text_twice_as_large(
    reader: Any, fielded: Flask, prefix: str, width: int
) -> None:
    page = reader(viewport={"width": width, "height": 740})
    for address in PLAIN:
        page.goto(prefix + address)
        check_twice(page)


@pytest.mark.parametrize("slug", ["ehc-plan", "powar", "send-pictures"])
def test_chosen_colours_keep_what_is_chosen_apart(reader: Any, fielded: Flask, slug: str) -> None:
    page = reader(forced_colors="active")
    begin(page, f"/surveys/{slug}")
    for _ in range(6):
        if not page.locator(".answer").count():
            break
        page.locator(".answer").first.click()
        chosen, other = (page.locator(".answer").nth(at).evaluate(_LOOKS) for at in (0, 1))
        assert chosen != other
        check_page(page)
        for group in page.locator("main form fieldset").all():
            group.locator(".answer").first.click()
        press_next(page)


# A control drawn by the browser itself shows what is chosen in any colours; ours also rings the row.
_LOOKS = """row => {
  const input = row.querySelector('input');
  return [getComputedStyle(row).outlineStyle, getComputedStyle(input).appearance, input.checked].join(' ');
}"""


def test_nothing_moves_for_whoever_asks_for_no_motion(reader: Any, fielded: Flask) -> None:
    moved = {}
    for motion in ("reduce", "no-preference"):
        page = reader(reduced_motion=motion)
        begin(page, "/surveys/helpline")
        page.locator(".answer").first.hover()
        page.mouse.down()
        moved[motion] = page.locator(".answer").first.evaluate("row => getComputedStyle(row).transform")
        page.mouse.up()
        assert page.evaluate("document.getAnimations().length") == 0
        durations = page.evaluate(
            "() => [...document.querySelectorAll('*')].map((part) => getComputedStyle(part).transitionDuration)"
        )
        assert set(durations) <= {"0s"}
    assert moved["reduce"] == "none"
    assert moved["no-preference"] != "none"
