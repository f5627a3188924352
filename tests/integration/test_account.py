"""Signing in and out: who has an account stays unknown, guessing is slow, sessions end when they have to."""

from __future__ import annotations

import sqlite3
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from feedback_app.domain.scope import Role, Scope
from feedback_app.services import accounts
from feedback_app.services.administering import PersonUnknown
from feedback_app.store.accounts import User
from tests.support.accounts import ADDRESS, PASSWORD, add_lead, post, sign_in, switch_off
from tests.support.application import running_application
from tests.support.client import CheckedClient

DOOR = "/team/sign-in"


@pytest.fixture(autouse=True)
def lead(db: Session, app: Flask) -> None:
    """A workstream lead who can sign in."""
    add_lead(db, app.config["PLACES"].only.scope)


def words_of(page: TestResponse) -> str:
    """Return a page without the token that differs each time."""
    return "\n".join(line for line in page.text.splitlines() if "csrf_token" not in line)


def test_the_right_password_opens_the_team_pages_and_the_button_closes_them(client: CheckedClient) -> None:
    assert client.get("/team").location.endswith("/team/sign-in?next=/team")
    assert sign_in(client).location == "/team"
    inside = client.get("/team")
    assert inside.status_code == 200
    assert ADDRESS in inside.text
    assert post(client, "/team/sign-out", inside).location == "/"
    assert client.get("/team").status_code == 302


def test_signing_out_needs_the_button(client: CheckedClient) -> None:
    sign_in(client)
    assert client.get("/team/sign-out").status_code == 405
    assert client.post("/team/sign-out").status_code == 400
    assert client.get("/team").status_code == 200


def test_somebody_signed_in_is_led_past_the_door(client: CheckedClient) -> None:
    sign_in(client)
    assert client.get(DOOR).location == "/team"


def test_one_cookie_is_set_and_nothing_outlives_the_browser(client: CheckedClient) -> None:
    reply = sign_in(client, remember="y")
    (cookie,) = reply.headers.getlist("Set-Cookie")
    assert cookie.startswith("feedback=")
    assert "Expires" not in cookie
    assert "Max-Age" not in cookie
    assert "HttpOnly" in cookie


@pytest.mark.parametrize("email", [ADDRESS, "nobody@example.org"])
def test_a_wrong_password_and_an_unknown_address_read_the_same(client: CheckedClient, email: str, app: Flask) -> None:
    other = app.test_client()
    known, unknown = sign_in(client, email=ADDRESS, password="wrong"), sign_in(other, email=email, password="wrong")
    assert known.status_code == unknown.status_code == 422
    assert words_of(known).replace(ADDRESS, "-") == words_of(unknown).replace(email, "-")
    assert "We do not know this address and password together" in known.text


def test_an_account_that_is_off_reads_like_one_that_never_was(client: CheckedClient, app: Flask, db: Session) -> None:
    switch_off(db, app.config["PLACES"].only.scope)
    db.commit()
    off, never = sign_in(client), sign_in(app.test_client(), email="nobody@example.org")
    assert off.status_code == never.status_code == 422
    assert words_of(off).replace(ADDRESS, "-") == words_of(never).replace("nobody@example.org", "-")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"email": "", "password": ""}, ["Write your e-mail address", "Write your password"]),
        ({"email": "", "password": "x"}, ["Write your e-mail address"]),
        ({"email": ADDRESS, "password": ""}, ["Write your password"]),
        ({"email": "not an address", "password": "x"}, ["We do not know this address and password together"]),
        ({"email": "\0", "password": "\0"}, ["We do not know this address and password together"]),
        ({"email": "a" * 5000 + "@example.org", "password": "x" * 5000}, ["We do not know this address"]),
    ],
)
def test_what_is_missing_or_strange_is_told_in_a_sentence(
    client: CheckedClient, given: dict[str, str], said: list[str]
) -> None:
    page = sign_in(client, **given)
    assert page.status_code == 422
    assert page.text.count("<title>Error:") == 1
    assert all(sentence in page.text for sentence in said)


def test_only_forms_are_taken(client: CheckedClient) -> None:
    client.get(DOOR)
    assert client.post(DOOR, json={"email": ADDRESS, "password": PASSWORD}).status_code in (400, 415)
    assert client.get("/team", headers={"Authentication-Token": "x"}).status_code == 302
    assert client.get("/team?auth_token=x").status_code == 302


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        " //evil.example",
        "\t//evil.example",
        "javascript:alert(1)",
        "https:evil.example",
        "http://localhost@evil.example/",
        "/team\r\nX-More: 1",
    ],
)
def test_after_signing_in_nobody_is_led_to_another_site(client: CheckedClient, elsewhere: str) -> None:
    door = client.get(DOOR, query_string={"next": elsewhere})
    reply = post(client, DOOR, door, email=ADDRESS, password=PASSWORD, next=elsewhere)
    assert reply.status_code == 302
    assert reply.location.startswith(("/", "%"))
    assert not reply.location.startswith(("//", "/\\"))


