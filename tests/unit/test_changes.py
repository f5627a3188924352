"""Changes between waves: the published test vectors, the choice of test, and the edges."""

from __future__ import annotations

import math

import pytest

from feedback_app.domain.scoring import changes
from feedback_app.domain.scoring.changes import detectable_change, newcombe_difference, nps_change, pooled_z
from feedback_app.domain.scoring.counts import Counts, EffectiveCounts
from feedback_app.domain.scoring.headlines import CSAT, MEAN_SATISFACTION, NPS, headlines_for, share_headline
from feedback_app.domain.scoring.rounding import round_half_up
from feedback_app.domain.scoring.scales import MeanScore, mean_score


def nps_counts(promoters: int, passives: int, detractors: int) -> Counts:
    return Counts(dict.fromkeys(range(11), 0) | {9: promoters, 8: passives, 3: detractors})


def five(top: int, rest: int) -> Counts:
    return Counts({1: 0, 2: rest, 3: 0, 4: top, 5: 0})


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((84, 200, 138, 260), (0.1108, 0.0187, 0.2000)),
        ((48, 80, 56, 70), (0.2000, 0.0524, 0.3339)),
        ((0, 10, 10, 10), (1.0, 0.6075, 1.0)),
    ],
)
def test_newcombe_gives_the_published_intervals(
    counts: tuple[int, int, int, int], expected: tuple[float, float, float]
) -> None:
    assert newcombe_difference(*counts) == pytest.approx(expected, abs=5e-5)


def test_the_pooled_test_gives_the_published_z_and_p() -> None:
    assert pooled_z(84, 200, 138, 260) == pytest.approx((2.3569, 0.0184), abs=5e-5)


def test_the_plain_nps_change_is_the_published_one() -> None:
    change = nps_change(nps_counts(40, 30, 50), nps_counts(66, 45, 49), adjusted=False)
    assert change is not None
    assert change.value == pytest.approx(18.958, abs=5e-4)
    assert (change.low, change.high) == pytest.approx((-1.23, 39.15), abs=5e-3)
    assert (change.high - change.value) / 1.959963984540054 == pytest.approx(10.302, abs=5e-4)
    assert (change.method, change.test) == ("wald", "wald")


def test_an_nps_change_is_the_raw_one_with_adjusted_errors() -> None:
    before, after = nps_counts(40, 30, 50), nps_counts(66, 45, 49)
    change = nps_change(before, after)
    errors = []
    for up, level, down in ((40, 30, 50), (66, 45, 49)):
        n, p, d = up + level + down + 3, up + 0.75, down + 0.75
        errors.append((p / n + d / n - (p / n - d / n) ** 2) / n)
    value, reach = 100 * (17 / 160 + 10 / 120), 195.9963984540054 * math.sqrt(sum(errors))
    assert (change.value, change.low, change.high) == pytest.approx((value, value - reach, value + reach))
    assert (change.method, change.test) == ("adjusted_wald", "wald")


def test_an_nps_that_everybody_agrees_on_still_has_a_change_with_a_width() -> None:
    change = nps_change(nps_counts(0, 0, 40), nps_counts(40, 0, 0))
    assert (change.value, change.high) == (200, 200)
    assert change.low < 190
    assert nps_change(nps_counts(0, 0, 40), nps_counts(40, 0, 0), adjusted=False) is None


@pytest.mark.parametrize(("n", "points"), [(100, 20), (200, 14), (300, 11.5), (500, 9), (700, 7.5)])
def test_the_detectable_change_is_the_published_one_rounded_up_to_the_next_half(n: int, points: float) -> None:
    found = detectable_change(n, n)
    assert math.ceil(2 * found) / 2 == points


def test_a_change_can_be_too_small_to_notice_whatever_its_size() -> None:
    assert detectable_change(3, 3) is None
    assert detectable_change(0, 500) is None
    assert detectable_change(200, 200, base=0.6) == detectable_change(200, 200, base=0.4)
    assert detectable_change(100, 900) == pytest.approx(16.0, abs=2)
    assert detectable_change(100, 900) > detectable_change(900, 900)


