"""Screening of people's own words, before anything else is done with them: may somebody be in danger?

It is over-inclusive on purpose. What it finds is a reason to read, never a finding.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from pydantic import Field

from feedback_app.domain.instrument import Frozen
from feedback_app.domain.personal import Personal, find_personal
from feedback_app.domain.screening_cues import CueNet, Found
from feedback_app.domain.screening_words import Token, tokens_of
from feedback_app.domain.working_days import WorkingDays

ASKS_CONTACT, NEVER = "asks_contact", "never"  # kinds of cues that raise no flag, or cancel what lies inside
OTHER_WRITING = "other_writing"  # the category of words in letters that no cue knows
OTHER_LANGUAGE = "other_language"  # of words in a language that the tagger is not sure of: no cue may know it
BY_A_READER = "by_a_reader"  # of what a safeguarding reader flagged
MOST_CUES = 40  # kept of one comment
_SAME_LETTERS = 4  # letters of an unknown writing that are read as a word of it, not as a sign


class Category(Frozen):
    """One kind of danger: how it is called for the readers, and its cues by language."""

    name: str = Field(min_length=1)
    cues: Mapping[str, tuple[str, ...]]


class Cues(Frozen):
    """The cues of a partnership, as its file has them.

    ``own_letters``: a writing (ARABIC) -> the letters that only those of its languages use that have cues.
    """

    version: int = Field(ge=1)
    own_letters: Mapping[str, str] = {}
    sets: Mapping[str, tuple[str, ...]] = {}
    categories: Mapping[str, Category] = Field(min_length=1)
    asks_contact: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


@dataclass(frozen=True)
class Screened:
    """What screening says of some words: whether somebody must read them first, and why."""

    words: str = field(repr=False)
    flagged: bool
    cues: tuple[Found, ...]  # in the order they stand
    asks_contact: bool

    @cached_property
    def personal(self) -> tuple[Personal, ...]:
        """Return what may tell who somebody is, as spans."""
        return find_personal(self.words)


class Screener:
    """Screens words by the cues of a partnership; made once, for making it takes a moment."""

    def __init__(self, cues: Cues) -> None:
        """Read the cues; raise CueWrong."""
        self.version = cues.version
        self.names: Mapping[str, str] = {key: category.name for key, category in cues.categories.items()}
        lines = {key: [cue for own in one.cues.values() for cue in own] for key, one in cues.categories.items()}
        self._net = CueNet(cues.sets, {**lines, ASKS_CONTACT: cues.asks_contact, NEVER: cues.never})
        self.languages = frozenset(tag for category in cues.categories.values() for tag in category.cues)
        self._own_letters = cues.own_letters
        self._writings = frozenset(
            writing for own in lines.values() for cue in own for sign in cue if (writing := _writing_of(sign))
        )

    def screen(self, words: str, young: bool = False) -> Screened:
        """Return what is found in somebody's words; `young` changes nothing yet, for every cue holds for everybody."""
        tokens = tokens_of(words)
        found = self._net.find(tokens)
        never = [one for one in found if one.category == NEVER]
        cues = [one for one in found if one.category not in (NEVER, ASKS_CONTACT)]
        cues = _without_inside(cues, never) if never else cues
        cues += self._in_unknown_writing(tokens, words)
        cues += self._in_another_language(tokens, words)
        kept = tuple(_joined(cues)[:MOST_CUES])
        return Screened(words, bool(kept), kept, any(one.category == ASKS_CONTACT for one in found))

    def _in_unknown_writing(self, tokens: Sequence[Token], words: str) -> list[Found]:
        """Return the first stretch in letters that no cue knows: nobody but a person can screen it."""
        if words.isascii():
            return []
        strange = [token for token in tokens if self._is_strange(token)]
        if sum(len(token.text) for token in strange) < _SAME_LETTERS:
            return []
        return [Found(OTHER_WRITING, strange[0].start, strange[-1].end)]

    def _in_another_language(self, tokens: Sequence[Token], words: str) -> list[Found]:
        """Return words in a writing that cues know, of a language they do not: Arabic where only Urdu has cues."""
        found = []
        for writing, own in self._own_letters.items():
            ours = [token for token in tokens if any(_writing_of(sign) == writing for sign in token.text)]
            some = sum(len(token.text) for token in ours) >= _SAME_LETTERS
            if some and not any(letter in words for letter in own):
                found.append(Found(OTHER_WRITING, ours[0].start, ours[-1].end))
        return found

    def _is_strange(self, token: Token) -> bool:
        return not token.text.isascii() and any(
            (writing := _writing_of(sign)) and writing not in self._writings for sign in token.text
        )


def _writing_of(sign: str) -> str:
    """Return the writing that a letter belongs to, "LATIN" and such; "" for what is no letter."""
    if sign.isascii():
        return "LATIN" if sign.isalpha() else ""
    return unicodedata.name(sign, "").split(" ")[0] if unicodedata.category(sign)[0] == "L" else ""


def _without_inside(found: Sequence[Found], others: Sequence[Found]) -> list[Found]:
    """Return what was found but for what lies inside one of the others."""
    starts, reach = [], list[int]()
    for other in sorted(others, key=lambda other: other.start):
        starts.append(other.start)
        reach.append(max(other.end, reach[-1] if reach else 0))
    return [one for one in found if not ((at := bisect_right(starts, one.start)) and reach[at - 1] >= one.end)]


def _joined(found: Sequence[Found]) -> list[Found]:
    """Return what was found, what overlaps in one category made one, in the order it stands."""
    kept: list[Found] = []
    last: dict[str, int] = {}
    for one in sorted(set(found), key=lambda found: (found.start, -found.end)):
        at = last.get(one.category)
        if at is None or kept[at].end <= one.start:
            last[one.category] = len(kept)
            kept.append(one)
        elif kept[at].end < one.end:
            kept[at] = kept[at]._replace(end=one.end)
    return kept


@dataclass(frozen=True)
class Screening:
    """How a partnership screens: by which cues, and on which days its readers work."""

    screener: Screener
    days: WorkingDays
