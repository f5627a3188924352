"""Raking: worked examples, trimming, missing answers, and margins that cannot be met."""

from __future__ import annotations

import time

import numpy as np
import pytest

from feedback_app.domain.weighting.effective import kish_design_effect, kish_effective_n
from feedback_app.domain.weighting.raking import HIGHEST, LOWEST, rake, within_bounds

A = [int(digit) for digit in "0000111111"]
B = [int(digit) for digit in "0001001111"]
HALVES, SEVENTHS = {0: 0.5, 1: 0.5}, {0: 0.7, 1: 0.3}


def test_the_vector_of_the_brief_holds_to_its_digits() -> None:
    raked = rake({"a": A, "b": B}, {"a": HALVES, "b": SEVENTHS})
    assert np.round(raked.weights, 4).tolist() == [1.4514] * 3 + [0.6458] + [1.3229] * 2 + [0.5886] * 4
    assert round(kish_design_effect(raked.weights), 4) == 1.1622
    assert raked.converged
    assert raked.error < 1e-6


def test_kishs_vector_holds_to_its_digits() -> None:
    weights = [1, 1, 1, 1, 2, 2, 0.5, 0.5, 3, 1]
    assert round(kish_effective_n(weights), 4) == 7.5111
    assert round(kish_design_effect(weights), 4) == 1.3314


def test_kish_of_nobody_one_and_equal_weights() -> None:
    assert kish_effective_n([]) == 0.0
    assert kish_effective_n([7]) == 1.0
    assert kish_effective_n([0.2] * 40) == pytest.approx(40)
    assert kish_effective_n([0, 0, 5]) == 1.0
    assert kish_effective_n([1e200, 1e200]) == 2.0
    assert kish_effective_n([1e-200, 1e-200]) == 2.0
    with pytest.raises(ValueError, match="nobody"):
        kish_design_effect([])


@pytest.mark.parametrize("wrong", [[-1, 2], [float("nan"), 1], [float("inf"), 1], [0, 0]])
def test_weights_that_are_none_are_refused(wrong: list[float]) -> None:
    with pytest.raises(ValueError, match="weights are finite"):
        kish_effective_n(wrong)


def test_one_margin_is_met_in_one_pass() -> None:
    raked = rake({"a": A}, {"a": {0: 30, 1: 10}}, passes=1)
    assert raked.weights.tolist() == pytest.approx([1.875] * 4 + [2.5 / 6] * 6)
    assert raked.converged


def test_nobody_has_no_weights() -> None:
    raked = rake({"a": []}, {"a": HALVES})
    assert raked.weights.size == 0
    assert not raked.converged
    assert rake({}, {}).weights.size == 0


def test_one_person_cannot_stand_for_two_groups() -> None:
    raked = rake({"a": [0]}, {"a": {0: 9, 1: 1}})
    assert raked.weights.tolist() == [1.0]
    assert not raked.converged
    assert raked.error == pytest.approx(0.1)
    assert rake({"a": [0]}, {"a": {0: 9}}).converged


def test_an_empty_category_is_told_and_never_dropped_in_silence() -> None:
    raked = rake({"a": [0] * 50 + [1] * 50}, {"a": {0: 40, 1: 40, 2: 20}})
    assert not raked.converged
    assert raked.error == pytest.approx(0.2)
    assert raked.weights.tolist() == pytest.approx([1.0] * 100)
    nobody_there = rake({"a": [0] * 50 + [1] * 50}, {"a": {0: 40, 1: 40, 2: 0}})
    assert nobody_there.converged


def test_a_category_of_people_who_are_not_in_the_population_is_told() -> None:
    raked = rake({"a": [0] * 50 + [1] * 50}, {"a": {0: 1, 1: 0}})
    assert not raked.converged
    assert raked.weights.min() == pytest.approx(LOWEST)
    assert raked.weights.mean() == pytest.approx(1)
    nobody_counts = rake({"a": [1, 1]}, {"a": {0: 1, 1: 0}})
    assert nobody_counts.weights.tolist() == [1.0, 1.0]
    assert not nobody_counts.converged


def test_who_leaves_a_margin_out_keeps_the_weight_of_the_others() -> None:
    raked = rake({"a": [0] * 30 + [1] * 10 + [-1] * 20}, {"a": HALVES})
    assert raked.weights.tolist() == pytest.approx([2 / 3] * 30 + [2.0] * 10 + [1.0] * 20)
    assert raked.converged


def test_targets_speak_of_those_known_on_that_margin() -> None:
    a, b = [0] * 60 + [1] * 20 + [-1] * 20, [0, 1] * 40 + [-1] * 10 + [0] * 10
    raked = rake({"a": a, "b": b}, {"a": HALVES, "b": SEVENTHS})
    assert raked.converged
    assert raked.weights.mean() == pytest.approx(1)
    for codes, target in ((a, 0.5), (b, 0.7)):
        known = np.array(codes) >= 0
        share = raked.weights[np.array(codes) == 0].sum() / raked.weights[known].sum()
        assert share == pytest.approx(target, abs=1e-6)
    on_neither = (np.array(a) < 0) & (np.array(b) < 0)
    assert len(set(np.round(raked.weights[on_neither], 12))) == 1


def test_a_margin_that_nobody_tells_is_not_met() -> None:
    raked = rake({"a": A, "b": [-1] * 10}, {"a": HALVES, "b": SEVENTHS})
    assert not raked.converged
    assert raked.error == pytest.approx(0.7)
    assert raked.weights.tolist() == pytest.approx([1.25] * 4 + [5 / 6] * 6)


