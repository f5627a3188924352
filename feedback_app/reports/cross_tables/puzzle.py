"""Everything that a file of printed tables says, as whole numbers that are not known and sums that are."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from feedback_app.domain.disclosure.ranges import Range
from feedback_app.domain.disclosure.system import System
from feedback_app.reports.cross_tables.linking import Group, all_variables, coarser, projection, told_of
from feedback_app.reports.cross_tables.printed import ANYTHING, PrintedTable, Under
from feedback_app.reports.cross_tables.shapes import Labels, Variable

Rows = tuple[Variable, ...]
Sums = dict[Group, int]  # group -> the unknown that stands for it


@dataclass(frozen=True)
class Unseen:
    """A number that a table does not print: a group's count in a column, or without a column the group's size.

    ``gap``: nothing at all is said of it, so that it may be large as well. No group: the total of a column.
    """

    table: PrintedTable
    group: Labels | None
    column: str | None
    gap: bool = False


class Contradiction(Exception):
    """Two printed values cannot both be true."""


class Puzzle:
    """The unknown numbers of a file, what is printed of them, and which of them are not to be found out."""

    def __init__(self, tables: Sequence[PrintedTable], *, stated: bool = False) -> None:
        """Write down everything that is printed; raises Contradiction where one number is printed in two ways.

        Each count is one that rounds to what is printed, or with ``stated`` any that it may stand for.
        """
        self.stated = stated
        self.system = System()
        self.unseen: dict[int, list[Unseen]] = {}
        self.variables = all_variables(table.rows for table in tables)
        self.tables = tables
        self.sizes = self._spread(self._row_sets(tables), {})
        for name in dict.fromkeys(table.columns.name for table in tables):
            self._question([table for table in tables if table.columns.name == name])

    def _question(self, tables: Sequence[PrintedTable]) -> None:
        """Write down one question: its counts in each column, and that they add up to the people who answered."""
        columns = tables[0].columns
        printed, bases = _printed(tables, self.stated)
        row_sets = self._row_sets(tables)
        unseen = _unseen(tables)
        by_column = {
            column: self._spread(row_sets, _of_column(printed, column), {key[:2] for key in unseen if key[2] == column})
            for column in columns.shown
        }
        answered = self._spread(row_sets, bases, {key[:2] for key in unseen if key[2] is None})
        without_answer = ANYTHING.high if columns.missing else 0
        for key, whole in answered.items():
            for group, base in whole.items():
                self.system.equal([sums[key][group] for sums in by_column.values()], base)
                self.system.known_sum([(self.sizes[key][group], 1), (base, -1)], 0, without_answer)
        for (key, group, column), found in unseen.items():
            sums = answered if column is None else by_column[column]
            self.unseen.setdefault(sums[key][group], []).extend(found)

    def _spread(
        self,
        row_sets: Mapping[Labels, Rows],
        printed: Mapping[tuple[Labels, Group], Range],
        hidden: Collection[tuple[Labels, Group]] = (),
    ) -> dict[Labels, Sums]:
        """Return an unknown for each group of each set of rows, fine groups adding up to coarse ones."""
        found: dict[Labels, Sums] = {}
        for key, rows in row_sets.items():
            found[key] = {}
            for group in _groups(rows):
                low, high = printed.get((key, group), ANYTHING)
                found[key][group] = self.system.unknown(low, high, hidden=(key, group) in hidden)
        for rows in row_sets.values():
            for coarse in coarser(rows, self.variables):
                self._add_up(found, rows, _in_order(coarse))
        return found

    def _add_up(self, found: Mapping[Labels, Sums], fine: Rows, coarse: Rows) -> None:
        target = projection(fine, coarse)
        if target is None:
            return
        parts: dict[Group, list[int]] = {group: [] for group in found[_names(coarse)]}
        for group, unknown in found[_names(fine)].items():
            parts.setdefault(target(group), []).append(unknown)
        for group, unknowns in parts.items():
            whole = found[_names(coarse)].get(group)
            terms = [(unknown, 1) for unknown in unknowns] + ([] if whole is None else [(whole, -1)])
            self.system.known_sum(terms, 0, 0)

    def _row_sets(self, tables: Sequence[PrintedTable]) -> dict[Labels, Rows]:
        """Return every set of rows that some table has or adds up to, down to nobody set apart: ()."""
        found: dict[Labels, Rows] = {}
        waiting = [_in_order(table.rows) for table in tables]
        while waiting:
            rows = waiting.pop()
            if _names(rows) not in found:
                found[_names(rows)] = rows
                waiting += [_in_order(coarse) for coarse in coarser(rows, self.variables)]
        return found


def _unseen(tables: Sequence[PrintedTable]) -> dict[tuple[Labels, Group, str | None], list[Unseen]]:
    """Return what is not printed, by row set, group and column; a column of None is the group's size."""
    found: dict[tuple[Labels, Group, str | None], list[Unseen]] = {}
    for table in tables:
        key = _names(_in_order(table.rows))
        for one in _unseen_in(table):
            where = (key, _ordered(table, one.group), one.column) if one.group else ((), (), one.column)
            found.setdefault(where, []).append(one)
    return found


