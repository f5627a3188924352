"""Many people at once: everybody gets a turn to write, and nobody gets a page that belongs to somebody else."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing, nullcontext
from datetime import date
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Engine, event, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.services import responding
from feedback_app.store import engine as engines
from feedback_app.store.tables import Draft
from tests.support.client import CheckedClient
from tests.support.journeys import TOKEN, answer, begin
from tests.support.surveys import field, real_survey

PEOPLE = 12
SCOPE = Scope("lancashire")


@pytest.fixture
def helpline(app: Flask) -> Any:
    """A wave of the helpline's short survey."""
    return field(app, real_survey("helpline"))


def test_people_who_write_at_the_same_moment_all_get_their_turn(app: Flask, db: Session, helpline: Any) -> None:
    app.test_client_class = None  # the checking client listens to every thread's statements
    together = threading.Barrier(PEOPLE)
    refused: list[int] = []

    def visit() -> None:
        visitor = app.test_client()
        token = TOKEN.search(visitor.get("/surveys/helpline").text)
        together.wait(timeout=30)
        reply = visitor.post("/surveys/helpline", data={"csrf_token": token.group(1) if token else ""})
        if reply.status_code != 302:
            refused.append(reply.status_code)

    threads = [threading.Thread(target=visit) for _ in range(PEOPLE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == []
    assert db.scalar(select(func.count()).select_from(Draft)) == PEOPLE


def test_a_writer_who_gets_no_turn_in_time_is_told_so_and_the_next_one_gets_it(
    app: Flask, helpline: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from feedback_app.extensions import db as extension

    monkeypatch.setattr(engines, "BUSY_MILLISECONDS", 50)
    engines.set_reading(False)  # this is about writing, whatever ran in this thread before
    with app.app_context():
        engine = extension.engine
    with closing(_other_process(engine)) as other:
        other.execute("BEGIN IMMEDIATE" if engine.dialect.name == "sqlite" else "BEGIN")
        refused = pytest.raises(OperationalError, match="locked")
        with refused if engine.dialect.name == "sqlite" else nullcontext(), engine.connect() as connection:
            connection.begin()  # PostgreSQL locks rows: there nobody waits for a turn
        other.execute("ROLLBACK")
    with engine.begin() as connection:
        assert connection.in_transaction()


def _other_process(engine: Engine) -> Any:
    """Return a connection that keeps none of our manners."""
    if engine.dialect.name == "sqlite":
        return sqlite3.connect(engine.url.database or "", isolation_level=None)
    address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(address, autocommit=True)


def test_answers_to_two_pages_sent_at_the_same_moment_are_both_kept(
    client: CheckedClient, db: Session, helpline: Any
) -> None:
    begin(client, "helpline")
    with client.session_transaction() as cookie:
        code = cookie["begun"]["helpline"]["codes"]["1"]
    today = date.today()  # noqa: DTZ011 - the day of the machine is near enough to a draft of this minute
    about: dict[str, Any] = {"today": today, "language": "en_GB"}
    found = responding.get_draft(db, SCOPE, code, today, "en_GB")
    responding.save_page(db, SCOPE, code, "hl1", {"HL1": 4}, {}, **about)
    responding.save_page(db, SCOPE, code, "hl2", {"HL2": 2}, {}, found=found, **about)
    assert responding.get_draft(db, SCOPE, code, today, "en_GB").sheet.answers == {"HL1": 4, "HL2": 2}


def test_a_page_from_memory_carries_the_token_of_whoever_asks_and_nobodys_answers(
    app: Flask, client: CheckedClient, helpline: Any
) -> None:
    neighbour = app.test_client()
    assert isinstance(neighbour, CheckedClient)
    first, second = begin(client, "helpline"), begin(neighbour, "helpline")
    assert first == second
    pages = [visitor.get(first).text for visitor in (client, neighbour, client)]
    tokens = [TOKEN.findall(page) for page in pages]
    assert [len(found) for found in tokens] == [1, 1, 1]
    assert tokens[0] != tokens[1]
    assert pages[0].replace(tokens[0][0], "") == pages[1].replace(tokens[1][0], "")
    answer(client, first, HL1="4")
    assert "checked" in client.get(first).text
    assert "checked" not in neighbour.get(first).text


def test_a_question_asks_the_database_once_and_keeping_it_twice(
    app: Flask, client: CheckedClient, helpline: Any
) -> None:
    from feedback_app.extensions import db as extension

    address = begin(client, "helpline")
    token = TOKEN.search(client.get(address).text)
    asked: list[str] = []
    with app.app_context():
        engine = extension.engine

    def listen(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            asked.append(statement.split(maxsplit=1)[0])

    event.listen(engine, "before_cursor_execute", listen)
    client.get(address)
    client.post(address, data={"csrf_token": token.group(1) if token else "", "HL1": "4", "do": "next"})
    event.remove(engine, "before_cursor_execute", listen)
    assert asked == ["SELECT", "SELECT", "UPDATE"]
