"""The page of a family's own booking, and deleting all that it holds about them."""

from __future__ import annotations

from collections.abc import Sequence

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from feedback_app.domain.errors import BookingUnknown
from feedback_app.domain.talks.programme import Way
from feedback_app.domain.talks.talk import SignUpState
from feedback_app.extensions import db
from feedback_app.services import keeping_booking
from feedback_app.store.sign_ups import BookingFacts
from feedback_app.web.access import place, public, scope
from feedback_app.web.talk_words import talk_clock
from feedback_app.web.talks import blueprint
from feedback_app.web.talks.own_cards import OVER, Card, list_promised, make_card
from feedback_app.web.talks.own_finding import NOT_AS_WISHED, done_words, find_own, own_page


@blueprint.get("/booking/<token>")
@public
def own(token: str) -> ResponseReturnValue:
    """Show a family its booking by the secret link of its message: each talk, how it stands, what it can change."""
    booking, done = find_own(token), request.args.get("done", "")
    cards = list_cards(booking)
    past = [card for card in cards if card.stage == OVER]
    coming = [card for card in cards if card.stage != OVER]
    return own_page(
        "own.html",
        token,
        {},
        {},
        booking=booking,
        new=new_words(coming, booking) if request.args.get("new") == "yes" else [],
        done=done_words(done),
        as_wished=done not in NOT_AS_WISHED,
        coming=coming,
        past=past,
        promised=list_promised(past),
        asking=[card for card in coming if card.asks],
        in_person=Way.IN_PERSON,
    )


def list_cards(booking: BookingFacts) -> list[Card]:
    """Return the talks of a booking; one that was cancelled and booked again stands there once."""
    held = keeping_booking.list_held(db.session, scope(), booking)
    ended_first = sorted(held, key=lambda one: one.sign_up.state.is_live)
    standing = {one.talk.id: one.sign_up.id for one in ended_first}
    return [make_card(one) for one in held if standing[one.talk.id] == one.sign_up.id]


def new_words(cards: Sequence[Card], booking: BookingFacts) -> list[str]:
    """Return, in sentences, what a family has just booked, and where the message about it goes; not to whom."""
    booked = [card.held.sign_up.places for card in cards if card.stage == SignUpState.BOOKED.value]
    waiting = sum(card.stage == SignUpState.WAITING.value for card in cards)
    said = []
    if len(booked) == 1 and not waiting:
        said.append(ngettext("You have %(num)s place.", "You have %(num)s places.", booked[0]))
    elif booked:
        said.append(ngettext("You have places at %(num)s talk.", "You have places at %(num)s talks.", len(booked)))
    if waiting:
        said.append(
            ngettext("You are on the waiting list of %(num)s talk.", "You are on %(num)s waiting lists.", waiting)
        )
    if said and booking.email:
        said.append(_("We have sent all of it to the email address you gave."))
    elif said:
        said.append(_("We have sent it to the mobile you gave."))
    return said


@blueprint.route("/booking/<token>/erase", methods=["GET", "POST"])
@public
def own_erase(token: str) -> ResponseReturnValue:
    """Ask a family whether all that its booking holds about it shall be deleted; when it says so, delete it."""
    if request.method != "POST":
        cards = list_cards(find_own(token))
        return own_page("own_erase.html", token, {}, {}, live=[card for card in cards if card.can_change])
    try:
        keeping_booking.erase(db.session, scope(), find_own(token), talk_clock())
    except BookingUnknown:
        db.session.rollback()  # pressed twice: it is gone, as was asked
    return redirect(url_for("talks.own_erased"), 303)


@blueprint.get("/booking/erased")
@public
def own_erased() -> ResponseReturnValue:
    """Say that a booking is deleted; the page holds nothing of it."""
    return render_template("talks/own_erased.html", place=place())
