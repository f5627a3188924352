"""Who comes to a talk and how to reach them: the only page besides the register that shows it."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from feedback_app.domain.permissions import Permission
from feedback_app.extensions import db
from feedback_app.services import attending
from feedback_app.services.attending import how_far
from feedback_app.web.access import scope, staff
from feedback_app.web.noting import note_seen
from feedback_app.web.running import blueprint
from feedback_app.web.running.the_day import about, by_way, coming_to, talk_of
from feedback_app.web.running.the_day_words import standing_words


@blueprint.get("/<slug>/people")
@staff(Permission.RUN_TALKS)
def people(slug: str) -> ResponseReturnValue:
    """Show who has booked a talk or waits for a place, how to reach them, and in short what they need."""
    talk = talk_of(slug)
    coming = coming_to(talk)
    numbers = attending.find_numbers(db.session, scope(), talk)
    if coming:
        note_seen(attending.PEOPLE_SEEN, talk.slug)
    return render_template(
        "running/people.html",
        **about(talk),
        ways=by_way(talk, coming),
        coming=coming,
        has_places=attending.has_places,
        numbers=numbers,
        far=how_far([need for one in coming for need in one.needs]),
        standing=standing_words,
    )
