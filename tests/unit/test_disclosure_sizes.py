"""Disclosure control: which groups are shown by their sizes, against a reader who knows the program and all sums."""

from __future__ import annotations

from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_app.domain.disclosure.grouped import UNTOLD, Dimension
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.ranges import SAFE_WIDTH
from feedback_app.domain.disclosure.sizes import Sizes, groups_of, holders, settle_sizes
from tests.support.grouped_questions import DIMENSIONS, DISTRICT, HELPED, LOCALITY, invent, sizes_of

POLICY = Policy()
TINY = Policy(
    minimum_base=5,
    minimum_base_minors=8,
    small_group=9,
    threshold=3,
    threshold_sensitive=4,
    rounding=3,
    exact_headline_base=12,
    same_answer_base=6,
    share_base=6,
)
THREE = Dimension("helped", (1, 2, 3))
BY = ("helped",)


def settled(*sizes: int, untold: int = 0, policy: Policy = POLICY, minors: bool = False) -> Sizes:
    """Settle one breakdown with groups of these sizes."""
    groups = {(code,): size for code, size in enumerate(sizes, start=1)} | {(UNTOLD,): untold}
    dimension = Dimension("helped", tuple(range(1, len(sizes) + 1)))
    return settle_sizes([dimension], {BY: groups}, sum(sizes) + untold, policy, minors=minors)


def shown(sizes: Sizes, by: tuple[str, ...] = BY) -> list[int]:
    """Return the first codes of the groups that may be shown."""
    return [group[0] for group in sizes.groups(by) if sizes.is_shown(by, group)]


def test_groups_of_ten_are_shown_and_smaller_ones_not() -> None:
    sizes = settled(10, 9, 40, 8)
    assert shown(sizes) == [1, 3]
    assert sizes.small[BY] == {(2,), (4,)}
    assert sizes.held[BY] == frozenset()


def test_a_child_s_group_needs_twenty() -> None:
    assert shown(settled(20, 19, 40, 19, minors=True)) == [1, 3]


def test_a_lone_small_group_takes_the_smallest_shown_one_with_it_and_nobody_is_told_which() -> None:
    sizes = settled(30, 2, 12, 40)
    assert shown(sizes) == [1, 4]
    assert sizes.held[BY] == {(2,), (3,)}


def test_an_empty_group_is_not_known_to_be_empty() -> None:
    assert shown(settled(30, 0, 12, 40)) == [1, 4]


def test_people_who_told_of_none_hide_a_small_group() -> None:
    assert shown(settled(30, 2, 12, 40, untold=3)) == [1, 3, 4]
    assert shown(settled(30, 12, 40, untold=1)) == [1, 2, 3]


def test_groups_as_small_as_each_other_give_way_together() -> None:
    assert shown(settled(12, 2, 12, 40, 30)) == [4, 5]


def test_one_more_gives_way_where_the_first_could_only_have_one_size() -> None:
    sizes = settled(10, 0, 12, 40)
    assert shown(sizes) == [4]
    assert sizes.held[BY] == {(1,), (2,), (3,)}


def test_with_nothing_left_to_show_all_are_held_back() -> None:
    assert shown(settled(300, 2)) == []


def test_a_district_gives_way_within_its_locality() -> None:
    people = {(1,): 30, (2,): 3, (3,): 14, (4,): 40, (5,): 20, (6,): 18, (UNTOLD,): 9}
    localities = {(1,): 47, (2,): 78, (UNTOLD,): 9}
    sizes = settle_sizes(DIMENSIONS, {("district",): people, ("locality",): localities}, 134, POLICY)
    assert shown(sizes, ("district",)) == [1, 4, 5, 6]
    assert shown(sizes, ("locality",)) == [1, 2]
    alone = settle_sizes(DIMENSIONS, {("district",): people}, 134, POLICY)
    assert shown(alone, ("district",)) == [1, 3, 4, 5, 6]  # nine who told of none, and no locality to subtract from


def test_no_district_is_shown_in_a_locality_that_is_not() -> None:
    people = {(1,): 4, (2,): 0, (3,): 0, (4,): 40, (5,): 20, (6,): 18}
    sizes = settle_sizes(DIMENSIONS, {("district",): people, ("locality",): {(1,): 4, (2,): 78}}, 82, POLICY)
    assert shown(sizes, ("locality",)) == []
    assert shown(sizes, ("district",)) == []


