"""The register of a talk: printed, filled in on the page, or kept on a phone where there is no network.

Kept on a phone, the page is the same, looked after by a worker (js/register_worker.js) that knows this one address.
What is ticked meanwhile is sent later by the form of the page itself: js/register.js says how.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from feedback_app.domain.permissions import Permission
from feedback_app.domain.talks.talk import TalkFacts
from feedback_app.extensions import db
from feedback_app.services import attending
from feedback_app.services.attending import Coming, Tick, Ticked
from feedback_app.web import clock
from feedback_app.web.access import place, scope, staff
from feedback_app.web.noting import note_seen
from feedback_app.web.running import blueprint
from feedback_app.web.running.check_in import note_attendance
from feedback_app.web.running.the_day import about, by_way, coming_to, talk_of
from feedback_app.web.running.the_day_words import people_words
from feedback_app.web.talk_words import moment_words, programme
from feedback_app.web.typed import read_id, read_number

BLANK_LINES = 6  # on paper, for those who come without a booking
WORKER = "js/register_worker.js"
WAS, HERE, MANY = "was-", "here-", "many-"  # how fields about a family begin


@blueprint.get("/<slug>/register")
@staff(Permission.RUN_TALKS)
def register(slug: str) -> ResponseReturnValue:
    """Show the register, to print, to tick on the page, or to keep on a phone for a place without a network."""
    talk = talk_of(slug)
    coming = [one for one in coming_to(talk) if attending.has_places(one) or one.sign_up.came is not None]
    if coming:
        note_seen(attending.REGISTER_SEEN, talk.slug)
    with_needs = request.args.get("needs") == "yes"
    crossed = {read_id(typed) for typed in request.args.getlist("look")[:500]}
    return render_template(
        "running/register.html",
        **about(talk),
        ways=by_way(talk, coming),
        coming=coming,
        crossed={one.sign_up.id for one in coming} & crossed,
        with_needs=with_needs,
        signs=_signs(coming) if with_needs else {},
        numbers=attending.find_numbers(db.session, scope(), talk),
        made=moment_words(clock.now(), place().partnership.timezone),
        note_key=uuid.uuid4(),
        blank_lines=BLANK_LINES,
        people_words=people_words,
    )


def _signs(coming: Sequence[Coming]) -> dict[str, int]:
    """Return need -> the number that stands for it on paper, of those that somebody has."""
    asked = {need.need for one in coming for need in one.needs}
    return {need.key: need.code for need in programme().needs if need.key in asked}


@blueprint.post("/<slug>/register")
@staff(Permission.RUN_TALKS)
def tick(slug: str) -> ResponseReturnValue:
    """Note who came as ticked on the page or on a phone; ticks sent twice count once, and those of two are told."""
    talk = talk_of(slug)
    ticks = [found for found in (_read_tick(name) for name in request.form if name.startswith(WAS)) if found]
    ticked = attending.apply_ticks(db.session, scope(), talk, ticks)
    if ticked.kept:
        note_attendance(talk)
    _tell(talk, ticked)
    return redirect(url_for("running.register", slug=slug, look=[str(one) for one in ticked.crossed]))


def _read_tick(name: str) -> Tick | None:
    """Return a tick that differs from what the page showed, or None: what was left alone says nothing."""
    key = name.removeprefix(WAS)
    sign_up_id = read_id(key)
    if sign_up_id is None:
        return None
    was = read_number(request.form.get(name))
    came = (read_number(request.form.get(f"{MANY}{key}")) or 1) if f"{HERE}{key}" in request.form else None
    if came == was or (came is None and was == 0):
        return None
    return Tick(sign_up_id, came, was)


def _tell(talk: TalkFacts, ticked: Ticked) -> None:
    if not (ticked.kept or ticked.gone):
        flash(_("Nothing was changed."))
    if ticked.kept:
        flash(ngettext("%(num)s tick is kept.", "%(num)s ticks are kept.", ticked.kept))
    if ticked.gone:
        flash(
            ngettext(
                "%(num)s family has no place any more. If they came, count them without a booking.",
                "%(num)s families have no place any more. If they came, count them without a booking.",
                ticked.gone,
            )
        )


@blueprint.get("/worker.js")
@staff(Permission.RUN_TALKS)
def worker() -> ResponseReturnValue:
    """Give the browser what lets a register open without a network: a script that knows this one page."""
    with current_app.open_resource(f"web/static/{WORKER}", "r", encoding="utf-8") as script:
        return Response(script.read(), mimetype="text/javascript")
