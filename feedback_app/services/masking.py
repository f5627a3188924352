"""Names and other personal things in a comment: hidden as the program finds them until a person has looked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from feedback_app.domain.errors import FeedbackError
from feedback_app.domain.hiding import OTHER, find_personal, hide
from feedback_app.domain.marking import Hidden, join_hidden
from feedback_app.domain.scope import Scope
from feedback_app.store import quotes
from feedback_app.store.readings import CommentFacts
from feedback_app.theming.grams import grams

LONGEST = 200  # letters of one thing to hide
MOST = 50


@dataclass
class NotInTheComment(FeedbackError):
    """Words that are to be hidden do not stand in the comment; ``typed`` are the first of them."""

    typed: str


def hidden_of(comment: CommentFacts) -> list[Hidden]:
    """Return what is hidden of a comment: what a person chose, or what the program finds where nobody has looked."""
    spans = find_personal(comment.words) if comment.hidden is None else comment.hidden
    return join_hidden(len(comment.words), spans)


def found_in(comment: CommentFacts) -> list[Hidden]:
    """Return all that may be hidden of a comment: what is hidden, and what the program finds besides."""
    spans = [*hidden_of(comment), *find_personal(comment.words)]
    return join_hidden(len(comment.words), spans)


def masked_words(comment: CommentFacts) -> str:
    """Return the words of a comment as they may be shown, in the first language's marks for what is hidden."""
    return hide(comment.words, hidden_of(comment))


def list_shown(comment: CommentFacts, heavy: Sequence[str]) -> tuple[str, ...]:
    """Return those of the words that weighed in a suggestion which stand in a comment where nothing is hidden."""
    there = frozenset(grams(masked_words(comment))) if heavy else frozenset()
    return tuple(word for word in heavy if word in there)


def read_hidden(comment: CommentFacts, ticked: Sequence[str], typed: str) -> list[Hidden]:
    """Return what to hide: found things ticked as "start-end", and each typed line wherever it stands.

    Raise NotInTheComment for a line that stands nowhere.
    """
    wanted = set(ticked)
    spans: list[Hidden] = [one for one in found_in(comment) if f"{one[0]}-{one[1]}" in wanted]
    for line in typed.splitlines()[:MOST]:
        words = " ".join(line.split())
        if words:
            spans += _places_of(comment.words, words)
    return join_hidden(len(comment.words), spans)


def _places_of(text: str, words: str) -> list[Hidden]:
    if len(words) > LONGEST:
        raise NotInTheComment(words[:LONGEST])
    anyhow = r"\s+".join(re.escape(word) for word in words.split())
    found = [(one.start(), one.end(), OTHER) for one in re.finditer(rf"(?<!\w){anyhow}(?!\w)", text, re.IGNORECASE)]
    if not found:
        raise NotInTheComment(words)
    return found


def keep_hidden(db: Session, scope: Scope, comment: CommentFacts, spans: Sequence[Hidden]) -> bool:
    """Keep what a person hid; where that changes the words, a quote cut from them is taken back: return whether."""
    changed = list(spans) != hidden_of(comment)
    quotes.set_hidden(db, scope, comment.id, [list(one) for one in spans])
    return changed and quotes.delete_quote(db, scope, comment.id)