def test_two_at_once_are_too_close_to_one_that_they_nearly_fill() -> None:
    crossed = {(1, 1): 28, (1, 2): 2, (2, 1): 20, (2, 2): 15, (3, 1): 12, (3, 2): 11}
    districts = {(1,): 30, (2,): 35, (3,): 23}
    helped = {(1,): 60, (2,): 28}
    given_ = {("district",): districts, ("helped",): helped, ("district", "helped"): crossed}
    sizes = settle_sizes(DIMENSIONS, given_, 88, POLICY)
    by = ("district", "helped")
    assert sizes.held[by] >= {(1, 1), (1, 2)}
    assert sizes.is_shown(by, (2, 1))
    assert not sizes.is_shown(by, (1, 1))
    assert (3, 2) in sizes.held[by]  # by the line of those who had no help, where 2 were left


def test_a_place_of_children_needs_three_settings_behind_it() -> None:
    people = {(1,): 30, (2,): 34, (3,): 40, (4,): 40, (5,): 20, (6,): 28}
    places = {("district",): {(1,): 3, (2,): 2, (3,): 5, (4,): 3, (5,): 4, (6,): 3}}
    sizes = settle_sizes(DIMENSIONS, {("district",): people}, 192, POLICY, minors=True, places=places)
    assert sizes.distant[("district",)] == {(2,)}
    assert shown(sizes, ("district",)) == [1, 3, 4, 5, 6]
    grown = settle_sizes(DIMENSIONS, {("district",): people}, 192, POLICY, places=places)
    assert grown.distant[("district",)] == frozenset()


def test_sizes_that_do_not_add_up_are_refused_without_telling_them() -> None:
    for people, total in (({(1,): 30, (2,): 12}, 43), ({(1,): 30, (2,): -1}, 29)):
        with pytest.raises(ValueError, match="do not add up"):
            settle_sizes([HELPED], {BY: people}, total, POLICY)
    with pytest.raises(ValueError, match="not declared"):
        settle_sizes([HELPED], {BY: {(7,): 30}}, 30, POLICY)
    with pytest.raises(ValueError, match="one or two different"):
        settle_sizes([HELPED], {("helped", "helped"): {}}, 0, POLICY)
    with pytest.raises(ValueError, match="adds up to"):
        settle_sizes([DISTRICT, LOCALITY], {("district", "locality"): {}}, 0, POLICY)
    with pytest.raises(KeyError):
        settle_sizes([HELPED], {("need",): {}}, 0, POLICY)


def test_a_group_lies_within_its_own_breakdowns_and_their_parents() -> None:
    assert holders(DIMENSIONS, ("district",), (4,)) == [(("locality",), (2,))]
    assert holders(DIMENSIONS, ("locality",), (2,)) == []
    assert holders(DIMENSIONS, ("district", "helped"), (4, UNTOLD)) == [
        (("district",), (4,)),
        (("helped",), (UNTOLD,)),
        (("locality", "helped"), (2, UNTOLD)),
    ]
    assert groups_of(DIMENSIONS, ("locality", "helped"))[-1] == (2, 2)


@given(st.integers(0, 2**31), st.integers(20, 400))
def test_whoever_subtracts_all_that_is_shown_is_left_with_enough_people(seed: int, number: int) -> None:
    tables = [("district",), ("locality",), ("helped",), ("district", "helped"), ("helped", "age_band")]
    people = invent(seed, number)
    sizes = sizes_of(people, [*tables, ("age_band",)])
    for by in tables:
        whole = {((), ()): set(sizes.people[by])}
        for group in sizes.people[by]:
            for table, held in holders(DIMENSIONS, by, group):
                if table in sizes.people and sizes.is_shown(table, held):
                    whole.setdefault((table, held), set()).add(group)
        for line in whole.values():
            hidden = [group for group in line if not sizes.is_shown(by, group)]
            if any(group in sizes.small[by] for group in hidden) and len(hidden) < len(line):
                assert sum(sizes.people[by][group] for group in hidden) >= POLICY.threshold


def test_nobody_who_knows_the_program_and_every_shown_size_learns_a_small_one() -> None:
    printed = defaultdict(list)
    for *groups, untold in product(range(11), range(11), range(11), range(3)):
        sizes = settled(*groups, untold=untold, policy=TINY)
        told = tuple(
            sizes.people[BY][group] if sizes.is_shown(BY, group) else "kept" if group in sizes.held[BY] else "few"
            for group in sizes.groups(BY)
        )
        printed[told, sizes.total].append(groups)
    learnt = []
    for (told, total), all_groups in printed.items():
        for at in range(3):
            values = [groups[at] for groups in all_groups]
            small = min(values) < TINY.threshold and total >= TINY.minimum_base  # a smaller wave shows nothing at all
            if isinstance(told[at], str) and small and max(values) - min(values) < SAFE_WIDTH:
                learnt.append((told, total, sorted(set(values))))
    assert learnt == []
