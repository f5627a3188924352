"""Weights for a wave: whom the frame covers, margins merged by fixed rules, and when weighted figures are published."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.totals import total_safe
from feedback_app.domain.instrument import Instrument
from feedback_app.domain.population import Frame
from feedback_app.domain.weighting.effective import kish_design_effect, kish_effective_n
from feedback_app.domain.weighting.margins import Margin, as_it_is, by_locality, by_neighbours
from feedback_app.domain.weighting.weighing import Weighting, weigh
from tests.support.surveys import real_survey

LOCALITIES = {1: 10, 2: 10, 3: 20, 4: 20}
AGES = {1: 100, 2: 300, 3: 400, 4: 200}
ONE, TWO, NEITHER, OUTSIDE, NOT_SURE = 1, 2, 3, 90, 99


@pytest.fixture(scope="module")
def parents() -> Instrument:
    return real_survey("send_parents")


def frame(**more: Any) -> Frame:
    """Return a frame of four districts in two localities, four ages and two plans."""
    known: dict[str, Any] = {
        "source": "A count",
        "date": "2026-01",
        "place": "home",
        "covers": "Children with a plan or SEN support",
        "surveys": ["send_parents"],
        "groups": {
            "provision": {"plan": ONE, "support": TWO},
            "age_band": {f"age_{code}": code for code in AGES},
            "district": {f"district_{code}": code for code in LOCALITIES},
        },
        "margins": {
            "provision": {"plan": 300, "support": 700},
            "age_band": {f"age_{code}": people for code, people in AGES.items()},
            "district": {f"district_{code}": 250 for code in LOCALITIES},
        },
        "localities": LOCALITIES,
    }
    return Frame.model_validate(known | more)


def people(number: int = 400, seed: int = 1, **shares: list[float]) -> dict[str, Any]:
    """Return breakdown codes of people who answered a little unevenly."""
    rng = np.random.default_rng(seed)
    spread = {"provision": [0.5, 0.5], "age_band": [0.15, 0.3, 0.35, 0.2], "district": [0.3, 0.2, 0.3, 0.2]} | shares
    return {name: rng.choice(np.arange(1, len(part) + 1), number, p=part) for name, part in spread.items()}


def share(weighting: Weighting, codes: Any, code: int) -> float:
    """Return a group's weighted share of those covered."""
    weights = weighting.weights[weighting.covered]
    return float(weights[np.asarray(codes)[weighting.covered] == code].sum() / weights.sum())


def test_weights_bring_every_margin_to_the_population(parents: Instrument) -> None:
    told = people()
    found = weigh(frame(), told, parents)
    assert found.reasons == ()
    assert found.publishable
    assert found.margins == ("provision", "age_band", "district")
    assert (found.unknown, found.too_small, dict(found.merged)) == ((), (), {})
    assert share(found, told["provision"], ONE) == pytest.approx(0.3, abs=1e-6)
    assert share(found, told["age_band"], 3) == pytest.approx(0.4, abs=1e-6)
    assert share(found, told["district"], 2) == pytest.approx(0.25, abs=1e-6)
    assert found.weights.mean() == pytest.approx(1)
    assert found.people == 400
    assert found.effective_n == pytest.approx(kish_effective_n(found.weights))
    assert found.design_effect == pytest.approx(kish_design_effect(found.weights))


def test_who_is_outside_the_frame_keeps_a_weight_of_one_and_is_not_covered(parents: Instrument) -> None:
    told = people()
    told["provision"][:40] = NEITHER
    told["provision"][40:50] = -1
    told["district"][50:60] = OUTSIDE
    told["district"][60:70] = NOT_SURE
    told["age_band"][70:90] = -1
    told["district"][80:100] = -1
    found = weigh(frame(), told, parents)
    assert not found.covered[:70].any()
    assert found.covered[70:].all()
    assert (found.weights[:70] == 1).all()
    assert found.people == 330
    assert found.weights[found.covered].mean() == pytest.approx(1)
    assert set(found.categories["district"][:70].tolist()) == {-1}
    assert share(found, told["provision"], ONE) == pytest.approx(0.3, abs=1e-6)
    known = found.weights[found.categories["age_band"] > 0].sum()
    third = found.weights[found.categories["age_band"] == 3].sum()
    assert third / known == pytest.approx(0.4, abs=1e-6)


