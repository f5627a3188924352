"""Booking a whole term or series in one go; single dates can be dropped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback_app.domain.errors import TooManyBookings, TooManyPlaces
from feedback_app.domain.talks.programme import Way
from feedback_app.domain.talks.talk import TalkFacts
from feedback_app.extensions import db
from feedback_app.services import talk_programme
from feedback_app.services.signing_up import Wanted
from feedback_app.services.talk_programme import Together
from feedback_app.web import clock, talk_words
from feedback_app.web.access import place, public, scope
from feedback_app.web.talks import asking, blueprint, telling
from feedback_app.web.talks.asking import Typed
from feedback_app.web.talks.booking import (
    after_booking,
    contact_field,
    form_parts,
    keep,
    room_at,
    room_words,
)
from feedback_app.web.talks.programme import card_of


@blueprint.get("/together/<kind>/<slug>")
@public
def book_together(kind: str, slug: str) -> ResponseReturnValue:
    """Ask what is needed to book a whole term or series: all talks are ticked, and each can be dropped."""
    found = _find(kind, slug)
    if not found.talks:
        return redirect(url_for("talks.programme"))
    return _page(found, asking.new_form(), {})


@blueprint.post("/together/<kind>/<slug>")
@public
def book_them(kind: str, slug: str) -> ResponseReturnValue:
    """Book the talks that are ticked, with the waiting list where one is full; or say what to mend."""
    found = _find(kind, slug)
    if not found.talks:
        return redirect(url_for("talks.programme"))
    typed = asking.typed_form()
    chosen = [talk for talk in found.talks if talk.slug in (typed.talks or ())]
    if notice := asking.changed_words(typed.seen, chosen):
        return _page(found, typed, {}, notice), 409
    person, wrong = asking.read_person(typed, asking.needs_asked(chosen or found.talks))
    first = _wrong_choice(found, typed, chosen)
    if person is None or first:
        return _page(found, typed, first | wrong), 422
    if small := _too_small(chosen, typed, person.places):
        return _page(found, typed, {"places": small}), 422
    wanted = [Wanted(talk.id, _way_at(talk, typed), person.places) for talk in chosen]
    try:
        booked = keep(typed, person, wanted)
    except TooManyBookings as many:
        return _page(found, typed, {contact_field(typed): asking.slow_words(many)}), 429
    except TooManyPlaces as small_room:  # it has become smaller while we looked: one talk was chosen
        db.session.rollback()
        return _page(found, typed, {"places": room_words(chosen[0], small_room.most)}), 422
    return after_booking(booked)


def _find(kind: str, slug: str) -> Together:
    return talk_programme.get_together(db.session, scope(), kind, slug, clock.now(), place().partnership.timezone)


def _wrong_choice(found: Together, typed: Typed, chosen: list[TalkFacts]) -> dict[str, str]:
    """Return what to mend about the talks and the way; one that has closed meanwhile is not left out unsaid."""
    if (typed.talks or frozenset()) - {talk.slug for talk in found.talks}:
        return {"talk": _("A talk that you chose cannot be booked any more. We took it out. Look at the rest again")}
    if not chosen:
        return {"talk": _("Choose at least one talk")}
    if typed.way not in {*Way} and any(len(talk.ways) > 1 for talk in chosen):
        return {"way": _("Choose how you take part")}
    return {}


def _too_small(chosen: Sequence[TalkFacts], typed: Typed, places: int) -> str:
    """Return, of all talks at once, that a family is larger than the room; nothing where it fits everywhere."""
    rooms = [(talk, room_at(talk, _way_at(talk, typed))) for talk in chosen]
    small = [(talk, room) for talk, room in rooms if places > room]
    if len(small) < 2:
        return room_words(*small[0]) if small else ""
    each = [_("“%(title)s” (room for %(num)s)", title=telling.isolated(talk.title), num=room) for talk, room in small]
    return _(
        "These talks are too small for you all: %(talks)s. Choose fewer places, or take them out", talks=", ".join(each)
    )


def _way_at(talk: TalkFacts, typed: Typed) -> Way:
    """Return how a family takes part in a talk: as they like it where there is a choice, else as it is held."""
    return next((one.way for one in talk.ways if one.way == typed.way), talk.ways[0].way)


def together_again(kind: str, slug: str, notice: str) -> str | None:
    """Return the form that was sent, filled in, to be sent once more; None where nothing can be booked."""
    found = _find(kind, slug)
    return _page(found, asking.typed_form(), {}, notice) if found.talks else None


def _page(found: Together, typed: Typed, wrong: Mapping[str, str], notice: str = "") -> str:
    if typed.talks is None:
        typed = replace(typed, talks=frozenset(talk.slug for talk in found.talks))
    needs = asking.needs_asked(found.talks)
    return render_template(
        "talks/together.html",
        together=found,
        cards=[card_of(talk) for talk in found.talks],
        ways=[(way.value, talk_words.way_words(way)) for way in Way],
        needs=needs,
        met=telling.met_at(found.talks, needs),
        late=telling.late_days(found.talks),
        notice=notice,
        **form_parts(typed, wrong, found.talks),
    )
