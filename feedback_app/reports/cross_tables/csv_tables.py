"""A cross-table as a spreadsheet saves it: CSV, groups in the first column, categories in the first row."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from feedback_app.reports.cross_tables.checks import Problems, tidy
from feedback_app.reports.cross_tables.notes import LEGEND_BEGINS, WHY
from feedback_app.reports.cross_tables.shapes import (
    LONGEST_LABEL,
    MOST_COLUMNS,
    MOST_ROWS,
    Columns,
    Labels,
    Place,
    RawTable,
    TablesRefused,
    Variable,
)

DELIMITERS = ",;\t"
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+")
LONGEST_NUMBER = 20  # digits
Line = tuple[int, list[str]]  # its number, from 1, and its cells
Total = tuple[Any, int]  # the value as written, and its line


@dataclass(frozen=True)
class CsvReading:
    """What a CSV file cannot say itself: which row and column are totals, who did not tell, and what is sensitive."""

    untold: str | None = None
    total_row: str = "Total"
    total_column: str = "Total"
    missing: Labels = ()
    sensitive: bool = False


@dataclass(frozen=True)
class CsvDocument:
    """A CSV file; a place in it begins with its line."""

    name: str

    def line_of(self, place: Place) -> int:
        """Return the line of a place."""
        return int(place[0]) if place else 1


@dataclass(frozen=True)
class CsvTable:
    """A table of a CSV file: its cells, its totals as written with their lines, and the line under it, if any."""

    raw: RawTable
    row_totals: Mapping[Labels, Total]
    column_totals: Mapping[str, Total]
    total: Total | None
    legend: str = ""


def read_csv(name: str, content: bytes, how: CsvReading) -> tuple[CsvTable, Problems]:
    """Return the table of a CSV file and what is wrong with it so far; raises TablesRefused for what is no table."""
    problems = Problems(CsvDocument(name))
    lines = _lines(name, content)
    legend = next((cells[0] for _, cells in lines if cells[0].startswith(LEGEND_BEGINS)), "")
    lines = [line for line in lines if not line[1][0].startswith(LEGEND_BEGINS)]
    if len(lines) < 2:
        raise TablesRefused([f"{name}:1: there is no table here: a row of categories and a row for each group"])
    heading, body = lines[0], lines[1:]
    columns = _headings(heading, how, problems)
    problems.stop_if_any()
    wanted = [(at, label) for at, label in columns if label not in (how.total_column, WHY)]
    at_total = next((at for at, label in columns if label == how.total_column), None)
    groups, total_line = _groups(body, len(heading[1]), how, problems)
    problems.stop_if_any()
    labels = tuple(label for _, label in wanted)
    rows = Variable(tidy(heading[1][0]) or "rows", tuple(groups), how.untold or _untold_in(legend))
    _check_names(rows, labels, how, problems)
    cells: dict[tuple[Labels, str], Any] = {}
    places: dict[tuple[Labels, str], Place] = {}
    for label, (line, values) in groups.items():
        for at, column in wanted:
            cells[(label,), column], places[(label,), column] = _value(values[at]), (line, at + 1)
    shape = Columns("columns", labels, how.missing, sensitive=how.sensitive)
    raw = RawTable(Path(name).stem, (rows,), shape, cells, places, place=(1,))
    problems.stop_if_any()
    return CsvTable(raw, *_totals(groups, total_line, wanted, at_total), legend), problems


def _totals(
    groups: Mapping[str, Line], total_line: Line | None, wanted: Sequence[tuple[int, str]], at_total: int | None
) -> tuple[dict[Labels, Total], dict[str, Total], Total | None]:
    """Return the totals of groups, of columns and of all, each with its line."""
    rows, columns, everybody = dict[Labels, Total](), dict[str, Total](), None
    if at_total is not None:
        rows = {(label,): (_value(cells[at_total]), line) for label, (line, cells) in groups.items()}
    if total_line is not None:
        columns = {column: (_value(total_line[1][at]), total_line[0]) for at, column in wanted}
    if total_line is not None and at_total is not None:
        everybody = _value(total_line[1][at_total]), total_line[0]
    return rows, columns, everybody


def _lines(name: str, content: bytes) -> list[Line]:
    """Return line and cells of each row that is not empty, empty cells at the right end of all rows left out."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")  # as older spreadsheet programs save
    if "\0" in text:
        raise TablesRefused([f"{name}:1: this is not a text file; save the sheet as CSV UTF-8"])
    first = next((line for line in text.splitlines() if line.strip(f"{DELIMITERS} ")), "")
    delimiter = max(DELIMITERS, key=lambda sign: len(next(csv.reader([first], delimiter=sign), [])))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[Line] = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                lines.append((reader.line_num, cells))
            if len(lines) > MOST_ROWS + 10:
                message = f"more than {MOST_ROWS} rows are too many for one table; put small ones together"
                raise TablesRefused([f"{name}:{reader.line_num}: {message}"])
    except csv.Error as error:
        raise TablesRefused([f"{name}:{reader.line_num}: the quotation marks do not fit together: {error}"]) from error
    width = max((_width(cells) for _, cells in lines), default=0)
    return [(line, cells[: max(width, 1)]) for line, cells in lines]


