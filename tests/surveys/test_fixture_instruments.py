"""The invented surveys, one for each thing the program can do: all load, all check."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback_app.adapters.instrument_files import check_files, list_surveys, load_survey, load_translations
from feedback_app.domain.checking import Known, check
from feedback_app.domain.instrument import ITEM_KINDS, RatingItem
from feedback_app.domain.texts import translated

FEATURES = [
    "apart",
    "at_most",
    "breakdown",
    "context",
    "every_kind",
    "group",
    "handover",
    "min_content",
    "named",
    "option_missing",
    "reference",
    "required",
    "reverse_coded",
    "route_on_item",
    "route_on_multi",
    "second_child",
    "sections_routed",
    "skip",
    "text_switch",
    "two_languages",
]
KNOWN = Known(slugs={"every-kind": frozenset({"every_kind"})})


def test_there_is_one_for_each_feature(anyshire: Path) -> None:
    assert list_surveys(anyshire) == FEATURES


def test_all_of_them_check_without_an_error(anyshire: Path) -> None:
    assert [str(problem) for report in check_files(anyshire) for problem in report.errors] == []


def test_every_kind_of_question_and_every_rating_type_is_there(anyshire: Path) -> None:
    items = load_survey(anyshire, "every_kind").items.values()
    assert {type(item) for item in items} == set(ITEM_KINDS)
    ratings = set(RatingItem.model_fields["type"].annotation.__args__)
    assert ratings <= {item.type for item in items}


def test_the_reference_survey_has_four_pages_of_six(anyshire: Path) -> None:
    assert [len(page.items) for page in load_survey(anyshire, "reference").pages.values()] == [6, 6, 6, 6]


def test_a_survey_with_all_its_translations_checks_and_one_word_less_is_told(
    anyshire: Path, project_root: Path
) -> None:
    survey = load_survey(anyshire, "two_languages")
    polish = load_translations(project_root / "tests" / "fixtures" / "translations", ("pl",))["pl"]
    assert check(survey, KNOWN, {"pl": polish}) == []
    thinner = {context: dict(words) for context, words in polish.items()}
    del thinner["freq5"]["Never"]
    [finding] = check(survey, KNOWN, {"pl": thinner})
    assert finding.level == "error"
    assert finding.message == "there is no translation into pl of “Never” (freq5)"


def test_a_language_without_a_file_lacks_every_text(anyshire: Path, tmp_path: Path) -> None:
    survey = load_survey(anyshire, "skip")
    findings = check(survey, KNOWN, load_translations(tmp_path, ("ro",)))
    assert {"SK01", "SK02", "SK03", None} == {finding.item for finding in findings}


def test_the_translated_survey_has_the_same_codes_and_other_words(anyshire: Path, project_root: Path) -> None:
    survey = load_survey(anyshire, "two_languages")
    polish = load_translations(project_root / "tests" / "fixtures" / "translations", ("pl",))["pl"]
    other = translated(survey, polish)
    assert other.items["TL01"].text == "Jak często czujesz się dobrze?"
    assert [option.code for option in other.items["TL02"].options] == [1, 2, 3]
    assert [option.label for option in other.items["TL02"].options] == ["Jabłka", "Chleb", "Ser"]


@pytest.mark.parametrize("name", FEATURES)
def test_a_fixture_says_in_its_first_line_what_it_shows(name: str, anyshire: Path) -> None:
    assert (anyshire / name / "v1.yaml").read_text(encoding="utf-8").startswith("# ")
