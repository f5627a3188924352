"""Words cleared to be quoted: by a named person, as they stand after hiding, and taken back whenever that changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from feedback_app.domain.disclosure.quotes import Clearance
from feedback_app.domain.errors import CommentUnknown, FeedbackError
from feedback_app.domain.scope import Scope
from feedback_app.domain.voices import LONGEST_WORDS, Consent
from feedback_app.domain.words import tidy_words
from feedback_app.services.masking import masked_words
from feedback_app.store import quotes, readings
from feedback_app.store.readings import CommentFacts

WhyNotCleared = Literal["not_a_part", "nothing", "consent"]
LONGEST_QUOTE = 2_000  # letters; what may be published may be cleared whole


@dataclass
class QuoteRefused(FeedbackError):
    """Words cannot be cleared: they do not stand in the comment, there are none, or who said them did not agree."""

    reason: WhyNotCleared


@dataclass(frozen=True)
class Cleared:
    """A quote with what `disclosure.quotes.may_quote` asks for.

    ``masked`` are its words as the comment stands now, "" where they stand in it no longer.
    """

    comment_id: UUID
    response_id: UUID | None
    wave_id: UUID | None
    voice_id: UUID | None
    masked: str
    clearance: Clearance
    cleared_on: date
    shown_before: tuple[tuple[str, int], ...] = ()


def list_quotes(db: Session, scope: Scope, wave_id: UUID | None) -> list[Cleared]:
    """Return what was cleared of a wave, or of voices where none is given; nothing that waits for a named reader."""
    return [_cleared(one) for one in quotes.list_quotes(db, scope, wave_id)]


def find_quote(db: Session, scope: Scope, comment_id: UUID) -> Cleared | None:
    """Return what was cleared of a comment, or None."""
    found = quotes.find_quote(db, scope, comment_id)
    return _cleared(found) if found else None


def _cleared(one: quotes.QuoteFacts) -> Cleared:
    comment = one.comment
    stands = one.quoted in masked_words(comment)
    before = ((one.beside, one.beside_group),) if one.beside is not None and one.beside_group is not None else ()
    return Cleared(
        comment.id,
        comment.response_id,
        comment.wave_id,
        comment.voice_id,
        one.quoted if stands else "",
        Clearance(one.quoted, one.cleared_by),
        one.cleared_on,
        before,
    )


def may_be_quoted(db: Session, scope: Scope, comment: CommentFacts) -> bool:
    """Return whether whoever said it agreed to be quoted: always in a survey, which says so; for voices by consent."""
    return _longest(db, scope, comment) > 0


def _longest(db: Session, scope: Scope, comment: CommentFacts) -> int:
    """Return how many letters of a comment may be quoted at most."""
    if comment.voice_id is None:
        return LONGEST_QUOTE
    voice = readings.find_voice(db, scope, comment.voice_id)
    if voice is None or not Consent(voice.consent).may_be_quoted:
        return 0
    return LONGEST_WORDS if voice.consent == Consent.PUBLISH else LONGEST_QUOTE


def read_part(db: Session, scope: Scope, comment: CommentFacts, typed: str) -> str:
    """Return the words to quote: a part of the comment as it stands after hiding, to the letter; raise QuoteRefused."""
    longest = _longest(db, scope, comment)
    if not longest:
        raise QuoteRefused("consent")
    part = tidy_words(typed)
    if not part:
        raise QuoteRefused("nothing")
    if len(part) > longest or part not in tidy_words(masked_words(comment)):
        raise QuoteRefused("not_a_part")
    return part


def clear_quote(db: Session, scope: Scope, comment: CommentFacts, typed: str, by: str, today: date) -> None:
    """Clear words of a comment, in place of those cleared before; raise QuoteRefused, CommentUnknown.

    They are looked for in the comment as it stands now: it may have been held, or a name in it hidden, since.
    """
    now = readings.find_comment(db, scope, comment.id, for_update=True)
    if now is None:
        raise CommentUnknown
    quotes.keep_quote(db, scope, comment.id, read_part(db, scope, now, typed), by, today)


def withdraw_quote(db: Session, scope: Scope, comment_id: UUID) -> bool:
    """Take back what was cleared of a comment, readable or not; return whether there was anything."""
    return quotes.delete_quote(db, scope, comment_id)


def note_beside(db: Session, scope: Scope, comment_id: UUID, by: str, group: int) -> None:
    """Remember the one group that a quote is shown beside."""
    quotes.set_beside(db, scope, comment_id, by, group)
