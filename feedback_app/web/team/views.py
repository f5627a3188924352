"""Pages for staff: waves, a wave as a whole, its protected tables as files, its rows for the SEND team."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from flask import Blueprint, abort, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _
from flask_login import current_user

from feedback_app.domain.comparing import has_routes
from feedback_app.domain.dimensions import dimensions_of, questions_of
from feedback_app.domain.disclosure.ledger import Audience, audience_of
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.instrument import Instrument
from feedback_app.domain.permission_words import PERMISSION_WORDS
from feedback_app.domain.permissions import Permission
from feedback_app.domain.wave import is_open, last_day
from feedback_app.extensions import db
from feedback_app.services import auditing, exporting, fielding, summarising
from feedback_app.services.comparing import list_comparable
from feedback_app.services.summarising import WaveLine
from feedback_app.services.wave_summary import WaveSummary
from feedback_app.store.engine import looking_first
from feedback_app.web import clock
from feedback_app.web.access import may, permissions, place, scope, staff
from feedback_app.web.account.steps import fresh
from feedback_app.web.coming import groups_later
from feedback_app.web.languages import page_language
from feedback_app.web.navigation import shows_components, special_pages
from feedback_app.web.noting import note_taken, seen
from feedback_app.web.team import phrases
from feedback_app.web.team.components import component_samples
from feedback_app.web.team.figures import section_figures
from feedback_app.web.team.forms import RowsForm
from feedback_app.web.team.group_words import by_words, geography
from feedback_app.web.team.hearing import hearing_of, hurried_sentence
from feedback_app.web.team.scale_words import method_of_scores, scale_line

blueprint = Blueprint("team", __name__, template_folder="templates", url_prefix="/team")
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
View = Callable[..., ResponseReturnValue]


def policy() -> Policy:
    """Return the partnership's thresholds of disclosure control."""
    return place().policy


def get_summary(slug: str) -> WaveSummary:
    """Return a wave's protected summary in the language of the page; raise SurveyUnknown, NothingShownYet."""
    population, language = place().population, page_language().locale
    return summarising.summarise_wave(
        db.session, scope(), slug, policy(), language, population=population, audience=audience()
    )


def audience() -> Audience:
    """Return as whom the member of staff who asks reads figures; ValueError for one whose roles read none."""
    return audience_of(permissions())


def may_read(instrument: Instrument) -> bool:
    """Return whether whoever asks may read figures of this survey: some read those of young people's surveys alone."""
    young = instrument.audience == "young_person"
    return may(Permission.READ_FIGURES) or (young and may(Permission.READ_YOUNG_FIGURES))


def reads_figures(view: View) -> View:
    """Let only those see this view who may read figures of the wave that its address names."""

    @wraps(view)
    def checked(**arguments: Any) -> ResponseReturnValue:
        found = fielding.get_wave(db.session, scope(), arguments["slug"])
        if not may_read(fielding.get_fielded(db.session, found.version_id).instrument):
            abort(403)
        return view(**arguments)

    return staff(Permission.READ_FIGURES, Permission.READ_YOUNG_FIGURES)(checked)


def as_of(taken_on: date | None) -> str:
    """Return of which day the figures are, or nothing where they are as of now."""
    return "" if taken_on is None else _("Figures of %(day)s", day=format_date(taken_on))


@blueprint.get("")
@staff(Permission.SIGN_IN)
def waves() -> ResponseReturnValue:
    """Show all waves, the newest first, with how many answered to those who may read figures; and what else is here."""
    today, reads = clock.today(), may(Permission.READ_FIGURES, Permission.READ_YOUNG_FIGURES)
    seen_as = audience() if reads else Audience.PUBLIC
    lines = summarising.list_summaries(db.session, scope(), policy(), page_language().locale, seen_as)
    shown = [
        {
            "line": line,
            "answered": _answered(line) if may_read(line.instrument) else "",
            "reads": may_read(line.instrument),
            "open": is_open(line.wave.opens_on, line.wave.closed_from, today),
            "later": line.wave.opens_on > today,
            "address": _address_of(line, today),
            "last_day": last_day(line.wave.closed_from),
        }
        for line in lines
    ]
    roles = [role for role in place().partnership.staff_roles if current_user.has_role(role.key.value)]
    return render_template(
        "team/waves.html",
        waves=shown,
        reads=reads,
        part=may(Permission.READ_YOUNG_FIGURES) and not may(Permission.READ_FIGURES),
        roles=roles,
        special=[(entry, _(PERMISSION_WORDS[permission])) for entry, permission in special_pages()],
        rounding=policy().rounding,
    )


def _address_of(line: WaveLine, today: date) -> str:
    """Return the address of an open wave's survey, to hand out; nothing while it is not open."""
    if not is_open(line.wave.opens_on, line.wave.closed_from, today):
        return ""
    return place().site_address.rstrip("/") + url_for("respond.start", slug=line.instrument.slug)


