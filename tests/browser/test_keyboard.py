"""From the front page to the receipt with a keyboard alone, focus always in sight; with scripts and without."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.support.demonstrated import count_answers
from tests.support.visitors import Visitors
from tests.support.walk_browser import begin, is_question, page_id, receipt_of

MOST_TABS = 90
SCRIPTS = pytest.mark.parametrize("phone", [True, False], ids=["scripts", "no-scripts"], indirect=True)

# Where the focus is: its address, words and value, whether it can be seen, and whether it lies in the window.
_FOCUS = """() => {
  const now = document.activeElement;
  const shown = now.closest('.answer, .card') || now;
  const ring = [now, shown].some((part) => {
    const style = getComputedStyle(part);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  });
  const box = shown.getBoundingClientRect();
  return {
    tag: now.tagName, id: now.id, type: now.type || '', name: now.name || '', value: now.value || '',
    href: now.getAttribute('href') || '', ring, checked: !!now.checked,
    inside: box.top < innerHeight && box.bottom > 0 && box.width > 0,
  };
}"""
Focus = dict[str, Any]


@pytest.fixture
def phone(request: pytest.FixtureRequest, visitors: Visitors) -> Iterator[Page]:
    """A new visitor on a phone 360 px wide, with scripts or without."""
    with visitors.welcome(java_script_enabled=request.param) as page:
        yield page


def focus(page: Page) -> Focus:
    """Return where the focus is; it has to be seen, but on the main part, where the skip link leads."""
    now: Focus = page.evaluate(_FOCUS)
    if now["tag"] not in ("BODY", "MAIN"):
        assert now["ring"], f"{page.url}: the focus on {now} cannot be seen"
        assert now["inside"], f"{page.url}: the focus on {now} is out of the window"
    return now


def tab_to(page: Page, wanted: Callable[[Focus], bool]) -> Focus:
    """Press Tab until the focus is where it is wanted."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        now = focus(page)
        if wanted(now):
            return now
    raise AssertionError(f"{page.url}: Tab never gets there")


def enter(page: Page) -> None:
    """Press Enter and wait for the page that it leads to."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def answer_by_keys(page: Page) -> None:
    """Answer what the page asks, the second answer of each choice, then go on with Enter on "Next"."""
    answered: set[str] = set()
    while True:
        now = tab_to(
            page, lambda found: found["tag"] in ("TEXTAREA", "BUTTON") or found["type"] in ("radio", "checkbox")
        )
        if now["tag"] == "BUTTON":
            assert now["value"] == "next"
            enter(page)
            return
        if now["name"] in answered:
            continue
        answered.add(now["name"])
        if now["tag"] == "TEXTAREA":
            page.keyboard.type("Kind and quick")
        elif now["type"] == "radio":
            page.keyboard.press("ArrowDown")
            assert focus(page)["checked"]
        else:
            page.keyboard.press("Space")


@SCRIPTS
def test_a_survey_is_answered_from_the_front_page_to_the_receipt(
    phone: Page, fielded: Flask, elsewhere: Callable[..., Any]
) -> None:
    before = elsewhere(count_answers, fielded, "ehc-plan")
    phone.goto("/")
    tab_to(phone, lambda now: now["href"].endswith("/surveys/ehc-plan"))
    enter(phone)
    tab_to(phone, lambda now: now["tag"] == "BUTTON")
    enter(phone)
    while is_question(phone):
        answer_by_keys(phone)
    assert page_id(phone) == "check"
    tab_to(phone, lambda now: now["tag"] == "BUTTON")
    enter(phone)
    assert len(receipt_of(phone)) == 14
    assert elsewhere(count_answers, fielded, "ehc-plan") == before + 1


@SCRIPTS
def test_the_first_tab_stop_skips_to_the_main_part(phone: Page, fielded: Flask) -> None:
    for address in ("/", "/help", "/surveys/helpline"):
        phone.goto(address)
        phone.keyboard.press("Tab")
        assert focus(phone)["href"] == "#main"
        box = phone.locator(".jump").bounding_box()
        assert box is not None
        assert box["y"] >= 0
        phone.keyboard.press("Enter")
        now = tab_to(phone, lambda _now: True)
        assert phone.evaluate("document.querySelector('main').contains(document.activeElement)"), now


@SCRIPTS
@pytest.mark.parametrize("slug", ["helpline", "powar", "ehc-plan", "complaints"])
def test_a_mistake_is_told_first_and_its_link_leads_to_the_first_answer(phone: Page, fielded: Flask, slug: str) -> None:
    begin(phone, f"/surveys/{slug}")
    phone.locator("button[value=next]").focus()
    enter(phone)
    summary = phone.locator(".mend")
    assert summary.count() == 1
    if phone.evaluate("document.activeElement.className") != "mend":  # without scripts it is the first stop in main
        tab_to(phone, lambda now: now["href"] == "#main")
        phone.keyboard.press("Enter")
    link = tab_to(phone, lambda now: now["href"].startswith("#") and now["href"] != "#main" and now["tag"] == "A")
    phone.keyboard.press("Enter")
    if focus(phone)["tag"] in ("BODY", "A"):  # the address moved on; the next stop is the field
        phone.keyboard.press("Tab")
    now = focus(phone)
    assert now["name"] == link["href"].removeprefix("#")
    assert now["type"] in ("radio", "checkbox")


@SCRIPTS
def test_every_control_of_a_question_can_be_reached_in_the_order_it_is_read(phone: Page, fielded: Flask) -> None:
    begin(phone, "/surveys/ehc-plan")
    reached: list[str] = []
    while len(reached) < MOST_TABS:
        phone.keyboard.press("Tab")
        now = focus(phone)
        if now["tag"] == "BODY":
            break
        phone.evaluate("document.activeElement.dataset.seen = '1'")
        reached.append(now["tag"])
    missed = phone.evaluate(
        """() => [...document.querySelectorAll('a[href], button, textarea, input:not([type=hidden])')]
          .filter((part) => !part.dataset.seen && part.type !== 'radio').map((part) => part.outerHTML)"""
    )
    assert missed == []
    places = phone.evaluate(
        "() => [...document.querySelectorAll('[data-seen]')].map((part) => part.getBoundingClientRect().top + scrollY)"
    )
    assert max(places) > min(places)
