"""Signing in in a real browser: a second step set up and shown, recovery codes, passkeys of a virtual device."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import delete

from tests.browser.conftest import Elsewhere
from tests.support.authenticator import code_of
from tests.support.walk_browser import NARROW, look_at, press, press_last, quiet_console

ADDRESS, PASSWORD = "sign.in@example.org", "four words that differ"
RIGHT_TO_LEFT = "/ar-xb"


@pytest.fixture
def member(live_app: Flask, elsewhere: Elsewhere) -> Iterator[str]:
    """Somebody of the SEND team with a fresh account."""
    from feedback_app.domain.scope import Role
    from feedback_app.extensions import db
    from feedback_app.services import accounts
    from feedback_app.store.accounts import User

    def add() -> None:
        with live_app.app_context(), db.session.begin():
            accounts.add_user(db.session, live_app.config["PLACES"].only.scope, ADDRESS, PASSWORD, [Role.SEND_TEAM])

    def remove() -> None:
        with live_app.app_context(), db.session.begin():
            db.session.execute(delete(User).where(User.email == ADDRESS))

    elsewhere(add)
    yield ADDRESS
    elsewhere(remove)


@pytest.fixture
def context(browser: Browser, browser_context_args: dict[str, object], base_url: str) -> Iterator[BrowserContext]:
    """A browser of its own, 320 px wide; passkeys belong to a name, so the site is asked for by one."""
    named = f"http://localhost:{urlsplit(base_url).port}"
    made = browser.new_context(**(browser_context_args | {"viewport": NARROW, "base_url": named}))  # type: ignore[arg-type]
    yield made
    made.close()


@contextmanager
def looked_after(context: BrowserContext) -> Iterator[Page]:
    """Yield a page whose console has to stay quiet."""
    page = context.new_page()
    with quiet_console(page):
        yield page
    page.close()


def sign_in(page: Page, prefix: str = "") -> None:
    """Send the form at the door."""
    page.goto(f"{prefix}/team/sign-in")
    page.fill("[name=email]", ADDRESS)
    page.fill("[name=password]", PASSWORD)
    press_last(page)


def sign_out(page: Page) -> None:
    """Press the button that signs out."""
    page.goto("/team/account")
    press(page, page.locator(".who button"))


def path_of(page: Page) -> str:
    """Return where the browser is."""
    return urlsplit(page.url).path


def show_code(page: Page, code: str) -> None:
    """Type a code and send it."""
    page.fill("[name=code]", code)
    press_last(page)


def test_an_app_is_set_up_and_asked_for_and_a_recovery_code_stands_in(context: BrowserContext, member: str) -> None:
    with looked_after(context) as page:
        sign_in(page)
        page.goto("/team/account")
        look_at(page)
        press(page, page.get_by_role("link", name="Set up an authenticator app"))
        look_at(page)
        assert page.locator("img.square").evaluate("picture => picture.naturalWidth") > 100
        secret = page.locator(".key .code").inner_text().strip()
        show_code(page, "000000")
        look_at(page)
        assert page.locator(".key .code").inner_text().strip() == secret
        show_code(page, code_of(secret))
        look_at(page)
        codes = page.locator(".key .code").all_inner_texts()
        assert len(codes) == 10
        press(page, page.get_by_role("button", name="I have kept them"))
        look_at(page)
        for way in ("Make new recovery codes", "Remove the app"):
            press(page, page.get_by_role("link", name=way))
            look_at(page)
            page.go_back()
        sign_out(page)
        sign_in(page)
        assert path_of(page) == "/team/sign-in/code"
        look_at(page)
        show_code(page, "12")
        look_at(page)
        assert page.evaluate("document.activeElement.className") == "mend"
        press(page, page.get_by_role("link", name="Use a recovery code"))
        look_at(page)
        show_code(page, codes[0].lower())
        assert path_of(page) == "/team"
        assert "9 recovery codes left" in page.inner_text("main")


def test_a_passkey_is_made_opens_the_door_alone_and_is_removed(context: BrowserContext, member: str) -> None:
    with looked_after(context) as page:
        device = context.new_cdp_session(page)
        device.send("WebAuthn.enable")
        added = device.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "transport": "internal",
                    "hasResidentKey": True,
                    "hasUserVerification": True,
                    "isUserVerified": True,
                }
            },
        )
        sign_in(page)
        page.goto("/team/account/passkeys/new")
        look_at(page)
        press_last(page)
        look_at(page)
        page.fill("[name=name]", "My laptop")
        press_last(page)
        assert len(page.locator(".key .code").all()) == 10
        page.goto("/team/account")
        look_at(page)
        assert "My laptop" in page.inner_text("main")
        sign_out(page)
        page.goto("/team/sign-in/passkey")
        look_at(page)
        press_last(page)
        assert path_of(page) == "/team"
        sign_out(page)
        sign_in(page)
        assert path_of(page) == "/team/sign-in/passkey"
        look_at(page)
        press_last(page)
        assert path_of(page) == "/team"
        page.goto("/team/account")
        press(page, page.get_by_role("link", name=re.compile("Remove My laptop")))
        look_at(page)
        press_last(page)
        assert "The passkey is removed" in page.inner_text("main")
        look_at(page)
        sign_out(page)
        page.goto("/team/sign-in/passkey")
        device.send("WebAuthn.setUserVerified", {"authenticatorId": added["authenticatorId"], "isUserVerified": False})
        page.locator("main form button").click()
        page.locator("[data-passkey-says=again]:not([hidden])").wait_for()
        look_at(page)


def test_the_pages_of_an_account_stand_from_right_to_left_and_without_a_script(
    browser: Browser, browser_context_args: dict[str, object], base_url: str, member: str
) -> None:
    plain = browser.new_context(
        **(browser_context_args | {"viewport": NARROW, "base_url": base_url, "java_script_enabled": False})  # type: ignore[arg-type]
    )
    page = plain.new_page()
    sign_in(page)
    page.goto("/team/account/passkeys/new")
    assert "A passkey needs JavaScript" in page.inner_text("main")
    page.fill("[name=name]", "My laptop")
    press_last(page)
    assert "The passkey was not made" in page.inner_text("main")
    page.goto("/team/account/app")
    secret = page.locator(".key .code").inner_text()
    show_code(page, code_of(secret))
    assert page.locator(".key .code").count() == 10
    plain.close()
    turned = browser.new_context(**(browser_context_args | {"viewport": NARROW, "base_url": base_url}))  # type: ignore[arg-type]
    with looked_after(turned) as page:
        page.goto(f"{RIGHT_TO_LEFT}/team/sign-in")
        look_at(page)
        sign_in(page, RIGHT_TO_LEFT)
        look_at(page)
        page.goto(f"{RIGHT_TO_LEFT}/team/sign-in/recovery-code")
        look_at(page)
    turned.close()


def test_the_password_is_asked_for_again_and_changed(context: BrowserContext, member: str) -> None:
    with looked_after(context) as page:
        sign_in(page)
        page.goto("/team/confirm?next=/team/account/app")
        look_at(page)
        press_last(page)
        look_at(page)
        page.fill("[name=password]", PASSWORD)
        press_last(page)
        assert path_of(page) == "/team/account/app"
        page.goto("/team/account/password")
        look_at(page)
        press_last(page)
        look_at(page)
        page.fill("[name=password]", PASSWORD)
        for name in ("new_password", "new_password_confirm"):
            page.fill(f"[name={name}]", "five other words that differ")
        press_last(page)
        assert path_of(page) == "/team/account"
        page.goto(f"{RIGHT_TO_LEFT}/team/account")
        look_at(page)
        press_last(page)
        look_at(page)
        assert path_of(page) == f"{RIGHT_TO_LEFT}/team/sign-in"