def test_after_signing_in_one_is_where_one_wanted_to_go(client: CheckedClient) -> None:
    door = client.get(DOOR, query_string={"next": "/team/waves/x?y=1"})
    assert "/team/waves/x?y=1" in door.text
    reply = post(client, DOOR, door, email=ADDRESS, password=PASSWORD, next="/team/waves/x?y=1")
    assert reply.location == "/team/waves/x?y=1"


def test_a_session_ends_at_once_when_the_account_is_switched_off(
    client: CheckedClient, app: Flask, db: Session
) -> None:
    sign_in(client)
    assert client.get("/team").status_code == 200
    switch_off(db, app.config["PLACES"].only.scope)
    db.commit()
    assert client.get("/team").status_code == 302


def test_too_many_tries_slow_one_account_down_and_no_other(client: CheckedClient, app: Flask, db: Session) -> None:
    accounts.add_user(db, app.config["PLACES"].only.scope, "other@example.org", PASSWORD, [Role.SEND_TEAM])
    db.commit()
    with time_machine.travel("2026-11-02 09:00 +0000", tick=False) as clock:
        for _ in range(accounts.FREE_TRIES):
            assert sign_in(client, password="wrong").status_code == 422
        slowed = sign_in(client)
        assert slowed.status_code == 429
        assert f"Wait {accounts.SECONDS_A_TRY} seconds" in slowed.text
        assert sign_in(app.test_client(), email="other@example.org").status_code == 302
        clock.shift(accounts.SECONDS_A_TRY)
        assert sign_in(client).status_code == 302


def test_an_unknown_address_is_slowed_down_alike(client: CheckedClient) -> None:
    with time_machine.travel("2026-07-02 09:00 +0000", tick=False):
        for _ in range(accounts.FREE_TRIES):
            assert sign_in(client, email="nobody@example.org").status_code == 422
        assert sign_in(client, email="nobody@example.org").status_code == 429


def test_another_spelling_of_an_address_is_no_fresh_start(client: CheckedClient) -> None:
    with time_machine.travel("2026-11-02 09:00 +0000", tick=False):
        for spelling in ("Lead@Example.ORG", " lead@example.org ", '"lead"@example.org', "lead@ｅxample.org") * 3:
            page = sign_in(client, email=spelling, password="wrong")
        assert page.status_code == 429
        assert sign_in(client).status_code == 429


def test_in_summer_too_the_wait_ends(client: CheckedClient) -> None:
    with time_machine.travel("2026-07-02 09:00 +0000", tick=False) as clock:
        for _ in range(accounts.FREE_TRIES):
            sign_in(client, password="wrong")
        clock.shift(accounts.SECONDS_A_TRY)
        assert sign_in(client).status_code == 302


def test_coming_in_wipes_the_tries_away(client: CheckedClient, app: Flask) -> None:
    with time_machine.travel("2026-11-02 09:00 +0000", tick=False):
        for _ in range(3):
            for _ in range(accounts.FREE_TRIES - 1):
                assert sign_in(client, password="wrong").status_code == 422
            assert sign_in(app.test_client()).status_code == 302


