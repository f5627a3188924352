"""Scale scores: items on 0 to 100, who has a score, and the mean of a group; the edges."""

from __future__ import annotations

import math

import numpy as np
import pytest

from feedback_app.domain.scoring.scales import mean_score, person_scores, scored

NAN = math.nan


def test_codes_become_0_to_100_in_equal_steps_and_everything_else_has_no_score() -> None:
    assert scored([1, 2, 3, 4, 5], 1, 5).tolist() == [0, 25, 50, 75, 100]
    assert np.isnan(scored([-1, -2, -3, -7, -8, -9, 0, 6, math.nan], 1, 5)).all()
    assert scored([0, 4, 10], 0, 10).tolist() == [0, 40, 100]
    assert scored([], 1, 5).shape == (0,)


def test_a_reverse_coded_item_is_mirrored_once_when_it_is_scored() -> None:
    assert scored([1, 2, 3, 4, 5], 1, 5, reverse_coded=True).tolist() == [100, 75, 50, 25, 0]
    assert np.isnan(scored([-8, 6], 1, 5, reverse_coded=True)).all()


def test_an_option_declared_missing_has_no_score_even_between_the_others() -> None:
    assert scored([1, 2, 3], 1, 3, missing=(2,)).tolist() == pytest.approx([0, NAN, 100], nan_ok=True)


@pytest.mark.parametrize(("lowest", "highest"), [(5, 5), (5, 1), (1, math.nan)])
def test_a_scale_without_steps_cannot_be_scored(lowest: float, highest: float) -> None:
    with pytest.raises(ValueError, match="above the lowest"):
        scored([1], lowest, highest)


@pytest.mark.parametrize(("items", "needed"), [(1, 2), (2, 2), (3, 2), (4, 2), (5, 3), (6, 3), (7, 4), (10, 5)])
def test_a_score_needs_half_of_the_items_and_two(items: int, needed: int) -> None:
    answers = np.array([[50.0] * valid + [NAN] * (items - valid) for valid in range(items + 1)])
    assert np.isnan(person_scores(answers)).tolist() == [valid < needed for valid in range(items + 1)]


def test_a_person_score_is_the_mean_of_the_valid_items_when_there_are_enough() -> None:
    table = np.array(
        [
            [0, 50, 100, 100, 50, 0],
            [100, NAN, NAN, 50, NAN, 0],
            [100, 100, NAN, NAN, NAN, NAN],
            [NAN, NAN, NAN, NAN, NAN, NAN],
        ]
    )
    assert person_scores(table).tolist() == pytest.approx([50, 50, NAN, NAN], nan_ok=True)
    assert person_scores(table[:, :4]).tolist() == pytest.approx([62.5, 75, 100, NAN], nan_ok=True)


def test_one_item_makes_no_scale_and_nobody_makes_no_scores() -> None:
    assert np.isnan(person_scores(np.array([[50.0], [100.0]]))).all()
    assert person_scores(np.empty((0, 6))).shape == (0,)
    assert np.isnan(person_scores(np.empty((3, 0)))).all()
    with pytest.raises(ValueError, match="people x items"):
        person_scores(np.array([1.0, 2.0]))


def test_the_mean_has_a_t_interval_and_says_how_many_have_no_score() -> None:
    found = mean_score([40, 50, 60, NAN, NAN])
    assert (found.value, found.sd, found.base, found.without, found.effective_n) == pytest.approx((50, 10, 3, 2, 3))
    assert (found.low, found.high) == pytest.approx((50 - 4.302653 * 10 / 3**0.5, 50 + 4.302653 * 10 / 3**0.5))
    assert found.withheld is None


def test_the_interval_stays_within_0_to_100() -> None:
    assert mean_score([90, 100, 100]).high == 100.0
    assert mean_score([0, 0, 25]).low == 0.0


@pytest.mark.parametrize("scores", [[], [NAN, NAN, NAN]])
def test_without_scores_there_is_no_mean_and_the_reason_is_said(scores: list[float]) -> None:
    found = mean_score(scores, np.ones(len(scores)))
    assert (found.value, found.low, found.high, found.sd) == (None, None, None, None)
    assert (found.base, found.without, found.effective_n, found.withheld) == (0, len(scores), 0.0, "no_scores")


def test_one_score_has_no_interval() -> None:
    found = mean_score([75, NAN])
    assert (found.value, found.low, found.high, found.sd, found.base) == (75, None, None, None, 1)
    assert (found.without, found.withheld) == (1, "one_score")


@pytest.mark.parametrize("weights", [None, [0.3, 1.0, 3.0, 1.0]])
def test_equal_scores_get_no_interval_because_one_without_width_would_claim_too_much(
    weights: list[float] | None,
) -> None:
    found = mean_score([100 / 3, 100 / 3, 100 / 3, NAN], weights)
    assert (found.value, found.low, found.high, found.sd) == (pytest.approx(100 / 3), None, None, 0.0)
    assert (found.base, found.withheld) == (3, "no_spread")


def test_weights_move_the_mean_and_the_effective_base_is_that_of_kish() -> None:
    weights = [1, 1, 1, 1, 2, 2, 0.5, 0.5, 3, 1]
    found = mean_score([0, 25, 50, 75, 100, 100, 0, 25, 50, 75], weights)
    assert found.value == pytest.approx(float(np.average([0, 25, 50, 75, 100, 100, 0, 25, 50, 75], weights=weights)))
    assert found.effective_n == pytest.approx(7.5111, abs=5e-5)
    assert found.base == 10


def test_the_weight_of_somebody_without_a_score_changes_nothing() -> None:
    with_them, without_them = mean_score([20, 40, NAN], [1, 2, 50]), mean_score([20, 40], [1, 2])
    assert (with_them.value, with_them.low, with_them.high) == (without_them.value, without_them.low, without_them.high)


def test_very_large_and_very_small_weights_stay_finite() -> None:
    found = mean_score([0, 50, 100], [1e300, 1e300, 1e300])
    assert (found.value, found.effective_n) == pytest.approx((50, 3))
    led = mean_score([0, 50, 100], [1e-300, 1.0, 1e-300])
    assert (led.value, led.effective_n) == pytest.approx((50, 1))
    assert led.low is not None
    assert 0 <= led.low <= 50


@pytest.mark.parametrize("weights", [[1, 0], [1, -1], [1, NAN], [1, math.inf]])
def test_a_weight_that_is_not_a_positive_number_is_refused(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="positive"):
        mean_score([10, 20], weights)


def test_there_must_be_one_weight_for_each_person() -> None:
    with pytest.raises(ValueError, match="one weight"):
        mean_score([10, 20], [1])


@pytest.mark.parametrize("score", [-1, 101, math.inf])
def test_a_score_outside_0_to_100_is_refused(score: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 100"):
        mean_score([50, score])