def _width(cells: Sequence[str]) -> int:
    return max((at for at, cell in enumerate(cells, 1) if cell.strip()), default=0)


def _headings(heading: Line, how: CsvReading, problems: Problems) -> list[tuple[int, str]]:
    """Return the position and name of each column but the first; what is wrong with them is noted."""
    line, cells = heading
    if _width(cells) < 2:
        problems.note((line,), "this row names no columns; the first row should, with nothing above it")
        return []
    if len(cells) - 1 > MOST_COLUMNS + 2:
        problems.note((line,), f"{len(cells) - 1:,} columns are too many, {MOST_COLUMNS} is the most")
        return []
    found: dict[str, tuple[int, str]] = {}
    for at, cell in enumerate(cells[1:], 1):
        label = _label(cell, how.total_column)
        if not label or len(label) > LONGEST_LABEL:
            what = "has no name" if not label else f"has a name longer than {LONGEST_LABEL} characters"
            problems.note((line,), f"column {at + 1} {what}; each column needs one, and counts below it")
        elif label.casefold() in found:
            problems.note((line,), f"there are two columns called {label!r}; put them together or rename one")
        found[label.casefold()] = at, label
    return list(found.values())


def _label(cell: str, total: str) -> str:
    """Return a cell as a label; the total's as it was named, however it is written."""
    words = tidy(cell)
    return total if words.casefold() == total.casefold() else words


def _groups(
    body: Sequence[Line], width: int, how: CsvReading, problems: Problems
) -> tuple[dict[str, Line], Line | None]:
    """Return each group's name and row, and the row of totals if there is one."""
    groups: dict[str, Line] = {}
    known: set[str] = set()
    total = None
    for line, cells in body:
        label = _label(cells[0], how.total_row)
        if len(cells) != width:
            problems.note((line,), f"this row has {len(cells)} cells, the first row {width}")
        elif not label or len(label) > LONGEST_LABEL:
            what = "no name" if not label else f"a name longer than {LONGEST_LABEL} characters"
            problems.note((line,), f"this row has {what} in its first cell")
        elif label == how.total_row and total is None:
            total = line, cells
        elif label.casefold() in known or label == how.total_row:
            problems.note((line,), f"there are two rows called {label!r}; put them together or rename one")
        else:
            groups[label] = line, cells
            known.add(label.casefold())
    if len(groups) > MOST_ROWS:
        problems.note((body[0][0],), f"{len(groups):,} rows are too many, {MOST_ROWS} is the most")
    return groups, total


def _check_names(rows: Variable, columns: Labels, how: CsvReading, problems: Problems) -> None:
    if how.untold and how.untold not in rows.categories:
        problems.note((1,), f"there is no row called {how.untold!r}: see --untold")
    for name in (name for name in how.missing if name not in columns):
        problems.note((1,), f"there is no column called {name!r}: see --missing")
    if not rows.told or not set(columns) - set(how.missing):
        problems.note((1,), "there is no row or no column of counts beside totals and people who did not tell")


def _value(cell: str) -> Any:
    """Return a cell as a whole number where it is one, with commas between thousands or not, or as text."""
    text = cell.strip()
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    if text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER:
        return int(text)
    return text


def _untold_in(legend: str) -> str | None:
    found = re.search(r'"(.+)" did not tell', legend)
    return found.group(1) if found else None
