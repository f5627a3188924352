"""Queries about the ways in to a wave."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from feedback_app.store.tables import Collector


def add_collector(db: Session, collector_id: str, wave_id: uuid.UUID, kind: str) -> None:
    """Add a way in to a wave."""
    db.add(Collector(id=collector_id, wave_id=wave_id, kind=kind))
    db.flush()
