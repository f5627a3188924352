"""Protected breakdowns as rows of one flat list: the same figures in the same order for every kind of file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, fields, replace
from datetime import date

from feedback_app.domain.disclosure.grouped import Band, Group
from feedback_app.domain.disclosure.safe import SafeCount
from feedback_app.domain.disclosure.safe_breakdowns import SafeBreakdown, SafeGroup
from feedback_app.domain.instrument import Item
from feedback_app.reports.tables import total_cell, unit_of


@dataclass(frozen=True)
class BreakdownWords:
    """The words of a file of breakdowns; groups, columns and reasons are put into words by functions."""

    title: str
    base: str
    small_group: str
    by: Callable[[tuple[str, ...]], str]
    group: Callable[[tuple[str, ...], Group], tuple[str, ...]]  # one label for each breakdown
    band: Callable[[Item, Band], str]
    figure: Callable[[Item, str], str]
    withheld: Callable[[str], str]
    hidden: Callable[[SafeCount], str]  # what a hidden number can be, nothing for one that is shown
    read_me: tuple[tuple[str, str], ...]
    sheets: tuple[str, str]


@dataclass(frozen=True)
class BreakdownRow:
    """One line: ``group`` and ``second_group`` say whose it is; ``people`` is rounded, "c" or "<10" where hidden.

    ``figures_of`` is the day of figures that are made once a day or less often, empty for those of all answers so far.
    """

    item: str
    question: str
    by: str
    group: str
    second_group: str
    part: str
    answer: str
    people: int | str | None = None
    figure: int | None = None
    low: int | None = None
    high: int | None = None
    unit: str = ""
    small_group: str = ""
    withheld: str = ""
    figures_of: str = ""

    def cells(self) -> tuple[str | int | float | None, ...]:
        """Return the line's cells in the order of BREAKDOWN_COLUMNS."""
        return astuple(self)


BREAKDOWN_COLUMNS = tuple(field.name for field in fields(BreakdownRow))


def breakdown_rows(
    items: Mapping[str, Item], tables: Iterable[SafeBreakdown], words: BreakdownWords, taken_on: date | None = None
) -> Iterator[BreakdownRow]:
    """Yield each group's base, columns and figure, table by table; what is held back says why and nothing else.

    ``taken_on`` is the day that the figures are of, where they are of one.
    """
    day = taken_on.isoformat() if taken_on else ""
    for table in tables:
        item, by = items[table.code], words.by(table.by)
        if table.reason:
            held = words.withheld(table.reason)
            yield BreakdownRow(table.code, item.text, by, "", "", "base", words.base, withheld=held, figures_of=day)
            continue
        for group in table.groups:
            first, *second = words.group(table.by, group.group)
            names = (first, "".join(second))
            head = BreakdownRow(table.code, item.text, by, *names, "base", words.base, figures_of=day)
            yield from _group_rows(head, item, table, group, words)


def _group_rows(
    head: BreakdownRow, item: Item, table: SafeBreakdown, group: SafeGroup, words: BreakdownWords
) -> Iterator[BreakdownRow]:
    held = words.withheld(group.reason) if group.reason else ""
    small = words.small_group if group.small_group else ""
    yield replace(head, people=total_cell(group.base) if group.base else None, small_group=small, withheld=held)
    if held:
        return
    for band, count, percent in zip(table.bands, group.counts, group.percents, strict=True):
        answer = words.band(item, band)
        can_be = words.hidden(count)
        row = replace(head, part="answer", answer=answer, people=count.as_plain(), figure=percent, unit="percent")
        yield replace(row, withheld=can_be)
    if figure := group.figure:
        yield replace(
            head,
            part="figure",
            answer=words.figure(item, figure.name),
            people=total_cell(figure.base),
            figure=figure.value,
            low=figure.low,
            high=figure.high,
            unit=unit_of(figure.name),
            withheld=words.withheld(figure.reason) if figure.reason else "",
        )
