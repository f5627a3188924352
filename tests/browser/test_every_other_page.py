"""Every page that is no question: front, help, codes, errors, staff; English and from right to left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.support.application import migrate, running_application
from tests.support.databases import sqlite_url
from tests.support.server import serving
from tests.support.surveys import field, real_survey
from tests.support.walk_browser import (
    begin,
    fill_in,
    look_at,
    page_id,
    press_last,
    press_next,
    receipt_of,
    walk,
)

PREFIXES = pytest.mark.parametrize("prefix", ["", "/ar-xb"], ids=["english", "right-to-left"])
PLAIN = ("/", "/help", "/privacy", "/accessibility", "/cookies", "/contact", "/languages", "/come-back",
         "/delete-my-answers")  # fmt: skip
NOTICES = ("send-parents", "powar", "send-pictures")  # one of each voice
LOST = ("/no/such/page", "/surveys/nothing-here", "/surveys/helpline/1/hl1", "/surveys/helpline/1/check")
TEAM = ("/team", "/team/roles", "/team/components")
BY_GROUP = ("provision", "district/PC06", "locality/PC06?with=provision", "age_band/PC22", "wave/PC20?with=locality")
PASSWORD_LINK = "/team/new-password/not-a-link-of-ours"


def status_of(page: Page, address: str) -> int:
    """Open an address and return the status of the page."""
    reply = page.goto(address)
    assert reply is not None
    return reply.status


@PREFIXES
def test_the_pages_anybody_can_open_are_sound(narrow: Page, fielded: Flask, prefix: str) -> None:
    for address in PLAIN:
        assert status_of(narrow, prefix + address) == 200
        look_at(narrow)


@PREFIXES
def test_the_privacy_notices_of_surveys_are_sound(narrow: Page, fielded: Flask, prefix: str) -> None:
    for slug in NOTICES:
        assert status_of(narrow, f"{prefix}/surveys/{slug}/privacy") == 200
        look_at(narrow)


@PREFIXES
def test_pages_for_addresses_that_lead_nowhere_are_sound(narrow: Page, fielded: Flask, prefix: str) -> None:
    for address in LOST:
        assert status_of(narrow, prefix + address) == 404
        look_at(narrow)


@PREFIXES
@pytest.mark.parametrize("address", ["/come-back", "/delete-my-answers"])
def test_a_code_that_is_not_known_is_said_soundly(narrow: Page, fielded: Flask, prefix: str, address: str) -> None:
    narrow.goto(prefix + address)
    narrow.fill("#code", "K7F2 2MQ0 9XTA")
    press_last(narrow)
    assert narrow.evaluate("document.activeElement.className") == "mend"
    look_at(narrow)


@PREFIXES
def test_deleting_what_was_sent_is_sound_from_the_code_to_the_end(narrow: Page, fielded: Flask, prefix: str) -> None:
    begin(narrow, f"{prefix}/surveys/training-follow-up")
    walk(narrow, {})
    press_last(narrow)
    code = receipt_of(narrow)
    narrow.goto(f"{prefix}/delete-my-answers")
    narrow.fill("#code", code.lower())
    press_last(narrow)
    look_at(narrow)
    press_last(narrow)
    assert page_id(narrow) == "done"
    look_at(narrow)


@PREFIXES
@pytest.mark.parametrize(("slug", "picks"), [("send-pictures", {"CE00": 3}), ("send-16-to-25", {"CA00": 3})])
def test_the_page_for_somebody_who_answers_in_anothers_place_is_sound(
    narrow: Page, fielded: Flask, prefix: str, slug: str, picks: dict[str, int]
) -> None:
    begin(narrow, f"{prefix}/surveys/{slug}")
    fill_in(narrow, picks)
    press_next(narrow)
    assert page_id(narrow) == "hand-over"
    look_at(narrow)


@PREFIXES
def test_a_page_that_was_open_too_long_is_shown_again_soundly(narrow: Page, fielded: Flask, prefix: str) -> None:
    begin(narrow, f"{prefix}/surveys/helpline")
    fill_in(narrow, {"HL1": 2})
    narrow.context.clear_cookies()
    with narrow.expect_navigation() as found:
        narrow.locator("button[value=next]").click()
    assert found.value.status == 400
    assert narrow.locator("[name=HL1][value='2']").is_checked()
    look_at(narrow)
    press_next(narrow)
    assert page_id(narrow) == "hl2"


@PREFIXES
def test_a_form_without_its_cookie_is_answered_soundly(narrow: Page, fielded: Flask, prefix: str) -> None:
    narrow.goto(f"{prefix}/come-back")
    narrow.context.clear_cookies()
    with narrow.expect_navigation() as found:
        narrow.locator("main form button").click()
    assert found.value.status == 400
    look_at(narrow)


@PREFIXES
def test_a_half_way_survey_is_offered_again_and_can_be_thrown_away(narrow: Page, fielded: Flask, prefix: str) -> None:
    begin(narrow, f"{prefix}/surveys/powar")
    fill_in(narrow, {})
    press_next(narrow)
    narrow.goto(f"{prefix}/surveys/powar")
    look_at(narrow)
    narrow.goto(f"{prefix}/surveys/powar/1/stop")
    press_last(narrow)
    assert narrow.locator("[role=status]").count() == 1
    look_at(narrow)


def sign_in(page: Page, prefix: str, email: str) -> None:
    """Sign in as one of the demonstration's staff."""
    from feedback_app.services.accounts import DEMONSTRATION_PASSWORD

    page.goto(f"{prefix}/team/sign-in")
    page.fill("[name=email]", email)
    page.fill("[name=password]", DEMONSTRATION_PASSWORD)
    press_last(page)


