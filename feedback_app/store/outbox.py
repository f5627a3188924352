"""Queries about the outbox: jobs put in the transaction that asks for them, claimed by one runner at a time."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, and_, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.store.tables import OutboxJob

_ADD = insert(cast(Table, OutboxJob.__table__))  # made once: that takes longer than to carry it out


@dataclass(frozen=True)
class Claimed:
    """A job that nobody else does until its claim runs out; `attempts` counts this one."""

    id: uuid.UUID
    kind: str
    payload: Mapping[str, Any]
    attempts: int


def _due(scope: Scope, now: datetime) -> ColumnElement[bool]:
    time_is_right = or_(OutboxJob.not_before.is_(None), OutboxJob.not_before <= now)
    return and_(OutboxJob.partnership == scope.partnership, OutboxJob.failed.is_(False), time_is_right)


def add_job(db: Session, scope: Scope, kind: str, payload: Mapping[str, Any]) -> None:
    """Add a job without a time of asking; it is done once the transaction is committed."""
    db.execute(_ADD, {"partnership": scope.partnership, "kind": kind, "payload": dict(payload)})


def has_due(db: Session, scope: Scope, now: datetime) -> bool:
    """Return whether any job of a partnership waits to be done; takes no lock."""
    return db.scalar(select(OutboxJob.id).where(_due(scope, now)).limit(1)) is not None


def claim_job(db: Session, scope: Scope, now: datetime, lasts: timedelta) -> Claimed | None:
    """Claim one job that is due until `now + lasts`, or return None; commit before doing it.

    A runner that dies leaves its claim to run out, and the job is due again. PostgreSQL passes over rows that another
    runner is claiming; SQLite lets one writer in at a time.
    """
    wanted = select(OutboxJob).where(_due(scope, now)).limit(1).with_for_update(skip_locked=True)
    job = db.scalars(wanted).first()
    if job is None:
        return None
    job.attempts += 1
    job.not_before = now + lasts
    db.flush()
    return Claimed(job.id, job.kind, job.payload, job.attempts)


def finish_job(db: Session, job_id: uuid.UUID) -> None:
    """Remove a job that is done; nothing of it stays."""
    db.execute(delete(OutboxJob).where(OutboxJob.id == job_id))


def put_off_job(db: Session, job_id: uuid.UUID, until: datetime, *, failed: bool) -> None:
    """Let a job that went wrong wait, or set it aside for good."""
    db.execute(update(OutboxJob).where(OutboxJob.id == job_id).values(not_before=until, failed=failed))


def count_jobs(db: Session, scope: Scope) -> dict[str, int]:
    """Return how many jobs of a partnership are "waiting" and how many are set aside as "failed"."""
    ours = select(OutboxJob.failed, func.count()).where(OutboxJob.partnership == scope.partnership)
    rows = {row[0]: row[1] for row in db.execute(ours.group_by(OutboxJob.failed))}
    return {"waiting": rows.get(False, 0), "failed": rows.get(True, 0)}


def delete_failed(db: Session, scope: Scope, before: datetime) -> int:
    """Delete a partnership's jobs set aside before a moment, and return how many: their payloads may name people."""
    ours = delete(OutboxJob).where(OutboxJob.partnership == scope.partnership)
    done = db.execute(ours.where(OutboxJob.failed.is_(True), OutboxJob.not_before < before))
    return int(done.rowcount)  # type: ignore[attr-defined]
