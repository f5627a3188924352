"""What the pages for planning talks say: reasons why something cannot stay as it was typed, and how a talk stands."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from feedback_app.domain.talks.planning import LONGEST_HOSTS, LONGEST_SERIES, Why
from feedback_app.domain.talks.talk import LONGEST_ABOUT, LONGEST_TITLE, MOST_CAPACITY, TalkFacts, TalkState
from feedback_app.services.waiting_list import Clock
from feedback_app.store.talk_planning import Tally


def why_words(why: Why) -> str:
    """Return how to mend what was typed."""
    too_long = _("Shorten this to %(number)s letters at the most")
    sentences = {
        Why.TITLE: _("Write what the talk is called"),
        Why.LONG_TITLE: too_long % {"number": LONGEST_TITLE},
        Why.LONG_ABOUT: too_long % {"number": LONGEST_ABOUT},
        Why.TOPIC: _("Choose what the talk is about"),
        Why.DAY: _("Choose the day, such as 10/12/2026"),
        Why.PAST: _("Choose a time that has not passed yet"),
        Why.FAR: _("Choose a day within the next two years. Is the year right?"),
        Why.STARTS: _("Write when the talk starts, such as 10:00"),
        Why.ENDS: _("Write when the talk ends, such as 11:30"),
        Why.ENDS_FIRST: _("The talk has to end after it starts. Check both times"),
        Why.LONG_TALK: _("This talk would last more than 12 hours. Check both times"),
        Why.SKIPPED: _("The clocks go forward that night, and this time does not come. Choose another time"),
        Why.WAY: _("Choose how families can come: in person, online, or both"),
        Why.CAPACITY: _("Write how many places there are: a number from 1 to %(most)s", most=MOST_CAPACITY),
        Why.VENUE: _("Choose where the talk is held. If the place is not in the list, add it under Venues"),
        Why.LINK: _("Copy the whole joining link. It begins with https://"),
        Why.LONG_HOSTS: too_long % {"number": LONGEST_HOSTS},
        Why.LONG_SERIES: too_long % {"number": LONGEST_SERIES},
        Why.TERM: _("Choose a term from the list, or none"),
        Why.SERIES: _("Choose a series from the list, or none"),
        Why.DISTRICT: _("Choose a district from the list, or none"),
    }
    return sentences[why]


def not_now(reason: str) -> str:
    """Return why something cannot be done with a talk as it stands, and what can be."""
    sentences = {
        "no_draft": _("This talk is published. Use “Move it” to change when or where it is."),
        "is_draft": _("This talk is a draft. Change all of it on this page."),
        "finished": _("This talk is finished, and what was counted of it stays as it is."),
        "not_ready": _("Something is missing before families can see this talk."),
        "signed_up": _("Families have signed up, so it cannot be a draft again. You can move or cancel it."),
        "not_deleted": _("Only a draft to which nothing belongs can be deleted."),
        "way_in_use": _(
            "Families come, or wait, in a way that you would take away. Nobody may lose a place like that. Talk to "
            "them first: they can change how they come on their own page."
        ),
        "not_open": _("This talk is not open any more: it has begun, or it is cancelled."),
        "told": _("It is too late to undo this: families are being told."),
        "as_it_was": _("There is nothing to undo. The talk stands as you see it here."),
    }
    return sentences[reason]


def needed_words(key: str) -> str:
    """Return what has to be there before families can see a talk."""
    sentences = {
        "past": _("The day has passed. Choose another."),
        "ways": _("Say how families can come."),
        "venue": _("Choose where it is held. If the place is not in the list, add it under Venues first."),
    }
    return sentences[key]


def helpful_words(key: str, days: int) -> str:
    """Return what would help families, and can come later; `days`: from when on needs may be asked for too late."""
    sentences = {
        "about": _("Say in a few sentences what the talk is about. It helps families to decide."),
        "link": _("There is no joining link yet. Those who come online need it: add it in good time."),
        "hosts": _("Say who will be there, such as “SEND casework team”. Roles, no names."),
        "step_free": _("We do not know of a step-free way in at this venue. Check it, and say so under Venues."),
        "soon": _(
            "The talk is less than %(days)s days away. What people ask for now may not be ready in time.", days=days
        ),
    }
    return sentences[key]


def standing(talk: TalkFacts, tally: Tally, clock: Clock) -> str:
    """Return how a talk stands, in one sentence."""
    if talk.state is TalkState.DRAFT:
        return _("This is a draft. Only organisers see it.")
    if talk.state is TalkState.CANCELLED:
        return _("This talk is cancelled.")
    if talk.finished_on is not None:
        return _("This talk is over and finished.")
    if talk.ends_at(clock.timezone) <= clock.now:
        return _("This talk is over. One thing is left: finish it.")
    if talk.has_begun(clock.now, clock.timezone):
        return _("This talk is on now.")
    families = ngettext("%(num)s family has places", "%(num)s families have places", tally.families)
    if talk.is_full:
        return _("This talk is full: %(families)s.", families=families)
    if not tally.families:
        return _("Families can book. Nobody has yet.")
    return _("Families can book. So far %(families)s.", families=families)
