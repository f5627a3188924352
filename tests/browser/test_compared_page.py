"""The page of what changed between two waves: sound on a small phone and from right to left, charts in their room."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.support.walk_browser import look_at, press

PREFIXES = pytest.mark.parametrize("prefix", ["", "/ar-xb"], ids=["english", "right-to-left"])
OUTSIDE_THEIR_LANE = """() => [...document.querySelectorAll('.lane')].flatMap(lane => {
  const room = lane.getBoundingClientRect();
  return [...lane.querySelectorAll('rect, circle, line, text')].filter(mark => {
    const box = mark.getBoundingClientRect();
    return box.left < room.left - 1 || box.right > room.right + 1;
  }).map(mark => mark.outerHTML);
})"""
CENTRES = """() => [...document.querySelectorAll('.measure:not(.measure--axis) .lane')].map(lane => {
  const room = lane.getBoundingClientRect(), zero = lane.querySelector('.zero').getBoundingClientRect();
  return Math.round(zero.left + zero.width / 2 - room.left - room.width / 2);
})"""
AXIS_TOP = "() => Math.round(document.querySelector('.measure--axis').getBoundingClientRect().top)"


def compared(page: Page, survey: str) -> str:
    """Return the address of the page that compares a survey's open wave with the one before."""
    slugs = page.locator("main h2 a").evaluate_all("found => found.map(link => link.pathname.split('/').pop())")
    now, before = sorted((slug for slug in slugs if slug.rpartition("-")[0] == survey), reverse=True)
    return f"/team/waves/{now}/compared-with/{before}"


@PREFIXES
@pytest.mark.parametrize("survey", ["send-parents", "send-pictures", "helpline"])
def test_the_page_is_sound_with_its_tables_open(lead: Page, prefix: str, survey: str) -> None:
    lead.goto(prefix + compared(lead, survey))
    look_at(lead)
    lead.locator("summary").evaluate_all("found => found.forEach(one => one.click())")
    look_at(lead)


@PREFIXES
@pytest.mark.parametrize("width", [320, 1280])
def test_marks_keep_to_their_lane_with_no_change_in_the_middle(lead: Page, prefix: str, width: int) -> None:
    address = compared(lead, "send-parents")
    lead.set_viewport_size({"width": width, "height": 800})
    lead.goto(prefix + address)
    assert lead.evaluate(OUTSIDE_THEIR_LANE) == []
    assert set(lead.evaluate(CENTRES)) == {0}


def test_the_axis_stays_in_sight_while_its_changes_go_by(lead: Page) -> None:
    lead.goto(compared(lead, "send-parents"))
    lead.locator("#s-core .measure").nth(8).evaluate("one => one.scrollIntoView()")
    assert lead.evaluate(AXIS_TOP) == 0


def test_the_table_opens_by_keyboard_and_holds_every_change(lead: Page) -> None:
    lead.goto(compared(lead, "send-parents"))
    lead.locator("#s-core summary").focus()
    lead.keyboard.press("Enter")
    rows = lead.locator("#s-core tbody tr")
    assert rows.first.is_visible()
    assert rows.count() == lead.locator("#s-core .measure:not(.measure--axis)").count() > 1


@PREFIXES
def test_waves_in_the_wrong_order_are_refused_soundly(lead: Page, prefix: str) -> None:
    now, before = compared(lead, "send-parents").removeprefix("/team/waves/").split("/compared-with/")
    reply = lead.goto(f"{prefix}/team/waves/{before}/compared-with/{now}")
    assert reply is not None
    assert reply.status == 400
    look_at(lead)
    press(lead, lead.locator("main .btn"))
    assert lead.locator(".measure").count() > 1
