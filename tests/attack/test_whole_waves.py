"""Whole waves: a reader of the print, one who knows how many answered, and one who tries every wave there could be."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator
from dataclasses import replace

import pytest

from tests.attack.attacker import small_counts
from tests.attack.every_world import World, learnt
from tests.attack.reading import Figure
from tests.support.small_worlds import SmallWave

HALF = frozenset({4, 5})
HEADLINE = {"options": (1, 3, 4), "type": "freq5", "bands": (frozenset({4}), frozenset({3}), frozenset({1}))}
TOP = {"figures": (Figure("top_two_box", HALF),)}
KNOWN = {
    "two options": (SmallWave({(): 24}, kinds=("skipped",)), 15),
    "three options": (SmallWave({(): 31}, (1, 2, 3), ("skipped",)), 15),
    "a headline from rounded sums": (SmallWave({(): 33}, kinds=("skipped",), **HEADLINE, **TOP), 15),
    "a headline from exact sums": (SmallWave({(): 104}, **HEADLINE, **TOP), 15),
    "of children": (SmallWave({(): 43}, (1, 2, 3), minors=True), 15),
    "sensitive": (SmallWave({(): 40}, (1, 2, 3), sensitive=True), 15),
}


def attacked(wave: SmallWave, world: World) -> list[object]:
    return small_counts(world, [("option", code) for code in wave.options], wave.under, wave.under)


@pytest.mark.parametrize("name", KNOWN)
def test_whoever_knows_how_many_answered_and_tries_every_wave_learns_no_small_count(name: str) -> None:
    wave, least = KNOWN[name]
    number, found = learnt(wave.worlds([]), lambda world: attacked(wave, world))
    assert number > least
    assert found == []


def sized(wave: SmallWave, most: int) -> Iterator[tuple[World, str]]:
    for people in range(most + 1):
        yield from replace(wave, sizes={(): people}).worlds([])


@pytest.mark.parametrize("wave", [SmallWave({}, (1, 2)), SmallWave({}, (1, 2), ("skipped",))])
def test_whoever_tries_every_wave_of_any_size_learns_no_small_count(wave: SmallWave) -> None:
    most = 45

    def complete(printed: Hashable) -> bool:
        (table,) = json.loads(str(printed))
        return isinstance(table["base"], int) and table["base"] <= most - 20

    number, found = learnt(sized(wave, most), lambda world: attacked(wave, world), complete)
    assert number > 15
    assert found == []
