"""The auditor's pages: what stands in the audit log, its file, and whether it is as it was written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask import Blueprint, Response, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_datetime, format_decimal
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from feedback_app.domain.audit_chain import START, Broken, Entry, Link, read_link
from feedback_app.domain.audit_search import Sought
from feedback_app.domain.permissions import Permission
from feedback_app.domain.scope import Scope
from feedback_app.extensions import db
from feedback_app.services import auditing
from feedback_app.store.engine import reading_only
from feedback_app.web import clock
from feedback_app.web.access import scope, staff
from feedback_app.web.auditing.asking import Asked, read_before, read_filters
from feedback_app.web.errors import show_error
from feedback_app.web.noting import note_seen, note_taken

blueprint = Blueprint("auditing", __name__, template_folder="templates", url_prefix="/team/audit")
BYTE_ORDER_MARK = "\ufeff"  # by which spreadsheets know UTF-8


@blueprint.get("")
@staff(Permission.READ_AUDIT)
def log() -> ResponseReturnValue:
    """Show the entries that are looked for, the newest first, 50 a page."""
    asked = read_filters(request.args)
    if asked.wrong:
        return _log_page(asked, auditing.Page((), None)), 400
    try:
        before = read_before(request.args.get("before"))
    except ValueError:
        return _no_such_page()
    note_seen(auditing.LOG_READ, auditing.LOG)
    return _log_page(asked, auditing.page_of(db.session, scope(), asked.sought, before), before)


def _log_page(asked: Asked, page: auditing.Page, before: int | None = None) -> str:
    older = url_for("auditing.log", **asked.address, before=page.older) if page.older else ""
    return render_template(
        "auditing/log.html",
        asked=asked,
        wrong=asked.wrong,
        entries=[(entry, _local(entry)) for entry in page.entries],
        newest=url_for("auditing.log", **asked.address) if before else "",
        older=older,
        file=url_for("auditing.export", **asked.address),
        actions=auditing.words_lately(db.session, scope()),
    )


def _local(entry: Entry) -> str:
    """Return when something was done, where the partnership is."""
    there: datetime = entry.at.astimezone(clock.now().tzinfo)
    return format_datetime(there, "d MMM y, HH:mm", rebase=False)


def _no_such_page() -> ResponseReturnValue:
    actions = [{"text": _("The newest entries"), "url": url_for("auditing.log")}]
    sentences = [_("The number at the end of the address has to be a whole one. Begin with the newest entries.")]
    return show_error(_("There is no such page of the audit log"), sentences, 400, actions)


@blueprint.get("/entries.csv")
@staff(Permission.READ_AUDIT)
def export() -> ResponseReturnValue:
    """Send the entries that are looked for as CSV, the oldest first; the log says who took it."""
    asked = read_filters(request.args)
    if asked.wrong:
        return _log_page(asked, auditing.Page((), None)), 400
    note_taken(auditing.LOG_EXPORTED, auditing.LOG, asked.told)
    place, last = scope(), auditing.last_number(db.session, scope())
    lines = auditing.csv_lines(_kept(db.session, place, asked.sought, last))
    reply = Response(stream_with_context(_with_mark(lines)), mimetype="text/csv")
    reply.headers["Content-Disposition"] = "attachment; filename=audit-log.csv"
    return reply


def _with_mark(lines: Iterator[str]) -> Iterator[str]:
    yield BYTE_ORDER_MARK
    yield from lines


def _kept(session: Session, place: Scope, sought: Sought, last: int) -> Iterator[tuple[Entry, str]]:
    """Yield entries up to the last one, each batch in a transaction of its own: whoever reads slowly holds none."""
    after = 0
    while True:
        with reading_only():
            try:
                batch = auditing.list_after(session, place, sought, after, last)
            finally:
                session.rollback()
        if not batch:
            return
        yield from batch
        after = batch[-1][0].number


@blueprint.get("/check")
@staff(Permission.READ_AUDIT)
def check() -> ResponseReturnValue:
    """Say whether the whole log is as it was written, and whether what was noted earlier is still there."""
    typed = request.args.get("noted", "").strip()
    try:
        noted = read_link(typed) if typed else START
    except ValueError:
        sentence = _("Write the number, a colon and the 64 letters and figures that you noted.")
        return render_template("auditing/check.html", typed=typed, wrong=sentence, found=None), 400
    note_seen(auditing.LOG_CHECKED, auditing.LOG)
    found = auditing.verify_log(db.session, scope(), noted)
    return render_template(
        "auditing/check.html",
        typed=typed,
        wrong="",
        found=found,
        guarded=auditing.is_guarded(db.session),
        said=broken_sentence(found.broken, noted) if found.broken else "",
        still_there=format_decimal(noted.number) if typed and not found.broken else "",
    )


def broken_sentence(broken: Broken, noted: Link) -> str:
    """Return what is wrong with the log, naming its first entry that does not hold."""
    number = format_decimal(broken.number)
    return {
        "missing": _("Entry %(number)s is missing.", number=number),
        "added": _("Entry %(number)s was put in between later.", number=number),
        "moved": _("Entry %(number)s does not follow the entry before it.", number=number),
        "changed": _("Entry %(number)s has been changed since it was written.", number=number),
        "cut": _(
            "Entry %(number)s and those after it are missing. You noted entry %(noted)s.",
            number=number,
            noted=format_decimal(noted.number),
        ),
        "rewritten": _("Entry %(number)s is not the one that you noted.", number=number),
    }[broken.how]
