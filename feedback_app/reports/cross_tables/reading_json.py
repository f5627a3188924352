"""Tables as they stand in a JSON file: variables and cells, each with the place where it was found."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import product
from typing import Any

from feedback_app.reports.cross_tables.checks import Problems
from feedback_app.reports.cross_tables.shapes import (
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_TABLES,
    Columns,
    Labels,
    Place,
    RawTable,
    Variable,
)

TABLE = frozenset({"name", "rows", "columns", "counts"})
ROWS = frozenset({"name", "categories", "untold", "parents", "geographical"})
COLUMNS = frozenset({"name", "categories", "missing", "structural_zeros", "sensitive"})
MOST_VARIABLES = 2


def raw_tables(data: Mapping[str, Any], problems: Problems, more: Collection[str]) -> tuple[RawTable, ...]:
    """Return the tables of a file; ``more`` names what else a table may say. What is wrong is noted in ``problems``."""
    given: Any = data.get("tables")
    if not problems.of_kind(given, list, ("tables",) if "tables" in data else (), '"tables"'):
        return ()
    if not given:
        problems.note(("tables",), "there is no table in this file")
    if len(given) > MOST_TABLES:
        problems.note(("tables",), f"{len(given):,} tables are too many, {MOST_TABLES} is the most in one file")
        return ()
    found = []
    for number, one in enumerate(given):
        place = ("tables", number)
        if problems.of_kind(one, dict, place, "a table"):
            found.append(_table(one, place, problems, TABLE | set(more)))
    tables = tuple(table for table in found if table)
    if sum(len(table.cells) for table in tables) > MOST_CELLS:
        problems.note(("tables",), f"more than {MOST_CELLS:,} counts are too many for one file; divide it")
    return tables


def _table(given: dict[str, Any], place: Place, problems: Problems, allowed: Collection[str]) -> RawTable | None:
    if not problems.keys(given, allowed, ("rows", "columns", "counts"), place):
        return None
    rows, columns = _rows(given["rows"], (*place, "rows"), problems), None
    if problems.of_kind(given["columns"], dict, (*place, "columns"), '"columns"'):
        columns = _columns(given["columns"], (*place, "columns"), problems)
    if not rows or columns is None:
        return None
    by = " and ".join(variable.name for variable in rows)
    name = problems.label(given.get("name", f"{columns.name} by {by}"), (*place, "name"), "the name of a table")
    cells, places = _cells(given["counts"], (*place, "counts"), rows, columns, problems)
    more = {key: value for key, value in given.items() if key not in TABLE}
    return RawTable(name or by, rows, columns, cells, places, more, place)


def _rows(given: Any, place: Place, problems: Problems) -> tuple[Variable, ...]:
    """Return one row variable, or two from a list; none where something is wrong."""
    several = given if isinstance(given, list) else [given]
    if not 1 <= len(several) <= MOST_VARIABLES:
        problems.note(place, f"a table has one or two row variables, not {len(several)}")
        return ()
    found = []
    for number, one in enumerate(several):
        inner = (*place, number) if isinstance(given, list) else place
        if problems.of_kind(one, dict, inner, '"rows"'):
            found.append(_variable(one, inner, problems))
    rows = tuple(variable for variable in found if variable)
    if len({variable.name for variable in rows}) < len(rows):
        problems.note(place, "the two row variables have the same name")
        return ()
    return rows if len(rows) == len(several) else ()


def _variable(given: dict[str, Any], place: Place, problems: Problems) -> Variable | None:
    if not problems.keys(given, ROWS, ("name", "categories"), place):
        return None
    name = problems.label(given["name"], (*place, "name"), "the name of the rows")
    labels = problems.labels(given["categories"], (*place, "categories"), "the rows", MOST_ROWS)
    untold = given.get("untold")
    if untold is not None:
        untold = problems.label(untold, (*place, "untold"), '"untold"')
        if untold and untold not in labels:
            problems.note((*place, "untold"), f"{untold!r} is none of the categories; give it its row, or leave it out")
    told = [label for label in labels if label != untold]
    if labels and not told:
        problems.note((*place, "categories"), "there is no row but that of people who did not tell")
    parent, parent_of = None, dict[str, str]()
    if given.get("parents") is not None:
        parent, parent_of = _parents(given["parents"], told, (*place, "parents"), problems)
    where = problems.flag(given, "geographical", place)
    return Variable(name, labels, untold, parent, parent_of, where) if name and told else None


def _parents(given: Any, told: list[str], place: Place, problems: Problems) -> tuple[str | None, dict[str, str]]:
    """Return the coarser variable's name, and which of its categories each category belongs to."""
    nothing: dict[str, str] = {}
    if not problems.of_kind(given, dict, place, '"parents"'):
        return None, nothing
    if not problems.keys(given, ("name", "of"), ("name", "of"), place):
        return None, nothing
    if not problems.of_kind(given["of"], dict, (*place, "of"), '"of"'):
        return None, nothing
    name = problems.label(given["name"], (*place, "name"), "the name of what rows add up to")
    found = {}
    for label, value in given["of"].items():
        if label not in told:
            problems.note((*place, "of", label), f"there is no row called {label!r}")
        elif parent := problems.label(value, (*place, "of", label), f"what {label!r} belongs to"):
            found[label] = parent
    if gone := [label for label in told if label not in given["of"]]:
        problems.note((*place, "of"), f"nothing says what {gone[0]!r} belongs to")
    return name, found


