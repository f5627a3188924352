"""Disclosure control of people's own words (R6): from enough people, cleared by a person, beside one attribute."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.quotes import (
    QUOTE_BASE,
    QUOTE_GROUP,
    Attribute,
    Clearance,
    Refused,
    may_quote,
)
from feedback_app.domain.disclosure.safe import SafeCount
from feedback_app.domain.disclosure.safe_quotes import SafeQuote
from feedback_app.domain.disclosure.totals import total_safe

WORDS = "Somebody [name] rang me back every time."
CLEARED = Clearance(WORDS, "Aisha Khan")


def printed(people: int, *, minors: bool = False) -> SafeCount:
    return total_safe(people, Policy(), minors)


def district(people: int, group: int = 3) -> Attribute:
    return Attribute("district", group, printed(people))


def test_cleared_words_from_many_people_are_quoted() -> None:
    quote = may_quote(WORDS, CLEARED, printed(60))
    assert isinstance(quote, SafeQuote)
    assert quote.as_dict() == {"text": WORDS, "beside": None}


def test_words_that_nobody_cleared_are_not_quoted() -> None:
    assert may_quote(WORDS, None, printed(600)) == Refused("not_cleared")


def test_words_that_were_changed_after_they_were_cleared_are_not_quoted() -> None:
    assert may_quote(WORDS.replace("[name]", "Jo"), CLEARED, printed(600)) == Refused("changed_since_cleared")


@pytest.mark.parametrize(("text", "by"), [(WORDS, ""), (WORDS, "  "), (" ", "Aisha Khan")])
def test_a_clearance_names_a_person_and_holds_words(text: str, by: str) -> None:
    with pytest.raises(ValueError, match=r"named person|no words"):
        Clearance(text, by)


@pytest.mark.parametrize("people", [0, 9, 10, 19])
def test_words_of_fewer_than_twenty_people_are_not_quoted(people: int) -> None:
    assert may_quote(WORDS, CLEARED, printed(people)) == Refused("too_few_wrote")


@pytest.mark.parametrize("people", [18, 20, 22])
def test_whether_words_are_quoted_follows_from_the_printed_number(people: int) -> None:
    assert printed(people).value == 20
    assert may_quote(WORDS, CLEARED, printed(people)) == Refused("too_few_wrote")
    assert isinstance(may_quote(WORDS, CLEARED, printed(23)), SafeQuote)


def test_children_are_quoted_from_twenty_on_because_a_base_under_that_is_not_printed() -> None:
    assert may_quote(WORDS, CLEARED, printed(19, minors=True)) == Refused("too_few_wrote")
    assert isinstance(may_quote(WORDS, CLEARED, printed(20, minors=True)), SafeQuote)


def test_one_attribute_stands_beside_a_quote_where_its_group_is_large() -> None:
    quote = may_quote(WORDS, CLEARED, printed(345), [district(30)])
    assert isinstance(quote, SafeQuote)
    assert quote.as_dict()["beside"] == {"by": "district", "group": 3}


@pytest.mark.parametrize("people", [0, 12, 29])
def test_a_small_group_is_not_named_beside_a_quote(people: int) -> None:
    assert may_quote(WORDS, CLEARED, printed(345), [district(people)]) == Refused("group_small")


def test_two_attributes_never_stand_beside_a_quote() -> None:
    both = [district(60), Attribute("age_band", 2, printed(150))]
    assert may_quote(WORDS, CLEARED, printed(345), both) == Refused("more_than_one_attribute")


def test_words_shown_beside_a_district_do_not_stand_beside_an_age_later() -> None:
    age = Attribute("age_band", 2, printed(150))
    refused = may_quote(WORDS, CLEARED, printed(345), [age], shown_before=[("district", 3)])
    assert refused == Refused("more_than_one_attribute")


def test_words_shown_beside_a_district_may_stand_there_again_and_beside_nothing() -> None:
    before = [("district", 3)]
    assert isinstance(may_quote(WORDS, CLEARED, printed(345), [district(60)], before), SafeQuote)
    assert isinstance(may_quote(WORDS, CLEARED, printed(345), (), before), SafeQuote)


def test_words_that_already_stand_beside_two_attributes_are_not_shown_again() -> None:
    before = [("district", 3), ("age_band", 2)]
    assert may_quote(WORDS, CLEARED, printed(345), (), before) == Refused("more_than_one_attribute")


def test_a_quote_is_made_by_the_gate_alone() -> None:
    with pytest.raises(TypeError, match="made by the disclosure gate only"):
        SafeQuote(object(), WORDS)
    quote = may_quote(WORDS, CLEARED, printed(345))
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(quote)


def test_a_quote_does_not_tell_who_cleared_it() -> None:
    quote = may_quote(WORDS, CLEARED, printed(345), [district(60)])
    assert CLEARED.by not in repr(quote)


def test_a_refusal_repeats_no_words() -> None:
    assert WORDS not in repr(may_quote(WORDS, CLEARED, printed(4)))


@given(st.integers(0, 200), st.integers(0, 200), st.booleans())
def test_a_quote_always_stands_on_as_many_people_as_the_rule_asks(people: int, of_group: int, beside: bool) -> None:
    base = printed(people)
    answer = may_quote(WORDS, CLEARED, base, [district(of_group)] if beside else ())
    if isinstance(answer, SafeQuote):
        assert people >= QUOTE_BASE
        assert not beside or of_group >= QUOTE_GROUP
    same = [other for other in range(201) if printed(other) == base]
    answers = {repr(may_quote(WORDS, CLEARED, printed(other))) for other in same}
    assert len(answers) == 1
