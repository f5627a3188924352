"""How transactions begin. SQLite: write-ahead log, every commit on the disk, writers queue instead of failing."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

_reading: ContextVar[bool] = ContextVar("reading", default=False)
BUSY_MILLISECONDS = 15_000
LOG_MILLISECONDS = 200
_TURN = "has its turn to write"


@contextmanager
def begun_to_read(only: bool) -> Iterator[None]:
    """Let transactions begun inside only read, or write too; afterwards those of the caller begin as before."""
    token = _reading.set(only)
    try:
        yield
    finally:
        _reading.reset(token)


def reading_only() -> AbstractContextManager[None]:
    """Let transactions begun inside take no write lock: for answering GET."""
    return begun_to_read(True)


def set_reading(only: bool) -> None:
    """Say whether transactions begun from here on, in this context, only read."""
    _reading.set(only)


@contextmanager
def looking_first(db: Session) -> Iterator[None]:
    """Let what begins by looking, and writes then, look without a turn to write: SQLite has one writer at a time."""
    if db.get_bind().dialect.name != "sqlite":
        yield
        return
    with reading_only():
        try:
            yield
        finally:
            db.rollback()


@contextmanager
def turn_to_write(db: Session) -> Iterator[None]:
    """Let what only reads write something in between: kept at the end, or not at all when something goes wrong.

    What was read before is let go, so that no turn to write waits for it; afterwards the session only reads again.
    """
    db.rollback()
    with begun_to_read(False):
        try:
            yield
            db.commit()
        except BaseException:
            db.rollback()
            raise


@contextmanager
def begun_to_migrate(engine: Engine) -> Iterator[Connection]:
    """Yield a connection in one transaction, for migrations; raise RuntimeError for references that lead nowhere then.

    SQLite changes a table by making it anew: rows that refer to it would go with the old one, as when somebody deletes
    it. So references are looked at when all is done, not on the way.
    """
    if engine.dialect.name != "sqlite":
        with engine.begin() as connection:
            yield connection
        return
    with engine.connect() as connection:
        raw: Any = connection.connection.dbapi_connection  # within a transaction this setting cannot be changed
        raw.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                yield connection
                if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                    raise RuntimeError("a migration leaves rows that refer to rows which are gone")
        finally:
            raw.execute("PRAGMA foreign_keys = ON")


def empty_log(engine: Engine) -> None:
    """Empty SQLite's write-ahead log, so that what was deleted stands in no file; PostgreSQL cleans up by itself."""
    if engine.dialect.name != "sqlite":
        return
    raw = engine.raw_connection()
    try:
        raw.execute(f"PRAGMA busy_timeout = {LOG_MILLISECONDS}")  # it keeps writers out while it waits for readers
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        raw.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
        raw.close()


def prepare_engine(engine: Engine) -> None:
    """Give an engine its manner of connecting and beginning."""
    if engine.dialect.name != "sqlite":
        see_what_others_committed(engine)
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

    queue_writers(engine)


def see_what_others_committed(engine: Engine) -> None:
    """Let each statement of PostgreSQL see what was committed before it, whatever the server's own default is.

    Whoever waited for a lock looks again at what the other did: at a stricter level they would see what was before.
    """

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        from psycopg import IsolationLevel

        connection.isolation_level = IsolationLevel.READ_COMMITTED


def queue_writers(engine: Engine) -> None:
    """Let one thread of this process write at a time: SQLite would have the others sleep and try again, ever longer."""
    turn = threading.Lock()

    @event.listens_for(engine, "begin")
    def began(connection: Any) -> None:
        if _reading.get():
            connection.exec_driver_sql("BEGIN")
            return
        if _TURN not in connection.info and turn.acquire(timeout=BUSY_MILLISECONDS / 1000):
            connection.info[_TURN] = True
        begin_writing(connection)

    @event.listens_for(engine, "checkin")
    def returned(_connection: Any, record: Any) -> None:
        if record.info.pop(_TURN, False):
            turn.release()


def begin_writing(connection: Any) -> None:
    """Begin as the only writer, asking every millisecond while another process writes."""
    raw = connection.connection.dbapi_connection
    ends = time.monotonic() + BUSY_MILLISECONDS / 1000
    raw.execute("PRAGMA busy_timeout = 1")
    try:
        while time.monotonic() < ends:
            try:
                raw.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as busy:
                if busy.sqlite_errorcode & 255 != sqlite3.SQLITE_BUSY:
                    break
            else:
                return
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # says in SQLAlchemy's terms what stands in the way
    finally:
        raw.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
