"""Talks as calendar files: all that are to come, one, and one that a family has booked."""

from __future__ import annotations

import textwrap
import uuid
from collections.abc import Mapping

from flask import Response, abort, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback_app.domain.errors import BookingUnknown
from feedback_app.domain.talks.programme import Way
from feedback_app.domain.talks.talk import SignUpState, TalkFacts, TalkState
from feedback_app.extensions import db
from feedback_app.services import keeping_booking, talk_programme
from feedback_app.services.calendar_files import MIMETYPE, CalendarWords, Entry, EventState, calendar_file
from feedback_app.web import clock
from feedback_app.web.access import place, public, scope
from feedback_app.web.languages import in_page_language
from feedback_app.web.talk_words import programme
from feedback_app.web.talks import blueprint

LONGEST_ABOUT = 280
_STATES: Mapping[SignUpState, EventState] = {
    SignUpState.BOOKED: EventState.CONFIRMED,
    SignUpState.WAITING: EventState.TENTATIVE,
    SignUpState.OFFERED: EventState.TENTATIVE,
}


@blueprint.get("/calendar.ics")
@public
def calendar() -> ResponseReturnValue:
    """Give the talks to come as a calendar file; calendar programs that follow its address keep up with changes."""
    found = talk_programme.list_public(db.session, scope(), clock.now(), place().partnership.timezone)
    return _file([_entry(talk) for talk in found], "lets-talk")


@blueprint.get("/<slug>/calendar.ics")
@public
def talk_calendar(slug: str) -> ResponseReturnValue:
    """Give one talk as a calendar file."""
    talk = talk_programme.get_public(db.session, scope(), slug)
    return _file([_entry(talk)], talk.slug)


@blueprint.get("/booking/<token>/<uuid:sign_up_id>/calendar.ics")
@public
def own_calendar(token: str, sign_up_id: uuid.UUID) -> ResponseReturnValue:
    """Give one talk that a family has booked as a calendar file; it says nothing of the family or of its link."""
    try:
        booking = keeping_booking.find_booking(db.session, scope(), token)
        held = keeping_booking.get_held(db.session, scope(), booking, sign_up_id)
    except BookingUnknown:
        abort(404)
    state = _STATES.get(held.sign_up.state, EventState.CANCELLED)
    waits = held.sign_up.state in (SignUpState.WAITING, SignUpState.OFFERED)
    return _file([_entry(held.talk, held.sign_up.way, state, waits=waits)], held.talk.slug)


def _entry(
    talk: TalkFacts, way: Way | None = None, state: EventState = EventState.CONFIRMED, *, waits: bool = False
) -> Entry:
    """Return a talk as it stands in a calendar: for everybody, or for a family that attends in one way."""
    if talk.state is TalkState.CANCELLED:
        state = EventState.CANCELLED
    title = _("Let’s Talk: %(title)s", title=talk.title)
    summary = _("Waiting list: %(title)s", title=talk.title) if waits else title
    address = place().site_address.rstrip("/") + url_for("talks.talk", slug=talk.slug)
    return Entry(
        talk=talk,
        summary=_("Cancelled: %(title)s", title=talk.title) if state is EventState.CANCELLED else summary,
        where=where(talk, way),
        about="\n\n".join(filter(None, (textwrap.shorten(talk.about, LONGEST_ABOUT, placeholder=" …"), address))),
        address=address,
        state=state,
    )


def where(talk: TalkFacts, way: Way | None = None) -> str:
    """Return where a talk is, on one line: the place with its address, online, or both."""
    ways = (way,) if way else tuple(one.way for one in talk.ways)
    venue = talk.venue
    lines = [venue.name, venue.address, venue.postcode] if venue and Way.IN_PERSON in ways else []
    return ", ".join(filter(None, [*lines, _("Online") if Way.ONLINE in ways else ""]))


def _file(entries: list[Entry], name: str) -> Response:
    timezone, organiser = place().partnership.timezone, in_page_language(programme().organiser)
    words = CalendarWords(_("Let’s Talk, %(organiser)s", organiser=organiser), place().host, timezone)
    reply = Response(calendar_file(entries, words, clock.now()), content_type=MIMETYPE)
    reply.headers.set("Content-Disposition", "attachment", filename=f"{name}.ics")
    return reply
