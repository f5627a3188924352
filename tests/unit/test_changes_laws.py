"""Changes between waves: agreement with statsmodels and scipy, and laws that hold for any answers."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import ttest_ind
from scipy.stats.contingency import expected_freq
from statsmodels.stats.proportion import confint_proportions_2indep, power_proportions_2indep, proportions_ztest

from feedback_app.domain.scoring import changes
from feedback_app.domain.scoring.changes import Change, detectable_change, newcombe_difference, nps_change, pooled_z
from feedback_app.domain.scoring.counts import Counts, EffectiveCounts
from feedback_app.domain.scoring.scales import MeanScore, mean_score

people = st.integers(min_value=0, max_value=2000)
two_options = st.fixed_dictionaries({1: people, 4: people}).map(Counts)
eleven = st.fixed_dictionaries({code: st.integers(0, 300) for code in range(11)}).map(Counts)
weights_of = st.floats(min_value=1e-6, max_value=1)


def opposite(change: Change) -> Change:
    return Change(-change.value, -change.high, -change.low, change.p, change.method, change.test)


def random_shares(seed: int, largest: int, rows: int = 3000) -> list[tuple[int, int, int, int]]:
    """Return rows of x1, n1, x2, n2, among them nobody, everybody and one person."""
    random = np.random.default_rng(seed)
    n1, n2 = (random.integers(1, largest, rows) for _wave in range(2))
    n1[: rows // 20] = 1
    x1, x2 = random.binomial(n1, random.beta(0.4, 0.4, rows)), random.binomial(n2, random.beta(0.4, 0.4, rows))
    return [tuple(int(part) for part in row) for row in zip(x1, n1, x2, n2, strict=True)]


def as_counts(x: float, n: float) -> Counts:
    return Counts({1: n - x, 4: x})


def test_newcombe_agrees_with_statsmodels_over_thousands_of_tables() -> None:
    for x1, n1, x2, n2 in random_shares(seed=1, largest=3000):
        expected = confint_proportions_2indep(x2, n2, x1, n1, method="newcomb", compare="diff")
        found = newcombe_difference(x1, n1, x2, n2)
        assert (found.low, found.high) == pytest.approx(expected, abs=1e-9)
        assert found.value == x2 / n2 - x1 / n1


def test_the_pooled_test_agrees_with_statsmodels_over_thousands_of_tables() -> None:
    for x1, n1, x2, n2 in random_shares(seed=2, largest=3000):
        if 0 < x1 + x2 < n1 + n2:
            expected = proportions_ztest([x2, x1], [n2, n1])
            assert pooled_z(x1, n1, x2, n2) == pytest.approx(expected, rel=1e-9, abs=1e-12)


def exact_p(x1: int, n1: int, x2: int, n2: int) -> float:
    """Return Fisher's two-sided p-value in whole numbers: the share of tables no likelier than the one seen."""
    total = x1 + x2
    ways = {x: math.comb(n1, x) * math.comb(n2, total - x) for x in range(max(0, total - n2), min(n1, total) + 1)}
    return float(Fraction(sum(way for way in ways.values() if way <= ways[x1]), sum(ways.values())))


def test_fishers_test_agrees_with_counting_all_tables() -> None:
    for row in random_shares(seed=3, largest=80, rows=2000):
        assert changes.fisher_p(*row) == pytest.approx(exact_p(*row), rel=1e-6)


def test_the_test_is_fishers_exactly_where_the_pooled_table_expects_under_five() -> None:
    for x1, n1, x2, n2 in random_shares(seed=4, largest=120, rows=2000):
        change = changes.share_change(as_counts(x1, n1), as_counts(x2, n2), (4, 5))
        least = expected_freq(np.array([[x1, n1 - x1], [x2, n2 - x2]])).min()
        assert change.test == ("fisher" if least < 5 - 1e-12 else "pooled_z")
        assert change.p == (changes.fisher_p(x1, n1, x2, n2) if least < 5 - 1e-12 else pooled_z(x1, n1, x2, n2).p)


@given(two_options, two_options)
@settings(max_examples=200)
def test_swapping_the_waves_changes_the_sign_of_a_share_and_nothing_else(before: Counts, after: Counts) -> None:
    assume(before.base and after.base)
    there, back = changes.share_change(before, after, (4,)), changes.share_change(after, before, (4,))
    assert_same(back, opposite(there))
    assert -100 <= there.low <= there.value <= there.high <= 100


@given(eleven, eleven)
@settings(max_examples=200)
def test_swapping_the_waves_changes_the_sign_of_an_nps_and_nothing_else(before: Counts, after: Counts) -> None:
    assume(before.base and after.base)
    there, back = nps_change(before, after), nps_change(after, before)
    assert_same(back, opposite(there))
    assert -200 <= there.low < there.high <= 200
    assert there.low <= there.value <= there.high


