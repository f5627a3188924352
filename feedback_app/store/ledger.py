"""Queries about the release ledger: which crossed breakdowns were shown of one state of a wave's answers."""

from __future__ import annotations

import uuid
from typing import cast

from sqlalchemy import Table, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from feedback_app.domain.disclosure.ledger import Audience, Entry
from feedback_app.domain.scope import Scope
from feedback_app.store.tables import ReleasedTable, random_id

COMMA = ","
_RELEASED = cast(Table, ReleasedTable.__table__)


def list_released(db: Session, wave_id: uuid.UUID, *, frozen: bool, state: int) -> list[Entry]:
    """Return what was released of one state, in order."""
    wanted = (ReleasedTable.wave_id == wave_id, ReleasedTable.frozen.is_(frozen), ReleasedTable.state == state)
    columns = (ReleasedTable.position, ReleasedTable.item, ReleasedTable.by, ReleasedTable.audience)
    rows = db.execute(select(*columns).where(*wanted).order_by(ReleasedTable.position))
    return [Entry(at, item, tuple(by.split(COMMA)), Audience[audience.upper()]) for at, item, by, audience in rows]


def list_pairs(db: Session, wave_id: uuid.UUID, *, frozen: bool) -> set[tuple[str, ...]]:
    """Return by which two breakdowns at once anything was released, of whatever state."""
    rows = select(ReleasedTable.by).distinct().where(ReleasedTable.wave_id == wave_id, ReleasedTable.frozen.is_(frozen))
    return {tuple(by.split(COMMA)) for by in db.scalars(rows)}


def find_newest_state(db: Session, wave_id: uuid.UUID, *, frozen: bool) -> int | None:
    """Return the newest state of which something was released, or None."""
    wanted = (ReleasedTable.wave_id == wave_id, ReleasedTable.frozen.is_(frozen))
    return db.scalar(select(func.max(ReleasedTable.state)).where(*wanted))


def add_released(db: Session, scope: Scope, wave_id: uuid.UUID, entry: Entry, *, frozen: bool, state: int) -> bool:
    """Write an entry; return False where its table, or another one at its place, is there already."""
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {
        "id": random_id(),
        "partnership": scope.partnership,
        "wave_id": wave_id,
        "frozen": frozen,
        "state": state,
        "position": entry.position,
        "audience": entry.audience.key,
        "item": entry.item,
        "by": COMMA.join(entry.by),
    }
    added = insert(_RELEASED).values(**values).on_conflict_do_nothing().returning(_RELEASED.c.id)
    return db.execute(added).first() is not None


def delete_before(db: Session, wave_id: uuid.UUID, *, frozen: bool, state: int) -> None:
    """Delete what was released of states before this one."""
    gone = (ReleasedTable.wave_id == wave_id, ReleasedTable.frozen.is_(frozen), ReleasedTable.state < state)
    db.execute(delete(ReleasedTable).where(*gone))
