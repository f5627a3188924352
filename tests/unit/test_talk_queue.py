"""Laws of the waiting list: strict turns, never more than is free, and offers that end before the talk and by day."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from feedback_app.domain.talks.programme import Rules, Way
from feedback_app.domain.talks.queue import (
    BEFORE_IT_BEGINS,
    LEAST,
    Turn,
    held_up_by,
    next_offers,
    offer_until,
    position,
    state_for,
)
from feedback_app.domain.talks.talk import SignUpState, WayFacts, moment
from feedback_app.services.waiting_list import Clock

LONDON = "Europe/London"
RULES = Rules()
turns_drawn = st.lists(st.integers(1, 6), max_size=12).flatmap(
    lambda sizes: st.permutations([Turn(uuid.UUID(int=at), at + 1, size) for at, size in enumerate(sizes)])
)
MINUTE = timedelta(minutes=1)
# Every minute of two years, so that both clock changes and every night are among them.
moments = st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: datetime(2034, 1, 1, tzinfo=UTC) + minutes * MINUTE)
talks = st.builds(lambda now, minutes: (now, now + minutes * MINUTE), moments, st.integers(-600, 30 * 24 * 60))


def wall(at: datetime) -> datetime:
    """Return a moment as the clock on the wall shows it there."""
    return at.astimezone(ZoneInfo(LONDON)).replace(tzinfo=None)


@given(st.integers(0, 30), turns_drawn)
def test_offers_go_to_the_first_in_turn_and_never_beyond_what_is_free(free: int, turns: list[Turn]) -> None:
    offers = next_offers(free, turns)
    in_turn = sorted(turns, key=lambda turn: turn.queue)
    assert offers == in_turn[: len(offers)]
    assert sum(turn.places for turn in offers) <= free
    if len(offers) < len(turns):  # it ends only where the next family is larger than what is left
        assert in_turn[len(offers)].places > free - sum(turn.places for turn in offers)


@given(st.integers(0, 10), st.integers(0, 10), turns_drawn)
def test_only_who_can_never_be_served_is_passed_over(held: int, capacity: int, turns: list[Turn]) -> None:
    free = max(0, capacity - held)
    offers = next_offers(free, turns, capacity)
    possible = [turn for turn in turns if turn.places <= capacity]
    assert offers == next_offers(free, possible)
    left = free - sum(turn.places for turn in offers)
    stuck = held_up_by(left, [turn for turn in turns if turn not in offers], capacity)
    if stuck is not None:
        assert 0 < left < stuck.places <= capacity
        assert next_offers(left, [Turn(stuck.sign_up_id, stuck.queue, left)], capacity)  # fewer: at once


@given(st.integers(0, 30), st.integers(0, 40), st.integers(0, 3), st.integers(1, 6))
def test_nobody_is_booked_beyond_the_room_or_before_those_who_wait(
    capacity: int, held: int, waiting: int, places: int
) -> None:
    state = state_for(WayFacts(Way.IN_PERSON, capacity, held, waiting), places)
    assert (state is SignUpState.BOOKED) == (waiting == 0 and held + places <= capacity)


@given(talks)
def test_an_offer_ends_an_hour_before_the_talk_and_leaves_an_hour_of_the_day_to_answer(
    talk: tuple[datetime, datetime],
) -> None:
    now, starts_at = talk
    until = offer_until(now, starts_at, RULES, LONDON)
    if until is None:
        return
    assert now < until <= starts_at - BEFORE_IT_BEGINS
    assert until.tzinfo is UTC
    assert _hours_of_days(wall(now), wall(until)) >= LEAST


@given(talks)
def test_places_are_offered_as_long_as_an_hour_of_the_day_is_left(talk: tuple[datetime, datetime]) -> None:
    now, starts_at = talk
    last = starts_at - BEFORE_IT_BEGINS
    is_time = now < last and _hours_of_days(wall(now), wall(last)) >= LEAST
    assert (offer_until(now, starts_at, RULES, LONDON) is not None) == is_time


@given(moments, st.integers(1, 336))
def test_a_hold_ends_by_day_and_counts_no_hour_of_the_night(now: datetime, hours: int) -> None:
    until = offer_until(now, now + timedelta(days=60), Rules(offer_hours=hours), LONDON)
    assert until is not None
    at = wall(until).time()
    assert RULES.quiet_until <= at <= RULES.quiet_from
    days, rest = divmod(hours, 24)
    begins = max(wall(now), datetime.combine(wall(now), RULES.quiet_until))
    if wall(now).time() >= RULES.quiet_from:
        begins = datetime.combine(wall(now) + timedelta(days=1), RULES.quiet_until)
    assert _hours_of_days(begins + timedelta(days=days), wall(until)) == timedelta(hours=rest)


def test_six_hours_of_an_evening_go_on_in_the_morning() -> None:
    now = moment(date(2035, 6, 4), time(18), LONDON)
    until = offer_until(now, now + timedelta(days=2), RULES, LONDON)
    assert until is not None
    assert wall(until).isoformat() == "2035-06-05T12:00:00"


def test_two_days_are_two_days_of_the_calendar_when_the_clocks_change() -> None:
    for day, hours in ((date(2035, 3, 24), 47), (date(2035, 10, 27), 49)):
        now = moment(day, time(12), LONDON)
        until = offer_until(now, now + timedelta(days=30), RULES, LONDON)
        assert until is not None
        assert wall(until) == datetime.combine(day + timedelta(days=2), time(12))
        assert until - now == timedelta(hours=hours)


def test_places_are_not_offered_to_those_who_sleep_until_it_is_too_late() -> None:
    starts_at = moment(date(2035, 6, 5), time(9), LONDON)
    assert offer_until(moment(date(2035, 6, 5), time(3), LONDON), starts_at, RULES, LONDON) is None
    assert offer_until(moment(date(2035, 6, 4), time(19), LONDON), starts_at, RULES, LONDON) is not None


@given(turns_drawn)
def test_positions_are_one_two_three(turns: list[Turn]) -> None:
    in_turn = sorted(turns, key=lambda turn: turn.queue)
    assert [position(turns, turn.sign_up_id) for turn in in_turn] == list(range(1, len(turns) + 1))
    assert position(turns, uuid.UUID(int=99)) is None


def _hours_of_days(begins: datetime, ends: datetime) -> timedelta:
    """Return how much of a span of wall time is not night."""
    found, day = timedelta(), begins.date()
    while day <= ends.date():
        first = max(begins, datetime.combine(day, RULES.quiet_until))
        last = min(ends, datetime.combine(day, RULES.quiet_from))
        found += max(timedelta(), last - first)
        day += timedelta(days=1)
    return found


def test_the_day_of_a_clock_is_the_day_of_the_place_in_summer_time_too() -> None:
    late = datetime(2035, 7, 1, 23, 30, tzinfo=UTC)
    assert Clock(late, LONDON, RULES).today == date(2035, 7, 2)
    assert Clock(late.astimezone(ZoneInfo(LONDON)), LONDON, RULES).today == date(2035, 7, 2)
