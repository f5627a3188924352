"""People with accounts in tests: an administrator's browser, somebody invited, and the message that they get."""

from __future__ import annotations

import re
import time
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from lxml import html as lxml_html
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, undefer
from werkzeug.test import TestResponse

from feedback_app.domain.place import Place
from feedback_app.domain.scope import Role, Scope
from feedback_app.jobs.handlers import make_handlers
from feedback_app.jobs.runner import JobRunner
from feedback_app.store.accounts import User
from feedback_app.store.people import get_role
from feedback_app.store.tables import AuditEntry, Base
from tests.support.accounts import post
from tests.support.summaries import signed_in

PEOPLE = "/team/people"
NEW = "new.person@example.org"
_LINK = re.compile(r"https?://[^/\s]+(/team/invitation/(\S+))")


class Pocket:
    """A mailer that keeps what it is told to send."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str]] = []

    def send(self, to: str, subject: str, text: str, *, reference: str = "", again: bool = False) -> None:
        """Keep one message."""
        self.sent.append((to, subject, text))

    def link(self) -> str:
        """Return the path of the invitation in the last message."""
        found = _LINK.search(self.sent[-1][2])
        assert found, self.sent
        return found.group(1)


def place_of(app: Flask) -> Place:
    """Return the application's only partnership."""
    place: Place = app.config["PLACES"].only
    return place


def runner_of(app: Flask, pocket: Pocket) -> JobRunner:
    """Return a runner of jobs whose messages go into a pocket."""
    return JobRunner(app, make_handlers(app, pocket))


def add_person(db: Session, scope: Scope, name: str, *roles: Role, **more: Any) -> int:
    """Add an account that somebody has come to, without hashing a password; return its number."""
    given = {"password": "x", "active": True, "fs_uniquifier": f"{scope.partnership}-{name}"} | more
    rows = [get_role(db, role) for role in roles]
    user = User(partnership=scope.partnership, email=f"{name}@example.org", roles=rows, **given)
    db.add(user)
    db.commit()
    number = user.id
    db.rollback()
    return number


def browser_of(app: Flask, db: Session, *roles: Role) -> FlaskClient:
    """Return the browser of a new member of staff with these roles, who has just given their password."""
    client = signed_in(app, db, *roles)
    with client.session_transaction() as session:
        session["fs_paa"] = time.time()
    return client


def user_of(db: Session, address: str) -> User:
    """Return the account of an address as it stands now, let go of by the session: nothing waits for the test."""
    db.rollback()
    db.expire_all()
    wanted = select(User).where(User.email == address).options(undefer(User.tf_totp_secret))
    user = db.scalars(wanted).unique().one()
    assert user.webauthn is not None
    db.expunge_all()
    db.rollback()
    return user


def change_user(db: Session, address: str, **values: Any) -> None:
    """Change an account's columns."""
    db.execute(update(User).where(User.email == address).values(**values))
    db.commit()


def count_of(db: Session, table: type[Base]) -> int:
    """Return how many rows a table has."""
    number = db.scalar(select(func.count()).select_from(table))
    db.rollback()
    return number or 0


def log_of(db: Session) -> list[tuple[str, str, str, str]]:
    """Return who did what to whom, and why, in order: what is about accounts."""
    db.rollback()
    found = [(one.actor, one.action, one.subject, one.reason) for one in db.scalars(select(AuditEntry))]
    db.rollback()
    return [line for line in found if line[1] not in ("signed in", "refused", "signed out")]


def send(client: FlaskClient, page: str, address: str | None = None, **data: Any) -> TestResponse:
    """Open a page and send its form, to the same address unless another is named."""
    return post(client, address or page, client.get(page), **data)


def words_on(page: TestResponse) -> str:
    """Return the words of the main part of a page."""
    return " ".join(lxml_html.document_fromstring(page.text).xpath("string(//main)").split())
