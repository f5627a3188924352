"""How a cue is written: a phrase whose words may have alternatives, endings left open, parts left out, and gaps.

    cue    := parts separated by spaces
    word   -> that word                   word*  -> any word that begins so
    (a|b c|d*) -> one of these phrases    part?  -> may be left out
    ..     -> up to three words in between

Matched on whole words of one sentence, in order, next to each other. "don't" is "dont" and "child's" is "childs"; what
stands between words (a hyphen, a colon) only parts them: "post-16" is "post 16".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

GAP_WORDS = 3
MOST_FORMS = 1000  # of one cue that are written out; a cue may stand for more
SHORTEST_BEGINNING = 3
DEEPEST = 10  # brackets within brackets
# Letters and digits of any script with the marks that belong to them; apostrophes inside a word are part of it.
_MARKS = "\u0300-\u036f\u064b-\u065f\u0670\u0900-\u0d7f"
WORD = re.compile(f"[^\\W_][\\w{_MARKS}]*(?:['\u2019\u2018\u02bc\u00b4`][^\\W_][\\w{_MARKS}]*)*")
_APOSTROPHES = str.maketrans(dict.fromkeys("\u2019\u2018\u02bc\u00b4`", "'"))
# "don't" and "dont", "child's" and "childs" are one word; "we'll" and "well", "she'd" and "shed" are two.
_LEFT_OUT = re.compile(r"'(?!ll\b|re\b|d\b)", re.IGNORECASE)
_PART = re.compile(r"\s+|\.\.|[()|?]|[^\s()|?]+")


class CueWrong(ValueError):
    """A cue cannot be read; the message is a sentence that says how to mend it."""


@dataclass(frozen=True, slots=True)
class Literal:
    """One word, folded: equal to the folded word of a comment."""

    word: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """Any word whose folded form begins so."""

    start: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Up to ``most`` words that are passed over."""

    most: int = GAP_WORDS


Token = Literal | Prefix | Gap
Form = tuple[Token, ...]


def fold(word: str, *, keep_case: bool = False) -> str:
    """Return a word as cues and comments compare it: small letters unless ``keep_case``, without the apostrophes that
    people leave out (don't, child's), others straight.
    """
    plain = word if word.isalnum() else _LEFT_OUT.sub("", word.translate(_APOSTROPHES))
    return plain if keep_case else plain.lower()


def read_cue(text: str, *, keep_case: bool = False) -> Phrase:
    """Return a cue as it is built; raise CueWrong with a sentence.

    A cue that is matched as written (``keep_case``) may have capitals; all others are in small letters.
    """
    return _Reading(text, keep_case).whole()


def parse_cue(text: str, *, keep_case: bool = False) -> tuple[Form, ...]:
    """Return every form a cue stands for, each once, in order; raise CueWrong, also where they are over a thousand."""
    phrase = read_cue(text, keep_case=keep_case)
    if phrase.forms > MOST_FORMS:
        raise CueWrong(f"this stands for {phrase.forms:,} phrases, too many to be written out")
    return tuple(dict.fromkeys(phrase.expand()))


def covers(wide: Form, narrow: Form) -> bool:
    """Return whether whatever ``narrow`` matches is matched by ``wide``, word by word."""
    return len(wide) == len(narrow) and all(_takes_in(one, other) for one, other in zip(wide, narrow, strict=True))


def _takes_in(wide: Token, narrow: Token) -> bool:
    if isinstance(wide, Prefix) and not isinstance(narrow, Gap):
        return (narrow.word if isinstance(narrow, Literal) else narrow.start).startswith(wide.start)
    return wide == narrow


@dataclass(frozen=True)
class Place:
    """One place of a cue: the sequences that may stand there, or a single token, and whether it may be left out."""

    choices: tuple[Phrase, ...] = ()
    token: Token | None = None
    optional: bool = False

    @property
    def forms(self) -> int:
        """Return how many phrases this place stands for."""
        return (1 if self.token else sum(choice.forms for choice in self.choices)) + self.optional

    def expand(self) -> Iterator[Form]:
        """Yield the phrases of this place, the empty one first where it may be left out."""
        if self.optional:
            yield ()
        if self.token:
            yield (self.token,)
        for choice in self.choices:
            yield from choice.expand()


