"""Margins made coarse enough to weight on, by fixed rules, never in silence (brief 3.10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST_IN_A_CELL = 10


@dataclass(frozen=True)
class Margin:
    """One margin ready for raking: each person's category (-1 missing), people of the population by category.

    ``merged``: each group of codes that now count as one, under the category that stands for them. ``usable`` is False
    when it is too small to weight on.
    """

    categories: NDArray[Any]
    targets: Mapping[int, float]
    merged: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    usable: bool = True
    smallest: int = 0  # people in the smallest category


def by_locality(
    codes: NDArray[Any], targets: Mapping[int, float], localities: Mapping[int, int], least: int = LEAST_IN_A_CELL
) -> Margin:
    """Return the margin of districts, told by locality as a whole when any district has fewer than ``least`` people.

    ``localities``: district code -> locality code; a district that lies in none makes the margin unusable then.
    """
    if _smallest(codes, targets) >= least:
        return _margin(codes, targets, {})
    if any(code not in localities for code in targets):
        return _margin(codes, targets, {}, usable=False)
    groups: dict[int, tuple[int, ...]] = {}
    for code in targets:
        groups[localities[code]] = (*groups.get(localities[code], ()), code)
    return _merged(codes, targets, groups)


def by_neighbours(codes: NDArray[Any], targets: Mapping[int, float], least: int = LEAST_IN_A_CELL) -> Margin:
    """Return a margin in order, a category with fewer than ``least`` people joined with the one before it.

    From the last category down; the first joins the one after it. ``targets`` stand in order, the youngest first.
    One category that is left alone makes the margin unusable.
    """
    if _smallest(codes, targets) >= least:
        return _margin(codes, targets, {})
    runs = [[code] for code in targets]
    number = len(runs) - 1
    while number > 0:
        if _people(codes, runs[number]) < least:
            runs[number - 1] += runs.pop(number)
        number -= 1
    if len(runs) > 1 and _people(codes, runs[0]) < least:
        runs[0] += runs.pop(1)
    return _merged(codes, targets, {run[0]: tuple(run) for run in runs})


def as_it_is(codes: NDArray[Any], targets: Mapping[int, float], least: int = LEAST_IN_A_CELL) -> Margin:
    """Return a margin whose categories cannot be merged: unusable when one has fewer than ``least`` people."""
    return _margin(codes, targets, {}, usable=_smallest(codes, targets) >= least)


def _merged(codes: NDArray[Any], targets: Mapping[int, float], groups: Mapping[int, tuple[int, ...]]) -> Margin:
    """Return a margin told by groups of codes; unusable when only one group is left."""
    import numpy as np

    told = np.full(codes.size, -1, dtype=np.int64)
    for name, group in groups.items():
        told[np.isin(codes, group)] = name
    sums = {name: sum(targets[code] for code in group) for name, group in groups.items()}
    return _margin(told, sums, groups, usable=len(groups) > 1)


def _margin(
    codes: NDArray[Any], targets: Mapping[int, float], merged: Mapping[int, tuple[int, ...]], *, usable: bool = True
) -> Margin:
    return Margin(codes, dict(targets), dict(merged), usable and bool(targets), _smallest(codes, targets))


def _smallest(codes: NDArray[Any], targets: Mapping[int, float]) -> int:
    return min((_people(codes, [code]) for code in targets), default=0)


def _people(codes: NDArray[Any], group: Sequence[int]) -> int:
    import numpy as np

    return int(np.isin(codes, group).sum())
