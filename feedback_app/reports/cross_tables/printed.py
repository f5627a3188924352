"""Tables as they are printed: numbers, symbols and gaps, and what a reader can take each of them for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from feedback_app.domain.disclosure.ranges import Range, rounded_range, rounded_within, total_range
from feedback_app.domain.disclosure.row_printing import Terms, stated_ranges
from feedback_app.reports.cross_tables.shapes import MOST_PEOPLE, Columns, Labels, Variable

ANYTHING = Range(0, MOST_PEOPLE)
NOBODY = Range(0, 0)


@dataclass(frozen=True)
class Under:
    """A number that is only said to be under a limit: a hidden count, or a group with too few people."""

    limit: int

    def as_plain(self) -> dict[str, int]:
        """Return it as JSON has it."""
        return {"fewer_than": self.limit}


Shown = int | Under | None  # None: nothing is said


@dataclass(frozen=True)
class Method:
    """How counts were protected: ``hidden_from`` is the smallest count that a symbol stands for.

    ``held``: as the gate prints. Totals are rounded to multiples that the counts beside them allow, the outermost of
    which stand for all beyond; and a row that would tell a hidden count is printed as a near one that does not.
    """

    threshold: int = 5
    rounding: int = 5
    minimum_base: int = 0
    hidden_from: int = 0
    held: bool = False

    def count(self, shown: Shown) -> Range:
        """Return the counts that print as this."""
        if shown is None:
            return ANYTHING
        if isinstance(shown, Under):
            return Range(self.hidden_from, shown.limit - 1)
        if shown == 0:
            return Range(0, min((self.rounding - 1) // 2, max(0, self.threshold - 1)))
        return Range(*rounded_range(shown, self.rounding, min(self.threshold, shown)))

    def stated(self, shown: Sequence[Shown], impossible: Sequence[bool]) -> list[Range]:
        """Return the counts that each column of a row may stand for in all cases: where held, also one step off."""
        if not self.held or None in shown:
            return [NOBODY if zero else self.count(one) for one, zero in zip(shown, impossible, strict=True)]
        values = tuple(one if isinstance(one, int) else None for one in shown)
        terms = Terms(
            threshold=self.threshold,
            threshold_people=self.threshold,
            least=self.minimum_base,
            step=self.rounding,
            sensitive=False,
            several=False,
            impossible=tuple(impossible),
            whole=True,
            fewest_places=0,
            total=MOST_PEOPLE,
        )
        return list(stated_ranges(values, terms))

    def total(self, shown: Shown, cells: Sequence[Range], least: int = 0) -> Range:
        """Return the totals that print as this beside these cells; ``least`` where smaller ones are never printed."""
        if shown is None:
            return ANYTHING
        if isinstance(shown, Under):
            return Range(0, shown.limit - 1)
        plain = Range(*rounded_range(shown, self.rounding, 0))
        allowed = total_range(cells).within(least, MOST_PEOPLE)
        if self.held and cells and allowed.low <= allowed.high < MOST_PEOPLE:
            value, held = rounded_within(shown, self.rounding, allowed)
            plain = held if value == shown else plain
        return Range(max(least, plain.low), max(least, plain.high))


@dataclass(frozen=True)
class Note:
    """Why something of a table is not shown: a group, some of its columns, or the whole table without a group."""

    rule: str
    reason: str
    group: Labels | None = None
    columns: Labels = ()


@dataclass(frozen=True)
class PrintedTable:
    """A table as it is printed, with how its counts were protected; what is not printed stands in no mapping."""

    name: str
    rows: tuple[Variable, ...]
    columns: Columns
    method: Method
    cells: Mapping[tuple[Labels, str], Shown]
    row_totals: Mapping[Labels, Shown] = field(default_factory=dict)
    column_totals: Mapping[str, Shown] = field(default_factory=dict)
    total: Shown = None
    percents: Mapping[tuple[Labels, str], int] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()

    @property
    def by(self) -> Labels:
        """Return the names of the row variables."""
        return tuple(variable.name for variable in self.rows)

    @property
    def is_bare(self) -> bool:
        """Return whether no number at all is printed."""
        return not (self.cells or self.row_totals or self.column_totals) and self.total is None

    def is_told(self, group: Labels) -> bool:
        """Return whether a group is of people who told of every row variable."""
        return all(label != variable.untold for label, variable in zip(group, self.rows, strict=True))

    def row(self, group: Labels) -> tuple[Shown, ...]:
        """Return what is printed of a group, column by column; 0 where nobody can be."""
        columns = self.columns.shown
        return tuple(0 if self._is_empty(column) else self.cells.get((group, column)) for column in columns)

    def ranges_of(self, group: Labels, *, stated: bool = False) -> list[Range]:
        """Return the counts that round to what is printed of a group; ``stated``: all that it may stand for."""
        if stated:
            return self.method.stated(self.row(group), [self._is_empty(column) for column in self.columns.shown])
        printed = zip(self.columns.shown, self.row(group), strict=True)
        return [NOBODY if self._is_empty(column) else self.method.count(shown) for column, shown in printed]

    def range_of_total(self, group: Labels) -> Range:
        """Return the people that a group may have answers of; held, where it is, within its counts as printed."""
        both = zip(self.row(group), self.ranges_of(group), strict=True)
        cells = [cell for shown, cell in both if shown is not None]
        return self.method.total(self.row_totals.get(group), cells, self.method.minimum_base)

    def range_of_column(self, column: str) -> Range:
        """Return the totals that a printed column total may stand for; a count of its own, rounded like one."""
        return NOBODY if self._is_empty(column) else self.method.count(self.column_totals.get(column))

    def _is_empty(self, column: str) -> bool:
        return column in self.columns.structural_zeros