def test_what_the_frame_does_not_know_is_told_and_not_weighted_on(parents: Instrument) -> None:
    told = people()
    found = weigh(frame(margins={"provision": {"plan": 300, "support": 700}}), told, parents)
    assert (found.margins, found.unknown) == (("provision",), ("age_band", "district"))
    assert found.publishable
    assert sorted(set(np.round(found.weights, 9))) == sorted(
        {round(0.3 * 400 / (told["provision"] == 1).sum(), 9), round(0.7 * 400 / (told["provision"] == 2).sum(), 9)}
    )


def test_a_frame_without_numbers_weights_nobody(parents: Instrument) -> None:
    found = weigh(frame(margins={}), people(), parents)
    assert found.reasons == ("no_margin",)
    assert (found.weights == 1).all()
    assert found.design_effect == 1


def test_small_districts_are_told_by_locality_all_of_them(parents: Instrument) -> None:
    told = people(district=[0.01, 0.29, 0.4, 0.3])
    found = weigh(frame(), told, parents)
    assert found.merged["district"] == ((1, 2), (3, 4))
    assert set(found.categories["district"].tolist()) == {10, 20}
    assert found.publishable
    assert share(found, found.categories["district"], 10) == pytest.approx(0.5, abs=1e-6)


def test_a_plan_that_too_few_have_cannot_be_merged_and_forbids_weighted_figures(parents: Instrument) -> None:
    found = weigh(frame(), people(provision=[0.99, 0.01]), parents)
    assert found.margins == ("age_band", "district")
    assert found.too_small == ("provision",)
    assert found.reasons == ("few_in_a_group",)


def test_fewer_than_two_hundred_people_are_too_few(parents: Instrument) -> None:
    even = {"age_band": [0.25] * 4, "district": [0.25] * 4}
    assert weigh(frame(), people(202, **even), parents).reasons == ("fewer_than_200",)  # shown as 200: 198 to 202
    assert weigh(frame(), people(203, **even), parents).publishable


def test_nobody_or_nobody_covered_is_no_error(parents: Instrument) -> None:
    nobody = weigh(frame(), {name: [] for name in ("provision", "age_band", "district")}, parents)
    assert (nobody.people, nobody.effective_n, nobody.design_effect) == (0, 0.0, 1.0)
    assert "fewer_than_200" in nobody.reasons
    assert weigh(frame(), {}, parents).weights.size == 0
    unknown = weigh(frame(), {"provision": [-1] * 300}, parents)
    assert unknown.people == 0
    assert (unknown.weights == 1).all()


def test_a_breakdown_that_was_not_asked_counts_as_unknown(parents: Instrument) -> None:
    told = people()
    del told["age_band"]
    found = weigh(frame(), told, parents)
    assert found.margins == ("provision", "district")
    assert found.too_small == ("age_band",)
    assert found.reasons == ("few_in_a_group",)


def test_weights_that_cost_more_than_half_of_the_answers_are_not_published(parents: Instrument) -> None:
    skewed = {"plan": 900, "support": 100}
    wide = frame(margins={"provision": skewed})
    found = weigh(wide, people(provision=[0.06, 0.94]), parents)
    assert not found.publishable
    assert {"not_converged", "design_effect_over_2"} & set(found.reasons)
    assert found.weights.max() <= 3 * (1 + 1e-9)
    assert found.weights.mean() == pytest.approx(1)


@pytest.mark.parametrize("name", ["send_11_15", "send_16_25", "send_pictures", "powar_quick"])
def test_childrens_answers_are_never_weighted(name: str) -> None:
    found = weigh(frame(surveys=[name]), people(), real_survey(name))
    assert found.reasons == ("children",)
    assert (found.weights == 1).all()
    assert not found.covered.any()


