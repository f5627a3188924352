"""How far talks reach: one page and one file, for everybody who reads figures of talks."""

from __future__ import annotations

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from feedback_app.domain.disclosure.ledger import Audience, audience_of
from feedback_app.domain.permissions import Permission
from feedback_app.domain.talks.reach import days_until_told
from feedback_app.extensions import db
from feedback_app.reports.files import tables_csv
from feedback_app.services import auditing
from feedback_app.services import reach as reaching
from feedback_app.services.reach import Reach, SaidAfter, Today
from feedback_app.web import clock
from feedback_app.web.access import may, permissions, place, scope, staff
from feedback_app.web.languages import page_language
from feedback_app.web.noting import note_seen, note_taken
from feedback_app.web.running import blueprint
from feedback_app.web.running import reach_words as words
from feedback_app.web.talk_words import programme
from feedback_app.web.team import phrases
from feedback_app.web.team.sentences import sentences_of


@blueprint.get("/reach")
@staff(Permission.READ_REACH)
def reach() -> ResponseReturnValue:
    """Show how many talks were held against the plan, where, who came, what was needed and what people said."""
    found, target = _reach(), programme().target
    said = _said()
    if said:
        note_seen(auditing.FIGURES_SEEN, said.summary.wave.slug)
    return render_template(
        "running/reach.html",
        reach=found,
        target=target,
        opening=words.opening(found, target),
        words=words,
        splits=words.splits_of(found.block) if found.block else [],
        rates=words.rate_chart(found.quarters),
        themes=words.theme_lines(found.questions) if found.questions else [],
        said=_said_lines(said),
        said_of=said.summary if said else None,
        survey=said.summary.wave.slug if said and may(Permission.READ_FIGURES) else "",
        policy=place().policy,
        told_after=days_until_told(programme().rules),
    )


@blueprint.get("/reach.csv")
@staff(Permission.READ_REACH)
def reach_file() -> ResponseReturnValue:
    """Give the figures of this page as a table for a spreadsheet: the same ones, protected in the same way."""
    note_taken(auditing.TABLES_EXPORTED, "reach of talks")
    reply = Response(tables_csv(words.rows_of(_reach()), words.COLUMNS), content_type="text/csv; charset=utf-8")
    reply.headers.set("Content-Disposition", "attachment", filename="talks-reach.csv")
    return reply


def _reach() -> Reach:
    partnership = place().partnership
    districts = [one.code for one in partnership.districts]
    today = Today(clock.now(), partnership.timezone)
    return reaching.get_reach(db.session, scope(), programme(), place().policy, districts, today)


def _said() -> SaidAfter | None:
    """Return what people said after talks: as whoever asks reads figures, others as of the latest snapshot."""
    audience = audience_of(permissions()) if may(Permission.READ_FIGURES) else Audience.BOARD
    language = page_language().locale
    return reaching.find_said_after(db.session, scope(), programme(), place(), language, audience)


def _said_lines(said: SaidAfter | None) -> list[tuple[str, list[str]]]:
    """Return each question with what its figures say, and on how many answers they rest."""
    lines = []
    for item, table in said.answers if said else ():
        told = [phrases.reason(table.reason)] if table.reason else sentences_of(item, table)
        lines.append((item.text, [*told, phrases.from_answers(table.base)]))
    return lines
