"""Scale scores: laws for any answers, and agreement with scipy and statsmodels."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.weightstats import DescrStatsW

from feedback_app.domain.scoring.scales import mean_score, person_scores, scored

SCORES = st.lists(st.integers(0, 48).map(lambda step: step * 100 / 48), min_size=2, max_size=60)


def draw_codes(random: np.random.Generator, people: int, items: int) -> np.ndarray:
    codes = random.integers(1, 6, (people, items))
    return np.where(random.random(codes.shape) < 0.3, random.choice([-1, -3, -8, -9], codes.shape), codes)


@pytest.mark.parametrize("items", range(1, 9))
def test_person_scores_are_numpys_means_of_whoever_answered_enough(items: int) -> None:
    codes = draw_codes(np.random.default_rng(items), 2000, items)
    table = scored(codes, 1, 5)
    found = person_scores(table)
    valid = (codes > 0).sum(axis=1)
    assert np.array_equal(~np.isnan(found), valid >= max(2, math.ceil(items / 2)))
    kept = ~np.isnan(found)
    if kept.any():
        assert found[kept] == pytest.approx(np.nanmean(table[kept], axis=1))


def test_mirroring_every_item_mirrors_every_person() -> None:
    codes = draw_codes(np.random.default_rng(5), 3000, 7)
    straight, mirrored = (person_scores(scored(codes, 1, 5, reverse_coded=turn)) for turn in (False, True))
    assert mirrored == pytest.approx(100 - straight, nan_ok=True)


@settings(max_examples=200)
@given(SCORES)
def test_an_unweighted_mean_has_the_interval_of_scipy_and_statsmodels(scores: list[float]) -> None:
    assume(max(scores) - min(scores) > 0.01)
    found = mean_score(scores)
    n, sd = len(scores), float(np.std(scores, ddof=1))
    by_scipy = stats.t.interval(0.95, n - 1, loc=np.mean(scores), scale=sd / math.sqrt(n))
    by_statsmodels = DescrStatsW(scores).tconfint_mean(alpha=0.05)
    for low, high in (by_scipy, by_statsmodels):
        assert (found.low, found.high) == pytest.approx((max(0.0, low), min(100.0, high)), abs=1e-7)
    assert (found.value, found.sd) == pytest.approx((np.mean(scores), sd))


@settings(max_examples=200)
@given(SCORES, st.data())
def test_a_weighted_mean_has_the_spread_of_statsmodels_and_a_t_interval(
    scores: list[float], data: st.DataObject
) -> None:
    n = len(scores)
    assume(max(scores) - min(scores) > 0.01)
    weights = data.draw(st.lists(st.floats(1e-4, 1e4), min_size=n, max_size=n))
    found, described = mean_score(scores, weights), DescrStatsW(scores, weights=weights, ddof=0)
    sd = described.std * math.sqrt(n / (n - 1))
    effective_n = sum(weights) ** 2 / sum(weight**2 for weight in weights)
    assert (found.value, found.sd, found.effective_n) == pytest.approx((described.mean, sd, effective_n), rel=1e-6)
    reach = stats.t.ppf(0.975, n - 1) * sd / math.sqrt(effective_n)
    expected = max(0.0, described.mean - reach), min(100.0, described.mean + reach)
    assert (found.low, found.high) == pytest.approx(expected, rel=1e-6, abs=1e-6)


@settings(max_examples=200)
@given(SCORES, st.floats(1e-6, 1e6), st.randoms(use_true_random=False))
def test_equal_weights_the_size_of_weights_and_the_order_of_people_change_nothing(
    scores: list[float], weight: float, random: object
) -> None:
    plain, weighted = mean_score(scores), mean_score(scores, [weight] * len(scores))
    shuffled = mean_score(random.sample(scores, len(scores)))
    for other in (weighted, shuffled):
        assert other.withheld == plain.withheld
        assert other.value == pytest.approx(plain.value)
        assert (other.low is None) == (plain.low is None)
        if plain.low is not None:
            assert (other.low, other.high, other.sd) == pytest.approx((plain.low, plain.high, plain.sd), abs=1e-9)


@settings(max_examples=200)
@given(SCORES, st.data())
def test_a_mean_lies_in_its_interval_and_no_weights_make_more_of_the_answers_than_there_are(
    scores: list[float], data: st.DataObject
) -> None:
    weights = data.draw(st.lists(st.floats(1e-12, 1e12), min_size=len(scores), max_size=len(scores)))
    found = mean_score(scores, weights)
    assert min(scores) <= found.value <= max(scores)
    assert 1 <= found.effective_n <= len(scores)
    assert found.low is None or 0 <= found.low <= found.value <= found.high <= 100


@pytest.mark.parametrize("n", [5, 30, 300])
def test_ninety_five_of_a_hundred_intervals_hold_the_true_mean(n: int) -> None:
    random = np.random.default_rng(n)
    samples = random.binomial(12, 0.55, (2000, n)) * 100 / 12
    found = [mean_score(sample) for sample in samples]
    covered = sum(mean.low is not None and mean.low <= 55 <= mean.high for mean in found) / len(found)
    assert 0.935 <= covered <= 0.965
