"""The waiting list of a talk and the order of what was offered, for anyone who asks: it names nobody."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import render_template
from flask.typing import ResponseReturnValue

from feedback_app.domain.permissions import Permission
from feedback_app.extensions import db
from feedback_app.services import attending
from feedback_app.web.access import place, scope, staff
from feedback_app.web.running import blueprint
from feedback_app.web.running.the_day import about, talk_of
from feedback_app.web.running.the_day_words import turn_words
from feedback_app.web.talk_words import day_words, moment_words, offer_words


@blueprint.get("/<slug>/waiting")
@staff(Permission.RUN_TALKS)
def waiting(slug: str) -> ResponseReturnValue:
    """Show in which order families wait for a talk and what was offered to whom when, without naming anybody."""
    talk = talk_of(slug)
    turns = attending.list_order(db.session, scope(), talk)
    timezone = place().partnership.timezone
    return render_template(
        "running/waiting.html",
        **about(talk),
        ways=[(way, [turn for turn in turns if turn.way is way.way]) for way in talk.ways],
        turns=turns,
        standing=turn_words,
        day_of=lambda moment: day_words(moment.astimezone(ZoneInfo(timezone)).date()),
        local=lambda moment: moment_words(moment, timezone),
        ended=offer_words,
    )
