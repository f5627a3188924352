"""What changed between two waves: the size, its interval, and how easily chance alone would do it (docs/statistics.md).

The waves are treated as independent samples. Shares, NPS and mean scores change in points. A change never uses a finite
population correction: the question is about how families are served, not about these families alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal, NamedTuple

from feedback_app.domain.scoring.counts import Counted, Counts
from feedback_app.domain.scoring.figures import nps, nps_standard_error
from feedback_app.domain.scoring.intervals import normal_quantile, wilson_interval
from feedback_app.domain.scoring.scales import NO_SPREAD, ONE_SCORE, MeanScore

CONFIDENCE = 0.95
LEAST_EXPECTED = 5  # a cell of the pooled table that expects fewer makes the test Fisher's

Method = Literal["newcombe", "adjusted_wald", "wald", "welch"]
Test = Literal["pooled_z", "fisher", "wald", "welch"]
People = tuple[Counts, Counts]


@dataclass(frozen=True)
class Change:
    """A later figure less an earlier one, in points, with its 95% interval and the p-value that ranks it.

    ``method`` made the interval and ``test`` the p-value, which is not adjusted for other comparisons.
    """

    value: float
    low: float
    high: float
    p: float
    method: Method
    test: Test


class Difference(NamedTuple):
    """A difference of two proportions with its interval, on -1 to 1."""

    value: float
    low: float
    high: float


class PooledZ(NamedTuple):
    """The pooled two-proportion test: z and its two-sided p-value."""

    z: float
    p: float


def newcombe_difference(x1: float, n1: float, x2: float, n2: float, confidence: float = 0.95) -> Difference | None:
    """Return x2/n2 - x1/n1 with Newcombe's interval, on -1 to 1 (docs/statistics.md); None if a wave has no answers.

    Counts may be effective ones. ValueError when x lies outside 0 to n.
    """
    first, second = wilson_interval(x1, n1, confidence), wilson_interval(x2, n2, confidence)
    if first is None or second is None:
        return None
    p1, p2 = x1 / n1, x2 / n2
    low = p2 - p1 - math.hypot(p2 - second.low, first.high - p1)
    high = p2 - p1 + math.hypot(second.high - p2, p1 - first.low)
    return Difference(p2 - p1, low, high)


def pooled_z(x1: float, n1: float, x2: float, n2: float) -> PooledZ | None:
    """Return z and two-sided p of x2/n2 against x1/n1 with pooled variance (docs/statistics.md); None without answers.

    Counts may be effective ones. When nobody or everybody in both waves counts, z is 0 and p is 1. ValueError when x
    lies outside 0 to n.
    """
    if not (0 <= x1 <= n1 and 0 <= x2 <= n2):
        raise ValueError("the count must lie between 0 and the base")
    if not (n1 and n2):
        return None
    pooled = (x1 + x2) / (n1 + n2)
    error = math.sqrt(max(0.0, pooled * (1 - pooled)) * (1 / n1 + 1 / n2))
    z = (x2 / n2 - x1 / n1) / error if error else 0.0
    return PooledZ(z, _two_sided(z))


def fisher_p(x1: int, n1: int, x2: int, n2: int) -> float:
    """Return the two-sided p-value of Fisher's exact test for x1 of n1 people against x2 of n2, 0 to 1."""
    from scipy.stats import fisher_exact  # a second to import, and seldom needed

    return min(1.0, float(fisher_exact([[x1, n1 - x1], [x2, n2 - x2]]).pvalue))


def share_change(
    before: Counted,
    after: Counted,
    codes: Collection[int],
    within: Collection[int] = (),
    *,
    people: People | None = None,
) -> Change | None:
    """Return the change of the share of ``codes`` among ``within`` (all if empty), in points; None without answers.

    Newcombe's interval; p from pooled z, or from Fisher's test on people where a cell expects under 5.
    ``people`` are both waves' unweighted counts: ValueError if weighted ones come without them.
    """
    first, second = (_share(counts, codes, within) for counts in people or _as_people(before, after))
    earlier, later = _share(before, codes, within), _share(after, codes, within)
    difference, tested = newcombe_difference(*earlier, *later), pooled_z(*earlier, *later)
    if difference is None or tested is None:
        return None
    value, low, high = (100 * part for part in difference)
    if min(_least_expected(earlier, later), _least_expected(first, second)) < LEAST_EXPECTED:
        p = fisher_p(int(first[0]), int(first[1]), int(second[0]), int(second[1]))
        return Change(value, low, high, p, "newcombe", "fisher")
    return Change(value, low, high, tested.p, "newcombe", "pooled_z")


