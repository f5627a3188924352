"""The codebook of an export: every column of the rows, every code in it and what it means."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from typing import TextIO

from feedback_app.domain.instrument import Instrument, Item, RatingItem, TextItem
from feedback_app.domain.missing import Missing
from feedback_app.reports.cells import safe_cell
from feedback_app.reports.columns import Column, RowWords, breakdown_groups, items_with_columns

EVERY_ITEM = (Missing.NOT_SHOWN, Missing.NOT_REACHED, Missing.SKIPPED)


@dataclass(frozen=True)
class CodebookLine:
    """One code of one column: its label, the kind of missing it counts as, and where the item belongs."""

    column: str
    item: str
    section: str
    question: str
    type: str
    code: int | None
    label: str
    missing: str = ""
    option: str = ""
    scale: str = ""
    reverse_coded: str = ""
    sensitive: str = ""
    practice: str = ""
    breakdown: str = ""
    domain: str = ""
    cornerstone: str = ""
    lundy: str = ""
    priorities: str = ""
    plan_references: str = ""


def codebook_lines(instrument: Instrument, words: RowWords) -> Iterator[CodebookLine]:
    """Yield a line for each fact of a row, each group it is told apart by, and each code of each item."""
    groups = breakdown_groups(instrument)
    for fact, meaning in words.facts.items():
        if fact in groups:
            for code, label in groups[fact].items():
                yield CodebookLine(fact, "", "", meaning, "breakdown", code, label)
        else:
            yield CodebookLine(fact, "", "", meaning, "fact", None, "")
    section_of = {item.id: section.title for section in instrument.sections for item in section.items}
    for item, columns in items_with_columns(instrument, words):
        for column in columns:
            yield from _column_lines(item, section_of[item.id], column, words)


def _column_lines(item: Item, section: str, column: Column, words: RowWords) -> Iterator[CodebookLine]:
    own_kinds = {} if isinstance(item, TextItem) or column.option is not None else item.missing_options
    kinds = {code: Missing(code).key for code in column.labels if code < 0} | dict(own_kinds)
    common = {kind.value: words.missing[kind.key] for kind in EVERY_ITEM if kind.value not in column.labels}
    option = "" if column.option is None or isinstance(item, TextItem) else item.label_of(column.option)
    for code, label in {**column.labels, **common}.items():
        kind = kinds.get(code) or (Missing(code).key if code in common else "")
        yield CodebookLine(
            column.name, item.id, section, item.text, item.type, code, label, kind, option,
            item.scale or "", _yes(isinstance(item, RatingItem) and item.reverse_coded), _yes(item.sensitive),
            _yes(item.practice), item.breakdown or "", item.domain or "", item.cornerstone or "", item.lundy or "",
            " ".join(map(str, item.priorities)), " ".join(item.plan_references),
        )  # fmt: skip


def _yes(true: bool) -> str:
    return "yes" if true else ""


def write_codebook(target: TextIO, instrument: Instrument, words: RowWords) -> None:
    """Write the codebook as CSV."""
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(field.name for field in fields(CodebookLine))
    writer.writerows([safe_cell(cell) for cell in astuple(line)] for line in codebook_lines(instrument, words))
