"""Near ways to print a table that leaves a hidden count too little room (R3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from feedback_app.domain.disclosure.group_rows import Row
from feedback_app.domain.disclosure.grouped import Group
from feedback_app.domain.disclosure.release_system import Hidden
from feedback_app.domain.disclosure.row_printing import Terms, Values, is_printed_as_itself, shifted
from feedback_app.domain.disclosure.sizes import By

Way = tuple[By, Group, Values]


def ways_out(found: Sequence[Hidden], rows: Mapping[By, Sequence[Row]], terms: Terms) -> Iterator[Way]:
    """Yield table, group and what to print of it: one count of it a step off, the likeliest to help first.

    A hidden count held near nobody needs a shown one in its column or its group lowered, one held near T raised; the
    largest first, where a step matters least.
    """
    tried = set()
    for turned in (1, -1):
        for hidden in found:
            down = turned * (1 if 2 * hidden.left.low < hidden.least - 1 else -1)
            for by, row, column in _beside(hidden, rows):
                values = shifted(row.line.values, column, -down * terms.step, terms)
                way = (by, row.group, values)
                if values is None or way in tried:
                    continue
                tried.add(way)
                if is_printed_as_itself(values, row.base, row.size, terms):
                    yield by, row.group, values


def _beside(hidden: Hidden, rows: Mapping[By, Sequence[Row]]) -> Iterator[tuple[By, Row, int]]:
    """Yield the shown counts in a hidden one's column and group, the larger first: table, group and column."""
    found = []
    for by, table in rows.items():
        for row in table:
            mine = (by, row.group) == (hidden.by, hidden.group)
            for column, value in enumerate(row.line.values if row.is_shown else ()):
                if value and (mine or (column == hidden.column and hidden.by in (by, None)) or hidden.column is None):
                    found.append((value, by, row, column))
    found.sort(key=lambda each: -each[0])
    yield from ((by, row, column) for _, by, row, column in found)
