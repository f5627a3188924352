"""Setting up an app and making recovery codes: what is kept, what is shown, and where everybody has to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from feedback_app.services import second_factor
from feedback_app.store.accounts import User
from feedback_app.store.tables import OutboxJob
from tests.support.accounts import add_lead, post, sign_in
from tests.support.application import running_application
from tests.support.authenticator import (
    APP,
    CODE,
    NEW_CODES,
    RECOVERY,
    SET_UP,
    change_meanwhile,
    code_of,
    new_codes,
    recovery_codes_on,
    secret_on,
    set_up_app,
    show,
    visitor,
)
from tests.support.client import CheckedClient

DATABASES = ("sqlite",)  # what pages say; the queries under them are tested on both

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


def test_new_recovery_codes_replace_the_old_ones_and_their_owner_is_told(
    client: CheckedClient, app: Flask, db: Session
) -> None:
    sign_in(client)
    _, old = set_up_app(client)
    page = client.get("/team/account/recovery-codes")
    new = new_codes(client, post(client, "/team/account/recovery-codes", page))
    assert not set(new) & set(old)
    other = visitor(app)
    sign_in(other)
    assert show(other, old[0], RECOVERY).status_code == 422
    assert show(other, new[0], RECOVERY).status_code == 302
    told = [message["text"] for message in db.scalars(select(OutboxJob.payload))]
    assert sum("New recovery codes were made" in words for words in told) == 1


@pages
def test_recovery_codes_are_shown_until_they_are_kept_and_to_nobody_else(
    client: CheckedClient, app: Flask, clock: time_machine.Traveller
) -> None:
    sign_in(client)
    page = client.get(APP)
    assert post(client, APP, page, code=code_of(secret_on(page))).location == NEW_CODES
    shown = client.get(NEW_CODES)
    codes = recovery_codes_on(shown)
    assert len(codes) == second_factor.RECOVERY_CODES
    assert recovery_codes_on(client.get(NEW_CODES)) == codes
    with client.session_transaction() as session:
        assert codes[0] not in str(dict(session))
        copied = session["new_codes"]
    assert post(client, NEW_CODES, shown).location == "/team/account"
    assert client.get(NEW_CODES).location == "/team/account"
    assert "We do not show recovery codes a second time" in client.get("/team/account").text
    with client.session_transaction() as session:
        session["new_codes"] = copied
    assert recovery_codes_on(client.get(NEW_CODES)) == codes
    clock.shift(901)
    assert client.get(NEW_CODES).location == "/team/account"
    assert visitor(app).get(NEW_CODES).status_code == 302


def test_nothing_of_it_lies_open_in_the_database(client: CheckedClient, db: Session) -> None:
    sign_in(client)
    secret, codes = set_up_app(client)
    row = db.execute(text("SELECT tf_totp_secret, mf_recovery_codes FROM staff_user")).one()
    assert secret not in row.tf_totp_secret
    assert not any(code.replace(" ", "") in row.mf_recovery_codes.upper() for code in codes)
    assert db.scalars(select(User)).unique().one().tf_totp_secret == f"{secret}/{NINE // 30}"


@pages
def test_the_secret_in_the_cookie_cannot_be_read_and_its_picture_is_nobody_elses(
    client: CheckedClient, app: Flask
) -> None:
    sign_in(client)
    secret = secret_on(client.get(APP))
    with client.session_transaction() as session:
        assert secret not in str(dict(session))
    picture = client.get("/team/account/app.svg")
    assert picture.mimetype == "image/svg+xml"
    assert "style=" not in picture.text
    assert picture.headers["Cache-Control"] == "no-store"
    assert visitor(app).get("/team/account/app.svg").status_code == 404


@pages
def test_a_mistyped_code_keeps_the_app_that_is_being_set_up(client: CheckedClient, app: Flask) -> None:
    sign_in(client)
    page = client.get(APP)
    again = post(client, APP, page, code="000000")
    assert again.status_code == 422
    assert secret_on(again) == secret_on(page) == secret_on(client.get(APP))
    assert sign_in(visitor(app)).location == "/team"


@pages
def test_another_app_takes_the_place_of_the_first(
    client: CheckedClient, app: Flask, secret: str, clock: time_machine.Traveller
) -> None:
    page = client.get(APP)
    other_secret = secret_on(page)
    assert other_secret != secret
    assert post(client, APP, page, code=code_of(other_secret)).location == "/team/account"
    clock.shift(60)
    other = visitor(app)
    sign_in(other)
    assert show(other, code_of(secret)).status_code == 422
    assert show(other, code_of(other_secret)).status_code == 302


def test_an_app_is_removed_by_its_owner_and_its_recovery_codes_with_it(
    client: CheckedClient, app: Flask, secret: str, db: Session
) -> None:
    page = client.get(f"{APP}/remove")
    assert post(client, f"{APP}/remove", page).location == "/team/account"
    user = db.scalars(select(User)).unique().one()
    assert not second_factor.is_on(user)
    assert second_factor.recovery_codes_left(user) == 0
    db.rollback()
    assert sign_in(visitor(app)).location == "/team"


@pages
def test_where_it_is_required_the_way_in_leads_through_setting_it_up(
    database_url: str, clock: time_machine.Traveller
) -> None:
    with running_application(database_url, second_factor="required") as app:
        client = visitor(app)
        assert sign_in(client).location == SET_UP
        assert client.get("/team").status_code == 302
        assert client.get(CODE).location == "/team/sign-in"
    with running_application(database_url, second_factor="required") as app:
        client = visitor(app)
        sign_in(client)
        secret, codes = set_up_app(client, SET_UP)
        assert len(codes) == second_factor.RECOVERY_CODES
        assert client.get("/team").status_code == 200
        assert client.get(f"{APP}/remove").location == "/team/account"
        assert "Set up another app instead" in client.get("/team/account").text
        clock.shift(60)
        other = visitor(app)
        assert sign_in(other).location == CODE
        assert show(other, code_of(secret)).location == "/team"


@pages
def test_a_session_that_ends_while_an_app_is_set_up_on_the_way_in_stays_ended(
    database_url: str, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_application(database_url, second_factor="required") as app:
        client = visitor(app)
        sign_in(client)
        change_meanwhile(monkeypatch, fs_uniquifier="anew")
        page = client.get(SET_UP)
        assert post(client, SET_UP, page, code=code_of(secret_on(page))).location == "/team/sign-in"
        assert client.get("/team").status_code == 302
        assert not second_factor.is_on(db.scalars(select(User)).unique().one())


@pages
def test_a_second_factor_is_required_where_answers_are_real(app: Flask) -> None:
    from feedback_app.web.account.steps import is_required

    given = app.config["SETTINGS"]
    for update, wanted in (
        ({"environment": "production"}, True),
        ({"environment": "production", "demonstration": True}, False),
        ({"environment": "production", "second_factor": "offered"}, False),
        ({"environment": "development"}, False),
        ({"environment": "testing", "second_factor": "required"}, True),
    ):
        app.config["SETTINGS"] = given.model_copy(update=update)
        with app.app_context():
            assert is_required() is wanted, update
