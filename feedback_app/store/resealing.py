"""Every column that is sealed, and sealing what stands in them anew when keys are exchanged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, ColumnClause, TableClause, Text, select, tuple_, update
from sqlalchemy.orm import Session

from feedback_app.store import accounts, sealed, talk_tables  # noqa: F401 - talks have sealed columns, too
from feedback_app.store.sealed import Sealed, SealedText

OPEN = 0  # stands there as it was before its column was sealed
UNKNOWN = -1  # sealed with a key that is not among those of the settings


@dataclass
class Batch:
    """What became of some rows: how many were sealed anew, how many none of the keys opens, and where it ended."""

    anew: int = 0
    unknown: int = 0
    last: tuple[Any, ...] | None = field(default=None)  # the last row's primary key; None when there are no more


def list_columns() -> list[Column[Any]]:
    """Return every sealed column of the database, by table and name."""
    tables = accounts.User.metadata.sorted_tables
    found = [column for table in tables for column in table.columns if _is_sealed(column)]
    return sorted(found, key=name_of)


def name_of(column: Column[Any]) -> str:
    """Return a column's name with its table's."""
    return f"{column.table.name}.{column.name}"


def _is_sealed(column: Column[Any]) -> bool:
    return isinstance(column.type, SealedText | Sealed)


def _as_it_lies(column: Column[Any]) -> tuple[TableClause, list[ColumnClause[Any]], ColumnClause[str]]:
    """Return a column's table, its primary key and the column as a text that nothing opens or seals."""
    keys = [sa.column(key.name, key.type) for key in column.table.primary_key]
    raw = sa.column(column.name, Text)
    return sa.table(column.table.name, *keys, raw), keys, raw


def key_of(column: Column[Any], text: str) -> int:
    """Return the number of the key that something is sealed with, from 1; OPEN or UNKNOWN."""
    if isinstance(column.type, Sealed) and text.startswith("{"):
        return OPEN
    return sealed.key_number(text) or UNKNOWN


def count_by_key(db: Session, column: Column[Any]) -> dict[int, int]:
    """Return number of a key -> how many values of a column are sealed with it; OPEN and UNKNOWN among the numbers."""
    counted: Counter[int] = Counter()
    table, _, raw = _as_it_lies(column)
    for text in db.scalars(select(raw).select_from(table).where(raw.is_not(None)).execution_options(yield_per=500)):
        counted[key_of(column, text)] += 1
    return dict(sorted(counted.items()))


def one_opens(db: Session, column: Column[Any]) -> bool:
    """Return whether what stands in some row of a column can be opened; True when nothing stands in it."""
    table, _, raw = _as_it_lies(column)
    text = db.scalar(select(raw).select_from(table).where(raw.is_not(None), raw != "").limit(1))
    return text is None or key_of(column, text) != UNKNOWN


def reseal_batch(db: Session, column: Column[Any], after: Sequence[Any] | None, size: int) -> Batch:
    """Seal the values of the next `size` rows after a primary key with the first key, where another sealed them.

    A row that somebody changes at the same moment is left as they made it.
    """
    table, keys, raw = _as_it_lies(column)
    wanted = select(*keys, raw).select_from(table).where(raw.is_not(None)).order_by(*keys).limit(size)
    if after is not None:
        wanted = wanted.where(tuple_(*keys) > tuple_(*after) if len(keys) > 1 else keys[0] > after[0])
    batch = Batch()
    for *row_key, text in db.execute(wanted).all():
        batch.last = tuple(row_key)
        number = key_of(column, text)
        batch.unknown += number == UNKNOWN
        if number in (1, UNKNOWN):
            continue
        made = sealed.seal(text) if number == OPEN else sealed.seal_anew(text)
        same = [key == value for key, value in zip(keys, row_key, strict=True)]
        done = db.execute(update(table).where(*same, raw == text).values({raw: made}))
        batch.anew += int(done.rowcount)  # type: ignore[attr-defined]
    return batch
