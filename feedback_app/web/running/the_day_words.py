"""What the pages before and on the day say: where a family stands, how many of it came, how far needs are."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from feedback_app.domain.talks.talk import NeedState, SignUpState
from feedback_app.services.attending import Coming, HowFar
from feedback_app.store.attending import TurnFacts


def standing_words(one: Coming) -> str:
    """Return where a family stands, as the organisers say it."""
    state = one.sign_up.state
    if state is SignUpState.WAITING:
        return _("Waiting list, turn %(number)s", number=one.turn or 0)
    if state is SignUpState.OFFERED:
        return _("Asked, has not answered yet")
    return _("Booked")


def turn_words(turn: TurnFacts, order: Sequence[TurnFacts]) -> str:
    """Return what has become of a turn on a waiting list, of which `order` is the whole."""
    waits = [one for one in order if one.state is SignUpState.WAITING]
    if turn in waits:
        return _("Waits, now turn %(number)s", number=waits.index(turn) + 1)
    return {
        SignUpState.OFFERED: _("Places are held now"),
        SignUpState.BOOKED: _("Has places"),
        SignUpState.LAPSED: _("Off the list"),
        SignUpState.CANCELLED: _("Left the list"),
        SignUpState.CALLED_OFF: _("The talk is cancelled"),
    }[turn.state]


def came_words(came: int | None, places: int) -> str:
    """Return how many of a family came."""
    if came is None:
        return _("Not noted yet")
    if came == 0:
        return _("Nobody came")
    if came == places:
        return _("Came") if places == 1 else _("All %(num)s came", num=places)
    return ngettext("%(num)s of %(places)s came", "%(num)s of %(places)s came", came, places=places)


def state_words(state: NeedState) -> str:
    """Return how far a need is, as the organisers say it."""
    return {
        NeedState.ASKED: _("Open"),
        NeedState.ARRANGED: _("Arranged"),
        NeedState.CANNOT: _("We cannot do this"),
    }[state]


def far_words(far: HowFar) -> str:
    """Return how far all needs of a talk are, in one line."""
    parts = [_("%(num)s of %(all)s arranged", num=far.arranged, all=far.all)]
    if far.cannot:
        parts.append(_("%(num)s cannot", num=far.cannot))
    if far.asked:
        parts.append(_("%(num)s open", num=far.asked))
    return ", ".join(parts)


def people_words(people: int) -> str:
    """Return a number of people."""
    return ngettext("%(num)s person", "%(num)s people", people)
