"""Who answered beside who lives here: from protected tables alone, and silent wherever they are."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest

from feedback_app.domain.disclosure.gate import protect
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.safe import SafeRelease
from feedback_app.domain.instrument import Instrument
from feedback_app.domain.population import Frame
from feedback_app.domain.scoring.counts import Counts
from feedback_app.domain.weighting.hearing import badge_of, ratios
from feedback_app.domain.who_answered import Dimension, WhoAnswered, who_answered
from feedback_app.reports.item_tables import item_table
from tests.support.surveys import real_survey

PLAN, ASSESSED, SUPPORT, OTHER, NONE_YET = 1, 2, 3, 4, 5  # answers to PC02
EHCP, SEN_SUPPORT, WITHOUT = 1, 2, 3  # the groups they are reported as
DISTRICTS = range(1, 13)


@pytest.fixture(scope="module")
def parents() -> Instrument:
    return real_survey("send_parents")


def frame(**more: Any) -> Frame:
    """Return the frame of a worked example, or one that knows more."""
    known: dict[str, Any] = {
        "source": "School census",
        "date": "2025-01",
        "place": "school",
        "covers": "Pupils with a plan or SEN support",
        "surveys": ["send_parents"],
        "groups": {
            "provision": {"ehc_plan": 1, "sen_support": 2},
            "district": {f"d{code}": code for code in DISTRICTS},
        },
        "margins": {"provision": {"ehc_plan": 10155, "sen_support": 24473}},
    }
    return Frame.model_validate(known | more)


def release(instrument: Instrument, **answers: dict[int, int]) -> SafeRelease:
    """Return protected tables of some items, by option code."""
    tables = []
    for name, counts in answers.items():
        item = instrument.items[name]
        whole = {option.code: 0 for option in item.valid_options} | counts
        tables.append(item_table(instrument, item, Counts(whole)))
    return protect(tables, Policy())


def dimension(found: WhoAnswered, name: str) -> Dimension:
    """Return one dimension."""
    return next(one for one in found.dimensions if one.breakdown == name)


def plans(**more: int) -> dict[int, int]:
    """Return answers about the plan as in the worked example, with others outside the frame."""
    return {PLAN: 420, SUPPORT: 280, ASSESSED: 100, OTHER: 60, NONE_YET: 40} | {int(k[1:]): v for k, v in more.items()}


def test_the_vector_of_the_brief_is_told_in_whole_percent(parents: Instrument) -> None:
    found = who_answered(parents, release(parents, PC02=plans()), frame())
    told = dimension(found, "provision")
    groups = {group.code: group for group in told.groups}
    assert (groups[EHCP].people, groups[EHCP].share, groups[EHCP].among, groups[EHCP].expected) == (420, 47, 60, 29)
    assert (groups[EHCP].ratio, groups[EHCP].badge, groups[EHCP].unsaid) == (2.05, "over_heard", None)
    assert (groups[SEN_SUPPORT].ratio, groups[SEN_SUPPORT].badge) == (0.57, "under_heard")
    assert (told.dissimilarity, told.cv, told.r) == (0.31, 0.67, 0.97)
    assert told.framed


def test_a_group_the_frame_does_not_count_is_told_and_not_compared(parents: Instrument) -> None:
    told = dimension(who_answered(parents, release(parents, PC02=plans()), frame()), "provision")
    outside = next(group for group in told.groups if group.code == WITHOUT)
    assert (outside.people, outside.share, outside.unsaid) == (200, 22, "outside_frame")
    assert (outside.ratio, outside.badge, outside.expected) == (None, None, None)
    assert outside.label == "Being assessed for an EHC plan; Help from other services only; No extra help yet"


def test_answers_are_told_beside_the_frame_and_never_as_a_response_rate(parents: Instrument) -> None:
    found = who_answered(parents, release(parents, PC02=plans()), frame())
    assert (found.answers, found.share_of_frame) == (700, 2.0)
    assert set(found.as_dict()) == {"frame", "answers", "share_of_frame", "dimensions"}
    assert found.as_dict()["frame"]["people"] == 34628


def test_a_hidden_part_hides_its_group_and_the_measures_of_the_whole(parents: Instrument) -> None:
    found = who_answered(parents, release(parents, PC02=plans(_3=2)), frame())
    told = dimension(found, "provision")
    groups = {group.code: group for group in told.groups}
    assert (groups[SEN_SUPPORT].people, groups[SEN_SUPPORT].share, groups[SEN_SUPPORT].unsaid) == (None, None, "hidden")
    assert groups[SEN_SUPPORT].badge is None
    assert groups[EHCP].badge == "over_heard"
    assert (told.dissimilarity, told.cv, told.r) == (None, None, None)
    assert (found.answers, found.share_of_frame) == (None, None)


def test_one_hidden_option_hides_the_group_it_is_summed_into(parents: Instrument) -> None:
    told = dimension(who_answered(parents, release(parents, PC02=plans(_5=3)), frame()), "provision")
    groups = {group.code: group for group in told.groups}
    assert (groups[WITHOUT].people, groups[WITHOUT].unsaid) == (None, "hidden")
    assert groups[EHCP].badge == "over_heard"
    assert told.dissimilarity is not None


def test_without_a_frame_shares_are_told_and_nothing_beside_them(parents: Instrument) -> None:
    ages = {1: 40, 2: 140, 3: 80, 4: 40, 5: 30, 6: 15}
    found = who_answered(parents, release(parents, PC01=ages, PC02=plans()), None)
    told = dimension(found, "age_band")
    assert [(group.code, group.people, group.share) for group in told.groups] == [
        (1, 40, 12),
        (2, 140, 41),
        (3, 120, 35),
        (4, 45, 13),
    ]
    assert {group.unsaid for one in found.dimensions for group in one.groups} == {"no_frame"}
    assert not any(one.framed for one in found.dimensions)
    assert (found.frame, found.answers, found.share_of_frame) == (None, None, None)
    assert found.as_dict()["frame"] is None


def test_a_frame_that_does_not_tell_the_age_says_nothing_of_it(parents: Instrument) -> None:
    found = who_answered(parents, release(parents, PC01={1: 40, 2: 140}, PC02=plans()), frame())
    assert {group.unsaid for group in dimension(found, "age_band").groups} >= {"no_frame"}
    assert dimension(found, "provision").framed


def test_districts_are_compared_where_a_frame_tells_them(parents: Instrument) -> None:
    even = {"margins": {"district": {f"d{code}": 1000 for code in DISTRICTS}}}
    answers = dict.fromkeys(DISTRICTS, 30) | {1: 60, 2: 15, 3: 2, 90: 20, 99: 10}
    told = dimension(who_answered(parents, release(parents, PC05=answers), frame(**even)), "district")
    groups = {group.code: group for group in told.groups}
    assert groups[1].badge == "over_heard"
    assert groups[2].badge == "under_heard"
    assert groups[3].unsaid == "hidden"
    assert groups[4].badge == "about_right"
    assert (groups[90].unsaid, groups[99].unsaid) == ("outside_frame", "outside_frame")
    assert told.dissimilarity is None
    assert groups[4].expected == 8


def test_a_badge_that_rounding_could_turn_is_not_given(parents: Instrument) -> None:
    even = {"margins": {"district": {f"d{code}": 1000 for code in DISTRICTS}}}
    answers = dict.fromkeys(DISTRICTS, 25) | {1: 20, 2: 30}
    told = dimension(who_answered(parents, release(parents, PC05=answers), frame(**even)), "district")
    groups = {group.code: group for group in told.groups}
    assert (groups[1].ratio, groups[1].badge, groups[1].unsaid) == (0.8, None, "rounding")
    assert (groups[2].ratio, groups[2].badge, groups[2].unsaid) == (1.2, None, "rounding")
    assert groups[3].badge == "about_right"
    assert told.dissimilarity is not None


def test_a_badge_holds_for_the_exact_counts_whatever_they_are(parents: Instrument) -> None:
    """Two groups, all counts of a grid: what is told of one is never what its exact share would not bear out."""
    known = frame(margins={"provision": {"ehc_plan": 500, "sen_support": 500}})
    badges = set()
    for plan, support in product(range(5, 62), range(5, 42)):
        tables = release(parents, PC02={PLAN: plan, SUPPORT: support})
        told = dimension(who_answered(parents, tables, known), "provision")
        for code, exact in ratios({EHCP: plan, SEN_SUPPORT: support}, {EHCP: 500, SEN_SUPPORT: 500}).items():
            badge = next(group.badge for group in told.groups if group.code == code)
            assert badge in (None, badge_of(exact or 0)), (plan, support)
            badges.add(badge)
    assert badges == {None, "under_heard", "about_right", "over_heard"}


def test_many_groups_rounded_the_same_way_do_not_turn_a_badge(parents: Instrument) -> None:
    even = {"margins": {"district": {f"d{code}": 1000 for code in DISTRICTS}}}
    exact = dict.fromkeys(DISTRICTS, 27) | {1: 33}  # shown as 25 and 35: a ratio of 1.35, and exactly 1.2
    told = dimension(who_answered(parents, release(parents, PC05=exact), frame(**even)), "district")
    first = next(group for group in told.groups if group.code == 1)
    assert (first.people, first.ratio, first.badge, first.unsaid) == (35, 1.35, None, "rounding")


def test_two_waves_that_look_alike_when_protected_are_told_alike(parents: Instrument) -> None:
    one = who_answered(parents, release(parents, PC02=plans(_1=418, _3=281)), frame())
    other = who_answered(parents, release(parents, PC02=plans(_1=422, _3=279)), frame())
    assert one == other


def test_children_are_told_apart_by_help_and_setting_never_by_district() -> None:
    young = real_survey("send_11_15")
    tables = release(
        young,
        CY00={1: 60, 2: 40},
        CY01={1: 50, 2: 20, 3: 20, 4: 10},
        CY02=dict.fromkeys(DISTRICTS, 10),
    )
    found = who_answered(young, tables, frame(surveys=["send_11_15"]))
    assert [one.breakdown for one in found.dimensions] == ["helped", "setting"]
    helped = dimension(found, "helped")
    assert [(group.label, group.share) for group in helped.groups] == [
        ("Me", 60),
        ("Me, with someone helping me read or type", 40),
    ]
    assert found.frame is None
    mainstream = next(group for group in dimension(found, "setting").groups if group.code == 1)
    assert (mainstream.people, mainstream.unsaid) == (70, "no_frame")


def test_a_small_wave_says_nothing_of_anybody(parents: Instrument) -> None:
    found = who_answered(parents, release(parents, PC02={PLAN: 5, SUPPORT: 3}), frame())
    told = dimension(found, "provision")
    assert {(group.people, group.share, group.unsaid) for group in told.groups if group.code != WITHOUT} == {
        (None, None, "hidden")
    }
    assert (found.answers, told.dissimilarity) == (None, None)
    assert told.base.value is None


def test_a_wave_where_all_seem_to_be_in_one_group_shows_no_hundred_percent(parents: Instrument) -> None:
    found = who_answered(parents, release(parents, PC02={PLAN: 149, SUPPORT: 1}), frame())
    plan = next(group for group in dimension(found, "provision").groups if group.code == EHCP)
    assert (plan.people, plan.share) == (150, None)


def test_a_release_without_these_items_has_no_dimensions(parents: Instrument) -> None:
    assert who_answered(parents, release(parents), frame()).dimensions == ()


def test_it_is_plain_data_for_a_file(parents: Instrument) -> None:
    found = who_answered(parents, release(parents, PC02=plans()), frame())
    told = json.loads(json.dumps(found.as_dict()))
    assert told["dimensions"][0]["groups"][0]["badge"] == "over_heard"
    assert told["dimensions"][0]["base"] == 900
