"""Protected breakdowns as they are shown: what they say in a sentence, their bars, their tables of numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from feedback_app.domain.disclosure.rules import KEPT_PRIVATE
from feedback_app.domain.disclosure.safe import SafeFigure, SafeTable
from feedback_app.domain.disclosure.safe_breakdowns import SafeBreakdown
from feedback_app.domain.instrument import FacesItem, Item, RatingItem
from feedback_app.services.breaking_down import WaveBreakdown
from feedback_app.web.team import phrases
from feedback_app.web.team.group_bars import Drawn, drawn_of, mostly_hidden
from feedback_app.web.team.group_lines import GroupLine, group_line
from feedback_app.web.team.group_words import band_words, kept_private, why_held

LEAST = 2  # groups to compare
MANY = 4  # groups from which on two may well be apart by chance alone


@dataclass(frozen=True)
class QuestionGroups:
    """A question by group: its figure's name, what it says, its lines, the names of its columns, and its bars.

    ``withheld`` is the reason where no share of it is shown, ``private``: some of its numbers are hidden. ``merged``:
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
    drawn: Drawn
    merged: bool = False

    @property
    def mostly_hidden(self) -> bool:
        """Return whether three quarters or more of its groups show no share."""
        return mostly_hidden(self.lines)


def question_by_group(found: WaveBreakdown, table: SafeBreakdown, whole: SafeTable | None) -> QuestionGroups:
    """Return a question's breakdown as it is shown, beside the table of everybody who answered."""
    item = found.instrument.items[table.code]
    lines = () if table.reason else _lines_of(found, table)
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
        withheld=why_held(table.reason) if table.reason else why_nothing(lines),
        drawn=drawn_of(named, columns, lines),
        merged=bool(named) and isinstance(item, RatingItem | FacesItem),
    )


def why_nothing(lines: Sequence[GroupLine]) -> str:
    """Return why no group has a share or figure, or nothing where one has."""
    if not lines or any(line.has_numbers for line in lines):
        return ""
    reasons = {line.held for line in lines}
    if len(reasons) == 1 and (reason := reasons.pop()):
        return reason
    if any(line.private for line in lines):
        return why_held(KEPT_PRIVATE)
    return _("Too few answers in each group for a share")


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


def in_sections(found: WaveBreakdown, shown: Mapping[str, QuestionGroups]) -> list[tuple[str, list[QuestionGroups]]]:
    """Return each section's title with its questions as they are shown, sections without any left out."""
    sections = [
        (section.title, [shown[item.id] for item in section.items if item.id in shown])
        for section in found.instrument.sections
    ]
    return [(title, questions) for title, questions in sections if questions]
