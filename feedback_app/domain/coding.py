"""What a machine suggests about a comment, what people decide, and what holds in the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Valence(StrEnum):
    """How somebody speaks of what they tell."""

    GOING_WELL = "going_well"
    NEEDS_CHANGE = "needs_change"
    MIXED = "mixed"
    NEUTRAL = "neutral"


class State(StrEnum):
    """How far the tagger got with a comment, or with one theme of it."""

    SURE = "sure"  # sure enough to be suggested as accepted
    REVIEW = "review"  # a reader should look
    NONE = "none"  # no theme found
    PERSON = "person"  # a language the tagger cannot read, or no language it is sure of: a person reads it


class Said(StrEnum):
    """What a reader decided about one theme of a comment."""

    YES = "yes"  # accepted a suggestion
    ADDED = "added"  # was not suggested, and is there
    NO = "no"  # was suggested, and is not there
    UNSURE = "unsure"


class Purpose(StrEnum):
    """Why somebody read a comment."""

    QUEUE = "queue"  # the first reading of the ordinary queue
    SECOND = "second"  # blind, of a sample that another reads too
    THIRD = "third"  # a look at what two readers saw differently; its word holds


@dataclass(frozen=True)
class Span:
    """Where evidence stands in a comment: characters ``start`` to ``end`` (exclusive) of its words."""

    start: int
    end: int


@dataclass(frozen=True)
class Suggestion:
    """A theme that the tagger suggests: how likely (0 to 1), found by what, because of which words."""

    theme: str
    probability: float
    state: State
    source: str  # "cues" or "learnt"
    evidence: tuple[Span, ...] = ()
    heavy_words: tuple[str, ...] = ()  # the words that weighed most in what was learnt


@dataclass(frozen=True)
class Feeling:
    """A valence with how likely it is, and the raw scores it came from, which are never a headline.

    ``polarity``: TextBlob, -1 to 1; ``compound``: VADER, -1 to 1; None where no words could be scored.
    """

    valence: Valence
    probability: float
    polarity: float | None = None
    compound: float | None = None


@dataclass(frozen=True)
class Tagged:
    """All that the tagger says of one comment. ``language`` is a tag such as "en", or "und" where it is not sure."""

    language: str
    state: State
    feeling: Feeling | None = None
    suggestions: tuple[Suggestion, ...] = ()

    @property
    def themes(self) -> tuple[str, ...]:
        """Return the codes of the suggested themes."""
        return tuple(suggestion.theme for suggestion in self.suggestions)


@dataclass(frozen=True)
class Reading:
    """One person's reading of one comment: themes, the valence they chose, or that they are unsure."""

    reader: str
    purpose: Purpose
    decisions: tuple[tuple[str, Said], ...] = ()
    valence: Valence | None = None
    unsure: bool = False

    @property
    def themes(self) -> frozenset[str]:
        """Return the themes that this reader sees in the comment."""
        return frozenset(theme for theme, said in self.decisions if said in (Said.YES, Said.ADDED))


@dataclass(frozen=True)
class Coding:
    """What holds for a comment: its themes and valence, and whether a person decided or the tagger alone suggests."""

    themes: frozenset[str] = frozenset()
    valence: Valence | None = None
    checked: bool = False  # a person has read it and was sure
    disputed: bool = False  # two readers differ, and nobody has looked a third time
    readers: tuple[str, ...] = field(default=())


def settle(readings: Sequence[Reading], tagged: Tagged | None = None) -> Coding:
    """Return what holds: the third look, what two readers agree on, the one reading, or the sure suggestions.

    Two who differ leave only what both see, and ``disputed``. A reader who is unsure decides nothing.
    """
    third = [reading for reading in readings if reading.purpose is Purpose.THIRD and not reading.unsure]
    sure = third[-1:] or [reading for reading in readings if not reading.unsure]
    names = tuple(reading.reader for reading in sure)
    if not sure:
        return _suggested(tagged)
    themes = frozenset.intersection(*(reading.themes for reading in sure))
    valences = {reading.valence for reading in sure}
    valence = valences.pop() if len(valences) == 1 else None
    differ = len({reading.themes for reading in sure}) > 1 or (len(sure) > 1 and valence is None)
    return Coding(themes, valence, checked=not differ, disputed=differ, readers=names)


def _suggested(tagged: Tagged | None) -> Coding:
    if tagged is None or tagged.state is State.PERSON:
        return Coding()
    sure = (suggestion.theme for suggestion in tagged.suggestions if suggestion.state is State.SURE)
    return Coding(frozenset(sure), tagged.feeling.valence if tagged.feeling else None)
