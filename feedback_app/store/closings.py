"""Queries about telling the team, once, that a wave has closed."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.store.tables import Wave
from feedback_app.store.waves import FACTS, WaveFacts


def list_untold(db: Session, scope: Scope, today: date) -> list[WaveFacts]:
    """Return the waves that are closed today and of which nobody has been told yet, the first to close first."""
    closed = (Wave.partnership == scope.partnership, Wave.closed_from <= today, Wave.closing_told.is_(False))
    return [WaveFacts(*row) for row in db.execute(select(*FACTS).where(*closed).order_by(Wave.closed_from, Wave.slug))]


def mark_told(db: Session, wave_id: uuid.UUID) -> bool:
    """Note that a closing is told; return False when it was already, by whomever."""
    untold = update(Wave).where(Wave.id == wave_id, Wave.closing_told.is_(False)).values(closing_told=True)
    return cast(CursorResult[Any], db.execute(untold)).rowcount == 1
