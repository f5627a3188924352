"""Ending somebody's access on the pages for administrators: at once, after a question, never of the last of them."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Role, Scope
from feedback_app.services import administering
from feedback_app.services.administering import Doer, PeopleRefused
from feedback_app.store.accounts import Invitation, Passkey
from tests.support.people import (
    PEOPLE,
    Pocket,
    add_person,
    browser_of,
    change_user,
    count_of,
    log_of,
    place_of,
    runner_of,
    send,
    user_of,
)

ME = "administrator@example.org"
ENDING = ("switch-off", "sign-out", "second-step")


@pytest.fixture
def admin(app: Flask, db: Session) -> FlaskClient:
    """An administrator's browser; their password is known, so that they count as somebody who has come."""
    client = browser_of(app, db, Role.ADMINISTRATOR)
    change_user(db, ME, password="x")
    return client


@pytest.fixture
def scope(app: Flask) -> Scope:
    """Whose data the tests are about."""
    return place_of(app).scope


def test_an_account_is_switched_off_at_once_and_on_again(
    admin: FlaskClient, app: Flask, db: Session, scope: Scope
) -> None:
    theirs = browser_of(app, db, Role.AUDITOR)
    number = user_of(db, "auditor@example.org").id
    assert theirs.get("/team").status_code == 200
    page = f"{PEOPLE}/{number}/switch-off"
    assert admin.get(page).status_code == 200
    assert theirs.get("/team").status_code == 200
    assert send(admin, page).location == f"{PEOPLE}/{number}"
    assert theirs.get("/team").status_code == 302
    assert "is off" in admin.get(f"{PEOPLE}/{number}").text
    off = user_of(db, "auditor@example.org").fs_uniquifier
    assert send(admin, f"{PEOPLE}/{number}", f"{PEOPLE}/{number}/switch-on").location == f"{PEOPLE}/{number}"
    assert user_of(db, "auditor@example.org").active
    assert user_of(db, "auditor@example.org").fs_uniquifier != off  # nor does one begun meanwhile go on
    assert theirs.get("/team").status_code == 302  # the old session stays ended
    assert [line[1] for line in log_of(db)] == ["user switched off", "user switched on"]


def test_the_only_administrator_is_told_beforehand_and_has_no_button(admin: FlaskClient, db: Session) -> None:
    number = user_of(db, ME).id
    page = admin.get(f"{PEOPLE}/{number}").text
    assert "This is the only administrator" in page
    assert "/switch-off" not in page
    asked = admin.get(f"{PEOPLE}/{number}/switch-off").text
    assert "First make somebody else an administrator." in asked
    assert "btn--danger" not in asked


def test_somebody_is_signed_out_everywhere(admin: FlaskClient, app: Flask, db: Session) -> None:
    theirs = browser_of(app, db, Role.AUDITOR)
    number = user_of(db, "auditor@example.org").id
    send(admin, f"{PEOPLE}/{number}/sign-out")
    assert theirs.get("/team").status_code == 302
    assert user_of(db, "auditor@example.org").active
    assert log_of(db) == [(ME, "user signed out", "auditor@example.org", "")]


def test_a_lost_second_step_is_taken_away_whole_and_its_owner_is_told(
    admin: FlaskClient, app: Flask, db: Session, scope: Scope
) -> None:
    number = add_person(
        db,
        scope,
        "lost",
        Role.AUDITOR,
        tf_totp_secret="S/1",
        tf_primary_method="authenticator",
        mf_recovery_codes=["h"],
    )
    db.add(
        Passkey(
            user_id=number, credential_id=b"1", public_key=b"2", backup_state=False, device_type="", name="phone",
            usage="secondary", lastuse_datetime=func.now(),
        )
    )  # fmt: skip
    db.commit()
    before = user_of(db, "lost@example.org").fs_uniquifier
    assert "Take away a lost second step" in admin.get(f"{PEOPLE}/{number}").text
    send(admin, f"{PEOPLE}/{number}/second-step")
    user = user_of(db, "lost@example.org")
    assert (user.tf_totp_secret, user.tf_primary_method, user.webauthn) == (None, None, [])
    assert not user.mf_recovery_codes
    assert user.fs_uniquifier != before
    assert user.password == "x"
    assert log_of(db) == [(ME, "second factor taken away", "lost@example.org", "")]
    pocket = Pocket()
    runner_of(app, pocket).run_due()
    ((to, subject, told),) = pocket.sent
    assert (to, subject) == ("lost@example.org", "Your account was changed")
    assert "took the second step off your account" in told


