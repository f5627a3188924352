"""Printed tables read from a file: our own, made by hand, or by another tool."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from feedback_app.reports.cross_tables.checks import Problems, said
from feedback_app.reports.cross_tables.csv_tables import CsvReading, read_csv
from feedback_app.reports.cross_tables.exact import cell_name, spaced_out
from feedback_app.reports.cross_tables.json_documents import read_json
from feedback_app.reports.cross_tables.notes import method_in
from feedback_app.reports.cross_tables.printed import Method, PrintedTable, Shown, Under
from feedback_app.reports.cross_tables.reading_json import raw_tables
from feedback_app.reports.cross_tables.shapes import FORMAT, MOST_PEOPLE, Labels, Place, RawTable

MORE = frozenset({"totals", "percents", "not_shown", "method"})
METHOD = {"threshold": 3, "rounding": 1, "minimum_base": 0, "hidden_from": 0}  # name -> the smallest it can be
LARGEST = 1000  # of a threshold or rounding base
SYMBOLS = frozenset({"c", "*", "x", "[c]", "(c)", "..", ":"})
GAPS = frozenset({"", "-", "–", "not shown"})
_UNDER = re.compile(r"(?:<|under|fewer than)\s*(\d{1,6})", re.IGNORECASE)


@dataclass(frozen=True)
class Wanted:
    """What whoever asks says of how a file was protected, where the file does not; None: as the file has it."""

    threshold: int | None = None
    rounding: int | None = None
    hidden_from: int | None = None

    def applied(self, method: Method) -> Method:
        """Return a method with what was said in place of what the file has."""
        given = {name: value for name, value in vars(self).items() if value is not None}
        return replace(method, **given)


def read_printed_json(name: str, text: str, wanted: Wanted) -> tuple[PrintedTable, ...]:
    """Return the printed tables of a JSON file; raises TablesRefused with line, cell and what to do."""
    document = read_json(name, text)
    problems = Problems(document)
    data: dict[str, Any] = document.data if problems.of_kind(document.data, dict, (), "the file") else {}
    problems.stop_if_any()
    problems.keys(data, {"format", "protected", "method", "people", "tables"}, ("tables",), ())
    if data.get("format", FORMAT) != FORMAT:
        problems.note(("format",), f"this program reads format {FORMAT}, not {said(data['format'])}")
    raws = raw_tables(data, problems, MORE)
    guessed = Method(rounding=_guess(value for raw in raws for value in raw.cells.values()))
    general = _method(data.get("method", {}), guessed, ("method",), problems)
    found = []
    for raw in raws:
        own = _method(raw.more.get("method", {}), general, (*raw.place, "method"), problems)
        found.append(_table(raw, wanted.applied(own), problems))
    problems.stop_if_any()
    return tuple(found)


def read_printed_csv(name: str, content: bytes, how: CsvReading, wanted: Wanted) -> tuple[PrintedTable, ...]:
    """Return the printed table of a CSV file, alone in a tuple; raises TablesRefused with line, cell and what to do."""
    table, problems = read_csv(name, content, how)
    raw = table.raw
    told = method_in(table.legend) or Method(rounding=_guess(raw.cells.values()))
    method = wanted.applied(told)
    printed = _table(raw, method, problems)
    rows = {
        group: _shown(value, method, (line,), f"{', '.join(group)}, {how.total_column}", problems)
        for group, (value, line) in table.row_totals.items()
    }
    columns = {
        column: _shown(value, method, (line,), f"{how.total_row}, {column}", problems)
        for column, (value, line) in table.column_totals.items()
        if column in raw.columns.shown
    }
    value, line = table.total or (None, 1)
    total = _shown(value, method, (line,), f"{how.total_row}, {how.total_column}", problems)
    problems.stop_if_any()
    return (replace(printed, row_totals=rows, column_totals=columns, total=total),)


def _guess(values: Iterable[Any]) -> int:
    """Return 5 where every number could be rounded to 5, else 1: counts are exact."""
    numbers = [value for value in values if isinstance(value, int) and not isinstance(value, bool)]
    return 1 if any(number % 5 for number in numbers) else 5


def _method(given: Any, otherwise: Method, place: Place, problems: Problems) -> Method:
    """Return how tables were protected as a file says it, the rest as otherwise known."""
    if not problems.of_kind(given, dict, place, '"method"'):
        return otherwise
    problems.keys(given, {*METHOD, "held"}, (), place)
    found: dict[str, Any] = {}
    for name, least in METHOD.items():
        value = given.get(name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= LARGEST:
            problems.note((*place, name), f'"{name}" should be a whole number from {least} to {LARGEST:,}')
        else:
            found[name] = value
    held = problems.flag(given, "held", place, otherwise.held)
    method = replace(otherwise, **found, held=held)
    if method.hidden_from >= method.threshold:
        problems.note(place, '"hidden_from" should be below "threshold"')
    return method


def _table(raw: RawTable, method: Method, problems: Problems) -> PrintedTable:
    cells: dict[tuple[Labels, str], Shown] = {}
    for (group, column), value in raw.cells.items():
        if column in raw.columns.shown:
            where = cell_name(raw, group, column)
            shown = _shown(value, method, raw.places[group, column], where, problems)
            if shown is not None:
                cells[group, column] = shown
            if shown and column in raw.columns.structural_zeros:
                problems.note(raw.places[group, column], f"{where}: people in a column that is said to be impossible")
    printed = PrintedTable(raw.name, raw.rows, raw.columns, method, cells)
    totals, place = raw.more.get("totals"), (*raw.place, "totals")
    if totals is None or not problems.of_kind(totals, dict, place, '"totals"'):
        return printed
    problems.keys(totals, {"rows", "columns", "all"}, (), place)
    return replace(
        printed,
        row_totals=_row_totals(totals.get("rows"), raw, method, (*place, "rows"), problems),
        column_totals=_column_totals(totals.get("columns"), raw, method, (*place, "columns"), problems),
        total=_shown(totals.get("all"), method, (*place, "all"), "the total of all", problems),
    )


def _row_totals(given: Any, raw: RawTable, method: Method, place: Place, problems: Problems) -> Mapping[Labels, Shown]:
    """Return the totals of groups from a list, for two row variables a list of lists."""
    if given is None:
        return {}
    found: dict[Labels, Shown] = {}
    for group in raw.groups:
        value, inner = given, place
        for label, variable in zip(group, raw.rows, strict=True):
            number = variable.categories.index(label)
            if not isinstance(value, list) or len(value) != len(variable.categories):
                problems.note(inner, f"totals of rows: a list of {len(variable.categories)} values is needed here")
                return {}
            value, inner = value[number], (*inner, number)
        found[group] = _shown(value, method, inner, f"total of {', '.join(group)}", problems)
    return found


def _column_totals(given: Any, raw: RawTable, method: Method, place: Place, problems: Problems) -> Mapping[str, Shown]:
    if given is None:
        return {}
    names = raw.columns.categories
    if not isinstance(given, list) or len(given) != len(names):
        problems.note(place, f"totals of columns: a list of {len(names)} values is needed here")
        return {}
    return {
        column: _shown(value, method, (*place, number), f"total of {column}", problems)
        for number, (column, value) in enumerate(zip(names, given, strict=True))
        if column in raw.columns.shown
    }


def _shown(value: Any, method: Method, place: Place, where: str, problems: Problems) -> Shown:
    """Return a value as printed: a number, a symbol or nothing; what is none of them is noted."""
    if isinstance(value, str):
        text = value.strip().lstrip("'")
        if text.casefold() in SYMBOLS:
            return Under(method.threshold)
        if (found := _UNDER.fullmatch(text)) and int(found.group(1)):
            return Under(int(found.group(1)))
        if text.casefold() not in GAPS:
            no_number = f"{said(value)} is no whole number, no symbol like c and no gap like -"
            problems.note(place, f"{where}: {no_number}{spaced_out(value)}")
        return None
    if isinstance(value, dict) and set(value) == {"fewer_than"}:
        limit = value["fewer_than"]
        if isinstance(limit, int) and not isinstance(limit, bool) and 0 < limit <= MOST_PEOPLE:
            return Under(limit)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_PEOPLE:
        problems.note(place, f"{where}: {said(value)} is no count of people")
        return None
    if value % method.rounding:
        message = f"{value:,} is not rounded to {method.rounding} like the rest; is --rounding 1 meant?"
        problems.note(place, f"{where}: {message}")
    return value
