"""How items are shown and how forms are read."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from feedback_app.domain.answers import TEXT_GIVEN, accepts
from feedback_app.domain.instrument import (
    ITEM_KINDS,
    Apart,
    FacesItem,
    Item,
    MultiItem,
    NpsItem,
    Option,
    RatingItem,
    SingleItem,
    TextItem,
)
from feedback_app.domain.missing import Missing
from feedback_app.domain.words import tidy_words
from feedback_app.web import items
from feedback_app.web.items import chosen_codes, read, shown, view_of

APART = (Apart(code=Missing.DOES_NOT_APPLY, label="Does not apply"),)


def options(*labels: str, first: int = 1) -> tuple[Option, ...]:
    return tuple(Option(code=code, label=label) for code, label in enumerate(labels, first))


FIVE = options("Never", "Rarely", "Sometimes", "Often", "Always")
RATING = RatingItem(id="PC08", type="freq5", text="How often?", options=FIVE, apart=APART)
SINGLE = SingleItem(id="PC01", type="single", text="How old?", options=options("Young", "Old"), required=True)
SCALE = NpsItem(
    id="PC39",
    type="nps11",
    text="How likely?",
    options=options(*map(str, range(11)), first=0),
    low_label="Not at all",
    high_label="Extremely",
)
FACES = FacesItem(
    id="CE01", type="smiley3", text="Happy?", options=options("No", "A bit", "Yes"), top=(3,), bottom=(1,)
)
MULTI = MultiItem(
    id="PC42",
    type="multi",
    text="Which?",
    options=options("A", "B", "C", "None of these"),
    at_most=2,
    alone=(4,),
    apart=(Apart(code=Missing.PREFER_NOT_TO_SAY, label="Rather not say"),),
)
WORDS = TextItem(id="PC40", type="text", text="What went well?", longest=10)
ONE_OF_EACH: tuple[Item, ...] = (RATING, SCALE, FACES, SINGLE, MULTI, WORDS)


@pytest.fixture(autouse=True)
def _translating() -> Iterator[None]:
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        yield


def form(*pairs: tuple[str, str]) -> MultiDict[str, str]:
    return MultiDict(pairs)


@pytest.mark.parametrize("kind", ITEM_KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_of_item_can_be_shown_and_read(kind: type) -> None:
    assert view_of.dispatch(kind) is not view_of.dispatch(object), f"{kind.__name__} has no view in web/items.py"
    assert read.dispatch(kind) is not read.dispatch(object), f"{kind.__name__} cannot be read in web/items.py"
    assert any(isinstance(item, kind) for item in ONE_OF_EACH), f"{kind.__name__} has no example in this test"


def test_an_unknown_kind_is_refused_by_name() -> None:
    with pytest.raises(TypeError, match="no way to show a str"):
        view_of("x")
    with pytest.raises(TypeError, match="no way to read a str"):
        read("x", form())


def test_each_kind_has_its_way_of_being_shown() -> None:
    kinds = {item.id: shown(item).kind for item in ONE_OF_EACH}
    assert kinds == {
        "PC08": "radios",
        "PC39": "scale",
        "CE01": "faces",
        "PC01": "radios",
        "PC42": "checkboxes",
        "PC40": "words",
    }


def test_faces_have_pictures_even_when_the_file_names_none() -> None:
    assert [option.picture for option in shown(FACES).options] == ["answer-no", "answer-a-bit", "answer-yes"]


def test_a_picture_named_in_the_file_wins_and_loses_its_ending() -> None:
    own = FACES.model_copy(update={"options": (Option(code=3, label="Yes", picture="face-ok.svg"), *FIVE[:1])})
    assert shown(own).options[0].picture == "face-ok"


def test_a_view_is_made_once_for_each_item_and_goes_with_it() -> None:
    item = RATING.model_copy(update={"text": "Another?"})
    assert shown(item) is shown(item)
    assert shown(item) is not shown(RATING)
    key = id(item)
    del item
    gc.collect()
    assert key not in items._VIEWS


def test_one_answer_is_its_code_and_an_answer_apart_its_kind_of_missing() -> None:
    assert read(RATING, form(("PC08", "4"))).answer == 4
    assert read(RATING, form(("PC08", "-9"))).answer == Missing.DOES_NOT_APPLY
    assert read(SCALE, form(("PC39", "0"))).answer == 0


def test_nothing_chosen_says_how_to_mend_it_and_offers_to_skip_only_where_one_may() -> None:
    assert str(read(RATING, form()).error) == "Choose an answer, or skip this question"
    assert str(read(SINGLE, form()).error) == f"Choose an answer to “{SINGLE.text}”"
    assert read(RATING, form()).answer is None


def test_two_radios_are_an_error_that_keeps_both() -> None:
    found = read(RATING, form(("PC08", "1"), ("PC08", "2")))
    assert found.answer is None
    assert found.chosen == {1, 2}
    assert str(found.error) == "Choose one answer only"


@pytest.mark.parametrize("value", ["6", "0", "-8", "-3", "", " 4", "+4", "4.0", "٤", "4\x00", "on", "9" * 500])
def test_a_code_the_item_does_not_have_is_an_error(value: str) -> None:
    found = read(RATING, form(("PC08", value)))
    assert found.answer is None
    assert found.error


def test_several_choices_are_kept_in_order_and_once_each() -> None:
    found = read(MULTI, form(("PC42", "3"), ("PC42", "1"), ("PC42", "3")))
    assert (found.answer, found.error) == ((1, 3), None)


def test_more_choices_than_allowed_say_how_many_may_stay() -> None:
    found = read(MULTI, form(("PC42", "1"), ("PC42", "2"), ("PC42", "3")))
    assert str(found.error) == "Choose up to 2 answers"
    assert found.chosen == {1, 2, 3}


@pytest.mark.parametrize(("code", "label"), [("4", "None of these"), ("-7", "Rather not say")])
def test_an_answer_that_stands_alone_cannot_stand_beside_others(code: str, label: str) -> None:
    found = read(MULTI, form(("PC42", "1"), ("PC42", code)))
    assert label in str(found.error)
    assert found.chosen == {1, int(code)}


def test_an_answer_apart_of_several_choices_is_a_kind_of_missing_and_no_list() -> None:
    assert read(MULTI, form(("PC42", "-7"))).answer == Missing.PREFER_NOT_TO_SAY
    assert read(MULTI, form(("PC42", "4"))).answer == (4,)


def test_own_words_are_tidied_and_kept_apart_from_their_code() -> None:
    found = read(WORDS, form(("PC40", "  a\r\nb\x00\ud800 ")))
    assert (found.answer, found.text, found.error) == (TEXT_GIVEN, "a\nb", None)


def test_an_empty_box_is_a_skipped_question_and_not_an_error() -> None:
    found = read(WORDS, form(("PC40", " \r\n ")))
    assert (found.answer, found.text, found.error) == (Missing.SKIPPED, None, None)
    assert read(WORDS, form()).answer == Missing.SKIPPED


def test_a_required_box_asks_for_words() -> None:
    needed = WORDS.model_copy(update={"required": True})
    assert str(read(needed, form()).error) == "Write an answer in the box"


def test_words_that_are_too_long_are_all_kept_and_told_by_how_much() -> None:
    assert read(WORDS, form(("PC40", "1\r\n3456789 "))).error is None
    found = read(WORDS, form(("PC40", "1234567890abc")))
    assert str(found.error) == "Make this shorter by 3 characters"
    assert found.text == "1234567890abc"
    assert found.answer is None


def test_chosen_codes_leave_out_what_nobody_chose() -> None:
    assert chosen_codes(None) == chosen_codes(int(Missing.SKIPPED)) == chosen_codes(int(Missing.NOT_REACHED)) == set()
    assert chosen_codes(4) == {4}
    assert chosen_codes(int(Missing.DOES_NOT_APPLY)) == {-9}
    assert chosen_codes((1, 3)) == {1, 3}


@given(st.text())
def test_tidy_words_can_always_be_stored_and_tidying_twice_changes_nothing(typed: str) -> None:
    tidy = tidy_words(typed)
    tidy.encode()
    assert "\x00" not in tidy
    assert "\r" not in tidy
    assert tidy_words(tidy) == tidy


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    at=st.integers(0, len(ONE_OF_EACH) - 1),
    values=st.lists(st.sampled_from(["0", "1", "2", "3", "4", "5", "-9", "-7", "-3", "x", "", "1,2"]), max_size=4),
)
def test_whatever_is_sent_an_answer_read_is_one_the_item_accepts(at: int, values: list[str]) -> None:
    item = ONE_OF_EACH[at]
    found = read(item, form(*((item.id, value) for value in values)))
    assert (found.answer is None) == (found.error is not None)
    if found.answer is not None:
        assert accepts(item, found.answer)
