"""Changes drawn as distance from no change: one axis for all, nothing outside it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_app.domain.disclosure.changes import protect_changes
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.rules import ItemTable
from feedback_app.domain.disclosure.safe import SafeChange
from feedback_app.domain.scoring.counts import Counts
from feedback_app.domain.scoring.headlines import headlines_for
from feedback_app.reports.change_charts import HEIGHT, axis_labels, lane_marks, place, reach
from feedback_app.reports.charts import MIDDLE, Mark

Five = tuple[int, int, int, int, int]


def change(before: Five, after: Five, item_type: str = "freq5") -> SafeChange:
    """Return what changed in the headline of one item, by its answers in each wave."""
    tables = [
        [ItemTable("TS02", item_type, Counts(dict(enumerate(counts, 1))), headlines_for(item_type))]
        for counts in (before, after)
    ]
    return protect_changes(*tables, [("TS02", None)], Policy())[0]


HIGHER = change((40, 60, 40, 40, 20), (40, 60, 40, 90, 70))
LOWER = change((40, 60, 40, 90, 70), (40, 60, 40, 40, 20))
LEVEL = change((40, 60, 40, 60, 20), (40, 60, 40, 65, 20))
TOO_FEW = change((5, 5, 5, 5, 5), (40, 60, 40, 65, 20))


def the(marks: tuple[Mark, ...], css: str) -> Mark:
    return next(mark for mark in marks if mark.css == css)


def test_a_rise_lies_to_the_right_of_no_change_and_a_fall_to_the_left() -> None:
    rise, fall = (lane_marks(one, 40) for one in (HIGHER, LOWER))
    assert the(rise, "rng").x > MIDDLE
    assert the(rise, "dot").x > MIDDLE
    assert the(fall, "rng").x + the(fall, "rng").width < MIDDLE
    assert the(fall, "dot").x < MIDDLE


def test_the_range_of_no_clear_change_takes_in_the_middle() -> None:
    band = the(lane_marks(LEVEL, 20), "rng")
    assert band.x <= MIDDLE <= band.x + band.width


def test_marks_stand_where_the_protected_numbers_say() -> None:
    assert (HIGHER.low, HIGHER.high) != (None, None)
    band, dot = (the(lane_marks(HIGHER, 40), css) for css in ("rng", "dot"))
    assert dot.x == place(HIGHER.value or 0, 40)
    assert band.x == place(HIGHER.low or 0, 40)
    assert band.x + band.width == pytest.approx(place(HIGHER.high or 0, 40), abs=0.02)


def test_what_was_not_compared_has_no_lane() -> None:
    assert TOO_FEW.refused == "too_few_before"
    with pytest.raises(ValueError, match="was made"):
        lane_marks(TOO_FEW, 20)


def test_the_axis_is_the_same_for_all_changes_and_takes_in_the_widest() -> None:
    assert reach([]) == reach([TOO_FEW]) == reach([LEVEL]) == 20
    assert reach([LEVEL, HIGHER]) == reach([LOWER]) == 40


def test_the_axis_names_both_ends_and_the_middle() -> None:
    labels = axis_labels(20, {-20: "20 lower", 0: "no change", 20: "20 higher"})
    assert [(label.text, label.anchor) for label in labels] == [
        ("20 lower", "start"), ("no change", "middle"), ("20 higher", "end")
    ]  # fmt: skip


counted = st.tuples(*[st.integers(5, 300)] * 5)


@settings(max_examples=200)
@given(st.lists(st.tuples(counted, counted), min_size=1, max_size=3))
def test_no_mark_leaves_its_lane(waves: list[tuple[Five, Five]]) -> None:
    changes = [one for before, after in waves if not (one := change(before, after)).refused]
    for one in changes:
        for mark in lane_marks(one, reach(changes)):
            assert 0 <= mark.x <= mark.x + mark.width <= 100
            assert 0 <= mark.y <= mark.y + mark.height <= HEIGHT
