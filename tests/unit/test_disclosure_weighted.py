"""Weighted figures through the gate: when they stand, and a reader who solves both figures for a category."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_app.domain.disclosure import sources
from feedback_app.domain.disclosure.gate import protect
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.rules import CATEGORY_TOO_SMALL, TELLS_HIDDEN, ItemTable, Weighted
from feedback_app.domain.disclosure.safe import SafeFigure, SafeTable
from feedback_app.domain.scoring.counts import Counts, EffectiveCounts
from feedback_app.domain.scoring.figures import share_of
from feedback_app.domain.scoring.headlines import HeadlineSpec, headlines_for, share_headline

POLICY = Policy()
Group = Mapping[int, int]


def people(*counts: int) -> dict[int, int]:
    return dict(enumerate(counts, start=1))


def effective(groups: Sequence[Group], weights: Sequence[float]) -> EffectiveCounts:
    """Weigh the groups and scale to Kish's effective base."""
    pairs = list(zip(groups, weights, strict=True))
    numbers = [(sum(group.values()), weight) for group, weight in pairs]
    total = sum(number * weight for number, weight in numbers)
    scale = total / sum(number * weight**2 for number, weight in numbers)
    codes = {code for group in groups for code in group}
    values = {code: scale * sum(weight * group.get(code, 0) for group, weight in pairs) for code in codes}
    return EffectiveCounts(values, sum(number for number, _weight in numbers))


def summed(*groups: Group) -> dict[int, int]:
    return {
        code: sum(group.get(code, 0) for group in groups) for code in sorted({c for group in groups for c in group})
    }


def item(
    plan: Group,
    support: Group,
    others: Group | None = None,
    weights: Sequence[float] = (0.5, 1.2),
    headlines: tuple[HeadlineSpec, ...] | None = None,
    **more: Any,
) -> ItemTable:
    """Return a five-point item answered by families with a plan, with SEN support and with neither."""
    covered = summed(plan, support)
    weighted = Weighted(effective((plan, support), weights), covered, (plan, support))
    counts = Counts(summed(covered, others or {}))
    specs = headlines_for("freq5") if headlines is None else headlines
    return ItemTable("PC06", "freq5", counts, specs, weighted=weighted, **more)


def safe(table: ItemTable) -> SafeTable:
    return protect([table], POLICY)[0]


def reasons(table: ItemTable) -> list[tuple[str | None, str | None]]:
    return [(figure.withheld, figure.reason) for figure in safe(table).weighted]


PLAN, SUPPORT, OTHERS = people(20, 20, 20, 20, 20), people(10, 20, 30, 40, 50), people(8, 8, 8, 8, 8)


def test_a_weighted_figure_stands_beside_the_plain_one_with_the_people_covered_as_its_base() -> None:
    table = safe(item(PLAN, SUPPORT, OTHERS))
    exact = share_of(effective((PLAN, SUPPORT), (0.5, 1.2)), "top_two_box", (4, 5))
    (figure,) = table.weighted
    assert (figure.value, figure.low, figure.high) == tuple(
        round(each) for each in (exact.value, exact.low, exact.high)
    )
    assert (figure.base.as_total(), table.figures[0].base.as_total()) == (250, 290)
    assert table.figures[0].value == round(100 * (130 + 16) / 290)
    assert table.as_dict()["weighted"] == [figure.as_dict()]


def test_without_weights_nothing_weighted_is_said() -> None:
    table = safe(ItemTable("PC06", "freq5", Counts(PLAN), headlines_for("freq5")))
    assert table.weighted == ()
    assert "weighted" not in table.as_dict()
    several = Counts(people(150, 140), {}, 260)
    weights = Weighted(EffectiveCounts(people(150, 140), 290), people(150, 140), ())
    assert safe(ItemTable("PC42", "multi", several, multi=True, weighted=weights)).weighted == ()


def test_the_weights_must_cover_100_of_those_who_answered() -> None:
    assert reasons(item(people(10, 10, 10, 10, 9), people(10, 10, 10, 10, 10))) == [("R2", "fewer_than_100")]
    assert reasons(item(people(10, 10, 10, 10, 10), people(10, 10, 10, 10, 10))) == [(None, None)]


def test_a_weighted_figure_is_withheld_where_the_plain_one_is() -> None:
    few = people(1, 1, 1, 100, 100)
    table = safe(item(few, people(0, 0, 1, 50, 50)))
    assert [(figure.withheld, figure.reason) for figure in table.figures] == reasons(item(few, people(0, 0, 1, 50, 50)))
    alike = safe(item(people(0, 0, 3, 0, 120), people(0, 0, 0, 0, 150), sensitive=True))
    assert (alike.withheld, alike.weighted[0].withheld, alike.weighted[0].value) == ("R1", "R1", None)


