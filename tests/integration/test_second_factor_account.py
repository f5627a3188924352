"""One's own account: the password again before what matters, another password, signing out everywhere."""

from __future__ import annotations

import threading
import time

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from feedback_app.services import accounts
from feedback_app.store.accounts import User
from feedback_app.store.audit import wait_for_turn
from feedback_app.store.tables import AuditEntry, OutboxJob
from tests.support.accounts import ADDRESS, PASSWORD, add_lead, post, sign_in
from tests.support.authenticator import visitor
from tests.support.client import CheckedClient

OTHER = "five other words that differ"
CHANGE, CONFIRM, OVERVIEW = "/team/account/password", "/team/confirm", "/team/account"
GUARDED = tuple(f"{OVERVIEW}/{what}" for what in ("app", "app/remove", "recovery-codes", "passkeys/new"))
# About pages, not about how a database answers: once is enough.
pages = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def lead(db: Session, app: Flask) -> None:
    """A workstream lead who can sign in."""
    add_lead(db, app.config["PLACES"].only.scope)


def actions(db: Session) -> list[str]:
    """Return what the audit log says was done."""
    db.rollback()
    return list(db.scalars(select(AuditEntry.action).order_by(AuditEntry.number)))


def change(client: CheckedClient, now: str = PASSWORD, new: str = OTHER, again: str | None = None) -> int:
    """Choose another password; return the status of the answer."""
    given = {"password": now, "new_password": new, "new_password_confirm": new if again is None else again}
    page = post(client, CHANGE, client.get(CHANGE), **given)
    assert PASSWORD not in page.text
    assert OTHER not in page.text
    return page.status_code


@pages
def test_ones_own_account_says_who_one_is_and_what_one_may_do(client: CheckedClient) -> None:
    assert client.get(OVERVIEW).status_code == 302
    sign_in(client)
    page = client.get(OVERVIEW)
    assert ADDRESS in page.text
    assert "Workstream lead" in page.text
    assert "A second step stops that" in page.text


@pages
def test_what_opens_an_account_is_changed_only_after_the_password(client: CheckedClient) -> None:
    with time_machine.travel("2026-11-02 09:00 +0000", tick=False) as clock:
        sign_in(client)
        assert client.get(GUARDED[0]).status_code == 200
        clock.shift(901)
        assert client.get(OVERVIEW).status_code == 200
        for address in GUARDED:
            assert client.get(address).location == f"{CONFIRM}?next={address}"
            assert post(client, address, client.get(OVERVIEW)).location == CONFIRM
        asked = client.get(CONFIRM, query_string={"next": GUARDED[0]})
        wrong = post(client, CONFIRM, asked, password="wrong", next=GUARDED[0])
        assert wrong.status_code == 422
        assert client.get(GUARDED[0]).status_code == 302
        assert post(client, CONFIRM, asked, password=PASSWORD, next=GUARDED[0]).location == GUARDED[0]
        assert client.get(GUARDED[0]).status_code == 200


@pages
def test_the_page_that_asks_again_leads_to_this_site_only_and_counts_tries(client: CheckedClient) -> None:
    with time_machine.travel("2026-11-02 09:00 +0000", tick=False):
        sign_in(client)
        page = client.get(CONFIRM, query_string={"next": "https://evil.example"})
        assert "evil.example" not in page.text
        sent = post(client, f"{CONFIRM}?next=//evil.example", page, password=PASSWORD, next="//evil.example")
        assert sent.location == OVERVIEW
        for _ in range(accounts.FREE_TRIES):
            assert post(client, CONFIRM, page, password="wrong").status_code == 422
        assert post(client, CONFIRM, page, password=PASSWORD).status_code == 429


def test_another_password_ends_every_other_session(client: CheckedClient, app: Flask, db: Session) -> None:
    sign_in(client)
    other = visitor(app)
    sign_in(other)
    assert change(client) == 302
    assert "Your new password is kept" in client.get(OVERVIEW).text
    assert other.get("/team").status_code == 302
    assert sign_in(visitor(app)).status_code == 422
    assert sign_in(visitor(app), password=OTHER).status_code == 302
    assert actions(db) == ["signed in", "signed in", "password changed", "signed in"]
    (message,) = db.scalars(select(OutboxJob.payload)).all()
    assert message["to"] == ADDRESS
    assert "was changed just now" in message["text"]


