"""The words of an instrument: found, replaced, frozen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_app.adapters.instrument_files import load_survey
from feedback_app.domain.instrument import Instrument
from feedback_app.domain.texts import FieldedDocument, as_data, checksum, texts_of, translated

ROOT = Path(__file__).resolve().parent.parent / "fixtures" / "instruments"


@pytest.fixture(scope="module")
def survey() -> Instrument:
    return load_survey(ROOT, "two_languages")


def test_a_question_has_its_id_as_context_and_shared_answers_their_scale(survey: Instrument) -> None:
    found = set(texts_of(survey))
    assert ("TL01", "How often are you happy?") in found
    assert ("TL01", "Think about this week.") in found
    assert ("freq5", "Never") in found
    assert ("freq5", "Does not apply") in found
    assert ("TL02", "Bread") in found
    assert ("TL", "Thank you.") in found


def test_every_text_that_is_shown_is_found() -> None:
    found = {text for _, text in texts_of(load_survey(ROOT, "every_kind"))}
    assert {
        "Tell us how it is.",
        "The survey team reads it.",
        "Not at all likely",
        "Extremely likely",
        "Great",
    } <= found
    handover = {text for _, text in texts_of(load_survey(ROOT, "handover"))}
    assert {"Thank you for helping", "We have a survey for you.", "Go to your survey"} <= handover
    assert "How much do you agree?" in {text for _, text in texts_of(load_survey(ROOT, "group"))}


def test_codes_names_and_pictures_are_not_texts() -> None:
    found = {text for _, text in texts_of(load_survey(ROOT, "handover"))}
    assert not {"every-kind", "answer-yes", "handover", "HO01"} & found


def test_a_missing_translation_leaves_the_english(survey: Instrument) -> None:
    other = translated(survey, {"TL01": {"How often are you happy?": "Jak często?"}})
    assert other.items["TL01"].text == "Jak często?"
    assert other.items["TL02"].text == survey.items["TL02"].text


def test_translating_with_nothing_changes_nothing(survey: Instrument) -> None:
    assert translated(survey, {}) == survey


def test_the_same_words_may_be_translated_apart_by_context(survey: Instrument) -> None:
    other = translated(survey, {"TL01": {"Never": "wrong"}, "freq5": {"Never": "Nigdy"}})
    assert other.items["TL01"].label_of(1) == "Nigdy"  # type: ignore[union-attr]


def test_a_fielded_document_holds_all_its_languages(survey: Instrument) -> None:
    document = FieldedDocument(instrument=survey, texts={"pl": {"TL01": {"How often are you happy?": "Jak często?"}}})
    assert document.in_language("pl").items["TL01"].text == "Jak często?"
    assert document.in_language("ro") == survey
    again = FieldedDocument.model_validate(json.loads(json.dumps(document.data())))
    assert again.in_language("pl") == document.in_language("pl")


def test_a_checksum_changes_with_any_word_and_not_with_the_order_of_keys(survey: Instrument) -> None:
    data = as_data(survey)
    turned = dict(reversed(data.items()))
    assert checksum(data) == checksum(turned)
    assert len(checksum(data)) == 64
    assert checksum(data) != checksum(as_data(translated(survey, {"freq5": {"Never": "Not ever"}})))


@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=5))
def test_a_checksum_is_the_same_for_the_same_data_in_any_order(data: dict[str, object]) -> None:
    assert checksum(data) == checksum(dict(sorted(data.items(), reverse=True)))
