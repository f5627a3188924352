"""How somebody speaks of what they tell."""

from __future__ import annotations

import pytest

from feedback_app.domain.coding import Valence
from feedback_app.theming.valence import FEATURES, feel, feeling_features

WELL, CHANGE, MIXED, NEUTRAL = Valence.GOING_WELL, Valence.NEEDS_CHANGE, Valence.MIXED, Valence.NEUTRAL


@pytest.mark.parametrize(
    ("words", "valence"),
    [
        ("The new teacher is brilliant and he loves school", WELL),
        ("We had to fight for everything", CHANGE),  # the word list calls it 0.0
        ("More support needed", CHANGE),
        ("They should have told us sooner", CHANGE),
        ("The building isn't good", CHANGE),  # the word list calls it 0.7
        ("Nobody rang us back", CHANGE),
        ("Cannot fault them", WELL),
        ("No problems at all, thank you", WELL),
        ("The nurse was lovely and so kind. Then we waited eight months and nobody called", MIXED),
        ("We use the minibus on Tuesdays", NEUTRAL),
    ],
)
def test_turns_of_speech_say_more_than_word_lists(words: str, valence: Valence) -> None:
    """Wishes, hardship, and praise that begins with a no."""
    assert feel(words).valence is valence


@pytest.mark.parametrize("words", ["Nothing", "nothing really.", "None!", "n/a", "Nothing I can think of"])
def test_a_bare_nothing_is_read_by_the_question(words: str) -> None:
    """Nothing to change is good news; nothing that works is not; without a question nobody knows."""
    assert feel(words, CHANGE).valence is WELL
    assert feel(words, WELL).valence is CHANGE
    assert feel(words).valence is NEUTRAL


def test_where_words_say_little_the_question_decides() -> None:
    """ "The minibus" works well, or should change, as it was asked."""
    assert feel("The minibus", WELL).valence is WELL
    assert feel("The minibus", CHANGE).valence is CHANGE


def test_clear_words_outweigh_the_question() -> None:
    """Somebody who praises where they were asked what to change is not turned round."""
    assert feel("Nothing, they have been absolutely wonderful", CHANGE).valence is WELL
    assert feel("Honestly it is a nightmare, nobody helps us", WELL).valence is CHANGE


def test_not_knowing_is_neutral_whatever_was_asked() -> None:
    """It is no answer."""
    assert feel("I don't know", CHANGE).valence is NEUTRAL


def test_raw_scores_are_kept_beside() -> None:
    """They are -1 to 1; where there are no words there are none."""
    feeling = feel("The school is good")
    assert feeling.polarity == pytest.approx(0.7)
    assert feeling.compound is not None
    assert 0 < feeling.compound <= 1
    assert feel("").polarity is None


def test_features_have_their_names_whatever_is_written() -> None:
    """As many numbers as names, all finite and small."""
    for words in ("", "Nothing", "a" * 5000, "😀" * 5000, "\0 \ud800", "but " * 3000, "!" * 5000):
        found = feeling_features(words, WELL)
        assert len(found) == len(FEATURES)
        assert all(-1.0 <= number <= 1.0 for number in found)
