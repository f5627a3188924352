"""Disclosure control: each rule R0 to R2 with cases that can be checked by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from feedback_app.domain.disclosure import sources
from feedback_app.domain.disclosure.gate import protect, total_safe
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.rules import TELLS_HIDDEN, ItemTable
from feedback_app.domain.disclosure.safe import SafeTable
from feedback_app.domain.scoring.counts import Counts
from feedback_app.domain.scoring.figures import net_score, share_of
from feedback_app.domain.scoring.headlines import HeadlineSpec, headlines_for, share_headline

POLICY = Policy()
NET = HeadlineSpec("net_score", net_score, (frozenset({4, 5}), frozenset({1, 2})))
DISCLOSURE_FILE = Path(__file__).parents[2] / "surveys" / "lancashire" / "disclosure.yaml"


def five(*counts: int, **more: Any) -> ItemTable:
    missing = more.pop("missing", {})
    item_type = more.pop("type", "freq5")
    values = dict(zip(range(1, 6), counts, strict=True))
    more.setdefault("headlines", headlines_for(item_type))
    return ItemTable("PC06", item_type, Counts(values, missing), **more)


def nps(promoters: int, passives: int, detractors: int) -> ItemTable:
    values = dict.fromkeys(range(11), 0) | {9: promoters, 8: passives, 3: detractors}
    return ItemTable("PC30", "nps11", Counts(values), headlines_for("nps11"))


def faces(no: int, sometimes: int, yes: int, **more: Any) -> ItemTable:
    return ItemTable("CE01", "smiley3", Counts({1: no, 2: sometimes, 3: yes}), headlines_for("smiley3"), **more)


def safe(table: ItemTable) -> SafeTable:
    return protect([table], POLICY)[0]


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


@pytest.mark.parametrize(("base", "small"), [(10, True), (29, True), (30, False), (31, False)])
def test_r0_a_base_of_10_to_29_is_a_small_group(base: int, small: bool) -> None:
    assert safe(five(0, 0, 0, 5, base - 5)).small_group is small


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


def test_r2_a_headline_of_100_or_more_comes_from_exact_counts_in_whole_percent() -> None:
    table = safe(five(8, 9, 13, 34, 56))
    assert table.headline.as_dict() == {
        "name": "top_two_box",
        "value": 75,
        "low": 67,
        "high": 82,
        "base": 120,
        "people": 90,
    }
    assert safe(five(8, 9, 13, 34, 57)).headline.value == 75
    assert safe(five(8, 9, 14, 34, 55)).headline.value == 74


def test_r2_a_headline_under_100_comes_from_sums_rounded_on_their_own() -> None:
    table = safe(five(2, 8, 12, 24, 14))
    rounded, least, most = (
        share_of(Counts({1: base - yes, 5: yes}), "top_two_box", (4, 5)) for yes, base in ((40, 60), (38, 62), (42, 58))
    )
    assert (table.headline.value, table.headline.low, table.headline.high) == (67, 49, 82)
    assert (round(rounded.value), round(least.low), round(most.high)) == (67, 49, 82)
    assert safe(five(2, 8, 12, 22, 14)).headline.value == 58  # 35 of 60, though the other 22 are rounded to 20


def test_r2_one_small_cell_among_60_answers_does_not_take_the_headline_away() -> None:
    for cells in ((2, 8, 12, 24, 14), (0, 3, 12, 30, 15), (10, 10, 12, 25, 3), (4, 4, 4, 24, 24)):
        assert safe(five(*cells)).headline.withheld is None


def test_r1_a_headline_whose_numerator_or_complement_is_under_the_threshold_is_withheld() -> None:
    for cells in ((20, 20, 16, 2, 2), (1, 1, 2, 30, 26), (300, 300, 300, 2, 2), (1, 1, 2, 700, 700)):
        headline = safe(five(*cells)).headline
        assert headline.as_dict() == {"name": "top_two_box", "withheld": "R1"}
        assert (headline.value, headline.low, headline.high) == (None, None, None)
    assert safe(five(1, 1, 3, 30, 26)).headline.withheld is None


def test_r2_a_sum_that_would_tell_a_hidden_count_is_not_used() -> None:
    told = faces(0, 40, 40)
    assert [figure.withheld for figure in safe(told).figures] == [None, "R1"]
    both_four = ItemTable("PC40", "single", Counts({1: 4, 2: 4, 3: 52}), (share_headline("first_two", (1, 2)),))
    assert safe(both_four).headline.as_dict() == {"name": "first_two", "withheld": "R1"}
    assert sources.headline_sources(both_four, POLICY)[0].held == ("R2", TELLS_HIDDEN)


def test_r2_exact_counts_give_way_to_rounded_ones_where_they_would_tell_a_hidden_count() -> None:
    for cells, value in (({1: 7, 2: 4, 3: 90}, 10), ({1: 24, 2: 3, 3: 94}, 22)):
        table = ItemTable("PC40", "single", Counts(cells), (share_headline("first_two", (1, 2)),))
        assert safe(table).headline.value == value
    both = ItemTable("PC40", "single", Counts({1: 7, 2: 4, 3: 92}), (share_headline("first_two", (1, 2)),))
    assert safe(both).headline.withheld == "R1"
    assert sources.headline_sources(both, POLICY)[0].held == ("R2", TELLS_HIDDEN)


def test_r2_a_second_figure_must_not_give_away_what_the_first_left_hidden() -> None:
    assert [figure.withheld for figure in safe(faces(57, 3, 60)).figures] == [None, "R1"]
    assert [figure.value for figure in safe(faces(50, 20, 50)).figures] == [42, 42]


def test_r2_a_mean_needs_every_count_to_be_shown() -> None:
    csat, mean = safe(five(23, 46, 153, 419, 528, type="csat5")).figures
    assert (csat.name, csat.value, mean.name, mean.value, mean.low) == ("csat", 81, "mean_satisfaction", 80, None)
    csat, mean = safe(five(2, 46, 153, 419, 528, type="csat5")).figures
    assert (csat.withheld, mean.withheld) == (None, "R1")


def test_r2_a_sensitive_item_is_withheld_where_nearly_all_gave_the_same_answer() -> None:
    held = safe(five(3, 3, 3, 0, 91, sensitive=True))
    assert (held.withheld, held.reason) == ("R1", "kept_private")
    assert (held.base.value, held.distribution, dict(held.missing)) == (100, (), {})
    assert (held.headline.withheld, held.headline.reason) == ("R1", "kept_private")
    assert safe(five(3, 3, 4, 0, 90, sensitive=True)).withheld is None
    assert safe(five(3, 3, 3, 0, 91)).withheld is None


def test_r2_under_20_answers_that_are_all_the_same_are_withheld() -> None:
    assert safe(five(0, 0, 0, 0, 19)).withheld == "R1"
    assert safe(five(0, 0, 0, 1, 18)).withheld is None
    assert safe(five(0, 0, 0, 0, 20)).withheld is None


def test_nps_is_not_published_under_30_answers() -> None:
    (held,) = safe(nps(12, 8, 9)).figures
    assert (held.as_dict(), held.reason) == ({"name": "nps", "withheld": "R0"}, "fewer_than_30")
    assert safe(nps(12, 8, 10)).figures[0].withheld is None


def test_nps_heads_an_item_only_where_the_base_is_seen_to_be_100_or_more() -> None:
    for few in (nps(12, 8, 9), nps(12, 8, 10), nps(40, 30, 29), nps(40, 30, 32)):
        assert safe(few).headline is None
        assert safe(few).as_dict()["headline"] is None
        assert safe(few).as_dict()["figures"][0]["name"] == "nps"
    many = safe(nps(40, 30, 33))
    assert many.headline is many.figures[0]


def test_nps_is_exact_from_100_and_rounded_below_and_needs_all_three_groups() -> None:
    headline = safe(nps(40, 30, 50)).headline
    assert (headline.value, headline.low, headline.high) == (-8, -23, 7)
    assert safe(nps(21, 12, 17)).figures[0].value == 10  # 20 less 15, of 50
    spread = Counts(dict(enumerate((3, 3, 3, 3, 2, 2, 2, 2, 3, 4, 5))))  # 9, 5 and 18 people
    crowded = safe(ItemTable("PC30", "nps11", spread, headlines_for("nps11")))
    assert (crowded.base.value, crowded.figures[0].value) == (30, -29)  # 10 less 20 leave nobody of 30: of 35
    assert safe(nps(80, 36, 4)).headline.withheld == "R1"


def test_net_is_protected_like_nps() -> None:
    table = five(20, 30, 30, 25, 15, headlines=(NET,))
    assert (safe(table).headline.name, safe(table).headline.value) == ("net_score", -8)


def test_a_share_with_a_base_of_its_own_is_judged_by_that_base() -> None:
    spec = share_headline("in_time", (1,), (1, 2))
    assert safe(ItemTable("EH02", "single", Counts({1: 60, 2: 60, 3: 2}), (spec,))).headline.value == 50
    few = safe(ItemTable("EH02", "single", Counts({1: 5, 2: 4, 3: 60}), (spec,))).headline
    assert (few.as_dict(), few.base.as_total()) == ({"name": "in_time", "withheld": "R0"}, {"fewer_than": 10})
    some = safe(ItemTable("EH02", "single", Counts({1: 21, 2: 22, 3: 60}), (spec,))).headline
    assert (some.value, some.people.value, some.base.value) == (44, 20, 45)


def test_a_reverse_coded_item_has_its_favourable_share_as_headline() -> None:
    table = five(50, 25, 15, 20, 10, headlines=headlines_for("agree5", reverse_coded=True))
    assert (safe(table).headline.name, safe(table).headline.value) == ("favourable", 63)


def test_headlines_follow_the_type_and_the_items_own_codes() -> None:
    assert [spec.name for spec in headlines_for("csat5")] == ["csat", "mean_satisfaction"]
    assert headlines_for("multi") == headlines_for("text") == ()
    (spec,) = headlines_for("smiley5", top=(1, 2))
    assert spec.function(Counts({1: 30, 2: 10, 3: 60, 4: 0, 5: 0})).value == 40.0
    with pytest.raises(ValueError, match="two groups"):
        HeadlineSpec("net_score", net_score, (frozenset({3, 4}), frozenset({3, 2})))
    with pytest.raises(ValueError, match="not in the base"):
        share_headline("share", (3,), (1, 2))


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


def test_a_headline_under_its_own_minimum_base_is_withheld() -> None:
    spec = replace(share_headline("top_two_box", (4, 5)), minimum_base=50)
    assert safe(five(10, 10, 9, 10, 10, headlines=(spec,))).headline.withheld == "R0"
    assert safe(five(10, 10, 10, 10, 10, headlines=(spec,))).headline.value == 40
