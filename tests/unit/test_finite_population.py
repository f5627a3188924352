"""Finite population correction: a list on which everyone was invited, its refusals, and what makes it right."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from feedback_app.domain.scoring import intervals

LISTS = st.integers(2, 5000).flatmap(
    lambda population: st.integers(1, population - 1).flatmap(
        lambda n: st.integers(0, n).map(lambda x: (x, n, population))
    )
)


@pytest.mark.parametrize(
    ("n", "population", "expected"),
    [(40, 60, 118.0), (5, 100, 5), (5.1, 100, 5.1 * 99 / 94.9), (3, 60, 3), (0, 60, 0), (59, 60, 59 * 59)],
)
def test_the_effective_size_of_a_list_is_corrected_over_5_percent_only(
    n: float, population: int, expected: float
) -> None:
    assert intervals.finite_population_n(n, population) == pytest.approx(expected)


def test_the_interval_of_a_list_is_the_published_one() -> None:
    interval = intervals.wilson_interval(30, 40, population=60)
    assert (interval.low, interval.high) == pytest.approx((0.6648, 0.8194), abs=5e-5)


def test_a_share_of_a_whole_list_is_certain_and_one_without_answers_has_no_value() -> None:
    assert intervals.wilson_interval(30, 40, population=40) is None
    assert math.isinf(intervals.finite_population_n(40, 40))
    assert intervals.wilson_interval(0, 0, population=40) is None


@pytest.mark.parametrize(("x", "n", "population"), [(30, 40, 39), (0, 1, 0), (1, 3, 2)])
def test_a_list_shorter_than_its_answers_is_refused_with_both_numbers(x: int, n: int, population: int) -> None:
    with pytest.raises(ValueError, match=f"{n} answers and {population} people on the list: the list is wrong"):
        intervals.wilson_interval(x, n, population=population)


def test_one_answer_of_a_list_of_two_is_no_more_than_one_answer() -> None:
    one = intervals.wilson_interval(1, 1, population=2)
    assert (one.low, one.high) == pytest.approx((0.2065, 1), abs=1e-4)


@settings(max_examples=200)
@given(LISTS)
def test_the_correction_is_that_of_drawing_without_putting_back_and_wilson_is_that_of_statsmodels(
    drawn: tuple[int, int, int],
) -> None:
    x, n, population = drawn
    interval, size = (
        intervals.wilson_interval(x, n, population=population),
        intervals.finite_population_n(n, population),
    )
    p = x / n
    if n / population > 0.05:
        with_list = p * (1 - p) / n * (population - n) / (population - 1)
        assert p * (1 - p) / size == pytest.approx(with_list)
    else:
        assert size == n
    expected = proportion_confint(p * size, size, method="wilson")
    assert (interval.low, interval.high) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("people", "answers", "yes"), [(60, 40, 45), (200, 60, 80), (400, 100, 120)])
def test_ninety_five_of_a_hundred_intervals_hold_the_share_of_the_list(people: int, answers: int, yes: int) -> None:
    counted = np.random.default_rng(people).hypergeometric(yes, people - yes, answers, 4000)
    made = {int(x): intervals.wilson_interval(int(x), answers, population=people) for x in set(counted)}
    held = sum(made[int(x)].low <= yes / people <= made[int(x)].high for x in counted) / len(counted)
    assert 0.93 <= held <= 0.98