def test_margins_that_contradict_each_other_are_told() -> None:
    same = [0] * 40 + [1] * 60
    raked = rake({"a": same, "b": same}, {"a": HALVES, "b": SEVENTHS})
    assert not raked.converged
    assert raked.error > 0.1
    assert raked.weights.mean() == pytest.approx(1)


def test_weights_are_trimmed_to_the_bounds_and_raked_again() -> None:
    a = [0] * 4 + [1] * 196
    b = [0, 1] * 2 + [0] * 110 + [1] * 86
    raked = rake({"a": a, "b": b}, {"a": {0: 10, 1: 190}, "b": {0: 60, 1: 40}})
    assert raked.converged  # 5% of 200 is 10, from 4 people: 2.5 each
    wanted = rake({"a": a, "b": b}, {"a": {0: 20, 1: 180}, "b": {0: 60, 1: 40}})
    assert not wanted.converged  # 10% would need 5 each
    assert wanted.weights.max() == pytest.approx(HIGHEST)
    assert wanted.weights.mean() == pytest.approx(1, abs=1e-9)


def test_trimming_can_end_with_every_margin_met() -> None:
    rng, met = np.random.default_rng(5), []
    for _ in range(200):
        asked, there = ([rng.dirichlet(np.full(size, 20)) for size in (6, 4, 2)] for _ in range(2))
        codes = {f"m{place}": rng.choice(np.arange(len(part)), 600, p=part) for place, part in enumerate(asked)}
        targets = {f"m{place}": dict(enumerate(part)) for place, part in enumerate(there)}
        raked, free = rake(codes, targets), rake(codes, targets, lowest=0.0, highest=float("inf")).weights
        met += [raked] if raked.converged and (free.min() < LOWEST or free.max() > HIGHEST) else []
    assert met
    assert all(raked.weights.min() >= LOWEST - 1e-6 and raked.weights.max() <= HIGHEST + 1e-6 for raked in met)


def test_cutting_leads_to_the_one_scale_with_a_mean_of_one() -> None:
    cut = within_bounds(np.array([0.01, 1.0, 50.0]), np.array([50.0, 40.0, 10.0]), LOWEST, HIGHEST)
    assert np.average(cut, weights=[50, 40, 10]) == pytest.approx(1, abs=1e-12)
    assert cut.tolist() == pytest.approx([0.3, 1.375, 3.0])


def test_weights_without_bounds_are_never_cut() -> None:
    a = [0] * 1 + [1] * 99
    raked = rake({"a": a}, {"a": HALVES}, lowest=0.0, highest=float("inf"))
    assert raked.weights[0] == pytest.approx(50)
    assert raked.converged


@pytest.mark.parametrize(
    ("categories", "targets", "message"),
    [
        ({"a": [0, 1, 2]}, {"a": HALVES}, "a: the category 2 has no target"),
        ({"a": [0, -7]}, {"a": HALVES}, "a: the category -7 has no target"),
        ({"a": [0.5, 1.0]}, {"a": HALVES}, "a: categories are whole numbers"),
        ({"a": [0, 1], "b": [0]}, {"a": HALVES, "b": HALVES}, "every margin has one category a person"),
        ({"a": [0, 1]}, {"b": HALVES}, "every margin has categories and targets"),
        ({"a": [0, 1]}, {"a": {0: 0.0, 1: 0.0}}, "a: targets are finite, not negative, and not all zero"),
        ({"a": [0, 1]}, {"a": {0: -1.0, 1: 2.0}}, "a: targets are finite, not negative"),
        ({"a": [0, 1]}, {"a": {0: float("nan"), 1: 2.0}}, "a: targets are finite"),
        ({"a": [0, 1]}, {"a": {}}, "a: targets are finite, not negative, and not all zero"),
    ],
)
def test_what_cannot_be_raked_is_refused(
    categories: dict[str, list[int]], targets: dict[str, dict[int, float]], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        rake(categories, targets)


def test_bounds_lie_on_both_sides_of_one() -> None:
    with pytest.raises(ValueError, match="bounds"):
        rake({"a": [0, 1]}, {"a": HALVES}, lowest=1.0)


def test_a_hundred_thousand_people_are_raked_in_a_moment() -> None:
    rng, n = np.random.default_rng(3), 100_000
    codes = {"district": rng.integers(1, 13, n), "age": rng.integers(1, 5, n), "plan": rng.integers(1, 3, n)}
    codes["district"][::17] = -1
    targets = {name: {code: 10.0 + code for code in range(1, int(column.max()) + 1)} for name, column in codes.items()}
    rake(codes, targets)
    start = time.perf_counter()
    raked = rake(codes, targets)
    assert time.perf_counter() - start < 1
    assert raked.converged


def test_raking_goes_on_until_counts_stand_still_where_some_are_missing_on_a_margin() -> None:
    draw = np.random.default_rng(5)
    a = draw.choice([-1, 0, 1], 400, p=[0.3, 0.5, 0.2])
    b = draw.choice([0, 1], 400, p=[0.7, 0.3])
    raked = rake({"a": a, "b": b}, {"a": {0: 0.2, 1: 0.8}, "b": {0: 0.3, 1: 0.7}}, lowest=0.0, highest=1000.0)
    assert raked.converged
    for codes, targets in ((a, {0: 0.2, 1: 0.8}), (b, {0: 0.3, 1: 0.7})):
        for code, target in targets.items():
            wanted = target * (codes >= 0).sum()
            assert raked.weights[codes == code].sum() == pytest.approx(wanted, abs=1e-3)
