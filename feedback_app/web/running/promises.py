"""What was promised at talks, for those who keep an eye on it: all of it, and changing one."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback_app.domain.errors import PromiseUnknown
from feedback_app.domain.permissions import Permission
from feedback_app.extensions import db
from feedback_app.services import promising
from feedback_app.services.promising import PromiseFacts
from feedback_app.web import clock
from feedback_app.web.access import may, place, scope, staff
from feedback_app.web.running import blueprint, promising_words
from feedback_app.web.running.after import CHANGE, KEEP, look_page, note_done
from feedback_app.web.running.promising_words import PromiseForm

ASK_DELETE, DELETE = "ask_delete", "delete"


@blueprint.get("/promises")
@staff(Permission.KEEP_PROMISES)
def promises() -> ResponseReturnValue:
    """List what was promised at talks: what is open first, and what is late marked."""
    found = promising.list_promises(db.session, scope())
    return render_template(
        "running/promises.html",
        promises=found,
        late=sum(one.is_overdue(clock.today()) for one in found),
        today=clock.today(),
        words=promising_words,
    )


@blueprint.get("/promises/<uuid:promise_id>")
@staff(Permission.KEEP_PROMISES)
def promise(promise_id: uuid.UUID) -> ResponseReturnValue:
    """Show one promise, to be changed or settled."""
    found = promising.get_promise(db.session, scope(), promise_id)
    return _page(found, promising_words.typed_of(found), {})


@blueprint.post("/promises/<uuid:promise_id>")
@staff(Permission.KEEP_PROMISES)
def change_promise(promise_id: uuid.UUID) -> ResponseReturnValue:
    """Keep what was changed in a promise or what became of it, after a look where it may name somebody.

    Who runs the talks may delete one that was written down by mistake; who is to keep it may not.
    """
    form = PromiseForm()
    typed, step = form.typed, form.step.data or ""
    if step in (ASK_DELETE, DELETE):
        return _delete(promise_id, asks=step == ASK_DELETE)
    found = promising.get_promise(db.session, scope(), promise_id)
    new, wrong = promising.read_promise(typed, promising_words.themes_by_code(), clock.today())
    if wrong or step == CHANGE:
        return _page(found, typed, promising_words.wrong_lines(wrong)), 422 if wrong else 200
    doubt = promising.find_doubt(new, place().screening)
    if doubt and step != KEEP:
        address = url_for("running.promise", promise_id=found.id)
        return look_page(promising_words.look_at(typed), typed, address, public=True, danger=doubt.danger)
    if promising.change_promise(db.session, scope(), found, new, clock.today()):
        note_done(promising.CHANGED, f"promise {found.id}")
    flash(_("It is kept. Families can read it now."))
    return redirect(url_for("running.promises"), 303)


def _delete(promise_id: uuid.UUID, *, asks: bool) -> ResponseReturnValue:
    if not may(Permission.RUN_TALKS):
        abort(403)
    try:
        found = promising.get_promise(db.session, scope(), promise_id)
        if asks:
            return render_template("running/promise_delete.html", promise=found, words=promising_words)
        promising.delete_promise(db.session, scope(), found)
        note_done(promising.DELETED, f"promise {found.id}")
    except PromiseUnknown:  # the same press came twice, or somebody else was first
        pass
    flash(_("It is deleted. Families do not see it any more."))
    return redirect(url_for("running.promises"), 303)


def _page(found: PromiseFacts, typed: Mapping[str, str], wrong: Mapping[str, str]) -> str:
    return render_template(
        "running/promise.html",
        promise=found,
        typed=typed,
        wrong=wrong,
        lines=promising_words.mend_lines(wrong),
        themes=promising_words.theme_options([found.theme]),
        runs=may(Permission.RUN_TALKS),
        words=promising_words,
    )
