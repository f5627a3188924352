"""The page of one question beside earlier waves that asked it alike: of everybody, or group by group."""

from __future__ import annotations

from dataclasses import replace

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _

from feedback_app.domain.dimensions import WAVE
from feedback_app.domain.errors import BreakdownUnknown, GroupsComeLater
from feedback_app.domain.instrument import Instrument, Item
from feedback_app.extensions import db
from feedback_app.services.breaking_down import list_waves_alike
from feedback_app.services.showing import waves_by_breakdown
from feedback_app.store.waves import WaveFacts
from feedback_app.web.access import scope
from feedback_app.web.team import phrases
from feedback_app.web.team.breaking_down import (
    LEAST_WAVES,
    WITH,
    broken_down,
    other_ways,
    question_address,
    said,
    tables_of,
    ways_of,
)
from feedback_app.web.team.group_words import both_words, by_words, geography, group_words
from feedback_app.web.team.groups import (
    QuestionGroups,
    charts_of,
    group_line,
    held_line,
    question_by_group,
    wave_columns,
    wave_line,
)
from feedback_app.web.team.views import audience, blueprint, get_summary, reads_figures


@blueprint.get(f"/waves/<slug>/by/{WAVE}/<item>")
@reads_figures
def question_by_wave(slug: str, item: str) -> ResponseReturnValue:
    """Show one question of a wave beside the earlier ones that asked it alike; with `?with=` group by group."""
    other = request.args.get(WITH, "")
    summary = get_summary(slug)
    instrument = summary.instrument
    if other and not summary.grouped:
        raise GroupsComeLater(slug, summary.wave.closed_from)
    alike = list_waves_alike(db.session, scope(), slug, item, audience())
    ways = _ways(instrument, alike) if summary.grouped else {}
    waves = ways.get(other, []) if other else alike
    if len(waves) < LEAST_WAVES:
        raise BreakdownUnknown(slug, WAVE, tuple(ways))
    crossings = [name for name in ways if name != other]
    alone = [(_("%(by)s alone", by=by_words(WAVE)), question_address(slug, WAVE, item))] if other else []
    return render_template(
        "team/by_group_question.html",
        wave=waves[-1],
        as_of="",
        back={"url": url_for("team.wave", slug=slug), "text": instrument.formal_title},
        heading=instrument.items[item].text,
        by=both_words((WAVE, other)) if other else by_words(WAVE),
        shown=_by_group(waves, item, other) if other else _of_everybody(waves, instrument.items[item]),
        others=other_ways(slug, instrument, item, WAVE) if summary.grouped else [],
        crossings=[*alone, *((by_words(name), question_address(slug, WAVE, item, name)) for name in crossings)],
        compared=waves[-2::-1],
        files=[],
        **said(in_groups=bool(other)),
    )


def _ways(instrument: Instrument, waves: list[WaveFacts]) -> dict[str, list[WaveFacts]]:
    """Return each way to look at the latest wave by group -> the waves that have it, where there are two or more."""
    found = waves_by_breakdown(db.session, waves, geography(), audience())
    return {name: found[name] for name in ways_of(instrument) if len(found.get(name, ())) >= LEAST_WAVES}


def _month(wave: WaveFacts) -> str:
    return format_date(wave.opens_on, "MMMM y")


def _of_everybody(waves: list[WaveFacts], item: Item) -> QuestionGroups:
    """Return a line a wave, the oldest first."""
    tables = [tables_of(wave.slug)[item.id] for wave in waves]
    fullest = next((table for table in reversed(tables) if not table.reason), tables[-1])
    named = phrases.figure_name(item, fullest.figures[0].name) if fullest.figures else ""
    lines = tuple(wave_line(_month(wave), table) for wave, table in zip(waves, tables, strict=True))
    columns = wave_columns(item, fullest)
    private = any(line.held for line in lines)
    charts = charts_of(named, columns, lines)
    return QuestionGroups(item.id, item.text, named, (), lines, columns, private, "", charts, merged=bool(named))


def _by_group(waves: list[WaveFacts], item: str, other: str) -> QuestionGroups:
    """Return for each group a line a wave; each wave is protected by itself, for no two have a person in common."""
    every = [(wave, broken_down(wave.slug, (other,), item)) for wave in waves]
    latest = every[-1][1]
    shown = question_by_group(latest, latest.tables[0], None)
    lines = []
    for code in latest.first.groups:
        name = group_words(latest.instrument, other, code)
        for wave, found in every:
            (table,) = found.tables
            label = _("%(first)s: %(second)s", first=name, second=_month(wave))
            group = next((one for one in table.groups if one.group == (code,)), None)
            lines.append(group_line(found, table, group, label=label) if group else held_line(label, table.reason))
    private = any(line.held for line in lines) or shown.private
    charts = charts_of(shown.figure, shown.columns, lines)
    return replace(shown, lines=tuple(lines), sentences=(), private=private, withheld="", charts=charts)
