"""What every reply carries, whichever way it comes about; the one cookie; bodies that are no form."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.support.accounts import add_lead, sign_in
from tests.support.application import running_application
from tests.support.client import CheckedClient
from tests.support.databases import copy_sqlite
from tests.support.journeys import HELPLINE, answer, begin, post
from tests.support.surveys import field, real_survey

UUID = "3f1d0a52-6f0e-4c39-9d5a-0c3e8f1b2a77"


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """One kind of database is enough: nothing here depends on it."""
    return copy_sqlite(sqlite_template, tmp_path)


@pytest.fixture
def secure(database_url: str) -> Iterator[Flask]:
    """The application at an address with HTTPS."""
    with running_application(database_url, site_address="https://surveys.example", proxy_hops=1) as app:
        yield app


def replies(client: FlaskClient) -> Iterator[TestResponse]:
    """Yield replies of every sort: a page, a redirect, files, errors, what is refused before any view."""
    for reply in (
        client.get("/"),
        client.get("/team/"),
        client.get("/static/mark.svg"),
        client.get("/healthz"),
        client.get("/nowhere"),
        client.post("/privacy"),
        client.post("/team/sign-in", data={}),
        client.post("/team/sign-in", json={}),
    ):
        with reply:
            yield reply


def test_every_reply_carries_the_headers(client: CheckedClient) -> None:
    for reply in replies(client):
        policy = dict(part.strip().partition(" ")[::2] for part in reply.headers["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == policy["object-src"] == policy["frame-src"] == "'none'"
        assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
        assert "unsafe" not in str(policy)
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert reply.headers["X-Frame-Options"] == "DENY"
        assert reply.headers["Referrer-Policy"] == "same-origin"
        assert reply.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert re.fullmatch(r"[0-9a-f-]{36}", reply.headers["X-Request-Id"])
        if not reply.request.path.startswith("/static/"):
            assert reply.headers["Cache-Control"] == "no-store"


def test_with_https_the_browser_is_told_to_stay_with_it(secure: Flask) -> None:
    for reply in replies(secure.test_client()):
        assert reply.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
        assert reply.headers["Content-Security-Policy"].endswith("; upgrade-insecure-requests")


def test_no_public_page_sets_a_cookie_before_a_survey_is_begun(client: CheckedClient, app: Flask) -> None:
    field(app, real_survey("helpline"))
    for address in ("/", "/help", "/privacy", "/accessibility", "/languages", "/healthz", "/readyz", "/nowhere"):
        assert "Set-Cookie" not in client.get(address).headers, address


def test_there_is_one_cookie_and_with_https_its_name_binds_it_to_this_host(secure: Flask) -> None:
    field(secure, real_survey("helpline"))
    client = secure.test_client()
    https = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "surveys.example"}
    door = client.get("/team/sign-in", headers=https)
    given = door.headers.getlist("Set-Cookie")
    assert [cookie.partition("=")[0] for cookie in given] == ["__Host-feedback"]
    said = {part.strip() for part in given[0].split(";")[1:]}
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= said
    assert not any(part.startswith("Domain") for part in said)


def test_a_whole_journey_keeps_to_the_one_cookie(client: CheckedClient, app: Flask) -> None:
    field(app, real_survey("helpline"))
    first = begin(client, "helpline")
    post(client, first, client.get(first), do="next", HL1="1")
    assert {cookie.key for cookie in (client._cookies or {}).values()} == {"feedback"}


def test_signing_in_sets_no_second_cookie_even_when_asked_to_remember(app: Flask, db: Session) -> None:
    add_lead(db, app.config["PLACES"].only.scope)
    for asked in ("y", "1", "true"):
        client = app.test_client()
        reply = sign_in(client, remember=asked)
        assert reply.status_code == 302
        client.get("/team")
        assert {cookie.key for cookie in (client._cookies or {}).values()} == {"feedback"}


def test_a_body_that_is_no_form_is_refused_unread(client: CheckedClient, app: Flask) -> None:
    field(app, real_survey("helpline"))
    for kind in ("application/json", "text/plain", "application/xml", "application/octet-stream"):
        for address in (f"{HELPLINE}/1/hl1", "/team/sign-in", HELPLINE):
            assert client.post(address, data="[" * 100_000, content_type=kind).status_code == 415


def test_the_number_of_a_request_from_outside_is_taken_from_a_proxy_of_ours_alone(
    client: CheckedClient, secure: Flask
) -> None:
    assert client.get("/", headers={"X-Request-Id": UUID}).headers["X-Request-Id"] != UUID
    behind = secure.test_client()
    https = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "surveys.example"}
    assert behind.get("/", headers={**https, "X-Request-Id": UUID.replace("-", "")}).headers["X-Request-Id"] == UUID
    for bad in ("{" + UUID + "}", "urn:uuid:" + UUID, "x" * 5000, "0101", UUID + " x", ""):
        number = behind.get("/", headers={**https, "X-Request-Id": bad}).headers["X-Request-Id"]
        assert number != UUID
        assert number != bad


def test_a_room_of_a_hundred_behind_one_address_is_let_in(client: CheckedClient, app: Flask) -> None:
    field(app, real_survey("helpline"))
    for _ in range(100):
        visitor = app.test_client()
        assert isinstance(visitor, CheckedClient)
        assert answer(visitor, begin(visitor, "helpline"), HL1="4")  # each from 127.0.0.1, and each sends a page


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("/team/sign-in", "email"),
        ("/team/people/invite", "email"),
        ("/team/account/app", "code"),
        ("/team/account/passkeys/new", "name"),
        ("/team/waves/any/rows", "reason"),
    ],
)
def test_a_file_where_words_belong_is_refused(client: CheckedClient, address: str, field: str) -> None:
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/team/sign-in").text)
    assert token
    sent = {"csrf_token": token.group(1), field: (io.BytesIO(b"words"), "words.txt")}
    assert client.post(address, data=sent, content_type="multipart/form-data").status_code == 400
