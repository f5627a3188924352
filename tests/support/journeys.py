"""Walking through a survey with the test client: forms with their tokens, page by page."""

from __future__ import annotations

import re
from typing import Any

from werkzeug.test import TestResponse

from tests.support.client import CheckedClient

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
CODE = re.compile(r'class="code"[^>]*>([^<]+)<')
HELPLINE = "/surveys/helpline"


def post(client: CheckedClient, address: str, page: TestResponse, **data: Any) -> TestResponse:
    """Send a form with the token of the page it stands on."""
    token = TOKEN.search(page.text)
    assert token, page.text
    return client.post(address, data={"csrf_token": token.group(1), **data})


def begin(client: CheckedClient, slug: str, **data: Any) -> str:
    """Begin a survey and return the address of its first question."""
    page = client.get(f"/surveys/{slug}")
    return post(client, f"/surveys/{slug}", page, **data).location


def answer(client: CheckedClient, address: str, **data: Any) -> str:
    """Answer the page at an address and return where it leads."""
    reply = post(client, address, client.get(address), **{"do": "next", **data})
    assert reply.status_code == 302, reply.text
    return reply.location


def answer_helpline(client: CheckedClient) -> str:
    """Answer the helpline's survey and return the address for checking."""
    address = begin(client, "helpline")
    while not address.endswith("/check"):
        item = address.rpartition("/")[2].upper()
        address = answer(client, address, **({item: "4"} if item != "HL6" else {item: "Kind and quick"}))
    return address


def send(client: CheckedClient, address: str) -> TestResponse:
    """Send the answers from the page for checking, and return the page after."""
    reply = post(client, address, client.get(address))
    assert reply.status_code == 302, reply.text
    return client.get(reply.location)


FIELD = re.compile(r'<input type="(radio|checkbox)"[^>]*name="(\w+)" value="(-?\d+)"')


def answer_first(client: CheckedClient, address: str) -> str:
    """Choose the first answer to each question of a page and go on."""
    page = client.get(address)
    chosen: dict[str, str] = {}
    for _kind, name, value in FIELD.findall(page.text):
        chosen.setdefault(name, value)
    reply = post(client, address, page, do="next", **chosen)
    assert reply.status_code == 302, reply.text
    return reply.location