def nps_change(before: Counted, after: Counted, adjusted: bool = True) -> Change | None:
    """Return the change of NPS in points: later less earlier +/- z sqrt(SE1^2 + SE2^2); None if unknown.

    The errors are adjusted (docs/statistics.md) unless ``adjusted`` is False; the plain ones are 0 if all agree, and
    then there is no change to state. ValueError for a code outside 0 to 10.
    """
    first, second = nps(before).value, nps(after).value
    if first is None or second is None:
        return None
    error = math.hypot(*(nps_standard_error(counts, adjusted=adjusted) for counts in (before, after)))
    if error == 0:
        return None
    reach, value = normal_quantile(CONFIDENCE) * error, second - first
    low, high = max(-200.0, value - reach), min(200.0, value + reach)
    return Change(value, low, high, _two_sided(value / error), "adjusted_wald" if adjusted else "wald", "wald")


def mean_change(before: MeanScore, after: MeanScore) -> Change | None:
    """Return the change of a mean score of 0 to 100, in points, with Welch's interval and test, or None.

    Each mean's squared error is SD^2 / n_eff, with people less one as its degrees of freedom. None
    when ``why_no_mean_change`` says why.
    """
    from scipy.special import stdtr, stdtrit

    if why_no_mean_change(before, after) or before.value is None or after.value is None:
        return None
    variances = [(score.sd or 0.0) ** 2 / score.effective_n for score in (before, after)]
    parts = zip(variances, (before.base, after.base), strict=True)
    freedom = math.fsum(variances) ** 2 / math.fsum(variance**2 / (people - 1) for variance, people in parts)
    value, error = after.value - before.value, math.sqrt(math.fsum(variances))
    reach = float(stdtrit(freedom, (1 + CONFIDENCE) / 2)) * error
    p = min(1.0, 2 * float(stdtr(freedom, -abs(value) / error)))
    return Change(value, max(-100.0, value - reach), min(100.0, value + reach), p, "welch", "welch")


def why_no_mean_change(before: MeanScore, after: MeanScore) -> str | None:
    """Return why two mean scores cannot be compared, or None when they can.

    "no_scores", "one_score" or "no_spread", the earlier wave's first: a mean that has no interval of its own would lend
    the change one that claims too much.
    """
    for score in (before, after):
        if score.withheld:
            return score.withheld
        if not score.sd or score.base < 2:
            return NO_SPREAD if score.base > 1 else ONE_SCORE
    return None


def detectable_change(
    n_before: float, n_after: float, base: float = 0.4, power: float = 0.8, *, together: int = 1
) -> float | None:
    """Return the smallest change of a share, in points, that these answers would most likely show (docs/statistics.md).

    As one of ``together`` shares looked at together, of which no other changed: then Benjamini and Hochberg's rule asks
    as much of it as Bonferroni's. Solves z sqrt(pq (1/n1 + 1/n2)) + z(power) sqrt(p1 q1/n1 + p2 q2/n2) = p2 - p1 with
    z(0.975) for one share alone and p pooled, for a share of ``base`` (0 to 1) that moves towards the middle, where
    chance blurs most. None when no change is large enough.
    """
    if not (0 < base < 1 and 0.5 < power < 1 and together >= 1):
        raise ValueError("the base share lies between 0 and 1, the power between a half and 1, and one share changes")
    if n_before <= 0 or n_after <= 0:
        return None
    start = min(base, 1 - base)
    asked = normal_quantile(1 - (1 - CONFIDENCE) / together)
    short = _shortfall(n_before, n_after, start, asked, normal_quantile(2 * power - 1))
    low, high = 0.0, 1 - start
    if short(high) > 0:
        return None
    while high - low > 1e-12:
        middle = (low + high) / 2
        low, high = (middle, high) if short(middle) > 0 else (low, middle)
    return 100 * high


def _shortfall(n1: float, n2: float, start: float, z: float, z_power: float) -> Callable[[float], float]:
    """Return the function that tells by how much a change (0 to 1) falls short of what can be noticed."""

    def short(change: float) -> float:
        later = start + change
        pooled = (n1 * start + n2 * later) / (n1 + n2)
        under_none = math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
        under_change = math.sqrt(start * (1 - start) / n1 + max(0.0, later * (1 - later)) / n2)
        return z * under_none + z_power * under_change - change

    return short


def _two_sided(z: float) -> float:
    return math.erfc(abs(z) / math.sqrt(2))


def _as_people(before: Counted, after: Counted) -> People:
    if isinstance(before, Counts) and isinstance(after, Counts):
        return before, after
    raise ValueError("the change of a weighted share needs the unweighted counts of both waves")


def _share(counts: Counted, codes: Collection[int], within: Collection[int]) -> tuple[float, float]:
    """Return how many answers count and how many there are, as `figures.share_of` has it."""
    if not within:
        return counts.of(codes), counts.base
    return counts.of(set(codes) & set(within)), counts.of(within)


def _least_expected(earlier: tuple[float, float], later: tuple[float, float]) -> float:
    """Return the smallest count that the pooled 2x2 table expects."""
    (x1, n1), (x2, n2) = earlier, later
    return min(n1, n2) * min(x1 + x2, n1 + n2 - x1 - x2) / (n1 + n2) if n1 + n2 else 0.0
