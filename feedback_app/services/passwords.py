"""Which passwords are taken: long enough, and not among those that guessers try first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200
LONGEST_TYPED = 1000  # signs of what is typed that are looked at: the hashing library stumbles over thousands
FEWEST_SIGNS = 5  # different ones
FEWEST_OWN = 8  # letters and figures left without well-known words, and without what everybody knows of somebody
SHORTEST_WORD = 4
ROWS = (
    *("01234567890123456789", "abcdefghijklmnopqrstuvwxyz"),
    *("qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "zxcvbnm"),
)
FOLLOWING = frozenset(f"{one}{two}" for row in ROWS for way in (row, row[::-1]) for one, two in pairwise(way))
WORDS = (
    *("passphrase", "password", "passwort", "qwertyuiop", "qwerty", "azerty", "administrator", "admin", "welcome"),
    *("letmein", "iloveyou", "changeme", "default", "football", "liverpool", "arsenal", "chelsea", "monkey", "dragon"),
    *("sunshine", "princess", "master", "superman", "batman", "pokemon", "secret", "login", "guest", "hello"),
    *("testing", "spring", "summer", "autumn", "winter", "feedback", "survey"),
)
STANDS_FOR = str.maketrans("0134578@$!", "oieastbasi")

Weakness = Literal["short", "long", "repeated", "run", "known"]


def as_checked(typed: str | None) -> str | None:
    """Return what was typed in its normal form, cut where no password is that long: so it can always be hashed."""
    return typed and unicodedata.normalize("NFKD", typed[:LONGEST_TYPED])[:LONGEST_TYPED]


def weakness_of(password: str, about: Sequence[str]) -> Weakness | None:
    """Return why a password cannot be taken, or None; `about`: the address, the partnership's names."""
    normal = unicodedata.normalize("NFKD", password)
    if len(normal) < SHORTEST_PASSWORD:
        return "short"
    if len(normal) > LONGEST_PASSWORD:
        return "long"
    folded = normal.casefold()
    if len(set(folded)) < FEWEST_SIGNS:
        return "repeated"
    if _is_run(folded):
        return "run"
    return "known" if _says_little(folded, [*_words_about(about), *WORDS]) else None


def _is_run(folded: str) -> bool:
    """Return whether three of four signs are the next or the one before, in the alphabet or on the keyboard."""
    pairs = [one + two for one, two in pairwise(folded)]
    followed = sum(pair in FOLLOWING or pair[0] == pair[1] for pair in pairs)
    return 4 * followed >= 3 * len(pairs)


def _words_about(about: Sequence[str]) -> list[str]:
    """Return the words of addresses and names, longest first, as they may stand in a password."""
    found = {part for text in about for part in [_squeezed(text), *re.split(r"[\W\d_]+", text.casefold())]}
    return sorted((part for part in found if len(part) >= SHORTEST_WORD), key=lambda part: (-len(part), part))


def _squeezed(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def _says_little(folded: str, words: Sequence[str]) -> bool:
    """Return whether hardly anything is left without these words, also where figures stand for letters."""
    inside = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", folded)
    return any(_is_little(_squeezed(form), words) for form in (folded, inside.translate(STANDS_FOR)))


def _is_little(squeezed: str, words: Sequence[str]) -> bool:
    rest = squeezed
    for word in words:
        rest = rest.replace(word, "")
    return rest != squeezed and (len(rest) < FEWEST_OWN or rest.isdigit())
