"""Passkeys: made, named, shown at the door alone or after the password, removed; and all that is refused."""

from __future__ import annotations

import json

import pytest
import time_machine
from flask import Flask
from flask_security.recoverable import generate_reset_password_token
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from feedback_app.domain.scope import Role
from feedback_app.services import accounts, passkeys
from feedback_app.store import people
from feedback_app.store.accounts import Passkey
from feedback_app.store.tables import AuditEntry, OutboxJob
from tests.support.accounts import ADDRESS, PASSWORD, add_lead, post, sign_in, switch_off
from tests.support.application import running_application
from tests.support.authenticator import (
    SoftPasskey,
    add_passkey,
    change_meanwhile,
    new_codes,
    options_on,
    set_up_app,
    visitor,
)
from tests.support.client import CheckedClient

DATABASES = ("sqlite",)  # what pages say; the queries under them are tested on both

NOTHING = (
    *("", "{", "[]", "null", "1", '"x"', "{}", "\0", "[" * 5000, "ä" * 100),
    '{"id":1,"rawId":[],"type":{},"response":7}',
    '{"id":"a","rawId":"a","type":"public-key","response":{}}',
)
WRONG = {"origin": "http://evil.example", "host": "evil.example", "flags": 0x01, "handle": b"somebody else"}
DOOR, NEW = "/team/sign-in/passkey", "/team/account/passkeys/new"
CHOSEN = "five other words that differ"
# About pages, not about how a database answers: once is enough.
pages = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def lead(db: Session, app: Flask) -> None:
    """A workstream lead who can sign in."""
    add_lead(db, app.config["PLACES"].only.scope)


@pytest.fixture
def key(client: CheckedClient) -> SoftPasskey:
    """A passkey of the lead, who is signed in."""
    sign_in(client)
    return add_passkey(client)[0]


def show(client: CheckedClient, key: SoftPasskey) -> TestResponse:
    """Open the page for passkeys and let one answer it."""
    page = client.get(DOOR)
    return post(client, DOOR, page, credential=key.show(page))


def number_of(db: Session) -> int:
    """Return the number of the one passkey that is kept."""
    number = db.scalars(select(Passkey.id)).one()
    db.rollback()
    return number


def test_a_passkey_opens_the_door_alone(client: CheckedClient, app: Flask, db: Session) -> None:
    sign_in(client)
    key, page = add_passkey(client, "  My\nlaptop ")
    assert len(new_codes(client, page)) == 10
    assert "My laptop" in client.get("/team/account").text
    other = visitor(app)
    assert "allowCredentials" not in options_on(other.get(DOOR)) or not options_on(other.get(DOOR))["allowCredentials"]
    assert show(other, key).location == "/team"
    assert other.get("/team").status_code == 200
    entries = db.scalars(select(AuditEntry).order_by(AuditEntry.number)).all()
    assert [entry.action for entry in entries][-3:] == ["passkey added", "recovery codes made", "signed in"]
    assert entries[-1].reason == "passkey"


@pages
def test_after_the_password_the_passkey_is_the_second_step(app: Flask, key: SoftPasskey) -> None:
    other = visitor(app)
    assert sign_in(other).location == DOOR
    assert other.get("/team").status_code == 302
    assert len(options_on(other.get(DOOR))["allowCredentials"]) == 1
    assert show(other, key).location == "/team"


@pages
def test_a_session_that_ends_while_the_passkey_is_looked_at_stays_ended(
    app: Flask, key: SoftPasskey, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = visitor(app)
    sign_in(other)
    change_meanwhile(monkeypatch, fs_uniquifier="anew")
    assert show(other, key).location == "/team/sign-in"
    assert other.get("/team").status_code == 302


def test_a_passkey_that_was_used_four_thousand_million_times_opens_the_door(app: Flask, key: SoftPasskey) -> None:
    key.uses = 4_000_000_000
    assert [show(visitor(app), key).status_code for _ in range(2)] == [302, 302]


@pages
def test_in_production_passkeys_belong_to_the_site_that_the_settings_name(app: Flask) -> None:
    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update={"environment": "production"})
    asked = options_on(visitor(app).get(DOOR, headers={"Host": "evil.example"}))
    assert asked["rpId"] == app.config["PLACES"].only.host


