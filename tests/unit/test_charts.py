"""Charts: lengths follow the protected shares, what is hidden tells nothing, and nothing leaves its room."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from feedback_app.domain.disclosure.gate import protect
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.rules import ItemTable
from feedback_app.domain.disclosure.safe import SafeTable
from feedback_app.domain.scoring.counts import Counts
from feedback_app.domain.scoring.headlines import headlines_for, share_headline
from feedback_app.reports.charts import (
    HIDDEN_WIDTH,
    LANE,
    LETTERS,
    MIDDLE,
    NOT_KNOWN,
    Chart,
    ChartWords,
    Sides,
    bars_chart,
    faces_chart,
    figures_chart,
    sides_chart,
)
from feedback_app.reports.hearing_chart import HeardLane, HearingWords, hearing_chart, place_of

TONES = {code: f"l{code}" for code in range(1, 6)}
SIDES = Sides((2, 1), (3,), (4, 5))
HEARING = HearingWords("Who was heard", "told", "half", "about right", "twice")


def protected(*counts: int, **more: Any) -> SafeTable:
    values = dict(enumerate(counts, 1))
    specs = (*headlines_for("freq5"), share_headline("bottom_two_box", (1, 2)))
    return protect([ItemTable("TS02", "freq5", Counts(values), specs, **more)], Policy())[0]


def words(table: SafeTable, label: str = "An answer") -> ChartWords:
    codes = [share.code for share in table.distribution]
    values = {share.code: f"{share.percent}%" if share.percent else "fewer than 5" for share in table.distribution}
    sides = {"left": "Never, Rarely", "right": "Often, Always"}
    figures = {"left": "31%", "right": "41%"}
    return ChartWords("How often?", "told", dict.fromkeys(codes, label), values, figures, sides)


def widths(chart: Chart, css: str) -> list[float]:
    return [mark.width for mark in chart.marks if mark.css == css]


def test_a_bar_is_as_long_as_its_share() -> None:
    table = protected(25, 25, 50, 50, 50)
    chart = bars_chart(table, words(table), {}, [1, 2, 3, 4, 5])
    assert widths(chart, "bar") == [round(LANE * (share.percent or 0) / 100, 2) for share in table.distribution]


def test_agreement_goes_right_and_disagreement_left_in_one_unit_of_length() -> None:
    table = protected(20, 40, 40, 60, 40)
    chart = sides_chart(table, words(table), SIDES, TONES)
    by_tone = {mark.css: mark for mark in chart.marks}
    assert by_tone["l4"].x == by_tone["l3"].x == MIDDLE
    assert by_tone["l2"].x + by_tone["l2"].width == MIDDLE
    assert by_tone["l1"].x + by_tone["l1"].width == by_tone["l2"].x
    assert {tone: mark.width * 2 for tone, mark in by_tone.items() if tone in TONES.values()} == {
        "l1": 10, "l2": 20, "l3": 20, "l4": 30, "l5": 20
    }  # fmt: skip


def test_the_length_of_a_hidden_part_is_always_the_same() -> None:
    for few in range(5):
        table = protected(few, 30, 40, 60, 70)
        chart = sides_chart(table, words(table), SIDES, TONES)
        assert widths(chart, "hatched") == [HIDDEN_WIDTH]
        bars = bars_chart(table, words(table), {}, [1, 2, 3, 4, 5])
        assert widths(bars, "hatched") == [LANE]


def test_the_range_of_the_headline_lies_on_the_side_it_counts() -> None:
    table = protected(20, 40, 40, 60, 40)
    headline = table.headline
    assert headline is not None
    assert headline.low is not None
    assert headline.high is not None
    right = next(mark for mark in sides_chart(table, words(table), SIDES, TONES).marks if mark.css == "rng")
    assert (right.x, right.x + right.width) == (MIDDLE + headline.low / 2, MIDDLE + headline.high / 2)
    flipped = Sides((2, 1), (3,), (4, 5), favours_left=True)
    left = next(mark for mark in sides_chart(table, words(table), flipped, TONES).marks if mark.css == "rng")
    assert (left.x, left.x + left.width) == (MIDDLE - headline.high / 2, MIDDLE - headline.low / 2)


def test_a_withheld_headline_has_no_mark() -> None:
    table = protected(20, 20, 20, 1, 1)
    assert table.headline is not None
    assert table.headline.withheld == "R1"
    assert not [mark for mark in sides_chart(table, words(table), SIDES, TONES).marks if mark.css in {"rng", "dot"}]


def test_a_small_group_has_hollow_marks() -> None:
    table = protected(5, 5, 5, 5, 5)
    assert table.small_group
    bars = bars_chart(table, words(table), {}, [1, 2, 3, 4, 5])
    assert len(widths(bars, "bar hollow")) == 5
    dots = [mark.css for mark in sides_chart(table, words(table), SIDES, TONES).marks if mark.round]
    assert dots == ["dot hollow"]


def test_a_long_answer_is_broken_into_lines_that_fit_a_phone() -> None:
    table = protected(20, 40, 40, 60, 40)
    label = "Education set up by the council outside school (EOTAS, tuition)"
    chart = bars_chart(table, words(table, label), {}, [1])
    lines = [text.text for text in chart.labels if text.css == "t"]
    assert " ".join(lines) == label
    assert max(map(len, lines)) <= LETTERS


def test_a_figure_bar_shows_its_range() -> None:
    table = protected(20, 40, 40, 60, 40)
    headline = table.headline
    assert headline is not None
    named = ChartWords("t", "d", {}, {}, {"top_two_box": "50%"}, {"top_two_box": "Often or Always"})
    chart = figures_chart(table, named, [("top_two_box", "l4")])
    band = next(mark for mark in chart.marks if mark.css == "rng")
    assert headline.low is not None
    assert band.x == round(LANE * headline.low / 100, 2)


@given(st.lists(st.integers(0, 400), min_size=5, max_size=5))
def test_no_mark_leaves_the_chart(counts: list[int]) -> None:
    table = protected(*counts)
    if table.withheld:
        return
    for chart in (
        bars_chart(table, words(table), {}, [1, 2, 3, 4, 5]),
        sides_chart(table, words(table), SIDES, TONES),
    ):
        assert all(mark.x >= -HIDDEN_WIDTH and mark.x + mark.width <= 100 + HIDDEN_WIDTH for mark in chart.marks)
        assert all(0 <= mark.y <= chart.height + 1 for mark in chart.marks)
        assert all(0 < label.y <= chart.height for label in chart.labels)


def test_who_does_not_know_has_a_bar_beside_the_faces() -> None:
    table = protect([ItemTable("TS06", "smiley3", Counts({1: 20, 2: 30, 3: 50}), headlines_for("smiley3"))], Policy())[
        0
    ]
    said = {1: "No", 2: "A bit", 3: "Yes", NOT_KNOWN: "I do not know"}
    named = ChartWords("Nice?", "told", said, dict.fromkeys(said, "some"))
    chart = faces_chart(table, named, dict.fromkeys((1, 2, 3), "l3"), [3, 2, 1], {3: "top_face"}, 12)
    assert widths(chart, "apart") == [round(LANE * 12 / 100, 2)]
    hidden = faces_chart(table, named, dict.fromkeys((1, 2, 3), "l3"), [3, 2, 1], {3: "top_face"}, None)
    assert widths(hidden, "hatched") == [LANE]
    plain = ChartWords("Nice?", "told", {1: "No", 2: "A bit", 3: "Yes"}, dict.fromkeys(said, "some"))
    assert not widths(faces_chart(table, plain, dict.fromkeys((1, 2, 3), "l3"), [3, 2, 1], {}, 12), "apart")


def test_half_and_twice_are_as_far_from_the_middle() -> None:
    assert place_of(1) == MIDDLE
    assert place_of(2) - MIDDLE == MIDDLE - place_of(0.5)
    assert place_of(2) - place_of(1) == place_of(1.4) - place_of(0.7)


def test_a_group_that_was_heard_less_is_hollow_and_one_that_cannot_be_said_is_hatched() -> None:
    lanes = [
        HeardLane("With a plan", 2.0, "58 of 100, not 29"),
        HeardLane("With support", 0.6, "42 of 100, not 71", less=True),
        HeardLane("Others", None, "cannot say"),
    ]
    chart = hearing_chart(lanes, HEARING)
    assert [mark.css for mark in chart.marks if mark.round] == ["dot", "dot hollow"]
    assert widths(chart, "hatched") == [100]
    assert [label.text for label in chart.labels if label.css == "t halo"] == [lane.value for lane in lanes]


@given(st.lists(st.one_of(st.none(), st.floats(0, 500)), max_size=8))
def test_no_group_leaves_the_chart_of_who_was_heard(ratios: list[float | None]) -> None:
    chart = hearing_chart(
        [HeardLane("A group with a rather long name, as some have", one, "so") for one in ratios], HEARING
    )
    for mark in chart.marks:
        assert mark.x >= 0
        assert mark.x + mark.width <= 100.01
        assert 0 <= mark.y <= chart.height
    assert all(0 < label.y <= chart.height for label in chart.labels)