def _unseen_in(table: PrintedTable) -> Iterator[Unseen]:
    """Yield what one table does not print of people who told, impossible columns left out."""
    columns = [column for column in table.columns.shown if column not in table.columns.structural_zeros]
    for group in (group for group in product(*(one.categories for one in table.rows)) if table.is_told(group)):
        for column in columns:
            shown = table.cells.get((group, column))
            if not isinstance(shown, int):
                yield Unseen(table, group, column, gap=shown is None)
        if isinstance(table.row_totals.get(group), Under):
            yield Unseen(table, group, None)
    for column in columns:
        if isinstance(table.column_totals.get(column), Under):
            yield Unseen(table, None, column)


def _printed(
    tables: Sequence[PrintedTable],
    stated: bool,
) -> tuple[dict[tuple[Labels, Group, str], Range], dict[tuple[Labels, Group], Range]]:
    """Return what is printed of counts, by row set, group and column, and of bases; all tables of one question."""
    counts: dict[tuple[Labels, Group, str], Range] = {}
    bases: dict[tuple[Labels, Group], Range] = {}
    for table in tables:
        key = _names(_in_order(table.rows))
        columns = table.columns.shown
        for group in product(*(one.categories for one in table.rows)):
            place = _ordered(table, group)
            for column, cell in zip(columns, table.ranges_of(group, stated=stated), strict=True):
                _narrow(counts, (key, place, column), cell, table.name)
            _narrow(bases, (key, place), table.range_of_total(group), table.name)
        totals = [table.range_of_column(column) for column in columns]
        for column, cell in zip(columns, totals, strict=True):
            _narrow(counts, ((), (), column), cell, table.name)
        _narrow(bases, ((), ()), table.method.total(table.total, totals, table.method.minimum_base), table.name)
    return counts, bases


def _narrow(known: dict[Any, Range], key: Any, more: Range, name: str) -> None:
    known[key] = known.get(key, ANYTHING).within(*more)
    if known[key].low > known[key].high:
        raise Contradiction(f'"{name}" and another table print different numbers for the same people')


def _of_column(printed: Mapping[tuple[Labels, Group, str], Range], column: str) -> dict[tuple[Labels, Group], Range]:
    return {(key, group): found for (key, group, name), found in printed.items() if name == column}


def _ordered(table: PrintedTable, group: Labels) -> Group:
    """Return a group in the order of the row variables' names."""
    labels = dict(zip(table.by, told_of(table.rows, group), strict=True))
    return tuple(labels[name] for name in sorted(labels))


def _in_order(rows: Rows) -> Rows:
    return tuple(sorted(rows, key=lambda one: one.name))


def _names(rows: Rows) -> Labels:
    return tuple(one.name for one in rows)


def _groups(rows: Rows) -> Iterator[Group]:
    yield from product(*((*one.told, *([None] if one.untold else [])) for one in rows))
