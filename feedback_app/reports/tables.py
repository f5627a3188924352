"""A wave's protected tables as rows of one flat list: the same figures in the same order for every kind of file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import astuple, dataclass, fields

from feedback_app.domain.disclosure.safe import SafeCount, SafeFigure, SafeRelease, SafeTable
from feedback_app.domain.instrument import Instrument, Item, TextItem

SCORES = frozenset({"nps", "net_score"})
OUT_OF_100 = frozenset({"mean_satisfaction"})


@dataclass(frozen=True)
class Words:
    """The words of a file in the reader's language; figures and withheld reasons are put into words by functions."""

    responses: str
    base: str
    wrote: str
    small_group: str
    missing: Mapping[str, str]
    figure: Callable[[Item, str], str]
    withheld: Callable[[str], str]
    title: str
    read_me: tuple[tuple[str, str], ...]
    sheets: tuple[str, str]  # the names of the sheet that explains and of the one with the rows


@dataclass(frozen=True)
class Row:
    """One line of the flat list; `people` is rounded, "c" for a hidden count or "<10" for a small total."""

    item: str
    question: str
    type: str
    part: str
    code: int | None
    answer: str
    people: int | str | None = None
    figure: int | None = None
    low: int | None = None
    high: int | None = None
    unit: str = ""
    small_group: str = ""
    withheld: str = ""

    def cells(self) -> tuple[str | int | None, ...]:
        """Return the line's cells in the order of COLUMNS."""
        return astuple(self)


COLUMNS = tuple(field.name for field in fields(Row))


def unit_of(figure: str) -> str:
    """Return the unit of a figure: "percent", "score" (-100 to 100) or "out of 100"."""
    if figure in SCORES:
        return "score"
    return "out of 100" if figure in OUT_OF_100 else "percent"


def total_cell(count: SafeCount) -> int | str:
    """Return a protected total as a cell: the rounded number, or "<10" when there are fewer."""
    return f"<{count.high + 1}" if count.value is None else count.value


def flat_rows(instrument: Instrument, number: SafeCount, release: SafeRelease, words: Words) -> Iterator[Row]:
    """Yield how many answered, then each item's base, answers, kinds of missing and figures."""
    yield Row("", "", "", "responses", None, words.responses, total_cell(number))
    for table in release:
        yield from _item_rows(instrument.items[table.code], table, words)


def _item_rows(item: Item, table: SafeTable, words: Words) -> Iterator[Row]:
    head = (table.code, item.text, table.type)
    own_words = isinstance(item, TextItem)
    held = words.withheld(table.reason) if table.reason and not own_words else ""
    small = words.small_group if table.small_group else ""
    label = words.wrote if own_words else words.base
    yield Row(*head, "base", None, label, total_cell(table.base), small_group=small, withheld=held)
    if not isinstance(item, TextItem):
        for share in table.distribution:
            people = share.count.as_plain()
            yield Row(*head, "answer", share.code, item.label_of(share.code), people, share.percent, unit="percent")
    for kind, count in table.missing.items():
        yield Row(*head, "missing", None, words.missing[kind], count.as_plain())
    for figure in table.figures:
        yield _figure_row(head, item, figure, words)


def _figure_row(head: tuple[str, str, str], item: Item, figure: SafeFigure, words: Words) -> Row:
    held = words.withheld(figure.reason) if figure.reason else ""
    name = words.figure(item, figure.name)
    return Row(
        *head, "figure", None, name, total_cell(figure.base), figure.value, figure.low, figure.high,
        unit_of(figure.name), "", held,
    )  # fmt: skip
