"""The release ledger: who has seen what, in which order tables are settled, which sets of people stand too close."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_app.domain.disclosure.ledger import (
    Audience,
    Entry,
    audience_of,
    is_a_few,
    seen_by,
    to_settle_with,
    too_close,
)
from feedback_app.domain.scope import Role

T = 5
PEOPLE = frozenset(range(40))
sets = st.frozensets(st.sampled_from(sorted(PEOPLE)))
ENTRIES = [
    Entry(2, "PC01", ("district", "waiting"), Audience.SEND_TEAM),
    Entry(0, "PC01", ("district", "helped"), Audience.LEAD),
    Entry(1, "PC02", ("district", "helped"), Audience.LEAD),
    Entry(3, "PC01", ("provision", "helped"), Audience.LEAD),
]


def test_only_the_send_team_sees_answers_as_they_come_in() -> None:
    assert [audience.name for audience in Audience if audience.sees_live] == ["SEND_TEAM"]


def test_a_reader_with_several_roles_sees_what_the_highest_may_see() -> None:
    assert audience_of([Role.WORKSTREAM_LEAD, Role.SEND_TEAM]) is Audience.SEND_TEAM
    assert audience_of([Role.ADMINISTRATOR, Role.WORKSTREAM_LEAD]) is Audience.LEAD
    with pytest.raises(ValueError, match="read no figures"):
        audience_of([Role.ADMINISTRATOR])


def test_an_audience_has_seen_what_those_below_it_may_see_and_nothing_above() -> None:
    assert [entry.position for entry in seen_by(Audience.LEAD, ENTRIES)] == [0, 1, 3]
    assert [entry.position for entry in seen_by(Audience.SEND_TEAM, ENTRIES)] == [0, 1, 2, 3]
    assert seen_by(Audience.BOARD, ENTRIES) == ()


def test_a_new_table_is_settled_after_all_of_its_question_whoever_saw_them() -> None:
    settled = to_settle_with(ENTRIES, "PC01", ("provision", "waiting"))
    assert [entry.position for entry in settled] == [0, 2, 3]


def test_a_table_shown_before_is_settled_as_it_was_then() -> None:
    assert [entry.position for entry in to_settle_with(ENTRIES, "PC01", ("district", "waiting"))] == [0]
    assert to_settle_with(ENTRIES, "PC02", ("district", "helped")) == ()


def test_a_set_within_another_must_leave_nobody_or_enough_people() -> None:
    whole = frozenset(range(20))
    assert not too_close(whole, whole, T)
    assert too_close(frozenset(range(19)), whole, T)
    assert too_close(whole, frozenset(range(16)), T)
    assert not too_close(frozenset(range(15)), whole, T)


def test_two_sets_apart_must_leave_nobody_or_enough_of_the_whole_that_is_shown_too() -> None:
    one, other = frozenset(range(20)), frozenset(range(20, 37))
    assert too_close(one, other, T, PEOPLE)
    assert not too_close(one, other, T)
    assert not too_close(one, frozenset(range(20, 40)), T, PEOPLE)
    assert not too_close(one, frozenset(range(20, 35)), T, PEOPLE)


def test_sets_that_share_a_few_people_and_differ_by_many_may_both_be_shown() -> None:
    assert not too_close(frozenset(range(12)), frozenset(range(11, 30)), T, PEOPLE)


@given(sets, sets)
def test_which_of_two_sets_came_first_does_not_matter(one: frozenset[int], other: frozenset[int]) -> None:
    assert too_close(one, other, T, PEOPLE) == too_close(other, one, T, PEOPLE)


@given(sets, sets)
def test_what_is_left_by_subtracting_allowed_sets_is_nobody_or_enough(
    one: frozenset[int], other: frozenset[int]
) -> None:
    whole = one | other
    for part in (one, other):
        if not too_close(part, whole, T, PEOPLE):
            assert not 0 < len(whole - part) < T


def test_a_few_are_one_to_one_less_than_the_threshold() -> None:
    assert [people for people in range(8) if is_a_few(people, T)] == [1, 2, 3, 4]
