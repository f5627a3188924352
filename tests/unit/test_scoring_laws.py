"""Scoring: laws that hold for any answers, and agreement with statsmodels."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import DescrStatsW

from feedback_app.domain.scoring import figures, rounding
from feedback_app.domain.scoring.counts import Counts
from feedback_app.domain.scoring.intervals import wilson_interval

people = st.integers(min_value=0, max_value=3000)
five = st.fixed_dictionaries(dict.fromkeys(range(1, 6), people)).map(Counts)
eleven = st.fixed_dictionaries({code: st.integers(0, 400) for code in range(11)}).map(Counts)


def share(counts: Counts, *codes: int) -> float | None:
    return figures.share_of(counts, "some", codes).value


@st.composite
def shares(draw: st.DrawFn) -> tuple[int, int]:
    n = draw(st.integers(min_value=1, max_value=20000))
    return draw(st.integers(min_value=0, max_value=n)), n


@given(shares(), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_wilson_agrees_with_statsmodels(share: tuple[int, int], confidence: float) -> None:
    x, n = share
    interval = wilson_interval(x, n, confidence)
    expected = proportion_confint(x, n, alpha=1 - confidence, method="wilson")
    assert (interval.low, interval.high) == pytest.approx(expected, abs=1e-9)


@given(shares())
def test_wilson_is_symmetric_and_holds_the_share(share: tuple[int, int]) -> None:
    x, n = share
    interval, mirrored = wilson_interval(x, n), wilson_interval(n - x, n)
    assert (interval.low, interval.high) == pytest.approx((1 - mirrored.high, 1 - mirrored.low), abs=1e-12)
    assert 0 <= interval.low <= x / n + 1e-12
    assert x / n - 1e-12 <= interval.high <= 1


@given(shares(), st.integers(0, 20000))
def test_knowing_the_list_never_widens_the_interval(share: tuple[int, int], not_answered: int) -> None:
    x, n = share
    plain, listed = wilson_interval(x, n), wilson_interval(x, n, population=n + not_answered)
    assert listed is None if not_answered == 0 else listed.high - listed.low <= plain.high - plain.low + 1e-12


@given(five)
def test_a_distribution_adds_up_to_100(counts: Counts) -> None:
    assume(counts.base)
    assert sum(figure.value for figure in figures.distribution(counts).values()) == pytest.approx(100)


@given(five)
def test_top_and_bottom_and_middle_make_the_whole_and_net_is_their_difference(counts: Counts) -> None:
    assume(counts.base)
    top, bottom = share(counts, 4, 5), share(counts, 1, 2)
    middle = figures.distribution(counts)[3].value
    assert top + middle + bottom == pytest.approx(100)
    assert figures.net_score(counts).value == pytest.approx(top - bottom)


@given(five)
def test_mirroring_every_answer_mirrors_the_mean_and_swaps_top_and_bottom(counts: Counts) -> None:
    assume(counts.base)
    mirrored = Counts({6 - code: count for code, count in counts.values.items()})
    assert figures.mean_satisfaction(mirrored).value == pytest.approx(100 - figures.mean_satisfaction(counts).value)
    assert share(mirrored, 4, 5) == share(counts, 1, 2)
    assert figures.net_score(mirrored).value == -figures.net_score(counts).value


@given(eleven)
def test_nps_stays_in_its_range_and_changes_sign_with_the_sides(counts: Counts) -> None:
    assume(counts.base > 1)
    figure = figures.nps(counts)
    assert -100 <= figure.low <= figure.high <= 100
    assert figure.low - 1e-9 <= figure.value <= figure.high + 1e-9
    sides = {0: counts.of((9, 10)), 7: counts.of((7, 8)), 9: counts.of(range(7))}
    other = figures.nps(Counts(sides))
    assert (other.value, other.low, other.high) == pytest.approx((-figure.value, -figure.high, -figure.low))


@given(eleven)
def test_the_standard_error_of_nps_is_that_of_a_mean_of_plus_and_minus_ones(counts: Counts) -> None:
    up, down, n = counts.of((9, 10)), counts.of(range(7)), counts.base
    assume(n > 1)
    described = DescrStatsW([100, 0, -100], weights=[up, n - up - down, down], ddof=0)
    assert figures.nps_standard_error(counts) == pytest.approx(described.std / n**0.5, abs=1e-6)
    assert figures.nps(counts).value == pytest.approx(described.mean, abs=1e-9)


@given(st.floats(-1000, 1000), st.integers(0, 3))
def test_rounding_moves_a_number_by_half_a_step_at_most_and_is_settled(x: float, digits: int) -> None:
    once = rounding.round_half_up(x, digits)
    assert abs(once - x) <= 0.5 * 10**-digits + 1e-9
    assert rounding.round_half_up(once, digits) == once
