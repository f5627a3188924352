"""Small waves by group, of which every one there could be is tried by a reader who knows the program.

What is withheld tells as much as what is shown: so all that is printed alike is taken together, whatever it shows.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.attack.attacker import small_counts
from tests.attack.every_world import World, learnt
from tests.support.small_worlds import SmallWave

TWO = {"age_band": (1, 2)}
BY_AGE = [("age_band",)]
LEAST = 5  # people: where so small a base is shown, waves are small enough that all of them can be tried


def small(sizes: dict[tuple[int, ...], int], groups: dict[str, tuple[int, ...]], **more: Any) -> SmallWave:
    return SmallWave(sizes, groups=groups, **more)


EVERY = {
    "two groups": small({(1,): 12, (2,): 21}, TWO),
    "some did not answer": small({(1,): 5, (2,): 4}, TWO, kinds=("skipped",), least_base=LEAST),
    "three columns": small({(1,): 5, (2,): 4}, TWO, options=(1, 2, 3), least_base=LEAST),
}


@pytest.mark.parametrize("name", EVERY)
def test_whoever_knows_the_program_and_tries_every_wave_learns_nothing(name: str) -> None:
    wave = EVERY[name]

    def secret(world: World) -> list[object]:
        """Return small counts, but for those of a group that is too small to show: all waves tried have it so."""
        names = small_counts(world, world, 5, 5)
        return [one for one in names if one[0] == "option" or world["size", one[1], one[2]] >= LEAST]

    number, found = learnt(wave.worlds(BY_AGE), secret)
    assert number > 10
    assert found == []
