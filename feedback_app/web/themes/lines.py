"""A wave's themes as they are shown: a line each with its share, how people speak of it, and how far it is checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from feedback_app.domain.codeframe import Theme
from feedback_app.domain.disclosure.safe import SafeFigure, SafeShare, SafeTable
from feedback_app.domain.theme_figures import READ, UNREAD
from feedback_app.reports.charts import Chart
from feedback_app.reports.theme_charts import Against, against_chart
from feedback_app.services.theme_summary import ThemeSummary
from feedback_app.web.languages import in_page_language
from feedback_app.web.team import phrases
from feedback_app.web.team.group_bars import Drawn, drawn_of
from feedback_app.web.team.group_lines import Cell, GroupLine
from feedback_app.web.team.group_words import why_held

WELL, CHANGE = 1, 2  # codes of the two manners that are set against each other


@dataclass(frozen=True)
class ThemeLine:
    """One theme, or one priority, as it is shown; ``code`` is that of its page."""

    code: str
    name: str
    table: SafeTable
    manner: SafeTable
    checked: SafeTable

    @property
    def headline(self) -> SafeFigure | None:
        """Return the share of those who wrote, or None where it is not shown."""
        figure = self.table.figures[0] if self.table.figures else None
        return figure if figure and figure.value is not None else None

    @property
    def people(self) -> str:
        """Return about how many people name it, for a cell; nothing where that is kept private."""
        share = share_of(self.table, 1) if self.headline else None
        return phrases.people(share.count) if share else ""

    @property
    def share(self) -> str:
        """Return the share of those who wrote, or why there is none."""
        if self.headline:
            return phrases.figure_value(self.headline)
        return phrases.people(self.table.base) if self.table.base.value is None else _("kept private")

    @property
    def range(self) -> str:
        """Return both ends of the share's range, or nothing."""
        return phrases.ends(self.headline) if self.headline else ""

    @property
    def small(self) -> bool:
        """Return whether so few wrote that nothing is to be compared."""
        return self.table.small_group

    @property
    def few(self) -> bool:
        """Return whether so few name it that how they speak of it is not to be compared."""
        return bool(self.manner.withheld) or self.manner.small_group

    def said(self, code: int) -> str:
        """Return how many speak of it in a manner: share and people, or why not."""
        share = share_of(self.manner, code)
        if share is None:
            return _("too few to say")
        if is_nearly_all(share, self.manner):
            return _("nearly all")
        return phrases.people(share.count) if share.percent is None else phrases.percent(share.percent)

    @property
    def well(self) -> str:
        """Return the share for whom it goes well."""
        return self.said(WELL)

    @property
    def change(self) -> str:
        """Return the share for whom it needs to change."""
        return self.said(CHANGE)

    @property
    def standing(self) -> str:
        """Return how far a person has checked that this theme is there."""
        return standing_of(self.checked)

    @property
    def line(self) -> GroupLine:
        """Return it as a line of bars."""
        return line_of(self.name, self.table)


def share_of(table: SafeTable, code: int) -> SafeShare | None:
    """Return one option of a table, or None where the table is kept back."""
    return next((share for share in table.distribution if share.code == code), None)


def is_nearly_all(share: SafeShare, table: SafeTable) -> bool:
    """Return whether as many as all answered so, as far as rounded numbers tell: no share says it."""
    return share.count.value is not None and table.base.value is not None and share.count.value >= table.base.value


def percent_of(share: SafeShare | None, table: SafeTable) -> int | None:
    """Return the share as far as a bar draws it: all of it for nearly all; None where it is kept back."""
    if share is None:
        return None
    return 100 if is_nearly_all(share, table) else share.percent


def standing_of(checked: SafeTable) -> str:
    """Return how far people have checked what the program suggested, in a few words."""
    read, unread = share_of(checked, READ), share_of(checked, UNREAD)
    if read is None or unread is None:
        return _("too few to say")
    if read.count.value is None:
        return _("suggested by the program")
    if unread.count.value is None:
        return _("checked by a person")
    if read.percent is None:
        return _("partly checked by a person")
    return _("%(share)s checked by a person", share=phrases.percent(read.percent))


def line_of(label: str, table: SafeTable) -> GroupLine:
    """Return who names a theme as a line beside others, with one figure and no other column."""
    base = phrases.people(table.base)
    if table.reason:
        return GroupLine(label, base, why_held(table.reason))
    figure = table.figures[0] if table.figures else None
    if figure is None or figure.value is None:
        return GroupLine(label, base, _("kept private"), small=table.small_group, private=True)
    people = phrases.people(figure.people) if figure.people else ""
    cells = (Cell(figure.value, phrases.figure_value(figure), people),)
    return GroupLine(label, base, small=table.small_group, figure=figure, cells=cells)


def theme_line(summary: ThemeSummary, theme: Theme) -> ThemeLine:
    """Return a theme as it is shown."""
    table = summary.named(theme.code)
    return ThemeLine(theme.code, in_page_language(theme.name), table, summary.manner(table), summary.checked(table))


def priority_line(summary: ThemeSummary, key: str, name: str) -> ThemeLine:
    """Return a priority as it is shown."""
    table = summary.of_priority(key)
    return ThemeLine(key, in_page_language(name), table, summary.manner(table), summary.checked(table))


def in_order(lines: Sequence[ThemeLine]) -> list[ThemeLine]:
    """Return lines with those that most people name first; those with no share keep their order behind them."""
    return sorted(lines, key=lambda one: -(one.headline.value or 0) if one.headline else 1)


def bars_of(lines: Sequence[ThemeLine]) -> Drawn:
    """Return the bars of those themes whose share is shown."""
    return drawn_of(_("Share of those who wrote"), (), [one.line for one in lines if one.headline])


def manner_chart(lines: Sequence[ThemeLine]) -> Chart | None:
    """Return what goes well against what needs to change, theme by theme; None where nothing of it is shown."""
    shown = [one for one in lines if not one.manner.withheld]
    if not shown:
        return None
    lanes = [_against(one) for one in shown]
    told = [
        _("%(theme)s: going well %(well)s, needs to change %(change)s", theme=one.name, well=one.well,
          change=one.change)
        for one in shown
    ]  # fmt: skip
    heads = (_("Going well"), _("Needs to change"))
    return against_chart(_("Going well and needs to change"), ". ".join(told) + ".", lanes, heads)


def _against(one: ThemeLine) -> Against:
    well, change = share_of(one.manner, WELL), share_of(one.manner, CHANGE)
    percents = [percent_of(share, one.manner) for share in (well, change)]
    said = [_short(one, code, percent) for code, percent in zip((WELL, CHANGE), percents, strict=True)]
    return Against(one.name, percents[0], percents[1], said[0], said[1], one.few)


def _short(one: ThemeLine, code: int, percent: int | None) -> str:
    return one.said(code) if percent is not None else _("few")
