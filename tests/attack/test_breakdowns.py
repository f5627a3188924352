"""Breakdowns by one and by two at once: random releases attacked whole, and small ones of which every wave is tried."""

from __future__ import annotations

import pytest

from tests.attack.attacker import Score, small_counts
from tests.attack.every_world import World, learnt
from tests.support.attacked import Publisher, attack_random, gate, without_gate
from tests.support.invented_waves import Extent
from tests.support.small_worlds import SmallWave

SMALL = Extent(people=200, questions=2, breakdowns=2)
LARGE = Extent(people=500, questions=1, breakdowns=4)
AGES = {"age_band": (1, 2, 3)}
HELPED = {"age_band": (1, 2), "helped": (1, 2)}
PLACES = {"district": (1, 2, 3), "locality": (1, 2)}
IN_PLACES = {"district": ("locality", {1: 1, 2: 1, 3: 2})}
BY_AGE = [("age_band",)]
EVERY = {
    "three groups": (SmallWave({(1,): 12, (2,): 11, (3,): 10}, groups=AGES), BY_AGE),
    "some did not answer": (SmallWave({(1,): 11, (2,): 10}, kinds=("skipped",), groups=AGES), BY_AGE),
    "a group too small to show": (SmallWave({(1,): 13, (2,): 11, (3,): 3}, groups=AGES), BY_AGE),
    "some who told of no group": (SmallWave({(1,): 13, (2,): 11, (-1,): 4}, groups=AGES), BY_AGE),
    "two places in one": (
        SmallWave({(1,): 12, (2,): 4, (3,): 11}, groups=PLACES, parents=IN_PLACES),
        [("locality",), ("district",)],
    ),
    "two at once": (
        SmallWave({(1, 1): 11, (1, 2): 6, (2, 1): 4, (2, 2): 3}, groups=HELPED),
        [("age_band",), ("helped",), ("age_band", "helped")],
    ),
}


def attacked(publisher: Publisher, number: int, most: Extent) -> Score:
    found = Score()
    for seed in range(number):
        found.add(attack_random(seed, publisher, most))
    return found


@pytest.mark.parametrize(("most", "number"), [(SMALL, 150), (LARGE, 12)])
def test_nothing_is_learnt_from_releases_and_sequences_of_breakdowns(most: Extent, number: int) -> None:
    found = attacked(gate(), number, most)
    assert found.attacked > 1500
    assert found.learnt == []
    assert (found.gave_up, found.misread) == (0, 0)


def test_the_same_attacker_learns_most_small_counts_where_there_is_no_gate() -> None:
    found = attacked(without_gate(), 40, SMALL)
    assert len(found.learnt) > 0.5 * found.attacked > 300


@pytest.mark.parametrize("name", EVERY)
def test_whoever_knows_the_program_and_tries_every_wave_learns_no_small_count_of_a_group(name: str) -> None:
    wave, tables = EVERY[name]

    def secret(world: World) -> list[object]:
        return small_counts(world, world, wave.under, wave.under)

    number, found = learnt(wave.worlds(tables), secret)
    assert number > 30
    assert found == []
