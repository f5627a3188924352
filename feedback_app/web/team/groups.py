"""Protected breakdowns as they are shown: what they say in a sentence, their bars, their tables of numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from feedback_app.domain.disclosure.group_figures import TOO_CLOSE
from feedback_app.domain.disclosure.rules import KEPT_PRIVATE
from feedback_app.domain.disclosure.safe import SafeCount, SafeFigure, SafeTable
from feedback_app.domain.disclosure.safe_breakdowns import SafeBreakdown, SafeGroup
from feedback_app.domain.instrument import FacesItem, Item, RatingItem
from feedback_app.reports.charts import Chart, Lane, lanes_chart
from feedback_app.reports.tables import unit_of
from feedback_app.services.breaking_down import WaveBreakdown
from feedback_app.web.team import phrases
from feedback_app.web.team.group_words import band_words, kept_private, label_of

LEAST = 2  # groups to compare
MANY = 4  # groups from which on two may well be apart by chance alone


@dataclass(frozen=True)
class Cell:
    """One column of a group: its protected share and people, as numbers and as they are read."""

    percent: int | None
    share: str
    people: str

    @property
    def said(self) -> str:
        """Return the share, or the people where there is none."""
        return self.share or self.people


@dataclass(frozen=True)
class GroupLine:
    """A group as it is shown; ``held`` says why it has no numbers, ``short`` the same in two or three words.

    ``whole`` marks one that others add up to. ``figure`` is what its bar and range are made of.
    """

    label: str
    base: str
    held: str = ""
    short: str = ""
    small: bool = False
    whole: bool = False
    figure: SafeFigure | None = None
    cells: tuple[Cell, ...] = ()

    @property
    def value(self) -> str:
        """Return the figure in words, or why there is none."""
        if self.figure is not None:
            return phrases.reason(self.figure.reason) if self.figure.reason else phrases.figure_value(self.figure)
        return _("kept private") if any(cell.share for cell in self.cells) else _("too few for a share")

    @property
    def range(self) -> str:
        """Return both ends of the figure's range, or nothing."""
        return phrases.ends(self.figure) if self.figure else ""

    @property
    def bar(self) -> SafeFigure | None:
        """Return the figure where it is a share that is shown."""
        figure = self.figure
        return figure if figure and figure.value is not None and unit_of(figure.name) == "percent" else None

    @property
    def said(self) -> str:
        """Return what stands beside the bar."""
        return self.short or self.held or self.value


@dataclass(frozen=True)
class QuestionGroups:
    """A question by group: its figure's name, what it says, its lines, the names of its columns, and its charts.

    ``withheld`` is the reason where nothing of it is shown, ``private``: some of its numbers are hidden. ``merged``:
    the first column is that of the figure, so both are one.
    """

    id: str
    question: str
    figure: str
    sentences: tuple[str, ...]
    lines: tuple[GroupLine, ...]
    columns: tuple[str, ...]
    private: bool
    withheld: str
    charts: tuple[Chart, ...]
    merged: bool = False


def question_by_group(found: WaveBreakdown, table: SafeBreakdown, whole: SafeTable | None) -> QuestionGroups:
    """Return a question's breakdown as it is shown, beside the table of everybody who answered."""
    item = found.instrument.items[table.code]
    lines = _lines_of(found, table)
    named = _figure_named(item, table)
    columns = tuple(band_words(item, band) for band in table.bands)
    return QuestionGroups(
        id=item.id,
        question=item.text,
        figure=named,
        sentences=(*_everybody(item, whole), *(reading(lines) if named and not table.reason else ())),
        lines=lines,
        columns=columns,
        private=kept_private(table),
        withheld=phrases.reason(table.reason) if table.reason else "",
        charts=() if table.reason else charts_of(named, columns, lines),
        merged=bool(named) and isinstance(item, RatingItem | FacesItem),
    )


def _figure_named(item: Item, table: SafeBreakdown) -> str:
    figures = (group.figure for group in table.groups if group.figure)
    return next((phrases.figure_name(item, figure.name) for figure in figures), "")


def _lines_of(found: WaveBreakdown, table: SafeBreakdown) -> tuple[GroupLine, ...]:
    """Return the groups in the order shown, each district beneath the line of its locality."""
    plain = {group.group: group_line(found, table, group) for group in table.groups}
    above = found.parents.get(table.code)
    if above is None or not above.groups:
        return tuple(plain.values())
    parent_of = found.first.parent_of
    ordered = []
    for coarse in above.groups:
        ordered.append(group_line(found, above, coarse, whole=True))
        ordered += [line for group, line in plain.items() if parent_of[group[0]] == coarse.group[0]]
    return tuple(ordered)


def group_line(
    found: WaveBreakdown, table: SafeBreakdown, group: SafeGroup, *, whole: bool = False, label: str = ""
) -> GroupLine:
    """Return one group of a breakdown as it is shown, under its own label unless another is given."""
    named = label or label_of(found.instrument, table.by, group.group)
    base = phrases.people(group.base) if group.base else ""
    if group.reason:
        return GroupLine(named, base, phrases.reason(group.reason), _short(group.reason), whole=whole)
    cells = tuple(_cell(count, percent) for count, percent in zip(group.counts, group.percents, strict=True))
    return GroupLine(named, base, small=group.small_group, whole=whole, figure=group.figure, cells=cells)


