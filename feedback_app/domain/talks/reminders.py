"""When reminders go, and when nobody is disturbed: in local wall time, so that a clock change moves nothing. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from feedback_app.domain.talks.programme import ReminderRule, Rules
from feedback_app.domain.talks.talk import moment

TOO_LATE = timedelta(minutes=30)  # before the talk: a reminder that comes later than that helps nobody
EVENING_BEFORE = timedelta(minutes=15)  # before the quiet hours begin
URGENT = timedelta(hours=12)  # before the talk: what happens then is told by night as well


def moments(day: date, starts: time, rules: Rules, timezone: str) -> list[tuple[int, datetime]]:
    """Return the number of each reminder, from 1, and the moment it goes, in UTC, the earliest first.

    Two that would go at the same moment are one. Quiet hours are kept: what falls into them goes at their end, unless
    that is too late before the talk; then in the evening before, just before they begin.
    """
    begins = datetime.combine(day, starts)
    found = [(number, _awake(_wall(begins, rule), begins, rules)) for number, rule in enumerate(rules.reminders, 1)]
    found.sort(key=lambda one: one[1])
    apart = found[:1] + [later for earlier, later in pairwise(found) if later[1] != earlier[1]]
    return [(number, moment(wall.date(), wall.time(), timezone)) for number, wall in apart if wall < begins]


def quiet_ends(now: datetime, rules: Rules, timezone: str) -> datetime | None:
    """Return, in UTC, when the quiet hours that it is in end; None when it is not in any."""
    local = now.astimezone(ZoneInfo(timezone))
    if not _is_quiet(local.time(), rules):
        return None
    morning = local.date() + timedelta(days=1) if local.time() >= rules.quiet_from else local.date()
    return moment(morning, rules.quiet_until, timezone).astimezone(UTC)


def _wall(begins: datetime, rule: ReminderRule) -> datetime:
    """Return the wall time that a rule names."""
    if rule.days_before is not None:
        return datetime.combine(begins.date() - timedelta(days=rule.days_before), rule.at)
    return begins - timedelta(hours=rule.hours_before or 0)


def _awake(wall: datetime, begins: datetime, rules: Rules) -> datetime:
    """Return a wall time outside the quiet hours."""
    if not _is_quiet(wall.time(), rules):
        return wall
    evening = wall.date() if wall.time() >= rules.quiet_from else wall.date() - timedelta(days=1)
    morning = datetime.combine(evening + timedelta(days=1), rules.quiet_until)
    if morning <= begins - TOO_LATE:
        return morning
    return datetime.combine(evening, rules.quiet_from) - EVENING_BEFORE


def _is_quiet(at: time, rules: Rules) -> bool:
    return at >= rules.quiet_from or at < rules.quiet_until
