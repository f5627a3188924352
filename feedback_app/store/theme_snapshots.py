"""Queries about the figures of themes that were frozen with a wave's snapshot."""

from __future__ import annotations

import uuid

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from feedback_app.store.comment_tables import ThemeSnapshot


def find_themes(db: Session, wave_id: uuid.UUID, number: int) -> tuple[int, bytes] | None:
    """Return the frozen themes of a snapshot as they are stored, with its number; or None.

    While a snapshot has none yet, they are those of the one before it.
    """
    wanted = (ThemeSnapshot.wave_id == wave_id, ThemeSnapshot.number <= number)
    latest = select(ThemeSnapshot.number, ThemeSnapshot.document).where(*wanted)
    found = db.execute(latest.order_by(ThemeSnapshot.number.desc()).limit(1)).first()
    return None if found is None else (found.number, bytes(found.document))


def set_themes(db: Session, wave_id: uuid.UUID, number: int, document: bytes) -> None:
    """Give a snapshot its themes, in place of those it has, and delete those of the snapshots before it."""
    db.execute(delete(ThemeSnapshot).where(ThemeSnapshot.wave_id == wave_id, ThemeSnapshot.number <= number))
    db.add(ThemeSnapshot(wave_id=wave_id, number=number, document=document))
    db.flush()
