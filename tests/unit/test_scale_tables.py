"""Scores made of several items, from the answers as they were stored."""

from __future__ import annotations

import numpy as np
import pytest

from feedback_app.domain.answers import Answer
from feedback_app.domain.instrument import Instrument
from feedback_app.reports.frame import frame_of_sheets
from feedback_app.reports.scale_tables import scale_tables, scales_of, weighted_means
from tests.support.summaries import make_instrument

RATINGS = ("TS02", "TS03", "TS10")


def with_scales(**scales: str) -> Instrument:
    """The invented survey, with items put into scales: item id -> scale."""
    data = make_instrument().model_dump()
    for section in data["sections"]:
        for item in section["items"]:
            item["scale"] = scales.get(item["id"])
    return Instrument.model_validate(data)


def sheets(*rows: tuple[int, int, int]) -> list[dict[str, Answer]]:
    """Answers to TS02, TS03 (which is reverse-coded) and TS10."""
    return [dict(zip(RATINGS, row, strict=True)) for row in rows]


WELL = with_scales(TS02="WELL", TS03="WELL", TS10="WELL")


def test_a_reverse_coded_item_is_turned_round_once() -> None:
    frame = frame_of_sheets(WELL, sheets((5, 1, 5), (1, 5, 1), (3, 3, 3)))
    (table,) = scale_tables(WELL, frame)
    assert table.code == "WELL"
    assert table.mean.value == pytest.approx(50)
    assert table.mean.base == 3


def test_half_of_the_items_and_at_least_two_are_needed_for_a_score() -> None:
    frame = frame_of_sheets(WELL, sheets((5, -9, 5), (4, -3, -9), (-3, -3, -3)))
    (table,) = scale_tables(WELL, frame)
    assert (table.mean.base, table.mean.without) == (1, 2)


def test_who_was_not_asked_does_not_lack_a_score() -> None:
    frame = frame_of_sheets(WELL, sheets((-1, -1, -1), (-2, -2, -2), (5, -1, 4), (2, -1, -2)))
    (table,) = scale_tables(WELL, frame)
    assert (table.mean.base, table.mean.without) == (1, 1)


def test_a_weighted_mean_is_of_the_people_covered() -> None:
    frame = frame_of_sheets(WELL, sheets((5, 1, 5), (1, 5, 1), (3, 3, 3), (5, 1, 5)))
    covered, weights = np.array([True, True, True, False]), np.array([2.0, 0.5, 0.5, 1.0])
    weighted = weighted_means(WELL, frame, covered, weights)["WELL"]
    assert weighted.value == pytest.approx((2 * 100 + 0 + 0.5 * 50) / 3)
    assert weighted.base == 3
    assert scale_tables(WELL, frame)[0].mean.base == 4


def test_how_many_are_not_at_the_most_common_score_is_counted() -> None:
    frame = frame_of_sheets(WELL, sheets((5, 1, 5), (5, 1, 5), (5, -9, 5), (1, 5, 1), (-3, -3, -3)))
    (table,) = scale_tables(WELL, frame)
    assert table.alike == 1
    assert scale_tables(WELL, frame_of_sheets(WELL, []))[0].alike == 0


def test_how_alike_the_answers_to_the_most_alike_item_are_is_counted_over_complete_answers() -> None:
    frame = frame_of_sheets(WELL, sheets((5, 1, 4), (4, 1, 4), (3, 2, 2), (2, -9, 1), (1, -3, 1)))
    assert scale_tables(WELL, frame)[0].alike_items == 1
    assert scale_tables(WELL, frame_of_sheets(WELL, []))[0].alike_items == 0


def test_there_is_no_scale_of_three_faces_or_of_one_item() -> None:
    assert scales_of(with_scales(TS06="FACES", TS07="FACES", TS02="ONE")) == {}
    assert list(scales_of(with_scales(TS02="TWO", TS07="TWO"))) == ["TWO"]


def test_two_items_have_no_reliability() -> None:
    two = with_scales(TS02="TWO", TS10="TWO")
    rows = sheets(*((code, 1, code) for code in (1, 2, 3, 4, 5) * 20))
    (table,) = scale_tables(two, frame_of_sheets(two, rows))
    assert table.alpha is not None
    assert table.alpha.refused == "too_few_items"


def test_reliability_rests_on_those_who_answered_everything() -> None:
    rows = sheets(*((code, 6 - code, max(1, code - 1)) for code in (1, 2, 3, 4, 5) * 20), (5, -9, 5))
    (table,) = scale_tables(WELL, frame_of_sheets(WELL, rows))
    assert table.alpha is not None
    assert (table.alpha.people, table.alpha.items) == (100, 3)
    assert table.alpha.value is not None
    assert table.alpha.value > 0.9


def test_a_sensitive_item_makes_its_scale_sensitive() -> None:
    frame = frame_of_sheets(WELL, sheets((5, 1, 5)))
    assert scale_tables(WELL, frame)[0].sensitive
    two = with_scales(TS02="TWO", TS03="TWO")
    assert not scale_tables(two, frame_of_sheets(two, []))[0].sensitive
