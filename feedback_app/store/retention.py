"""Queries that find and delete what has been kept long enough."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from feedback_app.store.tables import CodeFailures, OutboxJob, ResponseText, Wave


def _closed_by(day: date) -> ColumnElement[bool]:
    return ResponseText.wave_id.in_(select(Wave.id).where(Wave.closed_from <= day))


def _count(db: Session, table: Any, condition: ColumnElement[bool]) -> int:
    return db.scalar(select(func.count()).select_from(table).where(condition)) or 0


def count_words(db: Session, day: date) -> int:
    """Return how many texts belong to waves that were closed by a day."""
    return _count(db, ResponseText, _closed_by(day))


def delete_words(db: Session, day: date) -> int:
    """Delete the texts of waves that were closed by a day, and return how many."""
    return int(db.execute(delete(ResponseText).where(_closed_by(day))).rowcount)  # type: ignore[attr-defined]


def count_failed_jobs(db: Session, before: datetime) -> int:
    """Return how many jobs were set aside before a moment."""
    return _count(db, OutboxJob, OutboxJob.failed.is_(True) & (OutboxJob.not_before < before))


def count_tries(db: Session, before: datetime) -> int:
    """Return how many counts of failed codes and sign-ins were last touched before a moment."""
    return _count(db, CodeFailures, CodeFailures.measured_at < before)


def delete_tries(db: Session, before: datetime) -> int:
    """Delete counts of failed codes and sign-ins last touched before a moment, and return how many."""
    done = db.execute(delete(CodeFailures).where(CodeFailures.measured_at < before))
    return int(done.rowcount)  # type: ignore[attr-defined]
