"""Many comparisons at once: Benjamini-Hochberg, and the words that a change may be called by."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control
from statsmodels.stats.multitest import multipletests

from feedback_app.domain.scoring.changes import Change
from feedback_app.domain.scoring.families import Verdict, benjamini_hochberg, verdict_of

families = st.lists(st.floats(0, 1), min_size=1, max_size=60)


def a_change(low: float, high: float, p: float = 0.01) -> Change:
    return Change((low + high) / 2, low, high, p, "newcombe", "pooled_z")


def test_the_published_family_is_adjusted_as_published() -> None:
    given_p = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216]
    expected = [0.0100, 0.0400, 0.0840, 0.0840, 0.0840, 0.1000, 0.1057, 0.2160, 0.2160, 0.2160]
    assert benjamini_hochberg(given_p) == pytest.approx(expected, abs=5e-5)


def test_adjusted_p_values_come_back_in_the_order_given() -> None:
    assert benjamini_hochberg([0.5, 0.01, 0.2]) == pytest.approx([0.5, 0.03, 0.3])
    assert benjamini_hochberg([]) == []
    assert benjamini_hochberg([0.04]) == [0.04]
    assert benjamini_hochberg([0, 1, 1]) == [0, 1, 1]


@pytest.mark.parametrize("wrong", [-0.01, 1.01, float("nan")])
def test_what_is_no_p_value_is_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        benjamini_hochberg([0.5, wrong])


def test_benjamini_hochberg_agrees_with_statsmodels_and_scipy_over_thousands_of_families() -> None:
    random = np.random.default_rng(20260101)
    for _family in range(3000):
        p = random.random(random.integers(1, 80)) ** random.integers(1, 5)
        if random.random() < 0.3:
            p = np.round(p, 1)  # many equal ones, and zeros and ones among them
        adjusted = benjamini_hochberg(p.tolist())
        assert adjusted == pytest.approx(multipletests(p, method="fdr_bh")[1], abs=1e-12)
        assert adjusted == pytest.approx(false_discovery_control(p, method="bh"), abs=1e-12)


@given(families)
def test_adjusting_never_lowers_a_p_value_nor_changes_the_order(given_p: list[float]) -> None:
    adjusted = benjamini_hochberg(given_p)
    assert all(after >= before * (1 - 1e-12) for before, after in zip(given_p, adjusted, strict=True))
    assert all(0 <= p <= 1 for p in adjusted)
    ranked = [adjusted[place] for place in sorted(range(len(given_p)), key=given_p.__getitem__)]
    assert ranked == sorted(ranked)


def test_a_verdict_needs_the_interval_and_the_adjusted_p() -> None:
    assert verdict_of(a_change(2, 9), 0.05) is Verdict.HIGHER
    assert verdict_of(a_change(-9, -2), 0.05) is Verdict.LOWER
    for change, adjusted in ((a_change(2, 9), 0.051), (a_change(-9, -2), 0.051), (a_change(-1, 9), 0.001)):
        assert verdict_of(change, adjusted) is Verdict.NO_CLEAR_CHANGE
    assert verdict_of(a_change(0, 9), 0.001) is Verdict.NO_CLEAR_CHANGE
    assert verdict_of(a_change(-9, 0), 0.001) is Verdict.NO_CLEAR_CHANGE
    assert verdict_of(a_change(2, 9), 0.02, q=0.01) is Verdict.NO_CLEAR_CHANGE


def test_a_larger_family_asks_for_a_clearer_change() -> None:
    change = a_change(2, 9, p=0.02)
    alone = benjamini_hochberg([change.p])[0]
    among_ten = benjamini_hochberg([change.p, *[0.9] * 9])[0]
    assert verdict_of(change, alone) is Verdict.HIGHER
    assert verdict_of(change, among_ten) is Verdict.NO_CLEAR_CHANGE
