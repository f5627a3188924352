"""A reader who worries about somebody: the comment is held at once, and a named safeguarding reader must read it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from feedback_app.domain.errors import CommentUnknown
from feedback_app.domain.scope import Scope
from feedback_app.domain.screening import BY_A_READER, Screening
from feedback_app.services.quoting import withdraw_quote
from feedback_app.services.tagging import drop_tagging
from feedback_app.store import readings, worries


def hold_again(db: Session, scope: Scope, screening: Screening, comment_id: UUID, *, today: date) -> None:
    """Hold a comment, flagged by a reader and due on the next working day; its tagging and its quote go.

    Raise CommentUnknown where it is held or gone by now.
    """
    if readings.find_comment(db, scope, comment_id, for_update=True) is None:
        raise CommentUnknown
    worries.hold_flagged(db, scope, comment_id, [[BY_A_READER, 0, 0]], screening.days.next_after(today))
    drop_tagging(db, scope, comment_id)
    withdraw_quote(db, scope, comment_id)
