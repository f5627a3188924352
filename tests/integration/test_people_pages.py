"""Pages for administrators: who there is, inviting, roles, and ending access at once."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Role, Scope
from feedback_app.store.accounts import User
from feedback_app.web.account.steps import FRESH
from tests.support.journeys import TOKEN
from tests.support.people import (
    NEW,
    PEOPLE,
    add_person,
    browser_of,
    change_user,
    count_of,
    log_of,
    place_of,
    send,
    user_of,
    words_on,
)
from tests.support.places import change_place

DATABASES = ("sqlite",)  # what pages say; the queries under them are tested on both

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


def test_everybody_is_listed_with_what_they_are(admin: FlaskClient, db: Session, scope: Scope) -> None:
    add_person(db, scope, "lead", Role.WORKSTREAM_LEAD, Role.BOARD_MEMBER, workstreams=["P1", "P4"])
    add_person(db, scope, "gone", Role.AUDITOR, active=False)
    add_person(db, scope, "invited", Role.FORUM_ORGANISER, password=None)
    add_person(db, scope, "careful", tf_totp_secret="S/1", tf_primary_method="authenticator")
    page = admin.get(PEOPLE)
    assert page.status_code == 200
    said = words_on(page)
    for words in (
        "lead@example.org On Workstream lead (P1, P4)Board member Second step: Not set up yet",
        "gone@example.org Switched off Auditor",
        "invited@example.org Invitation is on its way Forum organiser",
        "careful@example.org On No role Second step: Set up",
    ):
        assert words in said, said


def test_the_way_to_the_list_is_shown_to_whom_it_is_open(admin: FlaskClient, app: Flask, db: Session) -> None:
    assert f'href="{PEOPLE}"' in admin.get("/team").text
    assert f'href="{PEOPLE}"' not in browser_of(app, db, Role.SEND_TEAM).get("/team").text


def test_somebody_is_invited_and_it_is_noted(admin: FlaskClient, db: Session) -> None:
    form = f"{PEOPLE}/invite"
    done = send(admin, form, email=" New.Person@Example.org ", roles=["workstream_lead"], workstreams=["P2", "P1"])
    assert done.location == PEOPLE
    assert "The invitation is on its way" in admin.get(PEOPLE).text
    user = user_of(db, NEW)
    assert (user.password, user.active, user.workstreams) == (None, True, ["P1", "P2"])
    assert [role.name for role in user.roles] == ["workstream_lead"]
    assert log_of(db) == [(ME, "user invited", NEW, "workstream_lead (P1, P2)")]


def test_a_browser_left_open_makes_no_administrator_until_the_password_is_given_again(
    admin: FlaskClient, db: Session, scope: Scope
) -> None:
    number = add_person(db, scope, "left", Role.BOARD_MEMBER)
    off = add_person(db, scope, "off", Role.BOARD_MEMBER, active=False)
    token = TOKEN.search(admin.get(f"{PEOPLE}/invite").text)
    assert token
    with admin.session_transaction() as session:
        session["fs_paa"] -= FRESH + 1
    own = f"{PEOPLE}/{number}"
    for page in (f"{PEOPLE}/invite", own, f"{own}/second-step"):
        assert admin.get(page).location == f"/team/confirm?next={page}"
    for page in (f"{PEOPLE}/invite", own, f"{own}/second-step", f"{own}/invite-again", f"{PEOPLE}/{off}/switch-on"):
        sent = admin.post(page, data={"csrf_token": token.group(1), "email": NEW, "roles": ["administrator"]})
        assert sent.location == "/team/confirm", page
    assert log_of(db) == []
    assert count_of(db, User) == 3
    assert admin.get(PEOPLE).status_code == 200
    for end in ("switch-off", "sign-out"):  # ending access is never in the way
        assert admin.get(f"{own}/{end}").status_code == 200


def test_where_the_partnership_names_no_roles_all_of_them_can_be_given(
    admin: FlaskClient, app: Flask, db: Session
) -> None:
    here = place_of(app).partnership
    change_place(app, partnership=here.model_copy(update={"staff_roles": ()}))
    page = admin.get(f"{PEOPLE}/invite")
    assert all(f'value="{role.value}"' in page.text for role in Role)
    assert "Take answers out as rows, one for each person" in words_on(page)
    assert send(admin, f"{PEOPLE}/invite", email=NEW, roles=["auditor"]).location == PEOPLE
    assert f"{NEW} Invitation is on its way Auditor" in words_on(admin.get(PEOPLE))


WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"email": ""}, "Write an e-mail address"),
    ({"email": "\u0430dmin@example.org"}, "in letters from a to z"),  # a Cyrillic a
    ({"email": "admin@ex\u0430mple.org"}, "in letters from a to z"),
    ({"email": "admin@xn--exmple-4nf.org"}, "in letters from a to z"),
    ({"email": "a@example.org\r\nBcc: b@example.org"}, "Write an e-mail address"),
    ({"email": "\0" + "x" * 5000}, "Write an e-mail address"),
    ({"email": ME.upper()}, "There is an account for this address already"),
    ({"roles": []}, "Choose at least one role"),
    ({"roles": ["queen"]}, "Choose roles from the list"),
    ({"roles": ["workstream_lead"]}, "Choose at least one workstream"),
    ({"roles": ["workstream_lead"], "workstreams": ["P9"]}, "Choose workstreams from the list"),
    ({"workstreams": ["P1"]}, "Only a workstream lead has workstreams"),
)


def test_an_invitation_that_cannot_be_is_told_and_what_was_typed_is_kept(admin: FlaskClient, db: Session) -> None:
    for given, said in WRONG:
        typed: dict[str, Any] = {"email": "Typed@example.org", "roles": ["auditor"]} | given
        page = send(admin, f"{PEOPLE}/invite", **typed)
        assert page.status_code == 422, given
        assert said in words_on(page)
        assert page.text.count("<title>Error:") == 1
        assert "email" in given or 'value="Typed@example.org"' in page.text
    assert count_of(db, User) == 1
    assert log_of(db) == []


def test_all_that_is_to_be_mended_is_told_at_once(admin: FlaskClient) -> None:
    page = send(admin, f"{PEOPLE}/invite", email="nobody")
    assert page.status_code == 422
    assert "2 things before you go on" in page.text
    assert all(words in page.text for words in ("Write an e-mail address", "Choose at least one role"))


def test_roles_are_changed_and_hold_from_the_next_page_on(
    admin: FlaskClient, app: Flask, db: Session, scope: Scope
) -> None:
    theirs = browser_of(app, db, Role.SEND_TEAM)
    number = user_of(db, "send_team@example.org").id
    assert theirs.get("/team/people").status_code == 403
    page = f"{PEOPLE}/{number}"
    assert 'value="send_team" checked' in admin.get(page).text
    assert send(admin, page, roles=["administrator", "workstream_lead"], workstreams=["P3"]).location == PEOPLE
    assert theirs.get("/team/people").status_code == 200
    assert (ME, "roles changed", "send_team@example.org", "from send_team to administrator, workstream_lead (P3)") in (
        log_of(db)
    )
    assert send(admin, page, roles=["auditor"]).location == PEOPLE
    assert theirs.get("/team/people").status_code == 403
    assert user_of(db, "send_team@example.org").workstreams == []


def test_a_change_that_cannot_be_is_told(admin: FlaskClient, db: Session, scope: Scope) -> None:
    number = add_person(db, scope, "lead", Role.WORKSTREAM_LEAD, workstreams=["P1"])
    page = send(admin, f"{PEOPLE}/{number}", roles=["auditor"], workstreams=["P1"])
    assert page.status_code == 422
    assert "Only a workstream lead has workstreams" in page.text
    assert 'value="auditor" checked' in page.text
    assert send(admin, f"{PEOPLE}/{number}").status_code == 422
    assert [role.name for role in user_of(db, "lead@example.org").roles] == ["workstream_lead"]


def test_only_what_the_form_names_can_be_changed(admin: FlaskClient, db: Session, scope: Scope) -> None:
    number = add_person(db, scope, "lead", Role.AUDITOR)
    columns = [column for column in User.__table__.columns if column.name != "workstreams"]
    before = [getattr(user_of(db, "lead@example.org"), column.name) for column in columns]
    extra = {column.name: "1" for column in columns} | {"partnership": "elsewhere", "email": "me@example.org"}
    send(admin, f"{PEOPLE}/{number}", roles=["board_member"], **extra)
    send(admin, f"{PEOPLE}/{number}", f"{PEOPLE}/{number}/invite-again", roles=["administrator"], **extra)
    send(admin, f"{PEOPLE}/{number}", f"{PEOPLE}/{number}/switch-on", roles=["administrator"], **extra)
    user = user_of(db, "lead@example.org")
    assert [getattr(user, column.name) for column in columns] == before
    assert [role.name for role in user.roles] == ["board_member"]
    send(admin, f"{PEOPLE}/invite", roles=["auditor"], **(extra | {"email": NEW}))
    new = user_of(db, NEW)
    assert (new.partnership, new.password, new.tf_totp_secret, new.sso_subject) == (scope.partnership, None, None, None)


def test_people_of_another_partnership_are_not_there(admin: FlaskClient, db: Session) -> None:
    number = add_person(db, Scope("elsewhere"), "stranger", Role.AUDITOR)
    theirs = user_of(db, "stranger@example.org")
    before = (theirs.fs_uniquifier, theirs.active, [role.name for role in theirs.roles])
    assert "stranger" not in admin.get(PEOPLE).text
    for found in (number, 0, 2**31, 10**30):
        page = f"{PEOPLE}/{found}"
        assert [admin.get(address).status_code for address in (page, *(f"{page}/{end}" for end in ENDING))] == [404] * 4
        for end in ("", "/switch-on", "/invite-again", *(f"/{end}" for end in ENDING)):
            assert send(admin, PEOPLE, page + end, roles=["administrator"]).status_code == 404
    theirs = user_of(db, "stranger@example.org")
    assert (theirs.fs_uniquifier, theirs.active, [role.name for role in theirs.roles]) == before
    assert log_of(db) == []


def test_the_same_address_may_be_invited_by_two_partnerships(admin: FlaskClient, db: Session) -> None:
    add_person(db, Scope("elsewhere"), "new.person", Role.AUDITOR)
    assert send(admin, f"{PEOPLE}/invite", email=NEW, roles=["auditor"]).status_code == 302
    assert count_of(db, User) == 3
