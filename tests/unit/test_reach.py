"""What may be told of those who came to talks: laws, and attacks on what is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.talks.programme import Rules
from feedback_app.domain.talks.reach import (
    REST,
    FinishedTalk,
    Part,
    Quarter,
    block_of,
    blocks_of,
    people_of,
    told_quarters,
    told_together,
)

POLICY, RULES = Policy(), Rules()
UNSAID = "district:unsaid"
DISTRICTS = [f"district:{code}" for code in range(1, 6)]
COUNTS = st.lists(
    st.dictionaries(st.sampled_from([*DISTRICTS, UNSAID]), st.integers(0, 25), max_size=6), min_size=1, max_size=6
)


def tell(talks: Sequence[Mapping[str, int]]) -> tuple[Part, ...]:
    """Return the districts of some talks as they are told."""
    return told_together(talks, DISTRICTS, [UNSAID], POLICY.threshold, POLICY)


def keys_within(part: Part, told: Sequence[Part]) -> list[str]:
    """Return the keys that an attacker knows a part to be made of."""
    apart = {one.key for one in told if one.key != REST}
    return [part.key] if part.key != REST else [key for key in [*DISTRICTS, UNSAID] if key not in apart]


@settings(max_examples=300, deadline=None)
@given(COUNTS)
def test_every_part_that_is_told_holds_enough_families_at_one_talk(talks: list[dict[str, int]]) -> None:
    told = tell(talks)
    for part in told:
        keys = keys_within(part, told)
        assert max(sum(talk.get(key, 0) for key in keys) for talk in talks) >= POLICY.threshold
        assert part.number.value is not None
        assert part.number.value % POLICY.rounding == 0
        assert abs(part.number.value - sum(talk.get(key, 0) for talk in talks for key in keys)) <= 2
    assert len(told) != 1, "one part alone would tell that everybody is in it"


@settings(max_examples=300, deadline=None)
@given(COUNTS, st.data())
def test_where_a_family_of_a_small_district_lives_changes_nothing_that_is_told(
    talks: list[dict[str, int]], data: st.DataObject
) -> None:
    told = tell(talks)
    small = [key for key in DISTRICTS if max(talk.get(key, 0) for talk in talks) < POLICY.threshold]
    there = [(at, key) for at, talk in enumerate(talks) for key in small if talk.get(key, 0)]
    if not there:
        return
    at, key = data.draw(st.sampled_from(there))
    moved = [dict(talk) for talk in talks]
    moved[at][key] -= 1
    moved[at][UNSAID] = moved[at].get(UNSAID, 0) + 1
    assert tell(moved) == told


@settings(max_examples=400, deadline=None)
@given(COUNTS)
def test_an_attacker_who_tries_every_world_is_left_with_three_numbers_for_a_hidden_district(
    talks: list[dict[str, int]],
) -> None:
    told = tell(talks)
    if not told:
        return
    within = keys_within(told[-1], told)
    for hidden in (key for key in within if max(talk.get(key, 0) for talk in talks) < POLICY.threshold):
        assert len(possible_totals(talks, hidden, within)) >= 3


def possible_totals(talks: Sequence[Mapping[str, int]], hidden: str, within: Sequence[str]) -> set[int]:
    """Return the totals of a hidden key that print the same, where families only moved within the rest at one talk."""
    told, found = tell(talks), set()
    for at, talk in enumerate(talks):
        for other in (key for key in within if key != hidden):
            for more in range(-talk.get(hidden, 0), talk.get(other, 0) + 1):
                moved = {hidden: talk.get(hidden, 0) + more, other: talk.get(other, 0) - more}
                world = [*talks[:at], {**talk, **moved}, *talks[at + 1 :]]
                if tell(world) == told:
                    found.add(sum(one.get(hidden, 0) for one in world))
    return found


def test_with_the_rule_switched_off_a_single_family_is_told_to_within_one() -> None:
    talks = [{"district:1": 12, "district:2": 1, UNSAID: 4}]
    apart = {part.key: part.number for part in told_together(talks, DISTRICTS, [UNSAID], 1, POLICY)}
    assert apart["district:2"].high - apart["district:2"].low < 2
    assert "district:2" not in {part.key for part in tell(talks)}


def talk(day: date, finished_on: date | None = None, **counts: int) -> FinishedTalk:
    """Return a talk that was finished the day after, unless told otherwise."""
    named = {key.replace("__", ":"): number for key, number in counts.items()}
    return FinishedTalk(day, finished_on or day + timedelta(days=1), named)


MAY, AUGUST, NOVEMBER = date(2026, 5, 5), date(2026, 8, 5), date(2026, 11, 5)


def test_quarters_follow_each_other() -> None:
    autumn = Quarter(2026, 4)
    assert (autumn.first, autumn.last) == (date(2026, 10, 1), date(2026, 12, 31))
    assert (autumn.next, autumn.before) == (Quarter(2027, 1), Quarter(2026, 3))
    assert all(Quarter.of(date(2026, month, 15)).number == (month - 1) // 3 + 1 for month in range(1, 13))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.dates(MAY, NOVEMBER), st.integers(0, 60), st.integers(0, 40)), max_size=12), st.data())
def test_what_was_told_once_is_told_for_ever(given_talks: list[tuple[date, int, int]], data: st.DataObject) -> None:
    talks = [talk(day, day + timedelta(days=late), families_booked=booked) for day, late, booked in given_talks]
    first = data.draw(st.dates(MAY, date(2027, 6, 1)))
    later = data.draw(st.dates(first, date(2027, 12, 31)))
    known = [one for one in talks if one.finished_on <= first]
    before, after = told_quarters(known, RULES, first), told_quarters(talks, RULES, later)
    assert {quarter: after[quarter] for quarter in before} == before
    blocks = blocks_of(before, POLICY)
    assert blocks_of(after, POLICY)[: len(blocks)] == blocks


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.dates(MAY, NOVEMBER), st.integers(0, 40)), max_size=12))
def test_no_talk_is_in_two_periods(given_talks: list[tuple[date, int]]) -> None:
    talks = [talk(day, families_booked=booked) for day, booked in given_talks]
    blocks = blocks_of(told_quarters(talks, RULES, date(2028, 1, 1)), POLICY)
    for (_first, last, _counts), (first, _last, _others) in pairwise(blocks):
        assert last.next == first
    assert sum(len(counts) for _first, _last, counts in blocks) <= len(talks)


def test_one_family_of_a_district_in_two_quarters_is_never_told_apart() -> None:
    common = {"families_booked": 20, "families_came": 14, "district__1": 12}
    alone = [
        talk(MAY, district__2=1, district__unsaid=7, **common),
        talk(AUGUST, district__2=1, district__unsaid=7, **common),
    ]
    told = told_quarters(alone, RULES, date(2027, 1, 1))
    (first, last, counts), = blocks_of(told, POLICY)  # fmt: skip
    block = block_of(first, last, counts, [1, 2, 3], ["bsl"], POLICY)
    assert [(part.key, part.number.value) for part in block.districts] == [("district:1", 25), (REST, 15)]
    nobody = [replace(one, counts={**one.counts, "district:2": 0, "district:unsaid": 8}) for one in alone]
    (_first, _last, other), = blocks_of(told_quarters(nobody, RULES, date(2027, 1, 1)), POLICY)  # fmt: skip
    assert block_of(first, last, other, [1, 2, 3], ["bsl"], POLICY) == block
    others = told_quarters(nobody, RULES, date(2027, 1, 1))
    assert [people_of(told[quarter], POLICY) for quarter in told] == [
        people_of(others[quarter], POLICY) for quarter in told
    ]


def test_first_timers_are_a_share_of_those_who_said_where_it_can_be_told() -> None:
    def first_timers(yes: int, no: int, unsaid: int) -> list[tuple[str, int | None, int | None]]:
        counts = {"first_time:yes": yes, "first_time:no": no, "first_time:unsaid": unsaid}
        block = block_of(Quarter(2026, 3), Quarter(2026, 3), [counts], [], [], POLICY)
        return [(part.key.removeprefix("first_time:"), part.number.value, part.percent) for part in block.first_time]

    assert first_timers(10, 30, 12) == [("yes", 10, 25), ("no", 30, 75), (REST, 10, None)]
    assert first_timers(10, 30, 2) == [("yes", 10, 25), (REST, 30, 75)], "few did not say: they stand with those before"
    assert first_timers(3, 30, 12) == [("no", 30, 67), (REST, 15, 33)], "few were new: they stand with the unsaid"
    assert first_timers(3, 3, 1) == first_timers(0, 40, 0) == first_timers(40, 1, 2) == []


def test_a_family_that_comes_to_six_talks_is_not_six_families() -> None:
    talks = [{"district:1": 1, "district:2": 15, UNSAID: 9}] * 6
    assert [part.key for part in tell(talks)] == ["district:2", REST]


def test_a_need_that_one_family_has_is_not_told_at_any_number_of_talks() -> None:
    one = {
        "families_booked": 40, "needing:met": 12, "needing:unmet": 8,
        "need:bsl:asked": 1, "need:captions:asked": 12, "need:step_free:asked": 11,
    }  # fmt: skip
    block = block_of(Quarter(2026, 2), Quarter(2026, 3), [one] * 12, [], ["bsl", "captions", "step_free"], POLICY)
    without = block_of(
        Quarter(2026, 2),
        Quarter(2026, 3),
        [{**one, "need:bsl:asked": 0}] * 12,
        [],
        ["bsl", "captions", "step_free"],
        POLICY,
    )
    assert "need:bsl:asked" not in {part.key for part in block.needs}
    assert {part.key for part in block.needs} == {"need:captions:asked", REST}
    assert {part.key for part in without.needs} == {"need:captions:asked", REST}
    assert [part.percent for part in block.met] == [60, 40]


def test_where_nearly_everybody_came_nobody_who_did_not_is_told() -> None:
    nearly = people_of(
        [{"families_booked": 40, "families_came": 38, "places_booked": 60, "came:in_person": 57}], POLICY
    )
    assert nearly.rate is None
    assert (nearly.bookings.value, nearly.places.value, nearly.came.value) == (40, 60, 55)
    some = people_of([{"families_booked": 40, "families_came": 30, "places_booked": 60, "came:in_person": 45}], POLICY)
    assert some.rate == 75


def test_a_talk_that_is_finished_changes_nothing_before_its_quarter_is_told() -> None:
    last_summer, autumn = talk(AUGUST, families_booked=40), talk(date(2026, 10, 5), families_booked=3)
    late = talk(date(2026, 9, 30), date(2026, 10, 22), families_booked=3)
    day = date(2026, 11, 20)
    assert told_quarters([last_summer], RULES, day) == told_quarters([last_summer, autumn, late], RULES, day)
    assert told_quarters([last_summer], RULES, date(2026, 10, 22)) == {}, "what was finished last can be opened again"
    assert list(told_quarters([last_summer], RULES, date(2026, 10, 23))) == [Quarter(2026, 3)]
