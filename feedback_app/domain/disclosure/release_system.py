"""All that is printed of one question, over all its tables together, as one system of unknown counts (R3).

Taken as known exactly: how many answered in all, and the size of every group that is large enough to show. So what
other questions tell of the same people is in it, and each question can be judged by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from feedback_app.domain.disclosure.group_rows import Row, State
from feedback_app.domain.disclosure.grouped import UNTOLD, Group, Question
from feedback_app.domain.disclosure.ranges import Range
from feedback_app.domain.disclosure.row_printing import NOBODY, Terms
from feedback_app.domain.disclosure.rules import ItemTable
from feedback_app.domain.disclosure.safe import SafeTable
from feedback_app.domain.disclosure.sizes import By, Sizes, holders
from feedback_app.domain.disclosure.system import System
from feedback_app.domain.disclosure.worlds import unsafe

BASE = -1  # in the place of a column: how many answered
PRINTED = frozenset({State.SHOWN, State.KEPT, State.ALIKE})  # what is printed follows from whether all answered
Known = Mapping[frozenset[int], Range]  # options -> what readers know of the people who chose any of them


@dataclass(frozen=True)
class Wave:
    """A question's whole wave as it is shown, and what its headlines tell of sums of its options."""

    question: Question
    shown: SafeTable
    known: Known


@dataclass(frozen=True)
class Hidden:
    """A hidden count of a table, None for the whole wave: its T, its place among the unknowns, what it can be."""

    by: By | None
    least: int
    place: int
    left: Range = NOBODY


class Choosing(Protocol):
    """What counts may be printed as, where that is not settled yet: by table, group and column."""

    def span(self, place: tuple[By, Group, int]) -> Range | None:
        """Return all the counts that the choices allow, None where there is no choice."""

    def limit(self, place: tuple[By, Group, int], count: int) -> None:
        """Write down that a count rounds to what is chosen for it."""


