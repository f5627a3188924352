"""Going through a provider with a browser of the test's own, and what is noted of it."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from feedback_app.store.tables import AuditEntry
from tests.support.accounts import post
from tests.support.openid_provider import LEAD, Provider, address_of
from tests.support.people import words_on

DOOR = "/team/sign-in/council"
LINK = "/team/account/council"


def there_and_back(client: FlaskClient, provider: Provider, name: str = LEAD, begin: str = DOOR) -> TestResponse:
    """Go to the provider as somebody, and come back."""
    sent = client.get(begin)
    assert sent.status_code == 302, sent.text
    return client.get(provider.sign_in(sent.location, name))


def first_time(client: FlaskClient, provider: Provider, begin: str = DOOR) -> TestResponse:
    """Go there and back for the first time, and say that the account is one's own."""
    asked = there_and_back(client, provider, begin=begin)
    assert asked.location == f"{DOOR}/first", asked.text
    page = client.get(asked.location)
    assert address_of(LEAD) in words_on(page)
    return post(client, asked.location, page, mine="yes")


def link(client: FlaskClient, provider: Provider) -> TestResponse:
    """Link the account of whoever is signed in with the lead's at the provider, through all pages."""
    assert f'href="{DOOR}?link=1"' in client.get(LINK).text
    assert there_and_back(client, provider, begin=f"{DOOR}?link=1").location == LINK
    page = client.get(LINK)
    assert address_of(LEAD) in words_on(page)
    return post(client, LINK, page, mine="yes")


def say(app: Flask, monkeypatch: pytest.MonkeyPatch, **changes: object) -> None:
    """Let the provider say something else of whoever comes; None leaves a claim out."""
    asked = app.config["SINGLE_SIGN_ON"]
    finish = type(asked).finish

    def finished(*given: object) -> dict[str, object]:
        claims = {**finish(asked, *given), **changes}
        return {name: value for name, value in claims.items() if value is not None}

    monkeypatch.setattr(asked, "finish", finished)


def is_signed_in(client: FlaskClient) -> bool:
    """Return whether a browser is let in to the pages of staff."""
    return client.get("/team/account").status_code == 200


def log_of(db: Session) -> list[tuple[str, str, str, str]]:
    """Return who did what, to what, and why, in order."""
    db.rollback()
    found = [(one.actor, one.action, one.subject, one.reason) for one in db.scalars(select(AuditEntry))]
    db.rollback()
    return found
