"""Words and sentences of comments, each where it stands."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_app.theming.words import sentences, tokens, words_in


def said(text: str) -> list[str]:
    """Return the sentences of a text as they stand in it."""
    return [text[sentence.start : sentence.end].strip() for sentence in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It was good. We waited!", ["It was good.", "We waited!"]),
        ("We waited 3.5 years.", ["We waited 3.5 years."]),
        ("Help, e.g. a call, would do. Nobody rang", ["Help, e.g. a call, would do.", "Nobody rang"]),
        ("Dr. Example was kind", ["Dr. Example was kind"]),
        ("We asked for help.Nobody came", ["We asked for help.", "Nobody came"]),
        ("first line\nsecond line", ["first line", "second line"]),
        ("They said no. School agreed", ["They said no.", "School agreed"]),
        ("مدد نہیں ملی۔ کیوں؟ پتا نہیں", ["مدد نہیں ملی۔", "کیوں؟", "پتا نہیں"]),
        ("मदद नहीं मिली। क्यों", ["मदद नहीं मिली।", "क्यों"]),
        ("waited… and waited", ["waited…", "and waited"]),
        ("... !!! ???", []),
    ],
)
def test_sentences_end_where_people_end_them(text: str, expected: list[str]) -> None:
    """Full stops inside numbers and abbreviations end nothing; a forgotten space hides no end."""
    assert said(text) == expected


def test_words_are_the_same_with_and_without_the_apostrophe_that_people_leave_out() -> None:
    """Straight, curly or none; but we'll is not well."""
    assert tokens("Don't DON’T dont") == ["dont", "dont", "dont"]
    assert tokens("child's childs") == ["childs", "childs"]
    assert tokens("we'll be well") == ["we'll", "be", "well"]


def test_a_hyphen_parts_words_and_marks_of_other_scripts_do_not() -> None:
    """Vowel signs belong to their letters."""
    assert words_in("post-16 self-harm") == ["post", "16", "self", "harm"]
    assert words_in("ਮੇਰਾ ਪੁੱਤਰ") == ["ਮੇਰਾ", "ਪੁੱਤਰ"]


def test_a_row_of_signs_takes_no_longer_than_as_many_words() -> None:
    begun = time.process_time()
    assert said("!" * 100_000 + "x") == ["!" * 100_000 + "x"]
    assert time.process_time() - begun < 5  # a hundredth of a second; minutes where each sign is a new beginning


@settings(max_examples=60)
@given(st.text(max_size=200))
def test_words_stand_where_their_sentence_says(text: str) -> None:
    """Whatever is written, each word is cut from its place, inside its sentence, and none is lost."""
    found = sentences(text)
    assert [word for sentence in found for word in sentence.written] == words_in(text)
    for sentence in found:
        for word, start, end in zip(sentence.written, sentence.starts, sentence.ends, strict=True):
            assert text[start:end] == word
            assert sentence.start <= start < end <= sentence.end