def test_without_a_frame_of_this_survey_nobody_is_weighted(parents: Instrument) -> None:
    assert weigh(None, people(), parents).reasons == ("no_frame",)
    assert weigh(frame(surveys=["local_offer"]), people(), parents).reasons == ("other_survey",)


def test_every_breakdown_has_one_code_a_person(parents: Instrument) -> None:
    with pytest.raises(ValueError, match="one code a person"):
        weigh(frame(), {"provision": [1, 2], "age_band": [1]}, parents)


def smallest(margin: Margin) -> int:
    """Return the people in the smallest category of a margin."""
    return min(int((margin.categories == code).sum()) for code in margin.targets)


def counted(**groups: int) -> Any:
    """Return codes of people: so many of each group, named after its code."""
    return np.repeat([int(name.lstrip("g")) for name in groups], list(groups.values()))


def test_districts_are_kept_while_each_surely_has_ten() -> None:
    codes = counted(g1=13, g2=14, g3=15, g4=16)
    margin = by_locality(codes, dict.fromkeys(LOCALITIES, 5), LOCALITIES)
    assert (margin.usable, dict(margin.merged)) == (True, {})
    assert margin.categories is codes


def test_one_district_that_may_have_under_ten_moves_the_whole_margin_to_localities() -> None:
    margin = by_locality(counted(g1=12, g2=13, g3=14, g4=15), {1: 1, 2: 2, 3: 3, 4: 4}, LOCALITIES)
    assert dict(margin.targets) == {10: 3, 20: 7}
    assert dict(margin.merged) == {10: (1, 2), 20: (3, 4)}
    assert margin.usable


def test_a_locality_that_may_have_under_ten_makes_the_districts_unusable(parents: Instrument) -> None:
    assert not by_locality(counted(g1=4, g2=9, g3=50, g4=50), {1: 1, 2: 2, 3: 3, 4: 4}, LOCALITIES).usable
    told = people() | {"district": np.repeat([1, 2, 3, 4], [2, 3, 195, 200])}
    found = weigh(frame(), told, parents)
    assert (found.too_small, found.margins, dict(found.merged)) == (("district",), ("provision", "age_band"), {})
    assert found.reasons == ("few_in_a_group",)


def test_a_district_in_no_locality_cannot_be_merged() -> None:
    assert not by_locality(counted(g1=12, g2=13), {1: 1, 2: 2}, {1: 10}).usable


@pytest.mark.parametrize(
    ("groups", "merged"),
    [
        ({"g1": 13, "g2": 13, "g3": 13, "g4": 13}, {}),
        ({"g1": 50, "g2": 50, "g3": 50, "g4": 12}, {1: (1,), 2: (2,), 3: (3, 4)}),
        ({"g1": 50, "g2": 50, "g3": 50}, {1: (1,), 2: (2,), 3: (3, 4)}),
        ({"g1": 12, "g2": 50, "g3": 50, "g4": 50}, {1: (1, 2), 3: (3,), 4: (4,)}),
        ({"g1": 50, "g2": 50, "g3": 4, "g4": 9}, {1: (1,), 2: (2, 3, 4)}),
        ({"g1": 50, "g2": 50, "g3": 6, "g4": 6}, {1: (1,), 2: (2,), 3: (3, 4)}),
        ({"g1": 2, "g2": 2, "g3": 50, "g4": 50}, {1: (1, 2, 3), 4: (4,)}),
    ],
)
def test_an_age_with_few_people_joins_the_next_younger_and_the_youngest_the_next_older(
    groups: dict[str, int], merged: dict[int, tuple[int, ...]]
) -> None:
    margin = by_neighbours(counted(**groups), AGES)
    assert dict(margin.merged) == merged
    assert margin.usable
    assert smallest(margin) >= 10
    assert sum(margin.targets.values()) == sum(AGES.values())


