"""Sending booking forms as a browser without scripts does."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

BOOK = "/talks/waiting-well/book"
SAM = {"places": "2", "name": "Sam", "email": "sam@example.org", "booker": "parent_carer"}


def key_of(page: TestResponse) -> str:
    """Return the hidden key of a booking form."""
    found = html.fromstring(page.get_data(as_text=True)).xpath("//input[@name='request']/@value")
    assert len(found) == 1
    return str(found[0])


def marks_of(page: TestResponse) -> list[str]:
    """Return the hidden marks of when and where the talks of a booking form are."""
    found = html.fromstring(page.get_data(as_text=True)).xpath("//input[@name='seen']/@value")
    assert found
    return [str(mark) for mark in found]


def send(client: FlaskClient, data: dict[str, Any], path: str = BOOK, key: str = "") -> TestResponse:
    """Open the form and send it, as a browser without scripts does."""
    page = client.get(path)
    return post(client, path, {"request": key or key_of(page)} | data, page)


def post(client: FlaskClient, path: str, data: dict[str, Any], page: TestResponse) -> TestResponse:
    """Send a form with the hidden proof of a page."""
    proof = html.fromstring(page.get_data(as_text=True)).xpath("string(//input[@name='csrf_token']/@value)")
    body = urlencode({"csrf_token": proof} | data, doseq=True, errors="surrogatepass")
    return client.post(path, data=body, content_type="application/x-www-form-urlencoded")


def count(db: Session, table: type) -> int:
    found = db.scalar(select(func.count()).select_from(table)) or 0
    db.rollback()
    return found


def secret_in(reply: TestResponse) -> str:
    """Return the secret of the family's own page that a booking leads to."""
    found = re.search(r"/talks/booking/([\w-]{22})\?new=yes$", reply.headers["Location"])
    assert reply.status_code == 303
    assert found
    return found[1]
