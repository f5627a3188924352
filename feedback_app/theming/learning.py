"""Learning from people's decisions: for each theme the cues are champion, and what is learnt has to beat them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from feedback_app.domain.codeframe import Codeframe
from feedback_app.domain.coding import Valence
from feedback_app.theming.examples import (
    Cues,
    Example,
    Prepared,
    cue_hits,
    cues_told,
    folds_of,
    matrix,
    prepare,
    vocabulary_of,
)
from feedback_app.theming.fitting import RIDGE, Array, CueHits, Fitted, fit_classes, fit_themes
from feedback_app.theming.measures import f1
from feedback_app.theming.model import Model
from feedback_app.theming.prior import (
    FURTHER,
    LENGTH,
    LONGEST,
    MISS,
    MOST_FURTHER,
    PRECISION,
    SHORTEST,
    USUAL_WORDS,
    smoothed,
)

FEWEST = 8  # confirmed comments of a theme before anything is learnt of it
BETTER = 0.02  # F1 by which what is learnt must beat the cues
SURE_RIGHT = 0.9  # share of what is called sure that has to be right in cross-validation
CUES_CUT = 0.25  # how likely a theme must be for its cues to suggest it, once it is known how often they are right
FEWEST_FEELINGS = 20  # comments of a valence before it is learnt
FEATURE_RIDGE = 0.05


@dataclass(frozen=True)
class ThemeLearnt:
    """How a theme did: comments that have it, F1 (0 to 1) by cues and as learnt, None where nothing was learnt."""

    confirmed: int
    cues_f1: float
    learnt_f1: float | None = None
    won: bool = False


@dataclass(frozen=True)
class Learnt:
    """A model, and how it did in cross-validation."""

    model: Model
    themes: Mapping[str, ThemeLearnt]


def learn(codeframe: Codeframe, examples: Iterable[Example]) -> Learnt:
    """Return what can be learnt from examples, deterministically; ValueError where there is none."""
    return learn_from(prepare(codeframe, examples))


def learn_from(prepared: Prepared) -> Learnt:
    """Return what can be learnt from examples that were made ready; ValueError where there is none."""
    if not prepared.examples:
        raise ValueError("there is nothing to learn from")
    codes, truth = prepared.codeframe.codes, prepared.truth
    vocabulary, idf = vocabulary_of(prepared)
    grams, (hits, numbered), told = matrix(prepared, vocabulary, idf), cue_hits(prepared), cues_told(prepared)
    chances, by_cues = _chances(prepared, grams, hits, told)
    said = chances >= prepared.codeframe.review_cut
    record = {
        code: _judged(truth[:, number], told.number[:, number], said[:, number]) for number, code in enumerate(codes)
    }
    shares = _shares(told.number, truth)
    fitted = fit_themes(grams, hits, _offset(shares, told), truth)
    won = [number for number, code in enumerate(codes) if record[code].won]
    valences, feelings, feeling_bias = _feelings(prepared, grams)
    model = Model(
        codeframe=prepared.codeframe.name,
        codeframe_version=prepared.codeframe.version,
        examples=len(prepared.examples),
        vocabulary=vocabulary,
        idf=idf.astype(np.float32),
        won=tuple(codes[number] for number in won),
        weights=fitted.weights[:, won].T.astype(np.float32),
        bias=fitted.bias[won].astype(np.float32),
        cues=_cue_weights(fitted, numbered, [codes[number] for number in won]),
        precisions={code: (float(pair[0]), float(pair[1])) for code, pair in zip(codes, shares, strict=True)},
        cuts=_cuts(prepared.codeframe, set(won)),
        ready_cut=ready_cut_of(prepared.codeframe.ready_cut, _as_used(chances, by_cues, won), truth),
        valences=valences,
        feelings=feelings.astype(np.float32),
        feeling_bias=feeling_bias.astype(np.float32),
    )
    return Learnt(model, record)


def _chances(prepared: Prepared, grams: Any, hits: CueHits, told: Cues) -> tuple[Array, Array]:
    """Return twice rows x themes: how likely each theme is by what was learnt of the other folds, and by cues alone."""
    truth = prepared.truth
    chances, by_cues = np.zeros_like(truth), np.zeros_like(truth)
    fold = folds_of([example.together for example in prepared.examples])
    for held in range(int(fold.max()) + 1):
        inside, outside = np.flatnonzero(fold != held), np.flatnonzero(fold == held)
        if not len(inside) or not len(outside):
            continue
        within, without = told.of(inside), told.of(outside)
        shares = _shares(within.number, truth[inside])
        fitted = fit_themes(grams[inside], hits.of(inside, len(fold)), _offset(shares, within), truth[inside])
        offset = _offset(shares, without)
        odds = fitted.odds(grams[outside], hits.of(outside, len(fold)), offset)
        chances[outside], by_cues[outside] = 1.0 / (1.0 + np.exp(-odds)), 1.0 / (1.0 + np.exp(-offset))
    return chances, by_cues


def _as_used(chances: Array, by_cues: Array, won: list[int]) -> Array:
    """Return how likely the tagger would call each theme: as learnt where that won, else by its cues."""
    used = by_cues.copy()
    used[:, won] = chances[:, won]
    return used


def ready_cut_of(least: float, likely: Array, truth: Array) -> float:
    """Return from which probability on a suggestion is sure: at ``least``, and right so often as SURE_RIGHT says."""
    for percent in range(round(100 * least), 99):
        sure = likely >= percent / 100
        if truth[sure].sum() >= SURE_RIGHT * sure.sum():
            return percent / 100
    return 0.99


def _shares(number: Array, truth: Array) -> Array:
    """Return themes x (share right where cues stand, share there where none does), smoothed."""
    stands = (number > 0).astype(float)
    right, hits, there = (stands * truth).sum(axis=0), stands.sum(axis=0), truth.sum(axis=0)
    rows = len(truth)
    told = [
        (smoothed(int(r), int(h), PRECISION), smoothed(int(t - r), int(rows - h), MISS))
        for r, h, t in zip(right, hits, there, strict=True)
    ]
    return np.array(told)


def _offset(shares: Array, told: Cues) -> Array:
    """Return rows x themes: the log-odds that the cues alone give, as the tagger has them."""
    odds = np.log(shares / (1.0 - shares))
    longer = np.log(np.clip(told.words, SHORTEST, LONGEST) / USUAL_WORDS)[:, None]
    standing = odds[:, 0] + FURTHER * np.clip(told.number - 1, 0, MOST_FURTHER) - LENGTH * longer
    return np.asarray(np.where(told.number > 0, standing, odds[:, 1]))


def _judged(truth: Array, number: Array, said: NDArray[np.bool_]) -> ThemeLearnt:
    there, confirmed = truth > 0, int(truth.sum())
    by_cues = f1(there, number > 0)
    if confirmed < FEWEST:
        return ThemeLearnt(confirmed, by_cues)
    as_learnt = f1(there, said)
    return ThemeLearnt(confirmed, by_cues, as_learnt, won=as_learnt > by_cues + BETTER)


def _cuts(codeframe: Codeframe, won: set[int]) -> dict[str, float]:
    """Return theme -> cut: the codeframe's for what is learnt; cues that remain may be right one time in four."""
    by_cues = min(codeframe.review_cut, CUES_CUT)
    return {code: codeframe.review_cut if n in won else by_cues for n, code in enumerate(codeframe.codes)}


