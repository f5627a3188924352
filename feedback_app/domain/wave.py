"""Waves and time: when a survey is open, how long what was begun may be finished. `today` is always passed in."""

from __future__ import annotations

from datetime import date, timedelta

DRAFT_DAYS = 14  # a draft is kept this long after the last touch ...
GRACE_DAYS = 7  # ... and at the longest this long after its wave closed


def is_open(opens_on: date, closed_from: date | None, today: date) -> bool:
    """Return whether a wave may be begun today; `closed_from` is the first day on which it may not."""
    return opens_on <= today and (closed_from is None or today < closed_from)


def may_finish(opens_on: date, closed_from: date | None, today: date) -> bool:
    """Return whether a draft begun earlier may still be sent today."""
    return opens_on <= today and (closed_from is None or today < closed_from + timedelta(days=GRACE_DAYS))


def last_day(closed_from: date | None) -> date | None:
    """Return the last day on which a wave is open, or None while no end is set."""
    return None if closed_from is None else closed_from - timedelta(days=1)


def draft_expires_on(touched_on: date, closed_from: date | None) -> date:
    """Return the last day on which a draft can be taken up again."""
    expires = touched_on + timedelta(days=DRAFT_DAYS)
    return expires if closed_from is None else min(expires, closed_from + timedelta(days=GRACE_DAYS - 1))


def week_of(day: date) -> date:
    """Return the Monday of a day's week: the nearest time that is kept with an answer."""
    return day - timedelta(days=day.weekday())
