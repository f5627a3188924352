"""Which figures of two waves may be compared, in which family, and why others may not."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest

from feedback_app.adapters.instrument_files import load_survey
from feedback_app.domain.comparing import (
    Comparable,
    compare_items,
    family_of,
    least_base,
    mode_family,
    too_few,
    why_not,
    why_not_modes,
    why_not_scale,
)
from feedback_app.domain.disclosure.gate import total_safe
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.import_map import IMPORTED, CollectedBy
from feedback_app.domain.instrument import Instrument

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures" / "instruments"
YES_NO = [{"code": 1, "label": "Yes"}, {"code": 2, "label": "No"}]
FIVE = [{"code": code, "label": f"Step {code}"} for code in range(1, 6)]
ELEVEN = [{"code": code, "label": str(code)} for code in range(11)]
NOT_ME = [{"code": -9, "label": "Does not apply"}]
AGREE: dict[str, Any] = {"type": "agree5", "options": FIVE}

START = {"lead": "Hello.", "read_by": "We do.", "purpose": "To learn.", "kept": "A year."}
CLUB: dict[str, Any] = {
    "name": "club", "slug": "club", "code": "CL", "version": 1, "title": "Club", "formal_title": "Club",
    "audience": "anyone", "voice": "family", "target_minutes": 5, "reading_age": 9, "start": START, "thanks": "Thanks.",
    "conditions": {
        "plan": {"item": "CL01", "in": [1]},
        "plan_and_wait": {"all": [{"named": "plan"}, {"item": "CL02", "in": [1, 2]}]},
    },
    "context": [{"id": "place", "values": ["north", "south"]}],
    "handover": {"when": {"item": "CL00", "in": [2]}, "title": "x", "text": "x", "button": "x", "survey": "y"},
    "sections": [
        {
            "id": "everybody", "title": "You", "hint": "Think about this month.",
            "groups": [{"id": "pair", "title": "How far do you agree?", "hint": "Two lines."}],
            "items": [
                {"id": "CL00", "text": "Is it you?", "type": "single", "options": YES_NO},
                {"id": "CL01", "text": "A plan?", "type": "single", "options": YES_NO, "hint": "On paper.",
                 "figures": {"planned": {"label": "With a plan", "codes": [1], "base": [1, 2]}}},
                {"id": "CL02", "text": "Waiting?", "type": "single", "options": [*YES_NO, {"code": 3, "label": "?"}]},
                {"id": "CL03", "text": "It is fun.", "group": "pair", "apart": NOT_ME, "scale": "FUN", **AGREE},
                {"id": "CL04", "text": "It is fair.", "group": "pair", "scale": "FUN", **AGREE},
                {"id": "CL05", "text": "Tell others?", "type": "nps11", "options": ELEVEN, "low_label": "Never",
                 "high_label": "Always"},
                {"id": "CL06", "text": "Faces?", "type": "smiley3", "options": FIVE[:3], "top": [3], "bottom": [1],
                 "picture": "sun"},
                {"id": "CL07", "text": "Which?", "type": "multi", "options": FIVE, "at_most": 2, "alone": [5]},
                {"id": "CL08", "text": "Your words.", "type": "text"},
                {"id": "CL09", "text": "Try it.", "practice": True, **AGREE},
            ],
        },
        {
            "id": "planned", "title": "The plan", "route": {"named": "plan"},
            "items": [
                {"id": "CL10", "text": "The plan is good.", "scale": "PLAN", **AGREE},
                {"id": "CL11", "text": "It came soon.", "scale": "PLAN", "route": {"item": "CL02", "in": [1, 2]},
                 **AGREE},
            ],
        },
        {
            "id": "some", "title": "More",
            "items": [
                {"id": "CL12", "text": "Soon?", "route": {"named": "plan_and_wait"}, **AGREE},
                {"id": "CL13", "text": "Here?", "route": {"context": "place", "in": ["north"]}, **AGREE},
                {"id": "CL14", "text": "Or?", "route": {"any": [{"named": "plan"}, {"item": "CL02", "in": [3]}]},
                 **AGREE},
                {"id": "CL15", "text": "Few?", **AGREE,
                 "route": {"at_most": 1, "of": [{"named": "plan"}, {"item": "CL02", "in": [1]}]}},
                {"id": "CL16", "text": "You?", "route": {"not": {"item": "CL00", "in": [2]}}, **AGREE},
            ],
        },
    ],
}  # fmt: skip


def club(change: Callable[[dict[str, Any]], object] | None = None) -> Instrument:
    """Return the survey of a club, changed."""
    data = copy.deepcopy(CLUB)
    if change:
        change(data)
    return Instrument.model_validate(data)


def items_of(data: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {item["id"]: item for section in data["sections"] for item in section["items"]}


def with_item(item: str, **changed: Any) -> Instrument:
    """Return the survey with one question changed."""
    return club(lambda data: items_of(data)[item].update(changed))


def altered(after: Instrument) -> dict[str, str]:
    """Return what can no longer be compared with the survey as it was, and why."""
    return {item: found.reason for item, found in compare_items(club(), after).items() if found.reason}


def test_the_same_questions_can_all_be_compared_but_own_words_and_practice_are_no_figures() -> None:
    found = compare_items(club(), club(lambda data: data.update(version=2, title="Another")))
    assert list(found) == [f"CL{number:02}" for number in (0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 15, 16)]
    assert {one.reason for one in found.values()} == {None}
    assert found["CL10"] == Comparable("CL10", "modules")


def test_core_questions_are_those_that_no_route_leads_to() -> None:
    survey = club()
    families = {item.id: family_of(survey, item) for item in survey.items.values()}
    assert [item for item, family in families.items() if family == "modules"] == [
        "CL10", "CL11", "CL12", "CL13", "CL14", "CL15"
    ]  # fmt: skip


def test_a_route_that_only_leaves_out_those_handed_over_leaves_out_nobody() -> None:
    survey = load_survey(FIXTURES, "handover")
    assert {family_of(survey, item) for item in survey.items.values()} == {"core"}
    assert family_of(club(lambda data: data.pop("handover")), club().items["CL16"]) == "modules"


def test_a_question_that_is_new_or_gone_is_named_so() -> None:
    without = club(lambda data: data["sections"][2]["items"].pop(1))
    assert altered(without) == {"CL13": "dropped"}
    assert why_not(without, club(), "CL13") == "absent"
    assert list(compare_items(club(), without))[-1] == "CL13"


@pytest.mark.parametrize(
    ("item", "changed"),
    [
        ("CL03", {"text": "It is great fun."}),
        ("CL03", {"hint": "Say it."}),
        ("CL04", {"options": [*FIVE[:4], {"code": 5, "label": "Very much"}]}),
        ("CL03", {"apart": [{"code": -9, "label": "Not for me"}]}),
        ("CL05", {"low_label": "Not at all"}),
        ("CL05", {"high_label": "Certainly"}),
        ("CL06", {"picture": "moon"}),
        ("CL06", {"options": [{**FIVE[0], "picture": "frown"}, *FIVE[1:3]]}),
        ("CL04", {"group": None}),
    ],
)
def test_other_words_or_pictures_break_the_line(item: str, changed: dict[str, Any]) -> None:
    assert altered(with_item(item, **changed)) == {item: "wording"}


def test_words_above_a_question_are_part_of_it() -> None:
    said = club(lambda data: data["sections"][0]["groups"][0].update(title="How often is it so?"))
    assert altered(said) == {"CL03": "wording", "CL04": "wording"}
    recalled = altered(club(lambda data: data["sections"][0].update(hint="Think about this year.")))
    assert recalled["CL05"] == "wording"


def test_spaces_and_what_only_staff_read_are_no_words() -> None:
    assert altered(with_item("CL03", text=" It  is fun. ", note="For us.", priorities=[1], domain="x")) == {}


@pytest.mark.parametrize(
    ("item", "options"),
    [
        ("CL04", {"options": [*FIVE, {"code": 6, "label": "Step 6"}]}),
        ("CL04", {"options": FIVE[::-1]}),
        ("CL04", {"options": [*FIVE[:4], {**FIVE[4], "missing": "dont_know"}]}),
        ("CL03", {"apart": []}),
        ("CL04", {"apart": NOT_ME}),
    ],
)
def test_other_codes_or_another_order_break_the_line(item: str, options: dict[str, Any]) -> None:
    assert altered(with_item(item, **options)) == {item: "options"}


@pytest.mark.parametrize(
    ("item", "changed"),
    [
        ("CL04", {"type": "freq5"}),
        ("CL04", {"reverse_coded": True}),
        ("CL04", {"top": [5]}),
        ("CL04", {"bottom": [1]}),
        ("CL06", {"top": [2, 3]}),
        ("CL06", {"bottom": [1, 2]}),
        ("CL07", {"at_most": 3}),
        ("CL07", {"alone": []}),
    ],
)
def test_a_question_answered_or_scored_otherwise_breaks_the_line(item: str, changed: dict[str, Any]) -> None:
    assert altered(with_item(item, **changed)) == {item: "kind"}


def test_a_share_of_another_base_breaks_the_line_and_its_title_does_not() -> None:
    figures = {"planned": {"label": "With a plan", "codes": [1], "base": [1]}}
    assert why_not(club(), with_item("CL01", figures=figures), "CL01") == "kind"
    figures = {"planned": {"label": "Planned", "codes": [1], "base": [2, 1]}}
    assert altered(with_item("CL01", figures=figures)) == {}


def test_another_way_to_a_question_leads_other_people_there() -> None:
    elsewhere = with_item("CL13", route={"context": "place", "in": ["north", "south"]})
    assert altered(elsewhere) == {"CL13": "asked_of_others"}
    assert altered(with_item("CL03", route={"named": "plan"})) == {"CL03": "asked_of_others"}
    assert altered(with_item("CL12", route=None)) == {"CL12": "asked_of_others"}
    assert altered(with_item("CL14", route={"any": [{"named": "plan"}]})) == {"CL14": "asked_of_others"}
    few = {"at_most": 0, "of": [{"named": "plan"}, {"item": "CL02", "in": [1]}]}
    assert altered(with_item("CL15", route=few)) == {"CL15": "asked_of_others"}
    section = club(lambda data: data["sections"][1].update(route={"not": {"named": "plan"}}))
    assert altered(section) == {"CL10": "asked_of_others", "CL11": "asked_of_others"}


def test_a_named_condition_counts_for_what_it_means() -> None:
    meant = club(lambda data: data["conditions"].update(plan={"item": "CL01", "in": [2]}))
    assert set(altered(meant)) == {"CL10", "CL11", "CL12", "CL14", "CL15"}

    def spelt_out(data: dict[str, Any]) -> None:
        items = items_of(data)
        data["sections"][1]["route"] = {"all": [{"item": "CL01", "in": [1]}]}
        items["CL12"]["route"] = {"all": [{"item": "CL02", "in": [2, 1]}, {"item": "CL01", "in": [1]}]}
        items["CL14"]["route"] = {"any": [{"item": "CL02", "in": [3]}, {"all": [{"item": "CL01", "in": [1]}]}]}
        items["CL15"]["route"]["of"].reverse()

    assert altered(club(spelt_out)) == {}


def test_it_does_not_matter_whether_a_section_or_its_question_asks_for_a_condition() -> None:
    def moved(data: dict[str, Any]) -> None:
        data["sections"][1]["route"] = None
        items_of(data)["CL10"]["route"] = {"named": "plan"}
        items_of(data)["CL11"]["route"] = {"named": "plan_and_wait"}

    assert altered(club(moved)) == {}


def test_a_route_is_only_as_stable_as_the_question_it_rests_on() -> None:
    reworded = altered(with_item("CL02", text="Still waiting?"))
    others = dict.fromkeys(("CL11", "CL12", "CL14", "CL15"), "asked_of_others")
    assert reworded == {"CL02": "wording"} | others


def test_handing_other_people_over_leaves_other_people_to_answer() -> None:
    nobody = altered(club(lambda data: data.pop("handover")))
    assert set(nobody.values()) == {"asked_of_others"}
    assert set(nobody) == set(compare_items(club(), club()))
    reworded = altered(with_item("CL00", text="Who is it?"))
    assert reworded["CL00"] == "wording"
    assert reworded["CL03"] == "asked_of_others"


def test_a_scale_is_compared_when_all_its_items_can_be() -> None:
    assert why_not_scale(club(), club(), "FUN") is None
    assert why_not_scale(club(), with_item("CL04", text="It is fair to me."), "FUN") == "wording"
    assert why_not_scale(club(), with_item("CL04", scale=None), "FUN") == "other_items"
    assert why_not_scale(club(), with_item("CL06", scale="FUN"), "FUN") == "other_items"
    assert why_not_scale(club(), with_item("CL02", text="Still waiting?"), "PLAN") == "asked_of_others"
    assert why_not_scale(club(), club(), "OTHER") == "absent"
    gone = club(lambda data: [items_of(data)[item].pop("scale") for item in ("CL03", "CL04")])
    assert why_not_scale(club(), gone, "FUN") == "dropped"
    assert why_not_scale(gone, club(), "FUN") == "absent"


@pytest.mark.parametrize(
    ("modes", "family"),
    [
        ({"online": 400}, "self_completed"),
        ({"online": 300, "import_paper": 50, "import_online": 50}, "self_completed"),
        ({"online": 961, "import_phone": 39}, "self_completed"),
        ({"online": 950, "phone": 50}, "mixed"),
        ({"phone": 40, "in_person": 2, "import_phone": 1, "import_in_person": 1}, "asked_by_a_person"),
        ({"import": 12}, "unknown"),
        ({"online": 600, "import": 400}, "unknown"),
        ({"online": 600, "phone": 300, "import": 100}, "mixed"),
        ({"carrier pigeon": 12}, "unknown"),
        ({}, None),
        ({"online": 0}, None),
    ],
)
def test_a_wave_has_the_mode_family_of_more_than_95_percent_of_it(modes: dict[str, int], family: str | None) -> None:
    assert mode_family(modes) == family


def test_every_way_that_an_import_can_name_has_a_family() -> None:
    families = {way: mode_family({f"{IMPORTED}_{way}": 1}) for way in get_args(CollectedBy)}
    assert families == {way: mode_family({way: 1}) for way in get_args(CollectedBy)}
    assert set(families.values()) == {"self_completed", "asked_by_a_person"}


def test_waves_answered_in_different_ways_are_not_compared() -> None:
    online, paper, phone, mixed = {"online": 300}, {"import_paper": 60}, {"phone": 99}, {"online": 50, "phone": 50}
    assert why_not_modes(online, paper) is None
    assert why_not_modes(phone, {"in_person": 40}) is None
    assert why_not_modes(online, phone) == "mode_differs"
    assert why_not_modes(mixed, mixed) == "mode_mixed"
    assert why_not_modes({"import": 60}, online) == "mode_unknown"
    assert why_not_modes(mixed, {"import": 60}) == "mode_unknown"
    assert why_not_modes({}, online) is None


def test_a_comparison_needs_30_answers_in_each_wave_or_50_of_children_and_faces() -> None:
    assert [least_base(False), least_base(True), least_base(False, faces=True)] == [30, 50, 50]
    policy = Policy()
    assert next(count for count in range(60) if not too_few(total_safe(count, policy), minors=False)) == 30
    assert not too_few(total_safe(53, policy, minors=True), minors=True)
    assert too_few(total_safe(49, policy), minors=False, faces=True)


def test_a_refusal_tells_nothing_that_the_published_base_does_not() -> None:
    policy = Policy()
    for minors in (False, True):
        for count in range(200):
            base = total_safe(count, policy, minors)
            alike = [other for other in range(200) if total_safe(other, policy, minors) == base]
            assert len({too_few(total_safe(other, policy, minors), minors) for other in alike}) == 1
