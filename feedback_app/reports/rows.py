"""Responses as rows of CSV: by code, or in words. No text, no id, no time nearer than the week."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TextIO

from feedback_app.domain.answers import Answer
from feedback_app.domain.instrument import Instrument
from feedback_app.domain.missing import Missing
from feedback_app.reports.cells import csv_cell
from feedback_app.reports.columns import Column, RowWords, all_labels, breakdown_groups, items_with_columns

BATCH = 5000
NOT_REACHED = int(Missing.NOT_REACHED)
Sheet = Mapping[str, Answer]
ResponseRow = tuple[Sequence[Any], Sheet]  # the facts, in the order of RowWords.facts, and the answers


class _Cells(dict[Any, str]):
    """Value -> its cell as it stands in the file; each is made once a column, however many rows have it."""

    def __init__(self, labels: Mapping[int, str]) -> None:
        super().__init__({code: csv_cell(label) for code, label in labels.items()})
        self[None] = ""

    def __missing__(self, value: Any) -> str:
        cell = csv_cell(value) if isinstance(value, str) else str(value)
        self[value] = cell
        return cell


def write_rows(
    target: TextIO, instrument: Instrument, rows: Iterable[ResponseRow], words: RowWords, *, in_words: bool
) -> None:
    """Write a header and one line a response, in the order given, a batch in memory at a time."""
    groups = breakdown_groups(instrument) if in_words else {}
    columns = [(item.id, column) for item, columns in items_with_columns(instrument, words) for column in columns]
    facts = [_Cells(groups.get(fact, {})) for fact in words.facts]
    cells = [_Cells(all_labels(column, words) if in_words else {}) for _, column in columns]
    target.write(_lines([[csv_cell(name)] for name in (*words.facts, *(column.name for _, column in columns))]))
    for batch in _batches(rows):
        sheets = [sheet for _, sheet in batch]
        known = zip(*(row_facts for row_facts, _ in batch), strict=True)
        shown = [list(map(names.__getitem__, values)) for names, values in zip(facts, known, strict=True)]
        for (item, column), names in zip(columns, cells, strict=True):
            shown.append(list(map(names.__getitem__, _codes(item, column, sheets))))
        target.write(_lines(shown))


def _lines(columns: Sequence[Sequence[str]]) -> str:
    """Return lines of CSV from columns of cells."""
    return "".join(f"{','.join(line)}\r\n" for line in zip(*columns, strict=True))


def _batches(rows: Iterable[ResponseRow]) -> Iterator[list[ResponseRow]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH)):
        yield batch


def _codes(item: str, column: Column, sheets: list[Sheet]) -> list[int]:
    """Return one column's codes, 1 or 0 for one of several choices; an item that a sheet lacks was not reached."""
    answers = [sheet.get(item, NOT_REACHED) for sheet in sheets]
    option = column.option
    return [int(option in answer) if isinstance(answer, tuple) else answer for answer in answers]
