"""Accounts that somebody has come to: no address opens them; linked by whoever is signed in; still them, or not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Role
from feedback_app.store.accounts import User
from feedback_app.store.tables import OutboxJob
from tests.support.accounts import post
from tests.support.application import running_application
from tests.support.openid_provider import LEAD, SITE, Provider, address_of, running_provider
from tests.support.people import add_person, browser_of, change_user, count_of, place_of, user_of, words_on
from tests.support.places import HERE, THERE
from tests.support.single_sign_on import DOOR, LINK, first_time, is_signed_in, link, log_of, say, there_and_back

DATABASES = ("sqlite",)  # what pages say; the queries under them are tested on both

on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # nothing new is asked of it


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """A real provider, whose lead has said before that this site may know who they are."""
    with running_provider(tmp_path_factory.mktemp("provider"), SITE, HERE, THERE) as running:
        running.consent(LEAD)
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


def test_the_address_of_an_account_that_somebody_has_opens_nothing(
    app: Flask, db: Session, client: FlaskClient, provider: Provider
) -> None:
    add_person(db, place_of(app).scope, "lead", Role.ADMINISTRATOR)
    change_user(db, "lead@example.org", email=address_of(LEAD))
    for _time in range(2):
        page = there_and_back(client, provider)
        assert page.status_code == 403
        assert "link your council account" in words_on(page)
        change_user(db, address_of(LEAD), password=None, sso_issuer="https://another.example", sso_subject="somebody")
    assert client.get(f"{DOOR}/first").location == "/team/sign-in"
    assert not is_signed_in(client)


def test_an_account_is_not_bound_by_its_address_once_somebody_came_between_question_and_answer(
    db: Session, client: FlaskClient, provider: Provider, invited: int
) -> None:
    page = client.get(there_and_back(client, provider).location)
    change_user(db, address_of(LEAD), password="x")
    assert post(client, f"{DOOR}/first", page, mine="yes").status_code == 403
    assert user_of(db, address_of(LEAD)).sso_subject is None


def test_whoever_has_come_links_their_account_themselves(app: Flask, db: Session, provider: Provider) -> None:
    client = browser_of(app, db, Role.ADMINISTRATOR)
    with client.session_transaction() as session:
        me = db.scalars(select(User.email).where(User.fs_uniquifier == session["_user_id"])).one()
    db.rollback()
    assert LINK in client.get("/team/account").text
    assert link(client, provider).location == "/team/account"
    user = user_of(db, me)
    assert (user.sso_issuer, user.sso_subject) == (provider.issuer, LEAD)
    page = client.get("/team/account")
    assert LINK not in page.text
    assert "It is linked" in words_on(page)
    assert client.get(LINK).location == "/team/account"
    assert log_of(db) == [(me, "single sign-on linked", me, "single sign-on")]
    assert count_of(db, OutboxJob) == 1  # who owns the account is told
    again = app.test_client()
    assert there_and_back(again, provider).location == "/team"
    assert is_signed_in(again)
    other = browser_of(app, db, Role.BOARD_MEMBER)
    assert "already" in words_on(other.get(link(other, provider).location))
    assert other.get("/team/account").text.count(LINK) == 1


@on_one_database
def test_only_whoever_is_signed_in_and_fresh_links_and_only_after_going_there(
    app: Flask, db: Session, client: FlaskClient, provider: Provider
) -> None:
    assert client.get(f"{DOOR}?link=1").location == LINK
    assert client.get(LINK).location.startswith("/team/sign-in")
    first, second = browser_of(app, db, Role.BOARD_MEMBER), browser_of(app, db, Role.ADMINISTRATOR)
    page = second.get(LINK)
    assert post(second, LINK, page, mine="yes").status_code == 200  # nobody went there
    assert there_and_back(second, provider, begin=f"{DOOR}?link=1").location == LINK
    with first.session_transaction() as session, second.session_transaction() as other:
        session["linking"] = other["linking"]
        other["fs_paa"] -= 1000
    assert post(first, LINK, first.get(LINK), mine="yes").status_code == 200
    assert second.get(LINK).location == f"/team/confirm?next={LINK}"
    assert second.get(f"{DOOR}?link=1").location == LINK
    assert post(second, LINK, page, mine="yes").location.startswith("/team/confirm")
    assert count_of(db, OutboxJob) == 0
    with second.session_transaction() as other:
        other["fs_paa"] += 1000
    assert post(second, LINK, second.get(LINK), mine="no").location == "/team/account"
    with second.session_transaction() as other:
        assert "linking" not in other
    back = provider.sign_in(second.get(f"{DOOR}?link=1").location, LEAD)
    post(second, "/team/sign-out", second.get("/team/account"))
    assert second.get(back).status_code == 400


@on_one_database
def test_that_it_is_still_them_is_what_the_provider_says_of_the_moment(
    app: Flask, client: FlaskClient, provider: Provider, invited: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert first_time(client, provider).location == "/team"
    door, shut = f"{DOOR}?next=/team/account/app", "/team/confirm?next=/team/account/app"
    asked = parse_qs(urlsplit(client.get(door).location).query)
    assert asked["max_age"] == ["60"]
    with client.session_transaction() as session:
        session["fs_paa"] -= 5000
    with monkeypatch.context() as said:
        say(app, said, auth_time=time.time() - 500)  # it was asked in the browser not to ask again
        assert there_and_back(client, provider, begin=door).status_code == 400
        assert client.get("/team/account/app").location == shut
    with monkeypatch.context() as said:
        say(app, said, auth_time=None)
        assert there_and_back(client, provider, begin=door).location == "/team/account/app"
        assert client.get("/team/account/app").location == shut
        assert "did not say that it asked you again" in words_on(client.get("/team/account"))
        with client.session_transaction() as session:
            assert session["fs_paa"] < time.time() - 5000  # the session ends when it would have ended
    assert there_and_back(client, provider, begin=door).location == "/team/account/app"
    assert client.get("/team/account/app").status_code == 200


@on_one_database
@pytest.mark.parametrize("signed_in_at", [None, 1_000_000_000])
def test_coming_in_where_the_provider_knows_the_browser_opens_nothing_that_asks_again(
    app: Flask,
    client: FlaskClient,
    provider: Provider,
    invited: int,
    monkeypatch: pytest.MonkeyPatch,
    signed_in_at: int | None,
) -> None:
    say(app, monkeypatch, auth_time=signed_in_at)
    assert first_time(client, provider).location == "/team"
    assert is_signed_in(client)
    assert client.get("/team/account/app").location == "/team/confirm?next=/team/account/app"


def test_names_that_no_database_keeps_open_nothing_and_break_nothing(
    app: Flask, client: FlaskClient, provider: Provider, invited: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for claims, status in (({"email": "a\0b@council.example.org"}, 403), ({"sub": "a\0b"}, 400)):
        with monkeypatch.context() as said:
            say(app, said, email_verified=True, **claims)
            assert there_and_back(client, provider).status_code == status


@on_one_database
def test_whoever_has_no_password_shows_there_that_it_is_still_them(
    client: FlaskClient, provider: Provider, invited: int
) -> None:
    assert first_time(client, provider).location == "/team"
    with client.session_transaction() as session:
        session["fs_paa"] -= 1000
    assert client.get("/team/account/app").location == "/team/confirm?next=/team/account/app"
    page = client.get("/team/confirm?next=/team/account/app")
    assert f"{DOOR}?next=/team/account/app" in page.text
    assert there_and_back(client, provider, begin=f"{DOOR}?next=/team/account/app").location == "/team/account/app"
    assert client.get("/team/account/app").status_code == 200
