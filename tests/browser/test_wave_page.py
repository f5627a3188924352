"""The page of a wave with everything open: sound on a small phone, from right to left, and with large text."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.support.visitors import set_text
from tests.support.walk_browser import check_fits, look_at

PREFIXES = pytest.mark.parametrize("prefix", ["", "/ar-xb"], ids=["english", "right-to-left"])
OPEN_ALL = "found => found.forEach(one => one.click())"
TWICE = 32  # px
OUTSIDE = """() => [...document.querySelectorAll('#who .chart')].flatMap(chart => {
  const room = chart.getBoundingClientRect();
  return [...chart.querySelectorAll('rect, circle, line, text')].filter(mark => {
    const box = mark.getBoundingClientRect();
    return box.left < room.left - 1 || box.right > room.right + 1;
  }).map(mark => mark.outerHTML);
})"""


def open_wave(page: Page, survey: str) -> str:
    """Return the address of a survey's open wave."""
    links = page.locator("main h2 a").evaluate_all("found => found.map(link => link.pathname)")
    return str(max(link for link in links if link.rpartition("/")[2].rpartition("-")[0] == survey))


@PREFIXES
@pytest.mark.parametrize("survey", ["send-parents", "send-pictures", "ehc-plan"])
def test_the_page_is_sound_with_everything_open(lead: Page, prefix: str, survey: str) -> None:
    lead.goto(prefix + open_wave(lead, survey))
    look_at(lead)
    lead.locator("summary").evaluate_all(OPEN_ALL)
    assert lead.locator("details:not([open])").count() == 0
    look_at(lead)


@PREFIXES
def test_the_chart_of_who_was_heard_keeps_to_its_room(lead: Page, prefix: str) -> None:
    lead.goto(prefix + open_wave(lead, "send-parents"))
    assert lead.locator("#who .chart circle").count() == 2
    for width in (320, 1280):
        lead.set_viewport_size({"width": width, "height": 800})
        assert lead.evaluate(OUTSIDE) == []


@PREFIXES
def test_with_text_twice_as_large_nothing_scrolls_sideways(lead: Page, prefix: str) -> None:
    lead.set_viewport_size({"width": 360, "height": 740})
    lead.goto(prefix + open_wave(lead, "send-parents"))
    set_text(lead, TWICE, TWICE)
    lead.locator("summary").evaluate_all(OPEN_ALL)
    check_fits(lead)


def test_the_keyboard_opens_how_a_figure_was_made(lead: Page) -> None:
    lead.goto(open_wave(lead, "send-parents"))
    opener = lead.locator("#PC07 .how summary")
    opener.focus()
    lead.keyboard.press("Enter")
    assert lead.locator("#PC07 .how[open] dl").is_visible()
    lead.keyboard.press("Enter")
    assert lead.locator("#PC07 .how[open]").count() == 0
