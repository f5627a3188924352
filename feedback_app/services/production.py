"""What has no place where answers are real."""

from __future__ import annotations

from sqlalchemy.orm import Session

from feedback_app.services.accounts import DEMONSTRATION_STAFF
from feedback_app.store import operating


def list_demonstration_staff(db: Session) -> list[str]:
    """Return the demonstration's accounts that can sign in, of any partnership: everybody knows their password."""
    return operating.list_active(db, list(DEMONSTRATION_STAFF))
