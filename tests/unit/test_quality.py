"""Answer quality: who is flagged for hurried answers that are all alike, and what figures do without them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from feedback_app.domain.instrument import Instrument
from feedback_app.domain.scoring.quality import largest_shift, scaled_runs, straight_lined

OPTIONS = [{"code": code, "label": str(code)} for code in range(1, 6)]


def survey_of(*kinds: str, practice: int | None = None) -> Instrument:
    items: list[dict[str, Any]] = []
    for number, kind in enumerate(kinds, 1):
        faces = {"top": (4, 5), "bottom": (1, 2)} if kind.startswith("smiley") else {}
        choices = {} if kind == "text" else {"options": OPTIONS}
        extra = {"practice": True} if number == practice else {}
        items.append({"id": f"QQ{number:02}", "type": kind, "text": "How is it?"} | choices | faces | extra)
    start = {"lead": "Hello", "read_by": "A team", "purpose": "To learn", "kept": "Nothing"}
    about = {"name": "q", "slug": "q", "code": "QQ", "version": 1, "title": "Q", "formal_title": "Q"}
    more = {"audience": "anyone", "voice": "family", "target_minutes": 1, "reading_age": 9, "thanks": "Thank you"}
    sections = [{"id": "one", "title": "One", "items": items[:4]}, {"id": "two", "title": "Two", "items": items[4:]}]
    return Instrument.model_validate(about | more | {"start": start, "sections": sections})


def flags(rows: list[list[int]], quick: list[bool] | None = None) -> list[bool]:
    return straight_lined(np.array(rows, dtype=np.int16), quick or [True] * len(rows)).tolist()


def test_quick_and_the_same_answer_to_all_of_six_items_is_flagged() -> None:
    assert flags([[3] * 6, [5] * 6, [3, 3, 3, 3, 3, 4]]) == [True, True, False]


def test_the_same_answers_given_in_the_usual_time_are_not_flagged() -> None:
    assert flags([[3] * 6, [3] * 6], [True, False]) == [True, False]


def test_missing_answers_are_not_answers_so_six_must_be_left() -> None:
    assert flags([[3, 3, 3, 3, 3, 3, -9], [3, 3, 3, 3, 3, -3, -3], [-8] * 7]) == [True, False, False]
    assert flags([[3, 3, 3, -1, 3, 3, 3, 2], [0, 0, 0, 0, 0, 0, 0, -1]]) == [False, True]


def test_five_items_are_too_few_to_tell() -> None:
    assert flags([[1] * 5]) == [False]
    assert straight_lined([[1] * 5], [True], least=5).tolist() == [True]


@pytest.mark.parametrize("shape", [(0, 6), (0, 0), (3, 0)])
def test_nobody_and_nothing_asked_flags_nobody(shape: tuple[int, int]) -> None:
    assert not straight_lined(np.empty(shape), np.ones(shape[0], dtype=bool)).any()


@pytest.mark.parametrize(("codes", "quick"), [([1, 2], [True, True]), ([[1, 2]], [True, True]), ([[1]], [[True]])])
def test_shapes_that_do_not_fit_are_refused(codes: list, quick: list) -> None:
    with pytest.raises(ValueError, match="one pace for each person"):
        straight_lined(codes, quick)


def test_scores_are_refused_where_codes_are_needed() -> None:
    with pytest.raises(ValueError, match="whole numbers"):
        straight_lined([[33.3] * 6], [True])


def test_many_random_answers_are_flagged_as_one_by_one_reading_flags_them() -> None:
    random = np.random.default_rng(1)
    codes = random.choice([-9, -3, 2, 2, 2, 2, 2, 3], size=(20000, 7), p=[0.1, 0.1] + [0.15] * 5 + [0.05])
    quick = random.random(20000) < 0.5
    expected = [
        bool(hurried) and len(given) >= 6 and len(set(given)) == 1
        for hurried, given in zip(quick, ([code for code in row if code >= 0] for row in codes), strict=True)
    ]
    assert straight_lined(codes, quick).tolist() == expected
    assert 0 < sum(expected) < 20000


def test_a_run_is_six_items_or_more_on_one_response_scale_one_after_the_other() -> None:
    survey = survey_of("single", *["freq5"] * 6, *["agree5"] * 5, "nps11", *["smiley5"] * 7)
    runs = scaled_runs(survey)
    assert [len(run) for run in runs] == [6, 7]
    assert runs[0] == tuple(f"QQ{number:02}" for number in range(2, 8))
    assert [len(run) for run in scaled_runs(survey, least=5)] == [6, 5, 7]


def test_another_question_between_ends_a_run_and_a_practice_question_does_not() -> None:
    assert scaled_runs(survey_of(*["agree5"] * 4, "text", *["agree5"] * 4)) == ()
    practised = scaled_runs(survey_of(*["agree5"] * 4, "smiley5", *["agree5"] * 4, practice=5))
    assert [len(run) for run in practised] == [8]
    assert scaled_runs(survey_of(*["single"] * 8)) == ()


def test_the_largest_shift_is_that_of_the_figure_that_moves_most_either_way() -> None:
    everybody = {"PC06": 61.0, "PC07": 40.0, "PC08": 20.0}
    assert largest_shift(everybody, {"PC06": 62.5, "PC07": 37.0, "PC08": 20.0}) == 3.0
    assert largest_shift(everybody, everybody) == 0.0


def test_figures_without_a_value_both_ways_are_not_compared() -> None:
    everybody = {"PC06": 61.0, "PC07": None, "PC08": 20.0, "PC09": 30.0}
    assert largest_shift(everybody, {"PC06": 61.5, "PC07": 10.0, "PC08": None}) == 0.5
    assert largest_shift({}, {}) is None
    assert largest_shift({"PC06": None}, {"PC06": 5.0}) is None
