"""Cues found in comments, with the place of each."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_app.theming.cues import CueMatcher, merged
from tests.support.themes import small_codeframe

MATCHER = CueMatcher(small_codeframe())


def found_in(text: str) -> dict[str, list[str]]:
    """Return theme -> the words that suggest it."""
    return {theme: [text[span.start : span.end] for span in spans] for theme, spans in MATCHER.match(text).items()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We WAITED two years", {"WAIT": ["WAITED"]}),
        ("It took us so many months", {"WAIT": ["took us so many months"]}),
        ("It took us so very many months", {}),  # four words between: too far
        ("It took us. Many months", {}),  # another sentence
        ("Nobody listens", {"LISTEN": ["Nobody listens"]}),  # what is missing is told by the theme it is missing of
        ("They DON’T listen, dont listen", {"LISTEN": ["DON’T listen", "dont listen"]}),
        ("Please hear voice, hear our voice", {"LISTEN": ["hear voice", "hear our voice"]}),
        ("staff talk over me", {"LISTEN": ["talk over me"]}),
        ("the EHCP and the ehcp", {"PLAN": ["EHCP"]}),
        ("it support and IT support", {"PLAN": ["IT support"]}),
        ("post 16, Post-16", {"MOVE": ["post 16", "Post-16"]}),
        ("awaiting", {}),
    ],
)
def test_cues_are_found_as_they_are_written(text: str, expected: dict[str, list[str]]) -> None:
    """Beginnings, gaps, apostrophes, capitals where they count, and never across the end of a sentence."""
    assert found_in(text) == expected


def test_an_excluded_phrase_cancels_the_cues_inside_it_and_no_others() -> None:
    """The waiting room says nothing about waiting."""
    assert found_in("a nice waiting room") == {}
    assert found_in("can’t wait for the new school") == {"MOVE": ["new school"]}
    assert found_in("we waited in the waiting room") == {"WAIT": ["waited"]}


def test_cues_are_told_as_the_codeframe_writes_them() -> None:
    """So that what was learnt of a cue holds for all it stands for."""
    found = MATCHER.find("Still nothing: it takes years. We wait.")
    assert [one.cue for one in found["WAIT"]] == ["still nothing", "(took|takes) .. (ages|months|years)", "wait*"]


def test_places_that_overlap_are_one() -> None:
    """Two cues on the same words are shown once."""
    text = "nobody listens to us"
    assert len(MATCHER.find(text)["LISTEN"]) == 2
    assert [text[span.start : span.end] for span in merged(MATCHER.find(text)["LISTEN"])] == ["nobody listens to"]


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from(["we", "waited", "took", "us", "months", "EHCP", ".", "\n", "’", "\0", "\ud800", "😀"]))
)
def test_whatever_is_written_places_lie_in_the_words_and_hold_a_cue(parts: list[str]) -> None:
    """A place taken out and looked at by itself still suggests the same theme."""
    text = " ".join(parts)
    for theme, spans in MATCHER.match(text).items():
        for span in spans:
            assert 0 <= span.start < span.end <= len(text)
            assert theme in MATCHER.match(text[span.start : span.end])


def test_a_text_made_to_be_hard_is_walked_in_bounded_time() -> None:
    """Gaps do not multiply: each place of the cues is looked at once for each word."""
    assert found_in("took " * 4000) == {}
