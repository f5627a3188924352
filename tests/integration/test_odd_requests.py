"""What a stranger can send: never a 500, never a way off the site."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from tests.support.application import running_application
from tests.support.client import CheckedClient
from tests.support.journeys import HELPLINE, begin, post
from tests.support.surveys import field, real_survey


@pytest.mark.parametrize("address", ["/surveys/%00", "/surveys/a%00b", "/team/waves/%00", "/%00", "/surveys/a%00b/1/x"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_nul_in_an_address_leads_nowhere(client: CheckedClient, address: str, method: str) -> None:
    assert client.open(address, method=method).status_code in (302, 400, 404, 405)


@pytest.mark.parametrize("host", ["x" * 64 + ".example", "evil.example", "a b", "[::1", "\u00e4.example", ""])
def test_a_host_that_is_none_of_ours_is_refused_in_plain_text(database_url: str, host: str) -> None:
    more = {"trusted_hosts": ("surveys.example",), "site_address": "https://surveys.example"}
    with running_application(database_url, **more) as app:
        reply = app.test_client().get("/", headers={"Host": host})
        assert reply.status_code == 400
        assert app.test_client().get("/healthz", headers={"Host": "surveys.example"}).status_code == 200


@pytest.mark.parametrize(
    "address", ["//[x", "//evil.example", "https://evil.example", "/\\evil.example", "http:[", "\x00"]
)
def test_signing_in_never_leads_off_the_site(client: CheckedClient, address: str) -> None:
    reply = client.get("/team/sign-in", query_string={"next": address})
    assert reply.status_code == 200
    assert "evil.example" not in reply.text


@pytest.mark.parametrize("address", ["/%5Cevil.com", "/%2Fevil.com", "/%3Fx=1", "/%23top"])
def test_the_links_to_other_languages_stay_on_the_page_that_was_asked_for(database_url: str, address: str) -> None:
    with running_application(database_url, pseudo_languages=True) as app:
        page = app.test_client().get(address).text
        for off in ('href="/\\', 'href="//', 'href="/?x', 'href="/#top'):
            assert off not in page


def _away(*_given: Any, **_more: Any) -> Any:
    raise OperationalError("SELECT", {}, Exception("the database is away"))


def _busy(*_given: Any, **_more: Any) -> Any:
    raise PoolTimeout("no connection was free")


@pytest.mark.parametrize("fault", [_away, _busy])
def test_a_database_that_is_away_keeps_the_words_in_the_page(
    client: CheckedClient, app: Flask, monkeypatch: pytest.MonkeyPatch, fault: Any
) -> None:
    from feedback_app.store import drafts, waves

    field(app, real_survey("helpline"))
    begin(client, "helpline")
    address = f"{HELPLINE}/1/hl6"
    form = client.get(address)
    with monkeypatch.context() as broken:
        broken.setattr(drafts, "find_draft", fault)
        broken.setattr(waves, "list_waves_of", fault)
        reply = post(client, address, form, do="next", HL6="A long story")
    assert reply.status_code == 503
    assert "A long story" in reply.text
    assert post(client, address, reply, do="next", HL6="A long story").status_code == 302


@pytest.mark.parametrize(
    "data",
    [b"%ff%fe=%c0%80", b"do=next&" * 2000, b"HL1=" + b"\xed\xa0\x80", b"csrf_token=" + b"a" * 100_000, b"=&=&;;"],
)
def test_odd_bodies_are_refused_kindly(client: CheckedClient, app: Flask, data: bytes) -> None:
    field(app, real_survey("helpline"))
    reply = client.post(f"{HELPLINE}/1/hl1", data=data, content_type="application/x-www-form-urlencoded")
    assert reply.status_code in (400, 413)


def test_a_body_that_is_too_large_is_refused(client: CheckedClient, app: Flask) -> None:
    field(app, real_survey("helpline"))
    assert client.post(f"{HELPLINE}/1/hl1", data={"HL6": "x" * 3_000_000}).status_code == 413


@pytest.mark.parametrize("cookie", ["x", "feedback=.eJw", "feedback=" + "a" * 5000, "feedback=\u00e9", "=;=;"])
def test_a_broken_cookie_is_a_new_visitor(client: CheckedClient, cookie: str) -> None:
    assert client.get("/", headers={"Cookie": cookie.encode("utf-8").decode("latin-1")}).status_code == 200
