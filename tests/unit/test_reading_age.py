"""Reading age: a tripwire for words and sentences that are too hard."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_app.domain.reading_age import grade, reading_age, sentences, syllables, words


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("safe", 1), ("child", 1), ("happy", 2), ("people", 2), ("little", 2), ("helped", 1), ("needed", 2),
        ("used", 1), ("useful", 2), ("sometimes", 2), ("someone", 2), ("area", 3), ("idea", 3), ("create", 2),
        ("education", 4), ("assessment", 3), ("diagnosis", 4), ("special", 2), ("experience", 4), ("autism", 3),
        ("changes", 2), ("rules", 1), ("times", 1), ("college", 2), ("friend", 1), ("being", 2), ("language", 2),
        ("EHC", 3), ("BBW", 5), ("2026", 1), ("child's", 1), ("child’s", 1), ("a", 1), ("I", 1), ("hmm", 1),
    ],
)  # fmt: skip
def test_syllables_are_counted_as_they_are_said(word: str, expected: int) -> None:
    assert syllables(word) == expected


def test_sentences_end_at_stops_colons_and_new_lines() -> None:
    text = "How are you? Tell us: is it good?\nWe read it. 10 days"
    assert sentences(text) == ["How are you?", "Tell us:", "is it good?", "We read it.", "10 days"]


def test_what_has_no_words_is_no_sentence() -> None:
    assert sentences("... !? \n") == []
    assert reading_age(["", "?!"]) == 0
    assert grade("...") == 0


def test_an_apostrophe_keeps_a_word_whole() -> None:
    assert words("Your child's school doesn’t") == ["Your", "child's", "school", "doesn’t"]


def test_the_grade_is_that_of_flesch_and_kincaid() -> None:
    assert grade("The cat sat on the mat.") == pytest.approx(0.39 * 6 + 11.8 * 1 - 15.59)
    assert grade("We happy people read.") == pytest.approx(0.39 * 4 + 11.8 * 6 / 4 - 15.59)


def test_the_reading_age_is_the_mean_over_sentences_plus_five() -> None:
    first, second = "The cat sat on the mat.", "Education professionals collaborate."
    expected = (grade(first) + grade(second)) / 2 + 5
    assert reading_age([first, second]) == pytest.approx(expected)
    assert reading_age([f"{first} {second}"]) == pytest.approx(expected)


def test_hard_words_read_older_than_plain_ones() -> None:
    plain, hard = "Do you get the help you need?", "Are adequate multidisciplinary interventions available?"
    assert reading_age([plain]) < 9 < reading_age([hard])


@given(st.text(max_size=60))
def test_any_text_at_all_has_a_reading_age(text: str) -> None:
    assert reading_age([text]) == pytest.approx(reading_age([text]))
    assert all(syllables(word) >= 1 for word in words(text))
