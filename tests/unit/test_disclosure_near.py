"""Disclosure control: near ways to print a table, and when there is none."""

from __future__ import annotations

import json
from collections import defaultdict

import pytest

from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.row_printing import Terms, near_values
from tests.support.grouped_questions import POLICY, invent, question_of
from tests.support.small_worlds import SmallWave


@pytest.mark.parametrize(
    ("value", "steps", "near"),
    [
        (20, 1, [15, 25]),
        (5, 1, [None, 10]),
        (None, 1, [5]),
        (10, 2, [None, 5, 15, 20]),
        (None, 2, [5, 10]),
        (0, 1, []),
    ],
)
def test_a_count_may_be_printed_so_many_steps_off_and_the_lowest_hidden(
    value: int | None, steps: int, near: list[int | None]
) -> None:
    terms = Terms.of(question_of(invent(1, 60)), POLICY, 60)
    assert near_values(value, terms, steps) == near


def test_whether_a_table_is_withheld_follows_from_what_the_whole_wave_shows() -> None:
    wave = SmallWave({(1,): 10, (2,): 13}, groups={"age_band": (1, 2)})
    assert wave.policy == Policy()
    withheld = defaultdict(set)
    for _, printed in wave.worlds([("age_band",)]):
        whole, table = json.loads(printed)
        withheld[json.dumps(whole)].add("withheld" in table)
    assert {len(found) for found in withheld.values()} == {1}
    assert {True, False} == set().union(*withheld.values())
