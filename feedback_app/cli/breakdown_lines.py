"""A wave's protected breakdowns as lines for a terminal 100 columns wide, and the English words of their files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from textwrap import wrap

from feedback_app.cli import figure_lines
from feedback_app.cli.figure_lines import CAVEAT, WIDTH
from feedback_app.domain.dimensions import LOCALITY
from feedback_app.domain.disclosure.grouped import Band, Group
from feedback_app.domain.disclosure.safe_breakdowns import SafeBreakdown, SafeGroup
from feedback_app.domain.instrument import ChoiceItem, Item
from feedback_app.domain.partnership import Geography
from feedback_app.domain.scales import Breakdown
from feedback_app.reports.breakdown_tables import BreakdownWords
from feedback_app.reports.columns import breakdown_groups
from feedback_app.reports.tables import total_cell, unit_of
from feedback_app.services.breaking_down import WaveBreakdown

LABEL = 38  # letters of the name of a group or a column
PRIVATE = "Some numbers are kept private so that nobody can be picked out. That is not the same as nobody."
ROUNDED = "Numbers of people are rounded to the nearest {step}, in a few places a step further, for the same reason."
Names = Mapping[str, Mapping[int, str]]  # breakdown -> group code -> who is in it


def group_names(
    found: WaveBreakdown, shared: Mapping[str, Breakdown], geography: Geography
) -> dict[str, dict[int, str]]:
    """Return breakdown -> group code -> the partnership's name for the group, else the answers that tell of it."""
    names = breakdown_groups(found.instrument)
    for name, breakdown in shared.items():
        names[name] = {**names.get(name, {}), **breakdown.groups}
    return names | {LOCALITY: {one.code: one.name for one in geography.localities}}


def breakdown_words(found: WaveBreakdown, names: Names) -> BreakdownWords:
    """Return the words of breakdowns in a file for a program: names and reasons are those of the program."""

    def labels(by: tuple[str, ...], group: Group) -> tuple[str, ...]:
        return tuple(names[name][code] for name, code in zip(by, group, strict=True))

    return replace(plain_words(found.instrument.title), group=labels)


def plain_words(title: str) -> BreakdownWords:
    """Return the words of a file for a program; its groups go by their codes."""
    return BreakdownWords(
        title=title,
        base="base",
        small_group="yes",
        by=",".join,
        group=lambda _by, group: tuple(map(str, group)),
        band=band_name,
        figure=lambda _item, name: name,
        withheld=str,
        hidden=lambda count: f"0 to {count.high}" if count.value is None else "",
        read_me=(),
        sheets=("", ""),
    )


def band_name(item: Item, band: Band) -> str:
    """Return what a column of a breakdown counts: the labels of its answers."""
    if isinstance(item, ChoiceItem) and band.name not in figure_lines.NPS_NAMES:
        return " or ".join(item.label_of(code) for code in sorted(band.codes))
    return figure_lines.NPS_NAMES[band.name]


def breakdown_lines(found: WaveBreakdown, names: Names, step: int) -> Iterator[str]:
    """Yield each question with its groups: main figure, range and base; of one question alone all columns too.

    ``step`` is what numbers of people are rounded to a multiple of.
    """
    yield f"{found.wave.slug}: {found.instrument.title}, by {' and by '.join(found.by)}".replace("_", " ")
    if found.wave.demonstration:
        yield "Demonstration: every answer is made up."
    yield from wrap(CAVEAT, WIDTH)
    yield from wrap(f"{PRIVATE} {_what_hidden(found.tables)}{ROUNDED.format(step=step)}", WIDTH)
    for table in found.tables:
        item = found.instrument.items[table.code]
        yield ""
        yield from wrap(f"{table.code}  {item.text}", WIDTH)
        if table.reason:
            yield f"  not shown: {figure_lines.why_withheld(table.reason)}"
            continue
        figure = next((group.figure for group in table.groups if group.figure), None)
        if figure:
            yield from wrap(f"Figure: {figure_lines.figure_name(item, figure.name)}", WIDTH, initial_indent="  ")
        for group in table.groups:
            yield from _group_lines(item, table, group, names, whole=figure is None or len(found.tables) == 1)


def _what_hidden(tables: Iterable[SafeBreakdown]) -> str:
    """Return which numbers a hidden one can stand for, nothing where none is hidden."""
    counts = (count for table in tables for group in table.groups for count in group.counts)
    most = sorted({count.high for count in counts if count.value is None})
    if not most:
        return ""
    further = f", in some questions to {most[-1]}" if len(most) > 1 else ""
    return f"A hidden number can be any from 0 to {most[0]}{further}. "


def _group_lines(item: Item, table: SafeBreakdown, group: SafeGroup, names: Names, *, whole: bool) -> Iterator[str]:
    label = ", ".join(names[name][code] for name, code in zip(table.by, group.group, strict=True))
    base = f"base {total_cell(group.base)}" if group.base else ""
    if len(label) > LABEL:
        yield f"  {label}"
        label = ""
    head = f"  {label:{LABEL}}"
    if group.reason:
        said = f"not shown: {figure_lines.why_withheld(group.reason)}"
        yield f"{head} {base:9} {said}".rstrip() if base else f"{head} {said}"
        return
    small = " small group" if group.small_group else ""
    yield f"{head} {_figure_cells(group)}{base:10}{small}".rstrip()
    if whole:
        for band, count, percent in zip(table.bands, group.counts, group.percents, strict=True):
            share = "" if percent is None else f"{percent}%"
            people = f"fewer than {count.high + 1}" if count.value is None else f"{count.value:,}"
            yield f"    {band_name(item, band)[: LABEL - 2]:{LABEL - 2}} {share:>5}  {people} people"


def _figure_cells(group: SafeGroup) -> str:
    figure = group.figure
    if figure is None:
        return f"{'':20}"
    if figure.value is None:
        return f"{'--':>5}  {'':13}"
    ends = "" if figure.low is None or figure.high is None else f"{figure.low} to {figure.high}"
    return f"{figure.value}{'%' if unit_of(figure.name) == 'percent' else ''}".rjust(5) + f"  {ends:13}"
