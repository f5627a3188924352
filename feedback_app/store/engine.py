"""How transactions begin. SQLite: write-ahead log, every commit on the disk, writers queue instead of failing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Engine, event

_reading: ContextVar[bool] = ContextVar("reading", default=False)
BUSY_MILLISECONDS = 15_000


@contextmanager
def reading_only() -> Iterator[None]:
    """Let transactions begun inside take no write lock: for answering GET."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


def set_reading(only: bool) -> None:
    """Say whether transactions begun from here on, in this context, only read."""
    _reading.set(only)


def prepare_engine(engine: Engine) -> None:
    """Give an engine its manner of connecting and beginning; PostgreSQL needs nothing."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # pysqlite's own BEGIN is switched off: ours below
        for pragma in (
            f"busy_timeout = {BUSY_MILLISECONDS}",
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "secure_delete = ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def began(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN" if _reading.get() else "BEGIN IMMEDIATE")
