"""Signing in with the council's account in a real browser, at a real provider: there, consent, and back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Elsewhere
from tests.support.application import migrate, running_application
from tests.support.axe import check_page
from tests.support.databases import sqlite_url
from tests.support.openid_provider import LEAD, PASSWORD, STRANGER, Provider, address_of, running_provider
from tests.support.server import serving
from tests.support.walk_browser import COOKIE, NARROW, check_fits, press


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory, elsewhere: Elsewhere) -> Iterator[Provider]:
    """A site that trusts a real provider, which sends browsers back to it."""
    folder = tmp_path_factory.mktemp("single-sign-on")
    url = sqlite_url(folder / "live.sqlite")
    made: list[Flask] = []

    def served(environ: object, start_response: object) -> object:
        return made[0](environ, start_response)  # type: ignore[arg-type]

    with ExitStack() as stack, serving(served) as site, running_provider(folder, site) as running:  # type: ignore[arg-type]
        elsewhere(migrate, url)
        more = {"demonstration": True, "pseudo_languages": True}
        made.append(elsewhere(stack.enter_context, running_application(url, **running.settings(**more))))
        elsewhere(invite, made[0])
        yield running
        elsewhere(stack.close)


def invite(app: Flask) -> None:
    """Invite the lead."""
    from feedback_app.domain.scope import Role
    from feedback_app.extensions import db
    from tests.support.people import add_person, change_user, place_of

    with app.app_context():
        add_person(db.session, place_of(app).scope, "lead", Role.WORKSTREAM_LEAD, password=None)
        change_user(db.session, "lead@example.org", email=address_of(LEAD))


@pytest.fixture
def page(browser: Browser, browser_context_args: dict[str, object], provider: Provider) -> Iterator[Page]:
    """A browser of its own, 320 px wide."""
    arguments = browser_context_args | {"viewport": NARROW, "base_url": provider.site}
    context = browser.new_context(**arguments)  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


def go_through(page: Page, provider: Provider, name: str) -> None:
    """Answer all that the provider asks, as somebody would."""
    at_theirs = urlsplit(provider.issuer).netloc
    for _page in range(4):
        if urlsplit(page.url).netloc != at_theirs:
            return
        for field, value in (("login", name), ("password", PASSWORD)):
            if page.locator(f"input[name={field}]:visible").count():
                page.fill(f"input[name={field}]", value)
        accept = page.locator("button[name=answer][value=accept]")
        others = page.locator("form[method=post i] button[type=submit]:visible").last
        press(page, accept if accept.count() else others)


def look(page: Page) -> None:
    """Check a page of ours; the provider's cookies are there too, for it has the same host here."""
    check_page(page)
    check_fits(page)
    ours = {cookie.get("name") for cookie in page.context.cookies()}
    assert {name for name in ours if "canaille" not in str(name)} <= {COOKIE}


def path_of(page: Page) -> str:
    """Return where the browser is."""
    return urlsplit(page.url).path


def test_the_lead_goes_there_consents_and_comes_back_signed_in(page: Page, provider: Provider) -> None:
    page.goto("/team/sign-in?next=/team/account")
    look(page)
    press(page, page.get_by_role("link", name="Sign in with your council account"))
    assert page.url.startswith(provider.issuer)
    go_through(page, provider, LEAD)
    assert path_of(page) == "/team/sign-in/council/first"
    look(page)
    press(page, page.get_by_role("button", name="Yes, this is mine"))
    assert path_of(page) == "/team/account"
    look(page)
    press(page, page.locator(".who button"))
    page.goto("/ar-xb/team/sign-in")
    look(page)
    page.goto("/ar-xb/team/sign-in/council")  # the provider still knows the browser
    assert path_of(page) == "/ar-xb/team"


def test_whoever_has_no_account_here_is_told_whom_to_ask(page: Page, provider: Provider) -> None:
    page.goto("/team/sign-in/council")
    go_through(page, provider, STRANGER)
    assert path_of(page) == "/team/sign-in/council/back"
    assert "You have no account here" in page.inner_text("h1")
    look(page)
    page.reload()
    assert "You are not signed in" in page.inner_text("h1")
    look(page)
