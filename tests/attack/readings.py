"""What a printed number stands for: everybody may read the program, and so the rules of its rounding."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist

Ends = tuple[int, int]
Z = NormalDist().inv_cdf(0.975)
MANY = 10**6  # more people than any wave has


@dataclass(frozen=True)
class Rules:
    """The published thresholds that hold for one question, in people.

    ``hidden_from`` to one under ``hidden_under`` is what "c" stands for. ``held``: a total is held within what its
    cells allow, one of a whole wave ``room`` people within. ``steps_off``: a group's count may be printed a step off.
    """

    hidden_under: int = 5
    step: int = 5
    least_base: int = 10
    small_group: int = 30
    exact_from: int = 100
    hidden_from: int = 0
    total_step: int = 5
    held: bool = True
    room: int = 2
    steps_off: bool = True


def to_step(count: int, step: int) -> int:
    """Return the nearest multiple of ``step``, halves up."""
    return (count + step // 2) // step * step


def half_up(value: float) -> int:
    """Return the nearest whole number, halves up."""
    return math.floor(value + 0.5 + 1e-9)


def count_ends(printed: int | str, rules: Rules) -> Ends:
    """Return the counts that print like this: "c" or a multiple."""
    if printed == "c":
        return rules.hidden_from, rules.hidden_under - 1
    value = int(printed)
    if value < rules.hidden_from:
        return value, value
    return max(rules.hidden_under, value - rules.step // 2), value + (rules.step - 1) // 2


def wide_ends(printed: int | str, rules: Rules) -> Ends:
    """Return the counts of a group that may print like this where one is printed a step off for the sake of others."""
    if not rules.steps_off or printed == 0:
        return count_ends(printed, rules)
    lowest = to_step(rules.hidden_under, rules.step)
    if printed == "c":
        return rules.hidden_from, count_ends(lowest, rules)[1]
    low, high = max(lowest, int(printed) - rules.step), int(printed) + rules.step
    return count_ends(low, rules)[0], count_ends(high, rules)[1]


def total_ends(
    printed: int | dict[str, int], rules: Rules, parts: Ends | None = None, *, room: int = 0, plain: bool = False
) -> Ends:
    """Return the totals that print like this: a multiple held within what its parts add up to, or "fewer than".

    It is held ``room`` people inside. ``plain`` reads it as rounded and no more, as one would without the program.
    """
    if isinstance(printed, dict):
        return 0, printed["fewer_than"] - 1
    step = rules.total_step
    low, high = printed - step // 2, printed + (step - 1) // 2
    if parts and rules.held and not plain:
        lowest, highest = -(-parts[0] // step) * step, parts[1] // step * step
        low = parts[0] if printed <= lowest or low <= parts[0] + room else low
        high = parts[1] if printed >= highest or high >= parts[1] - room else high
    return low, high


def sum_ends(parts: Iterable[Ends]) -> Ends:
    """Return the ends of a sum of counts, each known by its ends."""
    both = list(parts)
    return sum(one[0] for one in both), sum(one[1] for one in both)


def label_ends(small_group: bool, printed: int | dict[str, int], rules: Rules) -> Ends:
    """Return the bases that bear (or do not bear) the label "small group": it stands wherever a base may be one."""
    if isinstance(printed, dict):
        return 0, rules.least_base - 1
    return (0 if small_group else rules.small_group), MANY


def percent_ends(percent: int | None, base: Ends) -> Ends | None:
    """Return the counts whose whole percent of some base within ``base`` is this, or None for no percent."""
    if percent is None:
        return None
    found = [x for n in range(base[0], base[1] + 1) if n for x in counts_of_percent(percent, n)]
    return (min(found), max(found)) if found else None


def counts_of_percent(percent: int, base: int) -> Iterator[int]:
    """Yield the counts of a base of which this is the whole percent."""
    middle = round(percent * base / 100)
    reach = 2 + base // 150
    for count in range(max(0, middle - reach), min(base, middle + reach) + 1):
        if half_up(100 * count / base) == percent:
            yield count


def wilson(count: float, base: float) -> tuple[float, float]:
    """Return the ends of Wilson's interval of a share, in percent (the formula on the page of methods)."""
    share, stretch = count / base, 1 + Z * Z / base
    centre = (share + Z * Z / (2 * base)) / stretch
    half = Z / stretch * math.sqrt(share * (1 - share) / base + Z * Z / (4 * base * base))
    low, high = 100 * max(0.0, centre - half), 100 * min(1.0, centre + half)
    return (0.0 if count == 0 else low), (100.0 if count == base else high)


def shares_that_fit(value: int, low: int | None, high: int | None, base: Ends) -> Iterator[tuple[int, int]]:
    """Yield (count, base) whose share and Wilson interval round to the printed whole numbers."""
    for n in range(max(1, base[0]), base[1] + 1):
        for count in counts_of_percent(value, n):
            ends = [half_up(end) for end in wilson(count, n)]
            if low is None or ends == [low, high]:
                yield count, n


def net_scores_that_fit(value: int, low: int | None, high: int | None, base: Ends) -> Iterator[tuple[int, int, int]]:
    """Yield (promoters, detractors, base) whose net score and interval round to the printed whole numbers."""
    for n in range(max(1, base[0]), base[1] + 1):
        for gap in range(-n, n + 1):
            if half_up(100 * gap / n) != value:
                continue
            for down in range(max(0, -gap), (n - gap) // 2 + 1):
                if low is None or _net_ends(down + gap, down, n) == (low, high):
                    yield down + gap, down, n


def _net_ends(up: int, down: int, n: int) -> tuple[int, int]:
    p, d, size = (up + 0.75) / (n + 3), (down + 0.75) / (n + 3), n + 3
    centre, reach = 100 * (up - down) / size, 100 * Z * math.sqrt(max(0.0, p + d - (p - d) ** 2) / size)
    return half_up(max(-100.0, centre - reach)), half_up(min(100.0, centre + reach))


def strip(pairs: Sequence[tuple[int, int]], percent: float) -> tuple[Ends, Ends, tuple[float, float]]:
    """Return the ends of the counts, of the bases, and of count less percent of base, over all that fit."""
    counts, bases = [x for x, _ in pairs], [n for _, n in pairs]
    apart = [x - percent / 100 * n for x, n in pairs]
    return (min(counts), max(counts)), (min(bases), max(bases)), (min(apart), max(apart))