@PREFIXES
def test_the_pages_for_signing_in_are_sound(narrow: Page, fielded: Flask, prefix: str) -> None:
    for address in ("/team/sign-in", "/team/new-password", PASSWORD_LINK):
        narrow.goto(prefix + address)
        look_at(narrow)
    narrow.goto(f"{prefix}/team/sign-in")
    press_last(narrow)
    look_at(narrow)


@PREFIXES
def test_the_pages_of_the_team_are_sound(narrow: Page, fielded: Flask, prefix: str) -> None:
    sign_in(narrow, prefix, "send.team@example.org")
    for address in TEAM:
        assert status_of(narrow, prefix + address) == 200
        look_at(narrow)
    narrow.goto(f"{prefix}/team")
    links = narrow.locator("main h2 a").evaluate_all("found => found.map(link => link.href)")
    assert len(links) == 26
    for link in links[::5]:
        assert status_of(narrow, link) == 200
        look_at(narrow)
    parents = next(link for link in links if "/send-parents-" in link)
    for address in BY_GROUP:
        assert status_of(narrow, f"{parents}/by/{address}") == 200
        look_at(narrow)
    assert status_of(narrow, f"{parents}/by/district/PC06?with=locality") == 400
    look_at(narrow)
    assert status_of(narrow, f"{links[0]}/rows") == 200
    look_at(narrow)
    press_last(narrow)
    look_at(narrow)


@PREFIXES
def test_the_page_for_another_role_is_sound(narrow: Page, fielded: Flask, prefix: str) -> None:
    sign_in(narrow, prefix, "lead@example.org")
    narrow.goto(f"{prefix}/team")
    link = narrow.locator("main h2 a").first.evaluate("link => link.href")
    assert status_of(narrow, f"{link}/rows") == 403
    look_at(narrow)


@pytest.fixture(scope="module")
def troubled(tmp_path_factory: pytest.TempPathFactory, elsewhere: Callable[..., Any]) -> Iterator[str]:
    """The address of the same program on a database without tables, as after a disk that failed."""
    url = sqlite_url(tmp_path_factory.mktemp("troubled") / "empty.sqlite")
    with ExitStack() as stack:
        app: Flask = elsewhere(stack.enter_context, running_application(url, pseudo_languages=True))
        with serving(app) as address:
            yield address
        elsewhere(stack.close)


@PREFIXES
def test_the_page_for_a_database_that_is_away_is_sound(narrow: Page, troubled: str, prefix: str) -> None:
    assert status_of(narrow, f"{troubled}{prefix}/surveys/helpline") == 503
    look_at(narrow)


@contextmanager
def _closed_app(url: str) -> Iterator[Flask]:
    migrate(url)
    with running_application(url, pseudo_languages=True) as app:
        yesterday = datetime.now(UTC).date() - timedelta(days=1)
        field(app, real_survey("helpline"), closed_from=yesterday)
        yield app


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory, elsewhere: Callable[..., Any]) -> Iterator[str]:
    """The address of the same program with one survey, closed since yesterday."""
    url = sqlite_url(tmp_path_factory.mktemp("closed") / "closed.sqlite")
    with ExitStack() as stack:
        app: Flask = elsewhere(stack.enter_context, _closed_app(url))
        with serving(app) as address:
            yield address
        elsewhere(stack.close)


@PREFIXES
def test_the_page_of_a_closed_survey_and_an_empty_front_are_sound(narrow: Page, closed: str, prefix: str) -> None:
    assert status_of(narrow, f"{closed}{prefix}/surveys/helpline") == 410
    look_at(narrow)
    assert status_of(narrow, f"{closed}{prefix}/") == 200
    look_at(narrow)
