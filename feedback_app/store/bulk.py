"""Adding many responses at once: imported ones and those of the demonstration."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Select, Table, func, insert, select, text, update
from sqlalchemy.orm import Session

from feedback_app.domain.import_map import IMPORTED
from feedback_app.store.tables import Response, Wave, random_id

_RESPONSES = cast(Table, Response.__table__)
CACHE_KILOBYTES = 65_536


def make_room(db: Session) -> None:
    """Let this connection keep more pages in memory: random keys touch all of a table. PostgreSQL needs nothing."""
    if db.get_bind().dialect.name == "sqlite":
        db.execute(text(f"PRAGMA cache_size = -{CACHE_KILOBYTES}"))


def add_responses(db: Session, rows: Sequence[Mapping[str, Any]]) -> list[uuid.UUID]:
    """Add responses (columns of `Response` but the id) in one statement; return their ids in the order of the rows."""
    responses: list[dict[str, Any]] = [{"id": random_id(), **values} for values in rows]
    # To the table itself and in the order of their keys: half the time of mapped objects in the order they came.
    if responses:
        db.execute(insert(_RESPONSES), sorted(responses, key=_key))
    return [row["id"] for row in responses]


def _key(row: Mapping[str, Any]) -> uuid.UUID:
    key: uuid.UUID = row["id"]
    return key


def count_imported(db: Session, wave_id: uuid.UUID) -> int:
    """Return how many of a wave's responses came from files."""
    wanted = (Response.wave_id == wave_id, Response.source_hash.is_not(None))
    return db.scalar(select(func.count()).select_from(Response).where(*wanted)) or 0


def find_import_key(db: Session, wave_id: uuid.UUID) -> bytes | None:
    """Return the key under which a wave's imported rows are marked, or None."""
    return db.scalar(select(Wave.import_key).where(Wave.id == wave_id))


def keep_import_key(db: Session, wave_id: uuid.UUID, key: bytes) -> bool:
    """Give a wave its key unless it has one; return whether the key it has is this one."""
    db.execute(update(Wave).where(Wave.id == wave_id, Wave.import_key.is_(None)).values(import_key=key))
    return find_import_key(db, wave_id) == key


def has_unmarked_imports(db: Session, wave_id: uuid.UUID) -> bool:
    """Return whether a wave holds imported responses whose marks have been forgotten."""
    wanted = (Response.wave_id == wave_id, Response.mode.startswith(IMPORTED), Response.source_hash.is_(None))
    return db.scalar(select(Response.id).where(*wanted).limit(1)) is not None


def forget_sources(db: Session, waves: Select[uuid.UUID]) -> None:
    """Forget the marks of imported rows, and their keys, in those of the waves that have one."""
    keyed = select(Wave.id).where(Wave.id.in_(waves), Wave.import_key.is_not(None))
    ids = list(db.scalars(keyed))
    if not ids:
        return
    db.execute(update(Response).where(Response.wave_id.in_(ids)).values(source_hash=None))
    db.execute(update(Wave).where(Wave.id.in_(ids)).values(import_key=None))
