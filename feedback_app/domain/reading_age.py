"""Reading age: Flesch-Kincaid grade plus five, with a small syllable rule of our own."""

from __future__ import annotations

import re
from collections.abc import Iterable

YEARS_ABOVE_GRADE = 5
_SENTENCE_END = re.compile(r"(?<=[.!?:])[\"'’”)]*\s+|\n+")
_WORD = re.compile(r"[A-Za-zÀ-ÿ0-9]+(?:['’][A-Za-z]+)*")
_APOSTROPHE = re.compile(r"['’]")
_VOWELS = re.compile(r"[aeiouyà-öø-ÿ]+")
_SPLIT_VOWELS = re.compile(
    r"i(?=a|o|um|et)|(?<!fr)i(?=en)|(?<=[^qg])u(?=a)|eo$|(?<=[aeiou].)ea$|[ey](?=ing$)|(?<=cr)ea|ism$"
)
_INNER_SILENT = re.compile(r"(?<=[^aeiou])e(?=ful|less|ment|ly$|one$|times?$|thing$|where$|body$)")
_SILENT_END = re.compile(
    r"(?<=[^aeiouyl])e$|(?<=[aeiouyrw]l)e$"
    r"|(?<=[^aeiouytdl])ed$|(?<=[aeiouyrwl]l)ed$"
    r"|(?<=[vtkpnm])es$|(?<=[aeiou]l)es$"
)
_SAME_SOUND = re.compile(r"(?:t|s|c)i(?=on|ous|al|en|a[nl])|gi(?=on|ous)")


def sentences(text: str) -> list[str]:
    """Return the sentences of a text that have words in them; a colon or a new line ends one too."""
    return [part.strip() for part in _SENTENCE_END.split(text) if _WORD.search(part)]


def words(text: str) -> list[str]:
    """Return the words of a text; a number is a word, an apostrophe keeps a word whole."""
    return _WORD.findall(text)


def syllables(word: str) -> int:
    """Return about how many syllables a word has, one at the least: groups of vowels, silent endings left out."""
    plain = _APOSTROPHE.split(word, maxsplit=1)[0]
    if plain.isdigit():
        return 1
    if len(plain) > 1 and plain.isupper():
        return sum(3 if letter == "W" else 1 for letter in plain)  # said letter by letter: EHC, ADHD
    plain = _SAME_SOUND.sub("sh", plain.lower())
    split = len(_SPLIT_VOWELS.findall(plain))
    plain = _SILENT_END.sub("", _INNER_SILENT.sub("", plain))
    return max(1, len(_VOWELS.findall(plain)) + split)


def grade(sentence: str) -> float:
    """Return the Flesch-Kincaid grade of one sentence: 0.39 words + 11.8 syllables a word - 15.59; 0 without words."""
    found = words(sentence)
    if not found:
        return 0.0
    return 0.39 * len(found) + 11.8 * sum(map(syllables, found)) / len(found) - 15.59


def reading_age(texts: Iterable[str]) -> float:
    """Return the reading age in years, the mean over the sentences of all texts; 0 without sentences."""
    grades = [grade(sentence) for text in texts for sentence in sentences(text)]
    return sum(grades) / len(grades) + YEARS_ABOVE_GRADE if grades else 0.0
