"""Queries that find and delete what has been kept long enough."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, select
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.store.bulk import forget_sources
from feedback_app.store.comment_tables import Comment, SafeguardingEntry
from feedback_app.store.tables import CodeFailures, OutboxJob, Response, Wave

A_WEEK = timedelta(days=7)


def _said_by(scope: Scope, day: date) -> ColumnElement[bool]:
    """Hold for texts whose wave was closed by a day or, when it has no end, whose week was over by then."""
    ours = select(Wave.id).where(Wave.partnership == scope.partnership)
    endless = ours.where(Wave.closed_from.is_(None))
    early = select(Response.id).where(Response.wave_id.in_(endless), Response.week <= day - A_WEEK)
    return Comment.wave_id.in_(ours.where(Wave.closed_from <= day)) | (
        Comment.wave_id.in_(endless) & Comment.response_id.in_(early)
    )


def _waves_with_words_by(scope: Scope, day: date) -> Select[uuid.UUID]:
    """Return the waves closed by a day, and those without an end that have responses of a week over by then."""
    early = select(Response.wave_id).where(Response.week <= day - A_WEEK)
    endless = Wave.closed_from.is_(None) & Wave.id.in_(early)
    return select(Wave.id).where(Wave.partnership == scope.partnership, (Wave.closed_from <= day) | endless)


def _count(db: Session, table: Any, condition: ColumnElement[bool]) -> int:
    return db.scalar(select(func.count()).select_from(table).where(condition)) or 0


def _settled() -> ColumnElement[bool]:
    """Hold for texts of which no safeguarding flag waits to be read."""
    flags = select(SafeguardingEntry.comment_id).where(
        SafeguardingEntry.flagged.is_(True), SafeguardingEntry.read_on.is_(None)
    )
    return Comment.id.not_in(flags)


def count_unread_flags(db: Session, scope: Scope, day: date) -> int:
    """Return how many texts should go by a day and stay, because nobody has read what raised a flag."""
    return _count(db, Comment, _said_by(scope, day) & ~_settled())


def count_words(db: Session, scope: Scope, day: date) -> int:
    """Return how many texts belong to waves closed by a day, or to weeks before it of waves without an end.

    Those whose flag nobody has read are left out: they stay until somebody has.
    """
    return _count(db, Comment, _said_by(scope, day) & _settled())


def delete_words(db: Session, scope: Scope, day: date) -> int:
    """Delete the texts that count_words counts, with the marks of imported rows made of them; return how many texts."""
    forget_sources(db, _waves_with_words_by(scope, day))
    return int(db.execute(delete(Comment).where(_said_by(scope, day), _settled())).rowcount)  # type: ignore[attr-defined]


def count_failed_jobs(db: Session, scope: Scope, before: datetime) -> int:
    """Return how many jobs of a partnership were set aside before a moment."""
    ours = OutboxJob.partnership == scope.partnership
    return _count(db, OutboxJob, ours & OutboxJob.failed.is_(True) & (OutboxJob.not_before < before))


def count_tries(db: Session, before: datetime) -> int:
    """Return how many counts of failed codes and sign-ins, of whatever area, were last touched before a moment."""
    return _count(db, CodeFailures, CodeFailures.measured_at < before)


def delete_tries(db: Session, before: datetime) -> int:
    """Delete counts of failed codes and sign-ins last touched before a moment, and return how many."""
    done = db.execute(delete(CodeFailures).where(CodeFailures.measured_at < before))
    return int(done.rowcount)  # type: ignore[attr-defined]
