"""The benchmark of utility measures what it says: the same waves for all rules, the program's own gate and verdicts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from feedback_app.domain.scoring.changes import newcombe_difference
from tests.benchmarks.rules_elsewhere import Printed, plain, share, unprinted
from tests.benchmarks.small_waves import BANDS, FIVE, YES_NO, Asked, Wave, by_rules, by_the_gate, draw_wave, exact_table
from tests.benchmarks.utility import BOTH, NOTHING, Cost, Share


@pytest.mark.parametrize("people", [60, 345])
def test_a_wave_has_the_people_asked_for_and_is_the_same_for_the_same_seed(people: int) -> None:
    first, second = (draw_wave(people, 5, np.random.default_rng(7)) for _ in range(2))
    assert first.people == people
    assert (first.answers == second.answers).all()


def test_districts_add_up_to_localities_and_options_to_bands() -> None:
    wave = draw_wave(345, 5, np.random.default_rng(7))
    districts, localities = (exact_table(wave, FIVE, name) for name in ("district", "locality"))
    assert districts.sum() == localities.sum() == wave.answers[:-1].sum()
    assert (exact_table(wave, BANDS, "locality")[:, 0] == localities[:, 3:].sum(axis=1)).all()


@pytest.mark.parametrize("asked", [BANDS, YES_NO], ids=lambda asked: str(asked.name))
@pytest.mark.parametrize("minors", [False, True])
def test_what_the_gate_prints_of_a_wave_holds_the_truth(asked: Asked, minors: bool) -> None:
    wave = draw_wave(345, asked.options, np.random.default_rng(11))
    for name, seen in by_the_gate(wave, asked, BOTH, minors).items():
        exact = wave.answers.sum(axis=0)[None] if name == "whole" else exact_table(wave, asked, name)
        for numbers, truth in ((seen.printed.cells, exact), (seen.printed.bases, exact.sum(axis=1))):
            assert (numbers.low <= truth).all()
            assert (truth <= numbers.high).all()


@given(st.integers(1, 200), st.integers(1, 200), st.data())
def test_a_verdict_is_that_of_newcombes_interval(n: int, other: int, data: st.DataObject) -> None:
    x, y = data.draw(st.integers(0, n)), data.draw(st.integers(0, other))
    apart = newcombe_difference(y, other, x, n)
    assert apart is not None
    assume(min(abs(apart.low), abs(apart.high)) > 1e-9)
    expected = "higher" if apart.low > 0 else "lower" if apart.high < 0 else NOTHING
    assert Share.of(x, n).against(Share.of(y, other)) == expected


def of_two_districts(first: tuple[int, int], second: tuple[int, int]) -> Wave:
    """Return a wave of yes and no in two districts, and nobody anywhere else."""
    answers = np.zeros((13, 2), np.int64)
    answers[:2] = first, second
    return Wave(answers, np.zeros(13, np.int64))


def test_hidden_cells_silent_groups_and_lost_verdicts_are_counted() -> None:
    wave, cost = of_two_districts((40, 3), (20, 40)), Cost()
    cost.add(wave, YES_NO, "district", plain(exact_table(wave, YES_NO, "district")))
    assert (cost.cells, cost.hidden, cost.answers, cost.unheard) == (24, 1, 103, 3)
    assert (cost.silent, cost.clear, cost.lost, cost.false) == (0, 2, 0, 0)
    nothing = np.full((12, 2), np.nan)
    silent = Printed(plain(nothing_of(wave)).cells, unprinted(12), unprinted(2), nothing)
    cost.add(wave, YES_NO, "district", silent)
    assert (cost.silent, cost.clear, cost.lost) == (12, 4, 2)


def nothing_of(wave: Wave) -> np.ndarray:
    """Return a table of the wave's shape in which plain suppression hides every cell."""
    return np.ones_like(exact_table(wave, YES_NO, "district"))


def test_a_percent_of_rounded_counts_is_measured_against_the_exact_one() -> None:
    wave, cost = of_two_districts((40, 10), (20, 40)), Cost()
    exact = plain(exact_table(wave, YES_NO, "district"))
    bent = share(exact.cells.shown + 1, exact.bases.shown)  # each a person too many
    cost.add(wave, YES_NO, "district", Printed(exact.cells, exact.bases, exact.totals, bent))
    errors = sorted(error for _, error in cost.errors)
    assert errors == pytest.approx([100 / 60, 100 / 60, 2, 2])


def test_an_attack_on_plain_suppression_finds_what_it_hides() -> None:
    wave, cost = of_two_districts((40, 3), (20, 40)), Cost()
    cost.attack(wave, by_rules(wave, YES_NO, ("district",), plain), np.random.default_rng(1))
    assert (cost.attacked, cost.learnt, cost.leaky) == (1, 1, 1)
