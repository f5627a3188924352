"""How one group's counts are printed, so that its own line leaves each hidden count room (R1 to R3).

How many people a group has is taken as known, so a count that is nearly all of it would tell that the hidden ones
beside it are nearly nobody, and one that is too few for it that they are many. Such a line is printed as a near one
that leaves room, and that one is printed as itself: so whoever reads it, and knows the program, has to hold all groups
possible whose own counts round to what is printed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from feedback_app.domain.disclosure.grouped import Question
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.ranges import SAFE_WIDTH, Range, cell_range, rounded, rounded_within, total_range

NOBODY = Range(0, 0)
Values = tuple[int | None, ...]  # by column: the multiple printed, None for a hidden count


@dataclass(frozen=True)
class Terms:
    """What a question's groups are judged by: thresholds in people, and how its columns add up to the base."""

    threshold: int
    least: int
    step: int
    sensitive: bool
    several: bool
    impossible: tuple[bool, ...]  # by column: nobody could choose it
    whole: bool  # the columns are all the answers there are
    fewest_places: int
    total: int  # people in the whole wave

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
            policy.base_for(table.minors),
            policy.rounding,
            table.sensitive,
            table.multi,
            tuple(band.codes <= table.structural_zeros for band in question.bands),
            table.possible <= set(codes),
            policy.minimum_places,
            total,
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

    def is_hidden(self, block: Range) -> bool:
        """Return whether a range is that of a count under the threshold."""
        return block.low < self.threshold and block != NOBODY

    def bases(self, base: int, size: int) -> Range:
        """Return the bases of a group of known size, for a reader who may know whether everybody in it answered."""
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

    ``fits``: it leaves every hidden count room. Where it does not, it is what the group is taken to be, not shown.
    """

    values: Values
    blocks: tuple[Range, ...]
    base: int
    base_range: Range
    fits: bool


def print_line(cells: Sequence[int], base: int, size: int, terms: Terms) -> Line:
    """Return a group's counts by column as they are printed; ``base`` are its valid answers, ``size`` its people."""
    plain = tuple(terms.value(count, column) for column, count in enumerate(cells))
    if terms.several:
        return line_of(_by_column(plain, base, size, terms), base, size, terms)
    if _is_lost(plain, base, size, terms):
        at = max((at for at, value in enumerate(plain) if value is None), key=lambda at: cells[at])
        values = (*plain[:at], terms.lowest, *plain[at + 1 :])
        return replace(line_of(values, base, size, terms), fits=False)
    line = line_of(_nearest(plain, base, size, terms) or plain, base, size, terms)
    return replace(line, fits=line.fits and not _is_near_lost(line.values, base, size, terms))


def line_of(values: Values, base: int, size: int, terms: Terms) -> Line:
    """Return the line that prints these values; it ``fits`` where that leaves every hidden count room."""
    blocks = tuple(terms.block(value) for value in values)
    printed, within = _base(base, blocks, terms)
    known = within.within(*terms.bases(base, size))
    fits = within.low <= base <= within.high and not terms.is_tight(blocks, known)
    return Line(values, blocks, printed, within, fits)


def is_printed_as_itself(values: Values, base: int, size: int, terms: Terms) -> bool:
    """Return whether groups whose own counts round to these values are printed so: then any other may be, too."""
    return line_of(values, base, size, terms).fits and not (
        not terms.several and _is_near_lost(values, base, size, terms)
    )


def shifted(values: Values, at: int, step: int, terms: Terms) -> Values | None:
    """Return the values with one a step off, a lowest one hidden instead of lower; None where there is no such."""
    value = values[at]
    if not value:
        return None
    other = value + step if value + step >= terms.lowest else None
    return (*values[:at], other, *values[at + 1 :])


def _nearest(plain: Values, base: int, size: int, terms: Terms) -> Values | None:
    """Return what is printed for values that leave a hidden count no room: those with one count a step off, or None."""
    if line_of(plain, base, size, terms).fits:
        return plain
    order = sorted((at for at, value in enumerate(plain) if value), key=lambda at: -(plain[at] or 0))
    ways = (shifted(plain, at, step, terms) for at in order for step in (-terms.step, terms.step))
    return next((way for way in ways if way and is_printed_as_itself(way, base, size, terms)), None)


def _is_lost(plain: Values, base: int, size: int, terms: Terms) -> bool:
    """Return whether all counts are hidden, and the group's size leaves one of them no room."""
    return not any(plain) and None in plain and not line_of(plain, base, size, terms).fits


def _is_near_lost(values: Values, base: int, size: int, terms: Terms) -> bool:
    """Return whether one count alone is shown, the lowest there is, and without it the group would be lost.

    Such groups are not shown either, so that the lost ones could be any of them.
    """
    shown = [at for at, value in enumerate(values) if value]
    if len(shown) != 1 or values[shown[0]] != terms.lowest:
        return False
    return _is_lost((*values[: shown[0]], None, *values[shown[0] + 1 :]), base, size, terms)


def _by_column(plain: Values, base: int, size: int, terms: Terms) -> Values:
    """Return what is printed of several choices, each by itself: chosen or not."""
    alone = replace(terms, whole=False)
    known = terms.bases(base, size)
    found = []
    for value in plain:
        ways = [value, *(way[0] for step in (-terms.step, terms.step) if (way := shifted((value,), 0, step, alone)))]
        found.append(next((way for way in ways if not alone.is_tight([terms.block(way)], known)), value))
    return tuple(found)


def stated_ranges(values: Values, terms: Terms) -> tuple[Range, ...]:
    """Return the counts that each printed one may stand for, all cases together: mostly those that round to it."""
    return tuple(_stated(value, terms) for value in values)


def _stated(value: int | None, terms: Terms) -> Range:
    if value == 0:
        return terms.block(value)
    if value is None:
        return Range(0, terms.block(terms.lowest).high)
    return Range(terms.block(max(terms.lowest, value - terms.step)).low, terms.block(value + terms.step).high)


def _base(base: int, blocks: Sequence[Range], terms: Terms) -> tuple[int, Range]:
    """Return the base as it is printed, and the bases printed so: rounded within what the printed counts allow."""
    low, high = total_range(blocks)
    if terms.several:
        low = max((block.low for block in blocks), default=0)
    if not terms.whole:
        high = terms.total
    high = max(low, high, terms.least)
    return rounded_within(base, terms.step, Range(max(low, terms.least), high))
