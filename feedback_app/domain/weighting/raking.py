"""Raking: weights that make several margins at once agree with a population (docs/statistics.md).

Everything happens on distinct combinations of categories, so that 100,000 people take milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

LOWEST = 0.3
HIGHEST = 3.0
TOLERANCE = 1e-6
PASSES = 100
RERAKES = 5
MISSING = -1
_HAIR = 1e-9  # a weight this near a bound, relatively, lies on it
_STILL = 1e-12  # weights that change by less in a pass, relatively, stand still: margins contradict each other


@dataclass(frozen=True)
class Raked:
    """Weights, one a person, of mean 1 and within the bounds.

    ``converged``: every margin agrees within the tolerance; ``error``: the largest difference between a category's
    weighted share and its target, 0 to 1.
    """

    weights: NDArray[Any]
    converged: bool
    error: float


@dataclass(frozen=True)
class _Margin:
    """One margin over the cells: category number (the last for missing), target shares, people known on it."""

    category: NDArray[Any]
    target: NDArray[Any]
    known: float

    def counts(self, people: NDArray[Any]) -> NDArray[Any]:
        """Return the (weighted) people in each category, those missing on the margin left out."""
        import numpy as np

        size = self.target.size
        return np.asarray(np.bincount(self.category, weights=people, minlength=size + 1)[:size])

    def factors(self, people: NDArray[Any], held: NDArray[Any]) -> NDArray[Any]:
        """Return what each cell's weight is multiplied by to meet the margin; 1 where it is missing or held."""
        import numpy as np

        free = self.counts(np.where(held, 0.0, people))
        wanted = np.maximum(self.target * self.known - self.counts(np.where(held, people, 0.0)), 0.0)
        factors = wanted / (free + (free == 0))  # a category without free cells has none to multiply
        return np.where(held, 1.0, np.append(factors, 1.0)[self.category])

    def drift(self, people: NDArray[Any]) -> float:
        """Return how far the weighted counts still are from the targets, as a share of the people known on the margin.

        Where some are missing on a margin, shares can agree while the counts, and other margins with them, still move.
        """
        return float(abs(self.counts(people) - self.target * self.known).max() / self.known) if self.known else 0.0

    def error(self, people: NDArray[Any]) -> float:
        """Return the largest difference between a category's share of the known and its target, 0 to 1."""
        counts = self.counts(people)
        whole = counts.sum()
        return float(abs(counts / whole - self.target).max() if whole else self.target.max())


def rake(
    categories: Mapping[str, ArrayLike],
    targets: Mapping[str, Mapping[int, float]],
    *,
    lowest: float = LOWEST,
    highest: float = HIGHEST,
    tolerance: float = TOLERANCE,
    passes: int = PASSES,
) -> Raked:
    """Return weights under which each margin's weighted shares are its targets' (docs/statistics.md).

    ``categories``: margin -> category code of each person, -1 missing (that margin then leaves the person's weight
    alone, and its targets speak of those known on it). ``targets``: margin -> code -> people or share, any scale.
    After at most ``passes`` passes weights are cut to ``lowest`` and ``highest`` x mean and the others raked again, up
    to five times. ValueError for a code without a target, targets negative or all 0, or arrays of different lengths.
    """
    import numpy as np

    if not 0 <= lowest < 1 < highest:
        raise ValueError("the bounds of weights lie below and above 1")
    where, people, margins = _cells(categories, targets)
    if not people.size:
        return Raked(np.ones(0), converged=False, error=1.0)
    weights, cut = np.ones(people.size), np.zeros(people.size, dtype=bool)
    for _ in range(1 + RERAKES):
        weights = _adjusted(weights, people, margins, cut, tolerance, passes)
        weights = weights / np.average(weights, weights=people)
        outside = (weights < lowest * (1 - _HAIR)) | (weights > highest * (1 + _HAIR))
        if not outside.any():
            break
        cut |= outside
        weights = within_bounds(weights, people, lowest, highest)
    error = max((margin.error(weights * people) for margin in margins), default=0.0)
    return Raked(weights[where], error < tolerance, error)


