"""Words and sentences of a comment, each with the place where it stands in the comment as it was written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from feedback_app.domain.cue_syntax import WORD, fold

# A sentence ends with its sign before space, a bracket or the end; with the signs of other scripts anywhere; where
# somebody typed no space before the next capital letter; and at the end of a line. A row of signs is looked at from its
# first alone: thousands in a row would take seconds otherwise.
_END = re.compile(
    "(?<![.!?\u2026])[.!?\u2026]+[\"')\\]\u2019\u201d]*(?=\\s|$)|[\u06d4\u061f\u0964\u3002]+"
    "|(?<=[a-z0-9)])[.!?]+(?=[A-Z][a-z' ])|[\n\r]+"
)
_ABBREVIATIONS = """
    e.g i.e eg ie etc dr mr mrs ms prof rev st approx vs yr yrs hr hrs min mins wk wks tel ext dept inc ref incl
    a.m p.m u.k n.h.s e.h.c.p
"""
_SHORT = frozenset(_ABBREVIATIONS.split())
_BEFORE = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]+$")
_LONGEST_SHORT = 12  # characters looked at before a full stop


@dataclass(frozen=True)
class Sentence:
    """A sentence from ``start`` to ``end`` of a comment (characters, end exclusive) and its words.

    ``written``: the words as written; ``starts`` and ``ends``: where each stands in the
    comment.
    """

    start: int
    end: int
    written: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @cached_property
    def cased(self) -> tuple[str, ...]:
        """Return the words as they are compared where capitals count."""
        return tuple(fold(word, keep_case=True) for word in self.written)

    @cached_property
    def forms(self) -> tuple[str, ...]:
        """Return the words in the form in which they are compared."""
        return tuple(fold(word) for word in self.written)


def words_in(text: str) -> list[str]:
    """Return the words of a text as they are written."""
    return [found.group() for found in WORD.finditer(text)]


def tokens(text: str) -> list[str]:
    """Return the words of a text in the form in which they are compared, without their places."""
    return [fold(found.group()) for found in WORD.finditer(text)]


def sentences(text: str) -> list[Sentence]:
    """Return the sentences of a text that hold a word, in order."""
    return list(_sentences(text))


@lru_cache(maxsize=4)  # cues and valence ask for the same comment one after the other
def _sentences(text: str) -> tuple[Sentence, ...]:
    found = (_sentence(text, start, end) for start, end in _bounds(text))
    return tuple(sentence for sentence in found if sentence.written)


def _bounds(text: str) -> list[tuple[int, int]]:
    """Return where sentences begin and end; together they cover the text."""
    bounds, start = [], 0
    for sign in _END.finditer(text):
        if sign.group() == "." and _is_short(text, sign.start()):
            continue
        bounds.append((start, sign.end()))
        start = sign.end()
    if start < len(text):
        bounds.append((start, len(text)))
    return bounds


def _is_short(text: str, stop: int) -> bool:
    """Return whether the full stop at ``stop`` ends an abbreviation rather than a sentence."""
    before = _BEFORE.search(text[max(0, stop - _LONGEST_SHORT) : stop])
    if before is None or before.group().lower() not in _SHORT:
        return False
    after = text[stop + 1 : stop + 3].strip()
    return before.group()[0].isupper() or not after or not after[0].isupper()


def _sentence(text: str, start: int, end: int) -> Sentence:
    found = list(WORD.finditer(text, start, end))
    return Sentence(
        start,
        end,
        tuple(word.group() for word in found),
        tuple(word.start() for word in found),
        tuple(word.end() for word in found),
    )
