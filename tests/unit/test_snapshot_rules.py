"""When a snapshot may be replaced (R5): no set of people that is shown changes by a few, and as few as can be wait."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_app.domain.disclosure.snapshots import choose, may_replace

T = 5
OLD = {"everybody": {"everybody": 100}, "district": {"1": 40, "2": 60}}


def added(one: int, two: int) -> dict[str, dict[str, int]]:
    """Return so many people added to each district."""
    return {"everybody": {"everybody": one + two}, "district": {"1": one, "2": two}}


@pytest.mark.parametrize(
    ("one", "two", "may"), [(0, 0, True), (5, 0, True), (5, 7, True), (4, 9, False), (0, 3, False)]
)
def test_each_set_changes_by_nobody_or_by_enough(one: int, two: int, may: bool) -> None:
    assert may_replace(OLD, added(one, two), {}, T) is may


def test_erasures_count_as_changes() -> None:
    assert not may_replace(OLD, added(5, 0), added(0, 1), T)
    assert may_replace(OLD, added(0, 4), added(0, 1), T)
    assert may_replace(OLD, {}, added(5, 5), T)
    assert not may_replace(OLD, {}, added(1, 0), T)


def test_more_people_cannot_be_gone_than_were_there() -> None:
    with pytest.raises(ValueError, match="more people are gone"):
        may_replace(OLD, {}, added(41, 0), T)


def chosen(ways: list[list[int]], gone: list[list[int]], threshold: int = T) -> list[bool]:
    """Return who comes in; ``ways`` and ``gone`` by the number of a way of dividing people."""
    waiting = {str(at): np.array(places, np.intp) for at, places in enumerate(ways)}
    removed = {str(at): np.array(people, np.intp) for at, people in enumerate(gone)}
    return choose(waiting, removed, threshold).tolist()


def test_who_would_change_a_group_by_a_few_waits() -> None:
    assert chosen([[0] * 6 + [1] * 4], [[0, 0]]) == [True] * 6 + [False] * 4


def test_waiting_goes_on_where_it_leaves_another_group_with_a_few() -> None:
    first = [0] * 6 + [1] * 4
    second = [0, 0] + [1] * 8  # two of the six share a group with nobody
    assert chosen([first, second], [[0, 0], [0, 0]]) == [False] * 10
    assert chosen([first, [0] * 10], [[0, 0], [0]]) == [True] * 6 + [False] * 4


def test_who_is_gone_counts_with_who_comes_in() -> None:
    assert chosen([[0] * 10 + [1] * 4], [[0, 1]]) == [True] * 14


def test_fewer_than_the_threshold_in_all_wait() -> None:
    assert chosen([[0] * 4], [[1]]) == [False] * 4
    assert chosen([[]], [[0, 0]]) == []


@st.composite
def waves(draw: st.DrawFn) -> tuple[list[list[int]], list[list[int]], int]:
    """Return a few waiting answers divided in two ways, and how many are gone from each set."""
    people, sets, threshold = draw(st.integers(0, 9)), 3, draw(st.integers(2, 4))
    place = st.integers(0, sets - 1)
    ways = [draw(st.lists(place, min_size=people, max_size=people)) for _ in range(2)]
    gone = [draw(st.lists(st.integers(0, 3), min_size=sets, max_size=sets)) for _ in range(2)]
    return ways, gone, threshold


@given(waves())
def test_of_all_choices_that_may_be_made_the_largest_is_made(
    wave: tuple[list[list[int]], list[list[int]], int],
) -> None:
    ways, gone, threshold = wave
    allowed: set[int] = set()
    for picked in product((False, True), repeat=len(ways[0])):
        if _may(list(picked), ways, gone, threshold) and (not any(picked) or sum(picked) >= threshold):
            allowed |= {at for at, comes_in in enumerate(picked) if comes_in}
    found = chosen(ways, gone, threshold)
    assert {at for at, comes_in in enumerate(found) if comes_in} == allowed
    assert _may(found, ways, gone, threshold)


def _may(picked: list[bool], ways: list[list[int]], gone: list[list[int]], threshold: int) -> bool:
    """Return whether no set that somebody joins changes by a few."""
    for places, left in zip(ways, gone, strict=True):
        for place, people in enumerate(left):
            joins = sum(comes_in and at == place for comes_in, at in zip(picked, places, strict=True))
            if joins and 0 < joins + people < threshold:
                return False
    return True