def test_a_weighted_figure_needs_the_plain_one_to_come_from_exact_counts() -> None:
    spec = share_headline("first_two", (1, 2))
    plan, support = people(3, 2, 90), people(4, 2, 110)  # 7 is shown as 5 to 7, so that 11 would tell the 4
    table = item(plan, support, headlines=(spec,))
    assert sources.headline_sources(table, POLICY)[0].counts is not table.counts
    assert safe(table).figures[0].withheld is None
    assert reasons(table) == [("R1", "kept_private")]
    assert [source.held for source in sources.weighted_sources(table, POLICY)] == [("R2", TELLS_HIDDEN)]


@pytest.mark.parametrize(
    ("plan", "others"),
    [
        (people(4, 0, 40, 4, 0), None),  # two in five of those with a plan, all told
        (people(1, 2, 1, 40, 40), None),  # the rest of those with a plan
        (PLAN, people(5, 5, 5, 2, 2)),  # those whom the weights leave out
        (PLAN, people(0, 0, 0, 0, 1)),
    ],
)
def test_a_part_under_the_threshold_in_a_category_or_among_those_left_out_takes_it_away(
    plan: Group, others: Group | None
) -> None:
    large = people(40, 40, 40, 40, 40)
    table = item(plan, large, others)
    assert [source.held for source in sources.weighted_sources(table, POLICY)] == [("R1", CATEGORY_TOO_SMALL)]
    assert reasons(table) == [("R1", "kept_private")]
    assert safe(table).figures[0].withheld is None


def test_the_threshold_of_a_category_is_10_for_a_sensitive_item() -> None:
    plan = people(5, 5, 5, 4, 5)
    assert reasons(item(plan, summed(PLAN, SUPPORT))) == [(None, None)]
    assert reasons(item(plan, summed(PLAN, SUPPORT), sensitive=True)) == [("R1", "kept_private")]


def test_a_second_weighted_figure_is_judged_by_what_both_tell() -> None:
    top, bottom = share_headline("top_two_box", (4, 5)), share_headline("bottom_two_box", (1, 2))
    plan = people(10, 10, 4, 10, 10)  # four in the middle, which only both figures together tell
    shown = safe(item(plan, summed(PLAN, SUPPORT), headlines=(top, bottom)))
    assert [figure.withheld for figure in shown.figures] == [None, None]
    assert [figure.withheld for figure in shown.weighted] == [None, "R1"]


def test_a_share_with_a_base_of_its_own_has_the_covered_part_of_it_as_base() -> None:
    spec = share_headline("in_time", (1,), (1, 2))
    table = safe(item(people(50, 40, 30), people(60, 50, 40), people(20, 21, 22), headlines=(spec,)))
    assert (table.weighted[0].withheld, table.weighted[0].base.as_total()) == (None, 200)


def test_weights_that_do_not_fit_the_answers_are_refused() -> None:
    full = EffectiveCounts(people(200, 100), 300)
    with pytest.raises(ValueError, match="not those of the people covered"):
        Weighted(full, people(200, 99), ())
    with pytest.raises(ValueError, match="more people than are covered"):
        Weighted(full, people(200, 100), (people(201, 0),))
    counts = Counts(people(199, 101))
    with pytest.raises(ValueError, match="more people than answered"):
        ItemTable("PC06", "single", counts, (share_headline("a", (1,)),), weighted=Weighted(full, people(200, 100), ()))
    with pytest.raises(ValueError, match="other options"):
        ItemTable(
            "PC06",
            "single",
            Counts(people(200, 100, 0)),
            (share_headline("a", (1,)),),
            weighted=Weighted(full, people(200, 100), ()),
        )


small_or_large = st.one_of(st.integers(0, 12), st.integers(0, 150))
groups = st.tuples(*[small_or_large] * 5).map(lambda cells: people(*cells))
nobody = st.just(people(0, 0, 0, 0, 0))


@settings(max_examples=150)
@given(groups, groups, st.one_of(nobody, groups), st.booleans(), st.sampled_from(["freq5", "csat5"]))
def test_every_part_of_a_shown_weighted_figure_holds_enough_people_in_every_group(
    plan: Group, support: Group, others: Group, sensitive: bool, kind: str
) -> None:
    specs = headlines_for(kind)
    if not sum(summed(plan, support).values()):
        return
    table = item(plan, support, others, headlines=specs, sensitive=sensitive)
    shown = safe(table)
    everybody = [group for group in (plan, support, others) if group is not others or any(others.values())]
    for spec, plain, weighted in zip(specs, shown.figures, shown.weighted, strict=True):
        if weighted.withheld is None:
            assert plain.withheld is None
            assert sum(summed(plan, support).values()) >= 100
            named = [set(group) for group in spec.groups] or [{code} for code in plan]
            parts = [*named, set(plan).difference(*named)] if spec.groups else named
            least = 10 if sensitive else 5
            assert all(sum(group[code] for code in part) >= least for part in parts for group in everybody)


