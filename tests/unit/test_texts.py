"""The words of an instrument: found, replaced, frozen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from feedback_app.adapters.instrument_files import load_survey
from feedback_app.domain.instrument import Instrument
from feedback_app.domain.texts import FieldedDocument, as_data, checksum, texts_of, translated

TINY = {
    "name": "tiny", "slug": "tiny", "code": "TY", "version": 1, "title": "Tiny", "formal_title": "Tiny",
    "audience": "anyone", "voice": "family", "target_minutes": 1, "reading_age": 9, "thanks": "Thank you.",
    "start": {"lead": "Hello.", "read_by": "Us.", "purpose": "To see.", "kept": "No name."},
    "sections": [{"id": "all", "title": "All", "items": [
        {"id": "TY1", "type": "freq5", "text": "Are you well?",
         "options": [{"code": code, "label": str(code)} for code in range(1, 6)]},
        {"id": "TY2", "type": "text", "text": "Why?", "route": {"item": "TY1", "in": [1]}}]}],
}  # fmt: skip
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


def _unsaid(model: object, written: object, where: str) -> list[str]:
    """Return the fields of a frozen value, and of all inside it, that plain data does not hold."""
    if isinstance(model, BaseModel):
        assert isinstance(written, dict)
        names = {name: field.alias or name for name, field in type(model).model_fields.items()}
        return [f"{where}.{name}" for name, said in names.items() if said not in written] + [
            one
            for name, said in names.items()
            for one in _unsaid(getattr(model, name), written[said], f"{where}.{name}")
        ]
    if isinstance(model, list | tuple):
        assert isinstance(written, list)
        return [one for part, said in zip(model, written, strict=True) for one in _unsaid(part, said, where)]
    if isinstance(model, Mapping):
        assert isinstance(written, dict)
        return [one for key, part in model.items() for one in _unsaid(part, written[str(key)], f"{where}.{key}")]
    return []


@pytest.mark.parametrize("name", ["every_kind", "skip", "handover", "route_on_item", "context"])
def test_a_frozen_document_says_everything_so_that_no_later_default_changes_it(name: str) -> None:
    document = FieldedDocument(instrument=load_survey(ROOT, name)).data()
    assert _unsaid(load_survey(ROOT, name), document["instrument"], name) == []


def test_top_bottom_required_and_min_content_stand_in_a_frozen_document_though_the_file_is_silent() -> None:
    frozen = FieldedDocument(instrument=Instrument.model_validate(TINY)).data()["instrument"]
    item = frozen["sections"][0]["items"][0]
    assert (item["top"], item["bottom"], item["required"], item["content"]) == ([4, 5], [1, 2], False, True)
    assert (frozen["min_content"], frozen["form"]) == (3, "standard")


def test_the_checksum_of_a_fielded_version_outlives_new_versions_of_the_program() -> None:
    data = as_data(Instrument.model_validate(TINY))
    # Fails when a default that says something changes, or a new field has one: fielded versions would seem changed.
    assert checksum(data) == "95f09b49842ddf0ac805592531f0dc5218b66f94f502f4b8088068d7f207fcaf"
    tomorrow = {"a_field": None, "another": [], "a_switch": False, "words": ""}
    assert checksum(data | tomorrow) == checksum(data)
    assert checksum(data | {"min_content": 4}) != checksum(data)


def test_zero_and_true_are_values() -> None:
    assert len({checksum({"code": value}) for value in (0, 1, True, "0", None)}) == 5


@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=5))
def test_a_checksum_is_the_same_for_the_same_data_in_any_order(data: dict[str, object]) -> None:
    assert checksum(data) == checksum(dict(sorted(data.items(), reverse=True)))
