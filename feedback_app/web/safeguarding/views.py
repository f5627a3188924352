"""The safeguarding reader's pages: what waits, one comment at a time, and what is decided of it."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from feedback_app.domain.errors import DecidedBefore, EntryUnknown
from feedback_app.domain.permissions import Permission
from feedback_app.domain.safeguarding import LONGEST_NOTE, Outcome
from feedback_app.domain.working_days import WorkingDays
from feedback_app.extensions import db
from feedback_app.services import safeguarding
from feedback_app.services.safeguarding import EntryFacts
from feedback_app.web import clock
from feedback_app.web.access import place, scope, staff
from feedback_app.web.noting import note_taken
from feedback_app.web.safeguarding import showing

blueprint = Blueprint("safeguarding", __name__, template_folder="templates", url_prefix="/team/safeguarding")
COMMENT_SEEN = "comment seen by safeguarding"
LAST = "safeguarding_last"  # in the browser's session: what was decided last, to be looked at again


def reader() -> str:
    """Return who reads."""
    return str(current_user.email)


@blueprint.get("")
@staff(Permission.READ_FLAGGED)
def queue() -> ResponseReturnValue:
    """Show what waits to be read: flagged comments first, then how many of children; and what was read lately."""
    here, today = scope(), clock.today()
    lines = [
        (one, showing.context_of(one), showing.reasons_of(one), showing.due_words(one, today))
        for one in safeguarding.list_flagged(db.session, here)
    ]
    lately = [
        (one, showing.context_of(one), showing.outcome_words(one.outcome))
        for one in safeguarding.list_lately(db.session, here, reader())
        if one.outcome
    ]
    return render_template(
        "safeguarding/queue.html",
        lines=lines,
        lately=lately,
        waiting=safeguarding.count_waiting(db.session, here, today),
        following=safeguarding.find_next(db.session, here),
        readers=len(safeguarding.list_readers(db.session, here)),
        screened=place().screening is not None,
        last=session.get(LAST),
    )


@blueprint.get("/<uuid:comment_id>")
@staff(Permission.READ_FLAGGED)
def comment(comment_id: UUID) -> ResponseReturnValue:
    """Show one comment with all its words; every look goes into the audit log."""
    entry = safeguarding.get_entry(db.session, scope(), comment_id)
    note_taken(COMMENT_SEEN, safeguarding.subject_of(entry), str(comment_id))
    return _page(entry, {}, "", "")


def _page(entry: EntryFacts, wrong: dict[str, str], chosen: str, note: str, status: int = 200) -> tuple[str, int]:
    page = render_template(
        "safeguarding/comment.html",
        entry=entry,
        context=showing.context_of(entry),
        pieces=showing.pieces_of(entry),
        reasons=showing.reasons_of(entry),
        due=showing.due_words(entry, clock.today()),
        outcome=showing.outcome_words(entry.outcome) if entry.outcome else "",
        wrong=wrong,
        chosen=chosen,
        note=note,
        longest=LONGEST_NOTE,
        last=session.get(LAST) if session.get(LAST) != str(entry.comment_id) else None,
    )
    return page, status


@blueprint.post("/<uuid:comment_id>")
@staff(Permission.READ_FLAGGED)
def decide(comment_id: UUID) -> ResponseReturnValue:
    """Keep what the reader decided of a comment and lead to the next; a note must say to whom it was passed on."""
    entry = safeguarding.get_entry(db.session, scope(), comment_id)
    chosen = request.form.get("outcome", "")
    note = " ".join(request.form.get("note", "").replace("\0", "").split())
    if not entry.flagged and chosen != Outcome.READ:  # nothing else can be said of it: no page of ours sends that
        return redirect(url_for("safeguarding.comment", comment_id=comment_id))
    wrong = _wrong(entry, chosen, note)
    if wrong:
        return _page(entry, wrong, chosen, request.form.get("note", "")[: 2 * LONGEST_NOTE], 422)
    try:
        there = safeguarding.decide(
            db.session, scope(), comment_id, Outcome(chosen), note, by=reader(), now=clock.now()
        )
    except DecidedBefore:
        return _page(safeguarding.get_entry(db.session, scope(), comment_id), {}, chosen, note, 409)
    if there:
        session[LAST] = str(comment_id)
    flash(_("That is kept.") if there else _("That is kept. It was taken back by whoever told it, and is deleted now."))
    return _onward(comment_id)


def _wrong(entry: EntryFacts, chosen: str, note: str) -> dict[str, str]:
    """Return what is to be mended, by field."""
    if chosen not in [one.value for one in safeguarding.outcomes_for(entry)]:
        return {"outcome-let_through": _("Say what you decided.")}
    if len(note) > LONGEST_NOTE:
        return {"note": _("Write at most %(most)s letters.", most=LONGEST_NOTE)}
    if chosen == Outcome.PASSED_ON and not note:
        return {"note": _("Write to whom you passed it on.")}
    return {}


def _onward(comment_id: UUID) -> ResponseReturnValue:
    following = safeguarding.find_next(db.session, scope(), but=comment_id)
    if following is None:
        return redirect(url_for("safeguarding.queue"))
    return redirect(url_for("safeguarding.comment", comment_id=following))


@blueprint.post("/<uuid:comment_id>/flag")
@staff(Permission.READ_FLAGGED)
def flag(comment_id: UUID) -> ResponseReturnValue:
    """Flag a child's comment that raised no flag by itself: it is held from now on."""
    try:
        safeguarding.flag(db.session, scope(), comment_id, by=reader(), now=clock.now())
    except DecidedBefore:
        return _page(safeguarding.get_entry(db.session, scope(), comment_id), {}, "flag", "", 409)
    return redirect(url_for("safeguarding.comment", comment_id=comment_id))


@blueprint.post("/<uuid:comment_id>/undo")
@staff(Permission.READ_FLAGGED)
def undo(comment_id: UUID) -> ResponseReturnValue:
    """Take back what was decided of a comment: it waits again."""
    if session.get(LAST) == str(comment_id):
        session.pop(LAST)
    screening = place().screening
    days = screening.days if screening else WorkingDays()
    try:
        safeguarding.undo(db.session, scope(), comment_id, days, by=reader(), now=clock.now())
    except EntryUnknown:
        flash(_("It is not there any more."))
        return redirect(url_for("safeguarding.queue"))
    return redirect(url_for("safeguarding.comment", comment_id=comment_id))
