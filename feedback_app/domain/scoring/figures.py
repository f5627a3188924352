"""What a survey's counts say, each figure with its base, its interval and what is missing.

Shares are percentages on 0 to 100, net scores and NPS run from -100 to 100. Nothing is rounded here.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from feedback_app.domain.scoring.counts import Counted
from feedback_app.domain.scoring.intervals import normal_quantile, wilson_interval

TOP_TWO = (4, 5)
BOTTOM_TWO = (1, 2)
FIVE_POINTS = frozenset(range(1, 6))
NPS_CODES = frozenset(range(11))
NPS_PROMOTERS = frozenset({9, 10})
NPS_DETRACTORS = frozenset(range(7))
NPS_MINIMUM_BASE = 30
REVIEW_SHARE = 30.0
NO_ANSWERS = "no_answers"


@dataclass(frozen=True)
class Figure:
    """One figure with its interval, base and missing answers; ``withheld`` names why ``value`` is None."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    base: float
    missing: Mapping[str, int]
    withheld: str | None = None


def _share(name: str, x: float, n: float, missing: Mapping[str, int]) -> Figure:
    interval = wilson_interval(x, n)
    if interval is None:
        return Figure(name, None, None, None, n, dict(missing), NO_ANSWERS)
    return Figure(name, 100 * x / n, 100 * interval.low, 100 * interval.high, n, dict(missing))


def distribution(counts: Counted) -> Mapping[int, Figure]:
    """Return each option's share of those who answered, 0 to 100 with Wilson interval, by option code."""
    return {code: _share(f"share_{code}", x, counts.base, counts.missing) for code, x in counts.values.items()}


def share_of(counts: Counted, name: str, codes: Collection[int], base: Collection[int] = ()) -> Figure:
    """Return the share of ``codes`` among answers in ``base`` (all if empty), 0 to 100, Wilson; both are sets."""
    if not base:
        return _share(name, counts.of(codes), counts.base, counts.missing)
    return _share(name, counts.of(set(codes) & set(base)), counts.of(base), counts.missing)


def csat(counts: Counted) -> Figure:
    """Return the % satisfied or very satisfied on a five-point item, 0 to 100, Wilson; else ValueError."""
    _require_codes(counts, FIVE_POINTS, "CSAT needs a five-point item coded 1 to 5")
    return _share("csat", counts.of(TOP_TWO), counts.base, counts.missing)


def mean_satisfaction(counts: Counted) -> Figure:
    """Return 100 x sum((x - 1) / 4) / n on a five-point item, 0 to 100, no interval; else ValueError."""
    _require_codes(counts, FIVE_POINTS, "mean satisfaction needs a five-point item coded 1 to 5")
    if counts.base == 0:
        return Figure("mean_satisfaction", None, None, None, 0, dict(counts.missing), NO_ANSWERS)
    total = sum((code - 1) * count for code, count in counts.values.items())
    return Figure("mean_satisfaction", 25 * total / counts.base, None, None, counts.base, dict(counts.missing))


def net_score(counts: Counted, top: Collection[int] = TOP_TWO, bottom: Collection[int] = BOTTOM_TWO) -> Figure:
    """Return top minus bottom share, -100 to 100, with value +/- z SE clipped; no width if all agree."""
    if set(top) & set(bottom):
        raise ValueError("an option cannot count as both top and bottom")
    n, up, down = counts.base, counts.of(top), counts.of(bottom)
    if n == 0:
        return Figure("net_score", None, None, None, 0, dict(counts.missing), NO_ANSWERS)
    value = 100 * (up - down) / n
    return _clipped("net_score", value, value, _net_error(up, down, n), counts)


def nps(counts: Counted) -> Figure:
    """Return promoters (9, 10) minus detractors (0 to 6), -100 to 100, adjusted Wald interval (docs/statistics.md).

    The interval is that of n + 3 answers with 0.75 more promoters and detractors, clipped; the value is the raw one.
    ValueError for any code outside the whole numbers 0 to 10.
    """
    up, down, n = _nps_parts(counts)
    if n == 0:
        return Figure("nps", None, None, None, 0, dict(counts.missing), NO_ANSWERS)
    centre = 100 * (up - down) / (n + 3)
    return _clipped("nps", 100 * (up - down) / n, centre, nps_standard_error(counts, adjusted=True), counts)


def nps_standard_error(counts: Counted, *, adjusted: bool = False) -> float:
    """Return NPS points of standard error, 100 sqrt((p + d - (p - d)^2) / n), of n + 3 if adjusted."""
    up, down, n = _nps_parts(counts)
    if n == 0:
        raise ValueError("no answers, so no standard error")
    return _net_error(up + 0.75, down + 0.75, n + 3) if adjusted else _net_error(up, down, n)


def _nps_parts(counts: Counted) -> tuple[float, float, float]:
    _require_codes(counts, NPS_CODES, "NPS needs whole-number answers from 0 to 10")
    return counts.of(NPS_PROMOTERS), counts.of(NPS_DETRACTORS), counts.base


def _net_error(up: float, down: float, n: float) -> float:
    p, d = up / n, down / n
    return 100 * math.sqrt(max(0.0, p + d - (p - d) ** 2) / n)


def _clipped(name: str, value: float, centre: float, error: float, counts: Counted) -> Figure:
    reach = normal_quantile(0.95) * error
    low, high = max(-100.0, centre - reach), min(100.0, centre + reach)
    return Figure(name, value, low, high, counts.base, dict(counts.missing))


def _require_codes(counts: Counted, allowed: frozenset[int], message: str) -> None:
    if counts.answered is not None or any(type(code) is not int or code not in allowed for code in counts.values):
        raise ValueError(message)
