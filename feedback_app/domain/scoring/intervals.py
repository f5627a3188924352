"""Confidence intervals of a proportion, and what a known list of people does to them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist


@dataclass(frozen=True)
class Interval:
    """A confidence interval; ``low`` and ``high`` are in the unit of the figure they belong to."""

    low: float
    high: float


@cache
def normal_quantile(confidence: float) -> float:
    """Return z for a two-sided interval, 1.959964 at 0.95; ValueError outside 0 to 1."""
    if not 0 < confidence < 1:
        raise ValueError("confidence must lie between 0 and 1")
    return NormalDist().inv_cdf((1 + confidence) / 2)


def finite_population_n(n: float, population: int) -> float:
    """Return n* = n (N - 1) / (N - n) when over 5% of a known list answered, else n; inf if all did.

    ValueError when more answered than the list holds.
    """
    if n > population:
        raise ValueError(f"{n:g} answers and {population} people on the list: the list is wrong")
    if n == population:
        return math.inf
    return n * (population - 1) / (population - n) if n / population > 0.05 else n


def wilson_interval(x: float, n: float, confidence: float = 0.95, *, population: int | None = None) -> Interval | None:
    """Return Wilson's interval for x of n on 0 to 1; None without answers or when a whole list answered.

    ``n`` may be an effective base. ``population`` is the size of a list on which everyone was invited, never given
    for an open link nor when waves are compared. ValueError when x lies outside 0 to n, or when more people
    answered than the list holds.
    """
    if not 0 <= x <= n:
        raise ValueError("the count must lie between 0 and the base")
    if n == 0:
        return None
    size = n if population is None else finite_population_n(n, population)
    if math.isinf(size):
        return None
    z, p = normal_quantile(confidence), x / n
    stretch = 1 + z * z / size
    centre = (p + z * z / (2 * size)) / stretch
    half = z / stretch * math.sqrt(p * (1 - p) / size + z * z / (4 * size * size))
    return Interval(0.0 if x == 0 else max(0.0, centre - half), 1.0 if x == n else min(1.0, centre + half))
