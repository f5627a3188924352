"""What the audit log says about something, in tests."""

from __future__ import annotations

from sqlalchemy.orm import Session

from feedback_app.domain.audit_chain import Entry
from feedback_app.domain.audit_search import Sought
from feedback_app.domain.scope import Scope
from feedback_app.store.audit import iterate_entries


def list_entries(db: Session, scope: Scope, subject: str) -> list[Entry]:
    """Return the entries about a subject, the oldest first."""
    return [entry for entry, _kept in iterate_entries(db, scope, Sought(wave=subject))]
