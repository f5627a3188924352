"""Queries about the ways in to a wave."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_app.store.tables import Collector


def find_collector(db: Session, wave_id: uuid.UUID, collector_id: str) -> str | None:
    """Return the id of a way in when the wave has it, or None."""
    return db.scalar(select(Collector.id).where(Collector.id == collector_id, Collector.wave_id == wave_id))


def list_kinds(db: Session, wave_id: uuid.UUID) -> list[str]:
    """Return the kinds of the ways in that a wave has, each once, in order of the alphabet."""
    kinds = select(Collector.kind).where(Collector.wave_id == wave_id).distinct().order_by(Collector.kind)
    return list(db.scalars(kinds))


def add_collector(db: Session, collector_id: str, wave_id: uuid.UUID, kind: str) -> None:
    """Add a way in to a wave."""
    db.add(Collector(id=collector_id, wave_id=wave_id, kind=kind))
    db.flush()