def held_line(label: str, reason: str | None) -> GroupLine:
    """Return a line of which nothing is shown."""
    held = phrases.reason(reason) if reason else _("not shown")
    return GroupLine(label, "", held, _short(reason or ""))


def _short(reason: str) -> str:
    """Return a reason in two or three words, or nothing where it is short by itself."""
    return _("kept private") if reason in {KEPT_PRIVATE, TOO_CLOSE} else ""


def wave_line(label: str, table: SafeTable) -> GroupLine:
    """Return one wave's table as a line beside those of other waves: its figures, or its answers where it has none."""
    base = phrases.people(table.base)
    if table.reason:
        return GroupLine(label, base, phrases.reason(table.reason), _short(table.reason))
    if not table.figures:
        cells = tuple(_cell(share.count, share.percent) for share in table.distribution)
        return GroupLine(label, base, small=table.small_group, cells=cells)
    cells = tuple(
        Cell(figure.value, phrases.figure_value(figure), phrases.people(figure.people) if figure.people else "")
        for figure in table.figures
    )
    return GroupLine(label, base, small=table.small_group, figure=table.figures[0], cells=cells)


def wave_columns(item: Item, table: SafeTable) -> tuple[str, ...]:
    """Return the names of a wave line's columns."""
    if table.figures:
        return tuple(phrases.figure_name(item, figure.name) for figure in table.figures)
    return tuple(phrases.labels_of(item, (share.code,))[0] for share in table.distribution)


def _cell(count: SafeCount, percent: int | None) -> Cell:
    return Cell(percent, "" if percent is None else phrases.percent(percent), phrases.people(count))


def _everybody(item: Item, whole: SafeTable | None) -> list[str]:
    """Return what everybody who answered said, which the groups are read beside."""
    if whole is None or whole.headline is None or whole.headline.value is None:
        return []
    name, value = phrases.figure_name(item, whole.headline.name), phrases.figure_value(whole.headline)
    return [_("Everybody together: %(value)s (%(name)s).", value=value, name=name)]


def reading(lines: Sequence[GroupLine]) -> list[str]:
    """Return which groups are clearly apart, or which groups that these add up to; or that none can be told apart."""
    told = [_apart(_comparable(lines, whole=whole)) for whole in (False, True)]
    if clear := next((said for said in told if said), None):
        return clear
    if len(_comparable(lines, whole=False)) < LEAST:
        return [_("Too few groups have enough answers to be compared.")]
    return [_("The ranges overlap, so no difference between groups can be told.")]


def _comparable(lines: Sequence[GroupLine], *, whole: bool) -> list[tuple[GroupLine, SafeFigure]]:
    """Return the groups of 30 answers or more with a range: small groups are never compared."""
    known = [(line, line.figure) for line in lines if line.whole == whole and not line.small and line.range]
    return [(line, figure) for line, figure in known if figure]


def _apart(groups: Sequence[tuple[GroupLine, SafeFigure]]) -> list[str]:
    """Return the highest and the lowest of some groups where their ranges leave a gap, else nothing."""
    if len(groups) < LEAST:
        return []
    highest = max(groups, key=lambda group: group[1].value or 0)
    lowest = min(groups, key=lambda group: group[1].value or 0)
    if (lowest[1].high or 0) >= (highest[1].low or 0):
        return []
    said = _(
        "Highest: %(high)s, %(high_value)s (range %(high_range)s). Lowest: %(low)s, %(low_value)s (range "
        "%(low_range)s). Their ranges do not overlap.",
        high=highest[0].label,
        high_value=highest[0].value,
        high_range=highest[0].range,
        low=lowest[0].label,
        low_value=lowest[0].value,
        low_range=lowest[0].range,
    )
    chance = _("Among so many groups two can be apart by chance. Ask why before you act on it.")
    return [said, chance] if len(groups) >= MANY else [said]


def charts_of(named: str, columns: Sequence[str], lines: Sequence[GroupLine]) -> tuple[Chart, ...]:
    """Return one chart of the figure, or where it is no share one for each column; all on one scale."""
    if any(line.bar for line in lines):
        return (_chart(named, [_figure_lane(line) for line in lines]),)
    return tuple(_chart(column, [_cell_lane(line, at) for line in lines]) for at, column in enumerate(columns))


def _figure_lane(line: GroupLine) -> Lane:
    bar = line.bar
    return _lane(line, bar.value, line.said, bar.low, bar.high) if bar else _lane(line, None, line.said)


def _cell_lane(line: GroupLine, at: int) -> Lane:
    cell = line.cells[at] if len(line.cells) > at else None
    return _lane(line, cell.percent, cell.said) if cell else _lane(line, None, line.said)


def _lane(line: GroupLine, percent: int | None, value: str, low: int | None = None, high: int | None = None) -> Lane:
    return Lane(line.label, percent, value, "bar", low, high, line.small, "t b" if line.whole else "t")


def _chart(title: str, lanes: Sequence[Lane]) -> Chart:
    return lanes_chart(title, "; ".join(f"{lane.label}: {lane.value}" for lane in lanes), lanes)


def in_sections(found: WaveBreakdown, shown: Mapping[str, QuestionGroups]) -> list[tuple[str, list[QuestionGroups]]]:
    """Return each section's title with its questions as they are shown, sections without any left out."""
    sections = [
        (section.title, [shown[item.id] for item in section.items if item.id in shown])
        for section in found.instrument.sections
    ]
    return [(title, questions) for title, questions in sections if questions]
