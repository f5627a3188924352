"""Booking more talks with a booking that is there: nobody says again who they are and what they need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from feedback_app.domain.errors import TooManyBookings, TooManyPlaces
from feedback_app.domain.talks.programme import Way
from feedback_app.domain.talks.talk import SignUpState, TalkFacts, TalkState, WayFacts
from feedback_app.domain.words import tidy_words
from feedback_app.extensions import db
from feedback_app.services import keeping_booking, signing_up
from feedback_app.services.keeping_booking import Held
from feedback_app.services.signing_up import NeedAsked, Wanted
from feedback_app.store import sign_ups, talks
from feedback_app.store.sign_ups import BookingFacts
from feedback_app.web.access import public, scope
from feedback_app.web.talk_words import day_words, programme, talk_clock, times_words, way_words
from feedback_app.web.talks import blueprint
from feedback_app.web.talks.asking import changed_words, mark_of
from feedback_app.web.talks.own_changes import places_wrong, read_places
from feedback_app.web.talks.own_finding import back_to_own, find_own, own_page


@dataclass(frozen=True)
class Line:
    """A talk that can be added, in words: when, where, and what is left in each way of joining."""

    talk: TalkFacts
    when: str
    where: str
    rooms: tuple[str, ...]
    ways: tuple[tuple[str, str], ...]


@blueprint.route("/booking/<token>/add", methods=["GET", "POST"])
@public
def own_add(token: str) -> ResponseReturnValue:
    """Let a family book more talks with the booking it has; what it needs is carried over."""
    booking = find_own(token)
    held = keeping_booking.list_held(db.session, scope(), booking)
    open_to = list_addable(held)
    if request.method != "POST":
        return _page(token, open_to, set(), str(held[-1].sign_up.places) if held else "1", {}, {})
    chosen = set(request.form.getlist("talk"))
    typed = tidy_words(request.form.get("places", ""))
    ways = {one.slug: request.form.get(f"way_{one.slug}", "") for one in open_to}
    places = read_places(typed, programme().rules.most_places)
    picked = [one for one in open_to if one.slug in chosen and one.ways]
    wanted = [Wanted(one.id, _way_of(one, ways[one.slug]), places or 1) for one in picked]
    wrong = {} if places else {"places": places_wrong(programme().rules.most_places)}
    if changed := changed_words(request.form.getlist("seen"), picked):
        wrong = {"talk": changed} | wrong
    there = {one.talk.slug for one in held if one.sign_up.state.is_live}
    if chosen and chosen <= there:  # the same form once more
        return back_to_own(token, "added")
    if len(picked) < len(chosen - there) or not chosen:  # one that has closed is not left out unsaid
        wrong = {"talk": _not_chosen(chosen)} | wrong
    if wrong:
        return _page(token, open_to, chosen, typed, ways, wrong), 422
    try:
        return back_to_own(token, _add(booking, wanted, list_carried(held)))
    except TooManyBookings:
        return back_to_own(token, "slow")
    except TooManyPlaces as refused:
        db.session.rollback()  # all of what was chosen, or nothing
        return _page(token, open_to, chosen, typed, ways, {"places": places_wrong(refused.most)}), 422


def list_addable(held: Sequence[Held]) -> list[TalkFacts]:
    """Return the talks to come that a booking has not; to one whose list it has left the way is back on the list."""
    clock = talk_clock()
    there = {one.talk.id for one in held if one.sign_up.state.is_live or one.sign_up.state is SignUpState.LAPSED}
    coming = talks.list_talks(db.session, scope(), states=[TalkState.PUBLISHED], from_day=clock.today)
    return [talk for talk in coming if talk.id not in there and talk.can_be_booked(clock.now, clock.timezone)]


def list_carried(held: Sequence[Held]) -> list[NeedAsked]:
    """Return what a family has asked for at its talks, the last words about it."""
    needs = {need.need: need.detail for one in held for need in one.needs}
    return [NeedAsked(need, detail) for need, detail in needs.items()]


def _add(booking: BookingFacts, wanted: Sequence[Wanted], needs: Sequence[NeedAsked]) -> str:
    """Add talks to a booking and return what its page says then: not why one is missing, for others may have it."""
    clock = talk_clock()
    signing_up.add_talks(db.session, scope(), programme(), clock.timezone, booking, wanted, needs, clock.now)
    there = sign_ups.list_sign_ups(db.session, scope(), booking_id=booking.id)
    live = {one.talk_id for one in there if one.state.is_live}
    return "added" if {one.talk_id for one in wanted} <= live else "partly"


def _not_chosen(chosen: set[str]) -> str:
    if chosen:
        return _("A talk that you chose cannot be booked any more. We took it out. Look at the rest again")
    return _("Choose at least one talk")


def _way_of(talk: TalkFacts, typed: str) -> Way:
    """Return the way that was chosen; where none was, the first that has places."""
    chosen = next((one.way for one in talk.ways if one.way.value == typed), None)
    return chosen or next((one.way for one in talk.ways if one.left), talk.ways[0].way)


def _page(
    token: str,
    open_to: Sequence[TalkFacts],
    chosen: set[str],
    places: str,
    ways: Mapping[str, str],
    wrong: Mapping[str, str],
) -> str:
    return own_page(
        "own_add.html",
        token,
        wrong if open_to else {},  # with nothing to choose there is no field to lead to
        {"talk": "talk-1", "places": "places-1"},
        offered=[_line(talk) for talk in open_to],
        seen=[mark_of(talk) for talk in open_to],
        chosen=chosen,
        typed=places,
        ways=ways,
        most=programme().rules.most_places,
    )


def _line(talk: TalkFacts) -> Line:
    when = f"{day_words(talk.day)}, {times_words(talk.starts, talk.ends)}"
    where = talk.venue.name if talk.venue else (way_words(Way.ONLINE) if talk.way(Way.ONLINE) else "")
    rooms = tuple(_room(one, len(talk.ways) > 1) for one in talk.ways)
    return Line(talk, when, where, rooms, tuple((one.way.value, way_words(one.way)) for one in talk.ways))


def _room(one: WayFacts, named: bool) -> str:
    """Return what is left in one way of joining, by its name where there are several."""
    left = one.left
    free = ngettext("%(num)s place left", "%(num)s places left", left) if left else _("Full: you can wait for a place")
    return _("%(way)s: %(room)s", way=way_words(one.way), room=free) if named else free
