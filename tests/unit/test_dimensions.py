"""What answers may be broken down by, which questions are, and whom no route leads to a question."""

from __future__ import annotations

import pytest

from feedback_app.adapters.instrument_files import load_partnership
from feedback_app.domain.dimensions import (
    dimensions_of,
    is_broken_down,
    locality_codes,
    may_cross,
    never_asked,
    questions_of,
)
from feedback_app.domain.disclosure.grouped import Dimension
from feedback_app.domain.instrument import Instrument
from tests.support.summaries import make_instrument
from tests.support.surveys import LANCASHIRE, real_survey

GEOGRAPHY = load_partnership(LANCASHIRE).geography
PARENTS = real_survey("send_parents")


def by_name(instrument: Instrument) -> dict[str, Dimension]:
    return {one.name: one for one in dimensions_of(instrument, GEOGRAPHY)}


def test_districts_are_those_of_the_partnership_and_add_up_to_its_localities() -> None:
    found = by_name(PARENTS)
    assert list(found) == ["locality", "district", "provision", "age_band", "setting", "waiting"]
    assert found["district"].groups == tuple(range(1, 13))  # not "outside", not "not sure"
    assert (found["district"].parent, found["district"].geographical) == ("locality", True)
    assert found["district"].parent_of == locality_codes(GEOGRAPHY)
    assert (found["locality"].groups, found["locality"].geographical) == ((1, 2, 3), True)


def test_an_answer_that_tells_of_no_group_makes_none() -> None:
    assert by_name(PARENTS)["provision"].groups == (1, 2, 3)  # "Not sure" is declared missing
    assert by_name(PARENTS)["waiting"].groups == (1, 2, 3)


def test_nobody_is_in_a_group_that_is_sent_to_another_survey() -> None:
    assert by_name(real_survey("send_11_15"))["helped"].groups == (1, 2)


def test_what_has_one_group_alone_breaks_nothing_down() -> None:
    assert "age_band" not in by_name(real_survey("send_11_15"))
    assert by_name(real_survey("talk_feedback")) == {}


def test_an_area_without_localities_has_districts_alone() -> None:
    plain = GEOGRAPHY.model_copy(update={"localities": ()})
    found = {one.name: one for one in dimensions_of(PARENTS, plain)}
    assert "locality" not in found
    assert found["district"].parent is None


def test_needs_ethnic_groups_and_other_facts_are_neither_broken_down_nor_break_down() -> None:
    asked = {item.id for item in questions_of(PARENTS)}
    facts = {item.id for item in PARENTS.items.values() if not item.content}
    assert {"PC42", "PC43"} <= facts  # what a child needs help with, and its ethnic group
    assert not asked & facts
    assert not {item.breakdown for item in PARENTS.items.values() if item.id in {"PC42", "PC43"}} - {None}
    assert {"PC06", "PC20", "PC46"} <= asked
    assert not any(is_broken_down(item) for item in PARENTS.items.values() if item.type == "text")


@pytest.mark.parametrize("survey", sorted(folder.name for folder in LANCASHIRE.iterdir() if folder.is_dir()))
def test_no_survey_is_broken_down_by_need_ethnic_group_or_a_named_school(survey: str) -> None:
    allowed = {"locality", "district", "provision", "age_band", "setting", "waiting", "helped"}
    found = by_name(real_survey(survey))
    assert set(found) <= allowed
    assert all(len(one.groups) <= 12 for one in found.values())


def test_a_district_is_not_crossed_with_the_locality_that_it_adds_up_to() -> None:
    found = by_name(PARENTS)
    assert not may_cross(found["district"], found["locality"])
    assert not may_cross(found["locality"], found["district"])
    assert not may_cross(found["age_band"], found["age_band"])
    assert may_cross(found["district"], found["provision"])


def test_whom_no_route_leads_to_a_question_follows_from_the_questions_alone() -> None:
    found, items = by_name(PARENTS), PARENTS.items
    assert never_asked(PARENTS, items["PC26"], found["provision"]) == {2, 3}  # of a plan there is
    assert never_asked(PARENTS, items["PC23"], found["provision"]) == {2}  # also of one that is being made
    assert never_asked(PARENTS, items["PC28"], found["provision"]) == {1, 3}
    assert never_asked(PARENTS, items["PC34"], found["age_band"]) == {1, 2}
    assert never_asked(PARENTS, items["PC06"], found["provision"]) == set()
    assert never_asked(PARENTS, items["PC26"], found["district"]) == set()


@pytest.mark.parametrize(
    ("route", "expected"),
    [
        ({"item": "TS01", "in": [1]}, {3}),
        ({"not": {"item": "TS01", "in": [1]}}, {1}),
        ({"any": [{"item": "TS01", "in": [1]}, {"item": "TS02", "in": [5]}]}, set()),
        ({"all": [{"item": "TS01", "in": [1]}, {"item": "TS02", "in": [5]}]}, {3}),
        ({"at_most": 0, "of": [{"item": "TS01", "in": [1]}, {"item": "TS02", "in": [5]}]}, {1}),
        ({"not": {"at_most": 0, "of": [{"item": "TS01", "in": [2]}]}}, {1}),
        ({"item": "TS02", "in": [5]}, set()),
    ],
)
def test_a_route_of_any_shape_leaves_out_only_groups_that_it_cannot_lead_to(
    route: dict[str, object], expected: set[int]
) -> None:
    data = make_instrument().model_dump(mode="json", by_alias=True)
    items = {item["id"]: item for section in data["sections"] for item in section["items"]}
    items["TS08"]["route"] = route
    instrument = Instrument.model_validate(data)
    (provision,) = dimensions_of(instrument, GEOGRAPHY)
    assert never_asked(instrument, instrument.items["TS08"], provision) == expected