class Release:
    """The system of one question's tables, with what each hidden unknown is.

    A group that is printed as a near one is taken to be that one: worlds are tables whose own counts print the same.
    """

    def __init__(
        self,
        wave: Wave,
        terms: Terms,
        sizes: Sizes,
        tables: Mapping[By, Sequence[Row]],
        system: System | None = None,
        choices: Choosing | None = None,
    ) -> None:
        """Write down all that is printed, into a ``system`` that is there; some counts by ``choices``."""
        self._terms, self._sizes, self._choices = terms, sizes, choices
        self.system = System() if system is None else system
        self.start = len(self.system)
        self.cells: dict[int, tuple[By, Group, int]] = {}  # place among the unknowns -> table, group and column
        self._tables = tuple(tables)
        self._hidden: dict[int, Hidden] = {}
        self._rows: dict[tuple[By, Group], tuple[int, ...]] = {}
        self._everybody = self._write_wave(wave)
        for by, rows in tables.items():
            for row in rows:
                self._rows[by, row.group] = self._write_row(by, row)
        self._link()

    def unsafe(self) -> list[Hidden]:
        """Return the hidden counts that a reader could work out to within one, each with what it could be."""
        found = unsafe(self.system)
        return [replace(self._hidden[at], left=left) for at, left in found.items() if left.low < self._hidden[at].least]

    def _add(self, span: Range, truth: int, least: int = 0, by: By | None = None) -> int:
        """Add an unknown, hidden where it may lie below the T of ``least``; with the truth where it is in the range."""
        hidden = span.low < least and span != NOBODY
        at = self.system.unknown(*span, truth if span.low <= truth <= span.high else None, hidden=hidden)
        if hidden:
            self._hidden[at] = Hidden(by, least, at - self.start)
        return at

    def _write_wave(self, wave: Wave) -> tuple[int, ...]:
        """Write what is known of the whole wave; return its unknowns in the order of a group's."""
        table, shown, total = wave.question.table, wave.shown, self._sizes.total
        blocks = {share.code: Range(share.count.low, share.count.high) for share in shown.distribution}
        options = {}
        for code, count in table.counts.values.items():
            block = NOBODY if code in table.structural_zeros else blocks.get(code, Range(0, total))
            options[code] = self._add(block, count, self._terms.threshold)
        base = self._add(Range(shown.base.low, min(shown.base.high, total)), table.counts.base)
        for part, span in wave.known.items():
            self.system.known_sum([(options[code], 1) for code in part], *span)
        size = self.system.fixed(total)
        if shown.missing:
            kinds = [self._add(self._kind_span(wave, key), table.counts.missing[key]) for key in shown.missing]
            self.system.equal([*kinds, base], size)
        bands = [band.codes for band in wave.question.bands]
        rest = set(options).difference(*bands)
        columns = [self._joined(table, options, codes) for codes in bands]
        return self._bounded(size, base, columns, [self._joined(table, options, rest)] if self._has_rest else [])

    def _kind_span(self, wave: Wave, key: str) -> Range:
        """Return what is known of a kind of missing answer: one that the question cannot have is nobody's."""
        table, shown = wave.question.table, wave.shown.missing[key]
        impossible = table.kinds is not None and key not in table.kinds and not table.counts.missing[key]
        return NOBODY if impossible else Range(shown.low, shown.high)

    @property
    def _has_rest(self) -> bool:
        """Return whether people may have given an answer that is in no column, each person one."""
        return not self._terms.whole and not self._terms.several

    def _joined(self, table: ItemTable, options: Mapping[int, int], codes: Collection[int]) -> int:
        """Return the unknown that several options together are."""
        parts = [options[code] for code in sorted(codes)]
        if len(parts) == 1:
            return parts[0]
        low, high = (sum(self.system.ranges[at][end] for at in parts) for end in (0, 1))
        joined = self._add(Range(low, high), table.counts.of(codes), self._terms.threshold)
        self.system.equal(parts, joined)
        return joined

    def _bounded(self, size: int, base: int, columns: Sequence[int], others: Sequence[int]) -> tuple[int, ...]:
        """Write how a group's columns make its base, and the base lies within its size; return its unknowns."""
        total = self._sizes.total
        if self._terms.several:
            for column in columns:
                self.system.known_sum([(base, 1), (column, -1)], 0, total)
            if self._terms.whole:
                self.system.known_sum([*((at, 1) for at in columns), (base, -1)], 0, total * len(columns))
        else:
            self.system.equal([*columns, *others], base)
        self.system.known_sum([(size, 1), (base, -1)], 0, total)
        return (size, base, *columns, *others)

    def _write_row(self, by: By, row: Row) -> tuple[int, ...]:
        """Write what is printed, or is not, of a group; a hidden one's counts are kept private where they are small."""
        people, hide = self._terms.threshold_people, self._terms.threshold
        size_span = self._size_span(by, row)
        size = self._add(size_span, row.size, self._private(row, people), by)
        span = self._base_span(by, row, size_span)
        base = self._add(span, row.base, self._private(row, people), by)
        if self._choices:
            self._choices.limit((by, row.group, BASE), base)
        columns = [self._write_cell((by, row.group, column), row, span) for column in range(len(row.cells))]
        others = [self._add(Range(0, span.high), row.rest)] if self._has_rest else []
        if self._terms.several:
            for count, column in zip(row.cells, columns, strict=True):
                apart = row.base - count
                rest = self._add(Range(0, span.high), apart, self._private(row, hide), by)
                self.system.equal([column, rest], base)
        if row.state in PRINTED and not self._terms.skippable:
            self.system.known_sum([(size, 1), (base, -1)], *(NOBODY if row.is_complete else (1, self._sizes.total)))
        return self._bounded(size, base, columns, others)

    def _write_cell(self, place: tuple[By, Group, int], row: Row, base: Range) -> int:
        by, _, column = place
        chosen = self._choices.span(place) if self._choices else None
        count = row.cells[column]
        least = self._private(row, self._terms.threshold)
        at = self._add(chosen or self._cell_span(row, column, base), count, 0 if chosen else least, by)
        self.cells[at - self.start] = place
        if self._choices:
            self._choices.limit(place, at)
        return at

    def _private(self, row: Row, least: int) -> int:
        """Return T for a count of people who could be known, else 0."""
        return least if UNTOLD not in row.group and row.asked else 0

    def _size_span(self, by: By, row: Row) -> Range:
        """Return what is known of a group's size."""
        group, sizes = row.group, self._sizes
        if sizes.is_shown(by, group):
            return Range(row.size, row.size)
        if group in sizes.small[by]:
            return Range(0, self._terms.least - 1)
        if group in sizes.held[by]:
            ceiling = min((pool.ceiling for pool in sizes.pools if pool.by == by and group in pool.held), default=None)
            return Range(self._terms.least, sizes.total if ceiling is None else ceiling)
        return Range(0, sizes.total)

    def _base_span(self, by: By, row: Row, size: Range) -> Range:
        """Return what is known of a group's base."""
        if not row.asked:
            return NOBODY
        if self._choices and (chosen := self._choices.span((by, row.group, BASE))):
            return chosen.within(0, size.high)
        if row.state in (State.SHOWN, State.KEPT):
            return row.line.base_range.within(0, size.high)
        if row.state is State.FEW:
            return Range(0, self._terms.least - 1)
        if row.state in (State.ALIKE, State.INSIDE):
            return (
                row.line.base_range if self._terms.several and row.line.blocks else Range(self._terms.least, size.high)
            )
        return Range(0, size.high)

    def _cell_span(self, row: Row, column: int, base: Range) -> Range:
        """Return what is known of a group's count in one column."""
        if row.state in PRINTED and (row.state is not State.ALIKE or self._terms.several):
            return row.line.blocks[column]
        hide = self._terms.threshold
        if self._terms.impossible[column]:
            return NOBODY
        if row.state is State.ALIKE:
            return Range(0, hide - 1) if row.cells[column] < hide else Range(hide, base.high)
        return Range(0, base.high)

    def _link(self) -> None:
        """Write that the groups inside a group of a coarser table add up to it, and all to the whole wave."""
        for by in self._tables:
            lines: dict[tuple[By, Group], list[Group]] = {}
            mine = [group for table, group in self._rows if table == by]
            for group in mine:
                for held in holders(self._sizes.dimensions, by, group):
                    if held in self._rows:
                        lines.setdefault(held, []).append(group)
            for held, groups in lines.items():
                self._add_up(by, groups, self._rows[held])
            if not lines:
                self._add_up(by, mine, self._everybody)
        for pool in self._sizes.pools:
            if pool.by in self._tables:
                small = [(self._rows[pool.by, group][0], 1) for group in pool.small]
                self.system.known_sum(small, 0, pool.most)

    def _add_up(self, by: By, groups: Sequence[Group], whole: Sequence[int]) -> None:
        for at, one in enumerate(whole):
            self.system.equal([self._rows[by, group][at] for group in groups], one)