SHARE = share_headline("yes", (2,))


@dataclass(frozen=True)
class Published:
    """What a reader has: three numbers of each figure, the rounded counts, and the size and weight of each group."""

    plain: tuple[int | None, ...]
    weighted: tuple[int | None, ...]
    cells: tuple[tuple[int, int], ...]
    sizes: tuple[int, ...]
    weights: tuple[float, ...]


def numbers(figure: SafeFigure) -> tuple[int | None, ...]:
    return figure.value, figure.low, figure.high


def published(yes: Sequence[int], sizes: Sequence[int], weights: Sequence[float]) -> Published | None:
    """Publish a question of two options, asked of a plan group, a support group and perhaps of others (weight 0)."""
    plan, support, *others = ({1: size - each, 2: each} for size, each in zip(sizes, yes, strict=True))
    shown = safe(item(plan, support, *others, weights=weights[:2], headlines=(SHARE,)))
    if shown.weighted[0].withheld:
        return None
    cells = tuple((share.count.low, share.count.high) for share in shown.distribution)
    return Published(numbers(shown.figures[0]), numbers(shown.weighted[0]), cells, tuple(sizes), tuple(weights))


def percent(yes: float, base: float) -> tuple[int, ...]:
    """Work out a share and Wilson's ends as a reader would, in whole percent."""
    z = 1.959963984540054
    share, spread = yes / base, 1 + z * z / base
    centre = (share + z * z / (2 * base)) / spread
    half = z / spread * (share * (1 - share) / base + z * z / (4 * base * base)) ** 0.5
    return tuple(int(100 * each + 0.5) for each in (share, centre - half, centre + half))


def fitting(seen: Published) -> Iterator[tuple[int, ...]]:
    """Try every way to spread the yes answers over the groups, and keep those that give what was published."""
    base, weighted_base = sum(seen.sizes), sum(n * w for n, w in zip(seen.sizes, seen.weights, strict=True))
    kish = weighted_base**2 / sum(n * w * w for n, w in zip(seen.sizes, seen.weights, strict=True))
    totals = [yes for yes in range(seen.cells[1][0], seen.cells[1][1] + 1) if percent(yes, base) == seen.plain]
    for total in totals:
        for spread in spreads(total, seen.sizes):
            share = sum(yes * weight for yes, weight in zip(spread, seen.weights, strict=True)) / weighted_base
            if percent(share * kish, kish) == seen.weighted:
                yield spread


def spreads(total: int, sizes: Sequence[int]) -> Iterator[tuple[int, ...]]:
    if len(sizes) == 1:
        if total <= sizes[0]:
            yield (total,)
        return
    for first in range(min(total, sizes[0]) + 1):
        yield from ((first, *rest) for rest in spreads(total - first, sizes[1:]))


def won(seen: Published) -> bool:
    """Return whether a group's yes or no answers are known for certain and are fewer than five."""
    found = list(fitting(seen))
    assert found
    for place, size in enumerate(seen.sizes):
        yes = {each[place] for each in found}
        if len(yes) == 1 and min(*yes, size - min(yes)) < POLICY.threshold:
            return True
    return False


CASES = [
    ((few, 60 + more, *rest), (30, 180, *size), weights)
    for few in (0, 1, 2, 4, 5, 9, 26, 30)
    for more in (0, 7, 20)
    for rest, size, weights in (((), (), (3.0, 0.667)), ((2,), (8,), (1.0, 1.0, 0.0)), ((6,), (14,), (2.0, 0.83, 0.0)))
]


def test_a_reader_with_both_figures_and_the_weights_pins_down_no_small_part_of_a_group() -> None:
    seen = [shown for case in CASES if (shown := published(*case))]
    assert len(seen) >= 10
    assert not any(won(shown) for shown in seen)


def test_the_same_reader_wins_once_the_rule_for_categories_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "withheld_weighted", lambda *_given: None)
    seen = [shown for case in CASES if (shown := published(*case))]
    assert len(seen) == len(CASES)
    for groups_given in (2, 3):  # those with a plan, and those whom the weights leave out
        assert sum(won(shown) for shown in seen if len(shown.sizes) == groups_given) >= 10
