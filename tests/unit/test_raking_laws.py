"""Laws of raking over thousands of random tables, and another implementation's opinion."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from functools import partial

import numpy as np
import pytest
from numpy.typing import NDArray

from feedback_app.domain.weighting.effective import kish_design_effect, kish_effective_n
from feedback_app.domain.weighting.raking import HIGHEST, LOWEST, Raked
from feedback_app.domain.weighting.raking import rake as rake_in_full

Codes = dict[str, NDArray[np.int64]]
Targets = dict[str, dict[int, float]]
rake = partial(rake_in_full, passes=15)  # laws hold after any number of passes, and many tables cannot be met


def random_tables(seed: int, number: int, *, missing: float = 0.0, most: int = 300) -> Iterator[tuple[Codes, Targets]]:
    """Yield people by category of two or three margins, and a population that answered unevenly."""
    rng = np.random.default_rng(seed)
    for _ in range(number):
        sizes, people = rng.integers(2, 6, rng.integers(2, 4)), int(rng.integers(1, most))
        codes, targets = {}, {}
        for place, size in enumerate(sizes):
            shares = rng.dirichlet(np.full(size, rng.choice([0.5, 2.0, 20.0])))
            column = rng.choice(np.arange(1, size + 1), people, p=shares)
            column[rng.random(people) < missing] = -1
            codes[f"m{place}"] = column
            near = shares * rng.uniform(0.5, 2, size) + 0.01
            targets[f"m{place}"] = {code + 1: float(near[code] * 1000) for code in range(size)}
        yield codes, targets


def shares(weights: NDArray[np.float64], codes: NDArray[np.int64], target: Mapping[int, float]) -> dict[int, float]:
    """Return each category's weighted share of those known on a margin."""
    known = weights[codes >= 0].sum()
    return {code: float(weights[codes == code].sum() / known) if known else 0.0 for code in target}


def assert_close(
    one: NDArray[np.float64], other: NDArray[np.float64], *, relative: float = 0.0, absolute: float = 0.0
) -> None:
    """Fail unless two arrays agree; much faster than comparing them number by number."""
    np.testing.assert_allclose(one, other, rtol=relative, atol=absolute)


def all_there(codes: Codes, targets: Targets) -> bool:
    """Return whether somebody is in each category."""
    return all(set(targets[name]) <= set(codes[name].tolist()) for name in targets)


def unbounded(codes: Codes, targets: Targets) -> Raked:
    """Rake without trimming, closely."""
    return rake(codes, targets, lowest=0.0, highest=float("inf"), tolerance=1e-11, passes=500)


@pytest.mark.parametrize("missing", [0.0, 0.15, 0.9])
def test_weights_have_a_mean_of_one_and_stay_within_the_bounds(missing: float) -> None:
    for codes, targets in random_tables(1, 400, missing=missing):
        raked = rake(codes, targets)
        assert raked.weights.shape == codes["m0"].shape
        assert raked.weights.mean() == pytest.approx(1, abs=1e-9)
        assert raked.weights.min() >= LOWEST * (1 - 1e-8)
        assert raked.weights.max() <= HIGHEST * (1 + 1e-8)


@pytest.mark.parametrize("missing", [0.0, 0.15])
def test_converged_means_that_every_margin_agrees_and_else_the_error_says_how_far_off(missing: float) -> None:
    converged = 0
    for codes, targets in random_tables(2, 300, missing=missing):
        raked, worst = rake(codes, targets), 0.0
        for name, target in targets.items():
            found, whole = shares(raked.weights, codes[name], target), sum(target.values())
            worst = max(worst, *(abs(found[code] - people / whole) for code, people in target.items()))
        assert raked.error == pytest.approx(worst, abs=1e-9)
        assert raked.converged == (raked.error < 1e-6)
        converged += raked.converged
    assert converged > 30


def test_scaling_targets_changes_nothing() -> None:
    for codes, targets in random_tables(3, 200, missing=0.1):
        larger = {name: {code: 7.25 * people for code, people in target.items()} for name, target in targets.items()}
        assert_close(rake(codes, larger).weights, rake(codes, targets).weights, relative=1e-9)


def test_shuffling_people_shuffles_their_weights() -> None:
    rng = np.random.default_rng(4)
    for codes, targets in random_tables(4, 200, missing=0.1):
        order = rng.permutation(codes["m0"].size)
        shuffled = {name: column[order] for name, column in codes.items()}
        assert_close(rake(shuffled, targets).weights, rake(codes, targets).weights[order], relative=1e-12)


