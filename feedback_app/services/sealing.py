"""Exchanging the keys that personal data is encrypted with, while the program runs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy.orm import Session

from feedback_app.store import resealing

BATCH = 100  # rows a transaction: others write in between, and a kill undoes no more than these
Transaction = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True)
class SealedColumn:
    """How many values of a column each key seals (numbers from 1), how many stand open, how many none of them opens."""

    name: str
    by_key: dict[int, int]
    open: int
    unknown: int


@dataclass(frozen=True)
class Resealed:
    """How many values were sealed anew, and how many none of the keys opens."""

    anew: int
    unknown: int


def new_key() -> str:
    """Return a new key that personal data can be encrypted with."""
    from cryptography.fernet import Fernet

    return Fernet.generate_key().decode("ascii")


def count_sealed(db: Session) -> list[SealedColumn]:
    """Return for each sealed column which keys seal how many of its values."""
    found = []
    for column in resealing.list_columns():
        counted = resealing.count_by_key(db, column)
        open_, unknown = counted.pop(resealing.OPEN, 0), counted.pop(resealing.UNKNOWN, 0)
        found.append(SealedColumn(resealing.name_of(column), counted, open_, unknown))
    return found


def keys_open(db: Session) -> bool:
    """Return whether the keys of the settings open what is sealed, as far as one value of each column tells."""
    return all(resealing.one_opens(db, column) for column in resealing.list_columns())


def reseal_all(transaction: Transaction, size: int = BATCH) -> Resealed:
    """Seal everything with the first key, `size` rows a transaction; what is done stays done when it is cut short."""
    anew = unknown = 0
    for column in resealing.list_columns():
        after = None
        while True:
            with transaction() as db:
                batch = resealing.reseal_batch(db, column, after, size)
            anew, unknown, after = anew + batch.anew, unknown + batch.unknown, batch.last
            if after is None:
                break
    return Resealed(anew, unknown)
