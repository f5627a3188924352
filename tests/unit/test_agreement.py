"""Kappa of two coders on one theme: the formula, its refusals, and agreement with statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa

from feedback_app.domain.scoring.agreement import Kappa, cohen_kappa

CODINGS = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=80)


def kappa_of(both: int, first_only: int, second_only: int, neither: int) -> Kappa:
    first = [True] * (both + first_only) + [False] * (second_only + neither)
    second = [True] * both + [False] * first_only + [True] * second_only + [False] * neither
    return cohen_kappa(first, second)


def test_kappa_is_the_agreement_beyond_chance() -> None:
    found = kappa_of(20, 5, 10, 15)
    assert (found.value, found.observed, found.comments) == pytest.approx((0.4, 0.7, 50))
    assert found.revise
    assert found.low < 0.4 < found.high


def test_a_definition_is_revised_under_0_6_and_not_from_there_on() -> None:
    assert kappa_of(40, 10, 10, 40).value == pytest.approx(0.6)
    assert not kappa_of(41, 9, 9, 41).revise
    assert kappa_of(39, 11, 11, 39).revise
    assert kappa_of(0, 5, 5, 0).revise


def test_full_agreement_is_1_without_an_interval_that_would_claim_certainty() -> None:
    found = kappa_of(8, 0, 0, 12)
    assert (found.value, found.low, found.high, found.observed, found.revise) == (1.0, None, None, 1.0, False)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ((0, 0, 0, 0), "no_comments"),
        ((0, 0, 5, 5), "theme_never_used"),
        ((0, 5, 0, 5), "theme_never_used"),
        ((0, 0, 0, 5), "theme_never_used"),
        ((5, 0, 5, 0), "theme_always_used"),
        ((5, 5, 0, 0), "theme_always_used"),
        ((5, 0, 0, 0), "theme_always_used"),
        ((0, 5, 0, 0), "theme_never_used"),
        ((1, 0, 0, 0), "theme_always_used"),
    ],
)
def test_a_theme_that_a_coder_never_or_always_uses_has_no_kappa(cells: tuple[int, int, int, int], reason: str) -> None:
    found = kappa_of(*cells)
    assert (found.value, found.low, found.high, found.refused) == (None, None, None, reason)
    assert not found.revise
    assert found.comments == sum(cells)


def test_both_must_have_coded_the_same_comments() -> None:
    with pytest.raises(ValueError, match="shorter"):
        cohen_kappa([True, False], [True])


def test_columns_of_a_table_may_be_given() -> None:
    table = np.array([[1, 1], [1, 0], [0, 0], [0, 0]], dtype=bool)
    assert cohen_kappa(table[:, 0], table[:, 1]).value == pytest.approx(0.5)


def test_kappa_and_its_error_agree_with_statsmodels_over_thousands_of_tables() -> None:
    cells = np.random.default_rng(3).integers(0, 40, (2000, 4))
    for both, first_only, second_only, neither in cells:
        found = kappa_of(both, first_only, second_only, neither)
        if found.value is None:
            continue
        expected = cohens_kappa(np.array([[both, first_only], [second_only, neither]]), wt=None)
        assert found.value == pytest.approx(expected.kappa, abs=1e-9)
        if found.low is not None:
            ends = max(-1.0, expected.kappa_low), min(1.0, expected.kappa_upp)
            assert (found.low, found.high) == pytest.approx(ends, abs=1e-7)


@settings(max_examples=200)
@given(CODINGS)
def test_it_does_not_matter_who_is_first_or_whether_use_or_absence_is_coded(pairs: list[tuple[bool, bool]]) -> None:
    first, second = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    found = cohen_kappa(first, second)
    swapped = cohen_kappa(second, first)
    absent = cohen_kappa([not used for used in first], [not used for used in second])
    for other in (swapped, absent):
        assert (other.value is None) == (found.value is None)
        if found.value is not None:
            assert (other.value, other.observed) == pytest.approx((found.value, found.observed))
            assert -1 <= found.value <= 1
            assert (other.low is None) == (found.low is None)
