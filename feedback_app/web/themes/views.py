"""Pages of what people say: a wave's themes under the priorities of the plan, and one priority for its workstream."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _
from flask_login import current_user

from feedback_app.domain.codeframe import Codeframe
from feedback_app.domain.errors import NothingShownYet
from feedback_app.domain.permissions import Permission
from feedback_app.extensions import db
from feedback_app.services import auditing
from feedback_app.services.theme_summary import ThemeReader, ThemeSummary
from feedback_app.services.theme_voices import Quoted, list_theme_quotes
from feedback_app.store.waves import WaveFacts
from feedback_app.web.access import may, place, scope, staff
from feedback_app.web.languages import in_page_language, page_language
from feedback_app.web.noting import seen
from feedback_app.web.team.group_words import geography, why_private
from feedback_app.web.team.views import audience, may_read, policy, reads_figures
from feedback_app.web.themes.lines import ThemeLine, bars_of, in_order, manner_chart, priority_line, theme_line
from feedback_app.web.themes.sentences import caveat, overview_sentences, priority_sentences

blueprint = Blueprint("themes", __name__, template_folder="templates", url_prefix="/team/themes")
FIGURES = (Permission.READ_FIGURES, Permission.READ_YOUNG_FIGURES)
OF_NONE = "other"  # in addresses: themes that belong to no one priority
QUOTES = 3  # of a priority
BESIDE = {"parent_carer": "young_person", "young_person": "parent_carer"}  # whose survey stands beside whose


def get_codeframe() -> Codeframe:
    """Return the partnership's themes; 404 where it has none."""
    found = place().codeframe
    if found is None:
        abort(404)
    return found


def reader() -> ThemeReader:
    """Return as whom, by which rules and in which language whoever asks reads themes."""
    return ThemeReader(db.session, scope(), get_codeframe(), policy(), geography(), page_language().locale, audience())


def find_summary(found: ThemeReader, slug: str) -> ThemeSummary | None:
    """Return a wave's themes, or None where whoever asks sees none of it yet; raise SurveyUnknown."""
    try:
        return found.find_summary(slug)
    except NothingShownYet:
        return None


@blueprint.get("")
@staff(*FIGURES)
def choose() -> ResponseReturnValue:
    """Lead to the themes of the survey in which most people wrote, a workstream lead to their own priority."""
    known = reader()
    there = [wave for wave, _instrument in known.list_with_words(may_read)]
    wanted = request.args.get("wave", "")
    if wanted and wanted not in {wave.slug for wave in there}:
        abort(404)
    slug = wanted or _most_written(known, there)
    return redirect(_address(slug)) if slug else nothing_yet()


def _most_written(known: ThemeReader, there: Sequence[WaveFacts]) -> str:
    """Return the newest wave of the survey in which most people wrote, as it is shown; nothing where few did."""
    newest: dict[str, tuple[int, str]] = {}
    for wave in there:
        if wave.survey_slug not in newest:
            found = find_summary(known, wave.slug)
            if found is not None and found.people.value is not None:
                newest[wave.survey_slug] = found.people.value, wave.slug
    return max(newest.values(), key=lambda one: one[0], default=(0, ""))[1]


def _address(slug: str) -> str:
    """Return where somebody begins: a workstream lead with their first workstream, others with all priorities."""
    keys = [one.key for one in get_codeframe().priorities]
    own = [key for key in (current_user.workstreams or ()) if key in keys]
    return url_for("themes.priority", slug=slug, key=own[0]) if own else url_for("themes.overview", slug=slug)


@blueprint.get("/waves/<slug>")
@reads_figures
@seen(auditing.THEMES_SEEN)
def overview(slug: str) -> ResponseReturnValue:
    """Show what a wave's people wrote about: each priority of the plan, and its themes under it."""
    found = find_summary(reader(), slug)
    if found is None:
        return nothing_yet()
    every = in_order([theme_line(found, theme) for theme in found.codeframe.themes])
    priorities = [priority_line(found, one.key, one.name) for one in found.codeframe.priorities]
    return render_template(
        "themes/overview.html",
        summary=found,
        sentences=overview_sentences(found, every),
        priorities=priorities,
        bars=bars_of(priorities),
        chart=manner_chart(priorities),
        groups=[(line, in_order(themes_of(found, line.code))) for line in priorities],
        others=in_order(themes_of(found, "")),
        **frame(found),
    )