@dataclass(frozen=True)
class Phrase:
    """Places one after another: a cue, or one of its alternatives."""

    parts: tuple[Place, ...]

    @property
    def forms(self) -> int:
        """Return how many phrases the sequence stands for, those that come to the same counted apart."""
        number = 1
        for part in self.parts:
            number *= part.forms
        return number

    def expand(self) -> Iterator[Form]:
        """Yield every phrase that the sequence stands for."""
        for chosen in product(*(tuple(part.expand()) for part in self.parts)):
            yield tuple(token for form in chosen for token in form)


class _Reading:
    """A cue as far as it is read."""

    def __init__(self, text: str, keep_case: bool) -> None:
        self.keep_case = keep_case
        self.parts = _PART.findall(text.strip())
        self.at = self.depth = 0
        if not keep_case and text != text.lower():
            raise CueWrong("a cue is written in small letters; what needs capitals goes under case_sensitive_cues")

    def whole(self) -> Phrase:
        """Return the cue."""
        sequence = self._sequence()
        if self.at < len(self.parts):
            raise CueWrong(_STRAY[self.parts[self.at]])
        return sequence

    def _sequence(self) -> Phrase:
        found: list[Place] = []
        while self.at < len(self.parts) and self.parts[self.at] not in ("|", ")", "?"):
            part = self.parts[self.at]
            self.at += 1
            if part == "(":
                found.append(self._maybe(Place(choices=self._choices())))
            elif part == "..":
                found.append(Place(token=Gap()))
            elif not part.isspace():
                *before, last = _tokens(part, self.keep_case)
                found += [Place(token=token) for token in before]
                found.append(self._maybe(Place(token=last)))
        if self.at < len(self.parts) and self.parts[self.at] == "?":
            raise CueWrong(_STRAY["?"])
        _check(found)
        return Phrase(tuple(found))

    def _choices(self) -> tuple[Phrase, ...]:
        self.depth += 1
        if self.depth > DEEPEST:
            raise CueWrong(f"these are more than {DEEPEST} brackets within brackets; write several cues")
        choices = [self._sequence()]
        while self._next("|"):
            choices.append(self._sequence())
        self.depth -= 1
        if not self._next(")"):
            raise CueWrong("a bracket is opened and not closed")
        return tuple(choices)

    def _maybe(self, part: Place) -> Place:
        return Place(part.choices, part.token, optional=True) if self._next("?") else part

    def _next(self, sign: str) -> bool:
        if self.at < len(self.parts) and self.parts[self.at] == sign:
            self.at += 1
            return True
        return False


@lru_cache(maxsize=8192)  # the same words stand in many cues
def _tokens(part: str, keep_case: bool) -> tuple[Token, ...]:
    """Return the tokens of one written word: several where a hyphen or the like parts it."""
    stem = part.removesuffix("*")
    if "*" in stem:
        raise CueWrong(f"the star in {part!r} must stand at the end of a word")
    words = [fold(found.group(), keep_case=keep_case) for found in WORD.finditer(stem)]
    if not words:
        raise CueWrong(f"there is no word in {part!r}; a gap is written with two full stops: ..")
    tokens: list[Token] = [Literal(word) for word in words]
    if stem != part:
        if len(words[-1]) < SHORTEST_BEGINNING:
            raise CueWrong(f"{part!r} would match too many words: give at least {SHORTEST_BEGINNING} letters")
        tokens[-1] = Prefix(words[-1])
    return tuple(tokens)


_STRAY = {
    "|": "the sign | only stands between alternatives in brackets: (this|that)",
    ")": "a bracket is closed that was not opened",
    "?": "a question mark stands right after the word or bracket that may be left out",
}


def _check(parts: list[Place]) -> None:
    """Raise CueWrong where a sequence could be empty, or a gap could stand at its beginning or end."""
    firm = [number for number, part in enumerate(parts) if not part.optional and not isinstance(part.token, Gap)]
    if not firm:
        raise CueWrong("nothing would be left if all that may be left out is left out; write at least one word")
    gaps = [number for number, part in enumerate(parts) if isinstance(part.token, Gap)]
    if gaps and not firm[0] < gaps[0] <= gaps[-1] < firm[-1]:
        raise CueWrong("a gap .. needs a word before and after it that may not be left out")
