"""Queries about the ways in to a wave."""

from __future__ import annotations

import uuid

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback_app.store.tables import Collector


def add_collector(db: Session, collector_id: str, wave_id: uuid.UUID, kind: str) -> None:
    """Add a way in to a wave."""
    db.add(Collector(id=collector_id, wave_id=wave_id, kind=kind))
    db.flush()


def count_collectors(db: Session, wave_id: uuid.UUID) -> dict[str, int]:
    """Return kind -> how many ways in a wave has."""
    rows = select(Collector.kind, func.count()).where(Collector.wave_id == wave_id).group_by(Collector.kind)
    return dict(list(db.execute(rows).tuples()))
