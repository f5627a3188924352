"""Queries about the figures of themes that were frozen with a wave's snapshot."""

from __future__ import annotations

import uuid

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from feedback_app.store.comment_tables import ThemeSnapshot


def find_themes(db: Session, wave_id: uuid.UUID, number: int) -> bytes | None:
    """Return the frozen themes of a snapshot as they are stored, or None while it has none."""
    wanted = (ThemeSnapshot.wave_id == wave_id, ThemeSnapshot.number == number)
    kept = db.scalar(select(ThemeSnapshot.document).where(*wanted))
    return None if kept is None else bytes(kept)


def set_themes(db: Session, wave_id: uuid.UUID, number: int, document: bytes) -> None:
    """Give a snapshot its themes, in place of those it has, and delete those of the snapshots before it."""
    db.execute(delete(ThemeSnapshot).where(ThemeSnapshot.wave_id == wave_id, ThemeSnapshot.number <= number))
    db.add(ThemeSnapshot(wave_id=wave_id, number=number, document=document))
    db.flush()
