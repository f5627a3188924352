"""Hiding what may tell who somebody is, and finding it."""

from __future__ import annotations

import pytest

from feedback_app.domain.hiding import MARKS, find_personal, hide
from feedback_app.domain.personal import is_nhs_number


def hidden(words: str) -> str:
    return hide(words, find_personal(words))


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("Mrs Invented was kind.", "Mrs [name hidden] was kind."),
        ("We saw Dr. O'Brien-Smith twice", "We saw Dr. [name hidden] twice"),
        ("my son Zeb is seven", "my son [name hidden] is seven"),
        ("A boy called Tarquin hit him", "A boy called [name hidden] hit him"),
        ("My name is zeb and I am ten", "My name is [name hidden] and I am ten"),
        ("Ring me on 07700 900123 please", "Ring me on [phone number hidden] please"),
        ("mail some.one@example.org now", "mail [e-mail hidden] now"),
        ("we live at ZZ1 1ZZ", "we live at ZZ1 1ZZ"),
        ("we live at LA1 9ZZ near", "we live at [postcode hidden] near"),
        ("NHS number 943 476 5919.", "NHS number [NHS number hidden]."),
        ("born on 3rd March 2015 here", "[date of birth hidden] here"),
        ("He goes to Invented Hill Primary School now", "He goes to [school or setting hidden] now"),
        ("12 Invented Road is ours", "[address hidden] is ours"),
    ],
)
def test_what_tells_who_somebody_is_is_hidden(words: str, kept: str) -> None:
    assert hidden(words) == kept


@pytest.mark.parametrize(
    "words",
    [
        "EHCP, CAMHS, SALT and ADHD took from March to September.",
        "The SENCO and the Local Offer helped. My son Still waits.",
        "Our Primary School is good. The High School is not.",
        "My daughter Has autism. They called Back on Monday.",
        "It took 1234567890 seconds, 20 weeks and 3.5 hours.",
        "I am Autistic and I like Minecraft.",
    ],
)
def test_what_tells_nobody_is_left(words: str) -> None:
    assert hidden(words) == words


def test_marks_never_tell_how_long_something_was() -> None:
    assert hide("Al", [(0, 2, "name")]) == hide("Bartholomew", [(0, 11, "name")]) == MARKS["name"]


def test_spans_may_overlap_reach_too_far_and_come_in_any_order() -> None:
    assert hide("one two three", [(8, 99, "phone"), (0, 3, "name"), (2, 7, "odd"), (5, 5, "name")]) == (
        "[name hidden] [phone number hidden]")  # fmt: skip
    assert hide("one", [(0, 3, "nothing known")]) == "[hidden]"
    assert hide("one", []) == "one"


def test_only_numbers_with_their_check_digit_are_nhs_numbers() -> None:
    assert is_nhs_number("943 476 5919")
    assert not is_nhs_number("943 476 5918")
    assert not is_nhs_number("0000000000")


def test_long_words_are_looked_through_in_parts() -> None:
    words = "x " * 9_990 + "write to some.one@example.org " + "y " * 40_000
    assert hidden(words).count("[e-mail hidden]") == 1
