"""What is learnt replaces cues only where people confirmed enough and it is better; rare words are never kept."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from feedback_app.domain.coding import Valence
from feedback_app.theming.examples import Example, folds_of, prepare, vocabulary_of
from feedback_app.theming.fitting import CueHits, fit_themes
from feedback_app.theming.grams import grams
from feedback_app.theming.learning import FEWEST, learn, ready_cut_of
from feedback_app.theming.tagger import Tagger
from tests.support.teaching import taught
from tests.support.themes import small_codeframe


def test_what_is_learnt_wins_where_cues_know_nothing_and_cues_stay_where_they_are_good() -> None:
    learnt = learn(small_codeframe(), taught())
    plan, wait = learnt.themes["PLAN"], learnt.themes["WAIT"]
    assert (plan.won, plan.cues_f1) == (True, 0.0)
    assert plan.learnt_f1 is not None
    assert plan.learnt_f1 > 0.9
    assert (wait.won, wait.cues_f1) == (False, 1.0)
    tagged = Tagger(small_codeframe(), learnt.model).tag("He had the purple folder with him again")
    assert [(one.theme, one.source) for one in tagged.suggestions] == [("PLAN", "learnt")]


def test_a_theme_with_too_few_confirmed_comments_keeps_its_cues() -> None:
    plans = [example for example in taught() if "PLAN" in example.themes]
    others = [example for example in taught() if "PLAN" not in example.themes]
    learnt = learn(small_codeframe(), others + plans[: FEWEST - 1])
    assert learnt.themes["PLAN"].learnt_f1 is None
    assert learnt.model.won == ()


@pytest.mark.parametrize(("right", "suggested"), [(15, ("WAIT",)), (0, ())])
def test_a_cue_suggests_its_theme_as_long_as_it_is_right_one_time_in_four(right: int, suggested: tuple[str]) -> None:
    """Fifteen of fifty-five are enough for a reader to look; none of forty is not."""
    seen = [Example(f"we waited at house {number} gladly", frozenset()) for number in range(40)]
    seen += [Example(f"we waited at house {number} gladly", frozenset({"WAIT"})) for number in range(40, 40 + right)]
    model = learn(small_codeframe(), seen).model
    assert model.won == ()
    assert model.precisions["WAIT"][0] < small_codeframe().review_cut
    assert Tagger(small_codeframe(), model).tag("We waited a long while there that day").themes == suggested


def test_learning_twice_gives_the_same_bytes_also_in_another_order_of_nothing_else() -> None:
    assert learn(small_codeframe(), taught()).model.pack() == learn(small_codeframe(), taught()).model.pack()


def test_a_word_that_stands_in_fewer_than_three_comments_is_never_learnt() -> None:
    """Said ten times in one comment, or in one comment sent in ten times, it is still one person's word."""
    often = [Example("Zebedee " * 10, frozenset())] * 10
    words, _idf = vocabulary_of(prepare(small_codeframe(), [*taught(), *often]))
    assert "purple" in words
    assert not any("zebedee" in word for word in words)


def test_valence_is_learnt_beside_the_themes() -> None:
    examples = taught() + [Example(f"{word} was lovely", frozenset(), Valence.GOING_WELL) for word in "abcdefgh"]
    model = learn(small_codeframe(), examples).model
    assert model.valences == ("going_well", "needs_change")
    feeling = Tagger(small_codeframe(), model).tag("We waited for the purple folder, and waited").feeling
    assert feeling is not None
    assert feeling.valence is Valence.NEEDS_CHANGE


def test_nothing_to_learn_from_is_an_error() -> None:
    with pytest.raises(ValueError, match="nothing to learn"):
        learn(small_codeframe(), [])


def test_a_very_short_answer_is_told_apart_by_what_was_asked() -> None:
    assert "?going_well nothing" in grams("Nothing", Valence.GOING_WELL)
    assert "?going_well nothing" not in grams("Nothing could be better than this", Valence.GOING_WELL)


def test_folds_never_part_a_group_and_are_about_as_large() -> None:
    groups = [f"g{number // 3}" for number in range(60)]
    fold = folds_of(groups)
    assert all(len({fold[row] for row in range(60) if groups[row] == group}) == 1 for group in groups)
    assert np.bincount(fold).tolist() == [12] * 5


def test_the_offset_goes_in_as_it_is_and_only_the_rest_is_learnt() -> None:
    """Where the offset says all there is to say, hardly anything is learnt."""
    truth = np.array([[1.0], [0.0]] * 50)
    offset = np.where(truth > 0, 6.0, -6.0)
    no_cues = CueHits(np.zeros(0, np.intp), np.zeros(0, np.intp), np.zeros(0, np.intp))
    columns = csr_matrix(np.hstack([truth, 1 - truth]))
    told, untold = (fit_themes(columns, no_cues, at, truth) for at in (offset, np.zeros_like(offset)))
    assert np.abs(told.weights).max() < 0.4
    assert np.abs(untold.weights).max() > 2


def test_sure_begins_where_nine_in_ten_were_right_and_never_below_what_the_codeframe_says() -> None:
    likely = np.array([[0.81], [0.83], [0.86], [0.95], [0.97]])
    assert ready_cut_of(0.8, likely, np.array([[1], [1], [1], [1], [1]])) == 0.8
    assert ready_cut_of(0.8, likely, np.array([[1], [0], [1], [1], [1]])) == 0.84
    assert ready_cut_of(0.8, likely, np.array([[0], [0], [0], [0], [0]])) == 0.98