@pytest.mark.parametrize(("base", "power"), [(0, 0.8), (1, 0.8), (0.4, 0.5), (0.4, 1)])
def test_a_detectable_change_needs_a_share_and_a_power(base: float, power: float) -> None:
    with pytest.raises(ValueError, match="base share"):
        detectable_change(100, 100, base, power)


def test_a_share_changes_in_points() -> None:
    change = changes.share_change(five(84, 116), five(138, 122), (4, 5))
    assert (change.value, change.low, change.high) == pytest.approx((11.08, 1.87, 20.00), abs=5e-3)
    assert change.p == pytest.approx(0.0184, abs=5e-5)
    assert (change.method, change.test) == ("newcombe", "pooled_z")


def test_a_share_within_a_base_leaves_the_other_options_out() -> None:
    before, after = Counts({1: 30, 2: 50, 3: 500}), Counts({1: 60, 2: 50, 3: 100})
    inside = changes.share_change(before, after, (1,), (1, 2))
    assert inside == changes.share_change(Counts({1: 30, 2: 50}), Counts({1: 60, 2: 50}), (1,))
    assert changes.share_change(before, after, (1, 3), (1, 2)) == inside


def test_where_a_cell_expects_under_five_the_test_is_fishers() -> None:
    change = changes.share_change(five(8, 2), five(1, 5), (4, 5))
    assert change.test == "fisher"
    assert change.p == pytest.approx(0.03496503496503495)  # 400 of 11,440 ways to fill the table
    assert changes.share_change(five(5, 45), five(5, 45), (4, 5)).test == "pooled_z"  # expects exactly 5
    assert changes.share_change(five(4, 46), five(5, 45), (4, 5)).test == "fisher"


def test_nobody_and_everybody_in_both_waves_is_no_change_at_all() -> None:
    for counts in (five(0, 60), five(60, 0)):
        change = changes.share_change(counts, counts, (4, 5))
        assert (change.value, change.p, change.test) == (0, 1, "fisher")
        assert change.low < 0 < change.high
    assert pooled_z(0, 60, 0, 40) == pooled_z(60, 60, 40, 40) == (0, 1)


def test_without_answers_there_is_no_change() -> None:
    nobody = five(0, 0)
    assert newcombe_difference(0, 0, 5, 10) is None
    assert newcombe_difference(5, 10, 0, 0) is None
    assert pooled_z(0, 0, 5, 10) is None
    assert changes.share_change(nobody, five(5, 5), (4, 5)) is None
    assert changes.share_change(five(5, 5), nobody, (4, 5)) is None
    assert nps_change(nps_counts(0, 0, 0), nps_counts(1, 1, 1)) is None
    assert nps_change(nps_counts(1, 1, 1), nps_counts(0, 0, 0)) is None


def test_one_answer_a_wave_says_next_to_nothing() -> None:
    change = changes.share_change(five(0, 1), five(1, 0), (4, 5))
    assert (change.value, change.high) == (100, 100)
    assert change.low < 0
    assert change.p == 1


@pytest.mark.parametrize("counts", [(-1, 5, 1, 5), (1, 5, 6, 5)])
def test_a_count_outside_its_base_is_refused(counts: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="between 0 and the base"):
        newcombe_difference(*counts)
    with pytest.raises(ValueError, match="between 0 and the base"):
        pooled_z(*counts)


def test_weighted_shares_use_the_effective_base_in_interval_and_test() -> None:
    people = (five(100, 150), five(150, 100))
    weighted = tuple(EffectiveCounts(one.values | {2: one.of((2,)) / 2, 4: one.of((4,)) / 2}, 250) for one in people)
    change = changes.share_change(*weighted, (4, 5), people=people)
    difference, tested = newcombe_difference(50, 125, 75, 125), pooled_z(50, 125, 75, 125)
    assert (change.value, change.low, change.high) == pytest.approx([100 * part for part in difference])
    assert change.p == tested.p


def test_weighted_shares_with_small_cells_are_tested_on_people() -> None:
    people = (five(3, 97), five(12, 88))
    weighted = tuple(EffectiveCounts({4: one.of((4,)) * 0.4, 2: one.of((2,)) * 0.4}, 100) for one in people)
    change = changes.share_change(*weighted, (4, 5), people=people)
    assert (change.test, change.p) == ("fisher", changes.fisher_p(3, 100, 12, 100))
    heavy = tuple(EffectiveCounts({4: 40, 2: 60}, 100) for _one in people)
    assert changes.share_change(*heavy, (4, 5), people=(five(4, 96), five(5, 95))).test == "fisher"


