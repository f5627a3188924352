"""Disclosure control: breakdowns by two dimensions at once, settled after what was shown before (R4)."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_app.domain.disclosure.breaking_down import protect_question
from tests.support.grouped_questions import POLICY, STANDING, invent, question_of, sizes_of

CROSSED = (("district", "helped"), ("locality", "age_band"), ("age_band", "helped"))


@settings(max_examples=4)
@given(st.integers(0, 2**31), st.sampled_from((120, 345)), st.permutations(CROSSED))
def test_a_later_table_changes_none_before_it(seed: int, number: int, order: list[tuple[str, ...]]) -> None:
    people = invent(seed, number)
    before: tuple[object, ...] = ()
    for last in range(len(order) + 1):
        tables = (*STANDING, *order[:last])
        found = protect_question(question_of(people, tables), sizes_of(people, tables), POLICY)
        assert found[: len(before)] == before
        before = found


def test_a_group_of_two_is_shown_only_where_each_of_its_own_is() -> None:
    people = invent(11, 200)
    tables = (*STANDING, ("district", "helped"))
    *standing, crossed = protect_question(question_of(people, tables), sizes_of(people, tables), POLICY)
    shown = {table.by[0]: {group.group[0] for group in table.groups if not group.withheld} for table in standing}
    for group in crossed.groups:
        if not group.withheld:
            assert group.group[0] in shown["district"]
            assert group.group[1] in shown["helped"]


def test_too_close_to_a_group_shown_before_is_told_in_its_own_words() -> None:
    people = invent(11, 200)
    tables = (*STANDING, ("district", "helped"))
    sizes = sizes_of(people, tables)
    crossed = protect_question(question_of(people, tables), sizes, POLICY)[-1]
    held = {group.group for group in crossed.groups if group.reason == "too_close"}
    assert held <= sizes.held["district", "helped"]
    assert all(group.withheld == "R4" for group in crossed.groups if group.group in held)
