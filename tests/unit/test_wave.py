"""When a survey is open, and how long what was begun may be finished."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from feedback_app.domain.wave import Keeping, draft_expires_on, is_open, last_day, may_finish, overlap, week_of

DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))
OPENS = date(2026, 11, 1)
CLOSED = date(2026, 12, 19)


def test_a_wave_is_open_from_its_first_day_to_its_last() -> None:
    assert not is_open(OPENS, CLOSED, date(2026, 10, 31))
    assert is_open(OPENS, CLOSED, OPENS)
    assert is_open(OPENS, CLOSED, date(2026, 12, 18))
    assert not is_open(OPENS, CLOSED, CLOSED)
    assert last_day(CLOSED) == date(2026, 12, 18)


def test_a_wave_without_an_end_stays_open() -> None:
    assert is_open(OPENS, None, date(2036, 1, 1))
    assert last_day(None) is None


def test_what_was_begun_may_be_finished_for_seven_days_after_the_close() -> None:
    assert may_finish(OPENS, CLOSED, CLOSED + timedelta(days=6))
    assert not may_finish(OPENS, CLOSED, CLOSED + timedelta(days=7))


def test_a_draft_expires_fourteen_days_after_the_last_touch_or_with_the_grace() -> None:
    assert draft_expires_on(OPENS, None) == date(2026, 11, 15)
    assert draft_expires_on(date(2026, 12, 18), CLOSED) == date(2026, 12, 25)


def test_a_partnership_may_keep_things_for_other_times() -> None:
    short = Keeping(draft_days=3, grace_days=0, words_days=30)
    assert draft_expires_on(OPENS, None, keeping=short) == OPENS + timedelta(days=3)
    assert draft_expires_on(date(2026, 12, 18), CLOSED, keeping=short) == date(2026, 12, 18)
    assert not may_finish(OPENS, CLOSED, CLOSED, keeping=short)
    assert may_finish(OPENS, CLOSED, date(2026, 12, 18), keeping=short)


@given(DAYS)
def test_the_week_of_a_day_is_a_monday_at_most_six_days_before(day: date) -> None:
    monday = week_of(day)
    assert monday.weekday() == 0
    assert timedelta(0) <= day - monday <= timedelta(days=6)


def test_waves_that_share_a_day_overlap() -> None:
    assert overlap(OPENS, CLOSED, date(2026, 12, 18), None)
    assert overlap(OPENS, None, date(2030, 1, 1), None)
    assert not overlap(OPENS, CLOSED, CLOSED, None)
    assert not overlap(CLOSED, None, OPENS, CLOSED)
