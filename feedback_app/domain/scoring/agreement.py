"""How far two people who coded the same comments agree on a theme."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from feedback_app.domain.scoring.intervals import normal_quantile

REVISE_UNDER = 0.6
NO_COMMENTS = "no_comments"
NEVER_USED = "theme_never_used"
ALWAYS_USED = "theme_always_used"
Pairs = Counter[tuple[bool, bool]]


@dataclass(frozen=True)
class Kappa:
    """Cohen's kappa of one theme, -1 to 1, with its 95% interval; ``observed`` is the share coded alike, 0 to 1.

    ``refused`` says why there is no value: "no_comments", "theme_never_used" or "theme_always_used" by one of the two.
    Without an interval where all agree: the formula would claim that kappa is certain.
    """

    value: float | None
    low: float | None
    high: float | None
    observed: float | None
    comments: int
    refused: str | None = None

    @property
    def revise(self) -> bool:
        """Return whether the theme's definition has to be revised: kappa under 0.6 (docs/statistics.md)."""
        return self.value is not None and self.value < REVISE_UNDER


def cohen_kappa(first: Sequence[bool], second: Sequence[bool]) -> Kappa:
    """Return (Po - Pe) / (1 - Pe) for one theme on the same comments, coded by two people (docs/statistics.md).

    The interval is kappa +/- z SE, SE from Fleiss, Cohen and Everitt (1969), clipped to -1 to 1. ValueError when the
    two did not code as many comments.
    """
    pairs: Pairs = Counter(zip(map(bool, first), map(bool, second), strict=True))
    n = pairs.total()
    if n == 0:
        return Kappa(None, None, None, None, 0, NO_COMMENTS)
    observed = (pairs[True, True] + pairs[False, False]) / n
    used = [pairs[True, True] + pairs[True, False], pairs[True, True] + pairs[False, True]]
    if 0 in used:
        return Kappa(None, None, None, observed, n, NEVER_USED)
    if n in used:
        return Kappa(None, None, None, observed, n, ALWAYS_USED)
    by_chance = (used[0] * used[1] + (n - used[0]) * (n - used[1])) / n**2
    value = (observed - by_chance) / (1 - by_chance)
    error = _standard_error(pairs, n, observed, by_chance)
    if error is None:
        return Kappa(value, None, None, observed, n)
    reach = normal_quantile(0.95) * error
    return Kappa(value, max(-1.0, value - reach), min(1.0, value + reach), observed, n)


def _standard_error(pairs: Pairs, n: int, observed: float, by_chance: float) -> float | None:
    """Return the large-sample standard error of kappa, None where all agree or all differ."""
    first = {code: (pairs[code, True] + pairs[code, False]) / n for code in (True, False)}
    second = {code: (pairs[True, code] + pairs[False, code]) / n for code in (True, False)}
    rest, alike, apart = 1 - by_chance, 0.0, 0.0
    for (one, other), count in pairs.items():
        if one == other:
            alike += count / n * (rest - (first[one] + second[one]) * (1 - observed)) ** 2
        else:
            apart += count / n * (second[one] + first[other]) ** 2
    variance = alike + (1 - observed) ** 2 * apart - (observed * by_chance - 2 * by_chance + observed) ** 2
    return math.sqrt(variance / n) / rest**2 if variance > 1e-12 else None
