"""When a talk is, and was, in the language of a message."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from flask_babel import format_date, get_locale
from flask_babel import gettext as _

from feedback_app.domain.talks.saying import one_line, say_time, set_apart
from feedback_app.domain.talks.talk import TalkFacts


def day_words(day: date) -> str:
    """Return a day, such as "Thursday 10 December"."""
    return format_date(day, "EEEE d MMMM")


def time_words(at: time) -> str:
    """Return a wall time as people say it."""
    return say_time(at, english=str(get_locale()).startswith("en"), noon=_("12 noon"))


def when_words(talk: TalkFacts) -> str:
    """Return the day of a talk and from when to when it is."""
    return _span(talk.day, talk.starts, talk.ends)


def before_words(talk: TalkFacts, rtl: bool) -> str:
    """Return when and where a talk was before it was moved."""
    before = talk.moved_from or {}
    try:
        day = date.fromisoformat(before["day"])
        words = _span(day, time.fromisoformat(before["starts"]), time.fromisoformat(before["ends"]))
    except (KeyError, ValueError):
        return ""
    venue = one_line(before.get("venue") or "")
    now_there = talk.venue.name if talk.venue else ""
    return f"{words}, {set_apart(venue, right_to_left=rtl)}" if venue and venue != now_there else words


def moment_words(moment: datetime, timezone: str) -> str:
    """Return a moment where the partnership is, such as "Thursday 10 December, 2pm"."""
    local = moment.astimezone(ZoneInfo(timezone))
    return _("%(day)s, %(time)s", day=day_words(local.date()), time=time_words(local.time()))


def _span(day: date, starts: time, ends: time) -> str:
    times = _("%(from_time)s to %(to_time)s", from_time=time_words(starts), to_time=time_words(ends))
    return f"{day_words(day)}, {times}"
