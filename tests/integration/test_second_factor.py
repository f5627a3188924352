"""The second step of signing in: codes of an app, recovery codes, and what stays shut without them."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from cryptography.fernet import Fernet
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from feedback_app.domain.scope import Role
from feedback_app.services import accounts, second_factor
from feedback_app.store import sealed
from feedback_app.store.tables import AuditEntry, OutboxJob
from tests.support.accounts import ADDRESS, PASSWORD, add_lead, post, sign_in, switch_off
from tests.support.authenticator import CODE, RECOVERY, SET_UP, change_meanwhile, code_of, set_up_app, show, visitor
from tests.support.client import CheckedClient
from tests.support.people import change_user

NINE = 1_793_610_000  # the moment at which the clock stands, in seconds
# About pages, not about how a database answers: once is enough.
pages = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def clock(db: Session, app: Flask) -> Iterator[time_machine.Traveller]:
    """A standing clock, and a workstream lead who can sign in."""
    with time_machine.travel("2026-11-02 09:00 +0000", tick=False) as traveller:
        add_lead(db, app.config["PLACES"].only.scope)
        yield traveller


@pytest.fixture
def secret(client: CheckedClient) -> str:
    """The secret of an app that the lead has set up; the lead is signed in."""
    sign_in(client)
    return set_up_app(client)[0]


def actions(db: Session) -> list[tuple[str, str]]:
    """Return what the audit log says the lead did, and its reasons."""
    db.rollback()
    entries = db.scalars(select(AuditEntry).order_by(AuditEntry.number)).all()
    assert {entry.actor for entry in entries} == {ADDRESS}
    return [(entry.action, entry.reason) for entry in entries]


def test_after_the_password_the_code_of_the_app_opens(
    client: CheckedClient, app: Flask, secret: str, clock: time_machine.Traveller
) -> None:
    clock.shift(60)
    other = visitor(app)
    assert sign_in(other).location == CODE
    assert other.get("/team").status_code == 302
    assert other.get("/team/account").status_code == 302
    typed = code_of(secret)
    assert show(other, f" {typed[:3]} {typed[3:]} ").location == "/team"
    assert other.get("/team").status_code == 200


@pages
def test_a_wrong_password_reads_the_same_with_and_without_a_second_step(app: Flask, secret: str) -> None:
    with_step, unknown = sign_in(visitor(app), password="wrong"), sign_in(visitor(app), email="nobody@example.org")
    assert with_step.status_code == unknown.status_code == 422
    strip = re.compile(r'value="[^"]*"')
    assert strip.sub("", with_step.text) == strip.sub("", unknown.text)


def test_a_code_works_once_and_none_before_it_does_afterwards(
    app: Flask, secret: str, clock: time_machine.Traveller
) -> None:
    clock.shift(60)
    first, second = visitor(app), visitor(app)
    sign_in(first)
    sign_in(second)
    before, now = code_of(secret, NINE + 30), code_of(secret, NINE + 60)
    assert show(first, now).status_code == 302
    again = show(second, now)
    assert again.status_code == 422
    assert "Each code works once" in again.text
    assert show(second, before).status_code == 422
    assert second.get("/team").status_code == 302


def test_of_several_who_show_one_code_at_the_same_moment_one_comes_in(
    app: Flask, secret: str, clock: time_machine.Traveller
) -> None:
    clock.shift(60)
    app.test_client_class = FlaskClient  # the other watches what one thread writes at a time
    doors = [app.test_client() for _ in range(4)]
    pages = [sign_in(door) and door.get(CODE) for door in doors]
    ready, statuses = threading.Barrier(len(doors)), []

    def show_together(door: FlaskClient, page: TestResponse) -> None:
        ready.wait(timeout=30)
        statuses.append(post(door, CODE, page, code=code_of(secret, NINE + 60)).status_code)

    threads = [threading.Thread(target=show_together, args=one) for one in zip(doors, pages, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [302, 422, 422, 422]


@pages
def test_the_code_that_set_an_app_up_does_not_open_the_door(app: Flask, secret: str) -> None:
    other = visitor(app)
    sign_in(other)
    assert show(other, code_of(secret)).status_code == 422


@pages
def test_what_is_no_code_is_told_in_a_sentence(app: Flask, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "FREE_TRIES", 100)
    other = visitor(app)
    sign_in(other)
    for typed in ("", "12345", "1234567", "abcdef", "１２３４５６", "\0", "9" * 5000, "-1", "<b>"):
        for address in (CODE, RECOVERY):
            page = show(other, typed, address)
            assert page.status_code == 422
            assert page.text.count("<title>Error:") == 1


@pages
def test_a_code_somewhat_late_is_taken_and_an_old_one_is_not(
    app: Flask, secret: str, clock: time_machine.Traveller
) -> None:
    clock.shift(300)
    other = visitor(app)
    sign_in(other)
    assert show(other, code_of(secret, NINE + 300 - 61)).status_code == 422
    assert show(other, code_of(secret, NINE + 300 - 30)).status_code == 302


def test_too_many_wrong_codes_have_to_wait_and_a_right_password_is_no_fresh_start(
    app: Flask, secret: str, clock: time_machine.Traveller
) -> None:
    clock.shift(60)
    other = visitor(app)
    sign_in(other)
    for _ in range(accounts.FREE_TRIES):
        assert show(other, "000000").status_code == 422
    slowed = show(other, code_of(secret))
    assert slowed.status_code == 429
    assert f"Wait {accounts.SECONDS_A_CODE} seconds" in slowed.text
    third = visitor(app)
    sign_in(third)
    assert show(third, code_of(secret)).status_code == 429
    assert show(third, "K7F2 2MQ0 9XTA", RECOVERY).status_code == 429
    clock.shift(accounts.SECONDS_A_CODE)
    assert show(third, code_of(secret)).status_code == 302


@pages
def test_the_way_from_password_to_code_closes_after_ten_minutes(
    app: Flask, secret: str, clock: time_machine.Traveller
) -> None:
    other = visitor(app)
    sign_in(other)
    clock.shift(601)
    assert other.get(CODE).location == "/team/sign-in"
    assert "After your password you have ten minutes" in other.get("/team/sign-in").text


@pages
def test_nobody_gets_to_the_second_step_without_the_first(client: CheckedClient) -> None:
    door = client.get("/team/sign-in")
    for address in (CODE, RECOVERY, SET_UP):
        assert client.get(address).location == "/team/sign-in"
        assert post(client, address, door, code="123456").location == "/team/sign-in"


@pages
def test_an_account_switched_off_on_the_way_stays_outside(app: Flask, secret: str, db: Session) -> None:
    other = visitor(app)
    sign_in(other)
    switch_off(db, app.config["PLACES"].only.scope)
    db.commit()
    assert other.get(CODE).location == "/team/sign-in"


@pytest.mark.parametrize("change", [{"fs_uniquifier": "anew at {}"}, {"active": False}])
def test_a_session_that_ends_while_the_code_is_looked_at_stays_ended(
    client: CheckedClient,
    app: Flask,
    db: Session,
    clock: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, Any],
) -> None:
    sign_in(client)
    secret, codes = set_up_app(client)
    clock.shift(60)
    for address, typed in ((CODE, code_of(secret)), (RECOVERY, codes[0])):
        other = visitor(app)
        sign_in(other)
        with monkeypatch.context() as patch:
            change_meanwhile(patch, **{k: v.format(address) if isinstance(v, str) else v for k, v in change.items()})
            assert show(other, typed, address).location == "/team/sign-in"
        assert other.get("/team").status_code == 302
        change_user(db, ADDRESS, active=True)


@pages
def test_after_the_second_step_one_is_where_one_wanted_to_go_on_this_site(
    app: Flask, secret: str, clock: time_machine.Traveller
) -> None:
    for wanted, reached in (
        ("/team/account?x=1", "/team/account?x=1"),
        ("https://evil.example", "/team"),
        ("/team/account\r\nX-More: 1", "/team"),
        ("/team\u2028", "/team"),
    ):
        clock.shift(60)
        other = visitor(app)
        door = other.get("/team/sign-in", query_string={"next": wanted})
        post(other, "/team/sign-in", door, email=ADDRESS, password=PASSWORD, next=wanted)
        assert show(other, code_of(secret)).location == reached


@pages
def test_the_session_begins_anew_at_the_password_and_at_the_second_step(
    app: Flask, secret: str, clock: time_machine.Traveller
) -> None:
    clock.shift(60)
    other = visitor(app)
    with other.session_transaction() as planted:
        planted["csrf_token"], planted["planted"] = "known to somebody else", True
    sign_in(other)
    with other.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != "known to somebody else"
        session["planted"] = True
    show(other, code_of(secret))
    with other.session_transaction() as session:
        assert "planted" not in session


def test_a_recovery_code_opens_once_however_it_is_typed(client: CheckedClient, app: Flask, db: Session) -> None:
    sign_in(client)
    _, codes = set_up_app(client)
    assert len(set(codes)) == second_factor.RECOVERY_CODES
    other = visitor(app)
    sign_in(other)
    assert show(other, codes[3].lower().replace(" ", "-"), RECOVERY).location == "/team"
    assert "You have 9 recovery codes left" in other.get("/team").text
    told = [message["text"] for message in db.scalars(select(OutboxJob.payload))]
    db.rollback()
    assert sum("recovery code was used" in words for words in told) == 1
    assert sum("app was set up" in words for words in told) == 1
    third = visitor(app)
    sign_in(third)
    assert show(third, codes[3], RECOVERY).status_code == 422
    assert show(third, codes[4], RECOVERY).status_code == 302


def test_the_log_says_who_came_in_and_what_failed(
    client: CheckedClient, app: Flask, secret: str, db: Session, clock: time_machine.Traveller
) -> None:
    clock.shift(60)
    other = visitor(app)
    sign_in(other)
    show(other, "000000")
    show(other, code_of(secret))
    assert actions(db) == [
        ("signed in", "password"),
        ("second factor set up", "authenticator app"),
        ("recovery codes made", ""),
        ("second factor failed", "code of an app"),
        ("signed in", "password, authenticator"),
    ]


def test_with_a_key_missing_the_second_step_says_so_and_other_pages_go_on(
    client: CheckedClient, app: Flask, secret: str, db: Session
) -> None:
    scope = app.config["PLACES"].only.scope
    accounts.add_user(db, scope, "boss@example.org", PASSWORD, [Role.ADMINISTRATOR])
    db.commit()
    before = sealed._keys
    sealed.use_keys([Fernet.generate_key().decode()])
    try:
        boss, other = visitor(app), visitor(app)
        assert sign_in(boss, email="boss@example.org").location == "/team"
        people = boss.get("/team/people")
        assert people.status_code == 200
        assert ADDRESS in people.text
        assert client.get("/team/account").status_code == 200
        assert sign_in(other).location == CODE
        refused = show(other, code_of(secret))
        assert refused.status_code == 503
        assert "cannot be opened at the moment" in refused.text
    finally:
        sealed.use_keys(before)