def _columns(given: dict[str, Any], place: Place, problems: Problems) -> Columns | None:
    if not problems.keys(given, COLUMNS, ("name", "categories"), place):
        return None
    name = problems.label(given["name"], (*place, "name"), "the name of the columns")
    labels = problems.labels(given["categories"], (*place, "categories"), "the columns", MOST_COLUMNS)
    missing = problems.labels(given.get("missing", []), (*place, "missing"), '"missing"', MOST_COLUMNS)
    zeros = problems.labels(given.get("structural_zeros", []), (*place, "structural_zeros"), '"structural_zeros"', 40)
    for key, names in (("missing", missing), ("structural_zeros", zeros)):
        for wrong in (label for label in names if label not in labels):
            problems.note((*place, key), f"there is no column called {wrong!r}")
    columns = Columns(name or "", labels, missing, frozenset(zeros), problems.flag(given, "sensitive", place))
    if labels and not set(columns.shown) - columns.structural_zeros:
        problems.note((*place, "categories"), "there is no column that could hold an answer")
    return columns if name and labels else None


def _cells(
    given: Any, place: Place, rows: tuple[Variable, ...], columns: Columns, problems: Problems
) -> tuple[dict[tuple[Labels, str], Any], dict[tuple[Labels, str], Place]]:
    """Return the cells by group and column, and their places; a list that is too short or long is noted."""
    cells: dict[tuple[Labels, str], Any] = {}
    places: dict[tuple[Labels, str], Place] = {}
    wanted = [variable.categories for variable in rows]
    for numbers in product(*(range(len(labels)) for labels in wanted)):
        group = tuple(labels[number] for labels, number in zip(wanted, numbers, strict=True))
        line = _within(given, numbers, [*map(len, wanted), len(columns.categories)], place, problems)
        if line is None:
            continue
        for number, column in enumerate(columns.categories):
            cells[group, column] = line[number]
            places[group, column] = (*place, *numbers, number)
    return cells, places


def _within(
    given: Any, numbers: tuple[int, ...], lengths: list[int], place: Place, problems: Problems
) -> list[Any] | None:
    """Return the innermost list at some numbers, or None after noting once which list is wrong."""
    for depth, length in enumerate(lengths):
        inner = (*place, *numbers[:depth])
        first = not any(numbers[depth:])  # said once, by the first that comes this way
        if not isinstance(given, list) or len(given) != length:
            if first and isinstance(given, list):
                problems.note(inner, f"this list has {len(given):,} values, not {length}; see the categories")
            elif first:
                problems.of_kind(given, list, inner, "counts")
            return None
        if depth < len(numbers):
            given = given[numbers[depth]]
    return list(given)
