"""Members of staff in tests: an account, and the way in through the form."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from feedback_app.domain.scope import Role, Scope
from feedback_app.services import accounts, administering
from feedback_app.services.administering import Doer

ADDRESS = "lead@example.org"
PASSWORD = "four words that differ"
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def add_lead(db: Session, scope: Scope, *roles: Role) -> None:
    """Add an account, a workstream lead's unless other roles are named."""
    accounts.add_user(db, scope, ADDRESS, PASSWORD, roles or [Role.WORKSTREAM_LEAD])
    db.commit()


def switch_off(db: Session, scope: Scope, address: str = ADDRESS) -> None:
    """Switch an account off, as an administrator's command does; raise PersonUnknown."""
    number = administering.number_of(db, scope, address)
    administering.switch_off(db, scope, number, Doer("test", datetime.now(UTC)), keep_one=False)


def post(client: FlaskClient, address: str, page: TestResponse, **data: Any) -> TestResponse:
    """Send a form with the token of the page it stands on."""
    token = _TOKEN.search(page.text)
    assert token, page.text
    return client.post(address, data={"csrf_token": token.group(1), **data})


def sign_in(client: FlaskClient, **given: str) -> TestResponse:
    """Send the form at the door, with the lead's address and password unless others are given."""
    door = client.get("/team/sign-in")
    return post(client, "/team/sign-in", door, **{"email": ADDRESS, "password": PASSWORD, **given})
