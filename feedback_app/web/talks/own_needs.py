"""What a family needs so that it can take part: asked once for all its talks, and how far we are with each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request
from flask.typing import ResponseReturnValue

from feedback_app.domain.talks.programme import Need
from feedback_app.extensions import db
from feedback_app.services import keeping_booking
from feedback_app.services.keeping_booking import Held
from feedback_app.web.access import public, scope
from feedback_app.web.languages import in_page_language
from feedback_app.web.talk_words import day_words, label_of, need_words, programme, talk_clock
from feedback_app.web.talks import blueprint
from feedback_app.web.talks.asking import needs_asked, read_needs, typed_form
from feedback_app.web.talks.own_cards import list_there
from feedback_app.web.talks.own_finding import back_to_own, find_own, list_upcoming, own_page
from feedback_app.web.talks.telling import late_days


@dataclass(frozen=True)
class Asked:
    """Something that can be asked for: whether it is, its details, and how far we are with it, talk by talk."""

    key: str
    label: str
    question: str  # of the box beside it; nothing where it has none
    ticked: bool
    detail: str
    states: tuple[tuple[str, str], ...]  # day of the talk where there are several, and the state in words


@blueprint.route("/booking/<token>/needs", methods=["GET", "POST"])
@public
def own_needs(token: str) -> ResponseReturnValue:
    """Show a family what it asked for so that it can take part and how far we are, and let it change that."""
    booking = find_own(token)
    held = list_upcoming(booking)
    if not held:
        return back_to_own(token, "closed")
    needs = list_askable(held)
    if request.method != "POST":
        there = {need.need: need.detail for one in held for need in one.needs}
        return _page(token, held, needs, frozenset(there), there, {})
    typed = typed_form()
    asked, wrong = read_needs(typed, needs)
    if wrong:
        return _page(token, held, needs, typed.needs, typed.details or {}, wrong), 422
    keeping_booking.change_needs(db.session, scope(), booking, asked, programme(), talk_clock())
    return back_to_own(token, "needs")


def list_askable(held: Sequence[Held]) -> list[Need]:
    """Return what can be asked for: what is not there for everybody anyway, and whatever was asked for before."""
    fitting = {need.key for one in held for need in programme().needs_for(one.sign_up.way)}
    asked = {need.need for one in held for need in one.needs}
    open_to = {need.key for need in needs_asked([one.talk for one in held])}
    return [need for need in programme().needs if need.key in fitting & (open_to | asked)]


def _page(
    token: str,
    held: Sequence[Held],
    needs: Sequence[Need],
    ticked: frozenset[str],
    details: Mapping[str, str],
    wrong: Mapping[str, str],
) -> str:
    there = dict.fromkeys(label for one in held for label in list_there(one.talk, one.sign_up.way))
    shown = [
        Asked(
            need.key,
            label_of(need),
            in_page_language(need.detail),
            need.key in ticked,
            details.get(need.key, ""),
            tuple(_states(held, need.key)),
        )
        for need in needs
    ]
    late = late_days([one.talk for one in held])
    return own_page(
        "own_needs.html", token, wrong, {}, needs=shown, there=list(there), late=late, several=len(held) > 1
    )


def _states(held: Sequence[Held], key: str) -> list[tuple[str, str]]:
    """Return how far we are with a need at each talk; once where it is the same everywhere."""
    found = [(one.talk.day, need) for one in held for need in one.needs if need.need == key]
    states = {need.state for _day, need in found}
    if len(states) == 1:
        return [("", need_words(next(iter(states))))]
    return [(day_words(day), need_words(need.state)) for day, need in found]
