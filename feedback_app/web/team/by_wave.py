"""The page of one question beside earlier waves that asked it alike, of everybody or group by group; and its files."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback_app.domain.dimensions import WAVE
from feedback_app.domain.errors import BreakdownRefused, BreakdownUnknown, GroupsComeLater
from feedback_app.domain.instrument import Instrument
from feedback_app.extensions import db
from feedback_app.reports.breakdown_tables import BREAKDOWN_COLUMNS
from feedback_app.reports.files import tables_csv, tables_workbook
from feedback_app.services import auditing
from feedback_app.services.breaking_down import list_waves_alike
from feedback_app.services.showing import waves_by_breakdown
from feedback_app.services.wave_summary import WaveSummary
from feedback_app.store.waves import WaveFacts
from feedback_app.web.access import scope
from feedback_app.web.noting import seen
from feedback_app.web.team.beside_waves import beside_waves
from feedback_app.web.team.breaking_down import (
    LEAST_WAVES,
    WITH,
    files_of,
    other_ways,
    question_address,
    said,
    said_by,
    ways_of,
)
from feedback_app.web.team.group_words import both_words, by_words, geography
from feedback_app.web.team.hidden_words import what_hidden
from feedback_app.web.team.views import WORKBOOK, audience, blueprint, get_summary, reads_figures, tables_file

Ways = dict[str, list[WaveFacts]]  # each way to look at the latest wave by group -> the waves that have it


@blueprint.get(f"/waves/<slug>/by/{WAVE}/<item>")
@reads_figures
@seen(auditing.GROUPS_SEEN, lambda **arguments: said_by(WAVE, **arguments))
def question_by_wave(slug: str, item: str) -> ResponseReturnValue:
    """Show one question of a wave beside the earlier ones that asked it alike; with `?with=` group by group."""
    other = _other(slug)
    summary = get_summary(slug)
    instrument = summary.instrument
    waves, ways = _waves_of(summary, item, other)
    crossings = [name for name in ways if name != other]
    alone = [(_("%(by)s alone", by=by_words(WAVE)), question_address(slug, WAVE, item))] if other else []
    found = beside_waves(waves, item, other)
    return render_template(
        "team/by_group_question.html",
        wave=waves[-1],
        as_of=found.days,
        back={"url": url_for("team.wave", slug=slug), "text": instrument.formal_title},
        heading=instrument.items[item].text,
        by=both_words((WAVE, other)) if other else by_words(WAVE),
        shown=found.shown,
        others=other_ways(slug, instrument, item, WAVE) if summary.grouped else [],
        crossings=[*alone, *((by_words(name), question_address(slug, WAVE, item, name)) for name in crossings)],
        compared=waves[-2::-1],
        says_more=None,
        what_hidden=what_hidden(found.counts),
        files=files_of("team.question_by_wave", slug=slug, item=item, **({WITH: other} if other else {})),
        **said(in_groups=bool(other)),
    )


def _other(slug: str) -> str:
    """Return what an address asks to see beside the waves, or nothing; raise BreakdownRefused for more than one."""
    others = [other for other in request.args.getlist(WITH) if other]
    if len(others) > 1:
        raise BreakdownRefused(slug, (WAVE, *others), "too_many")
    return "".join(others)


def _waves_of(summary: WaveSummary, item: str, other: str) -> tuple[list[WaveFacts], Ways]:
    """Return the waves to show beside each other, the latest last, and the ways to look at them by group."""
    slug = summary.wave.slug
    if other and not summary.grouped:
        raise GroupsComeLater(slug, summary.wave.closed_from)
    alike = list_waves_alike(db.session, scope(), slug, item, audience())
    ways = _ways(summary.instrument, alike) if summary.grouped else {}
    waves = ways.get(other, []) if other else alike
    if len(waves) < LEAST_WAVES:
        raise BreakdownUnknown(slug, WAVE, tuple(ways))
    return waves, ways


def _ways(instrument: Instrument, waves: list[WaveFacts]) -> Ways:
    """Return each way to look at the latest wave by group -> the waves that have it, where there are two or more."""
    found = waves_by_breakdown(db.session, waves, geography(), audience())
    return {name: found[name] for name in ways_of(instrument) if len(found.get(name, ())) >= LEAST_WAVES}


@blueprint.get(f"/waves/<slug>/by/{WAVE}/<item>/tables.csv")
@reads_figures
def question_by_wave_csv(slug: str, item: str) -> ResponseReturnValue:
    """Send a question beside earlier waves as CSV."""
    other = _other(slug)
    found = beside_waves(_waves_of(get_summary(slug), item, other)[0], item, other)
    return tables_file(
        slug, tables_csv(found.rows, BREAKDOWN_COLUMNS), _file_name(slug, item, other, "csv"), "text/csv"
    )


@blueprint.get(f"/waves/<slug>/by/{WAVE}/<item>/tables.xlsx")
@reads_figures
def question_by_wave_workbook(slug: str, item: str) -> ResponseReturnValue:
    """Send a question beside earlier waves as a workbook."""
    other = _other(slug)
    found = beside_waves(_waves_of(get_summary(slug), item, other)[0], item, other)
    content = tables_workbook(found.rows, found.words, BREAKDOWN_COLUMNS)
    return tables_file(slug, content, _file_name(slug, item, other, "xlsx"), WORKBOOK)


def _file_name(slug: str, item: str, other: str, kind: str) -> str:
    return "-".join([slug, item.lower(), "by", WAVE, *([other] if other else [])]) + f".{kind}"
