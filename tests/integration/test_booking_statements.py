"""How much the database is asked for a booking: hundreds may come in the same second, each behind the one before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from tests.support.booking_forms import BOOK, SAM, key_of, post, secret_in
from tests.support.talks import add_talk

FIRST, AGAIN = 12, 3  # statements, those left out that begin a transaction


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Yield the statements that are carried out inside."""
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith("BEGIN"):
            said.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_a_booking_takes_few_statements_and_the_same_form_again_locks_and_writes_nothing(
    app: Flask, client: FlaskClient, db: Session
) -> None:
    from feedback_app.extensions import db as extension

    add_talk(db)
    with app.app_context():
        engine = extension.engine
    page = client.get(BOOK)
    told = SAM | {"request": key_of(page)}
    with counted(engine) as first:
        secret = secret_in(post(client, BOOK, told, page))
    with counted(engine) as again:
        assert secret_in(post(client, BOOK, told, page)) == secret
    assert len(first) <= FIRST
    assert len(again) <= AGAIN
    assert all(statement.startswith("SELECT") and "FOR UPDATE" not in statement for statement in again)
