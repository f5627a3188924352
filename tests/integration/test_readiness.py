"""/readyz: whether a process can do its work, told without a word about where or with what."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from feedback_app.services import operating
from feedback_app.store import operating as queries
from feedback_app.store import sealed
from feedback_app.store.tables import OutboxJob
from tests.support.client import CheckedClient


@pytest.fixture(autouse=True)
def keys_of_the_test() -> Iterator[None]:
    """Whatever keys a test uses, those of before are used after it."""
    before = sealed._keys
    yield
    sealed.use_keys(before)


def failing(client: CheckedClient) -> list[str]:
    """Return which checks fail, as the log says; whoever asks hears only that something does."""
    with capture_logs() as logged:
        reply = client.get("/readyz")
    assert reply.headers["Cache-Control"] == "no-store"
    told = [name for line in logged if line["event"] == "not_ready" for name in line["failing"]]
    assert reply.status_code == (503 if told else 200)
    assert reply.get_json() == {"status": "not ready" if told else "ready"}
    return told


def test_a_program_that_can_work_says_so(client: CheckedClient) -> None:
    assert client.get("/readyz").json == {"status": "ready"}
    assert client.get("/healthz").json == {"status": "ok"}


def test_a_database_of_an_older_shape_is_told(client: CheckedClient, db: Session) -> None:
    db.execute(text("UPDATE alembic_version SET version_num = '0004'"))
    db.commit()
    assert failing(client) == ["migrations"]
    db.execute(text("DROP TABLE alembic_version"))
    db.commit()
    assert failing(client) == ["migrations"]


def test_a_key_that_is_missing_is_told(client: CheckedClient, app: Flask, db: Session) -> None:
    db.add(OutboxJob(partnership=app.config["PLACES"].only.key, kind="mail", payload={"to": "x"}, failed=True))
    db.commit()
    assert failing(client) == []
    sealed.use_keys([Fernet.generate_key().decode()])
    assert failing(client) == ["keys"]


def test_a_database_that_is_away_or_can_only_be_read_is_told(
    client: CheckedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_db: Session) -> bool:
        raise OperationalError("SELECT 1", {}, Exception("could not connect to db.internal as feedback"))

    monkeypatch.setattr(queries, "takes_writes", away)
    assert failing(client) == ["database"]
    assert "internal" not in client.get("/readyz").text
    monkeypatch.setattr(queries, "takes_writes", lambda _db: False)
    assert failing(client) == ["database"]


def test_a_full_disk_is_told(client: CheckedClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_folder: Any) -> Any:
        return SimpleNamespace(free=operating.LEAST_FREE_BYTES - 1)

    monkeypatch.setattr(shutil, "disk_usage", full)
    assert failing(client) == ["disk"]


def test_the_newest_revision_is_the_one_that_alembic_takes_for_it(app: Flask) -> None:
    from alembic.script import ScriptDirectory

    from feedback_app.store.migrating import configuration

    migrations = app.config["SETTINGS"].migrations_dir
    assert (
        operating.newest_revision(migrations)
        == ScriptDirectory.from_config(configuration(migrations)).get_current_head()
    )
