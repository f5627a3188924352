"""Every page of every survey, English and from right to left: 320 px, quiet console, one cookie; each shape by axe."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page

from feedback_app.domain.instrument import Instrument
from tests.support.covering import Way, ways_through
from tests.support.surveys import real_survey
from tests.support.visitors import Visitors
from tests.support.walk_browser import (
    NARROW,
    WrongOnPage,
    begin,
    check_fits,
    check_shape,
    fill_in,
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
MIRRORED = (
    "powar_quick",
    "send_11_15",
    "send_parents",
    "send_pictures",
)  # each voice, each look of an answer
HELP_FOR_THE_YOUNG = ".foot :is([href='tel:999'], [href='tel:08001111'])"  # on every page of theirs


def query(way: Way) -> str:
    """Return what a link adds to an address to tell its context."""
    return "?" + "&".join(f"{name}={value}" for name, value in way.context.items()) if way.context else ""


class Looking:
    """Looks at each page of a survey once, and once more with its errors shown."""

    def __init__(self, instrument: Instrument, prefix: str) -> None:
        """Begin with no page seen; `prefix` is "" for English."""
        self.instrument, self.prefix = instrument, prefix
        self.seen: set[str] = set()

    def at_question(self, page: Page) -> None:
        """Look at a page of questions that has not been seen; leave it unanswered."""
        if page_id(page) in self.seen:
            return
        self.seen.add(page_id(page))
        look_at(page)
        assert not self.instrument.minors or page.locator(HELP_FOR_THE_YOUNG).count() == 2
        if not page.locator("main :is([type=radio], [type=checkbox])").count():
            return  # an empty box of words is no mistake
        press_next(page)
        focused = page.evaluate("document.activeElement.className")
        if focused != "mend":
            raise WrongOnPage(f"{page.url}: not the summary of errors has the focus, but {focused!r}.")
        check_fits(page)
        check_shape(page)

    def through(self, page: Page, way: Way) -> None:
        """Go the longest way, from the start to the receipt, pages beside the questions too."""
        start = self.start_of(way)
        page.goto(start)
        look_at(page)
        begin(page, start)
        here = page.url
        for beside in ("saved", "stop", "check"):
            page.goto(f"{here.rpartition('/')[0]}/{beside}")
            look_at(page)
        page.goto(here)
        walk(page, way.picks, self.at_question)
        assert page_id(page) == "check"
        look_at(page)
        press_last(page)
        assert len(receipt_of(page)) == 14
        look_at(page)

    def what_is_left(self, page: Page, way: Way) -> None:
        """Answer what decides another way, and look at the pages that only this way leads to."""
        begin(page, self.start_of(way))
        survey = page.url.rpartition("/")[0]
        for item in way.picks:
            page.goto(f"{survey}/{self.instrument.page_of[item].id}")
            if page_id(page) == self.instrument.page_of[item].id:
                fill_in(page, way.picks)
                press_next(page)
        for wanted in self.instrument.pages:
            if wanted not in self.seen:
                page.goto(f"{survey}/{wanted}")
                if page_id(page) == wanted:
                    self.at_question(page)

    def start_of(self, way: Way) -> str:
        """Return the address of the survey's start, with what a link of this way tells."""
        return f"{self.prefix}/surveys/{self.instrument.slug}{query(way)}"


@pytest.mark.parametrize(
    ("name", "prefix"),
    [pytest.param(name, "", id=f"{name}-english") for name in SURVEYS]
    + [pytest.param(name, "/ar-xb", id=f"{name}-right-to-left") for name in MIRRORED],
)
def test_every_page_of_a_survey_is_sound(visitors: Visitors, fielded: Flask, name: str, prefix: str) -> None:
    looking = Looking(real_survey(name), prefix)
    for at, way in enumerate(ways_through(looking.instrument)):
        with visitors.welcome(viewport=NARROW) as page, quiet_console(page):
            (looking.what_is_left if at else looking.through)(page, way)
    assert looking.seen == set(looking.instrument.pages)
