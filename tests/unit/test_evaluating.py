"""Figures of the tagger are what they are called: F1, precision where it is sure, calibration, agreement, ranges."""

from __future__ import annotations

import numpy as np
import pytest

from feedback_app.domain.coding import Valence
from feedback_app.services.gold_file import asked_by
from feedback_app.theming.evaluating import evaluate, tag_gold, tag_in_folds
from feedback_app.theming.examples import Example
from feedback_app.theming.measures import Band, bands, calibration_error, drawn, f1, macro_f1, valence_figures
from tests.support.teaching import taught
from tests.support.themes import small_codeframe

TRUTH = np.array([[True, False], [True, False], [False, True], [False, False]])
SAID = np.array([[True, False], [False, False], [False, True], [True, False]])


def test_micro_counts_every_label_alike_and_macro_every_theme() -> None:
    assert f1(TRUTH, SAID) == pytest.approx(2 * 2 / (3 + 3))
    assert macro_f1(TRUTH, SAID) == pytest.approx((0.5 + 1.0) / 2)


def test_a_theme_that_nobody_has_and_nobody_suggests_does_not_count() -> None:
    nothing = np.zeros((4, 1), bool)
    assert macro_f1(np.hstack([TRUTH, nothing]), np.hstack([SAID, nothing])) == macro_f1(TRUTH, SAID)


def test_ranges_hold_the_figure_and_are_the_same_each_time() -> None:
    truth, said = np.tile(TRUTH, (20, 1)), np.tile(SAID, (20, 1))
    groups = [str(row) for row in range(len(truth))]
    first, again = (drawn(f1, truth, said, groups) for _time in range(2))
    assert first == again
    assert first.low is not None
    assert first.high is not None
    assert first.low < first.value < first.high


def test_one_group_gives_no_range() -> None:
    assert drawn(f1, TRUTH, SAID, ["same"] * 4).low is None


def test_calibration_is_how_far_likelihoods_are_off() -> None:
    chances, said = np.full((10, 1), 0.7), np.ones((10, 1), bool)
    truth = np.array([[True]] * 5 + [[False]] * 5)
    told = bands(chances, truth, said)
    assert calibration_error(told) == pytest.approx(0.2)
    assert [band for band in told if band.suggested] == [Band(0.65, 0.8, 10, pytest.approx(0.7), 5)]


def test_mixed_and_neutral_are_one_where_valence_is_measured() -> None:
    truth = [Valence.GOING_WELL, Valence.MIXED, Valence.NEEDS_CHANGE]
    assert valence_figures(truth, [Valence.GOING_WELL, Valence.NEUTRAL, Valence.GOING_WELL]) == (
        pytest.approx((2 / 3 + 1 + 0) / 3),
        pytest.approx(2 / 3),
    )


def test_evaluating_tells_themes_priorities_valence_and_how_readers_agree() -> None:
    gold = [
        Example("We waited a long time", frozenset({"WAIT"}), Valence.NEEDS_CHANGE, second=frozenset({"WAIT"})),
        Example("Nobody listens", frozenset({"LISTEN"}), None, second=frozenset()),
        Example("Blue curtains", frozenset({"MOVE"}), None, second=frozenset({"MOVE"})),
    ]
    found = evaluate(small_codeframe(), gold, tag_gold(small_codeframe(), gold))
    assert found.micro.value == pytest.approx(2 * 2 / (3 + 2))
    assert found.priorities is not None
    assert found.priorities.value == 1.0
    assert found.readers == pytest.approx(2 * 2 / (3 + 2))
    assert (found.valences, found.valence_right) == (1, 1.0)
    assert next((one.theme, one.there, one.suggested, one.right) for one in found.themes) == ("WAIT", 1, 1, 1)


def test_nothing_is_learnt_from_the_answers() -> None:
    """A training comment that is gold too is left out: here that leaves nothing, and cues alone speak."""
    gold = [example for example in taught() if "PLAN" in example.themes]
    assert not any(one.themes for one in tag_gold(small_codeframe(), gold, gold))


def test_learning_in_folds_finds_what_cues_do_not_know() -> None:
    gold = taught()
    tagged = tag_in_folds(small_codeframe(), gold)
    right = sum("PLAN" in one.themes for one, example in zip(tagged, gold, strict=True) if "PLAN" in example.themes)
    assert right >= 14


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("What was good?", Valence.GOING_WELL),
        ("What would you change?", Valence.NEEDS_CHANGE),
        ("needs_change", Valence.NEEDS_CHANGE),
        ("Anything else?", None),
        ("What are you satisfied or dissatisfied with?", None),
        ("", None),
    ],
)
def test_what_a_question_asks_for_is_read_from_its_words(question: str, asked: Valence | None) -> None:
    assert asked_by(question) is asked
