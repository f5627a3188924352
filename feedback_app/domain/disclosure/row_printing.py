"""How one group's counts are printed, and whether its own line leaves each hidden count room (R1 to R3).

How many people a group has is taken as known, so a count that is nearly all of it would tell that the hidden ones
beside it are nearly nobody, and one that is too few for it that they are many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from feedback_app.domain.disclosure.grouped import Question
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.ranges import (
    SAFE_WIDTH,
    Range,
    cell_range,
    rounded,
    rounded_range,
    rounded_within,
    total_range,
)
from feedback_app.domain.missing import Missing

NOBODY = Range(0, 0)
UNASKED = frozenset({Missing.NOT_SHOWN.key, Missing.NOT_REACHED.key})
Values = tuple[int | None, ...]  # by column: the multiple printed, None for a hidden count


@dataclass(frozen=True)
class Terms:
    """What a question's groups are judged by: thresholds in people, and how its columns add up to the base."""

    threshold: int
    threshold_people: int  # T of people as such, however sensitive the question
    least: int
    step: int
    sensitive: bool
    several: bool
    impossible: tuple[bool, ...]  # by column: nobody could choose it
    whole: bool  # the columns are all the answers there are
    fewest_places: int
    total: int  # people in the whole wave
    skippable: bool = False  # anybody asked may be missing, for all that readers know

    @classmethod
    def of(cls, question: Question, policy: Policy, total: int) -> Terms:
        """Return the terms of a question; ValueError for columns that overlap, or that join several choices."""
        table = question.table
        codes = [code for band in question.bands for code in band.codes]
        if len(codes) != len(set(codes)) or not set(codes) <= set(table.counts.values):
            raise ValueError(f"{table.code}: the columns are not disjoint sets of its options")
        if table.multi and any(len(band.codes) > 1 for band in question.bands):
            raise ValueError(f"{table.code}: people who chose several options cannot be added up")
        return cls(
            policy.threshold_for(table.minors, table.sensitive),
            policy.threshold_for(table.minors, sensitive=False),
            policy.base_for(table.minors),
            policy.rounding,
            table.sensitive,
            table.multi,
            tuple(band.codes <= table.structural_zeros for band in question.bands),
            table.possible <= set(codes),
            policy.minimum_places,
            total,
            bool((table.kinds or frozenset()) - UNASKED),
        )

    @property
    def lowest(self) -> int:
        """Return the smallest multiple that is ever printed."""
        return rounded(self.threshold, self.step)

    def value(self, count: int, column: int) -> int | None:
        """Return the multiple that a count is printed as by itself, None where it is hidden."""
        if self.impossible[column]:
            return 0
        return None if count < self.threshold else rounded(count, self.step)

    def block(self, value: int | None) -> Range:
        """Return the counts that are printed as a multiple by themselves, or as the symbol."""
        if value == 0:
            return NOBODY
        return cell_range(0 if value is None else max(value, self.threshold), self.threshold, self.step)

    def base_block(self, value: int) -> Range:
        """Return the bases that round to a multiple."""
        return Range(*rounded_range(value, self.step, self.least))

    def is_hidden(self, block: Range) -> bool:
        """Return whether a range is that of a count under the threshold."""
        return block.low < self.threshold and block != NOBODY

    def bases(self, base: int, size: int) -> Range:
        """Return the bases of a group of known size; a reader may know that nobody in it can have passed it over."""
        if self.skippable:
            return Range(self.least, size)
        return Range(size, size) if base == size else Range(self.least, size - 1)

    def is_tight(self, blocks: Sequence[Range], base: Range) -> bool:
        """Return whether the ranges of a group's columns, with that of its base, leave a hidden count no room."""
        low, high = total_range(blocks)
        for block in blocks:
            most = base.high if self.several else base.high - (low - block.low)
            least = base.low - (high - block.high) if self.whole else 0
            left = block.within(least, most)
            if self.is_hidden(block) and left.high - left.low < SAFE_WIDTH:
                return True
            apart = Range(max(0, base.low - block.high), base.high - block.low)
            if self.several and apart.low < self.threshold and apart.high - apart.low < SAFE_WIDTH:
                return True
        return False


@dataclass(frozen=True)
class Line:
    """What a group's counts and base are printed as, with the counts and bases that are printed so by themselves.

    ``fits``: it leaves every hidden count room.
    """

    values: Values
    blocks: tuple[Range, ...]
    base: int
    base_range: Range
    fits: bool


@dataclass(frozen=True)
class Near:
    """What is printed of a group instead of its own rounding: its values by column, and a base."""

    values: Values
    base: int


def plain_values(cells: Sequence[int], terms: Terms) -> Values:
    """Return what each count is printed as by itself."""
    return tuple(terms.value(count, column) for column, count in enumerate(cells))


def line_of(values: Values, base: int, size: int, terms: Terms, instead: int | None = None) -> Line:
    """Return the line that prints these values; ``base`` are the group's valid answers, ``size`` its people.

    ``instead`` is a base to print rather than its own.
    """
    blocks = tuple(terms.block(value) for value in values)
    printed, within = _base(base if instead is None else instead, blocks, terms)
    known = within.within(*terms.bases(base, size))
    fits = known.low <= known.high and not terms.is_tight(blocks, known)
    return Line(values, blocks, printed, within, fits)


def is_lost(values: Values, base: int, size: int, terms: Terms) -> bool:
    """Return whether a group cannot be shown: all its counts are hidden, and its size leaves one of them no room.

    Nor is one that shows the lowest there is in one column, and would be lost without: so a lost one could be any.
    """
    shown = [at for at, value in enumerate(values) if value]
    if len(shown) == 1 and values[shown[0]] == terms.lowest and not terms.several:
        values = (*values[: shown[0]], None, *values[shown[0] + 1 :])
    elif shown:
        return False
    line = line_of(values, base, size, terms)
    possible = not terms.whole or sum(block.high for block in line.blocks) >= terms.bases(base, size).low
    return None in values and possible and not line.fits


def near_values(value: int | None, terms: Terms, steps: int = 1) -> list[int | None]:
    """Return what a count may be printed as instead: up to so many steps lower or higher, the lowest step hidden."""
    ladder = [None, *range(terms.lowest, max(terms.lowest, terms.total) + terms.step, terms.step)]
    if value not in ladder:
        return []
    at = ladder.index(value)
    return [*ladder[max(0, at - steps) : at], *ladder[at + 1 : at + 1 + steps]]


def stated_ranges(values: Values, terms: Terms) -> tuple[Range, ...]:
    """Return the counts that each printed one may stand for, all cases together: mostly those that round to it."""
    return tuple(_stated(value, terms) for value in values)


def _stated(value: int | None, terms: Terms) -> Range:
    if value == 0:
        return terms.block(value)
    if value is None:
        return Range(0, terms.block(terms.lowest).high)
    lowest = None if value == terms.lowest else max(terms.lowest, value - terms.step)
    return Range(terms.block(lowest).low, terms.block(value + terms.step).high)


def _base(base: int, blocks: Sequence[Range], terms: Terms) -> tuple[int, Range]:
    """Return the base as it is printed, and the bases printed so: rounded within what the printed counts allow."""
    low, high = total_range(blocks)
    if terms.several:
        low = max((block.low for block in blocks), default=0)
    if not terms.whole:
        high = terms.total
    high = max(low, high, terms.least)
    return rounded_within(base, terms.step, Range(max(low, terms.least), high))