def _answered(line: WaveLine) -> str:
    """Return how many answered a wave, as whoever asks may know it."""
    if line.number is None:
        return _("No figures yet")
    return phrases.starting(phrases.answers_in_all(line.number))


@blueprint.get("/waves/<slug>")
@reads_figures
@seen(auditing.FIGURES_SEEN)
def wave(slug: str) -> ResponseReturnValue:
    """Show a wave as a whole: each question with its figures, its chart and its table."""
    summary = get_summary(slug)
    instrument = summary.instrument
    scales = [scale_line(scale) for scale in summary.release.scales]
    ways = dimensions_of(instrument, geography()) if summary.grouped else ()
    return render_template(
        "team/wave.html",
        summary=summary,
        sections=section_figures(summary, policy()),
        earlier=list_comparable(db.session, scope(), slug),
        hearing=hearing_of(summary.who, instrument, summary.weighting, summary.invited),
        hurried=hurried_sentence(summary.quality) if summary.quality else "",
        scales=scales,
        scale_method=method_of_scores(scales),
        answered=phrases.starting(phrases.answers_in_all(summary.number)),
        as_of=as_of(summary.taken_on),
        last_day=last_day(summary.wave.closed_from),
        caveat=phrases.caveat(),
        threshold=policy().threshold_for(instrument.minors, sensitive=False),
        rounding=policy().rounding,
        ways=[(way.name, by_words(way.name)) for way in ways],
        by_group={item.id for item in questions_of(instrument)} if ways else set(),
        groups_later="" if summary.grouped else groups_later(summary.wave.closed_from, routes=has_routes(instrument)),
        may_take_rows=may(Permission.TAKE_ROWS),
    )


def download(content: bytes, name: str, kind: str) -> ResponseReturnValue:
    """Send a file to keep under this name."""
    return send_file(io.BytesIO(content), mimetype=kind, as_attachment=True, download_name=name)


def tables_file(slug: str, content: bytes, name: str, kind: str) -> ResponseReturnValue:
    """Send a file of a wave's protected tables, once the audit log says who took it."""
    note_taken(auditing.TABLES_EXPORTED, slug, name)
    return download(content, name, kind)


@blueprint.get("/waves/<slug>/tables.csv")
@reads_figures
def tables_csv(slug: str) -> ResponseReturnValue:
    """Send a wave's protected tables as CSV."""
    summary = get_summary(slug)
    content = exporting.export_tables_csv(summary, phrases.file_words(summary))
    return tables_file(slug, content, f"{slug}-tables.csv", "text/csv")


@blueprint.get("/waves/<slug>/tables.xlsx")
@reads_figures
def tables_workbook(slug: str) -> ResponseReturnValue:
    """Send a wave's protected tables as a workbook."""
    summary = get_summary(slug)
    content = exporting.export_tables_workbook(summary, phrases.file_words(summary))
    return tables_file(slug, content, f"{slug}-tables.xlsx", WORKBOOK)


@blueprint.get("/waves/<slug>/rows")
@staff(Permission.TAKE_ROWS)
@fresh
def rows(slug: str) -> ResponseReturnValue:
    """Ask why the rows are needed."""
    return _rows_page(slug, RowsForm())


def _rows_page(slug: str, form: RowsForm) -> str:
    found = fielding.get_wave(db.session, scope(), slug)
    instrument = fielding.get_instrument(db.session, found.version_id, page_language().locale)
    return render_template("team/rows.html", wave=found, instrument=instrument, form=form)


@blueprint.post("/waves/<slug>/rows")
@staff(Permission.TAKE_ROWS)
@fresh
def take_rows(slug: str) -> ResponseReturnValue:
    """Log who takes the rows and why, and send them with their codebook; or ask again for a reason."""
    form = RowsForm()
    if not form.validate():
        return _rows_page(slug, form)
    actor = current_user.email
    db.session.rollback()  # the rows are packed without a turn to write: with many that takes seconds
    with looking_first(db.session):
        archive = _pack_rows(slug, in_words=bool(form.in_words.data))
    exporting.log_export(db.session, scope(), slug, actor=actor, reason=form.reason.data or "", now=clock.now())
    return download(archive, f"{slug}-rows.zip", "application/zip")


def _pack_rows(slug: str, *, in_words: bool) -> bytes:
    """Return a wave's rows and codebook as a ZIP in the language of the page; raise SurveyUnknown."""
    language = page_language().locale
    found = fielding.get_wave(db.session, scope(), slug)
    facts = exporting.row_facts(fielding.get_instrument(db.session, found.version_id, language))
    words = phrases.row_words(facts)
    return exporting.pack_rows(db.session, scope(), slug, words, in_words=in_words, language=language)


@blueprint.get("/components")
@staff(Permission.SIGN_IN)
def components() -> ResponseReturnValue:
    """Show every part the pages are made of, to those who build the site: in production there is no such page."""
    if not shows_components():
        abort(404)
    return render_template("team/components.html", samples=component_samples())
