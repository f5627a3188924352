"""How somebody speaks of what they tell: from the question that was asked, two word lists, and turns of speech.

The scores of the word lists are kept beside, and are never a headline: they call "we had to fight for everything"
neutral, and "severely disabled" negative.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from feedback_app.domain.coding import Feeling, Valence
from feedback_app.theming.cues import CueMatcher
from feedback_app.theming.valence_cues import (
    FINE,
    HARD,
    WISH,
    begins_with_nothing,
    begins_with_wish,
    is_no_answer,
    is_nothing,
    turns_of_speech,
)
from feedback_app.theming.words import Sentence, sentences, tokens

LONGEST_PIECE = 600  # characters that the word lists are asked about at once: one of them is slow with very long texts
MOST_PIECES = 60
# What a wish or a hardship takes from the mean of the two word lists, which is -1 to 1; praise counts a little less.
TURN, PRAISE = 0.55, 0.8
MOST_BESIDE_HARDSHIP = 0.3  # of word lists that see nothing but good words where no praise is
ASKED = {Valence.GOING_WELL: 0.15, Valence.NEEDS_CHANGE: -0.15}  # what the question adds
BEGINS_WITH_NOTHING = 0.6  # what it adds, against what was asked for
CLEAR = 0.12  # from here on a sentence, or a comment, goes one way
BOTH, ONE_SIDED = 0.25, 0.35  # mixed: this share of the words goes either way, and the whole not clearly one
_REPEATED = re.compile(r"([^\w\s])\1{2,}")
FEATURES = (
    "polarity", "compound", "mean", "lowest", "highest", "wishes", "hardships", "praise", "well_sentences",
    "change_sentences", "nothing", "asked_well", "asked_change", "nothing_well", "nothing_change", "few_words", "value",
)  # fmt: skip


@dataclass(frozen=True)
class _Piece:
    """What a sentence says: the two scores, -1 to 1, how many turns of speech of each kind, and how much it counts."""

    polarity: float
    compound: float
    wishes: int
    hardships: int
    praise: int
    words: int

    @property
    def value(self) -> float:
        """Return -1 (needs to change) to 1 (going well)."""
        lists, against = (self.polarity + self.compound) / 2, min(self.wishes, 2) + min(self.hardships, 2)
        if against and not self.praise:
            lists = min(lists, MOST_BESIDE_HARDSHIP)
        return max(-1.0, min(1.0, lists + TURN * (min(self.praise, 2) * PRAISE - against)))


@dataclass(frozen=True)
class Measured:
    """What was measured of a comment: its pieces, whether it says nothing, and what the question asked for."""

    pieces: tuple[_Piece, ...]
    nothing: bool
    begins_with_nothing: bool
    no_answer: bool
    asked: Valence | None
    words: int

    def mean(self, of: Callable[[_Piece], float]) -> float:
        """Return the mean of something over the pieces; longer ones count more, by the root of their words."""
        weights = [math.sqrt(piece.words) for piece in self.pieces]
        return sum(of(piece) * weight for piece, weight in zip(self.pieces, weights, strict=True)) / (
            sum(weights) or 1.0
        )

    def features(self) -> tuple[float, ...]:
        """Return the numbers named in `FEATURES`, each about -1 to 1."""
        values = [piece.value for piece in self.pieces] or [0.0]
        well, change = self.asked is Valence.GOING_WELL, self.asked is Valence.NEEDS_CHANGE
        return (
            self.mean(lambda piece: piece.polarity), self.mean(lambda piece: piece.compound),
            self.mean(lambda piece: piece.value), min(values), max(values),
            *(min(3, sum(of(piece) for piece in self.pieces)) / 3 for of in _COUNTS),
            sum(value > CLEAR for value in values) / len(values), sum(value < -CLEAR for value in values) / len(values),
            float(self.nothing), float(well), float(change), float(self.nothing and well),
            float(self.nothing and change), 1.0 / (1.0 + self.words), _value(self),
        )  # fmt: skip


_COUNTS: tuple[Callable[[_Piece], int], ...] = (
    lambda piece: piece.wishes,
    lambda piece: piece.hardships,
    lambda piece: piece.praise,
)


def measure(words: str, asked: Valence | None = None) -> Measured:
    """Return what can be measured of a comment; ``asked``: what its question asked for, None for any."""
    nothing = is_nothing(words)
    pieces = () if nothing else tuple(_measured(text) for text in _pieces(words))
    return Measured(
        pieces, nothing, begins_with_nothing(words), is_no_answer(words), asked, sum(piece.words for piece in pieces)
    )


def feeling_features(words: str, question_valence: Valence | None = None) -> tuple[float, ...]:
    """Return the numbers named in `FEATURES`, from which a valence is learnt."""
    return measure(words, question_valence).features()


def feel(words: str, question_valence: Valence | None = None) -> Feeling:
    """Return the valence of a comment as the rules see it; ``question_valence``: what its question asked for."""
    return feeling_of(measure(words, question_valence))


def feeling_of(measured: Measured) -> Feeling:
    """Return the valence of what was measured, how likely it is, and the raw scores of the two word lists."""
    valence, probability = _judged(measured)
    if not measured.words:
        return Feeling(valence, probability)
    polarity, compound = measured.features()[:2]
    return Feeling(valence, probability, round(polarity, 4), round(compound, 4))


def _judged(measured: Measured) -> tuple[Valence, float]:
    if measured.nothing:  # "nothing" is good news where somebody asked what should change, and bad where what is good
        opposite = {Valence.GOING_WELL: Valence.NEEDS_CHANGE, Valence.NEEDS_CHANGE: Valence.GOING_WELL}
        return (opposite[measured.asked], 0.8) if measured.asked in opposite else (Valence.NEUTRAL, 0.5)
    value = _value(measured)
    well = sum(piece.words for piece in measured.pieces if piece.value > CLEAR)
    change = sum(piece.words for piece in measured.pieces if piece.value < -CLEAR)
    if measured.no_answer:
        return Valence.NEUTRAL, 0.6
    if min(well, change) >= BOTH * measured.words and abs(value) < ONE_SIDED:
        return Valence.MIXED, 0.5
    if abs(value) < CLEAR:
        return (measured.asked, 0.6) if measured.asked else (Valence.NEUTRAL, 0.5)
    return (Valence.GOING_WELL if value > 0 else Valence.NEEDS_CHANGE), 0.55 + 0.4 * min(abs(value), 1.0)


def _value(measured: Measured) -> float:
    """Return -1 to 1: the mean over the sentences, and what the question asked for."""
    asked = ASKED.get(measured.asked, 0.0) if measured.asked else 0.0
    nothing = -math.copysign(BEGINS_WITH_NOTHING, asked) if measured.begins_with_nothing and asked else 0.0
    return max(-1.0, min(1.0, measured.mean(lambda piece: piece.value) + asked + nothing))


def _pieces(words: str) -> Iterator[str]:
    """Yield sentences without endless repeats of a sign, none longer than `LONGEST_PIECE`, at most `MOST_PIECES`."""
    cut: Iterable[Sentence] = sentences(words[: LONGEST_PIECE * MOST_PIECES])[:MOST_PIECES]
    for sentence in cut:
        text = _REPEATED.sub(r"\1\1", words[sentence.start : sentence.end])
        yield text[:LONGEST_PIECE]


def _measured(text: str) -> _Piece:
    turns = _turns().find(text)
    spans = [(one.span, kind) for kind, found in turns.items() for one in found]
    counted = dict.fromkeys((WISH, HARD, FINE), 0)
    seen: set[tuple[int, int, str]] = set()
    for span, kind in sorted(spans, key=lambda pair: pair[0].start - pair[0].end):  # the longest first
        if not any(start <= span.start and span.end <= end for start, end, _kind in seen):
            seen.add((span.start, span.end, kind))
            counted[kind] += 1
    polarity, compound = _scores(text)
    counted[WISH] += begins_with_wish(tuple(tokens(text[:40])))
    return _Piece(polarity, compound, counted[WISH], counted[HARD], counted[FINE], len(text.split()))


def _scores(text: str) -> tuple[float, float]:
    """Return TextBlob's polarity and VADER's compound score, -1 to 1."""
    from textblob.en import sentiment

    plain = text.encode("utf-8", "ignore").decode("utf-8")
    return float(sentiment(plain)[0]), float(_vader().polarity_scores(plain)["compound"])


@lru_cache(maxsize=1)
def _turns() -> CueMatcher:
    return CueMatcher(turns_of_speech())


@lru_cache(maxsize=1)
def _vader():  # type: ignore[no-untyped-def]
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()