@pages
def test_a_recovery_code_stands_in_for_a_lost_passkey(client: CheckedClient, app: Flask) -> None:
    sign_in(client)
    _, page = add_passkey(client)
    codes, other = new_codes(client, page), visitor(app)
    sign_in(other)
    asking = other.get("/team/sign-in/recovery-code")
    assert post(other, "/team/sign-in/recovery-code", asking, code=codes[0]).location == "/team"


def test_each_answer_counts_for_one_question_only(app: Flask, key: SoftPasskey) -> None:
    other, third = visitor(app), visitor(app)
    page = other.get(DOOR)
    said = key.show(page)
    assert post(other, DOOR, page, credential=said).status_code == 302
    assert post(third, DOOR, third.get(DOOR), credential=said).status_code == 422
    assert third.get("/team").status_code == 302


@pages
def test_an_answer_too_late_is_refused(app: Flask, key: SoftPasskey) -> None:
    other = visitor(app)
    with time_machine.travel("2026-11-02 09:00 +0000", tick=False) as clock:
        page = other.get(DOOR)
        clock.shift(301)
        assert post(other, DOOR, page, credential=key.show(page)).status_code == 422


def test_a_passkey_that_is_not_of_this_site_and_owner_is_refused(app: Flask, key: SoftPasskey) -> None:
    other, own = visitor(app), key.key
    assert show(visitor(app), key).status_code == 302
    for name, value in WRONG.items():
        right = getattr(key, name)
        setattr(key, name, value)
        page = show(other, key)
        assert page.status_code == 422, name
        assert "Your passkey did not work here" in page.text
        setattr(key, name, right)
    key.key = SoftPasskey().key
    assert show(other, key).status_code == 422
    key.key, key.uses = own, 0  # a copy of it that lags behind
    assert show(other, key).status_code == 422
    assert other.get("/team").status_code == 302


@pages
def test_what_no_browser_would_say_is_refused(client: CheckedClient, app: Flask, key: SoftPasskey) -> None:
    other = visitor(app)
    for said in NOTHING:
        assert post(other, DOOR, other.get(DOOR), credential=said).status_code == 422
        page = post(client, NEW, client.get(NEW), name="x", credential=said)
        assert page.status_code == 422
        assert page.text.count("<title>Error:") == 1
    for part in ("clientDataJSON", "authenticatorData", "signature"):
        for put in ("", "AAAA", "!", 7, None):
            page = other.get(DOOR)
            broken = json.loads(key.show(page))
            broken["response"][part] = put
            assert post(other, DOOR, page, credential=json.dumps(broken)).status_code == 422


@pages
def test_a_passkey_of_an_account_switched_off_opens_nothing(app: Flask, key: SoftPasskey, db: Session) -> None:
    switch_off(db, app.config["PLACES"].only.scope)
    db.commit()
    assert show(visitor(app), key).status_code == 422


@pages
def test_somebody_elses_passkey_is_no_second_step(app: Flask, key: SoftPasskey, db: Session) -> None:
    accounts.add_user(db, app.config["PLACES"].only.scope, "other@example.org", PASSWORD, [Role.SEND_TEAM])
    db.commit()
    other = visitor(app)
    sign_in(other, email="other@example.org")
    set_up_app(other)
    third = visitor(app)
    assert sign_in(third, email="other@example.org").location == "/team/sign-in/code"
    assert show(third, key).status_code == 422
    assert third.get("/team").status_code == 302


def test_a_passkey_is_removed_by_its_owner_and_by_nobody_else(
    client: CheckedClient, app: Flask, key: SoftPasskey, db: Session
) -> None:
    address = f"/team/account/passkeys/{number_of(db)}/remove"
    accounts.add_user(db, app.config["PLACES"].only.scope, "other@example.org", PASSWORD, [Role.SEND_TEAM])
    db.commit()
    other = visitor(app)
    sign_in(other, email="other@example.org")
    assert other.get(address).status_code == 404
    assert post(other, address, other.get("/team/account")).status_code == 404
    assert post(client, address, client.get(address)).location == "/team/account"
    assert show(visitor(app), key).status_code == 422
    assert sign_in(visitor(app)).location == "/team"


