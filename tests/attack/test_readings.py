"""Printed numbers are read back as all that they could stand for, and as nothing more."""

from __future__ import annotations

from tests.attack.readings import (
    Rules,
    count_ends,
    half_up,
    label_ends,
    shares_that_fit,
    sum_ends,
    total_ends,
    wilson,
)

RULES = Rules()


def test_a_count_is_read_as_everything_that_prints_like_it() -> None:
    assert count_ends("c", RULES) == (0, 4)
    assert count_ends(5, RULES) == (5, 7)
    assert count_ends(20, RULES) == (18, 22)
    assert count_ends("c", Rules(hidden_from=1)) == (1, 4)
    assert count_ends(0, Rules(hidden_from=1)) == (0, 0)


def test_a_total_at_the_end_of_what_its_cells_allow_may_stand_for_more() -> None:
    cells = sum_ends([(0, 4), (13, 17), (13, 17)])
    assert total_ends(30, RULES, cells) == (26, 32)
    assert total_ends(35, RULES, cells) == (33, 38)
    assert total_ends(30, RULES, cells, plain=True) == (28, 32)
    assert total_ends({"fewer_than": 10}, RULES) == (0, 9)


def test_only_a_base_without_the_label_of_a_small_group_is_known_to_be_none() -> None:
    assert label_ends(True, 30, RULES)[0] == 0
    assert label_ends(False, 30, RULES)[0] == 30
    assert label_ends(False, {"fewer_than": 10}, RULES) == (0, 9)


def test_a_share_with_its_range_is_read_back_as_the_counts_that_give_it() -> None:
    low, high = (half_up(end) for end in wilson(63, 125))
    assert (63, 125) in set(shares_that_fit(50, low, high, (123, 127)))
    assert all(half_up(100 * x / n) == 50 for x, n in shares_that_fit(50, low, high, (123, 127)))