@pytest.mark.parametrize("groups", [{"g1": 3, "g2": 3, "g3": 3, "g4": 4}, {"g2": 60}])
def test_ages_that_end_up_as_one_group_are_not_weighted_on(groups: dict[str, int]) -> None:
    margin = by_neighbours(counted(**groups), AGES)
    assert len(margin.targets) == 1
    assert not margin.usable


def test_merging_leaves_nobody_out_and_no_group_under_ten() -> None:
    rng = np.random.default_rng(13)
    for _ in range(800):
        codes = rng.choice([-1, 1, 2, 3, 4], rng.integers(0, 120), p=rng.dirichlet([0.5] * 5))
        for margin in (by_neighbours(codes, AGES), by_locality(codes, AGES, LOCALITIES), as_it_is(codes, AGES)):
            assert ((margin.categories == -1) == (codes == -1)).all()
            assert sum(margin.targets.values()) == sum(AGES.values())
            assert set(margin.categories.tolist()) - {-1} <= set(margin.targets)
            together = [code for group in margin.merged.values() for code in group]
            assert sorted(together) in ([], [1, 2, 3, 4])
            assert not margin.usable or smallest(margin) >= 10


def lookalike(counts: list[int], rng: np.random.Generator) -> list[int]:
    """Return other counts that are shown alike: hidden under 5, else rounded to the nearest 5."""
    middles = [(n + 2) // 5 * 5 for n in counts]
    return [
        int(rng.integers(0, 5) if n < 5 else rng.integers(max(5, middle - 2), middle + 3))
        for n, middle in zip(counts, middles, strict=True)
    ]


def test_counts_that_are_shown_alike_are_weighted_on_alike(parents: Instrument) -> None:
    rng, decisions = np.random.default_rng(14), set()
    for _ in range(1500):
        counts = rng.choice([2, 6, 9, 11, 13, 30, 150], 4).tolist()
        other = lookalike(counts, rng)
        one, two = (np.repeat(list(AGES), some) for some in (counts, other))
        for merge in (by_neighbours, as_it_is, partial(by_locality, localities=LOCALITIES)):
            first, second = merge(one, AGES), merge(two, AGES)
            assert (first.usable, first.merged) == (second.usable, second.merged), (counts, other)
            decisions.add((first.usable, bool(first.merged)))
    assert len(decisions) == 4


def test_what_is_told_of_a_weighting_is_the_same_for_all_that_is_shown_alike(parents: Instrument) -> None:
    rng, told = np.random.default_rng(15), set()
    plans_alone = frame(margins={"provision": {"plan": 300, "support": 700}})
    for _ in range(1500):
        counts = [int(rng.choice([2, 6, 11, 13, 30])), int(rng.choice([150, 172, 187, 190, 196, 300]))]
        other = lookalike(counts, rng)
        if total_safe(sum(counts), Policy()) != total_safe(sum(other), Policy()):
            continue
        one, two = (weigh(plans_alone, {"provision": np.repeat([ONE, TWO], some)}, parents) for some in (counts, other))
        assert (one.margins, one.too_small, one.merged) == (two.margins, two.too_small, two.merged), (counts, other)
        for reason in ("fewer_than_200", "few_in_a_group"):
            assert (reason in one.reasons) == (reason in two.reasons), (counts, other)
            told.add((reason, reason in one.reasons))
    assert len(told) == 4


def test_who_is_not_sure_of_a_district_or_lives_elsewhere_counts_where_districts_are_not_weighted_on(
    parents: Instrument,
) -> None:
    told = people()
    told["district"][50:60], told["district"][60:70] = OUTSIDE, NOT_SURE
    alone = weigh(frame(margins={"provision": {"plan": 300, "support": 700}}), told, parents)
    assert alone.covered.all()
    with_districts = weigh(frame(unsure={"district": (NOT_SURE,)}), told, parents)
    assert not with_districts.covered[50:60].any()
    assert with_districts.covered[60:].all()
    assert set(with_districts.categories["district"][60:70].tolist()) == {-1}