def test_renaming_categories_changes_nothing() -> None:
    for codes, targets in random_tables(5, 200, missing=0.1):
        renamed = {name: np.where(column < 0, -1, 901 - 7 * column) for name, column in codes.items()}
        called = {name: {901 - 7 * code: people for code, people in target.items()} for name, target in targets.items()}
        assert_close(rake(renamed, called).weights, rake(codes, targets).weights, relative=1e-9)


@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_the_order_of_the_margins_does_not_matter_where_they_can_be_met(missing: float) -> None:
    compared = 0
    for codes, targets in random_tables(6, 80, missing=missing):
        one = unbounded(codes, targets)
        other = unbounded(dict(reversed(codes.items())), dict(reversed(targets.items())))
        if one.converged and other.converged:
            compared += 1
            assert_close(one.weights, other.weights, relative=1e-6, absolute=1e-8)
    assert compared > 20


def test_each_weight_is_a_product_of_one_factor_a_margin() -> None:
    compared = 0
    for codes, targets in random_tables(7, 200):
        raked = unbounded(codes, targets)
        if not (raked.converged and all_there(codes, targets)):
            continue
        compared += 1
        columns = [codes[name] == code for name in codes for code in targets[name]]
        design = np.array(columns, dtype=float).T
        logs = np.log(raked.weights)
        fitted = design @ np.linalg.lstsq(design, logs, rcond=None)[0]
        assert_close(fitted, logs, absolute=1e-7)
    assert compared > 40


def test_people_alike_have_the_same_weight_and_twice_as_many_change_nothing() -> None:
    for codes, targets in random_tables(8, 150, missing=0.1):
        raked = rake(codes, targets)
        kinds: dict[tuple[int, ...], set[float]] = {}
        for weight, *kind in zip(raked.weights.tolist(), *codes.values(), strict=True):
            kinds.setdefault(tuple(kind), set()).add(weight)
        assert all(len(weights) == 1 for weights in kinds.values())
        twice = rake({name: np.tile(column, 2) for name, column in codes.items()}, targets)
        assert_close(twice.weights, np.tile(raked.weights, 2), relative=1e-9)


def test_those_who_answered_like_the_population_keep_a_weight_of_one() -> None:
    for codes, _ in random_tables(9, 300):
        own = {
            name: {int(code): float((column == code).sum()) for code in set(column)} for name, column in codes.items()
        }
        raked = rake(codes, own)
        assert_close(raked.weights, np.ones(codes["m0"].size), absolute=1e-12)
        assert raked.converged


def test_another_implementation_finds_the_same_weights() -> None:
    compared = 0
    for codes, targets in random_tables(10, 200, most=200):
        raked = rake(codes, targets, lowest=0.0, highest=float("inf"), tolerance=1e-9, passes=1000)
        if not raked.converged:
            continue
        sizes = [len(target) for target in targets.values()]
        table = np.zeros(sizes)
        np.add.at(table, tuple(column - 1 for column in codes.values()), 1)
        theirs = by_ipfn(table, list(targets.values()))
        there = tuple(column - 1 for column in codes.values())
        assert_close(raked.weights, theirs[there] / table[there], relative=1e-4, absolute=1e-6)
        compared += 1
    assert compared > 85


def by_ipfn(table: NDArray[np.float64], targets: list[dict[int, float]]) -> NDArray[np.float64]:
    """Return the table fitted to the margins by ipfn, its sum unchanged."""
    from ipfn.ipfn import ipfn

    whole = table.sum()
    margins = [np.array(list(target.values())) / sum(target.values()) * whole for target in targets]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the other implementation divides by empty cells
        fitted = ipfn(
            table.copy(),
            margins,
            [[axis] for axis in range(table.ndim)],
            convergence_rate=1e-10,
            rate_tolerance=0.0,
            max_iteration=1000,
        ).iteration()
    return np.asarray(fitted)


def test_effective_people_are_never_more_than_people_and_deff_is_one_plus_cv_squared() -> None:
    rng = np.random.default_rng(11)
    for _ in range(3000):
        weights = (
            rng.gamma(rng.choice([0.05, 1.0, 50.0]), size=rng.integers(1, 60)) * 10.0 ** rng.integers(-9, 9) + 1e-300
        )
        effective = kish_effective_n(weights)
        assert 1 - 1e-9 <= effective <= weights.size * (1 + 1e-9)
        spread = weights.std() / weights.mean()
        assert kish_design_effect(weights) == pytest.approx(1 + spread**2, rel=1e-9)
        assert kish_effective_n(weights * 3.5) == pytest.approx(effective, rel=1e-9)
