"""Breakdowns by one and by two at once: random releases attacked whole."""

from __future__ import annotations

import pytest

from tests.attack.attacker import Score
from tests.support.attacked import Publisher, attack_random, gate, without_gate
from tests.support.invented_waves import Extent

TINY = Extent(people=150, questions=1, breakdowns=1)
SMALL = Extent(people=200, questions=2, breakdowns=2)
LARGE = Extent(people=500, questions=1, breakdowns=4)


def attacked(publisher: Publisher, number: int, most: Extent) -> Score:
    found = Score()
    for seed in range(number):
        found.add(attack_random(seed, publisher, most))
    return found


@pytest.mark.parametrize(("most", "number"), [(TINY, 60), (SMALL, 8), (LARGE, 2)])
def test_nothing_is_learnt_from_releases_and_sequences_of_breakdowns(most: Extent, number: int) -> None:
    found = attacked(gate(), number, most)
    assert found.attacked > 60
    assert found.learnt == []
    assert (found.gave_up, found.misread) == (0, 0)


def test_the_same_attacker_learns_most_small_counts_where_there_is_no_gate() -> None:
    found = attacked(without_gate(), 40, SMALL)
    assert len(found.learnt) > 0.5 * found.attacked > 300
