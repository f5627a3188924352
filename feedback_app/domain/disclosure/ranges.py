"""Rounding, and what a reader can work out from rounded counts and their sums."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

SAFE_WIDTH = 2


class Range(NamedTuple):
    """The whole numbers, both ends included, that a reader must hold possible for a count."""

    low: int
    high: int

    def within(self, low: int, high: int) -> Range:
        """Return the part of this range that also lies in ``low`` to ``high``."""
        return Range(max(self.low, low), min(self.high, high))

    def nearest(self, count: int) -> int:
        """Return the number of this range that is nearest to ``count``; the range must not be empty."""
        return min(max(count, self.low), self.high)

    def wider(self, by: int, limits: Range) -> Range:
        """Return this range with ``by`` more at both ends, as far as the limits go."""
        return Range(self.low - by, self.high + by).within(*limits)


def rounded(count: int, step: int) -> int:
    """Return ``count`` rounded to the nearest multiple of ``step``, halves up."""
    return (count + step // 2) // step * step


def rounded_range(count: int, step: int, least: int) -> tuple[int, int]:
    """Return the counts, ``least`` or more, that round to the same multiple of ``step`` as ``count``."""
    value = rounded(count, step)
    return max(least, value - step // 2), value + (step - 1) // 2


def cell_range(count: int, threshold: int, step: int) -> Range:
    """Return the counts that are shown as ``count`` is: "c" under the threshold (R1), else its multiple of ``step``."""
    return Range(0, threshold - 1) if count < threshold else Range(*rounded_range(count, step, threshold))


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
