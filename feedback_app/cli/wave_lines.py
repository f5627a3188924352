"""One question beside earlier waves that asked it alike, as lines for a terminal, as plain data and as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from textwrap import wrap
from typing import Any

from feedback_app.cli import figure_lines
from feedback_app.cli.breakdown_lines import LABEL, plain_words
from feedback_app.cli.figure_lines import CAVEAT, WIDTH
from feedback_app.domain.dimensions import WAVE
from feedback_app.domain.disclosure.safe import SafeCount, SafeFigure, SafeTable
from feedback_app.domain.instrument import ChoiceItem
from feedback_app.reports.breakdown_tables import BREAKDOWN_COLUMNS
from feedback_app.reports.files import tables_csv
from feedback_app.reports.tables import total_cell, unit_of
from feedback_app.reports.wave_rows import wave_rows
from feedback_app.services.wave_summary import WaveSummary


@dataclass(frozen=True)
class InWave:
    """A question's protected table in one wave."""

    summary: WaveSummary
    table: SafeTable

    @property
    def slug(self) -> str:
        """Return the wave's name."""
        return self.summary.wave.slug

    @property
    def taken_on(self) -> date | None:
        """Return the day that the figures are of, where they are of one."""
        return self.summary.taken_on


def waves_as_dict(item: ChoiceItem, waves: Sequence[InWave]) -> dict[str, Any]:
    """Return a question wave by wave as plain data for JSON, the oldest wave first."""
    return {
        "item": item.id,
        "by": [WAVE],
        "waves": [
            {
                "wave": one.slug,
                "opens_on": one.summary.wave.opens_on.isoformat(),
                "figures_of": one.taken_on.isoformat() if one.taken_on else None,
                **one.table.as_dict(),
            }
            for one in waves
        ],
    }


def waves_csv(item: ChoiceItem, waves: Sequence[InWave], title: str) -> str:
    """Return a question wave by wave as CSV, in the columns of a file of breakdowns."""
    words = plain_words(title)
    rows = (row for one in waves for row in wave_rows(item, (WAVE,), one.slug, one.table, words, one.taken_on))
    return tables_csv(rows, BREAKDOWN_COLUMNS).decode("utf-8-sig")


def wave_lines(item: ChoiceItem, waves: Sequence[InWave]) -> Iterator[str]:
    """Yield a question with each wave's main figure, range and base, or its answers where it has no figure."""
    yield f"{waves[-1].slug}: {item.id} by wave"
    if waves[-1].summary.wave.demonstration:
        yield "Demonstration: every answer is made up."
    yield from wrap(CAVEAT, WIDTH)
    yield ""
    yield from wrap(f"{item.id}  {item.text}", WIDTH)
    figure = next((one.table.figures[0] for one in waves if one.table.figures), None)
    if figure:
        yield from wrap(f"Figure: {figure_lines.figure_name(item, figure.name)}", WIDTH, initial_indent="  ")
    for one in waves:
        yield from _lines_of(item, one)
    yield ""
    earlier, later = waves[-2].slug, waves[-1].slug
    yield f"Whether a change can be told: summary --wave {later} --compare {earlier}"


def _lines_of(item: ChoiceItem, one: InWave) -> Iterator[str]:
    table = one.table
    base, head = f"base {total_cell(table.base)}", f"  {one.slug:{LABEL}}"
    if table.reason:
        yield f"{head} {base:9} not shown: {figure_lines.why_withheld(table.reason)}"
        return
    small = " small group" if table.small_group else ""
    yield f"{head} {_cells(table.figures[0] if table.figures else None)}{base:10}{small}".rstrip()
    for share in table.distribution if not table.figures else ():
        percent = "" if share.percent is None else f"{share.percent}%"
        yield f"    {item.label_of(share.code)[: LABEL - 2]:{LABEL - 2}} {percent:>5}  {_people(share.count)} people"


def _cells(figure: SafeFigure | None) -> str:
    if figure is None or figure.value is None:
        return f"{'' if figure is None else '--':>5}  {'':13}"
    ends = "" if figure.low is None or figure.high is None else f"{figure.low} to {figure.high}"
    return f"{figure.value}{'%' if unit_of(figure.name) == 'percent' else ''}".rjust(5) + f"  {ends:13}"


def _people(count: SafeCount) -> str:
    return f"fewer than {count.high + 1}" if count.value is None else f"{count.value:,}"
