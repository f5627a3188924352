"""The tagger held against what people said of the same comments: as it is, or after learning from other comments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from feedback_app.domain.codeframe import Codeframe
from feedback_app.domain.coding import State, Tagged, Valence
from feedback_app.domain.scoring.agreement import Kappa, cohen_kappa
from feedback_app.theming.examples import FOLDS, Example, folds_of, prepare
from feedback_app.theming.fitting import Array
from feedback_app.theming.learning import learn, learn_from
from feedback_app.theming.measures import (
    Band,
    Bools,
    Interval,
    bands,
    calibration_error,
    drawn,
    f1,
    macro_f1,
    precision,
    valence_figures,
)
from feedback_app.theming.tagger import Tagger


@dataclass(frozen=True)
class ThemeFigures:
    """One theme: comments that have it, comments it was suggested for, hits, F1; kappa of two readers where known."""

    theme: str
    there: int
    suggested: int
    right: int
    f1: float
    kappa: Kappa | None = None


@dataclass(frozen=True)
class Evaluation:
    """What was measured; shares 0 to 1. ``sure``: of suggestions sure enough to be accepted without a look."""

    comments: int
    macro: Interval
    micro: Interval
    priorities: Interval | None
    sure: Interval
    sure_suggested: int
    sure_recall: float
    calibration: float
    bands: tuple[Band, ...]
    themes: tuple[ThemeFigures, ...]
    valence_macro: float | None
    valence_right: float | None
    valences: int
    readers: float | None  # micro F1 of the second reader against the first
    person: int  # comments left to a person


def evaluate(codeframe: Codeframe, gold: Sequence[Example], tagged: Sequence[Tagged]) -> Evaluation:
    """Return how well what was tagged agrees with the gold; ValueError where the two are not as many, or none."""
    if len(gold) != len(tagged) or not gold:
        raise ValueError("there must be as many tagged comments as gold ones, and at least one")
    groups = [example.together for example in gold]
    truth = _table(codeframe, [example.themes for example in gold])
    said, chances, sure = _said(codeframe, tagged)
    told = bands(chances, truth, said)
    known = [(example.valence, one.feeling) for example, one in zip(gold, tagged, strict=True) if example.valence]
    valences: list[Valence | None] = [feeling.valence if feeling else None for _valence, feeling in known]
    macro, right = valence_figures([valence for valence, _feeling in known if valence], valences)
    second = [number for number, example in enumerate(gold) if example.second is not None]
    other = _table(codeframe, [example.second or frozenset() for example in gold])
    return Evaluation(
        comments=len(gold),
        macro=drawn(macro_f1, truth, said, groups),
        micro=drawn(f1, truth, said, groups),
        priorities=_priorities(codeframe, truth, said, groups),
        sure=drawn(precision, truth, sure, groups),
        sure_suggested=int(sure.sum()),
        sure_recall=float((truth & sure).sum()) / max(1.0, float(truth.sum())),
        calibration=calibration_error(told),
        bands=told,
        themes=tuple(_theme(code, n, truth, said, other, second) for n, code in enumerate(codeframe.codes)),
        valence_macro=macro if known else None,
        valence_right=right if known else None,
        valences=len(known),
        readers=f1(truth[second], other[second]) if second else None,
        person=sum(one.state is State.PERSON for one in tagged),
    )


def tag_gold(codeframe: Codeframe, gold: Iterable[Example], training: Sequence[Example] = ()) -> list[Tagged]:
    """Return what the tagger says of gold comments: by cues alone, or after learning from training comments.

    A training comment that is also gold, or of a group of it, is left out: nothing is learnt from the answers.
    """
    kept = list(gold)
    barred = {example.together for example in kept}
    learnt = [example for example in training if example.together not in barred]
    tagger = Tagger(codeframe, learn(codeframe, learnt).model if learnt else None)
    return [tagger.tag(example.words, question_valence=example.asked) for example in kept]


def tag_in_folds(codeframe: Codeframe, gold: Sequence[Example], folds: int = FOLDS) -> list[Tagged]:
    """Return what the tagger says of each comment after learning from the other folds; groups are never parted."""
    prepared, fold = prepare(codeframe, gold), folds_of([example.together for example in gold], folds)
    found: dict[int, Tagged] = {}
    for held in range(int(fold.max()) + 1):
        tagger = Tagger(codeframe, learn_from(prepared.part(np.flatnonzero(fold != held))).model)
        for row in np.flatnonzero(fold == held).tolist():
            found[row] = tagger.tag(gold[row].words, question_valence=gold[row].asked)
    return [found[row] for row in range(len(gold))]


def _table(codeframe: Codeframe, themes: Sequence[frozenset[str]]) -> Bools:
    return np.array([[code in found for code in codeframe.codes] for found in themes], bool)


def _said(codeframe: Codeframe, tagged: Sequence[Tagged]) -> tuple[Bools, Array, Bools]:
    """Return rows x themes: whether suggested, how likely (0 where not), whether sure."""
    said = _table(codeframe, [frozenset(one.themes) for one in tagged])
    chances, sure = np.zeros(said.shape), np.zeros(said.shape, bool)
    for row, one in enumerate(tagged):
        for suggestion in one.suggestions:
            column = codeframe.codes.index(suggestion.theme)
            chances[row, column] = suggestion.probability
            sure[row, column] = suggestion.state is State.SURE
    return said, chances, sure


def _priorities(codeframe: Codeframe, truth: Bools, said: Bools, groups: Sequence[str]) -> Interval | None:
    if not codeframe.priorities:
        return None
    places = [
        [codeframe.codes.index(theme.code) for theme in codeframe.by_priority[priority.key]]
        for priority in codeframe.priorities
    ]
    there, told = (np.stack([table[:, at].any(axis=1) for at in places], axis=1) for table in (truth, said))
    return drawn(f1, there, told, groups)


def _theme(code: str, number: int, truth: Bools, said: Bools, other: Bools, second: Sequence[int]) -> ThemeFigures:
    there, told = truth[:, number], said[:, number]
    kappa = cohen_kappa(there[second].tolist(), other[second, number].tolist()) if second else None
    hits = int((there & told).sum())
    return ThemeFigures(code, int(there.sum()), int(told.sum()), hits, f1(there, told), kappa)
