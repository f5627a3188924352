"""Changing one talk of one's own booking: places, way of joining, cancelling, staying after it was moved."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from feedback_app.domain.errors import NotEnoughPlaces, TalkClosed, TooManyBookings, TooManyPlaces
from feedback_app.domain.talks.programme import Way
from feedback_app.domain.talks.talk import SignUpState
from feedback_app.domain.words import tidy_words
from feedback_app.extensions import db
from feedback_app.services import keeping_booking
from feedback_app.services.keeping_booking import Held
from feedback_app.web.access import public, scope
from feedback_app.web.talk_words import programme, talk_clock, way_words
from feedback_app.web.talks import blueprint
from feedback_app.web.talks.own_cards import has_moved, make_card
from feedback_app.web.talks.own_finding import back_to_own, can_change, get_own_talk, own_page
from feedback_app.web.typed import read_number

KEEP, KEPT = "keep", "kept"
Reply = ResponseReturnValue


def read_places(typed: str, most: int) -> int | None:
    """Return a number of places from 1 to `most` as somebody typed it, or None."""
    number = read_number(typed) or 0
    return number if 1 <= number <= most else None


def places_wrong(most: int) -> str:
    """Return how to mend a number of places that cannot be had."""
    return ngettext("Here there is only %(num)s place", "Choose how many places you need, from 1 to %(num)s", most)


@blueprint.route("/booking/<token>/<uuid:sign_up_id>/places", methods=["GET", "POST"])
@public
def own_places(token: str, sign_up_id: uuid.UUID) -> Reply:
    """Let a family have more or fewer places at one talk: all of them or, with a kind word, none."""
    held = get_own_talk(token, sign_up_id)
    if not can_change(held):
        return back_to_own(token, "closed")
    if request.method != "POST":
        return _places_page(token, held, str(held.sign_up.places), {})
    typed = tidy_words(request.form.get("places", ""))
    places = read_places(typed, programme().rules.most_places)
    if places is None:
        return _places_page(token, held, typed, {"places": places_wrong(programme().rules.most_places)}), 422
    if places == held.sign_up.places:
        return back_to_own(token, "same")
    try:
        keeping_booking.change_places(db.session, scope(), held, places, programme(), talk_clock())
    except NotEnoughPlaces as refused:
        return _places_page(token, held, typed, {"places": _too_few(held, refused.left)}), 422
    except TooManyPlaces as refused:
        return _places_page(token, held, typed, {"places": places_wrong(refused.most)}), 422
    except TalkClosed:
        return back_to_own(token, "closed")
    except TooManyBookings:
        return back_to_own(token, "slow")
    return back_to_own(token, "places")


def _places_page(token: str, held: Held, typed: str, wrong: Mapping[str, str]) -> str:
    most = programme().rules.most_places
    shown = {"held": held, "card": make_card(held), "typed": typed, "most": most, "left": left_words(held)}
    return own_page("own_places.html", token, wrong, {"places": "places-1"}, **shown)


def left_words(held: Held) -> str:
    """Return how many more places a family could have here now; nothing for somebody who waits."""
    if held.sign_up.state is SignUpState.WAITING:
        return _("You keep your turn on the waiting list.")
    way = held.talk.way(held.sign_up.way)
    if way is None or way.left == 0:
        return _("No more places are free at the moment. You can always have fewer.")
    return ngettext("%(num)s more place is free.", "%(num)s more places are free.", way.left)


def _too_few(held: Held, left: int) -> str:
    """Return, kindly, that there are not enough, how many there are, and that nothing is lost."""
    yours = ngettext("You still have your %(num)s place", "You still have your %(num)s places", held.sign_up.places)
    if left == 0:
        return _("There are no more places at the moment. %(yours)s", yours=yours)
    more = ngettext("There is only %(num)s more place.", "There are only %(num)s more places.", left)
    up_to = min(held.sign_up.places + left, programme().rules.most_places)
    return more + " " + _("%(yours)s. You can have up to %(number)s", yours=yours, number=up_to)


@blueprint.route("/booking/<token>/<uuid:sign_up_id>/way", methods=["GET", "POST"])
@public
def own_way(token: str, sign_up_id: uuid.UUID) -> Reply:
    """Let a family join a talk online instead of in person, or the other way round."""
    held = get_own_talk(token, sign_up_id)
    other = [one for one in held.talk.ways if one.way is not held.sign_up.way]
    if not can_change(held) or not other:
        asked = request.form.get("way", "")
        return back_to_own(token, "same" if asked == held.sign_up.way.value else "closed")
    if request.method != "POST":
        return _way_page(token, held, held.sign_up.way.value, {})
    typed = request.form.get("way", "")
    wanted = next((one.way for one in held.talk.ways if one.way.value == typed), None)
    if wanted is None:
        return _way_page(token, held, "", {"way": _("Choose how you want to join")}), 422
    if wanted is held.sign_up.way:
        return back_to_own(token, "same")
    try:
        keeping_booking.switch_way(db.session, scope(), held, wanted, talk_clock(), programme())
    except NotEnoughPlaces as refused:
        return _way_page(token, held, typed, {"way": _no_room(held, wanted, refused.left)}), 422
    except TalkClosed:
        return back_to_own(token, "closed")
    except TooManyBookings:
        return back_to_own(token, "slow")
    return back_to_own(token, "way")


def _way_page(token: str, held: Held, typed: str, wrong: Mapping[str, str]) -> str:
    ways = [(one.way.value, way_words(one.way), _room_words(held, one.way, one.left)) for one in held.talk.ways]
    return own_page(
        "own_way.html", token, wrong, {"way": "way-1"}, held=held, card=make_card(held), typed=typed, ways=ways
    )


def _room_words(held: Held, way: Way, left: int) -> str:
    if way is held.sign_up.way:
        return _("This is how you join now.")
    if left == 0:
        return _("No places are free at the moment.")
    return ngettext("%(num)s place is free.", "%(num)s places are free.", left)


def _no_room(held: Held, way: Way, left: int) -> str:
    """Return that the other way has not enough places, how many it has, and that nothing is lost."""
    there = (
        ngettext("There is only %(num)s place that way.", "There are only %(num)s places that way.", left)
        if left
        else _("There are no places that way at the moment.")
    )
    if held.sign_up.state is SignUpState.BOOKED:
        return there + " " + _("Your places are kept as they are")
    return there + " " + _("You keep your turn as it is")


@blueprint.route("/booking/<token>/<uuid:sign_up_id>/cancel", methods=["GET", "POST"])
@public
def own_cancel(token: str, sign_up_id: uuid.UUID) -> Reply:
    """Ask a family whether it cannot come, or wants to leave the waiting list; cancel when it says so."""
    held = get_own_talk(token, sign_up_id)
    waits = held.sign_up.state is SignUpState.WAITING
    if request.method != "POST":
        if not can_change(held):
            return back_to_own(token, "closed")
        return own_page("own_cancel.html", token, {}, {}, held=held, card=make_card(held), waits=waits)
    try:
        keeping_booking.cancel(db.session, scope(), held, talk_clock())
    except TalkClosed:
        return back_to_own(token, "closed")
    return back_to_own(token, "left" if waits else "cancelled")


@blueprint.post("/booking/<token>/<uuid:sign_up_id>/move")
@public
def own_move(token: str, sign_up_id: uuid.UUID) -> Reply:
    """Note that a family can come to a talk that was moved; the place is kept without it, too."""
    held = get_own_talk(token, sign_up_id)
    if not can_change(held):
        return back_to_own(token, "closed")
    if request.form.get("seen", str(held.talk.sequence)) != str(held.talk.sequence):
        return back_to_own(token, "moved_again")  # the page was open meanwhile: they said yes to another day
    if request.form.get("do") == KEEP and has_moved(held):
        keeping_booking.keep_after_move(db.session, scope(), held)
    return back_to_own(token, KEPT)
