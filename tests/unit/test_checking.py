"""The check of an instrument: what the files cannot say wrong, but a builder or a later version could."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from feedback_app.adapters.instrument_files import load_survey
from feedback_app.domain.checking import Finding, Known, check, reading_age_of
from feedback_app.domain.instrument import Instrument
from feedback_app.domain.texts import texts_of
from feedback_app.domain.ways import MOST_SHEETS, count_sheets, sheets

ROOT = Path(__file__).resolve().parent.parent / "fixtures" / "instruments"
KNOWN = Known(
    plan_references=frozenset({"1.1", "1.1.1", "1.1.1a"}),
    priorities=frozenset({1}),
    item_scales=frozenset({"TWO_OF_THREE"}),
    breakdowns=frozenset({"district", "age_band"}),
    slugs={"every-kind": frozenset({"every_kind"})},
)


def data(name: str) -> dict[str, Any]:
    return load_survey(ROOT, name).model_dump(mode="json", by_alias=True)


def findings(whole: dict[str, Any], level: str = "error") -> list[Finding]:
    return [finding for finding in check(Instrument.model_validate(whole), KNOWN) if finding.level == level]


@pytest.mark.parametrize("name", ["every_kind", "named", "context", "handover", "reverse_coded", "breakdown"])
def test_a_sound_survey_has_no_findings(name: str) -> None:
    assert check(load_survey(ROOT, name), KNOWN) == []


def test_a_group_of_six_is_pointed_out_and_not_refused() -> None:
    found = check(load_survey(ROOT, "reference"), KNOWN)
    assert {finding.level for finding in found} == {"warning"}
    assert {finding.item for finding in found} == {"RF06", "RF12", "RF18", "RF24"}


def test_a_route_may_ask_whether_a_question_was_skipped_only_if_it_can_be() -> None:
    whole = data("route_on_item")
    whole["sections"][0]["items"][1]["route"] = {"item": "RI01", "in": [-3]}
    [finding] = findings(whole)
    assert finding.item == "RI02"
    assert "the answer -3 of RI01" in finding.message
    whole["sections"][0]["items"][0]["required"] = False
    assert findings(whole) == []


def test_a_route_may_ask_whether_words_were_given() -> None:
    whole = data("route_on_item")
    whole["sections"][0]["items"][3]["route"] = {"item": "RI03", "in": [1]}
    assert findings(whole) == []
    whole["sections"][0]["items"][3]["route"] = {"item": "RI03", "in": [2]}
    assert [finding.item for finding in findings(whole)] == ["RI04"]


def test_a_route_may_ask_for_an_answer_apart() -> None:
    whole = data("apart")
    whole["sections"][0]["items"][1]["route"] = {"item": "AP01", "in": [-9]}
    assert findings(whole) == []


def test_a_question_that_only_a_handed_over_person_is_asked_can_be_reached() -> None:
    whole = data("handover")
    whole["sections"][1]["route"] = {"item": "HO01", "in": [3]}
    assert [finding.item for finding in findings(whole)] == []


def test_a_question_behind_an_unreachable_one_is_unreachable_too() -> None:
    whole = data("route_on_item")
    items = whole["sections"][0]["items"]
    items[1]["route"] = {"all": [{"item": "RI01", "in": [1]}, {"item": "RI01", "in": [2]}]}
    items[3]["route"] = {"item": "RI02", "in": [1]}
    assert [finding.item for finding in findings(whole)] == ["RI02", "RI04"]


def test_a_question_for_those_who_tick_two_answers_can_be_reached() -> None:
    whole = data("route_on_multi")
    both = {"all": [{"item": "RM01", "in": [1]}, {"item": "RM01", "in": [2]}]}
    whole["sections"][0]["items"][1]["route"] = both
    assert findings(whole) == []


def test_a_link_that_knows_nothing_is_tried_as_well() -> None:
    whole = data("context")
    both = {"any": [{"context": "stage", "in": ["new"]}, {"context": "stage", "in": ["amended"]}]}
    whole["sections"][0]["items"][0]["route"] = {"not": both}
    assert findings(whole) == []


def test_too_many_combinations_are_told_and_not_tried() -> None:
    whole = data("route_on_multi")
    first, *_ = whole["sections"][0]["items"]
    options = [{"code": code, "label": f"Answer {code}"} for code in range(1, 31)]
    items: list[dict[str, Any]] = []
    for number in range(1, 5):
        items.append({**first, "id": f"RM1{number}", "options": options})
        parts = [{"item": f"RM1{number}", "in": [code]} for code in range(1, 31)]
        items.append({"id": f"RM2{number}", "type": "text", "text": "And?", "route": {"any": parts}})
    whole["sections"][0]["items"] = items
    survey = Instrument.model_validate(whole)
    assert count_sheets(survey) > MOST_SHEETS
    [finding] = findings(whole, "warning")
    assert "too many to try them all" in finding.message
    assert sum(1 for _ in sheets(survey)) == MOST_SHEETS


def test_a_context_field_or_a_group_that_stands_twice_is_told() -> None:
    whole = data("context")
    whole["context"].append(whole["context"][0])
    assert [finding.message for finding in findings(whole)] == ["the context field stage stands twice"]
    whole = data("group")
    first = whole["sections"][0]
    items = [{**item, "id": f"GR1{number}"} for number, item in enumerate(first["items"])]
    whole["sections"].append({**first, "id": "more", "items": items})
    assert [finding.message for finding in findings(whole)] == ["the group id told stands twice"]


def test_a_context_field_with_an_unknown_breakdown_is_told() -> None:
    whole = data("context")
    whole["context"][2]["breakdown"] = "shoe_size"
    assert [finding.message for finding in findings(whole)] == ["there is no breakdown called shoe_size"]


def test_a_declared_group_without_questions_is_pointed_out() -> None:
    whole = data("group")
    whole["sections"][0]["groups"].append({"id": "empty", "title": "Nothing"})
    assert [finding.message for finding in findings(whole, "warning")] == ["the group empty has no questions"]


def test_a_question_where_every_answer_is_missing_cannot_be_counted() -> None:
    whole = data("option_missing")
    item = whole["sections"][0]["items"][0]
    item["figures"] = {}
    for option in item["options"]:
        option["missing"] = "dont_know"
    assert [finding.message for finding in findings(whole)] == [
        "every answer is declared missing, so nothing can be counted"
    ]


def test_a_figure_may_not_count_an_answer_declared_missing() -> None:
    whole = data("option_missing")
    whole["sections"][0]["items"][0]["figures"]["offered"]["base"] = [1, 2, 3]
    assert ["declared missing" in finding.message for finding in findings(whole)] == [True]


def test_a_score_from_nought_to_ten_needs_all_eleven_answers() -> None:
    whole = data("every_kind")
    whole["sections"][1]["items"][0]["options"] = whole["sections"][1]["items"][0]["options"][:10]
    whole["sections"][1]["items"][0]["options"].append({"code": 11, "label": "11"})
    assert [finding.item for finding in findings(whole)] == ["EK07"]


def test_a_long_sentence_and_hard_words_are_pointed_out() -> None:
    whole = data("skip")
    whole["sections"][0]["items"][0]["text"] = (
        "How often are you happy at home or at school or with your very own friends?"
    )
    whole["sections"][0]["items"][1]["text"] = "Multidisciplinary collaboration facilitates communication?"
    whole["reading_age"] = 12
    assert [(finding.item, finding.at) for finding in findings(whole, "warning")] == [
        ("SK01", ("text",)),
        ("SK02", ("text",)),
    ]


def test_a_form_that_takes_longer_than_its_target_is_pointed_out() -> None:
    whole = data("reference")
    whole["target_minutes"] = 2
    assert "the longest way takes about 2.8 minutes; the target is 2" in [
        finding.message for finding in findings(whole, "warning")
    ]


def test_each_missing_translation_is_told_once_with_its_question() -> None:
    survey = load_survey(ROOT, "group")
    needed = set(texts_of(survey))
    found = check(survey, KNOWN, {"pl": {}})
    assert len(found) == len(needed)
    assert {finding.item for finding in found} == {None, "GR01", "GR02", "GR03", "GR04"}


def test_the_reading_age_of_a_form_counts_its_start_and_its_thanks() -> None:
    whole = data("skip")
    before = reading_age_of(Instrument.model_validate(whole))
    whole["thanks"] = "Acknowledgement of participation notwithstanding organisational considerations."
    assert reading_age_of(Instrument.model_validate(whole)) > before
