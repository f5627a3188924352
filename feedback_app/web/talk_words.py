"""What pages and messages about talks say alike: when, where, ways of attending, states."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from flask import abort
from flask_babel import format_date, get_locale
from flask_babel import gettext as _

from feedback_app.domain.talks.programme import Choice, Programme, Way
from feedback_app.domain.talks.saying import say_time
from feedback_app.domain.talks.talk import NeedState, OfferEnd, TalkFacts, TalkState
from feedback_app.services.waiting_list import Clock
from feedback_app.web import clock
from feedback_app.web.access import place
from feedback_app.web.languages import in_page_language


def programme() -> Programme:
    """Return what the partnership says of its talks; 404 where it holds none."""
    return place().programme or abort(404)


def require_talks() -> None:
    """Let a page of talks be there only where the partnership holds any; 404 else, whatever is asked for."""
    programme()


def talk_clock() -> Clock:
    """Return now, the time zone and the rules, as services of talks take them."""
    return Clock(clock.now(), place().partnership.timezone, programme().rules)


def label_of(choice: Choice | None) -> str:
    """Return a topic, need or the like in the language of the page; nothing for none."""
    return in_page_language(choice.label) if choice else ""


def topic_of(talk: TalkFacts) -> str:
    """Return what a talk is about, in the language of the page."""
    return label_of(programme().topics_by_key.get(talk.topic))


def district_of(code: int | None) -> str:
    """Return what a district is called; nothing where none is told."""
    return next((one.name for one in place().partnership.districts if one.code == code), "")


def way_words(way: Way) -> str:
    """Return a way of attending."""
    return {Way.IN_PERSON: _("In person"), Way.ONLINE: _("Online")}[way]


def talk_words(state: TalkState) -> str:
    """Return what was decided about a talk."""
    words = {TalkState.DRAFT: _("Draft"), TalkState.PUBLISHED: _("Published"), TalkState.CANCELLED: _("Cancelled")}
    return words[state]


def need_words(state: NeedState) -> str:
    """Return how far an access need is seen to."""
    words = {
        NeedState.ASKED: _("Asked for"),
        NeedState.ARRANGED: _("Arranged"),
        NeedState.CANNOT: _("We cannot do this"),
    }
    return words[state]


def offer_words(ended: OfferEnd) -> str:
    """Return what became of an offer."""
    words = {
        OfferEnd.OPEN: _("Not answered yet"),
        OfferEnd.TAKEN: _("Taken"),
        OfferEnd.DECLINED: _("Passed on"),
        OfferEnd.LAPSED: _("Ran out"),
        OfferEnd.WITHDRAWN: _("Ended"),
    }
    return words[ended]


def day_words(day: date) -> str:
    """Return a day, such as "Thursday 10 December"."""
    return format_date(day, "EEEE d MMMM")


def time_words(at: time) -> str:
    """Return a wall time as people say it: "10am", "1:30pm", noon as "12 noon"; in other languages 24 hours."""
    return say_time(at, english=str(get_locale()).startswith("en"), noon=_("12 noon"))


def times_words(starts: time, ends: time) -> str:
    """Return from when to when."""
    return _("%(from_time)s to %(to_time)s", from_time=time_words(starts), to_time=time_words(ends))


def moment_words(moment: datetime, timezone: str) -> str:
    """Return a moment where the partnership is, such as "Thursday 10 December, 2pm"."""
    local = moment.astimezone(ZoneInfo(timezone))
    return _("%(day)s, %(time)s", day=day_words(local.date()), time=time_words(local.time()))
