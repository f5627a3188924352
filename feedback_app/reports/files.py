"""Protected tables as files: CSV for any program, a workbook with a sheet that explains its symbols."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from feedback_app.reports.cells import safe_cell
from feedback_app.reports.tables import COLUMNS

LONGEST_SHEET_NAME = 31
_NO_SHEET = re.compile(r"[\[\]:*?/\\]")
WIDTHS = {"question": 48, "answer": 36, "group": 24, "withheld": 44}


class Cells(Protocol):
    """A row of a flat list."""

    def cells(self) -> tuple[str | int | float | None, ...]:
        """Return the row's cells in the order of the columns."""


class FileWords(Protocol):
    """What a workbook says of itself: its title, the lines that explain it, and the names of its two sheets."""

    @property
    def title(self) -> str:
        """Return the title."""

    @property
    def read_me(self) -> tuple[tuple[str, str], ...]:
        """Return the lines that explain, each a term and what it means."""

    @property
    def sheets(self) -> tuple[str, str]:
        """Return the names of the sheet that explains and of the one with the rows."""


def tables_csv(rows: Iterable[Cells], columns: Sequence[str] = COLUMNS) -> bytes:
    """Return the rows as CSV in UTF-8, with the mark by which spreadsheets know it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([safe_cell(cell) for cell in row.cells()] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def tables_workbook(rows: Iterable[Cells], words: FileWords, columns: Sequence[str] = COLUMNS) -> bytes:
    """Return the rows as an XLSX workbook: one sheet explains, one holds them. No cell is ever a formula or a link."""
    import xlsxwriter

    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(content, options) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        first, second = sheet_names(*words.sheets)
        _explain(book.add_worksheet(first), words, bold, wrapped)
        sheet = book.add_worksheet(second)
        sheet.write_row(0, 0, columns, bold)
        last = 0
        for last, row in enumerate(rows, 1):
            _write(sheet, last, row.cells(), wrapped)
        for column, name in enumerate(columns):
            sheet.set_column(column, column, WIDTHS.get(name, 12))
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, last, len(columns) - 1)
    return content.getvalue()


def sheet_names(first: str, second: str) -> tuple[str, str]:
    """Return names that a workbook takes: not over 31 characters, none of []:*?/\\, no outer ', and two of them."""
    one, other = _sheet_name(first) or "1", _sheet_name(second) or "2"
    if one.casefold() == other.casefold():
        other = f"{other[: LONGEST_SHEET_NAME - 2]} 2"
    return one, other


def _sheet_name(words: str) -> str:
    return " ".join(_NO_SHEET.sub(" ", words).split())[:LONGEST_SHEET_NAME].strip(" '")


def _explain(sheet: Any, words: FileWords, bold: Any, wrapped: Any) -> None:
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 90)
    _write(sheet, 0, (words.title,), bold)
    for number, line in enumerate(words.read_me, 2):
        _write(sheet, number, line, wrapped)


def _write(sheet: Any, number: int, cells: Sequence[str | int | float | None], look: Any) -> None:
    for column, cell in enumerate(cells):
        value = safe_cell(cell)
        if isinstance(value, str) and value:
            sheet.write_string(number, column, value, look)
        elif isinstance(value, int | float):
            sheet.write_number(number, column, value, look)
