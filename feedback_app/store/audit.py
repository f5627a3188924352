"""The audit log: who took answers out, and who was refused. Entries are added and read, never changed."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from feedback_app.domain.audit_chain import FIRST, Entry, hash_of
from feedback_app.domain.scope import Scope
from feedback_app.store.tables import AuditEntry


def add_entry(
    db: Session, scope: Scope, *, at: datetime, actor: str, action: str, subject: str, reason: str = ""
) -> None:
    """Add an entry to the end of the chain, waiting for whoever adds another in this partnership.

    ``actor`` is a sign-in address, ``action`` such as "rows exported", ``subject`` such as a wave's slug.
    """
    if db.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time as it is
        db.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"audit/{scope.partnership}"))))
    last = db.execute(
        select(AuditEntry.number, AuditEntry.hash)
        .where(AuditEntry.partnership == scope.partnership)
        .order_by(AuditEntry.number.desc())
        .limit(1)
    ).first()
    number, before = (last.number + 1, last.hash) if last else (1, FIRST)
    entry = Entry(scope.partnership, number, at.astimezone(UTC), actor, action, subject[:200], reason, before)
    db.execute(insert(AuditEntry).values(**asdict(entry), hash=hash_of(entry)))


def list_entries(db: Session, scope: Scope, subject: str | None = None) -> list[AuditEntry]:
    """Return the entries about a subject, or all, the oldest first."""
    wanted = [AuditEntry.partnership == scope.partnership]
    if subject is not None:
        wanted.append(AuditEntry.subject == subject)
    return list(db.scalars(select(AuditEntry).where(*wanted).order_by(AuditEntry.number)))
