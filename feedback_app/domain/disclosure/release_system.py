"""All that is printed of one question, over all its tables together, as one system of unknown counts (R3).

Taken as known exactly: how many answered in all, and the size of every group that is large enough to show. So what
other questions tell of the same people is in it, and each question can be judged by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from feedback_app.domain.disclosure.group_rows import Row, State
from feedback_app.domain.disclosure.grouped import UNTOLD, Group, Question
from feedback_app.domain.disclosure.ranges import Range
from feedback_app.domain.disclosure.row_printing import NOBODY, Terms
from feedback_app.domain.disclosure.rules import ItemTable
from feedback_app.domain.disclosure.safe import SafeTable
from feedback_app.domain.disclosure.sizes import By, Sizes, holders
from feedback_app.domain.disclosure.system import System
from feedback_app.domain.disclosure.worlds import unsafe

PRINTED = frozenset({State.SHOWN, State.KEPT, State.ALIKE})  # what is printed follows from whether all answered
Known = Mapping[frozenset[int], Range]  # options -> what readers know of the people who chose any of them


@dataclass(frozen=True)
class Wave:
    """A question's whole wave as it is shown, and what its headlines tell of sums of its options."""

    question: Question
    shown: SafeTable
    known: Known
    responses: Range  # how many answered in all, as printed beside the kinds of missing answer


@dataclass(frozen=True)
class Hidden:
    """A hidden count: of a group and column of a table (None: its size or base), or of the whole wave (no table)."""

    by: By | None
    group: Group
    column: int | None
    least: int  # T of it
    left: Range = NOBODY


class Release:
    """The system of one question's tables, with what each hidden unknown is.

    A group that is printed as a near one is taken to be that one: worlds are tables whose own counts print the same.
    """

    def __init__(
        self, wave: Wave, terms: Terms, sizes: Sizes, tables: Mapping[By, Sequence[Row]], least_people: int
    ) -> None:
        """Write down all that is printed; ``least_people`` is T of people as such, however sensitive the question."""
        self._terms, self._sizes, self._least_people = terms, sizes, least_people
        self.system = System()
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

    def _add(self, span: Range, truth: int, hidden: Hidden | None = None) -> int:
        """Add an unknown that is ``hidden`` where it may lie below the T given; the truth where it is in the range."""
        hide = hidden is not None and span.low < hidden.least and span != NOBODY
        at = self.system.unknown(*span, truth if span.low <= truth <= span.high else None, hidden=hide)
        if hidden is not None and hide:
            self._hidden[at] = hidden
        return at

    def _write_wave(self, wave: Wave) -> tuple[int, ...]:
        """Write what is known of the whole wave; return its unknowns in the order of a group's."""
        table, shown, total = wave.question.table, wave.shown, self._sizes.total
        blocks = {share.code: Range(share.count.low, share.count.high) for share in shown.distribution}
        options = {}
        for code, count in table.counts.values.items():
            block = NOBODY if code in table.structural_zeros else blocks.get(code, Range(0, total))
            column = next((at for at, band in enumerate(wave.question.bands) if code in band.codes), None)
            options[code] = self._add(block, count, Hidden(None, (), column, self._terms.threshold))
        base = self._add(Range(shown.base.low, min(shown.base.high, total)), table.counts.base)
        for part, span in wave.known.items():
            self.system.known_sum([(options[code], 1) for code in part], *span)
        kinds = [
            self._add(Range(kind.low, kind.high), table.counts.missing[key]) for key, kind in shown.missing.items()
        ]
        if kinds:
            self.system.known_sum([(at, 1) for at in (*kinds, base)], *wave.responses)
        size = self.system.fixed(total)
        bands = [band.codes for band in wave.question.bands]
        rest = set(options).difference(*bands)
        columns = [self._joined(table, options, codes, column) for column, codes in enumerate(bands)]
        return self._bounded(size, base, columns, [self._joined(table, options, rest, None)] if self._has_rest else [])

    @property
    def _has_rest(self) -> bool:
        """Return whether people may have given an answer that is in no column, each person one."""
        return not self._terms.whole and not self._terms.several

    def _joined(self, table: ItemTable, options: Mapping[int, int], codes: Collection[int], column: int | None) -> int:
        """Return the unknown that several options together are."""
        parts = [options[code] for code in sorted(codes)]
        if len(parts) == 1:
            return parts[0]
        low, high = (sum(self.system.ranges[at][end] for at in parts) for end in (0, 1))
        hidden = Hidden(None, (), column, self._terms.threshold)
        joined = self._add(Range(low, high), table.counts.of(codes), hidden)
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
        people = self._least_people
        size_span = self._size_span(by, row)
        size = self._add(size_span, row.size, self._hide(by, row, None, row.size, people))
        span = self._base_span(row, size_span)
        base = self._add(span, row.base, self._hide(by, row, None, row.base, people))
        spans = enumerate(zip(self._cell_spans(row, span), row.cells, strict=True))
        hide = self._terms.threshold
        columns = [self._add(cell, count, self._hide(by, row, at, count, hide)) for at, (cell, count) in spans]
        others = [self._add(Range(0, span.high), row.rest)] if self._has_rest else []
        if self._terms.several:
            for at, column in enumerate(columns):
                apart = row.base - row.cells[at]
                part = self._add(Range(0, span.high), apart, self._hide(by, row, at, apart, hide))
                self.system.equal([column, part], base)
        if row.state in PRINTED:
            self.system.known_sum([(size, 1), (base, -1)], *(NOBODY if row.is_complete else (1, self._sizes.total)))
        return self._bounded(size, base, columns, others)

    def _hide(self, by: By, row: Row, column: int | None, count: int, least: int) -> Hidden | None:
        """Return what a count is where it may have to be kept private: a small one, of people who could be known."""
        printed = row.state in PRINTED  # there, what is small follows from what is printed
        private = (printed or count < least) and UNTOLD not in row.group and row.asked
        return Hidden(by, row.group, column, least) if private else None

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

    def _base_span(self, row: Row, size: Range) -> Range:
        """Return what is known of a group's base."""
        if not row.asked:
            return NOBODY
        if row.state in PRINTED and row.state is not State.ALIKE:
            return row.line.base_range.within(0, size.high)
        if row.state is State.FEW:
            return Range(0, self._terms.least - 1)
        if row.state in (State.ALIKE, State.INSIDE):
            return (
                row.line.base_range if self._terms.several and row.line.blocks else Range(self._terms.least, size.high)
            )
        return Range(0, size.high)

    def _cell_spans(self, row: Row, base: Range) -> Iterable[Range]:
        """Return what is known of a group's columns."""
        if row.state in PRINTED and (row.state is not State.ALIKE or self._terms.several):
            return row.line.blocks
        hide = self._terms.threshold
        spans = []
        for count, impossible in zip(row.cells, self._terms.impossible, strict=True):
            span = NOBODY if impossible else Range(0, base.high)
            if row.state is State.ALIKE and not impossible:
                span = Range(0, hide - 1) if count < hide else Range(hide, base.high)
            spans.append(span)
        return spans

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
