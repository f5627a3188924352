"""Where a family stands on a waiting list, and the order of the whole list: turns and places, nobody's name."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from feedback_app.domain.talks.talk import OfferEnd, SignUpState
from feedback_app.extensions import db
from feedback_app.services import waiting_list
from feedback_app.services.keeping_booking import Held
from feedback_app.store import sign_ups
from feedback_app.web.access import scope
from feedback_app.web.talk_words import moment_words, offer_words, talk_clock


@dataclass(frozen=True)
class Turn:
    """One turn of the list: how many places, until when they are held; `own` is the family's that looks."""

    places: int
    until: str
    own: bool


@dataclass(frozen=True)
class Standing:
    """A family's turn in words, why what is free is not theirs yet, and the order of the list."""

    turn: int  # from 1; 0 where it does not wait
    sentence: str
    why: str
    before: tuple[tuple[int, str], ...]  # places that were offered before, and what became of that
    asked: tuple[Turn, ...]  # families for whom places are held now
    waiting: tuple[Turn, ...]


def find_standing(held: Held) -> Standing:
    """Return where a family stands on the list of one way of attending."""
    found = waiting_list.find_standing(db.session, held.talk, held.sign_up)
    return Standing(
        found.position,
        _turn_words(found.position),
        _why(found) if found.position else "",
        _list_before(held),
        _list_turns(held, SignUpState.OFFERED),
        _list_turns(held, SignUpState.WAITING),
    )


def _turn_words(turn: int) -> str:
    if turn < 2:
        return _("You are the first on the list. No family is before you.") if turn else ""
    before = ngettext("%(num)s family is before you.", "%(num)s families are before you.", turn - 1)
    return _("You are number %(number)s.", number=turn) + " " + before


def _why(found: waiting_list.Standing) -> str:
    """Return what is free and why it is not theirs yet."""
    asked = ngettext("You asked for %(num)s place.", "You asked for %(num)s places.", found.needs)
    if found.is_too_many:
        room = ngettext("There is only %(num)s place in all.", "There are only %(num)s places in all.", found.capacity)
        return " ".join([asked, room, _("Please change your number, or we have to ask those after you.")])
    if found.free == 0:
        return _("No place is free at the moment. When one is, we ask the families in turn and hold it for them.")
    are_free = ngettext("%(num)s place is free.", "%(num)s places are free.", found.free)
    if found.is_blocking:
        return " ".join([are_free, asked, _("If you need fewer, change your number and you may have them at once.")])
    if found.families_before:
        return are_free + " " + _("The families before you are asked first, each for all of their places.")
    return are_free + " " + _("It is your turn. We will write to you soon.")


def _list_before(held: Held) -> tuple[tuple[int, str], ...]:
    """Return what was offered before in this way of attending, in order, and what became of it."""
    offers = sign_ups.list_offers(db.session, scope(), held.talk.id, held.sign_up.way)
    return tuple(
        (places, offer_words(ended))
        for _queue, places, _made, _until, ended in offers
        if ended in (OfferEnd.TAKEN, OfferEnd.DECLINED, OfferEnd.LAPSED)
    )


def _list_turns(held: Held, state: SignUpState) -> tuple[Turn, ...]:
    """Return the turns of this way of attending that are in one state, in order."""
    zone = talk_clock().timezone
    live = sign_ups.list_sign_ups(db.session, scope(), talk_id=held.talk.id, states=(state,))
    return tuple(
        Turn(one.places, moment_words(one.offer_until, zone) if one.offer_until else "", one.id == held.sign_up.id)
        for one in live
        if one.way is held.sign_up.way
    )