def test_nobody_waits_for_the_database_while_a_password_is_checked(
    client: CheckedClient, app: Flask, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    wrote = []

    def check(_user: User, _password: str) -> bool:
        if database_url.startswith("sqlite"):
            other = sqlite3.connect(database_url.removeprefix("sqlite:///"), timeout=0, isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            other.rollback()
            other.close()
        wrote.append(True)
        return True

    monkeypatch.setattr(User, "verify_and_update_password", check)
    assert sign_in(client).status_code == 302
    assert wrote == [True]


def test_a_password_kept_at_another_cost_is_kept_anew_when_its_owner_comes(client: CheckedClient, db: Session) -> None:
    from argon2 import PasswordHasher

    user = db.scalars(select(User)).unique().one()
    user.password = PasswordHasher(memory_cost=8_192, time_cost=1, parallelism=1).hash(PASSWORD)
    db.commit()
    assert sign_in(client).status_code == 302
    db.expire_all()
    cost = accounts.HASH_COST
    assert f"m={cost['memory_cost']},t={cost['time_cost']},p={cost['parallelism']}" in (user.password or "")
    db.rollback()
    assert client.get("/team").status_code == 200
    assert sign_in(client.application.test_client()).status_code == 302


@pytest.mark.parametrize("kept", [PASSWORD, "!", "$argon2id$broken", "$2b$12$" + "x" * 53])
def test_what_is_no_argon2_hash_lets_nobody_in(client: CheckedClient, db: Session, kept: str) -> None:
    user = db.scalars(select(User)).unique().one()
    user.password = kept
    db.commit()
    for password in (PASSWORD, kept):
        page = sign_in(client, password=password)
        assert page.status_code == 422
        assert "We do not know this address and password together" in page.text


def test_the_words_at_the_door_are_in_the_language_of_the_page(database_url: str, db: Session) -> None:
    with running_application(database_url, pseudo_languages=True) as app:
        app.test_client_class = FlaskClient  # what a checked page says in English is not there to be checked
        visitor = app.test_client()
        door = visitor.get("/en-xa/team/sign-in")
        assert "E-mail address" not in door.text
        page = post(visitor, "/en-xa/team/sign-in", door, email=ADDRESS, password="wrong")
        assert page.status_code == 422
        assert "We do not know" not in page.text
        assert post(visitor, "/en-xa/team/sign-in", page, email=ADDRESS, password=PASSWORD).location == "/en-xa/team"


def test_a_view_of_the_library_without_an_audience_stops_the_start(app: Flask) -> None:
    from feedback_app.web.account import AUDIENCES, declare_audiences

    assert {name for name in app.view_functions if name.startswith("security.")} == set(AUDIENCES)
    app.view_functions["security.surprise"] = lambda: ""
    with pytest.raises(RuntimeError, match=r"security\.surprise has no audience"):
        declare_audiences(app)


@pytest.mark.parametrize(
    ("email", "password", "roles", "said"),
    [
        ("no address", PASSWORD, [Role.SEND_TEAM], "no e-mail address"),
        ("a@example.org\nb@example.org", PASSWORD, [Role.SEND_TEAM], "no e-mail address"),
        ("new@example.org", "too short", [Role.SEND_TEAM], "12 to 200"),
        ("new@example.org", "new@example.org", [Role.SEND_TEAM], "easy to guess"),
        ("new@example.org", "x" * 201, [Role.SEND_TEAM], "12 to 200"),
        ("new@example.org", PASSWORD, [], "at least one role"),
        ("LEAD@example.org", PASSWORD, [Role.SEND_TEAM], "already"),
    ],
)
def test_an_account_that_cannot_be_is_refused_with_a_sentence(
    db: Session, app: Flask, email: str, password: str, roles: list[Any], said: str
) -> None:
    with pytest.raises(accounts.AccountRefused, match=said):
        accounts.add_user(db, app.config["PLACES"].only.scope, email, password, roles)


def test_another_partnerships_accounts_are_not_seen_or_switched_off(db: Session) -> None:
    elsewhere = Scope("elsewhere")
    assert accounts.list_users(db, elsewhere) == []
    with pytest.raises(PersonUnknown):
        switch_off(db, elsewhere)


def test_nothing_of_where_or_when_somebody_signed_in_is_kept() -> None:
    kept = {"id", "partnership", "email", "password", "active", "fs_uniquifier", "workstreams"}
    kept |= {"tf_primary_method", "tf_totp_secret", "mf_recovery_codes", "fs_webauthn_user_handle"}
    kept |= {"sso_issuer", "sso_subject"}
    assert set(User.__table__.columns.keys()) == kept


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("typed", ["x" * 4097, "\ufdfa" * 4096], ids=["long", "longer in normal form"])
def test_a_password_too_long_to_be_looked_at_is_a_wrong_one_and_counts(client: CheckedClient, typed: str) -> None:
    assert sign_in(client, email="nobody@example.org", password=typed).status_code == 422
    for _ in range(accounts.FREE_TRIES):
        assert sign_in(client, password=typed).status_code == 422
    assert sign_in(client).status_code == 429


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_signed_in_too_a_password_can_be_too_long(client: CheckedClient) -> None:
    sign_in(client)
    page, typed = client.get("/team/account/password"), "x" * 4097
    assert post(client, "/team/confirm", page, password=typed).status_code == 422
    given = {"password": typed, "new_password": typed, "new_password_confirm": typed}
    assert post(client, "/team/account/password", page, **given).status_code == 422
    said = post(client, "/team/account/password", page, **given | {"password": PASSWORD})
    assert said.status_code == 422
    assert "Use at most 200" in said.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_way_on_that_cannot_be_read_leads_nowhere_else(client: CheckedClient, app: Flask) -> None:
    for odd in ("//[", "/\\evil.example", "\\/evil.example", "http://["):
        for address, sent in ((DOOR, {"next": odd}), (f"{DOOR}?next={quote(odd)}", {})):
            other = app.test_client()
            page = other.get(DOOR)
            given = {"email": ADDRESS, "password": PASSWORD, **sent}
            assert post(other, address, page, **given).location == "/team"
            assert post(other, address, page, **given).status_code in (302, 400)
            inside = other.get("/team/account")
            again = address.replace(DOOR, "/team/confirm")
            assert post(other, again, inside, password=PASSWORD, **sent).location == "/team/account"
            assert other.get(f"{DOOR}?next={quote(odd)}").location == "/team"
