"""Who was heard: those who answered beside the people they come from (docs/statistics.md)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

UNDER_HEARD = 0.8
OVER_HEARD = 1.25
Badge = Literal["under_heard", "about_right", "over_heard"]


@dataclass(frozen=True)
class Representativity:
    """How evenly groups answered: R (1 is even, but near 1 whenever few answer) and CV of the rates (0 is even)."""

    r: float
    cv: float


def ratios(heard: Mapping[int, float], population: Mapping[int, float]) -> dict[int, float | None]:
    """Return each group's share of those heard by its share of the population; None where the population has none.

    Both by group code, in people or any common scale. ValueError for different groups or wholes of 0.
    """
    heard_whole, whole = _wholes(heard, population)
    return {
        code: (heard[code] / heard_whole) / (people / whole) if people else None for code, people in population.items()
    }


def badge_of(ratio: float) -> Badge:
    """Return "under_heard" below 0.8, "over_heard" above 1.25, else "about_right" (docs/statistics.md)."""
    if ratio < UNDER_HEARD:
        return "under_heard"
    return "over_heard" if ratio > OVER_HEARD else "about_right"


def dissimilarity(heard: Mapping[int, float], population: Mapping[int, float]) -> float:
    """Return D = 0.5 x sum |s - P|, 0 to 1: the share of answers that would have to move to match."""
    heard_whole, whole = _wholes(heard, population)
    return 0.5 * math.fsum(abs(heard[code] / heard_whole - people / whole) for code, people in population.items())


def r_indicator(heard: Mapping[int, float], population: Mapping[int, float]) -> Representativity:
    """Return R = 1 - 2 S and CV = S / mean of the response rates by group, S^2 = sum N_h (rho_h - rho)^2 / (N - 1).

    ``heard`` and ``population`` in people (Schouten, Cobben and Bethlehem 2009). ValueError when more of a
    group are heard than there are, or for different groups or wholes of 0 or 1.
    """
    heard_whole, whole = _wholes(heard, population)
    if whole <= 1:
        raise ValueError("a population of one has no spread of response rates")
    if any(heard[code] > people for code, people in population.items()):
        raise ValueError("more of a group were heard than there are: the population is wrong")
    rate = heard_whole / whole
    squares = (people * (heard[code] / people - rate) ** 2 for code, people in population.items() if people)
    spread = math.sqrt(math.fsum(squares) / (whole - 1))
    return Representativity(1 - 2 * spread, spread / rate)


def _wholes(heard: Mapping[int, float], population: Mapping[int, float]) -> tuple[float, float]:
    if set(heard) != set(population):
        raise ValueError("those heard and the population are told by the same groups")
    numbers = [*heard.values(), *population.values()]
    if any(not 0 <= number < math.inf for number in numbers):
        raise ValueError("people are counted from 0 on")
    wholes = math.fsum(heard.values()), math.fsum(population.values())
    if not all(wholes):
        raise ValueError("nobody was heard, or the population is empty")
    return wholes
