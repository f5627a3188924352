"""The audit log: who took answers out, and who was refused. Entries are added and read, never changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.store.tables import AuditEntry


def add_entry(
    db: Session, scope: Scope, *, at: datetime, actor: str, action: str, subject: str, reason: str = ""
) -> None:
    """Add an entry: who (a sign-in address) did what ("rows exported") with what (a wave's slug), when and why."""
    values = {"partnership": scope.partnership, "at": at, "actor": actor, "action": action}
    db.execute(insert(AuditEntry).values(**values, subject=subject[:200], reason=reason))


def list_entries(db: Session, scope: Scope, subject: str | None = None) -> list[AuditEntry]:
    """Return the entries about a subject, or all, the oldest first."""
    wanted = [AuditEntry.partnership == scope.partnership]
    if subject is not None:
        wanted.append(AuditEntry.subject == subject)
    return list(db.scalars(select(AuditEntry).where(*wanted).order_by(AuditEntry.id)))
