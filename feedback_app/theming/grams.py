"""What learning sees of a comment: its words, each two that stand together, and what the question asked for."""

from __future__ import annotations

from itertools import pairwise

from feedback_app.domain.coding import Valence
from feedback_app.theming.words import tokens

LONGEST = 20_000  # characters of a comment that are looked at
FEW = 4  # words of an answer that says little without its question


def grams(words: str, asked: Valence | None = None) -> list[str]:
    """Return the words and pairs of words of a comment; very short answers once more, beside what was asked for."""
    forms = tokens(words[:LONGEST])
    found = forms + [f"{one} {other}" for one, other in pairwise(forms)]
    if asked is not None:
        found.append(f"?{asked.value}")
        if len(forms) <= FEW:
            found += [f"?{asked.value} {form}" for form in forms]
    return found


def shown(gram: str) -> str:
    """Return a gram as readers see it, "" for one that only stands for a question."""
    return "" if gram.startswith("?") else gram
