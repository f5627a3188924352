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
    Chart,
    ChartWords,
    Sides,
    bars_chart,
    figures_chart,
    sides_chart,
)

TONES = {code: f"l{code}" for code in range(1, 6)}
SIDES = Sides((2, 1), (3,), (4, 5))


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
