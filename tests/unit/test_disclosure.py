"""Disclosure control: each rule R0 to R3 with cases that can be checked by hand; headlines have a file of their own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from feedback_app.domain.disclosure.gate import protect, total_safe
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.rules import ItemTable
from feedback_app.domain.scoring.counts import Counts
from feedback_app.domain.scoring.headlines import headlines_for
from tests.support.item_tables import POLICY, five, nps, safe

DISCLOSURE_FILE = Path(__file__).parents[2] / "surveys" / "lancashire" / "disclosure.yaml"


def test_the_thresholds_in_the_survey_files_are_those_of_the_policy() -> None:
    assert Policy.model_validate(yaml.safe_load(DISCLOSURE_FILE.read_text(encoding="utf-8"))) == POLICY
    assert (POLICY.base_for(False), POLICY.base_for(True)) == (10, 20)
    assert [POLICY.threshold_for(*who) for who in ((False, False), (True, False), (False, True))] == [5, 10, 10]


@pytest.mark.parametrize(
    "wrong",
    [
        {"minimum_base": 25},
        {"threshold": 4},
        {"threshold": 12},
        {"rounding": 1},
        {"threshold_sensitive": 21},
        {"small_group": 15},
        {"minimun_base": 10},
        {"share_base": 9},
        {"minimum_places": 0},
    ],
)
def test_thresholds_that_contradict_each_other_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        Policy(**wrong)


@pytest.mark.parametrize(("minors", "least"), [(False, 10), (True, 20)])
def test_r0_a_small_base_shows_nothing_but_that_it_is_small(minors: bool, least: int) -> None:
    for base in (0, 1, least - 1):
        plain = safe(five(0, 0, 0, 0, base, minors=minors, missing={"skipped": 50})).as_dict()
        assert plain == {
            "code": "PC06",
            "type": "freq5",
            "base": {"fewer_than": least},
            "small_group": False,
            "missing": {},
            "distribution": [],
            "headline": {"name": "top_two_box", "withheld": "R0"},
            "figures": [{"name": "top_two_box", "withheld": "R0"}],
            "withheld": "R0",
            "reason": f"fewer_than_{least}",
        }


def test_r0_every_base_that_is_too_small_looks_the_same() -> None:
    small = [five(*cells) for cells in ((0, 0, 0, 0, 0), (1, 0, 0, 0, 0), (0, 4, 0, 5, 0), (2, 2, 2, 2, 1))]
    assert len({json.dumps(safe(table).as_dict()) for table in small}) == 1


@pytest.mark.parametrize(
    ("cells", "small"),
    [((0, 0, 0, 5, 5), True), ((6, 6, 6, 6, 5), True), ((6, 6, 6, 6, 6), False), ((0, 0, 0, 5, 35), False)],
)
def test_r0_a_base_of_10_to_29_is_a_small_group(cells: tuple[int, ...], small: bool) -> None:
    assert safe(five(*cells)).small_group is small


def test_r0_a_base_that_may_be_under_30_for_all_that_is_shown_is_a_small_group_too() -> None:
    table = safe(five(0, 0, 0, 5, 25, missing={"skipped": 9}))  # as 0, 0, 0, 5, 23 with 11 who skipped it
    assert (table.base.value, table.base.low, table.small_group) == (30, 28, True)


def test_r1_counts_under_5_and_zeros_are_one_symbol_and_others_are_rounded_to_5() -> None:
    table = safe(five(0, 4, 5, 8, 43, missing={"skipped": 2, "dont_know": 13}))
    assert [(share.code, share.count.as_plain(), share.percent) for share in table.distribution] == [
        (1, "c", None),
        (2, "c", None),
        (3, 5, 8),
        (4, 10, 17),
        (5, 45, 75),
    ]
    assert table.base.as_total() == 60
    assert {kind: count.as_plain() for kind, count in table.missing.items()} == {"skipped": "c", "dont_know": 15}


@pytest.mark.parametrize("more", [{"minors": True}, {"sensitive": True}])
def test_r1_the_threshold_is_10_for_children_and_for_sensitive_items(more: dict[str, bool]) -> None:
    table = safe(five(9, 10, 14, 12, 30, **more))
    assert [share.count.as_plain() for share in table.distribution] == ["c", 10, 15, 10, 30]
    assert (table.distribution[0].count.low, table.distribution[0].count.high) == (0, 9)
    assert (table.distribution[1].count.low, table.distribution[1].count.high) == (10, 12)


def test_r1_an_option_declared_impossible_is_shown_as_0_and_must_be_empty() -> None:
    table = safe(five(0, 20, 20, 20, 20, structural_zeros=frozenset({1})))
    assert table.distribution[0].as_dict() == {"code": 1, "count": 0, "percent": 0}
    with pytest.raises(ValueError, match="declared impossible"):
        five(1, 20, 20, 20, 20, structural_zeros=frozenset({1}))


def test_r1_the_options_stand_in_the_order_of_their_codes_not_of_their_counts() -> None:
    counts = Counts({3: 50, 1: 30, 2: 20}, {"dont_know": 9, "skipped": 30})
    table = safe(ItemTable("PC02", "single", counts))
    assert [share.code for share in table.distribution] == [1, 2, 3]
    assert list(table.missing) == ["skipped", "dont_know"]
    assert table.headline is None


def test_r2_totals_are_rounded_on_their_own() -> None:
    table = safe(five(7, 7, 7, 7, 7))
    assert [share.count.value for share in table.distribution] == [5, 5, 5, 5, 5]
    assert table.base.value == 35


def test_r2_a_sensitive_item_is_withheld_where_nearly_all_gave_the_same_answer() -> None:
    held = safe(five(3, 3, 3, 0, 91, sensitive=True))
    assert (held.withheld, held.reason) == ("R1", "kept_private")
    assert (held.base.value, held.distribution, dict(held.missing)) == (100, (), {})
    assert (held.headline.withheld, held.headline.reason) == ("R1", "kept_private")
    assert safe(five(3, 3, 4, 0, 90, sensitive=True)).withheld is None
    assert safe(five(3, 3, 3, 0, 91)).withheld is None


def test_r2_under_20_answers_that_may_all_be_the_same_are_withheld() -> None:
    assert safe(five(0, 0, 0, 0, 19)).withheld == "R1"
    assert safe(five(0, 0, 0, 1, 18)).withheld == "R1"  # it prints as 0 and 19 do
    assert safe(five(0, 0, 0, 5, 14, missing={"skipped": 4})).withheld is None
    assert safe(five(0, 0, 0, 0, 20)).withheld is None


@pytest.mark.parametrize(
    ("cells", "missing"),
    [
        ((0, 0, 0, 13, 43), {}),  # 56 in all, as anybody may know: 13 and 43 are the fewest that print so
        ((0, 0, 0, 13, 43), {"skipped": 1}),
        ((4, 4, 4, 22, 52), {}),  # and here all are the most
        ((0, 0, 0, 13, 53), {"skipped": 8}),  # nor can there be fewer who skipped it
    ],
)
def test_r3_a_table_whose_counts_and_number_of_answers_pin_a_hidden_count_is_withheld_whole(
    cells: tuple[int, ...], missing: dict[str, int]
) -> None:
    table = safe(five(*cells, missing=missing))
    assert (table.withheld, table.reason, table.distribution) == ("R1", "kept_private", ())
    assert dict(table.missing) == {}
    assert safe(five(*cells, missing={"skipped": 2, "dont_know": 9})).withheld is None


def test_r3_the_kinds_of_missing_are_shown_only_where_the_rest_of_all_answers_leaves_a_hidden_one_room() -> None:
    cells = (20, 20, 20, 20, 20)
    assert dict(safe(five(*cells, missing={"skipped": 0, "dont_know": 0})).missing) == {}
    shown = safe(five(*cells, missing={"skipped": 2, "dont_know": 15})).missing
    assert {kind: count.as_plain() for kind, count in shown.items()} == {"skipped": "c", "dont_know": 15}
    alone = five(*cells, missing={"skipped": 15, "dont_know": 0}, kinds=frozenset({"skipped"}))
    assert safe(alone).missing["skipped"].value == 15  # everybody knows that nobody could say "don't know"


def test_several_choices_have_shares_of_those_who_answered_and_no_headline() -> None:
    counts = Counts({1: 50, 2: 31, 3: 2}, {"skipped": 40}, answered=62)
    table = safe(ItemTable("PC42", "multi", counts, multi=True))
    assert table.base.value == 60
    assert [(share.count.as_plain(), share.percent) for share in table.distribution] == [
        (50, 83),
        (30, 50),
        ("c", None),
    ]
    with pytest.raises(ValueError, match="no headline"):
        ItemTable("PC42", "multi", counts, headlines_for("freq5"), multi=True)
    with pytest.raises(ValueError, match="number of people"):
        ItemTable("PC42", "multi", Counts({1: 5}), multi=True)
    with pytest.raises(ValueError, match="only an item with several choices"):
        ItemTable("PC42", "single", counts)
    assert safe(ItemTable("PC42", "multi", Counts({1: 0, 2: 0}), multi=True)).withheld == "R0"


def test_an_item_cannot_stand_twice_in_a_release() -> None:
    with pytest.raises(ValueError, match="twice"):
        protect([five(1, 2, 3, 4, 5), five(1, 2, 3, 4, 6)], POLICY)


@pytest.mark.parametrize(
    ("count", "minors", "total"),
    [
        (0, False, {"fewer_than": 10}),
        (9, False, {"fewer_than": 10}),
        (10, False, 10),
        (19, True, {"fewer_than": 20}),
        (22, True, 20),
        (23, True, 25),
        (1169, False, 1170),
    ],
)
def test_how_many_answered_is_rounded_or_fewer_than_the_minimum(count: int, minors: bool, total: Any) -> None:
    assert total_safe(count, POLICY, minors).as_total() == total


def test_a_negative_total_is_an_error() -> None:
    with pytest.raises(ValueError, match="negative"):
        total_safe(-1, POLICY)


def test_a_release_reads_like_a_sequence_and_as_plain_json() -> None:
    first = five(8, 9, 13, 34, 56)
    release = protect([first, nps(40, 30, 50)], POLICY)
    assert [table.code for table in release] == ["PC06", "PC30"]
    assert (len(release), release[1].type) == (2, "nps11")
    assert json.loads(json.dumps(release.as_dict()))[0] == {
        "code": "PC06",
        "type": "freq5",
        "base": 120,
        "small_group": False,
        "missing": {},
        "distribution": [
            {"code": 1, "count": 10, "percent": 8},
            {"code": 2, "count": 10, "percent": 8},
            {"code": 3, "count": 15, "percent": 13},
            {"code": 4, "count": 35, "percent": 29},
            {"code": 5, "count": 55, "percent": 46},
        ],
        "headline": {"name": "top_two_box", "value": 75, "low": 67, "high": 82, "base": 120, "people": 90},
        "figures": [{"name": "top_two_box", "value": 75, "low": 67, "high": 82, "base": 120, "people": 90}],
    }
