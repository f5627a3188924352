"""Bringing in many voices: a table pasted from a spreadsheet, checked row by row, then kept."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import StringField

from feedback_app.domain.hiding import find_personal
from feedback_app.domain.permissions import Permission
from feedback_app.domain.voice_rows import COLUMNS, NEEDED, Row, TableWrong, read_table
from feedback_app.extensions import db
from feedback_app.services import voices
from feedback_app.web import clock
from feedback_app.web.access import scope, staff
from feedback_app.web.voices import words
from feedback_app.web.voices.bringing import KEEP, entering
from feedback_app.web.voices.views import blueprint, note_done

MOST_SHOWN = 50  # refused rows that are told one by one


class TableForm(FlaskForm):
    """A table as text."""

    table = StringField()
    step = StringField()


@dataclass(frozen=True)
class Report:
    """What a table holds: how many rows there are, come in, are there already, hold names, and are refused."""

    rows: int
    new: int
    known: int
    names: int
    refused: list[tuple[int, list[str]]]


@blueprint.get("/many")
@staff(Permission.ADD_VOICES)
def ask_for_many() -> ResponseReturnValue:
    """Ask for a table of voices, pasted from a spreadsheet."""
    return _page("", None, "")


def _page(table: str, report: Report | None, wrong: str) -> str:
    return render_template(
        "voices/many.html",
        table=table,
        report=report,
        wrong=wrong,
        columns=COLUMNS,
        needed=NEEDED,
        shown=report.refused[:MOST_SHOWN] if report else [],
        kinds=words.kinds(),
        tellers=words.tellers(),
        consents=words.consents(),
    )


@blueprint.post("/many")
@staff(Permission.ADD_VOICES)
def bring_in_many() -> ResponseReturnValue:
    """Check a table row by row; once that is confirmed, keep the rows that are sound."""
    form = TableForm()
    table = form.table.data or ""
    try:
        rows = read_table(table, words.district_codes(), clock.today())
    except TableWrong as wrong:
        return _page(table, None, words.table_wrong(wrong)), 422
    if not rows:
        return _page(table, None, words.table_wrong(TableWrong("empty"))), 422
    report = _report(rows)
    if form.step.data != KEEP or not report.new:
        return _page(table, report, ""), (200 if report.new else 422)
    added = len(voices.add_voices(db.session, scope(), [row.voice for row in rows if row.voice], entering()))
    note_done(voices.ADDED, voices.VOICES, f"{added} of {report.rows} rows")
    flash(f"{words.brought_in(added)} {_told(report)}".strip())
    if report.refused:
        return _page(table, _report(rows), "")
    return redirect(url_for("voices.voice_list"))


def _report(rows: list[Row]) -> Report:
    sound = [row.voice for row in rows if row.voice]
    new = voices.new_among(db.session, scope(), sound)
    return Report(
        rows=len(rows),
        new=len(new),
        known=len(sound) - len(new),
        names=sum(bool(find_personal(voice.words)) for voice in new),
        refused=[(row.number, [words.say(why) for why in row.wrong]) for row in rows if row.wrong],
    )


def _told(report: Report) -> str:
    """Return what became of the other rows."""
    told = []
    if report.known:
        told.append(ngettext("%(num)s was here already.", "%(num)s were here already.", report.known))
    if report.refused:
        told.append(
            ngettext(
                "%(num)s was left out, for something in it has to be mended.",
                "%(num)s were left out, for something in them has to be mended.",
                len(report.refused),
            )
        )
    return " ".join(told)