@pages
def test_a_password_that_cannot_be_changed_is_told_in_a_sentence(client: CheckedClient) -> None:
    sign_in(client)
    page = client.get(CHANGE)
    for now, new, again, said in (
        ("wrong", OTHER, OTHER, "This is not your password"),
        ("", OTHER, OTHER, "Write your password"),
        (PASSWORD, "short", "short", "Use at least 12"),
        (PASSWORD, "aaaaaaaaaaaa", "aaaaaaaaaaaa", "repeats the same few signs"),
        (PASSWORD, OTHER, "something else", "The two passwords are not the same"),
        (PASSWORD, PASSWORD, PASSWORD, "Choose another one"),
        (PASSWORD, "", "", "Write your password"),
    ):
        answer = post(client, CHANGE, page, password=now, new_password=new, new_password_confirm=again)
        assert answer.status_code == 422
        assert said in answer.text
        assert answer.text.count("<title>Error:") == 1


@pages
def test_guessing_the_password_on_the_page_that_changes_it_is_slow(client: CheckedClient) -> None:
    with time_machine.travel("2026-11-02 09:00 +0000", tick=False):
        sign_in(client)
        for _ in range(accounts.FREE_TRIES):
            assert change(client, now="wrong") == 422
        assert change(client) == 429


def test_signing_out_everywhere_ends_every_session(client: CheckedClient, app: Flask, db: Session) -> None:
    sign_in(client)
    other = visitor(app)
    sign_in(other)
    page = client.get(OVERVIEW)
    assert client.get(f"{OVERVIEW}/sign-out-everywhere").status_code == 405
    assert post(client, f"{OVERVIEW}/sign-out-everywhere", page).location == "/team/sign-in"
    assert "signed out on every device" in client.get("/team/sign-in").text
    assert client.get("/team").status_code == other.get("/team").status_code == 302
    assert actions(db)[-1] == "signed out everywhere"


@pages
def test_after_twelve_hours_everybody_signs_in_again(client: CheckedClient) -> None:
    with time_machine.travel("2026-11-02 09:00 +0000", tick=False) as clock:
        sign_in(client)
        for _ in range(13):
            assert client.get("/team").status_code == 200
            clock.shift(3300)
        clock.shift(12 * 3600 - 13 * 3300)
        assert client.get("/team").status_code == 200
        clock.shift(1)
        assert client.get("/team").status_code == 302


@pages
def test_after_an_hour_without_a_page_one_signs_in_again_and_so_does_whoever_has_an_old_copy(
    client: CheckedClient, app: Flask
) -> None:
    with time_machine.travel("2026-11-02 09:00 +0000", tick=False) as clock:
        sign_in(client)
        client.get("/team")
        thief, old = visitor(app), client.get_cookie("feedback")
        assert old is not None
        thief.set_cookie("feedback", old.value)
        clock.shift(300)
        assert "Set-Cookie" not in client.get("/team").headers
        clock.shift(3300)
        assert "Set-Cookie" in client.get("/team").headers
        clock.shift(1)
        assert thief.get("/team").status_code == 302
        clock.shift(3599)
        assert client.get("/team").status_code == 200
        clock.shift(3601)
        assert client.get("/team").status_code == 302


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_signing_out_everywhere_and_an_administrator_do_not_wait_for_each_other(
    client: CheckedClient, app: Flask, db: Session
) -> None:
    sign_in(client)
    page, answers = client.get(OVERVIEW), []
    db.execute(select(User.id).with_for_update())
    leaving = threading.Thread(
        target=lambda: answers.append(post(client, f"{OVERVIEW}/sign-out-everywhere", page).location)
    )
    leaving.start()
    until, waiting = time.monotonic() + 20, text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    while not db.scalar(waiting) and time.monotonic() < until:
        time.sleep(0.05)
    wait_for_turn(db, app.config["PLACES"].only.scope)
    db.commit()
    leaving.join()
    assert answers == ["/team/sign-in"]


@pages
def test_a_cookie_from_before_does_not_open_the_account_after_signing_out_everywhere(
    client: CheckedClient, app: Flask
) -> None:
    sign_in(client)
    cookie = client.get_cookie("feedback")
    assert cookie is not None
    post(client, f"{OVERVIEW}/sign-out-everywhere", client.get(OVERVIEW))
    thief = visitor(app)
    thief.set_cookie("feedback", cookie.value)
    assert thief.get("/team").status_code == 302
