"""How well suggestions agree with what people said: F1, precision, calibration, agreement, and how sure one can be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from feedback_app.domain.coding import Valence
from feedback_app.theming.fitting import Array

BANDS = (0.0, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 1.0)
DRAWS = 400
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Interval:
    """A figure, 0 to 1, and the range that 95 of 100 drawings with replacement gave; None where there is none."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Band:
    """Suggestions as likely as ``low`` to ``high``: how many, how likely they were said to be, how many were right."""

    low: float
    high: float
    suggested: int
    said: float
    right: int


def f1(truth: Bools, said: Bools) -> float:
    """Return F1, 0 to 1: twice the hits, by all that is there and all that was said; 0 where there is neither."""
    both = float(truth.sum() + said.sum())
    return 2.0 * float((truth & said).sum()) / both if both else 0.0


def macro_f1(truth: Bools, said: Bools) -> float:
    """Return the mean F1 of the columns that hold anything, 0 to 1; 0 where none does."""
    hits, there, told = (truth & said).sum(axis=0), truth.sum(axis=0), said.sum(axis=0)
    kept = (there + told) > 0
    return float((2.0 * hits[kept] / (there + told)[kept]).mean()) if kept.any() else 0.0


def precision(truth: Bools, said: Bools) -> float:
    """Return the share of what was said that is right, 0 to 1; 0 where nothing was said."""
    return float((truth & said).sum()) / float(said.sum()) if said.any() else 0.0


def drawn(figure: Callable[[Bools, Bools], float], truth: Bools, said: Bools, groups: Sequence[str]) -> Interval:
    """Return a figure with its range: whole groups are drawn, always the same ones, so that nobody gets another."""
    names = {group: number for number, group in enumerate(dict.fromkeys(groups))}
    members: list[list[int]] = [[] for _ in names]
    for row, group in enumerate(groups):
        members[names[group]].append(row)
    value = figure(truth, said)
    if len(members) < 2:
        return Interval(value)
    rows = [np.array(found, np.intp) for found in members]
    chance = np.random.default_rng(20_251)
    found = []
    for _draw in range(DRAWS):
        chosen = np.concatenate([rows[number] for number in chance.integers(len(rows), size=len(rows))])
        found.append(figure(truth[chosen], said[chosen]))
    low, high = np.quantile(found, (0.025, 0.975))
    return Interval(value, float(low), float(high))


def bands(chances: Array, truth: Bools, said: Bools) -> tuple[Band, ...]:
    """Return what was suggested by how likely it was said to be, and how much of it was right."""
    found = []
    for low, high in pairwise(BANDS):
        within = said & (chances >= low) & ((chances < high) | (high == BANDS[-1]))
        number = int(within.sum())
        likely = float(chances[within].mean()) if number else 0.0
        found.append(Band(low, high, number, likely, int((within & truth).sum())))
    return tuple(found)


def calibration_error(told: Sequence[Band]) -> float:
    """Return the expected calibration error, 0 to 1: how far from right the said likelihoods are on average."""
    total = sum(band.suggested for band in told)
    off = sum(abs(band.right - band.said * band.suggested) for band in told)
    return off / total if total else 0.0


def three_ways(valence: Valence | None) -> str:
    """Return a valence as well, change or between: mixed and neutral are one where it is measured."""
    ends = {Valence.GOING_WELL: "well", Valence.NEEDS_CHANGE: "change"}
    return ends.get(valence, "between") if valence else "between"


def valence_figures(truth: Sequence[Valence], said: Sequence[Valence | None]) -> tuple[float, float]:
    """Return (macro F1 of well, change and between; share right), each 0 to 1."""
    there, told = [three_ways(one) for one in truth], [three_ways(one) for one in said]
    found = []
    for kind in sorted(set(there)):
        hits = sum(one == other == kind for one, other in zip(there, told, strict=True))
        found.append(2.0 * hits / (there.count(kind) + told.count(kind)))
    right = sum(one == other for one, other in zip(there, told, strict=True))
    return (sum(found) / len(found) if found else 0.0), (right / len(there) if there else 0.0)
