"""The auditor's pages in the browser: sound on a small phone, from right to left, without JavaScript, large."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.support.visitors import Visitors
from tests.support.walk_browser import NARROW, check_fits, look_at, press, press_last, quiet_console

PREFIXES = pytest.mark.parametrize("prefix", ["", "/ar-xb"], ids=["english", "right-to-left"])


def sign_in(page: Page, email: str) -> None:
    """Sign in as a member of the demonstration's staff."""
    from feedback_app.services.accounts import DEMONSTRATION_PASSWORD

    page.goto("/team/sign-in")
    page.fill("[name=email]", email)
    page.fill("[name=password]", DEMONSTRATION_PASSWORD)
    press_last(page)


@pytest.fixture(params=[True, False], ids=["javascript", "none"])
def auditor(request: pytest.FixtureRequest, visitors: Visitors, lead: Page) -> Iterator[Page]:
    """An auditor's page, 320 px wide, after a lead has seen a wave and was refused its rows."""
    press(lead, lead.locator("main h2 a").first)
    lead.goto(f"{lead.url}/rows")
    with visitors.welcome(viewport=NARROW, java_script_enabled=request.param) as page, quiet_console(page):
        sign_in(page, "auditor@example.org")
        yield page


@pytest.mark.parametrize("auditor", [True], indirect=True)
@PREFIXES
def test_the_log_its_filters_and_the_check_are_sound(auditor: Page, prefix: str) -> None:
    for address in (
        "",
        "?what=refused",
        "?from=yesterday",
        "?who=nobody-here",
        "?before=x",
        "/check",
        "/check?noted=5",
    ):
        auditor.goto(f"{prefix}/team/audit{address}")
        look_at(auditor)
    for width in (360, 1280):
        auditor.set_viewport_size({"width": width, "height": 800})
        auditor.goto(f"{prefix}/team/audit?what=e")
        look_at(auditor)


def test_an_auditor_looks_for_refusals_and_checks_the_log(auditor: Page) -> None:
    auditor.goto("/team")
    press(auditor, auditor.get_by_role("link", name="Audit log").first)
    auditor.locator("summary").click()
    auditor.get_by_label("What was done").fill("refused")
    press(auditor, auditor.get_by_role("button", name="Show these entries"))
    assert "lead@example.org" in auditor.locator("tbody tr").first.inner_text()
    check_fits(auditor)
    with auditor.expect_download() as kept:
        auditor.get_by_role("link", name="Take these entries with you").click()
    assert kept.value.suggested_filename == "audit-log.csv"
    press(auditor, auditor.get_by_role("link", name="Is the log as it was written?"))
    assert "Yes. All" in auditor.locator(".note").inner_text()
    auditor.get_by_label("The line that you noted").fill(auditor.locator("code.hash").inner_text())
    press(auditor, auditor.get_by_role("button", name="Check the log"))
    assert "is the one that you noted." in auditor.locator(".note").inner_text()