def test_nobody_takes_their_own_second_step_away_here(admin: FlaskClient, db: Session) -> None:
    number = user_of(db, ME).id
    change_user(db, ME, tf_totp_secret="S/1")
    assert "Take away a lost" not in admin.get(f"{PEOPLE}/{number}").text
    send(admin, f"{PEOPLE}/{number}/second-step")
    assert "Ask another administrator" in admin.get(f"{PEOPLE}/{number}").text
    assert user_of(db, ME).tf_totp_secret == "S/1"


def test_the_last_administrator_stays_one(admin: FlaskClient, db: Session, scope: Scope) -> None:
    add_person(db, scope, "off", Role.ADMINISTRATOR, active=False)
    add_person(db, scope, "invited", Role.ADMINISTRATOR, password=None)
    add_person(db, Scope("elsewhere"), "stranger", Role.ADMINISTRATOR)
    me = f"{PEOPLE}/{user_of(db, ME).id}"
    page = send(admin, me, roles=["auditor"])
    assert page.status_code == 422
    assert "This is the only administrator" in page.text
    send(admin, f"{me}/switch-off")
    assert "This is the only administrator" in admin.get(me).text
    assert send(admin, me, roles=["administrator", "auditor"]).status_code == 302
    assert [line[1] for line in log_of(db)] == ["roles changed"]


def test_an_administrator_who_is_not_the_last_may_go(admin: FlaskClient, db: Session, scope: Scope) -> None:
    add_person(db, scope, "other", Role.ADMINISTRATOR)
    number = user_of(db, ME).id
    assert send(admin, f"{PEOPLE}/{number}", roles=["auditor"]).location == "/team"
    assert admin.get(PEOPLE).status_code == 403


def test_an_administrator_who_is_not_the_last_may_switch_themselves_off(
    admin: FlaskClient, db: Session, scope: Scope
) -> None:
    add_person(db, scope, "other", Role.ADMINISTRATOR)
    send(admin, f"{PEOPLE}/{user_of(db, ME).id}/switch-off")
    assert admin.get(PEOPLE).status_code == 302


def test_two_administrators_who_go_at_once_do_not_both_go(app: Flask, db: Session, scope: Scope) -> None:
    from feedback_app.extensions import db as extension

    numbers = [add_person(db, scope, name, Role.ADMINISTRATOR) for name in ("one", "two")]
    with app.app_context():
        engine = extension.engine
    gate, refused = threading.Barrier(2), []

    def go(number: int) -> None:
        with Session(engine) as own:
            gate.wait()
            try:
                administering.switch_off(own, scope, number, Doer("test", datetime.now(UTC)))
                own.commit()
            except PeopleRefused as why:
                own.rollback()
                refused.append(why.reason)

    threads = [threading.Thread(target=go, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["last_administrator"]


def test_what_ends_access_needs_the_form(admin: FlaskClient, db: Session, scope: Scope) -> None:
    number = add_person(db, scope, "lead", Role.AUDITOR)
    before = user_of(db, "lead@example.org").fs_uniquifier
    for end in ENDING:
        admin.get(f"{PEOPLE}/{number}/{end}")
        assert admin.post(f"{PEOPLE}/{number}/{end}").status_code == 400
    user = user_of(db, "lead@example.org")
    assert (user.active, user.fs_uniquifier) == (True, before)


def test_a_switched_off_account_loses_its_invitation(admin: FlaskClient, db: Session, scope: Scope) -> None:
    number = add_person(db, scope, "invited", Role.AUDITOR, password=None)
    db.add(Invitation(token_hash="0" * 64, user_id=number, expires_at=func.now()))
    db.commit()
    send(admin, f"{PEOPLE}/{number}/switch-off")
    assert count_of(db, Invitation) == 0
    send(admin, f"{PEOPLE}/{number}", f"{PEOPLE}/{number}/invite-again")
    assert "This account is switched off" in admin.get(f"{PEOPLE}/{number}").text


def test_whoever_has_not_come_is_invited_again_when_their_account_is_on_again(
    admin: FlaskClient, app: Flask, db: Session, scope: Scope
) -> None:
    numbers = [
        add_person(db, scope, "invited", Role.AUDITOR, password=None, active=False),
        add_person(db, scope, "came", Role.AUDITOR, active=False),
    ]
    for number in numbers:
        send(admin, f"{PEOPLE}/{number}", f"{PEOPLE}/{number}/switch-on")
    assert "Invitation is on its way" in admin.get(f"{PEOPLE}/{numbers[0]}").text
    pocket = Pocket()
    runner_of(app, pocket).run_due()
    assert [to for to, _subject, _text in pocket.sent] == ["invited@example.org"]
    assert "Invited, not come yet" in admin.get(f"{PEOPLE}/{numbers[0]}").text