def within_bounds(weights: NDArray[Any], people: NDArray[Any], lowest: float, highest: float) -> NDArray[Any]:
    """Return weights cut to the bounds and rescaled, over and over, to the point where their mean is 1.

    ``people`` is how many have each weight. That point is clip(s x w) for the one scale s that gives a mean of 1.
    """
    import numpy as np

    weights = np.maximum(weights, weights.max() * 1e-9)  # none is 0, so that some scale leads to a mean of 1
    far = 2 * people.sum() / weights.min()
    bends = np.unique(np.concatenate([lowest / weights, np.minimum(highest / weights, far)]))
    means = np.clip(bends[:, np.newaxis] * weights, lowest, highest) @ people / people.sum()
    scale = float(np.interp(1.0, means, bends))  # between its bends the mean is linear
    return np.asarray(np.clip(scale * weights, lowest, highest))


def _cells(
    categories: Mapping[str, ArrayLike], targets: Mapping[str, Mapping[int, float]]
) -> tuple[NDArray[Any], NDArray[Any], list[_Margin]]:
    """Return each person's cell, the people in each cell, and the margins over the cells."""
    import numpy as np

    if set(categories) != set(targets):
        raise ValueError("every margin has categories and targets")
    wanted = {name: _shares(name, target) for name, target in targets.items()}
    columns = [_numbered(name, categories[name], targets[name]) for name in targets]
    if len({column.size for column in columns}) > 1:
        raise ValueError("every margin has one category a person")
    shape = tuple(len(targets[name]) + 1 for name in targets)
    if not columns:
        return np.zeros(0, dtype=int), np.zeros(0), []
    mixed = np.ravel_multi_index([column + 1 for column in columns], shape)
    full = np.bincount(mixed, minlength=int(np.prod(shape)))
    there = np.flatnonzero(full)
    place = np.zeros(full.size, dtype=np.intp)
    place[there] = np.arange(there.size)
    people, margins = full[there].astype(float), []
    for digits, name in zip(np.unravel_index(there, shape), targets, strict=True):
        category, share = digits - 1, wanted[name]
        margins.append(_Margin(np.where(category < 0, share.size, category), share, float(people[category >= 0].sum())))
    return place[mixed], people, margins


def _numbered(name: str, codes: ArrayLike, target: Mapping[int, float]) -> NDArray[Any]:
    """Return a person's category as its place among the targets, -1 where it is missing."""
    import numpy as np

    given = np.asarray(codes)
    if given.ndim != 1 or (given.size and given.dtype.kind not in "iu"):
        raise ValueError(f"{name}: categories are whole numbers, one a person")
    known = np.array(sorted(target), dtype=np.int64)
    found = np.searchsorted(known, given)
    found[found == known.size] = 0
    strange = (given != MISSING) & (known[found] != given)
    if strange.any():
        raise ValueError(f"{name}: the category {given[strange][0]} has no target")
    order = {code: number for number, code in enumerate(target)}
    return np.asarray(np.where(given == MISSING, MISSING, np.array([order[code] for code in known.tolist()])[found]))


def _shares(name: str, target: Mapping[int, float]) -> NDArray[Any]:
    """Return the targets as shares that sum to 1, in their order."""
    import numpy as np

    numbers = np.array(list(target.values()), dtype=float)
    if not np.isfinite(numbers).all() or (numbers < 0).any() or not numbers.any():
        raise ValueError(f"{name}: targets are finite, not negative, and not all zero")
    return np.asarray(numbers / numbers.sum())


def _adjusted(
    weights: NDArray[Any],
    people: NDArray[Any],
    margins: list[_Margin],
    held: NDArray[Any],
    tolerance: float,
    passes: int,
) -> NDArray[Any]:
    """Return weights after passes over all margins: until all agree, a pass changes nothing, or there were enough.

    The weights that are ``held`` stay as they are, and the others make up for them.
    """
    import numpy as np

    for _ in range(passes):
        before = weights
        for margin in margins:
            weights = weights * margin.factors(weights * people, held)
        if max(margin.drift(weights * people) for margin in margins) < tolerance:
            return weights
        if not weights.any():
            return np.ones(people.size)  # every category that somebody chose has a target of 0
        if (abs(weights - before) <= _STILL * before).all():
            return weights
    return weights
