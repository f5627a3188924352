"""Rounding, and what a reader can work out from rounded counts and their sums."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

SAFE_WIDTH = 2


class Range(NamedTuple):
    """The whole numbers, both ends included, that a reader must hold possible for a count."""

    low: int
    high: int

    def within(self, low: int, high: int) -> Range:
        """Return the part of this range that also lies in ``low`` to ``high``."""
        return Range(max(self.low, low), min(self.high, high))


def rounded(count: int, step: int) -> int:
    """Return ``count`` rounded to the nearest multiple of ``step``, halves up."""
    return (count + step // 2) // step * step


def rounded_range(count: int, step: int, least: int) -> tuple[int, int]:
    """Return the counts, ``least`` or more, that round to the same multiple of ``step`` as ``count``."""
    value = rounded(count, step)
    return max(least, value - step // 2), value + (step - 1) // 2


def rounded_within(total: int, step: int, cells: Range) -> tuple[int, Range]:
    """Return a total rounded to a multiple of ``step`` that its shown cells allow, and the totals that print as it.

    ``cells`` is the range of the total that a reader works out from the shown cells alone. A total near an end of it
    that rounded past it would tell that every cell lies at its own end, and so a hidden one. Instead the outermost
    multiple within also stands for all beyond it, so each printed total leaves a hidden cell SAFE_WIDTH of room (R3).
    """
    lowest, highest = -(-cells.low // step) * step, cells.high // step * step
    if lowest >= highest:  # one multiple or none: every total that the cells allow prints as the same
        return lowest if lowest == highest else rounded((cells.low + cells.high) // 2, step), cells
    value = min(max(rounded(total, step), lowest), highest)
    low = cells.low if value == lowest else value - step // 2
    high = cells.high if value == highest else value + (step - 1) // 2
    return value, Range(low, high)


def total_range(ranges: Iterable[Range]) -> Range:
    """Return the range of a sum of counts, each known by its range."""
    both = list(ranges)
    return Range(sum(one.low for one in both), sum(one.high for one in both))


def narrows_a_hidden_count(
    cells: Mapping[int, Range],
    hidden: Collection[int],
    parts: Mapping[frozenset[int], Range],
    whole: Range,
) -> bool:
    """Return whether sums of disjoint parts, with the whole, leave a hidden cell's ends closer than two apart (R3).

    ``cells`` by option code, ``parts`` by the codes each adds up; cells in no part are known from their own ranges
    alone. The bounds are the best ones, because parts do not overlap.
    """
    apart = total_range(cells[code] for code in frozenset(cells).difference(*parts))
    known = {part: total_range(cells[code] for code in part).within(*published) for part, published in parts.items()}
    for part, own in known.items():
        rest = total_range([apart, *(other for key, other in known.items() if key != part)])
        tight = own.within(whole.low - rest.high, whole.high - rest.low)
        for code in part & frozenset(hidden):
            others = total_range(cells[other] for other in part if other != code)
            left = cells[code].within(tight.low - others.high, tight.high - others.low)
            if left.high - left.low < SAFE_WIDTH:
                return True
    return False
