"""Words of a text as screening compares them: without capitals, accents and signs, and how far two are apart."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

# Letters with the marks that belong to them (vowel signs of Gujarati and Gurmukhi, points of Urdu), and signs that
# stand for letters or between them.
_MARKS = "\u0300-\u036f\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff"
WORD = re.compile(f"[\\w{_MARKS}](?:['\u2019\u2018\u02bc`\u200b-\u200d\u00ad@$*\u20ac]*[\\w{_MARKS}])*")
# Looked for from the first sign of a row alone: thousands of them in a row would take seconds otherwise.
_END = re.compile(r"(?<![.!?\u2026\u06d4\u061f\u0964])[.!?\u2026\u06d4\u061f\u0964]+(?=\s|$)|\n")
_INDIC_NASALS = "\u0a01\u0a02\u0a3c\u0a70\u0a71\u0a81\u0a82\u0abc"  # written or left out, as people please
_DROPPED = re.compile(
    f"[\u0300-\u036f\u064b-\u065f\u0670\u0640{_INDIC_NASALS}'\u2019\u2018\u02bc`\u200b-\u200d\u00ad*]"
)
_ALIKE = str.maketrans({
    "\u0142": "l", "\u0111": "d", "\u00f8": "o", "\u064a": "\u06cc", "\u0649": "\u06cc", "\u0643": "\u06a9",
    "\u0647": "\u06c1",
    "\u06be": "\u06c1", "\u06c3": "\u06c1", "\u0629": "\u06c1", "\u06c2": "\u06c1", "\u0623": "\u0627",
    "\u0622": "\u0627", "\u06d2": "\u06cc", "\u06ba": "\u0646",
})  # fmt: skip
_SIGNS_FOR_LETTERS = str.maketrans("013457@$\u20ac", "oieastase")
RUN = re.compile(r"(.)\1{2,}")
SHORTEST_FUZZY, TWO_SLIPS = 6, 9  # letters from which one slip, and two slips, are allowed
LONGEST_WORD = 40


class Token(NamedTuple):
    """One word of a text, as it is compared, with where it stands; ``first`` begins a sentence."""

    text: str
    start: int
    end: int
    first: bool


@lru_cache(maxsize=50_000)
def plain(word: str) -> str:
    """Return a word as it is compared: small, without accents, apostrophes and other signs."""
    small = unicodedata.normalize("NFD", word.casefold())
    small = _DROPPED.sub("", unicodedata.normalize("NFC", _DROPPED.sub("", small)).translate(_ALIKE))
    if any(sign.isalpha() for sign in small) and not small.isalpha():
        small = small.translate(_SIGNS_FOR_LETTERS)
    return small[:LONGEST_WORD]


def tokens_of(text: str) -> list[Token]:
    """Return the words of a text; three or more letters that stand alone in a row are one word."""
    ends = [match.end() for match in _END.finditer(text)]
    found: list[Token] = []
    row: list[Token] = []
    at = 0
    for match in WORD.finditer(text):
        first = False
        while at < len(ends) and ends[at] <= match.start():
            at, first = at + 1, True
        token = Token(plain(match.group()), match.start(), match.end(), first or not found)
        if not token.text:
            continue
        found.append(token)
        if len(token.text) == 1:
            row.append(token)
            continue
        _join(found, row, before_last=True)
        row = []
    _join(found, row, before_last=False)
    return found


def _join(found: list[Token], row: list[Token], *, before_last: bool) -> None:
    """Put letters that stood alone in a row together, in place."""
    if len(row) < 3:
        return
    joined = Token("".join(token.text for token in row)[:LONGEST_WORD], row[0].start, row[-1].end, row[0].first)
    until = len(found) - 1 if before_last else len(found)
    found[until - len(row) : until] = [joined]


def slips_allowed(word: str) -> int:
    """Return how many slips a word of this length may have."""
    return 2 if len(word) >= TWO_SLIPS else 1


def shortened(word: str, slips: int) -> set[str]:
    """Return a word and what is left of it without one letter, or without up to two."""
    found = {word}
    edge = found
    for _ in range(slips):
        edge = {short[:at] + short[at + 1 :] for short in edge for at in range(len(short))}
        found = found | edge
    return found


def distance(one: str, other: str) -> int:
    """Return how many letters were changed, left out, added or swapped between two words."""
    before, row = list[int](), list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        above, earlier, before = row, before, row
        row = [i]
        for j, second in enumerate(other, 1):
            best = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != second))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == second:
                best = min(best, earlier[j - 2] + 1)
            row.append(best)
    return row[-1]
