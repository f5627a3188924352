"""Waves and time: when a survey is open, how long what was begun and what was said is kept. `today` is passed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

DRAFT_DAYS = 14  # a draft is kept this long after the last touch ...
GRACE_DAYS = 7  # ... and at the longest this long after its wave closed
WORDS_DAYS = 365  # people's own words are kept this long after their wave, or their week when the wave has no end


@dataclass(frozen=True)
class Keeping:
    """How many days things are kept: those of a partnership, or the usual ones."""

    draft_days: int = DRAFT_DAYS
    grace_days: int = GRACE_DAYS
    words_days: int = WORDS_DAYS


USUAL = Keeping()


def is_open(opens_on: date, closed_from: date | None, today: date) -> bool:
    """Return whether a wave may be begun today; `closed_from` is the first day on which it may not."""
    return opens_on <= today and (closed_from is None or today < closed_from)


def overlap(opens_on: date, closed_from: date | None, other_opens_on: date, other_closed_from: date | None) -> bool:
    """Return whether two waves are open on some of the same days."""
    return (other_closed_from is None or opens_on < other_closed_from) and (
        closed_from is None or other_opens_on < closed_from
    )


def may_finish(opens_on: date, closed_from: date | None, today: date, keeping: Keeping = USUAL) -> bool:
    """Return whether a draft begun earlier may still be sent today."""
    return opens_on <= today and (closed_from is None or today < closed_from + timedelta(days=keeping.grace_days))


def over_from(closed_from: date | None, keeping: Keeping = USUAL) -> date | None:
    """Return the first day on which nothing can be sent any more, drafts included; None while no end is set."""
    return None if closed_from is None else closed_from + timedelta(days=keeping.grace_days)


def is_over(closed_from: date | None, today: date, keeping: Keeping = USUAL) -> bool:
    """Return whether a wave has an end that has come, for begun answers too."""
    over = over_from(closed_from, keeping)
    return over is not None and over <= today


def last_day(closed_from: date | None) -> date | None:
    """Return the last day on which a wave is open, or None while no end is set."""
    return None if closed_from is None else closed_from - timedelta(days=1)


def draft_expires_on(touched_on: date, closed_from: date | None, keeping: Keeping = USUAL) -> date:
    """Return the last day on which a draft can be taken up again."""
    expires = touched_on + timedelta(days=keeping.draft_days)
    return expires if closed_from is None else min(expires, closed_from + timedelta(days=keeping.grace_days - 1))


def week_of(day: date) -> date:
    """Return the Monday of a day's week: the nearest time that is kept with an answer."""
    return day - timedelta(days=day.weekday())