@pages
def test_the_last_passkey_stays_where_a_second_factor_is_required(
    client: CheckedClient, key: SoftPasskey, db: Session, database_url: str
) -> None:
    address = f"/team/account/passkeys/{number_of(db)}/remove"
    with running_application(database_url, second_factor="required") as app:
        other = visitor(app)
        show(other, key)
        assert other.get(address).location == "/team/account"
        assert "Set up something else first" in other.get("/team/account").text
        assert post(other, address, other.get("/team/account")).status_code == 302
        db.rollback()
        assert db.scalar(select(Passkey.id)) is not None


@pages
def test_a_passkey_needs_a_name_and_one_is_made_once(client: CheckedClient, key: SoftPasskey) -> None:
    page = client.get(NEW)
    nameless = post(client, NEW, page, name=" \u200b\n ", credential=key.make(page))
    assert nameless.status_code == 422
    assert "Write a name" in nameless.text
    twice = post(client, NEW, nameless, name="again", credential=key.make(nameless))
    assert twice.status_code == 422


@pages
def test_nobody_fills_an_account_with_passkeys(
    client: CheckedClient, key: SoftPasskey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passkeys, "MOST", 1)
    assert client.get(NEW).location == "/team/account"


def test_only_the_day_of_a_passkeys_last_use_is_kept(app: Flask, key: SoftPasskey, db: Session) -> None:
    with time_machine.travel("2026-11-02 09:17:33 +0000", tick=False):
        assert show(visitor(app), key).status_code == 302
    assert str(db.scalars(select(Passkey.lastuse_datetime)).one()) == "2026-11-02 00:00:00"


def test_a_stolen_passkey_opens_nothing_once_a_new_password_was_chosen_by_a_link(
    app: Flask, key: SoftPasskey, db: Session
) -> None:
    forgetful, thief = visitor(app), visitor(app)
    assert show(visitor(app), key).location == "/team"
    link = _link(app, db)
    post(forgetful, link, forgetful.get(link), password=CHOSEN, password_confirm=CHOSEN)
    assert "Your passkeys open your account again once you have used them" in forgetful.get("/team/sign-in").text
    refused = show(thief, key)
    assert refused.status_code == 422
    assert "Sign in with it first, then with this passkey" in refused.text
    assert thief.get("/team").status_code == 302
    entry = db.scalars(select(AuditEntry).where(AuditEntry.action == "password changed")).one()
    assert entry.reason == "by a link sent by e-mail; passkeys wait for the password"
    assert "Passkeys of your account wait" in " ".join(job["text"] for job in db.scalars(select(OutboxJob.payload)))
    db.rollback()
    assert sign_in(forgetful, password=CHOSEN).location == DOOR
    assert show(forgetful, key).location == "/team"
    assert show(visitor(app), key).location == "/team"


@pages
def test_somebody_elses_password_does_not_make_a_stolen_passkey_open_again(
    app: Flask, key: SoftPasskey, db: Session
) -> None:
    link, forgetful, thief = _link(app, db), visitor(app), visitor(app)
    post(forgetful, link, forgetful.get(link), password=CHOSEN, password_confirm=CHOSEN)
    accounts.add_user(db, app.config["PLACES"].only.scope, "thief@example.org", PASSWORD, [Role.SEND_TEAM])
    db.commit()
    sign_in(thief, email="thief@example.org")
    add_passkey(thief)
    other = visitor(app)
    assert sign_in(other, email="thief@example.org").location == DOOR
    assert show(other, key).status_code == 422
    assert show(visitor(app), key).status_code == 422


@pages
def test_a_password_changed_by_somebody_signed_in_leaves_their_passkeys_alone(
    client: CheckedClient, app: Flask, key: SoftPasskey
) -> None:
    change = "/team/account/password"
    given = {"password": PASSWORD, "new_password": CHOSEN, "new_password_confirm": CHOSEN}
    assert post(client, change, client.get(change), **given).status_code == 302
    assert show(visitor(app), key).location == "/team"


def _link(app: Flask, db: Session) -> str:
    """Return a link to a new password for the lead, as it stands in a message."""
    with app.test_request_context():
        user = people.find_user(db, app.config["PLACES"].only.scope, ADDRESS)
        token = generate_reset_password_token(user)
    db.rollback()
    return f"/team/new-password/{token}"
