"""Places that are held for a family on the waiting list: take them, pass them on, or go back on the list later."""

from __future__ import annotations

import uuid

from flask import request
from flask.typing import ResponseReturnValue

from feedback_app.domain.errors import OfferGone, TooManyBookings
from feedback_app.domain.talks.talk import SignUpState
from feedback_app.extensions import db
from feedback_app.services import waiting_list
from feedback_app.services.keeping_booking import Held
from feedback_app.store import sign_ups
from feedback_app.web.access import public, scope
from feedback_app.web.talk_words import talk_clock
from feedback_app.web.talks import blueprint
from feedback_app.web.talks.own_cards import make_card
from feedback_app.web.talks.own_finding import back_to_own, get_own_talk, own_page

TAKE, PASS, AGAIN = "take", "pass", "again"
ASKED = (SignUpState.OFFERED, SignUpState.LAPSED)


@blueprint.route("/booking/<token>/<uuid:sign_up_id>/offer", methods=["GET", "POST"])
@public
def own_offer(token: str, sign_up_id: uuid.UUID) -> ResponseReturnValue:
    """Ask a family whether it takes places that are held for it; take them, pass them on, or wait once more."""
    held, do, clock = get_own_talk(token, sign_up_id), request.form.get("do"), talk_clock()
    if request.method != "POST":
        return _ask(token, held)
    try:
        if do == TAKE:
            waiting_list.accept_offer(db.session, scope(), held.sign_up, clock)
            return back_to_own(token, "taken")
        if do == PASS:
            return back_to_own(token, _pass_on(held))
        if do == AGAIN:
            return back_to_own(token, _wait_again(held))
    except OfferGone:
        db.session.rollback()
        return back_to_own(token, "gone")
    except TooManyBookings:
        return back_to_own(token, "slow")
    return back_to_own(token, "")


def _ask(token: str, held: Held) -> ResponseReturnValue:
    card = make_card(held)
    if held.sign_up.state not in ASKED or not card.is_open:
        return back_to_own(token, "" if held.sign_up.state is SignUpState.BOOKED else "gone")
    return own_page("own_offer.html", token, {}, {}, held=held, card=card)


def _pass_on(held: Held) -> str:
    """Pass places on; pressed twice is once."""
    if held.sign_up.state is not SignUpState.LAPSED:
        waiting_list.decline_offer(db.session, scope(), held.sign_up, talk_clock())
    return "passed"


def _wait_again(held: Held) -> str:
    """Put a family whose offer ended on the list once more, also when nobody has noted yet that it ended."""
    waiting_list.wait_again(db.session, scope(), held.sign_up, talk_clock())
    now_there = sign_ups.find_sign_up(db.session, scope(), held.sign_up.id)
    if now_there is None or not now_there.state.is_live:
        return "not_again"
    return "held" if now_there.state is SignUpState.OFFERED else "again"
