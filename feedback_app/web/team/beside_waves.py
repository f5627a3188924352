"""One question beside earlier waves as it is shown: its lines, the days its figures are of, and its rows in a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from flask_babel import format_date
from flask_babel import gettext as _

from feedback_app.domain.dimensions import WAVE
from feedback_app.domain.disclosure.safe import SafeCount
from feedback_app.domain.errors import FiguresNotRemade
from feedback_app.domain.instrument import TextItem
from feedback_app.extensions import db
from feedback_app.reports.breakdown_tables import BreakdownRow, BreakdownWords, breakdown_rows
from feedback_app.reports.wave_rows import wave_rows
from feedback_app.services.comparing import compare_waves
from feedback_app.store.waves import WaveFacts
from feedback_app.web.access import place, scope
from feedback_app.web.languages import page_language
from feedback_app.web.team import phrases, verdicts
from feedback_app.web.team.breaking_down import broken_down
from feedback_app.web.team.group_bars import drawn_of
from feedback_app.web.team.group_lines import group_line, held_line, wave_columns, wave_line
from feedback_app.web.team.group_words import breakdown_file_words, group_words, how_rounded, words_of_file
from feedback_app.web.team.groups import QuestionGroups, question_by_group, why_nothing
from feedback_app.web.team.hidden_words import counts_of, wave_counts
from feedback_app.web.team.views import as_of, audience, get_summary, policy


@dataclass(frozen=True)
class BesideWaves:
    """A question wave by wave: as shown, the counts in it, the day of each wave's figures, and its file."""

    shown: QuestionGroups
    counts: tuple[SafeCount, ...]
    days: str
    words: BreakdownWords
    rows: tuple[BreakdownRow, ...]


def beside_waves(waves: Sequence[WaveFacts], item: str, other: str) -> BesideWaves:
    """Return a question of the latest of some waves beside the earlier ones: of everybody, or by a breakdown."""
    return _by_group(waves, item, other) if other else _of_everybody(waves, item)


def month_of(wave: WaveFacts) -> str:
    """Return the month a wave opened in: "November 2026"."""
    return format_date(wave.opens_on, "MMMM y")


def _days(waves: Sequence[WaveFacts], days: Sequence[date | None]) -> str:
    """Return of which day each wave's figures are, where they are of one."""
    told = [(month_of(wave), as_of(day)) for wave, day in zip(waves, days, strict=True) if day]
    return "; ".join(_("%(first)s: %(second)s", first=month, second=day) for month, day in told)


def _of_everybody(waves: Sequence[WaveFacts], code: str) -> BesideWaves:
    """Return a line a wave, the oldest first."""
    every = [get_summary(wave.slug) for wave in waves]
    tables = [next(table for table in summary.release if table.code == code) for summary in every]
    instrument, days = every[-1].instrument, [summary.taken_on for summary in every]
    item = instrument.items[code]
    fullest = next((table for table in reversed(tables) if not table.reason), tables[-1])
    named = phrases.figure_name(item, fullest.figures[0].name) if fullest.figures else ""
    lines = tuple(wave_line(month_of(wave), table) for wave, table in zip(waves, tables, strict=True))
    columns, private = wave_columns(item, fullest), any(line.held for line in lines)
    told = tuple(what_changed(waves, code))
    drawn = drawn_of(named, columns, lines)
    shown = QuestionGroups(
        code, item.text, named, told, lines, columns, private, why_nothing(lines), drawn, merged=bool(named)
    )
    counts = tuple(count for table in tables for count in wave_counts(table))
    in_file = [share.count for table in tables for share in table.distribution]
    words = words_of_file(instrument, waves[-1], days[-1], in_file, how_rounded(in_groups=False))
    rows = [
        row
        for wave, table, day in zip(waves, tables, days, strict=True)
        if not isinstance(item, TextItem)
        for row in wave_rows(item, (WAVE,), month_of(wave), table, words, day)
    ]
    return BesideWaves(shown, counts, _days(waves, days), words, tuple(rows))


def _by_group(waves: Sequence[WaveFacts], item: str, other: str) -> BesideWaves:
    """Return for each group a line a wave; each wave is protected by itself, for no two have a person in common."""
    every = [(wave, broken_down(wave.slug, (other,), item)) for wave in waves]
    latest = every[-1][1]
    shown = question_by_group(latest, latest.tables[0], None)
    lines = []
    for code in latest.first.groups:
        name = group_words(latest.instrument, other, code)
        for wave, found in every:
            (table,) = found.tables
            label = _("%(first)s: %(second)s", first=name, second=month_of(wave))
            group = next((one for one in table.groups if one.group == (code,)), None)
            lines.append(group_line(found, table, group, label=label) if group else held_line(label, table.reason))
    private = any(line.held for line in lines) or shown.private
    drawn, nothing = drawn_of(shown.figure, shown.columns, lines), why_nothing(lines)
    told = (_("Whether the figure of one group has changed is not tested. For everybody together it is."),)
    shown = replace(shown, lines=tuple(lines), sentences=told, private=private, withheld=nothing, drawn=drawn)
    words = breakdown_file_words(latest)
    rows: list[BreakdownRow] = []
    days = []
    for wave, found in every:
        days.append(found.seen.snapshot.taken_on if found.seen.snapshot else None)
        rows += breakdown_rows(found.instrument.items, found.tables, _in_wave(words, month_of(wave)), days[-1])
    counts = tuple(count for _wave, found in every for count in counts_of(found.tables))
    return BesideWaves(shown, counts, _days(waves, days), words, tuple(rows))


def _in_wave(words: BreakdownWords, month: str) -> BreakdownWords:
    """Return the words of a file whose groups are those of one wave, which stands as the second group."""
    return replace(words, by=lambda by: words.by((*by, WAVE)), group=lambda by, group: (*words.group(by, group), month))


def what_changed(waves: Sequence[WaveFacts], item: str) -> list[str]:
    """Return whether the latest change of a question can be told, in a sentence; nothing where waves have no verdict.

    It is the verdict of the comparison of whole waves, which allows for all questions that are looked at there.
    """
    before, after = waves[-2], waves[-1]
    try:
        found = compare_waves(
            db.session,
            scope(),
            after.slug,
            before.slug,
            policy(),
            language=page_language().locale,
            population=place().population,
            audience=audience(),
        )
    except FiguresNotRemade:
        return []
    then = month_of(before)
    if item in found.refused:
        why = verdicts.refusal(found.refused[item], then, month_of(after))
        return [_("Whether it changed since %(then)s cannot be told: %(why)s.", then=then, why=why)]
    changes = (change for family in found.families for change in family.changes if change.code == item)
    return [
        _("%(verdict)s since %(then)s: %(size)s.", verdict=verdicts.verdict_word(change.verdict), then=then,
          size=verdicts.size(change))
        for change in changes
        if change.verdict
    ]  # fmt: skip
