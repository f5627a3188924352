"""One question wave by wave as rows of a file: the same columns as in a file of breakdowns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from feedback_app.domain.disclosure.safe import SafeTable
from feedback_app.domain.instrument import ChoiceItem
from feedback_app.reports.breakdown_tables import BreakdownRow, BreakdownWords
from feedback_app.reports.tables import total_cell, unit_of


def wave_rows(
    item: ChoiceItem, by: tuple[str, ...], label: str, table: SafeTable, words: BreakdownWords, taken_on: date | None
) -> Iterator[BreakdownRow]:
    """Yield one wave's base, answers and figures of a question; what is held back says why and nothing else."""
    day = taken_on.isoformat() if taken_on else ""
    held = words.withheld(table.reason) if table.reason else ""
    head = BreakdownRow(item.id, item.text, words.by(by), label, "", "base", words.base, figures_of=day)
    small = words.small_group if table.small_group else ""
    yield replace(head, people=total_cell(table.base), small_group=small, withheld=held)
    if held:
        return
    for share in table.distribution:
        row = replace(head, part="answer", answer=item.label_of(share.code), people=share.count.as_plain())
        yield replace(row, figure=share.percent, unit="percent", withheld=words.hidden(share.count))
    for figure in table.figures:
        row = replace(head, part="figure", answer=words.figure(item, figure.name), people=total_cell(figure.base))
        why = words.withheld(figure.reason) if figure.reason else ""
        row = replace(row, figure=figure.value, low=figure.low, high=figure.high)
        yield replace(row, unit=unit_of(figure.name), withheld=why)
