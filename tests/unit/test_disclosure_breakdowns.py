"""Disclosure control: breakdowns by one dimension, and a reader who has them all, knows the program and every size."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_app.domain.disclosure.breaking_down import protect_breakdowns, protect_question
from feedback_app.domain.disclosure.gate import protect
from feedback_app.domain.disclosure.grouped import Band, GroupedTable, Question
from feedback_app.domain.disclosure.sizes import settle_sizes
from feedback_app.domain.scoring.counts import Counts
from tests.support.grouped_questions import HELPED, POLICY, STANDING, People, invent, question_of, sizes_of

people_drawn = st.builds(
    invent,
    st.integers(0, 2**31),
    st.sampled_from((30, 60, 165, 345)),
    options=st.integers(2, 4),
    several=st.booleans(),
    missing=st.sampled_from((0.0, 0.1)),
)


@settings(max_examples=15)
@given(people_drawn)
def test_every_printed_range_holds_the_truth_and_no_small_count_is_shown(people: People) -> None:
    question = question_of(people)
    for table, exact in zip(protect_question(question, sizes_of(people), POLICY), question.grouped, strict=True):
        for group in table.groups:
            if group.withheld:
                assert (group.counts, group.percents, group.figure) == ((), (), None)
                assert group.reason
                continue
            base = exact.base(group.group)
            assert group.base is not None
            assert group.base.low <= base <= group.base.high
            assert base >= POLICY.minimum_base
            for count, band in zip(group.counts, table.bands, strict=True):
                true = sum(exact.people[group.group].get(code, 0) for code in band.codes)
                assert count.low <= true <= count.high
                assert count.value is None or count.value % POLICY.rounding == 0
                assert true >= POLICY.threshold or count.low == 0  # one printed a step off is not told from others


@settings(max_examples=10)
@given(people_drawn)
def test_percentages_and_figures_need_twenty_answers_and_come_from_what_is_printed(people: People) -> None:
    for table in protect_question(question_of(people), sizes_of(people), POLICY):
        for group in table.groups:
            for count, percent in zip(group.counts, group.percents, strict=True):
                if percent is not None:
                    assert group.base is not None
                    assert group.base.value is not None
                    assert count.value is not None
                    assert abs(percent - 100 * count.value / group.base.value) <= 0.5
                    assert group.base.value >= POLICY.share_base
            if group.figure:
                assert group.figure.value == group.percents[-1]
                assert group.figure.low is not None
                assert group.figure.low <= group.figure.value <= (group.figure.high or 0)


def test_questions_are_protected_one_by_one_in_any_order() -> None:
    people = [invent(seed, 165) for seed in (1, 2)]
    questions = [question_of(one, (("helped",),)) for one in people]
    sizes = sizes_of(people[0])
    first = protect_breakdowns(questions[:1], sizes, POLICY)
    assert first == protect_question(questions[0], sizes, POLICY)
    assert first == protect_breakdowns(questions[:1], sizes, POLICY)


def test_a_wave_kept_private_has_no_breakdown() -> None:
    people = invent(3, 8)
    (shown,) = protect([question_of(people).table], POLICY)
    for table in protect_question(question_of(people), sizes_of(people), POLICY):
        assert (table.withheld, table.reason, table.groups) == (shown.withheld, shown.reason, ())
        assert table.as_dict()["withheld"] == "R0"


def test_a_group_in_which_nearly_all_answer_a_sensitive_question_alike_is_withheld() -> None:
    groups = {"helped": [1] * 60 + [2] * 60}
    answers = [1] * 55 + [2] * 5 + [1] * 30 + [2] * 30
    people = People(groups, answers, (1, 2), sensitive=True)
    question = question_of(people, (("helped",),))
    sizes = settle_sizes([HELPED], {("helped",): {(1,): 60, (2,): 60}}, 120, POLICY)
    (table,) = protect_question(question, sizes, POLICY)
    assert [group.reason for group in table.groups] == ["kept_private", None]


def test_a_group_that_was_not_asked_says_so() -> None:
    question = question_of(invent(5, 200, missing=0.0), (("helped",),))
    table = question.grouped[0]
    moved = {(1,): {code: table.people[(1,)][code] + table.people[(2,)][code] for code in (1, 2, 3)}}
    people = {**table.people, **moved, (2,): dict.fromkeys((1, 2, 3), 0)}
    sizes = {group: sum(counts.values()) for group, counts in people.items()} | {(2,): 40}
    asked = GroupedTable(("helped",), people, dict.fromkeys(people, 0) | {(2,): 40}, not_asked=frozenset({(2,)}))
    missing = dict(question.table.counts.missing) | {"not_shown": 40}
    whole = replace(question.table, counts=Counts(question.table.counts.values, missing), kinds=None)
    changed = Question(whole, question.bands, (asked,), question.spec)
    (shown,) = protect_question(changed, settle_sizes([HELPED], {("helped",): sizes}, 240, POLICY), POLICY)
    assert [(group.withheld, group.reason) for group in shown.groups] == [(None, None), ("method", "not_asked")]


def test_counts_that_do_not_fit_are_refused_without_telling_them() -> None:
    people = invent(6, 100)
    question = question_of(people)
    with pytest.raises(ValueError, match="stands twice"):
        protect_question(question_of(people, (*STANDING, ("helped",))), sizes_of(people), POLICY)
    overlapping = question_of(people, bands=(Band("a", frozenset({1, 2})), Band("b", frozenset({2}))))
    with pytest.raises(ValueError, match="not disjoint"):
        protect_question(overlapping, sizes_of(people), POLICY)
    with pytest.raises(ValueError, match="do not add up to its size"):
        protect_question(question, sizes_of(invent(7, 100)), POLICY)
