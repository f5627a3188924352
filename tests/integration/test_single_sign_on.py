"""Signing in through a real OpenID provider: there, consent, and back; and everybody who is not let in."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Role, Scope
from feedback_app.store.accounts import Invitation
from feedback_app.store.tables import OutboxJob
from tests.support.accounts import post
from tests.support.application import running_application
from tests.support.authenticator import code_of
from tests.support.openid_provider import LEAD, SITE, STRANGER, UNVERIFIED, Provider, address_of, running_provider
from tests.support.people import add_person, change_user, count_of, place_of, user_of, words_on
from tests.support.places import BOTH, HERE, THERE, visitor_of, write_two
from tests.support.single_sign_on import DOOR, first_time, is_signed_in, log_of, there_and_back

on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # nothing new is asked of it


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """A real provider."""
    with running_provider(tmp_path_factory.mktemp("provider"), SITE, HERE, THERE) as running:
        yield running


@pytest.fixture
def app(database_url: str, provider: Provider) -> Iterator[Flask]:
    """The application, which trusts that provider."""
    with running_application(database_url, **provider.settings()) as application:
        yield application


@pytest.fixture
def invited(app: Flask, db: Session) -> int:
    """A workstream lead was invited and has not come."""
    number = add_person(db, place_of(app).scope, "lead", Role.WORKSTREAM_LEAD, password=None)
    change_user(db, "lead@example.org", email=address_of(LEAD))
    return number


def test_somebody_invited_comes_through_the_council_and_later_by_its_lasting_name_alone(
    app: Flask, db: Session, client: FlaskClient, provider: Provider, invited: int
) -> None:
    from datetime import UTC, datetime

    from feedback_app.store.people import set_invitation

    set_invitation(db, invited, "x" * 64, datetime(2100, 1, 1, tzinfo=UTC))
    db.commit()
    door = client.get("/team/sign-in?next=/team/roles")
    assert "Sign in with your council account" in words_on(door)
    assert f"{DOOR}?next=/team/roles" in door.text
    assert first_time(client, provider, f"{DOOR}?next=/team/roles").location == "/team/roles"
    assert is_signed_in(client)
    assert count_of(db, Invitation) == 0
    user = user_of(db, address_of(LEAD))
    assert (user.sso_issuer, user.sso_subject, user.password) == (provider.issuer, LEAD, None)
    change_user(db, address_of(LEAD), email="new.name@example.org")
    again = app.test_client()
    assert there_and_back(again, provider).location == "/team"
    assert is_signed_in(again)
    me = address_of(LEAD)
    assert log_of(db) == [
        (me, "invitation accepted", me, "single sign-on"),
        (me, "single sign-on linked", me, "single sign-on"),
        (me, "signed in", "own account", "single sign-on"),
        ("new.name@example.org", "signed in", "own account", "single sign-on"),
    ]
    assert count_of(db, OutboxJob) == 1  # who owns the account is told


def test_nobody_gets_an_account_by_signing_in(
    db: Session, client: FlaskClient, provider: Provider, invited: int
) -> None:
    page = there_and_back(client, provider, STRANGER)
    assert page.status_code == 403
    assert f"Your council calls you {address_of(STRANGER)}." in words_on(page)
    assert "invite you" in words_on(page)
    assert f"{DOOR}?other=1" in page.text
    assert "prompt=select_account" in client.get(f"{DOOR}?other=1").location
    assert not is_signed_in(client)
    assert log_of(db) == []


@on_one_database
def test_an_address_that_nobody_verified_opens_nothing(
    app: Flask, db: Session, client: FlaskClient, provider: Provider
) -> None:
    add_person(db, place_of(app).scope, "una", Role.BOARD_MEMBER)
    change_user(db, "una@example.org", email=address_of(UNVERIFIED))
    assert there_and_back(client, provider, UNVERIFIED).status_code == 403
    assert user_of(db, address_of(UNVERIFIED)).sso_subject is None


def test_an_account_switched_off_stays_shut(
    app: Flask, db: Session, client: FlaskClient, provider: Provider, invited: int
) -> None:
    change_user(db, address_of(LEAD), active=False)
    assert there_and_back(client, provider).status_code == 403
    change_user(db, address_of(LEAD), active=True)
    assert first_time(client, provider).location == "/team"
    change_user(db, address_of(LEAD), active=False)
    assert not is_signed_in(client)
    assert there_and_back(app.test_client(), provider).status_code == 403


def test_an_account_switched_off_between_question_and_answer_stays_shut(
    db: Session, client: FlaskClient, provider: Provider, invited: int
) -> None:
    page = client.get(there_and_back(client, provider).location)
    change_user(db, address_of(LEAD), active=False)
    assert post(client, f"{DOOR}/first", page, mine="yes").status_code == 403
    assert user_of(db, address_of(LEAD)).sso_subject is None


def test_whoever_says_no_binds_nothing_and_has_to_begin_again(
    db: Session, client: FlaskClient, provider: Provider, invited: int
) -> None:
    page = client.get(there_and_back(client, provider).location)
    assert post(client, f"{DOOR}/first", page, mine="no").location == "/team/sign-in"
    assert post(client, f"{DOOR}/first", page, mine="yes").location == "/team/sign-in"
    assert user_of(db, address_of(LEAD)).sso_subject is None
    assert log_of(db) == []


def test_an_address_given_to_somebody_new_does_not_open_the_old_account(
    db: Session, client: FlaskClient, provider: Provider, invited: int
) -> None:
    change_user(db, address_of(LEAD), sso_issuer=provider.issuer, sso_subject="who had the address before")
    assert there_and_back(client, provider).status_code == 403
    assert user_of(db, address_of(LEAD)).sso_subject == "who had the address before"


@on_one_database
def test_an_account_of_another_partnership_opens_nothing_here(
    db: Session, client: FlaskClient, provider: Provider, invited: int
) -> None:
    change_user(db, address_of(LEAD), partnership="elsewhere")
    assert there_and_back(client, provider).status_code == 403
    change_user(db, address_of(LEAD), sso_issuer=provider.issuer, sso_subject=LEAD)
    assert there_and_back(client, provider).status_code == 403


def test_one_person_may_have_an_account_in_each_of_two_partnerships(
    database_url: str, db: Session, provider: Provider, tmp_path: Path
) -> None:
    chosen = provider.settings(partnerships=BOTH, surveys_dir=write_two(tmp_path / "surveys"))
    del chosen["site_address"]
    with running_application(database_url, **chosen) as app:
        for key, site in (("lancashire", HERE), ("northshire", THERE)):
            client = visitor_of(app, site)
            assert there_and_back(client, provider).status_code == 403
            add_person(db, Scope(key), "lead", Role.WORKSTREAM_LEAD, password=None)
            change_user(db, "lead@example.org", email=address_of(LEAD))
            assert first_time(client, provider).location == "/team"
            assert there_and_back(visitor_of(app, site), provider).location == "/team"
        assert not is_signed_in(visitor_of(app, HERE))


@on_one_database
def test_the_way_back_works_once_and_only_in_the_browser_that_went(
    app: Flask, client: FlaskClient, provider: Provider, invited: int
) -> None:
    sent = client.get(DOOR)
    back = provider.sign_in(sent.location, LEAD)
    other = app.test_client()
    assert other.get(back).status_code == 400
    other.get(DOOR)
    assert other.get(back).status_code == 400
    cookie = client.get_cookie("feedback")
    assert cookie
    assert client.get(back).status_code == 302
    assert client.get(back).status_code == 400
    client.set_cookie("feedback", cookie.value)  # the browser as it was before: the provider takes no code twice
    page = client.get(back)
    assert page.status_code == 400
    assert "Please start again." in words_on(page)
    assert not is_signed_in(client)


@on_one_database
def test_a_way_back_that_is_too_old_or_made_up_leads_nowhere(
    client: FlaskClient, provider: Provider, invited: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get(f"{DOOR}/back").status_code == 400
    sent = client.get(DOOR)
    state = parse_qs(urlsplit(sent.location).query)["state"][0]
    assert client.get(f"{DOOR}/back?state=%C3%A4%ff").status_code == 400
    back = provider.sign_in(sent.location, LEAD)
    now = time.time()
    with monkeypatch.context() as later:
        later.setattr("feedback_app.web.account.single_sign_on.time.time", lambda: now + 601)
        assert client.get(back).status_code == 400
    assert client.get(f"{back}&error=access_denied").status_code == 400
    for what in ("code=made-up", "error=access_denied", "code=x&iss=https://elsewhere.example", ""):
        state = parse_qs(urlsplit(client.get(DOOR).location).query)["state"][0]
        page = client.get(f"{DOOR}/back?state={state}&{what}")
        assert page.status_code == 400, what
        assert "access_denied" not in page.text
    assert client.get(f"{DOOR}/first").location == "/team/sign-in"


@on_one_database
def test_what_is_asked_carries_state_nonce_and_a_challenge_and_asks_anew_whoever_is_signed_in(
    client: FlaskClient, provider: Provider, invited: int
) -> None:
    asked = parse_qs(urlsplit(client.get(DOOR).location).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert {len(asked[name][0]) for name in ("state", "nonce", "code_challenge")} == {43}
    assert asked["redirect_uri"] == ["http://127.0.0.1:8000/team/sign-in/council/back"]
    assert "prompt" not in asked
    assert first_time(client, provider).location == "/team"
    assert parse_qs(urlsplit(client.get(DOOR).location).query)["prompt"] == ["login"]


@on_one_database
def test_nobody_is_led_to_another_site_afterwards(client: FlaskClient, provider: Provider, invited: int) -> None:
    assert first_time(client, provider, f"{DOOR}?next=https://evil.example/").location == "/team"
    for elsewhere in ("//evil.example", "/\\evil.example", "javascript:alert(1)", f"/{'x' * 5000}"):
        assert there_and_back(client, provider, begin=f"{DOOR}?next={elsewhere}").location == "/team"


@on_one_database
def test_nothing_of_a_token_is_kept_or_said(
    client: FlaskClient, provider: Provider, invited: int, capsys: pytest.CaptureFixture[str]
) -> None:
    back = provider.sign_in(client.get(DOOR).location, LEAD)
    client.get(back)
    with client.session_transaction() as session:
        kept = dict(session)
    assert not any("eyJ" in str(value) for value in kept.values())
    assert "nonce" not in str(kept)
    said = capsys.readouterr()
    code = parse_qs(urlsplit(back).query)["code"][0]
    assert code not in said.out + said.err


def test_where_ours_is_wanted_as_well_the_second_step_follows(
    database_url: str, db: Session, provider: Provider, invited: int
) -> None:
    with running_application(database_url, **provider.settings(sso_second_factor="required")) as strict:
        client = strict.test_client()
        assert first_time(client, provider).location == "/team/sign-in/set-up"
        assert not is_signed_in(client)
        page = client.get("/team/sign-in/set-up")
        secret = "".join(page.text.split('class="code"')[1].split(">", 1)[1].split("<", 1)[0].split())
        codes = post(client, "/team/sign-in/set-up", page, code=code_of(secret)).location
        assert client.get(codes).status_code == 200
        assert is_signed_in(client)
        assert ("signed in", "single sign-on, authenticator") in [(one[1], one[3]) for one in log_of(db)]
        again = strict.test_client()
        assert there_and_back(again, provider).location == "/team/sign-in/code"
        assert not is_signed_in(again)


@on_one_database
def test_who_went_in_another_language_comes_back_in_it(database_url: str, provider: Provider) -> None:
    with running_application(database_url, **provider.settings(pseudo_languages=True)) as app:
        client = app.test_client()
        back = provider.sign_in(client.get(f"/en-xa{DOOR}").location, STRANGER)
        moved = client.get(back)
        assert moved.location.startswith(f"/en-xa{DOOR}/back?")
        page = client.get(moved.location)
        assert page.status_code == 403
        assert "You have no account here" not in page.text


@on_one_database
def test_a_provider_that_cannot_be_reached_is_said_and_passwords_still_work(database_url: str, db: Session) -> None:
    from tests.support.accounts import add_lead, sign_in
    from tests.support.openid_provider import free_port

    nobody = Provider(f"http://127.0.0.1:{free_port()}")
    with running_application(database_url, **nobody.settings(sso_name="Mit dem Amt anmelden")) as app:
        client = app.test_client()
        for _time in range(2):
            page = client.get(DOOR)
            assert page.status_code == 503
            assert "it still works" in words_on(page)
        add_lead(db, place_of(app).scope)
        assert "Mit dem Amt anmelden" in words_on(client.get("/team/sign-in"))
        assert sign_in(client).location == "/team"


@on_one_database
def test_without_a_provider_there_is_no_such_way(database_url: str) -> None:
    with running_application(database_url) as app:
        client = app.test_client()
        assert "council account" not in client.get("/team/sign-in").text
        for address in (DOOR, f"{DOOR}/back?state=x&code=y", f"{DOOR}/first"):
            assert client.get(address).location == "/team/sign-in"
