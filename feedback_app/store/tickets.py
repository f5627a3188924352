"""Forms that were used for a try while guessing is slowed down: each counts once, and is forgotten after an hour."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from feedback_app.store.tables import CodeFailures

LASTS = timedelta(hours=1)
_PREFIX = "form:"


def use_ticket(db: Session, ticket: str, now: datetime) -> bool:
    """Note that a form was used; return False when it had been used before."""
    moment = now.astimezone(UTC)
    db.execute(
        delete(CodeFailures).where(CodeFailures.name.startswith(_PREFIX), CodeFailures.measured_at < moment - LASTS)
    )
    dialect = sqlite if db.get_bind().dialect.name == "sqlite" else postgresql
    name = _PREFIX + hashlib.sha256(ticket.encode()).hexdigest()[:32]
    used = dialect.insert(CodeFailures).values(name=name, level=0.0, measured_at=moment)
    noted = used.on_conflict_do_nothing(index_elements=[CodeFailures.name]).returning(CodeFailures.name)
    return db.execute(noted).first() is not None
