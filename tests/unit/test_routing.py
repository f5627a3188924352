"""The way through a survey: what is asked, what comes next, what is kept."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_app.adapters.instrument_files import load_survey
from feedback_app.domain.answers import Answer, AnswerSheet, accepts, count_content, is_value, unknown_answers
from feedback_app.domain.instrument import Instrument, Item, MultiItem, TextItem
from feedback_app.domain.missing import Missing
from feedback_app.domain.routing import (
    check_complete,
    is_handed_over,
    items_asked,
    keep_asked,
    minutes_left,
    next_page,
    path_through,
    seconds_for,
)
from feedback_app.domain.ways import count_sheets, paths, unreachable

ROOT = Path(__file__).resolve().parent.parent / "fixtures" / "instruments"


@cache
def fixture(name: str) -> Instrument:
    return load_survey(ROOT, name)


def asked(name: str, answers: dict[str, Answer] | None = None, texts_open: bool = True, **context: str) -> list[str]:
    sheet = AnswerSheet(answers or {}, {}, context)
    return [item.id for item in items_asked(fixture(name), sheet, texts_open)]


def test_an_answer_leads_to_its_question_and_every_other_past_it() -> None:
    assert asked("route_on_item", {"RI01": 1}) == ["RI01", "RI02", "RI04"]
    assert asked("route_on_item", {"RI01": 2}) == ["RI01", "RI03", "RI04"]
    assert asked("route_on_item") == ["RI01", "RI03", "RI04"]


def test_one_of_several_ticked_answers_is_enough() -> None:
    assert asked("route_on_multi", {"RM01": (1, 2)}) == ["RM01", "RM02", "RM03", "RM04"]
    assert asked("route_on_multi", {"RM01": (1,)}) == ["RM01", "RM03", "RM04"]
    assert asked("route_on_multi", {"RM01": int(Missing.SKIPPED)}) == ["RM01", "RM04"]


def test_a_named_condition_may_stand_in_another() -> None:
    assert asked("named", {"NM01": 1, "NM02": 2}) == ["NM01", "NM02", "NM03", "NM05"]
    assert asked("named", {"NM01": 1, "NM02": 1}) == ["NM01", "NM02", "NM03", "NM04", "NM05"]


def test_at_most_one_part_may_be_on() -> None:
    assert "AM04" in asked("at_most", {"AM01": 1, "AM02": 2, "AM03": 2})
    assert "AM04" not in asked("at_most", {"AM01": 1, "AM02": 2, "AM03": 1})


def test_the_link_may_know_what_decides() -> None:
    assert asked("context", stage="amended") == ["CT01", "CT03"]
    assert asked("context", stage="new") == ["CT02", "CT03"]
    assert asked("context") == ["CT02", "CT03"]


def test_a_section_is_asked_whole_or_not_at_all() -> None:
    assert asked("sections_routed", {"SR01": 1}) == ["SR01", "SR02", "SR03", "SR04"]
    assert asked("sections_routed", {"SR01": 2}) == ["SR01", "SR04"]


def test_an_answer_counts_for_a_route_only_while_its_own_question_is_asked() -> None:
    data = fixture("route_on_item").model_dump(mode="json", by_alias=True)
    data["sections"][0]["items"][3]["route"] = {"item": "RI02", "in": [5]}
    survey = Instrument.model_validate(data)
    went = AnswerSheet({"RI01": 1, "RI02": 5})
    changed = went.with_page({"RI01": 2}, {})
    assert [item.id for item in items_asked(survey, went)] == ["RI01", "RI02", "RI04"]
    assert [item.id for item in items_asked(survey, changed)] == ["RI01", "RI03"]


def test_childrens_own_words_are_asked_only_when_switched_on() -> None:
    assert asked("text_switch", texts_open=False) == ["TS01"]
    assert asked("text_switch", texts_open=True) == ["TS01", "TS02"]


def test_the_switch_does_not_touch_a_survey_without_it() -> None:
    assert "SK03" in asked("skip", texts_open=False)


def test_somebody_who_stands_in_is_handed_over_and_asked_no_more() -> None:
    survey = fixture("handover")
    assert is_handed_over(survey, AnswerSheet({"HO01": 3}))
    assert not is_handed_over(survey, AnswerSheet({"HO01": 2}))
    assert not is_handed_over(fixture("skip"), AnswerSheet({}))
    assert asked("handover", {"HO01": 3}) == ["HO01"]


def test_a_page_shows_only_those_of_its_questions_that_are_asked() -> None:
    data = fixture("group").model_dump(mode="json", by_alias=True)
    data["sections"][0]["items"][2]["route"] = {"item": "GR01", "in": [5]}
    survey = Instrument.model_validate(data)
    pages = path_through(survey, AnswerSheet({}))
    assert [[item.id for item in page.items] for page in pages] == [["GR01", "GR02"], ["GR04"]]


def test_next_page_follows_the_one_just_answered_or_finds_the_first_not_reached() -> None:
    sheet = AnswerSheet({"RI01": 1})
    path = path_through(fixture("route_on_item"), sheet)
    assert [page.id for page in path] == ["ri01", "ri02", "ri04"]
    following = next_page(path, sheet, "ri01")
    assert following is not None
    assert following.id == "ri02"
    assert next_page(path, sheet, None) == following
    assert next_page(path, sheet, "ri04") is None
    assert next_page(path, sheet, "nowhere") == following
    assert next_page(path, sheet.with_page({"RI02": -3, "RI04": 2}, {})) is None


def test_what_is_kept_has_every_question_with_an_answer_or_a_kind_of_missing() -> None:
    sheet = AnswerSheet({"RI01": 1, "RI02": 4, "RI03": 1}, {"RI03": "It was too far."}, {})
    kept = keep_asked(fixture("route_on_item"), sheet)
    assert kept.answers == {"RI01": 1, "RI02": 4, "RI03": -1, "RI04": -2}
    assert kept.texts == {}


def test_words_of_an_asked_question_are_kept_and_blank_ones_are_not() -> None:
    survey = fixture("skip")
    sheet = AnswerSheet({"SK01": 1, "SK03": 1}, {"SK03": "The bread."})
    assert keep_asked(survey, sheet).texts == {"SK03": "The bread."}
    assert keep_asked(survey, AnswerSheet({"SK03": -3}, {"SK03": "  "})).texts == {}


def test_only_required_questions_on_the_path_hold_up_sending() -> None:
    survey = fixture("required")
    assert [item.id for item in check_complete(survey, AnswerSheet({}))] == ["RQ01"]
    assert [item.id for item in check_complete(survey, AnswerSheet({"RQ01": -3}))] == ["RQ01"]
    assert check_complete(survey, AnswerSheet({"RQ01": 2})) == ()
    assert check_complete(fixture("skip"), AnswerSheet({})) == ()


def test_routing_questions_and_kinds_of_missing_are_no_content() -> None:
    survey = fixture("min_content")
    items = survey.items.values()
    assert count_content(items, AnswerSheet({"MC01": 1, "MC02": 2})) == 0
    assert count_content(items, AnswerSheet({"MC03": 5, "MC04": -9, "MC05": -3, "MC06": 1})) == 2
    assert count_content(fixture("option_missing").items.values(), AnswerSheet({"OM01": 3})) == 0
    assert count_content(fixture("option_missing").items.values(), AnswerSheet({"OM01": 2})) == 1


def test_a_later_page_replaces_the_words_of_its_own_questions_alone() -> None:
    sheet = AnswerSheet({"SK03": 1}, {"SK03": "Bread."}).with_page({"SK01": 4}, {})
    assert sheet.texts == {"SK03": "Bread."}
    assert sheet.with_page({"SK03": -3}, {}).texts == {}


@pytest.mark.parametrize(
    ("item", "answer", "expected"),
    [
        ("EK01", 5, True),
        ("EK01", 6, False),
        ("EK01", -9, True),
        ("EK01", -8, False),
        ("EK01", -3, True),
        ("EK01", (5,), False),
        ("EK08", -8, True),
        ("EK07", 0, True),
        ("EK07", 11, False),
        ("EK11", (1, 2), True),
        ("EK11", (1, 1), False),
        ("EK11", (), False),
        ("EK11", 1, False),
        ("EK11", -3, True),
        ("EK12", 1, True),
        ("EK12", 2, False),
    ],
)
def test_a_question_accepts_its_own_codes_and_no_others(item: str, answer: Answer, expected: bool) -> None:
    survey = fixture("every_kind")
    assert accepts(survey.items[item], answer) is expected
    assert unknown_answers(survey, AnswerSheet({item: answer})) == ([] if expected else [item])


def test_an_answer_to_a_question_that_is_not_there_is_unknown() -> None:
    assert unknown_answers(fixture("skip"), AnswerSheet({"ZZ01": 1})) == ["ZZ01"]


def test_times_are_seven_seconds_a_rating_and_more_for_words() -> None:
    items = fixture("every_kind").items.values()
    ratings = [item for item in items if not isinstance(item, TextItem | MultiItem)]
    assert seconds_for(ratings) == 7 * len(ratings)
    assert seconds_for(items) > 7 * len(items)


def test_minutes_left_go_down_and_end_at_one() -> None:
    path = path_through(fixture("reference"), AnswerSheet({}))
    left = [minutes_left(path, AnswerSheet({}), page.id) for page in path]
    assert left == sorted(left, reverse=True)
    assert left[-1] == 1
    assert minutes_left(path, AnswerSheet({})) == left[0]


def test_the_longest_and_shortest_way_are_found() -> None:
    ways = paths(fixture("named"))
    assert (ways.longest, ways.shortest, ways.pages) == (5, 3, 5)
    assert (ways.seconds_longest, ways.seconds_shortest) == (35, 21)


def test_those_handed_over_do_not_make_the_shortest_way() -> None:
    assert paths(fixture("handover")).shortest == 2


def test_everybody_is_reachable_in_the_fixtures_and_combinations_are_few() -> None:
    for name in ("named", "at_most", "context", "route_on_multi", "sections_routed"):
        assert unreachable(fixture(name)) == ()
        assert count_sheets(fixture(name)) <= 32


def _answer(item: Item) -> st.SearchStrategy[Any]:
    if isinstance(item, TextItem):
        return st.sampled_from([1, -3])
    codes = sorted(item.codes)
    if isinstance(item, MultiItem):
        return st.sets(st.sampled_from([c for c in codes if c >= 0]), min_size=1).map(
            lambda found: tuple(sorted(found))
        )
    return st.sampled_from([*codes, -3])


@st.composite
def _sheets(draw: st.DrawFn) -> tuple[Instrument, AnswerSheet]:
    survey = fixture(draw(st.sampled_from(["named", "at_most", "route_on_item", "route_on_multi", "sections_routed"])))
    given_ids = draw(st.sets(st.sampled_from(sorted(survey.items))))
    answers = {item: draw(_answer(survey.items[item])) for item in sorted(given_ids)}
    return survey, AnswerSheet(answers)


@given(_sheets())
def test_keeping_what_was_asked_twice_changes_nothing_more(drawn: tuple[Instrument, AnswerSheet]) -> None:
    survey, sheet = drawn
    kept = keep_asked(survey, sheet)
    assert set(kept.answers) == set(survey.items)
    assert keep_asked(survey, kept).answers == kept.answers


@given(_sheets())
def test_what_was_not_asked_never_keeps_an_answer(drawn: tuple[Instrument, AnswerSheet]) -> None:
    survey, sheet = drawn
    on_path = {item.id for item in items_asked(survey, sheet)}
    kept = keep_asked(survey, sheet)
    for item_id, item in survey.items.items():
        assert (kept.answers[item_id] == Missing.NOT_SHOWN) is (item_id not in on_path)
        if is_value(item, kept.answers[item_id]):
            assert kept.answers[item_id] == sheet.answers[item_id]


@given(_sheets())
def test_following_next_page_visits_the_path_once(drawn: tuple[Instrument, AnswerSheet]) -> None:
    survey, sheet = drawn
    path = path_through(survey, sheet)
    seen = [path[0].id]
    while (page := next_page(path, sheet, seen[-1])) is not None:
        seen.append(page.id)
    assert seen == [page.id for page in path]
