"""What a member of staff holds in the hand in tests: an app that shows codes, and a passkey made of software."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import struct
import time
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from flask.testing import FlaskClient
from lxml import html as lxml_html
from sqlalchemy import update
from werkzeug.test import TestResponse

from feedback_app.store.accounts import User
from tests.support.accounts import post
from tests.support.client import CheckedClient

CODE, RECOVERY, SET_UP = "/team/sign-in/code", "/team/sign-in/recovery-code", "/team/sign-in/set-up"
APP = "/team/account/app"
NEW_CODES = "/team/account/recovery-codes/new"
ORIGIN = "http://localhost"
PRESENT, KNOWN, NEW = 0x01, 0x04, 0x40


def visitor(app: Flask) -> CheckedClient:
    """Return a browser of its own."""
    made = app.test_client()
    assert isinstance(made, CheckedClient)
    return made


def show(client: FlaskClient, code: str, address: str = CODE) -> TestResponse:
    """Type a code on the page that asks for one."""
    return post(client, address, client.get(address), code=code)


def code_of(secret: str, at: float | None = None) -> str:
    """Return the six digits of a secret, worked out by RFC 6238 on its own."""
    counter = int((time.time() if at is None else at) // 30)
    digest = hmac.new(base64.b32decode(secret.replace(" ", "")), struct.pack(">Q", counter), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"


def secret_on(page: TestResponse) -> str:
    """Return the secret that the page for setting up an app shows for typing."""
    (secret,) = lxml_html.document_fromstring(page.text).xpath("//*[@class='code']/text()")
    return str(secret).replace(" ", "")


def new_codes(client: FlaskClient, done: TestResponse) -> list[str]:
    """Return the recovery codes that an answer leads to, and say that they are kept; none where it leads elsewhere."""
    if done.location != NEW_CODES:
        return []
    page = client.get(NEW_CODES)
    assert post(client, NEW_CODES, page).status_code == 302
    return recovery_codes_on(page)


def recovery_codes_on(page: TestResponse) -> list[str]:
    """Return the recovery codes that a page shows."""
    return re.findall(r'<span class="code" dir="ltr">([^<]+)</span>', page.text)


def set_up_app(client: FlaskClient, address: str = "/team/account/app") -> tuple[str, list[str]]:
    """Set up an app for whoever is signed in; return its secret and the recovery codes."""
    page = client.get(address)
    secret = secret_on(page)
    done = post(client, address, page, code=code_of(secret))
    assert done.status_code in (200, 302), done.text
    return secret, new_codes(client, done)


def as_text(data: bytes) -> str:
    """Return bytes in base64 as browsers write it."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def change_meanwhile(patch: pytest.MonkeyPatch, **values: Any) -> None:
    """Have accounts changed after the look at who is on the way in, and before they are held for their second step."""
    from feedback_app.extensions import db
    from feedback_app.web.account import passkeys, second_factor, steps

    def lock(user: User) -> bool:
        db.session.execute(update(User).values(**values))
        return steps.lock(user)

    for module in (passkeys, second_factor):
        patch.setattr(module, "lock", lock)


class SoftPasskey:
    """A passkey in software, ES256: does what a browser and its device do, or not quite, where a test says so."""

    def __init__(self, origin: str = ORIGIN, known: bool = True) -> None:
        """Make a new key for a site; `known`: it knows its owner by finger or face."""
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id, self.origin, self.host = hashlib.sha256(str(id(self)).encode()).digest(), origin, "localhost"
        self.flags, self.uses, self.handle = PRESENT | (KNOWN if known else 0), 0, b""

    def make(self, page: TestResponse) -> str:
        """Return what a browser says of a passkey just made as a page asks."""
        options = options_on(page)
        self.handle = from_text(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        own = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor2.dumps(public)
        said = {"fmt": "none", "attStmt": {}, "authData": self._data(NEW) + own}
        return self._say("webauthn.create", options, attestationObject=cbor2.dumps(said))

    def show(self, page: TestResponse) -> str:
        """Return what a browser says when this passkey answers a page."""
        self.uses += 1
        options, data = options_on(page), self._data(0)
        told = self._told("webauthn.get", options)
        signed = self.key.sign(data + hashlib.sha256(told).digest(), ec.ECDSA(hashes.SHA256()))
        return self._say("webauthn.get", options, authenticatorData=data, signature=signed, userHandle=self.handle)

    def _data(self, more: int) -> bytes:
        host = hashlib.sha256(self.host.encode()).digest()
        return host + bytes([self.flags | more]) + struct.pack(">I", self.uses)

    def _told(self, kind: str, options: dict[str, Any]) -> bytes:
        return json.dumps({"type": kind, "challenge": options["challenge"], "origin": self.origin}).encode()

    def _say(self, kind: str, options: dict[str, Any], **parts: bytes) -> str:
        response = {"clientDataJSON": self._told(kind, options), **parts}
        said = {name: as_text(part) for name, part in response.items()}
        return json.dumps({"id": as_text(self.id), "rawId": as_text(self.id), "type": "public-key", "response": said})


def from_text(text: str) -> bytes:
    """Return the bytes of base64 as browsers write it."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def options_on(page: TestResponse) -> dict[str, Any]:
    """Return what a page asks the browser."""
    (options,) = lxml_html.document_fromstring(page.text).xpath("//form[@data-passkey]/@data-options")
    found: dict[str, Any] = json.loads(options)
    return found


def add_passkey(client: FlaskClient, name: str = "My laptop") -> tuple[SoftPasskey, TestResponse]:
    """Add a passkey to the account of whoever is signed in; return it and the page that answers."""
    key, page = SoftPasskey(), client.get("/team/account/passkeys/new")
    return key, post(client, "/team/account/passkeys/new", page, name=name, credential=key.make(page))
