"""Anybody's tables on the terminal: what was hidden, and what can be worked out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from feedback_app.domain.disclosure.ranges import Range
from feedback_app.reports.cross_tables.auditing import Audit, Hidden
from feedback_app.reports.cross_tables.notes import sentence
from feedback_app.reports.cross_tables.printed import Method, PrintedTable, Under
from feedback_app.reports.cross_tables.shapes import ExactTables

SAFE = "Safe: no hidden number can be worked out to within one person."


def protected_lines(given: ExactTables, printed: Sequence[PrintedTable]) -> Iterator[str]:
    """Yield a line for each table that was protected, and one for each group of it that is not shown."""
    for exact, table in zip(given.tables, printed, strict=True):
        wanted = len(exact.columns.shown) * sum(table.is_told(group) for group in exact.people)
        hidden = sum(isinstance(shown, Under) for shown in table.cells.values())
        shown, gone = len(table.cells) - hidden, max(0, wanted - len(table.cells))
        yield f"{table.name}: {wanted} counts, {shown} shown, {hidden} as c, {gone} in rows that are not shown."
        for note in table.notes:
            if not note.columns:
                yield f"  {', '.join(note.group or ('the whole table',))}: {sentence(note)}"


def audit_lines(tables: Sequence[PrintedTable], found: Audit, *, quiet: bool = False) -> Iterator[str]:
    """Yield how the tables were read, what each hidden number may be, and last whether all is safe."""
    for method in dict.fromkeys(table.method for table in tables):
        yield f"Read as: {reading(method)}"
    for table in tables:
        mine = [one for one in found.hidden if one.unseen.table is table and (one.range or one.found_out)]
        if mine and not quiet:
            yield f"{table.name}: what each hidden number can be"
            yield from (f"  {_line(one)}" for one in mine)
        gaps = sum(one.unseen.gap and one.unseen.table is table for one in found.hidden)
        if gaps and not quiet:
            yield f"{table.name}: nothing at all is said of {gaps} counts"
    yield ""
    if not found.found_out:
        yield f"{len(found.hidden)} hidden numbers. {SAFE}"
        return
    yield f"{len(found.found_out)} of {len(found.hidden)} hidden numbers can be worked out:"
    for one in found.found_out:
        yield f"  {one.unseen.table.name}: {_line(one)}"


def reading(method: Method) -> str:
    """Return how printed numbers are taken, in words."""
    low, high = method.hidden_from, method.threshold - 1
    counts = "other counts are exact" if method.rounding == 1 else f"other counts are rounded to {method.rounding}"
    held = ", held so that none tells a hidden one" if method.held else ""
    return f"c is {low} to {high}, {counts}{held}."


def _line(one: Hidden) -> str:
    unseen = one.unseen
    what = [*(unseen.group or ("all",)), unseen.column or "number of people"]
    return f"{', '.join(what)}: {_ends(one.range)}"


def _ends(ends: Range | None) -> str:
    if ends is None:
        return "too hard to settle, so not known to be safe"
    return f"is {ends.low:,}" if ends.low == ends.high else f"{ends.low:,} to {ends.high:,}"
