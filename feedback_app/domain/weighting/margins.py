"""Margins made coarse enough to weight on, by fixed rules, never in silence (docs/statistics.md).

What is merged or left out is told, so it is decided by counts as they are shown, rounded or hidden, each taken for
the least that it may stand for: a category has ten people from 13 on, shown as 15 (13 to 17), because a shown 10 may be
8. A cut at the exact ten would tell on which side of it a shown 10 lies.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.totals import count_safe

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST_IN_A_CELL = 10
SHOWN = Policy()


@dataclass(frozen=True)
class Margin:
    """One margin ready for raking: each person's category (-1 missing), people of the population by category.

    ``merged``: each group of codes that now count as one, under the category that stands for them. ``usable`` is False
    when it has too few people, or too few categories, to weight on.
    """

    categories: NDArray[Any]
    targets: Mapping[int, float]
    merged: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    usable: bool = True


def by_locality(codes: NDArray[Any], targets: Mapping[int, float], localities: Mapping[int, int]) -> Margin:
    """Return the margin of districts, told by locality as a whole when any district may have fewer than ten people.

    ``localities``: district code -> locality code; a district that lies in none makes the margin unusable then.
    """
    if _enough(codes, targets):
        return Margin(codes, dict(targets))
    if any(code not in localities for code in targets):
        return Margin(codes, dict(targets), usable=False)
    groups: dict[int, tuple[int, ...]] = {}
    for code in targets:
        groups[localities[code]] = (*groups.get(localities[code], ()), code)
    return _merged(codes, targets, groups)


def by_neighbours(codes: NDArray[Any], targets: Mapping[int, float]) -> Margin:
    """Return a margin in order, a category that may have fewer than ten people joined with the one before it.

    From the last category down; the first joins the one after it. ``targets`` stand in order, the youngest first.
    One category that is left alone makes the margin unusable.
    """
    if _enough(codes, targets):
        return Margin(codes, dict(targets))
    runs = [[code] for code in targets]
    number = len(runs) - 1
    while number > 0:
        if _at_least(codes, runs[number]) < LEAST_IN_A_CELL:
            runs[number - 1] += runs.pop(number)
        number -= 1
    if len(runs) > 1 and _at_least(codes, runs[0]) < LEAST_IN_A_CELL:
        runs[0] += runs.pop(1)
    return _merged(codes, targets, {run[0]: tuple(run) for run in runs})


def as_it_is(codes: NDArray[Any], targets: Mapping[int, float]) -> Margin:
    """Return a margin whose categories cannot be merged: unusable when one may have fewer than ten people."""
    return Margin(codes, dict(targets), usable=_enough(codes, targets))


def _merged(codes: NDArray[Any], targets: Mapping[int, float], groups: Mapping[int, tuple[int, ...]]) -> Margin:
    """Return a margin told by groups of codes; unusable when one group is left, or one may have under ten people."""
    import numpy as np

    told = np.full(codes.size, -1, dtype=np.int64)
    for name, group in groups.items():
        told[np.isin(codes, group)] = name
    sums = {name: sum(targets[code] for code in group) for name, group in groups.items()}
    enough = all(_at_least(codes, group) >= LEAST_IN_A_CELL for group in groups.values())
    return Margin(told, sums, dict(groups), usable=len(groups) > 1 and enough)


def _enough(codes: NDArray[Any], targets: Mapping[int, float]) -> bool:
    return bool(targets) and all(_at_least(codes, [code]) >= LEAST_IN_A_CELL for code in targets)


def _at_least(codes: NDArray[Any], group: Collection[int]) -> int:
    """Return the fewest people that a group may have by the shown count of each of its codes."""
    return sum(count_safe(int((codes == code).sum()), SHOWN.threshold, SHOWN).low for code in group)
