"""What people asked ahead of a talk: to be read out and answered there, without saying who asked."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback_app.domain.permissions import Permission
from feedback_app.extensions import db
from feedback_app.services import talk_voices
from feedback_app.web import talk_words
from feedback_app.web.access import scope, staff
from feedback_app.web.noting import note_seen
from feedback_app.web.running import blueprint
from feedback_app.web.running.after import note_done, published_talk
from feedback_app.web.typed import read_id

SEEN, ANSWERED, OPEN = "questions of a talk seen", "question answered", "question open again"


@blueprint.get("/<slug>/questions")
@staff(Permission.RUN_TALKS)
def questions(slug: str) -> ResponseReturnValue:
    """Show what was asked ahead of a talk, names hidden, to be read out; never who asked."""
    talk = published_talk(slug)
    found, timing = talk_voices.list_questions(db.session, scope(), talk), talk_words.talk_clock()
    page = render_template(
        "running/questions.html",
        talk=talk,
        begun=talk.has_begun(timing.now, timing.timezone),
        waiting=[one for one in found if not one.answered],
        answered=[one for one in found if one.answered],
        said=talk_words,
    )
    note_seen(SEEN, f"talk {talk.slug}")
    return page


@blueprint.post("/<slug>/questions")
@staff(Permission.RUN_TALKS)
def mark_question(slug: str) -> ResponseReturnValue:
    """Note that a question was answered, or that it was not after all."""
    talk = published_talk(slug)
    done = request.form.get("do", "") == "answered"
    asked = read_id(request.form.get("question", ""))
    is_new = talk_voices.mark_answered(db.session, scope(), talk, asked, answered=done) if asked else None
    if is_new:
        note_done(ANSWERED if done else OPEN, f"talk {talk.slug}")
    if is_new is not None:
        flash(_("It is marked as answered.") if done else _("It is back among what is to be answered."))
    return redirect(url_for("running.questions", slug=talk.slug), 303)