def _cue_weights(fitted: Fitted, numbered: tuple[tuple[str, str], ...], won: list[str]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {theme: {} for theme in won}
    for number, (theme, cue) in enumerate(numbered):
        if theme in found:
            found[theme][cue] = round(float(fitted.cues[number]), 5)
    return found


def _feelings(prepared: Prepared, grams: object) -> tuple[tuple[str, ...], Array, Array]:
    """Return the valences that can be learnt, their weights (valences x columns) and bias; empty where they cannot."""
    from scipy.sparse import csr_matrix, hstack

    counted = Counter(example.valence for example in prepared.examples if example.valence)
    known = [valence for valence in Valence if counted[valence] >= FEWEST_FEELINGS]
    if len(known) < 2:
        return (), np.zeros((0, 0)), np.zeros(0)
    rows = [row for row, example in enumerate(prepared.examples) if example.valence in known]
    columns = hstack([grams, csr_matrix(prepared.features)]).tocsr()[rows]
    truth = np.array([known.index(valence) for row in rows if (valence := prepared.examples[row].valence)], np.intp)
    ridge = np.full(columns.shape[1], RIDGE)
    ridge[-prepared.features.shape[1] :] = FEATURE_RIDGE
    often = np.bincount(truth)
    counts = np.sqrt(often.max() / often)[truth]  # rare valences count for more, or hardly one would ever be said
    weights, bias = fit_classes(columns, truth, len(known), ridge, counts)
    return tuple(valence.value for valence in known), weights, bias
