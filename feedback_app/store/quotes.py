"""Queries about words that somebody cleared to be quoted. Every query takes the scope."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.domain.voices import Consent
from feedback_app.store.comment_tables import ClearedQuote, Comment, Voice
from feedback_app.store.readings import FACTS, CommentFacts, readable


@dataclass(frozen=True)
class QuoteFacts:
    """A quote as it is kept, with the comment that it was cut from."""

    comment: CommentFacts
    quoted: str
    cleared_by: str
    cleared_on: date
    beside: str | None
    beside_group: int | None


_QUOTE = (
    ClearedQuote.quoted,
    ClearedQuote.cleared_by,
    ClearedQuote.cleared_on,
    ClearedQuote.beside,
    ClearedQuote.beside_group,
)
# Whoever agreed that their words are counted alone, or took them back, is not quoted.
_SILENT = (Consent.COUNT.value, Consent.WITHDRAWN.value)


def list_quotes(db: Session, scope: Scope, wave_id: uuid.UUID | None) -> list[QuoteFacts]:
    """Return the quotes of a wave, or of voices where none is given, of comments that may be read still."""
    query = select(*FACTS, *_QUOTE).join(ClearedQuote, ClearedQuote.comment_id == Comment.id).where(*readable(scope))
    if wave_id:
        query = query.where(Comment.wave_id == wave_id)
    else:
        query = query.join(Voice, Voice.id == Comment.voice_id).where(Voice.consent.not_in(_SILENT))
    cut = len(FACTS)
    return [QuoteFacts(CommentFacts(*row[:cut]), *row[cut:]) for row in db.execute(query.order_by(Comment.id))]


def find_quote(db: Session, scope: Scope, comment_id: uuid.UUID) -> QuoteFacts | None:
    """Return the quote cut from a comment that may be read, or None."""
    query = select(*FACTS, *_QUOTE).join(ClearedQuote, ClearedQuote.comment_id == Comment.id)
    row = db.execute(query.where(*readable(scope), Comment.id == comment_id)).first()
    cut = len(FACTS)
    return QuoteFacts(CommentFacts(*row[:cut]), *row[cut:]) if row else None


def keep_quote(db: Session, scope: Scope, comment_id: uuid.UUID, quoted: str, by: str, day: date) -> None:
    """Keep words as cleared, in place of those cleared before; what they stood beside is remembered."""
    values = {"quoted": quoted, "cleared_by": by, "cleared_on": day}
    ours = (ClearedQuote.comment_id == comment_id, ClearedQuote.partnership == scope.partnership)
    if db.scalar(select(ClearedQuote.comment_id).where(*ours)) is None:
        db.execute(insert(ClearedQuote).values(comment_id=comment_id, partnership=scope.partnership, **values))
    else:
        db.execute(update(ClearedQuote).where(*ours).values(**values))


def delete_quote(db: Session, scope: Scope, comment_id: uuid.UUID) -> bool:
    """Take a quote back; return whether there was one."""
    ours = (ClearedQuote.comment_id == comment_id, ClearedQuote.partnership == scope.partnership)
    there = db.scalar(select(ClearedQuote.comment_id).where(*ours)) is not None
    if there:
        db.execute(delete(ClearedQuote).where(*ours))
    return there


def set_beside(db: Session, scope: Scope, comment_id: uuid.UUID, by: str, group: int) -> None:
    """Remember beside which group a quote stood first; never another after."""
    ours = (ClearedQuote.comment_id == comment_id, ClearedQuote.partnership == scope.partnership)
    values = {"beside": by, "beside_group": group}
    db.execute(update(ClearedQuote).where(*ours, ClearedQuote.beside.is_(None)).values(**values))


def set_hidden(db: Session, scope: Scope, comment_id: uuid.UUID, spans: list[list[int | str]]) -> None:
    """Keep which words of a comment a person hid."""
    ours = (Comment.id == comment_id, Comment.partnership == scope.partnership)
    db.execute(update(Comment).where(*ours).values(hidden=spans))
