"""A family's own booking, found by the secret of its link, and the way back to its page with a word on what was done.

What was done is told by the address, from a fixed list: nothing about a family goes into the cookie.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback_app.extensions import db
from feedback_app.services import keeping_booking
from feedback_app.services.keeping_booking import Held
from feedback_app.store.sign_ups import BookingFacts
from feedback_app.web.access import place, scope
from feedback_app.web.talk_words import talk_clock

Lines = list[tuple[str, str]]  # of an error summary: where each leads, and its words
LONGEST_SECRET = 100  # far more than any of ours has
NOT_AS_WISHED = frozenset({"not_again", "partly", "closed", "gone", "slow", "moved_again"})


def find_own(token: str) -> BookingFacts:
    """Return the booking behind a link; raise BookingUnknown."""
    return keeping_booking.find_booking(db.session, scope(), token[:LONGEST_SECRET])


def get_own_talk(token: str, sign_up_id: uuid.UUID) -> Held:
    """Return one talk of the booking behind a link; raise BookingUnknown, also for another booking's."""
    return keeping_booking.get_held(db.session, scope(), find_own(token), sign_up_id)


def can_change(held: Held) -> bool:
    """Return whether a family can still change or cancel here: it is live, and the talk has not begun."""
    clock = talk_clock()
    return held.sign_up.state.is_live and held.talk.can_be_booked(clock.now, clock.timezone)


def list_upcoming(booking: BookingFacts) -> list[Held]:
    """Return the talks of a booking that still concern the family and have not begun."""
    return [held for held in keeping_booking.list_held(db.session, scope(), booking) if can_change(held)]


def back_to_own(token: str, done: str) -> ResponseReturnValue:
    """Lead to the page of the booking, which says what was done; a page loaded again does nothing again."""
    return redirect(url_for("talks.own", token=token, done=done or None), 303)


def own_page(template: str, token: str, wrong: Mapping[str, str], fields: Mapping[str, str], **shown: object) -> str:
    """Return a page of the booking; `fields` leads from what can be wrong to the id of its field."""
    lines = [(f"#{fields.get(name, name)}", sentence) for name, sentence in wrong.items()]
    return render_template(f"talks/{template}", token=token, wrong=wrong, lines=lines, place=place(), **shown)


def done_words(done: str) -> str:
    """Return what was done, in a sentence or two; nothing for a word that is none of ours."""
    said = {
        "places": _("Your number of places is changed."),
        "way": _("Your way of joining is changed."),
        "cancelled": _("It is cancelled. Thank you for telling us. Another family may be glad of the place."),
        "left": _("You are off the waiting list."),
        "taken": _("The places are yours. We look forward to seeing you."),
        "passed": _("Thank you for telling us. The places go to the next family."),
        "again": _("You are on the waiting list again, at the end of it."),
        "held": _("There are places for you now. Please tell us below that you take them."),
        "not_again": _("We could not put you back on the list. The talk may have begun, or you have booked it again."),
        "kept": _("Thank you. Your place is kept."),
        "needs": _("We have changed what you need. You see below how far we are."),
        "contact": _("From now on we write to you there."),
        "more": _("Thank you for telling us more."),
        "added": _("We have added what you chose. You see below how it stands."),
        "partly": _(
            "We could not add all of them. You see below what you have. If you had booked one before, we have sent you"
            " the link to that booking again."
        ),
        "closed": _("This cannot be changed any more. The talk has begun, or it was cancelled, or you had left it."),
        "gone": _("These places are not held for you any more."),
        "moved_again": _("This talk has changed once more. Please look below at when and where it is now."),
        "slow": _("There were many changes in a short time. Nothing was changed now. Please try again in ten minutes."),
        "same": _("This is how it stands now."),
    }
    return said.get(done, "")
