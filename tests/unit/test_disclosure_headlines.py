"""Headlines through the gate: what they are computed from, and when they are withheld, with cases checked by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feedback_app.domain.disclosure import sources
from feedback_app.domain.disclosure.rules import PART_TOO_SMALL, TELLS_HIDDEN, ItemTable
from feedback_app.domain.scoring.counts import Counts
from feedback_app.domain.scoring.figures import net_score, share_of
from feedback_app.domain.scoring.headlines import HeadlineSpec, headlines_for, share_headline
from tests.support.item_tables import POLICY, faces, five, nps, safe

NET = HeadlineSpec("net_score", net_score, (frozenset({4, 5}), frozenset({1, 2})))


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


def test_r3_a_part_that_is_one_hidden_count_is_not_told() -> None:
    assert [figure.withheld for figure in safe(faces(0, 40, 40)).figures] == [None, "R1"]
    assert sources.headline_sources(faces(0, 40, 40), POLICY)[1].held == ("R1", PART_TOO_SMALL)


@pytest.mark.parametrize(
    ("cells", "value"),
    [
        ({1: 7, 2: 4, 3: 90}, 9),  # 5 to 7 and 0 to 4 make 5 to 11: 11 would tell the 4, so 9 of 101
        ({1: 24, 2: 3, 3: 94}, 22),  # 22 to 26 and 0 to 4 make 22 to 30: 27 of 121 leaves 1 to 4
        ({1: 23, 2: 0, 3: 96}, 21),  # 23 would tell the 0, so 25 of 119
        ({1: 4, 2: 4, 3: 110}, 5),  # 8 would tell both, so 6 of 118
    ],
)
def test_r3_a_sum_near_an_end_of_what_its_counts_allow_is_held_two_within(cells: dict[int, int], value: int) -> None:
    counts = Counts(cells, {"skipped": 20})
    shown = safe(ItemTable("PC40", "single", counts, (share_headline("first_two", (1, 2)),)))
    assert (shown.headline.value, shown.base.value) == (value, 5 * ((counts.base + 2) // 5))


def test_r3_what_one_sum_gains_another_loses_so_that_the_base_stays() -> None:
    table = ItemTable("PC40", "single", Counts({1: 23, 2: 0, 3: 96}), (share_headline("first_two", (1, 2)),))
    (source,) = sources.headline_sources(table, POLICY)
    assert (source.counts.of((1, 2)), source.counts.of((3,)), source.counts.base) == (25, 94, 119)
    assert source.known == {frozenset({1, 2}): (23, 25), frozenset({3}): (94, 96)}


def test_r3_a_figure_whose_sums_cannot_all_be_held_is_withheld_and_the_rest_stands() -> None:
    table = ItemTable("PC40", "single", Counts({1: 4, 2: 4, 3: 52, 4: 2}), (share_headline("first_two", (1, 2)),))
    assert sources.headline_sources(table, POLICY)[0].held == ("R2", TELLS_HIDDEN)  # as anybody may know, 62 answered
    assert (safe(table).withheld, safe(table).headline.as_dict()) == (None, {"name": "first_two", "withheld": "R1"})


def test_r2_a_second_figure_must_not_give_away_what_the_first_left_hidden() -> None:
    assert [figure.withheld for figure in safe(faces(57, 3, 60)).figures] == [None, "R1"]
    assert [figure.value for figure in safe(faces(50, 20, 50)).figures] == [42, 42]


def test_r2_a_mean_needs_every_count_to_be_shown() -> None:
    csat, mean = safe(five(23, 46, 153, 419, 528, type="csat5")).figures
    assert (csat.name, csat.value, mean.name, mean.value, mean.low) == ("csat", 81, "mean_satisfaction", 80, None)
    csat, mean = safe(five(2, 46, 153, 419, 528, type="csat5")).figures
    assert (csat.withheld, mean.withheld) == (None, "R1")


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
    assert safe(ItemTable("EH02", "single", Counts({1: 60, 2: 60, 3: 8}), (spec,))).headline.value == 50
    some = safe(ItemTable("EH02", "single", Counts({1: 21, 2: 22, 3: 60}), (spec,))).headline
    assert (some.value, some.people.value, some.base.value) == (44, 20, 45)
    few = safe(ItemTable("EH02", "single", Counts({1: 10, 2: 9, 3: 60}), (spec,), minors=True)).headline
    assert (few.value, few.reason) == (None, "kept_private")


def test_a_share_of_some_is_withheld_where_few_others_could_be_subtracted() -> None:
    spec = share_headline("in_time", (1,), (1, 2))
    shown = safe(ItemTable("EH02", "single", Counts({1: 60, 2: 60, 3: 2}), (spec,)))
    assert (shown.withheld, shown.headline.withheld, shown.headline.base.value) == (None, "R1", 120)


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


def test_a_headline_under_its_own_minimum_base_is_withheld() -> None:
    spec = replace(share_headline("top_two_box", (4, 5)), minimum_base=50)
    assert safe(five(10, 10, 9, 10, 10, headlines=(spec,))).headline.withheld == "R0"
    assert safe(five(10, 10, 10, 10, 10, headlines=(spec,))).headline.value == 40