@given(two_options, two_options)
@settings(max_examples=200)
def test_swapping_the_options_changes_the_sign_of_a_share(before: Counts, after: Counts) -> None:
    assume(before.base and after.base)
    chosen, not_chosen = (changes.share_change(before, after, (code,)) for code in (4, 1))
    assert_same(not_chosen, opposite(chosen))


def assert_same(found: Change, expected: Change) -> None:
    numbers = (found.value, found.low, found.high, found.p)
    assert numbers == pytest.approx((expected.value, expected.low, expected.high, expected.p), abs=1e-9)
    assert (found.method, found.test) == (expected.method, expected.test)


@given(two_options, two_options, weights_of, weights_of)
@settings(max_examples=200)
def test_the_less_the_weights_leave_of_a_base_the_wider_the_interval(
    before: Counts, after: Counts, kept_before: float, kept_after: float
) -> None:
    assume(before.base and after.base)
    weighted = [
        EffectiveCounts({code: count * kept for code, count in counts.values.items()}, counts.base)
        for counts, kept in ((before, kept_before), (after, kept_after))
    ]
    plain = changes.share_change(before, after, (4,))
    change = changes.share_change(weighted[0], weighted[1], (4,), people=(before, after))
    assert change.value == pytest.approx(plain.value, abs=1e-6)
    assert change.high - change.low >= plain.high - plain.low - 1e-6
    assert -100 - 1e-9 <= change.low <= change.value <= change.high <= 100 + 1e-9
    assert 0 <= change.p <= 1


@given(two_options, two_options, st.integers(2, 50))
@settings(max_examples=150)
def test_many_times_the_answers_never_widen_the_interval(before: Counts, after: Counts, times: int) -> None:
    assume(before.base and after.base)
    more = [Counts({code: times * count for code, count in counts.values.items()}) for counts in (before, after)]
    few, many = changes.share_change(before, after, (4,)), changes.share_change(more[0], more[1], (4,))
    assert many.high - many.low < few.high - few.low


def test_a_mean_change_agrees_with_scipys_welch_over_thousands_of_samples() -> None:
    random = np.random.default_rng(5)
    for _pair in range(2000):
        n1, n2 = random.integers(2, 400, 2)
        before = np.round(random.beta(*random.uniform(0.3, 4, 2), n1) * 100, random.integers(0, 3))
        after = np.round(random.beta(*random.uniform(0.3, 4, 2), n2) * 100, random.integers(0, 3))
        change = changes.mean_change(mean_score(before), mean_score(after))
        if np.ptp(before) == 0 or np.ptp(after) == 0:
            assert change is None
            continue
        welch = ttest_ind(after, before, equal_var=False)
        low, high = welch.confidence_interval()
        expected = (after.mean() - before.mean(), max(-100, low), min(100, high), welch.pvalue)
        assert (change.value, change.low, change.high, change.p) == pytest.approx(expected, rel=1e-7, abs=1e-9)


@given(
    st.tuples(st.floats(0, 100), st.floats(1e-3, 50), st.integers(2, 5000), st.floats(0.01, 1)),
    st.tuples(st.floats(0, 100), st.floats(1e-3, 50), st.integers(2, 5000), st.floats(0.01, 1)),
)
@settings(max_examples=200)
def test_swapping_the_waves_changes_the_sign_of_a_mean_and_nothing_else(
    first: tuple[float, float, int, float], second: tuple[float, float, int, float]
) -> None:
    before, after = (MeanScore(value, 0, 100, sd, n, 0, max(1.0, kept * n)) for value, sd, n, kept in (first, second))
    there, back = changes.mean_change(before, after), changes.mean_change(after, before)
    assert_same(back, opposite(there))
    assert -100 <= there.low <= there.value <= there.high <= 100
    assert 0 <= there.p <= 1


def test_the_detectable_change_has_the_power_that_statsmodels_gives_it() -> None:
    random = np.random.default_rng(6)
    found = 0
    for _plan in range(1000):
        n_before, n_after = (int(n) for n in random.integers(20, 3000, 2))
        base, power = random.uniform(0.05, 0.5), random.uniform(0.6, 0.95)
        points = detectable_change(n_before, n_after, base, power)
        if points is None:
            continue
        found += 1
        expected = power_proportions_2indep(
            points / 100,
            base,
            n_after,
            ratio=n_before / n_after,
            alpha=0.025,
            alternative="larger",
            return_results=False,
        )
        assert expected == pytest.approx(power, abs=1e-6)
    assert found > 950


@given(st.integers(20, 4000), st.integers(20, 4000), st.floats(0.05, 0.95))
@settings(max_examples=150)
def test_more_answers_show_smaller_changes(n_before: int, n_after: int, base: float) -> None:
    fewer, more = detectable_change(n_before, n_after, base), detectable_change(2 * n_before, 2 * n_after, base)
    assume(fewer is not None)
    assert more < fewer
