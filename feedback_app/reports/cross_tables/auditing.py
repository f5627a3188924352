"""What a reader can work out from printed tables: the smallest and largest number that fit, for each hidden one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from feedback_app.domain.disclosure.ranges import Range, total_range
from feedback_app.domain.disclosure.worlds import NotSettled, bounds, unsafe
from feedback_app.reports.cross_tables.printed import PrintedTable
from feedback_app.reports.cross_tables.puzzle import Contradiction, Puzzle, Unseen


@dataclass(frozen=True)
class Hidden:
    """A number that is not printed, the smallest and largest that fit, and whether that tells it.

    No ``range`` where it was not worked out; where that was too hard to settle, it counts as ``found_out``.
    """

    unseen: Unseen
    range: Range | None
    found_out: bool


@dataclass(frozen=True)
class Audit:
    """What an audit found: every hidden number, and in ``contradictions`` why no table fits what is printed."""

    hidden: tuple[Hidden, ...]
    contradictions: tuple[str, ...] = ()

    @property
    def found_out(self) -> tuple[Hidden, ...]:
        """Return the hidden numbers that can be worked out exactly or to within one."""
        return tuple(one for one in self.hidden if one.found_out)


def audit_tables(tables: Sequence[PrintedTable], listed: bool = True) -> Audit:
    """Return what can be worked out from all tables together; ``listed``: the ends of every hidden number as well.

    Without ``listed``, and for counts of which nothing is said, only those that are found out have their ends. A number
    that could not be settled in time counts as found out. Where counts are held, whoever prints rows as near ones
    prints those as themselves: so tables of counts that round to what is printed are among those a reader must hold
    possible, and are all that is looked at, unless there are none.
    """
    found = _audit(tables, listed, stated=False)
    held = any(table.method.held for table in tables)
    return _audit(tables, listed, stated=True) if found.contradictions and held else found


def _audit(tables: Sequence[PrintedTable], listed: bool, *, stated: bool) -> Audit:
    if wrong := tuple(contradictions(tables, stated=stated)):
        return Audit((), wrong)
    try:
        puzzle = Puzzle(tables, stated=stated)
    except Contradiction as error:
        return Audit((), (str(error),))
    try:
        if bounds(puzzle.system, 0) is None:
            return Audit((), ("no numbers fit all that is printed, taken together",))
    except NotSettled:
        return Audit(tuple(Hidden(one, None, True) for named in puzzle.unseen.values() for one in named))
    return Audit(tuple(_judged(puzzle, listed)))


def _judged(puzzle: Puzzle, listed: bool) -> Iterator[Hidden]:
    """Yield every hidden number of a puzzle that has a solution."""
    narrow = unsafe(puzzle.system)
    for unknown, named in puzzle.unseen.items():
        ends, settled = narrow.get(unknown), True
        if ends is None and listed and not all(one.gap for one in named):
            try:
                ends = bounds(puzzle.system, unknown)
            except NotSettled:
                settled = False
        for one in named:
            large = one.gap and ends is not None and ends.low >= one.table.method.threshold
            yield Hidden(one, ends, (unknown in narrow or not settled) and not large)


def contradictions(tables: Sequence[PrintedTable], *, stated: bool = False) -> Iterator[str]:
    """Yield rows, columns and totals of one table that cannot be true together, in words."""
    for table in tables:
        columns = table.columns.shown
        for group in product(*(one.categories for one in table.rows)):
            cells, base = table.ranges_of(group, stated=stated), table.range_of_total(group)
            yield from _clash(f'"{table.name}": row {", ".join(group)}', total_range(cells), base)
        everybody = list(product(*(one.categories for one in table.rows)))
        for at, column in enumerate(columns):
            cells = [table.ranges_of(group, stated=stated)[at] for group in everybody]
            yield from _clash(f'"{table.name}": column {column}', total_range(cells), table.range_of_column(column))
        totals = [table.range_of_column(column) for column in columns]
        yield from _clash(
            f'"{table.name}": the totals of the columns', total_range(totals), table.method.total(table.total, totals)
        )


def _clash(what: str, cells: Range, total: Range) -> Iterator[str]:
    if cells.low > total.high:
        yield f"{what} adds up to at least {cells.low:,}, the total says {total.high:,} at most"
    elif cells.high < total.low:
        yield f"{what} adds up to at most {cells.high:,}, the total says {total.low:,} at least"
