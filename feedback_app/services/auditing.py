"""The audit log: who opened or closed a wave, brought answers in, took rows out or saw exact figures, and why."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.store import audit
from feedback_app.store.tables import AuditEntry

EXACT_FIGURES = "exact figures"
ALL_WAVES = "all waves"  # the subject of what is about no single one


def note_action(
    db: Session, scope: Scope, *, at: datetime, actor: str, action: str, subject: str, reason: str = ""
) -> None:
    """Write down who did what with which wave, in the transaction that does it."""
    audit.add_entry(db, scope, at=at, actor=actor, action=action, subject=subject, reason=reason)


def list_actions(db: Session, scope: Scope, subject: str | None = None) -> list[AuditEntry]:
    """Return what is in the log, about one wave or all, the oldest first."""
    return audit.list_entries(db, scope, subject)
