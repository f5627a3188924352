"""Scoring: the published test vectors, the kinds of missing, and the edges."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import pytest

from feedback_app.domain.missing import MISSING_KEYS, Missing
from feedback_app.domain.scoring import figures, intervals, rounding
from feedback_app.domain.scoring.counts import Counts
from feedback_app.domain.scoring.figures import Figure
from feedback_app.domain.scoring.headlines import headlines_for
from feedback_app.domain.scoring.intervals import Interval, wilson_interval

TOP, BOTTOM = (4, 5), (1, 2)
FIVE = dict(zip(range(1, 6), (23, 46, 153, 419, 528), strict=True))


def headline(item_type: str, values: dict[int, int], **kind: Any) -> Figure:
    """Return the first headline of an item of this type that was answered so."""
    return headlines_for(item_type, **kind)[0].function(Counts(values))


def nps_counts(promoters: int, passives: int, detractors: int) -> Counts:
    return Counts(dict.fromkeys(range(11), 0) | {9: promoters, 8: passives, 3: detractors})


@pytest.mark.parametrize(
    ("x", "n", "low", "high"),
    [(0, 10, 0.0, 0.2775), (7, 10, 0.3968, 0.8922), (10, 10, 0.7225, 1.0), (84, 120, 0.6128, 0.7747)],
)
def test_wilson_gives_the_published_intervals(x: int, n: int, low: float, high: float) -> None:
    interval = wilson_interval(x, n)
    assert interval is not None
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=5e-5)


def test_wilson_is_exactly_0_and_1_at_its_ends_and_has_no_value_without_answers() -> None:
    assert wilson_interval(0, 7).low == 0.0
    assert wilson_interval(7, 7).high == 1.0
    assert wilson_interval(0, 0) is None


@pytest.mark.parametrize(("x", "n"), [(-1, 5), (6, 5), (1, 0)])
def test_wilson_refuses_a_count_outside_its_base(x: int, n: int) -> None:
    with pytest.raises(ValueError, match="between 0 and the base"):
        wilson_interval(x, n)


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_a_confidence_outside_0_to_1_is_refused(confidence: float) -> None:
    with pytest.raises(ValueError, match="confidence"):
        wilson_interval(1, 2, confidence)


def test_a_known_list_narrows_the_interval_only_when_over_5_percent_of_it_answered() -> None:
    assert intervals.finite_population_n(40, 60) == pytest.approx(118.0)
    listed = wilson_interval(30, 40, population=60)
    assert (listed.low, listed.high) == pytest.approx((0.6648, 0.8194), abs=5e-5)
    plain = wilson_interval(30, 40)
    assert (plain.low, plain.high) == pytest.approx((0.5981, 0.8581), abs=5e-5)
    assert wilson_interval(30, 40, population=800) == plain
    assert wilson_interval(30, 40, population=799) != plain


def test_when_the_whole_list_answered_there_is_no_interval_and_a_shorter_list_is_an_error() -> None:
    assert wilson_interval(30, 40, population=40) is None
    with pytest.raises(ValueError, match="list is wrong"):
        wilson_interval(30, 40, population=39)


@pytest.mark.parametrize(
    ("parts", "value", "error", "low", "high"),
    [
        ((40, 30, 50), -8.333, 7.869, -23.30, 7.04),
        ((5, 3, 2), 30.0, 24.698, -19.05, 65.20),
        ((10, 0, 0), 100.0, 0.0, 47.50, 100.0),
    ],
)
def test_nps_gives_the_published_values(
    parts: tuple[int, int, int], value: float, error: float, low: float, high: float
) -> None:
    figure = figures.nps(nps_counts(*parts))
    assert (figure.name, figure.base) == ("nps", sum(parts))
    assert (figure.value, figure.low, figure.high) == pytest.approx((value, low, high), abs=0.006)
    assert figures.nps_standard_error(nps_counts(*parts)) == pytest.approx(error, abs=5e-4)


def test_the_plain_errors_of_two_nps_waves_give_the_published_change() -> None:
    first, second = nps_counts(40, 30, 50), nps_counts(66, 45, 49)
    change = figures.nps(second).value - figures.nps(first).value
    error = math.hypot(figures.nps_standard_error(first), figures.nps_standard_error(second))
    assert (change, error) == pytest.approx((18.958, 10.302), abs=5e-4)


@pytest.mark.parametrize("code", [11, -1, 9.0, True])
def test_nps_refuses_anything_but_whole_numbers_from_0_to_10(code: int) -> None:
    with pytest.raises(ValueError, match="0 to 10"):
        figures.nps(Counts({0: 3, code: 1}))


def test_each_nps_answer_falls_in_its_group() -> None:
    values = [figures.nps(Counts({code: 1})).value for code in range(11)]
    assert values == [-100.0] * 7 + [0.0] * 2 + [100.0] * 2


def test_mean_satisfaction_and_top_two_box_give_the_published_values() -> None:
    counts = Counts(FIVE)
    mean = figures.mean_satisfaction(counts)
    assert mean.value == pytest.approx(79.58, abs=0.005)
    assert (mean.name, mean.low, mean.high, mean.base) == ("mean_satisfaction", None, None, 1169)
    assert headline("agree5", FIVE).value == pytest.approx(81.01, abs=0.005)


def test_csat_is_the_top_two_share_under_its_own_name() -> None:
    figure, top = figures.csat(Counts(FIVE)), headline("agree5", FIVE)
    assert figure.name == "csat"
    assert (figure.value, figure.low, figure.high) == (top.value, top.low, top.high)


@pytest.mark.parametrize("function", [figures.csat, figures.mean_satisfaction])
@pytest.mark.parametrize("values", [{0: 1, 5: 2}, {1: 1, 6: 2}])
def test_satisfaction_figures_refuse_an_item_that_has_not_five_points(function, values: dict[int, int]) -> None:
    with pytest.raises(ValueError, match="five-point"):
        function(Counts(values))


def test_net_is_top_minus_bottom_with_the_same_standard_error_as_nps() -> None:
    figure = figures.net_score(Counts({1: 20, 2: 30, 3: 30, 4: 25, 5: 15}), (4, 5), (1, 2))
    assert figure.value == pytest.approx(-8.3333, abs=5e-5)
    assert figure.high - figure.value == pytest.approx(1.959964 * 7.869, abs=0.001)
    assert figure.value - figure.low == pytest.approx(1.959964 * 7.869, abs=0.001)


def test_net_is_clipped_at_its_range_and_refuses_an_option_on_both_sides() -> None:
    assert figures.net_score(Counts({1: 1, 4: 9, 5: 2})).high == 100.0
    assert figures.net_score(Counts({1: 9, 2: 2, 5: 1})).low == -100.0
    with pytest.raises(ValueError, match="both"):
        figures.net_score(Counts(FIVE), (3, 4, 5), (1, 2, 3))


def test_the_favourable_share_of_a_reverse_coded_item_is_the_raw_bottom_two() -> None:
    favourable, mirrored = headline("agree5", FIVE, reverse_coded=True), {6 - code: n for code, n in FIVE.items()}
    assert (favourable.name, favourable.value) == ("favourable", pytest.approx(100 * (23 + 46) / 1169))
    top = headline("agree5", mirrored)
    assert (favourable.value, favourable.low, favourable.high) == (top.value, top.low, top.high)


def test_three_faces_are_reported_as_shares_of_the_top_and_the_bottom_face() -> None:
    counts = Counts({1: 10, 2: 20, 3: 70}, {"dont_know": 40})
    told = [spec.function(counts) for spec in headlines_for("smiley3")]
    assert [(figure.name, figure.value) for figure in told] == [("top_face", 70.0), ("bottom_face", 10.0)]


def test_a_share_may_have_a_base_of_its_own() -> None:
    figure = figures.share_of(Counts({1: 30, 2: 10, 3: 60}), "plan_in_time", (1,), (1, 2))
    assert (figure.name, figure.value, figure.base) == ("plan_in_time", 75.0, 40)
    assert figures.share_of(Counts({1: 30, 2: 70}), "first", (1,)).value == 30.0


@pytest.mark.parametrize(
    "function",
    [
        partial(figures.share_of, name="top_two_box", codes=TOP),
        partial(figures.share_of, name="plan_in_time", codes=(1,), base=BOTTOM),
        figures.csat,
        figures.mean_satisfaction,
        figures.net_score,
        figures.nps,
    ],
)
def test_without_answers_a_figure_has_no_value_and_says_so(function) -> None:
    figure = function(Counts(dict.fromkeys(range(1, 6), 0), {"skipped": 4}))
    assert (figure.value, figure.low, figure.high, figure.base) == (None, None, None, 0)
    assert (figure.missing, figure.withheld) == ({"skipped": 4}, "no_answers")


def test_without_answers_nps_has_no_standard_error() -> None:
    with pytest.raises(ValueError, match="no answers"):
        figures.nps_standard_error(nps_counts(0, 0, 0))


def test_one_answer_makes_a_share_of_100_with_a_wide_interval() -> None:
    figure = headline("agree5", {4: 0, 5: 1})
    assert (figure.value, figure.high) == (100.0, 100.0)
    assert figure.low == pytest.approx(20.65, abs=0.01)


@pytest.mark.parametrize(
    ("values", "missing", "answered"),
    [
        ({1: -1}, {}, None),
        ({1: 1}, {"skipped": -1}, None),
        ({1: 1}, {"lost": 1}, None),
        ({1: 2, 2: 1}, {}, 1),
        ({1: 1}, {}, 2),
    ],
)
def test_impossible_counts_are_refused(values, missing, answered) -> None:
    with pytest.raises(ValueError, match=r"negative|unknown kinds|does not fit"):
        Counts(values, missing, answered)


def test_counts_do_not_change_with_the_mapping_they_were_made_from() -> None:
    values = {1: 3}
    counts = Counts(values)
    values[1] = 9
    assert counts.base == 3


@pytest.mark.parametrize(
    ("x", "digits", "expected"),
    [
        (2.5, 0, 3), (0.5, 0, 1), (-0.5, 0, 0), (-2.5, 0, -2), (-2.51, 0, -3), (2.675, 2, 2.68),
        (0.285, 2, 0.29), (67.49999, 0, 67), (1234.5, -2, 1200),
    ],
)  # fmt: skip
def test_rounding_takes_halves_up_as_people_read_them(x: float, digits: int, expected: float) -> None:
    assert rounding.round_half_up(x, digits) == expected
    assert math.copysign(1, rounding.round_half_up(-0.4)) == 1


@pytest.mark.parametrize("x", [math.nan, math.inf])
def test_what_is_not_finite_is_not_rounded(x: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        rounding.round_half_up(x)


def test_kinds_of_missing_have_the_codes_and_keys_that_are_stored() -> None:
    assert {kind.key: int(kind) for kind in Missing} == {
        "not_shown": -1,
        "not_reached": -2,
        "skipped": -3,
        "prefer_not_to_say": -7,
        "dont_know": -8,
        "does_not_apply": -9,
    }
    assert tuple(Missing.from_key(key).key for key in MISSING_KEYS) == MISSING_KEYS
    with pytest.raises(ValueError, match="unknown kind"):
        Missing.from_key("lost")


def test_intervals_are_plain_values() -> None:
    assert Interval(0.1, 0.2) == Interval(0.1, 0.2)
