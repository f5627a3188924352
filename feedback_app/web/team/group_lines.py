"""One group of people, or one wave, as a line that is shown: its figure with the range, its numbers, or why not."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from feedback_app.domain.disclosure.group_figures import TOO_CLOSE
from feedback_app.domain.disclosure.rules import KEPT_PRIVATE
from feedback_app.domain.disclosure.safe import SafeCount, SafeFigure, SafeTable
from feedback_app.domain.disclosure.safe_breakdowns import SafeBreakdown, SafeGroup
from feedback_app.domain.instrument import Item
from feedback_app.reports.tables import unit_of
from feedback_app.services.breaking_down import WaveBreakdown
from feedback_app.web.team import phrases
from feedback_app.web.team.group_words import label_of, why_held


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

    ``whole`` marks one that others add up to, ``private`` one with a number that is hidden to keep people private.
    ``figure`` is what its bar and range are made of.
    """

    label: str
    base: str
    held: str = ""
    short: str = ""
    small: bool = False
    whole: bool = False
    private: bool = False
    figure: SafeFigure | None = None
    cells: tuple[Cell, ...] = ()

    @property
    def value(self) -> str:
        """Return the figure in words, or why there is none."""
        if self.figure is not None:
            return why_held(self.figure.reason) if self.figure.reason else phrases.figure_value(self.figure)
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
    def has_numbers(self) -> bool:
        """Return whether any share or figure of it is shown."""
        return bool(self.figure and self.figure.value is not None) or any(cell.share for cell in self.cells)

    @property
    def said(self) -> str:
        """Return what stands beside the bar: the figure with its range, which comes first where the group is small."""
        figure = self.figure
        if figure is None or figure.value is None or figure.low is None or figure.high is None:
            return self.short or self.held or self.value
        if self.small:
            number = phrases.percent if self.bar else phrases.number
            low, high = number(figure.low), number(figure.high)
            return _("between %(low)s and %(high)s, printed %(value)s", low=low, high=high, value=self.value)
        return _("%(value)s, range %(ends)s", value=self.value, ends=self.range)


def group_line(
    found: WaveBreakdown, table: SafeBreakdown, group: SafeGroup, *, whole: bool = False, label: str = ""
) -> GroupLine:
    """Return one group of a breakdown as it is shown, under its own label unless another is given."""
    named = label or label_of(found.instrument, table.by, group.group)
    base = phrases.people(group.base) if group.base else ""
    if group.reason:
        private = group.reason in (KEPT_PRIVATE, TOO_CLOSE)
        return GroupLine(named, base, why_held(group.reason), _short(group.reason), whole=whole, private=private)
    cells = tuple(_cell(count, percent) for count, percent in zip(group.counts, group.percents, strict=True))
    private = any(count.value is None for count in group.counts)
    return GroupLine(
        named, base, small=group.small_group, whole=whole, private=private, figure=group.figure, cells=cells
    )


def held_line(label: str, reason: str | None) -> GroupLine:
    """Return a line of which nothing is shown."""
    held = why_held(reason) if reason else _("not shown")
    return GroupLine(label, "", held, _short(reason or ""), private=reason in (KEPT_PRIVATE, TOO_CLOSE))


def _short(reason: str) -> str:
    """Return a reason in two or three words, or nothing where it is short by itself."""
    return _("kept private") if reason in (KEPT_PRIVATE, TOO_CLOSE) else ""


def wave_line(label: str, table: SafeTable) -> GroupLine:
    """Return one wave's table as a line beside those of other waves: its figures, or its answers where it has none."""
    base = phrases.people(table.base)
    if table.reason:
        return GroupLine(label, base, why_held(table.reason), _short(table.reason))
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
