"""Finite population correction: a list on which everyone was invited, its refusals, and what makes it right."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from feedback_app.domain.scoring import intervals
from feedback_app.domain.scoring.counts import Counts
from feedback_app.domain.scoring.headlines import CSAT, MEAN_SATISFACTION, NPS, among_invited, share_headline

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


def test_a_share_of_a_list_carries_its_value_interval_and_effective_size_as_published() -> None:
    share = intervals.share_of_list(30, 40, 60)
    assert (share.value, share.base, share.population, share.reason) == (75.0, 40, 60, None)
    assert share.effective_n == pytest.approx(118.0)
    assert (share.low, share.high) == pytest.approx((66.48, 81.94), abs=5e-3)


def test_a_share_of_a_whole_list_is_certain_and_one_without_answers_has_no_value() -> None:
    everyone = intervals.share_of_list(30, 40, 40)
    assert (everyone.value, everyone.low, everyone.high, everyone.reason) == (75.0, None, None, "everyone_answered")
    assert math.isinf(everyone.effective_n)
    for population in (0, 40):
        nobody = intervals.share_of_list(0, 0, population)
        assert (nobody.value, nobody.low, nobody.high, nobody.reason) == (None, None, None, "no_answers")


@pytest.mark.parametrize(("x", "n", "population"), [(30, 40, 39), (0, 1, 0), (0, 0, -1)])
def test_a_list_shorter_than_its_answers_is_a_named_error_with_both_numbers(x: int, n: int, population: int) -> None:
    with pytest.raises(intervals.ListTooShort, match="list is wrong") as caught:
        intervals.share_of_list(x, n, population)
    assert (caught.value.answered, caught.value.population) == (n, population)


def test_one_answer_of_a_list_of_two_is_no_more_than_one_answer() -> None:
    one = intervals.share_of_list(1, 1, 2)
    assert (one.effective_n, one.low, one.high) == pytest.approx((1, 20.65, 100), abs=0.01)


def test_a_headline_among_invited_people_has_the_range_of_their_list() -> None:
    spec = among_invited(share_headline("top_two_box", (4, 5)), 60)
    figure = spec.function(Counts({1: 4, 2: 3, 3: 3, 4: 10, 5: 20}))
    assert (figure.value, figure.low, figure.high) == pytest.approx((75.0, 66.48, 81.94), abs=5e-3)


def test_rounded_counts_that_pass_the_list_count_as_everybody() -> None:
    spec = among_invited(share_headline("top_two_box", (4, 5)), 38)
    figure = spec.function(Counts({1: 10, 4: 30}))
    assert (figure.value, figure.low, figure.high, figure.base) == (75.0, None, None, 40)


def test_scores_means_and_changes_know_no_list() -> None:
    assert among_invited(NPS, 60) is NPS
    assert among_invited(MEAN_SATISFACTION, 60) is MEAN_SATISFACTION
    assert among_invited(CSAT, 60).change is CSAT.change
    assert among_invited(CSAT, 60).function(Counts({})).value is None


@settings(max_examples=500)
@given(LISTS)
def test_the_correction_is_that_of_drawing_without_putting_back_and_wilson_is_that_of_statsmodels(
    drawn: tuple[int, int, int],
) -> None:
    x, n, population = drawn
    share = intervals.share_of_list(x, n, population)
    p = x / n
    if n / population > 0.05:
        with_list = p * (1 - p) / n * (population - n) / (population - 1)
        assert p * (1 - p) / share.effective_n == pytest.approx(with_list)
    else:
        assert share.effective_n == n
    expected = proportion_confint(p * share.effective_n, share.effective_n, method="wilson")
    assert (share.low / 100, share.high / 100) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("people", "answers", "yes"), [(60, 40, 45), (200, 60, 80), (400, 100, 120)])
def test_ninety_five_of_a_hundred_intervals_hold_the_share_of_the_list(people: int, answers: int, yes: int) -> None:
    counted = np.random.default_rng(people).hypergeometric(yes, people - yes, answers, 4000)
    shares = {int(x): intervals.share_of_list(int(x), answers, people) for x in set(counted)}
    held = sum(shares[int(x)].low <= 100 * yes / people <= shares[int(x)].high for x in counted) / len(counted)
    assert 0.93 <= held <= 0.98