def themes_of(summary: ThemeSummary, key: str) -> list[ThemeLine]:
    """Return the themes of a priority, or with "" those of none, as they are shown."""
    return [theme_line(summary, theme) for theme in summary.codeframe.by_priority.get(key, ())]


def nothing_yet() -> str:
    """Return the page that says why there are no themes of a wave yet."""
    return render_template("themes/nothing.html", waves=choices())


@blueprint.get("/waves/<slug>/priorities/<key>")
@reads_figures
@seen(auditing.THEMES_SEEN)
def priority(slug: str, key: str) -> ResponseReturnValue:
    """Show what a wave's people wrote about one priority: its themes, parents beside young people, quotes."""
    known = reader()
    names = {one.key: one.name for one in known.codeframe.priorities} | {OF_NONE: ""}
    if key not in names or (key == OF_NONE and not known.codeframe.by_priority.get("")):
        abort(404)
    found = find_summary(known, slug)
    if found is None:
        return nothing_yet()
    inner = "" if key == OF_NONE else key
    lines = in_order(themes_of(found, inner))
    whole = priority_line(found, key, names[key]) if inner else None
    other = find_beside(known, found)
    return render_template(
        "themes/priority.html",
        summary=found,
        heading=in_page_language(names[key]) if inner else _("Other themes"),
        key=key,
        whole=whole,
        lines=lines,
        sentences=priority_sentences(found, whole, lines) if whole else overview_sentences(found, lines),
        bars=bars_of(lines),
        chart=manner_chart(lines),
        beside=[(line, theme_line(other, other.codeframe.by_code[line.code])) for line in lines] if other else (),
        other=other,
        quotes=quotes_of(found, {line.code for line in lines})[:QUOTES],
        **frame(found),
    )


def find_beside(known: ThemeReader, found: ThemeSummary) -> ThemeSummary | None:
    """Return the others' wave, parents beside young people: of the survey in which most wrote, the nearest in time.

    None where staff or anybody answers, and without one that is seen.
    """
    wanted = BESIDE.get(found.instrument.audience)
    nearest: dict[str, WaveFacts] = {}
    for wave, instrument in known.list_with_words(may_read):
        if instrument.audience == wanted and wave.demonstration == found.wave.demonstration:
            other = nearest.get(wave.survey_slug)
            if other is None or _apart(wave, found.wave) < _apart(other, found.wave):
                nearest[wave.survey_slug] = wave
    seen = [one for wave in nearest.values() if (one := find_summary(known, wave.slug))]
    shown = [one for one in seen if one.people.value is not None]
    return max(shown, key=lambda one: one.people.value or 0, default=None)


def _apart(one: WaveFacts, other: WaveFacts) -> timedelta:
    return abs(one.opens_on - other.opens_on)


def quotes_of(found: ThemeSummary, codes: set[str]) -> list[Quoted]:
    """Return the cleared quotes that speak of one of some themes."""
    return [one for one in list_theme_quotes(db.session, scope(), found) if one.themes & codes]


def choices() -> list[tuple[str, str]]:
    """Return the waves to choose from: slug, and survey with its month."""
    return [
        (wave.slug, _("%(survey)s, %(month)s", survey=instrument.formal_title,
                      month=format_date(wave.opens_on, "MMMM y")))
        for wave, instrument in reader().list_with_words(may_read)
    ]  # fmt: skip


def frame(found: ThemeSummary) -> dict[str, Any]:
    """Return what every page of themes has: the wave, whom its figures are of, the ways on, how numbers are made."""
    minors = found.instrument.minors
    return {
        "wave": found.wave,
        "waves": choices(),
        "survey": found.instrument.formal_title,
        "as_of": "" if found.made_on is None else _("Figures of %(day)s", day=format_date(found.made_on)),
        "caveat": caveat(),
        "why_private": why_private(),
        "rounding": policy().rounding,
        "threshold": policy().threshold_for(minors, sensitive=False),
        "ways": [(one.key, in_page_language(one.name)) for one in found.codeframe.priorities],
        "of_none": OF_NONE if found.codeframe.by_priority.get("") else "",
        "record": may(Permission.MANAGE_READING),
    }
