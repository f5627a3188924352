"""Breakdowns by one and by two at once: random releases attacked whole, and small ones of which every wave is tried."""

from __future__ import annotations

from typing import Any

import pytest

from tests.attack.attacker import Score, small_counts
from tests.attack.every_world import World, learnt
from tests.support.attacked import Publisher, attack_random, gate, without_gate
from tests.support.invented_waves import Extent
from tests.support.small_worlds import SmallWave

SMALL = Extent(people=200, questions=2, breakdowns=2)
LARGE = Extent(people=500, questions=1, breakdowns=4)
TWO, THREE = {"age_band": (1, 2)}, {"age_band": (1, 2, 3)}
HELPED = {"age_band": (1, 2), "helped": (1, 2)}
PLACES = {"district": (1, 2, 3), "locality": (1, 2)}
IN_PLACES = {"district": ("locality", {1: 1, 2: 1, 3: 2})}
BY_AGE = [("age_band",)]
SKIPPED = ("skipped",)


def small(sizes: dict[tuple[int, ...], int], groups: dict[str, tuple[int, ...]], **more: Any) -> SmallWave:
    return SmallWave(sizes, groups=groups, least_base=5, **more)


EVERY = {
    "three groups": ([small({(1,): 9, (2,): 8, (3,): 10}, THREE)], BY_AGE),
    "some did not answer": ([small({(1,): 8, (2,): 7}, TWO, kinds=SKIPPED)], BY_AGE),
    "some told of no group": ([small({(1,): 6, (2,): 5, (-1,): 1}, TWO, kinds=SKIPPED)], BY_AGE),
    "three columns": ([small({(1,): 8, (2,): 7}, TWO, options=(1, 2, 3))], BY_AGE),
    "two groups too small to show": ([small({(1,): 7, (2,): few, (3,): 6 - few}, THREE) for few in (2, 3, 4)], BY_AGE),
    "two places in one": (
        [small({(1,): 5, (2,): few, (3,): 5, (-1,): 4 - few}, PLACES, parents=IN_PLACES) for few in range(5)],
        [("locality",), ("district",)],
    ),
    "two at once": (
        [small({(1, 1): 6, (1, 2): 5, (2, 1): 5, (2, 2): 3}, HELPED)],
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
    waves, tables = EVERY[name]
    varied = {group for group in waves[0].sizes if len({wave.sizes[group] for wave in waves}) > 1}

    def secret(world: World) -> list[object]:
        """Return small counts, but for those of a group that is too small in every wave that is tried."""
        names = small_counts(world, world, 5, 5)
        return [one for one in names if one[0] == "option" or one[2] in varied or world["size", one[1], one[2]] >= 5]

    number, found = learnt((world for wave in waves for world in wave.worlds(tables)), secret)
    assert number > 20
    assert found == []
