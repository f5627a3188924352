"""A wave's protected tables as rows of one flat list: the same figures in the same order for every kind of file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import astuple, dataclass, fields, replace

from feedback_app.domain.disclosure.safe import SafeCount, SafeFigure, SafeRelease, SafeScale, SafeTable
from feedback_app.domain.instrument import Instrument, Item, TextItem

SCORES = frozenset({"nps", "net_score"})
OUT_OF_100 = frozenset({"mean_satisfaction", "score"})


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
    hidden: Callable[[SafeCount], str]  # what a hidden number can be, nothing for one that is shown
    title: str
    score: str  # a scale's own lines: its mean, those without one, how well its questions agree
    without_score: str
    alpha: str
    weighted: str  # "%(figure)s, weighted"
    scale_title: Callable[[str], str]
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
    figure: int | float | None = None
    low: int | float | None = None
    high: int | float | None = None
    unit: str = ""
    small_group: str = ""
    withheld: str = ""

    def cells(self) -> tuple[str | int | float | None, ...]:
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
    """Yield how many answered, then each item's base, answers, kinds of missing and figures, then the scores."""
    yield Row("", "", "", "responses", None, words.responses, total_cell(number))
    for table in release:
        yield from _item_rows(instrument.items[table.code], table, words)
    for scale in release.scales:
        yield from _scale_rows(scale, words)


def _item_rows(item: Item, table: SafeTable, words: Words) -> Iterator[Row]:
    head = (table.code, item.text, table.type)
    own_words = isinstance(item, TextItem)
    held = words.withheld(table.reason) if table.reason and not own_words else ""
    small = words.small_group if table.small_group else ""
    label = words.wrote if own_words else words.base
    yield Row(*head, "base", None, label, total_cell(table.base), small_group=small, withheld=held)
    if not isinstance(item, TextItem):
        for share in table.distribution:
            people, can_be = share.count.as_plain(), words.hidden(share.count)
            row = Row(*head, "answer", share.code, item.label_of(share.code), people, share.percent, unit="percent")
            yield replace(row, withheld=can_be)
    for kind, count in table.missing.items():
        yield Row(*head, "missing", None, words.missing[kind], count.as_plain(), withheld=words.hidden(count))
    for figure in table.figures:
        yield _figure_row(head, words.figure(item, figure.name), figure, words)
    for figure in table.weighted:
        name = words.weighted % {"figure": words.figure(item, figure.name)}
        yield _figure_row(head, name, figure, words, "weighted")


def _figure_row(head: tuple[str, str, str], name: str, figure: SafeFigure, words: Words, part: str = "figure") -> Row:
    held = words.withheld(figure.reason) if figure.reason else ""
    return Row(
        *head, part, None, name, total_cell(figure.base), figure.value, figure.low, figure.high,
        unit_of(figure.name), "", held,
    )  # fmt: skip


def _scale_rows(scale: SafeScale, words: Words) -> Iterator[Row]:
    """Yield a scale's mean score, weighted too, who has none, and its reliability; one that is held back says why."""
    head, small = (scale.code, words.scale_title(scale.code), "scale"), words.small_group if scale.small_group else ""
    if scale.reason:
        held = words.withheld(scale.reason)
        yield Row(*head, "score", None, words.score, total_cell(scale.base), small_group=small, withheld=held)
    else:
        yield replace(_figure_row(head, words.score, scale.score, words, "score"), small_group=small)
        if scale.weighted:
            yield _figure_row(head, words.weighted % {"figure": words.score}, scale.weighted, words, "weighted")
        if scale.without is not None:
            can_be = words.hidden(scale.without)
            yield Row(*head, "missing", None, words.without_score, scale.without.as_plain(), withheld=can_be)
    alpha = scale.alpha
    if alpha is not None and alpha.value is not None:
        people = total_cell(alpha.base)
        yield Row(*head, "alpha", None, words.alpha, people, alpha.value, alpha.low, alpha.high, "0 to 1")
