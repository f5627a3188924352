"""Changes between two waves through the gate: what they are made from, when they are refused, and their family."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_app.domain.disclosure.changes import protect_changes, protect_scale_changes
from feedback_app.domain.disclosure.gate import protect
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.rules import ItemTable, ScaleTable, Weighted
from feedback_app.domain.disclosure.safe import SafeChange
from feedback_app.domain.scoring.changes import share_change
from feedback_app.domain.scoring.counts import Counts, EffectiveCounts
from feedback_app.domain.scoring.families import Verdict
from feedback_app.domain.scoring.headlines import headlines_for, share_headline
from feedback_app.domain.scoring.reliability import Alpha
from feedback_app.domain.scoring.scales import MeanScore

POLICY = Policy()


def five(*counts: int, code: str = "PC06", **more: Any) -> ItemTable:
    item_type = more.pop("type", "freq5")
    values = dict(enumerate(counts, start=1))
    return ItemTable(code, item_type, Counts(values), more.pop("headlines", headlines_for(item_type)), **more)


def weighted(table: ItemTable, share: float = 0.8) -> ItemTable:
    """Return the table with everybody covered and a design effect of 1 / share."""
    values = table.counts.values
    effective = EffectiveCounts({code: share * count for code, count in values.items()}, table.counts.base)
    return replace(table, weighted=Weighted(effective, values, ()))


def change(before: ItemTable, after: ItemTable, name: str | None = None, **more: Any) -> SafeChange:
    (only,) = protect_changes([before], [after], [(before.code, name)], POLICY, **more)
    return only


THEN, NOW = five(20, 30, 20, 40, 40), five(10, 20, 20, 60, 60)


def test_a_change_is_the_difference_of_unrounded_figures_in_whole_points_with_its_range() -> None:
    made = change(THEN, NOW)
    exact = share_change(THEN.counts, NOW.counts, (4, 5))
    assert exact is not None
    assert made.as_dict() == {
        "code": "PC06",
        "name": "top_two_box",
        "weighted": False,
        "before": {"name": "top_two_box", "value": 53, "low": 45, "high": 61, "base": 150, "people": 80},
        "after": {"name": "top_two_box", "value": 71, "low": 63, "high": 77, "base": 170, "people": 120},
        "change": round(exact.value),
        "low": round(exact.low),
        "high": round(exact.high),
        "verdict": "higher",
        "clear_alone": True,
        "p": 0.01,
        "m": 1,
    }
    assert json.loads(json.dumps(made.as_dict())) == made.as_dict()


def test_a_change_shows_the_figures_that_each_wave_shows_of_itself() -> None:
    made = change(THEN, NOW)
    assert made.before == protect([THEN], POLICY)[0].headline
    assert made.after == protect([NOW], POLICY)[0].headline


def test_looked_at_the_other_way_round_higher_is_lower() -> None:
    there, back = change(THEN, NOW), change(NOW, THEN)
    assert (there.verdict, back.verdict) == (Verdict.HIGHER, Verdict.LOWER)
    assert (there.value, there.p) == (-back.value, back.p)


def test_a_change_of_a_wave_under_100_is_made_from_the_same_rounded_sums_as_its_figure() -> None:
    few = five(2, 8, 12, 24, 14)  # 38 and 22 of 60, rounded on their own: 40 and 20
    made = change(few, NOW)
    rounded = share_change(Counts({1: 20, 5: 40}), Counts({1: 50, 5: 120}), (5,))
    ends = [
        share_change(Counts({1: no, 5: yes}), Counts({1: 50, 5: 120}), (5,))
        for no, yes in ((58 - 42, 42), (62 - 38, 38))
    ]
    assert made.value == round(rounded.value)
    assert (made.low, made.high) == (round(ends[0].low), round(ends[1].high))
    for other in (five(2, 8, 12, 25, 14), five(2, 8, 11, 24, 15)):
        assert change(other, NOW) == made


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (five(4, 5, 5, 5, 5), "too_few"),
        (five(1, 1, 1, 1, 1), "too_few"),
        (five(0, 0, 0, 0, 400), "withheld"),
        (five(1, 1, 2, 200, 200), "withheld"),
    ],
)
def test_a_change_is_refused_where_either_wave_shows_too_little(table: ItemTable, reason: str) -> None:
    for made, when in ((change(table, NOW), "before"), (change(THEN, table), "after")):
        assert (made.refused, made.value, made.low, made.high, made.verdict, made.p) == (
            f"{reason}_{when}",
            *[None] * 5,
        )
        assert made.as_dict()["refused"] == f"{reason}_{when}"
        assert "change" not in made.as_dict()


@pytest.mark.parametrize(("base", "made"), [(29, False), (30, True), (31, True)])
def test_every_wave_needs_30_answers(base: int, made: bool) -> None:
    small = five(5, 5, 5, 5, base - 20)
    assert (change(small, NOW).refused is None) is made


@pytest.mark.parametrize(("base", "made"), [(50, False), (52, False), (53, True)])
@pytest.mark.parametrize("kind", ["minors", "smiley3"])
def test_children_and_three_faces_need_50_as_far_as_the_shown_base_tells(base: int, made: bool, kind: str) -> None:
    if kind == "minors":
        before, after = (five(10, 10, 10, 10, each - 40, minors=True) for each in (base, 200))
    else:
        before, after = (five(25, 0, each - 25, type="smiley3") for each in (base, 200))
    assert (change(before, after).refused is None) is made


def test_the_bases_that_are_shown_alike_are_refused_alike() -> None:
    assert {change(five(0, 0, 25, 0, base - 25, minors=True), NOW).refused for base in range(48, 53)} == {
        "too_few_before"
    }


def test_what_cannot_be_compared_is_refused_with_the_reason_given_and_keeps_both_figures() -> None:
    made = change(THEN, NOW, refused={"PC06": "wording"})
    assert (made.refused, made.value, made.before.value, made.after.value) == ("wording", None, 53, 71)


def test_a_question_of_one_wave_alone_is_absent_or_dropped() -> None:
    first, second = protect_changes(
        [THEN], [five(1, 2, 3, 4, 5, code="PC99")], [("PC99", None), ("PC06", None)], POLICY
    )
    assert (first.refused, first.name, first.before) == ("absent", "top_two_box", None)
    assert (second.refused, second.after, second.before.value) == ("dropped", None, 53)
    (nowhere,) = protect_changes([], [], [("PC01", "csat")], POLICY)
    assert (nowhere.refused, nowhere.before, nowhere.after) == ("absent", None, None)


def test_a_figure_without_an_interval_and_one_that_counts_other_options_are_not_compared() -> None:
    csat = five(20, 30, 20, 40, 40, type="csat5"), five(10, 20, 20, 60, 60, type="csat5")
    assert change(*csat, "mean_satisfaction").refused == "no_interval"
    assert change(*csat, "csat").verdict is Verdict.HIGHER
    other = replace(NOW, headlines=(share_headline("top_two_box", (3, 4, 5)),))
    assert change(THEN, other).refused == "options"
    assert change(THEN, NOW, "net_score").refused == "absent"


def test_nps_changes_in_points() -> None:
    then = [8, 7, 7, 7, 7, 7, 7, 15, 15, 20, 20]  # 40 promoters, 30 passives, 50 detractors
    now = [7, 7, 7, 7, 7, 7, 7, 22, 23, 33, 33]
    before, after = (
        ItemTable("PC22", "nps11", Counts(dict(enumerate(wave))), headlines_for("nps11")) for wave in (then, now)
    )
    made = change(before, after)
    assert (made.name, made.value, made.before.value, made.after.value) == ("nps", 19, -8, 11)
    assert made.verdict is Verdict.NO_CLEAR_CHANGE
    assert made.low < 0 < made.high


def test_all_changes_of_a_call_are_one_family_and_refused_ones_do_not_count() -> None:
    codes = [f"PC{number:02}" for number in range(10, 30)]
    still = [five(20, 30, 20, 40, 40, code=code) for code in codes]
    slightly = [*still[:-1], five(14, 21, 18, 50, 53, code=codes[-1])]
    alone = change(still[-1], slightly[-1])
    assert (alone.verdict, alone.m, alone.clear_alone) == (Verdict.HIGHER, 1, True)
    family = protect_changes(still, slightly, [(code, None) for code in codes], POLICY, refused={codes[0]: "wording"})
    assert [made.code for made in family] == codes
    assert {made.m for made in family} == {19}
    last = family[-1]
    assert (last.verdict, last.clear_alone, last.value) == (Verdict.NO_CLEAR_CHANGE, True, alone.value)
    assert (last.low, last.high) == (alone.low, alone.high)
    assert last.p > 0.05 >= alone.p


def test_a_weighted_change_is_made_from_weighted_figures_in_both_waves() -> None:
    then, now = five(30, 40, 30, 60, 60), five(20, 30, 30, 90, 90)
    made = change(weighted(then), weighted(now), weighted=True)
    plain = change(then, now)
    assert (made.weighted, plain.weighted, made.value) == (True, False, plain.value)
    assert made.high - made.low > plain.high - plain.low
    assert made.before == protect([weighted(then)], POLICY)[0].weighted[0]
    assert change(weighted(then), now, weighted=True).refused == "no_weights_after"
    assert change(then, weighted(now), weighted=True).refused == "no_weights_before"
    few = five(10, 10, 20, 25, 25)  # 90 covered
    assert change(weighted(few), weighted(now), weighted=True).refused == "withheld_before"


def score(value: float, sd: float = 22.0, base: int = 150) -> MeanScore:
    return MeanScore(value, value - 3, value + 3, sd, base, 5, float(base))


def scale(mean: MeanScore, code: str = "VOICE", **more: Any) -> ScaleTable:
    given = {"minors": False, "weighted": None, "alike": 100} | more
    return ScaleTable(code=code, mean=mean, alpha=Alpha(0.8, 0.7, 0.9, 6, 120), **given)


def test_scores_change_in_whole_points_by_welch() -> None:
    (made,) = protect_scale_changes([scale(score(50.2))], [scale(score(59.9))], ["VOICE"], POLICY)
    assert (made.name, made.before.value, made.after.value, made.value, made.low, made.high) == (
        "score",
        50,
        60,
        10,
        5,
        15,
    )
    assert (made.verdict, made.m) == (Verdict.HIGHER, 1)


def test_scores_are_refused_as_items_are() -> None:
    good = scale(score(50.0))
    for before, after, more, reason in (
        (scale(score(50.0, base=99), alike=99), good, {}, "withheld_before"),
        (good, scale(score(50.0, base=20)), {}, "too_few_after"),
        (good, scale(score(50.0), alike=4), {}, "withheld_after"),
        (good, good, {"weighted": True}, "no_weights_before"),
        (good, good, {"refused": {"VOICE": "other_items"}}, "other_items"),
    ):
        (made,) = protect_scale_changes([before], [after], ["VOICE"], POLICY, **more)
        assert (made.refused, made.value) == (reason, None)
    loose = replace(good, alpha=Alpha(0.594, 0.5, 0.7, 6, 120))  # its questions are shown, never its score
    (made,) = protect_scale_changes([good], [loose], ["VOICE"], POLICY)
    assert made.refused == "withheld_after"
    (gone,) = protect_scale_changes([good], [], ["VOICE"], POLICY)
    assert (gone.refused, gone.m) == ("dropped", 0)


cells = st.tuples(*[st.one_of(st.integers(0, 15), st.integers(0, 120))] * 5)


@settings(max_examples=150)
@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=5), st.booleans())
def test_a_made_change_agrees_with_its_verdict_and_with_the_figures_beside_it(
    pairs: list[tuple[tuple[int, ...], tuple[int, ...]]], sensitive: bool
) -> None:
    waves = [
        [five(*pair[side], code=f"PC{at:02}", sensitive=sensitive) for at, pair in enumerate(pairs)] for side in (0, 1)
    ]
    made = protect_changes(*waves, [(table.code, None) for table in waves[0]], POLICY)
    releases = [protect(tables, POLICY) for tables in waves]
    family = sum(not c.refused or c.refused.startswith("withheld_") for c in made)
    for one, before, after in zip(made, *releases, strict=True):
        assert (one.before, one.after, one.m) == (before.headline, after.headline, family)
        if one.refused:
            assert (one.value, one.verdict, one.p, one.clear_alone) == (None, None, None, False)
            continue
        assert not before.headline.withheld
        assert not after.headline.withheld
        assert min(before.base.low, after.base.low) >= 30
        assert one.low <= one.value <= one.high
        assert abs(one.value - (after.headline.value - before.headline.value)) <= 1
        assert 0.01 <= one.p <= 1
        clear = one.clear_alone and one.p <= 0.05
        assert (one.verdict is not Verdict.NO_CLEAR_CHANGE) == clear
        assert one.verdict is not Verdict.HIGHER or one.low >= 0
        assert one.verdict is not Verdict.LOWER or one.high <= 0
