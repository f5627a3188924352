"""Which language a comment is in, or that nobody can be sure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from feedback_app.theming.words import tokens

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

UNSURE = "und"  # the tag for a language that is not known
SURE = 0.9  # from this confidence on a language is believed
FEW_WORDS = 4  # fewer of them in plain letters are taken for the usual language
LOOKED_AT = 2000  # characters
# Spoken at home in England by most after English (Census 2021), for where nobody says which are offered.
COMMON = ("ar", "bn", "es", "fr", "gu", "it", "pa", "pl", "pt", "ro", "ur")
# Words that English can hardly do without: a short comment of them and of names and abbreviations is English.
_OFTEN = """
    a about all and are as at be been but by can cant could did didnt do does doesnt dont for from get good great had
    has have he help her him his how i if im in is isnt it its ive just like me more my need needs no not nothing of off
    on one or our out really school service she should so some staff support than thank thanks that the their them there
    they this time to too up us very was we well were what when where which who why will with work would you your
"""
_ENGLISH = frozenset(_OFTEN.split())
_ENOUGH_ENGLISH = 0.2  # share of the words


class Languages:
    """Tells the languages of comments apart: the usual one, in which most are, and others that are offered."""

    def __init__(self, usual: str = "en", others: Iterable[str] = COMMON) -> None:
        """Take tags such as "en" or "zh-Hant"; what follows the language does not count."""
        self.usual = _language_of(usual)
        self.all = tuple(sorted({self.usual, *map(_language_of, others)}))

    def of(self, text: str, hint: str | None = None) -> str:
        """Return the tag of the language of a text, `UNSURE` where it cannot be told.

        ``hint``: the language of the page it was written on. Few words in plain letters are in that language, without
        one in the usual one; so is a text without letters.
        """
        expected = _language_of(hint or self.usual)
        letters = [sign for sign in text[:LOOKED_AT] if sign.isalpha()]
        words = tokens(text[:LOOKED_AT])
        plain = all(sign.isascii() for sign in letters)
        if not letters or (plain and len(words) < FEW_WORDS):
            return expected
        found, confidence = _identifier(self.all).classify(_ordinary(text[:LOOKED_AT]))
        foreign = sum(not _is_latin(sign) for sign in letters) * 2 > len(letters)
        if confidence >= SURE and not (foreign and found == "en"):
            return str(found)
        if self.usual == "en" and plain and _looks_english(words):
            return self.usual
        return UNSURE


def _language_of(tag: str) -> str:
    return re.split("[-_]", tag, maxsplit=1)[0].lower()


def _looks_english(words: list[str]) -> bool:
    return sum(word in _ENGLISH for word in words) >= _ENOUGH_ENGLISH * len(words)


def _is_latin(sign: str) -> bool:
    return sign < "\u0250" or "\u1e00" <= sign < "\u1f00"


def _ordinary(text: str) -> str:
    """Return a text as letters can be told apart: no halves of characters, no cries in capitals alone."""
    return text.encode("utf-8", "ignore").decode("utf-8").lower()


@lru_cache(maxsize=8)
def _identifier(languages: tuple[str, ...]) -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(sorted(set(languages) & set(identifier.labels)))
    return identifier
