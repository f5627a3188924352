"""Reminders go in local time, outside the quiet hours, each once; a clock change moves none of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_app.domain.talks.programme import ReminderRule, Rules
from feedback_app.domain.talks.reminders import TOO_LATE, moments, quiet_ends

LONDON = "Europe/London"
RULES = Rules()
AN_HOUR = timedelta(hours=1)


def local(day: date, starts: time, rules: Rules = RULES) -> list[str]:
    return [f"{at.astimezone(ZoneInfo(LONDON)):%a %H:%M}" for _number, at in moments(day, starts, rules, LONDON)]


@pytest.mark.parametrize(
    ("day", "utc_hours"),
    [
        (date(2035, 10, 30), [10, 9]),  # Tuesday after the clocks went back: both in winter time, the first on Sunday
        (date(2035, 10, 29), [9, 9]),  # Monday: two days before is summer time still
        (date(2035, 3, 26), [10, 8]),  # Monday after they went forward: two days before is winter time still
        (date(2035, 3, 27), [9, 8]),
    ],
)
def test_over_a_clock_change_local_time_stays(day: date, utc_hours: list[int]) -> None:
    assert [at.hour for _number, at in moments(day, time(11), RULES, LONDON)] == utc_hours
    assert [one[4:] for one in local(day, time(11))] == ["10:00", "09:00"]


@pytest.mark.parametrize(
    ("starts", "hours_before", "goes"),
    [
        (time(11), 2, "Thu 09:00"),
        (time(10), 2, "Thu 08:00"),
        (time(9, 30), 2, "Thu 08:00"),  # at the end of the quiet hours ...
        (time(8, 30), 2, "Thu 08:00"),  # ... with half an hour to go
        (time(8, 15), 2, "Wed 19:45"),  # else in the evening before
        (time(0, 30), 2, "Wed 19:45"),
        (time(22, 30), 2, "Thu 19:45"),
        (time(22), 2, "Thu 19:45"),
        (time(21, 59), 2, "Thu 19:59"),
    ],
)
def test_quiet_hours_are_kept(starts: time, hours_before: int, goes: str) -> None:
    rules = Rules(reminders=(ReminderRule(hours_before=hours_before),))
    assert local(date(2035, 12, 13), starts, rules) == [goes]


def test_two_that_fall_together_are_one() -> None:
    rules = Rules(reminders=(ReminderRule(hours_before=2), ReminderRule(hours_before=3)))
    assert local(date(2035, 12, 13), time(9), rules) == ["Thu 08:00"]


days = st.dates(date(2030, 1, 1), date(2040, 12, 31))
times = st.times().map(lambda at: at.replace(second=0, microsecond=0))
rules_of = st.builds(
    Rules,
    reminders=st.lists(
        st.one_of(
            st.builds(ReminderRule, days_before=st.integers(1, 30), at=times),
            st.builds(ReminderRule, hours_before=st.integers(1, 12)),
        ),
        min_size=1,
        max_size=4,
    ).map(tuple),
    quiet_from=st.sampled_from([time(19), time(20), time(21, 30)]),
    quiet_until=st.sampled_from([time(7), time(8), time(9)]),
)


@given(days, times, rules_of)
def test_every_reminder_is_before_the_talk_awake_and_at_a_moment_of_its_own(
    day: date, starts: time, rules: Rules
) -> None:
    found = moments(day, starts, rules, LONDON)
    assert found
    assert [at for _number, at in found] == sorted({at for _number, at in found})
    for _number, at in found:
        assert quiet_ends(at, rules, LONDON) is None
        assert at.astimezone(ZoneInfo(LONDON)).replace(tzinfo=None) < datetime.combine(day, starts)


@given(st.integers(0, 5_000_000).map(lambda minutes: datetime(2030, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)))
def test_quiet_hours_end_in_the_morning_and_soon(now: datetime) -> None:
    ends = quiet_ends(now, RULES, LONDON)
    if ends is not None:
        assert f"{ends.astimezone(ZoneInfo(LONDON)):%H:%M}" == "08:00"
        assert now < ends <= now + timedelta(hours=13)
        assert quiet_ends(ends, RULES, LONDON) is None
    assert timedelta() < TOO_LATE < AN_HOUR
