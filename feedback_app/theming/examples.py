"""Comments that people have decided on, made ready to learn from and to measure by."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from feedback_app.domain.codeframe import Codeframe
from feedback_app.domain.coding import Valence
from feedback_app.theming.cues import CueMatcher, fired
from feedback_app.theming.fitting import Array, CueHits
from feedback_app.theming.grams import grams
from feedback_app.theming.valence import feeling_features
from feedback_app.theming.words import tokens

FOLDS = 5
SEEN_IN = 3  # comments that a word must stand in to be learnt: one person's words are nobody else's to see
MOST_GRAMS = 20_000


@dataclass(frozen=True)
class Example:
    """A comment with the themes and the valence that people gave it, None for a valence that nobody gave.

    ``words`` as they may be learnt from: names hidden. ``asked``: what its question asked for. ``group``: comments of
    one group never stand on both sides of a fold; the words themselves where it is "".
    """

    words: str
    themes: frozenset[str]
    valence: Valence | None = None
    asked: Valence | None = None
    group: str = ""
    second: frozenset[str] | None = None  # the themes that another reader gave it

    @property
    def together(self) -> str:
        """Return what must not be parted between folds."""
        return self.group or " ".join(tokens(self.words))


@dataclass(frozen=True)
class Prepared:
    """Examples with all that is worked out of them once: their grams, cues and the features of their valence."""

    codeframe: Codeframe
    examples: tuple[Example, ...]
    grams: tuple[tuple[str, ...], ...]
    fired: tuple[dict[str, frozenset[str]], ...]
    features: Array  # rows x features of the valence
    truth: Array  # rows x themes, 0 or 1

    def part(self, rows: NDArray[np.intp]) -> Prepared:
        """Return some of the examples."""
        chosen = rows.tolist()
        return Prepared(
            self.codeframe,
            tuple(self.examples[row] for row in chosen),
            tuple(self.grams[row] for row in chosen),
            tuple(self.fired[row] for row in chosen),
            self.features[rows],
            self.truth[rows],
        )


@dataclass(frozen=True)
class Cues:
    """How many different cues of each theme stand in each row (rows x themes), and how many words each row has."""

    number: Array
    words: Array

    def of(self, rows: NDArray[np.intp]) -> Cues:
        """Return some of the rows."""
        return Cues(self.number[rows], self.words[rows])


def cues_told(prepared: Prepared) -> Cues:
    """Return how many cues stand in each example, and how long it is."""
    codes = prepared.codeframe.codes
    number = np.array([[float(len(found.get(theme, ()))) for theme in codes] for found in prepared.fired])
    words = np.array([float(len(tokens(example.words))) for example in prepared.examples])
    return Cues(number.reshape(-1, len(codes)), words)


def prepare(codeframe: Codeframe, examples: Iterable[Example]) -> Prepared:
    """Return examples made ready; themes that the codeframe does not have count for nothing."""
    kept, matcher = tuple(examples), CueMatcher(codeframe)
    truth = [[float(theme in example.themes) for theme in codeframe.codes] for example in kept]
    return Prepared(
        codeframe,
        kept,
        tuple(tuple(grams(example.words, example.asked)) for example in kept),
        tuple(fired(matcher.find(example.words)) for example in kept),
        np.array([feeling_features(example.words, example.asked) for example in kept]),
        np.array(truth).reshape(-1, len(codeframe.codes)),
    )


def folds_of(groups: Sequence[str], folds: int = FOLDS) -> NDArray[np.intp]:
    """Return the fold of each row: the largest groups first, each into the fold that is smallest yet."""
    sizes = Counter(groups)
    room = [0] * folds
    fold: dict[str, int] = {}
    for group, size in sorted(sizes.items(), key=lambda pair: (-pair[1], pair[0])):
        fold[group] = room.index(min(room))
        room[fold[group]] += size
    return np.array([fold[group] for group in groups], np.intp)


def vocabulary_of(prepared: Prepared) -> tuple[tuple[str, ...], Array]:
    """Return the grams that stand in at least `SEEN_IN` different comments, in order, and how rare each is (IDF)."""
    texts: dict[str, set[str]] = {}
    counted: Counter[str] = Counter()
    for example, found in zip(prepared.examples, prepared.grams, strict=True):
        for gram in dict.fromkeys(found):
            counted[gram] += 1
            texts.setdefault(gram, set())
            if len(texts[gram]) < SEEN_IN:
                texts[gram].add(example.together)
    common = [gram for gram in counted if len(texts[gram]) >= SEEN_IN]
    kept = sorted(sorted(common, key=lambda gram: (-counted[gram], gram))[:MOST_GRAMS])
    size = len(prepared.examples)
    return tuple(kept), np.array([math.log((1 + size) / (1 + counted[gram])) + 1.0 for gram in kept])


def matrix(prepared: Prepared, vocabulary: Sequence[str], idf: Array) -> Any:
    """Return a sparse matrix rows x vocabulary of TF-IDF, each row of length 1: as `Model` weighs one comment."""
    from scipy.sparse import csr_matrix

    places = {gram: number for number, gram in enumerate(vocabulary)}
    data, columns, ends = [], [], [0]
    for found in prepared.grams:
        counted = Counter(place for gram in found if (place := places.get(gram)) is not None)
        values = [(1.0 + math.log(times)) * idf[place] for place, times in counted.items()]
        length = math.sqrt(sum(value * value for value in values)) or 1.0
        data += [value / length for value in values]
        columns += list(counted)
        ends.append(len(columns))
    return csr_matrix((np.array(data), np.array(columns, np.intp), np.array(ends)), (len(ends) - 1, len(vocabulary)))


def cue_hits(prepared: Prepared) -> tuple[CueHits, tuple[tuple[str, str], ...]]:
    """Return which cue stands in which row, and the (theme, cue) of each number."""
    number: dict[tuple[str, str], int] = {}
    rows, cues = [], []
    for row, found in enumerate(prepared.fired):
        for theme, standing in found.items():
            for cue in sorted(standing):
                rows.append(row)
                cues.append(number.setdefault((theme, cue), len(number)))
    codes = prepared.codeframe.codes
    themes = np.array([codes.index(theme) for theme, _cue in number], np.intp)
    return CueHits(np.array(rows, np.intp), np.array(cues, np.intp), themes), tuple(number)
