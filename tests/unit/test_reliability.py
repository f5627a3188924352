"""Cronbach's alpha: the published vector, its refusals, its reading, and agreement with scipy and Hoyt's analysis."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from feedback_app.domain.scoring.reliability import AlphaReading, cronbach_alpha, reading_of
from feedback_app.domain.scoring.scales import scored

ROWS = np.array([[int(code) for code in row] for row in ("4543", "2212", "5545", "3332", "4454", "1221")], dtype=float)


def draw_items(random: np.random.Generator, people: int, items: int, shared: float) -> np.ndarray:
    common = random.normal(size=(people, 1))
    raw = shared * common + random.normal(size=(people, items))
    return np.clip(np.round(raw * 1.2 + 3), 1, 5)


def test_alpha_gives_the_published_value_and_feldts_interval() -> None:
    found = cronbach_alpha(ROWS, least=0)
    assert (found.value, found.low, found.high) == pytest.approx((0.9583, 0.8510, 0.9935), abs=5e-5)
    assert (found.items, found.people, found.refused) == (4, 6, None)


def test_alpha_is_the_same_on_0_to_100_as_on_the_codes() -> None:
    codes, scores = cronbach_alpha(ROWS, least=0), cronbach_alpha(scored(ROWS, 1, 5), least=0)
    assert (codes.value, codes.low, codes.high) == pytest.approx((scores.value, scores.low, scores.high))


def test_fewer_than_50_complete_answers_are_refused_and_50_are_not() -> None:
    items = draw_items(np.random.default_rng(1), 50, 4, 1.0)
    assert cronbach_alpha(items).refused is None
    assert cronbach_alpha(items[:49]).refused == "too_few_people"
    items[7, 2] = math.nan
    found = cronbach_alpha(items)
    assert (found.value, found.low, found.high, found.people, found.refused) == (None, None, None, 49, "too_few_people")


@pytest.mark.parametrize("people", [0, 1])
def test_nobody_or_one_person_is_too_few_whatever_is_asked_for(people: int) -> None:
    assert cronbach_alpha(ROWS[:people], least=0).refused == "too_few_people"


def test_people_who_left_out_an_item_are_not_counted() -> None:
    some_missing = np.vstack([ROWS, [[5, 1, math.nan, 5]], [[math.nan] * 4]])
    assert cronbach_alpha(some_missing, least=0) == cronbach_alpha(ROWS, least=0)
    assert cronbach_alpha(np.full((80, 4), math.nan)).refused == "too_few_people"


@pytest.mark.parametrize("items", [0, 1, 2])
def test_fewer_than_three_items_are_refused(items: int) -> None:
    assert cronbach_alpha(np.ones((80, items))).refused == "too_few_items"


def test_without_spread_in_an_item_or_in_the_total_there_is_no_alpha() -> None:
    items = draw_items(np.random.default_rng(3), 80, 4, 1.0)
    assert cronbach_alpha(np.full((80, 4), 100 / 3)).refused == "no_spread"
    items[:, 0] = 4
    assert cronbach_alpha(items).refused == "no_spread"
    pair = np.tile([[0.0, 100.0], [100.0, 0.0]], (40, 1))
    assert cronbach_alpha(np.column_stack([pair, pair])).refused == "no_spread"


def test_items_that_are_copies_of_each_other_have_an_alpha_of_1() -> None:
    found = cronbach_alpha(np.repeat(ROWS[:, :1], 3, axis=1), least=0)
    assert (found.value, found.low, found.high) == pytest.approx((1, 1, 1))
    assert found.value <= 1


def test_a_missed_reversal_makes_alpha_fall() -> None:
    items = draw_items(np.random.default_rng(4), 300, 4, 1.5)
    turned = np.column_stack([items[:, :3], 6 - items[:, 3]])
    assert cronbach_alpha(turned).value < 0.6 < cronbach_alpha(items).value


def test_items_must_be_a_table() -> None:
    with pytest.raises(ValueError, match="people x items"):
        cronbach_alpha([1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    ("alpha", "reading"),
    [
        (-3.0, "show_items_only"),
        (0.5999, "show_items_only"),
        (0.6, "with_care"),
        (0.6999, "with_care"),
        (0.7, "fine"),
        (0.95, "fine"),
        (0.9501, "repeats"),
        (1.0, "repeats"),
    ],
)
def test_alpha_is_read_for_groups(alpha: float, reading: str) -> None:
    assert reading_of(alpha) is AlphaReading(reading)


@pytest.mark.parametrize("alpha", [1.01, math.nan])
def test_what_cannot_be_an_alpha_is_not_read(alpha: float) -> None:
    with pytest.raises(ValueError, match="at most 1"):
        reading_of(alpha)


@pytest.mark.parametrize("shared", [0.0, 0.5, 2.0])
@pytest.mark.parametrize("items", [3, 4, 7])
def test_alpha_agrees_with_the_analysis_of_variance_of_hoyt_and_feldts_f_of_scipy(items: int, shared: float) -> None:
    random = np.random.default_rng(items * 10 + int(shared))
    for _ in range(250):
        people = int(random.integers(50, 120))
        table = draw_items(random, people, items, shared)
        found = cronbach_alpha(table)
        between = items * table.mean(axis=1).var(ddof=1)
        residual = table - table.mean(axis=1, keepdims=True) - table.mean(axis=0) + table.mean()
        error = (residual**2).sum() / ((people - 1) * (items - 1))
        assert found.value == pytest.approx(1 - error / between, abs=1e-9)
        degrees = people - 1, (people - 1) * (items - 1)
        ends = 1 - (1 - found.value) * stats.f.ppf([0.975, 0.025], *degrees)
        assert (found.low, found.high) == pytest.approx(tuple(ends), abs=1e-9)
        assert found.low <= found.value <= found.high <= 1


def test_alpha_does_not_change_with_the_order_of_items_or_people_or_the_direction_of_all() -> None:
    random = np.random.default_rng(8)
    for _ in range(500):
        table = draw_items(random, 60, 5, 1.0)
        plain = cronbach_alpha(table)
        for other in (random.permutation(table, axis=0), random.permutation(table, axis=1), 6 - table, 25 * table - 25):
            assert cronbach_alpha(other).value == pytest.approx(plain.value, abs=1e-9)


def test_feldts_interval_holds_the_true_alpha_ninety_five_times_in_a_hundred() -> None:
    random = np.random.default_rng(10)
    true = 4 * 0.5 / (1 + 3 * 0.5)  # four parallel items that correlate at 0.5 (Spearman and Brown)
    held = 0
    for _ in range(2000):
        common = random.normal(size=(60, 1))
        found = cronbach_alpha(math.sqrt(0.5) * (common + random.normal(size=(60, 4))))
        held += found.low <= true <= found.high
    assert 0.935 <= held / 2000 <= 0.965