def test_weighted_shares_without_the_people_behind_them_are_refused() -> None:
    weighted = EffectiveCounts({2: 50, 4: 50}, 120)
    with pytest.raises(ValueError, match="unweighted counts of both waves"):
        changes.share_change(weighted, weighted, (4, 5))


def test_a_mean_changes_by_welch() -> None:
    before, after = mean_score([10, 20, 30, 40, 50]), mean_score([40, 60, 80])
    change = changes.mean_change(before, after)
    assert change.value == pytest.approx(30)
    reach = 2.92744 * math.sqrt(250 / 5 + 400 / 3)  # t at 3.5328 degrees of freedom
    assert (change.low, change.high) == pytest.approx((30 - reach, 30 + reach), abs=1e-3)
    assert (change.method, change.test) == ("welch", "welch")
    assert change.p == pytest.approx(0.1000, abs=5e-5)


def test_means_that_cannot_be_compared_say_why() -> None:
    spread, alike = mean_score([20, 40, 60]), mean_score([50, 50, 50])
    for before, after, why in (
        (alike, alike, "no_spread"),
        (spread, alike, "no_spread"),
        (mean_score([]), spread, "no_scores"),
        (spread, mean_score([40]), "one_score"),
        (MeanScore(50, 40, 60, None, 1, 0, 1.0), spread, "one_score"),
        (MeanScore(50, 40, 60, 0.0, 5, 0, 5.0), spread, "no_spread"),
    ):
        assert changes.mean_change(before, after) is None
        assert changes.why_no_mean_change(before, after) == why
    assert changes.why_no_mean_change(spread, spread) is None


def test_weights_widen_the_change_of_a_mean() -> None:
    scores, weights = [0, 25, 50, 75, 100] * 10, [0.3, 3, 1, 3, 0.3] * 10
    before = mean_score(scores)
    plain, weighted = changes.mean_change(before, before), changes.mean_change(before, mean_score(scores, weights))
    even = changes.mean_change(before, mean_score(scores, [7.0] * 50))
    assert (even.low, even.high) == pytest.approx((plain.low, plain.high))
    after = mean_score(scores, weights)
    first, second = before.sd**2 / 50, after.sd**2 / after.effective_n
    assert weighted.high - weighted.low == pytest.approx(2 * 1.99 * math.sqrt(first + second), rel=5e-3)


def test_each_headline_knows_how_its_change_is_computed() -> None:
    before, after = five(84, 116), five(138, 122)
    expected = changes.share_change(before, after, (4, 5))
    assert CSAT.change(before, after) == expected
    (agree,) = headlines_for("agree5")
    (reverse,) = headlines_for("agree5", reverse_coded=True)
    assert agree.change(before, after) == expected
    assert reverse.change(before, after).value == pytest.approx(-expected.value)
    assert NPS.change(nps_counts(1, 2, 3), nps_counts(3, 2, 1)).method == "adjusted_wald"
    assert MEAN_SATISFACTION.change is None
    inside = share_headline("on_time", (1,), (1, 2)).change
    assert inside(Counts({1: 30, 2: 50, 3: 9}), Counts({1: 60, 2: 50, 3: 9})).value == pytest.approx(17.045, abs=5e-4)


def test_a_weighted_headline_changes_with_the_people_behind_it() -> None:
    people = (five(84, 116), five(138, 122))
    weighted = tuple(EffectiveCounts(one.values, one.base) for one in people)
    assert CSAT.change(*weighted, people=people) == CSAT.change(*people)
    first, second = nps_counts(40, 30, 50), nps_counts(66, 45, 49)
    scaled = EffectiveCounts(first.values, 120), EffectiveCounts(second.values, 160)
    assert NPS.change(*scaled, people=(first, second)) == NPS.change(first, second)


def test_the_change_is_of_unrounded_figures() -> None:
    change = changes.share_change(five(1054, 946), five(1086, 914), (4, 5))
    assert round_half_up(52.7) == 53
    assert round_half_up(54.3) == 54
    assert round_half_up(change.value) == 2
