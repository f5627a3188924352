"""The real surveys: whole, plain, and as the outline has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback_app.adapters.instrument_files import Report, load_known, load_scales
from feedback_app.domain.answers import AnswerSheet
from feedback_app.domain.checking import reading_age_of
from feedback_app.domain.instrument import Instrument, NpsItem, RatingItem, SingleItem, TextItem
from feedback_app.domain.missing import Missing
from feedback_app.domain.reading_age import words
from feedback_app.domain.routing import is_handed_over, items_asked
from tests.surveys.outline import OUTLINE

OWN = {"staff_views": "SV", "complaint_handling": "CH"}
NAMES = [*OUTLINE, *OWN]
MINORS = ("send_pictures", "send_11_15", "send_16_25", "powar_quick")
PARENT = {"PC01": 1, "PC02": 5, "PC03": 3, "PC04": 2, "PC05": 1}


def _outline(name: str) -> dict[str, str]:
    return dict(entry.split(" ") for entry in OUTLINE[name].split(", "))


def _asked(instrument: Instrument, **answers: int) -> list[str]:
    return [item.id for item in items_asked(instrument, AnswerSheet({**PARENT, **answers}))]


def test_there_are_the_surveys_of_the_outline_and_two_of_our_own(real: dict[str, Instrument]) -> None:
    assert sorted(real) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_survey_loads_and_checks_without_an_error(name: str, reports: dict[str, Report]) -> None:
    assert [str(problem) for problem in reports[name].errors] == []


@pytest.mark.parametrize("name", OUTLINE)
def test_a_survey_asks_what_the_outline_has_in_its_order(name: str, real: dict[str, Instrument]) -> None:
    expected = _outline(name)
    asked = {item: question.type for item, question in real[name].items.items() if item in expected}
    assert list(asked.items()) == list(expected.items())


def test_the_only_question_beside_the_outline_is_the_one_in_words_for_employers(real: dict[str, Instrument]) -> None:
    beside = {item for name in OUTLINE for item in real[name].items if item not in _outline(name)}
    assert beside == {"WF7E"}


@pytest.mark.parametrize("name", NAMES)
def test_the_mean_reading_age_is_within_the_target(name: str, real: dict[str, Instrument]) -> None:
    instrument = real[name]
    target = {"pictures": 7, "young": 8, "family": 10 if instrument.audience == "staff" else 9}[instrument.voice]
    assert instrument.reading_age <= target
    assert 0 < reading_age_of(instrument) <= instrument.reading_age


@pytest.mark.parametrize("name", NAMES)
def test_no_question_has_more_than_twenty_words(name: str, real: dict[str, Instrument]) -> None:
    assert [item.id for item in real[name].items.values() if len(words(item.text)) > 20] == []


@pytest.mark.parametrize("name", NAMES)
def test_each_plan_reference_and_scale_exists(name: str, real: dict[str, Instrument], lancashire: Path) -> None:
    known = load_known(lancashire, load_scales(lancashire))
    for item in real[name].items.values():
        assert set(item.plan_references) <= known.plan_references
        assert item.scale is None or item.scale in known.item_scales


@pytest.mark.parametrize("name", NAMES)
def test_a_survey_is_done_within_its_target_time(
    name: str, reports: dict[str, Report], real: dict[str, Instrument]
) -> None:
    minutes = reports[name].minutes
    assert minutes is not None
    assert minutes <= real[name].target_minutes


@pytest.mark.parametrize("name", NAMES)
def test_a_start_page_says_who_reads_what_for_and_how_long(name: str, real: dict[str, Instrument]) -> None:
    start = real[name].start
    assert start.lead
    assert start.read_by
    assert start.purpose
    assert "name" in start.kept


def test_parents_are_asked_thirty_questions_and_ten_more_at_the_most(
    real: dict[str, Instrument], reports: dict[str, Report]
) -> None:
    ways = reports["send_parents"].paths
    assert ways is not None
    assert len(_asked(real["send_parents"])) == 5 + 22 + 3
    assert ways.longest == 5 + 22 + 3 + 10
    assert ways.seconds_longest <= 7.5 * 60


def test_one_module_brings_its_extended_questions_and_two_do_not(real: dict[str, Instrument]) -> None:
    parents = real["send_parents"]
    assert "PC27" in _asked(parents, PC02=1)
    assert {"PC33", "PC46"} <= set(_asked(parents, PC03=1))
    both = _asked(parents, PC02=1, PC03=1)
    assert {"PC25", "PC31"} <= set(both)
    assert not {"PC27", "PC33", "PC46"} & set(both)


@pytest.mark.parametrize(
    ("answers", "module"),
    [
        ({"PC02": 1}, {"PC23", "PC24", "PC25", "PC26", "PC27"}),
        ({"PC02": 2}, {"PC23", "PC24"}),
        ({"PC02": 3}, {"PC28", "PC29"}),
        ({"PC03": 1}, {"PC30", "PC31", "PC32", "PC33", "PC46"}),
        ({"PC03": 2}, {"PC30", "PC31", "PC32", "PC33", "PC46"}),
        ({"PC01": 3}, set()),
        ({"PC01": 4}, {"PC34", "PC35", "PC36", "PC37"}),
        ({"PC01": 6}, {"PC34", "PC35", "PC36", "PC37"}),
    ],
)
def test_each_module_is_asked_of_those_it_is_for(
    answers: dict[str, int], module: set[str], real: dict[str, Instrument]
) -> None:
    parents = real["send_parents"]
    assert set(_asked(parents, **answers)) - set(_asked(parents)) == module


def test_not_sure_is_counted_as_not_knowing_but_for_the_place_where_one_lives(real: dict[str, Instrument]) -> None:
    for survey in real.values():
        for item in survey.items.values():
            if isinstance(item, TextItem) or item.options_from == "districts":
                continue
            unsure = [option for option in item.options if option.label == "Not sure"]
            assert all(option.missing == "dont_know" for option in unsure), item.id


def test_parents_of_the_very_young_are_not_asked_about_school(real: dict[str, Instrument]) -> None:
    assert not {"PC39", "PC45"} & set(_asked(real["send_parents"], PC04=11))


def test_only_those_with_a_plan_are_asked_what_is_in_it(real: dict[str, Instrument]) -> None:
    assert not {"PC25", "PC26", "PC27"} & set(_asked(real["send_parents"], PC02=2))
    assert {"PC23", "PC24"} <= set(_asked(real["send_parents"], PC02=2))


def test_only_routing_questions_are_required_and_none_of_them_counts_as_content(real: dict[str, Instrument]) -> None:
    required = {item.id for survey in real.values() for item in survey.items.values() if item.required}
    assert required == {
        *("PC01", "PC02", "PC03", "PC04", "PC05", "CE00", "CY00", "CY01", "CA00", "CA01", "CA02"),
        *("WF1", "SV01", "CH01"),
    }
    for survey in real.values():
        assert not any(item.required and item.content for item in survey.items.values())


@pytest.mark.parametrize("name", MINORS)
def test_forms_for_the_young_have_their_texts_switched_off_and_no_adult_questions(
    name: str, real: dict[str, Instrument]
) -> None:
    survey = real[name]
    assert survey.minors
    assert survey.text_switch
    assert not any(isinstance(item, NpsItem) for item in survey.items.values())
    assert not any(isinstance(item, RatingItem) and item.reverse_coded for item in survey.items.values())


@pytest.mark.parametrize("name", [name for name in NAMES if name not in MINORS])
def test_other_forms_are_not_for_minors(name: str, real: dict[str, Instrument]) -> None:
    assert not real[name].minors


@pytest.mark.parametrize("name", ["send_pictures", "send_11_15", "powar_quick"])
def test_children_are_asked_one_question_a_page(name: str, real: dict[str, Instrument]) -> None:
    assert all(len(page.items) == 1 for page in real[name].pages.values())


@pytest.mark.parametrize("name", NAMES)
def test_a_group_has_at_most_five_lines(name: str, real: dict[str, Instrument]) -> None:
    assert all(len(page.items) <= 5 for page in real[name].pages.values())


@pytest.mark.parametrize(("name", "item"), [("send_pictures", "CE00"), ("send_11_15", "CY00"), ("send_16_25", "CA00")])
def test_a_stand_in_is_asked_nothing_more_and_shown_the_parents_survey(
    name: str, item: str, real: dict[str, Instrument]
) -> None:
    survey = real[name]
    stand_in = AnswerSheet({item: 3})
    assert is_handed_over(survey, stand_in)
    assert [asked.id for asked in items_asked(survey, stand_in)] == [item]
    assert survey.handover is not None
    assert survey.handover.survey == real["send_parents"].slug
    assert not is_handed_over(survey, AnswerSheet({item: 2}))


def test_the_practice_question_is_not_counted(real: dict[str, Instrument]) -> None:
    practice = [item.id for survey in real.values() for item in survey.items.values() if item.practice]
    assert practice == ["CE_P"]
    assert not real["send_pictures"].items["CE_P"].content


def test_what_children_tell_of_safety_and_families_of_need_is_sensitive(real: dict[str, Instrument]) -> None:
    sensitive = {item.id for survey in real.values() for item in survey.items.values() if item.sensitive}
    assert {"PC08", "CE03", "CY05", "CA06", "PC39", "CY14", "PC42", "PC43", "CH09"} <= sensitive


@pytest.mark.parametrize("name", ["freq5", "agree5", "sat5", "ease5", "conf5", "useful5"])
def test_five_point_scales_run_from_worst_to_best_with_their_answer_apart(name: str, lancashire: Path) -> None:
    scale = load_scales(lancashire).response_scales[name]
    assert [option.code for option in scale.options] == [1, 2, 3, 4, 5]
    assert [answer.code for answer in scale.apart] == [Missing.DOES_NOT_APPLY]
    assert (scale.top, scale.bottom) == ((4, 5), (1, 2))


def test_faces_stand_with_the_best_first_and_carry_words_and_pictures(lancashire: Path) -> None:
    scales = load_scales(lancashire).response_scales
    assert [option.code for option in scales["smiley3"].options] == [3, 2, 1]
    assert [option.code for option in scales["smiley5"].options] == [5, 4, 3, 2, 1]
    assert all(option.label and option.picture for name in ("smiley3", "smiley5") for option in scales[name].options)
    assert [answer.code for answer in scales["smiley3"].apart] == [Missing.DONT_KNOW]


def test_the_young_have_their_own_words_for_the_same_codes(real: dict[str, Instrument], lancashire: Path) -> None:
    scales = load_scales(lancashire).response_scales
    for name in ("freq5", "agree5"):
        young = scales[scales[name].for_voice["young"]]
        assert [option.code for option in young.options] == [option.code for option in scales[name].options]
    item = real["send_11_15"].items["CY09"]
    assert isinstance(item, RatingItem)
    assert item.options_from == "agree5_young"


def test_the_local_offer_question_gives_three_figures(real: dict[str, Instrument]) -> None:
    item = real["send_parents"].items["PC19"]
    assert isinstance(item, SingleItem)
    assert set(item.figures) == {"useful", "used", "aware"}
    assert item.figures["useful"].base == (1, 2, 3, 4, 5)


def test_a_training_question_follows_the_course_and_the_audience_of_the_link(real: dict[str, Instrument]) -> None:
    def asked(**context: str) -> set[str]:
        return {item.id for item in items_asked(real["training"], AnswerSheet({}, {}, context))}

    assert {"WF5", "WF7", "WF8"} <= asked()
    assert asked(course="advice_giver", audience="employer") & {"WF5", "WF7", "WF7E", "WF8"} == {"WF5", "WF7E"}
    assert asked(course="neurodiversity", audience="staff") & {"WF5", "WF7", "WF7E", "WF8"} == {"WF7", "WF8"}


def test_a_plan_question_about_adult_life_is_left_out_only_when_the_link_says_so(real: dict[str, Instrument]) -> None:
    survey = real["ehcp_process"]
    for context, expected in (({}, True), ({"fourteen_or_over": "yes"}, True), ({"fourteen_or_over": "no"}, False)):
        asked = {item.id for item in items_asked(survey, AnswerSheet({}, {}, context))}
        assert ("EH11" in asked) is expected


def test_every_text_of_a_parent_says_whether_it_is_praise_or_a_wish(real: dict[str, Instrument]) -> None:
    texts = [item for item in real["send_parents"].items.values() if isinstance(item, TextItem)]
    assert {text.valence for text in texts} == {"going_well", "needs_change"}


def test_codes_of_surveys_and_ids_of_questions_are_nowhere_used_twice(real: dict[str, Instrument]) -> None:
    codes = [survey.code for survey in real.values()]
    ids = [item for survey in real.values() for item in survey.items]
    slugs = [survey.slug for survey in real.values()]
    for values in (codes, ids, slugs):
        assert len(values) == len(set(values))
