"""Questions by group, and weighted figures: the same as counting each group by itself, by another way."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from feedback_app.domain.disclosure.grouped import UNTOLD, Dimension, Question
from feedback_app.domain.missing import MISSING_KEYS
from feedback_app.domain.weighting.effective import kish_effective_n
from feedback_app.domain.weighting.weighing import Weighting
from feedback_app.reports.breakdown import Split, count_places, count_question, split_by, with_localities
from feedback_app.reports.counting import Grouping, Tally, tally_item
from feedback_app.reports.frame import UNKNOWN, AnswerFrame, Batch, make_frame
from feedback_app.reports.item_tables import headlines_of, weighted_answers
from tests.support.plain_counts import plain_counts
from tests.support.summaries import make_instrument, some_answers

INSTRUMENT = make_instrument()
SHEETS = some_answers(900, seed=7)
DRAW = np.random.default_rng(20261121)
GROUPS = DRAW.choice([1, 3, UNKNOWN], len(SHEETS), p=[0.5, 0.45, 0.05])
DISTRICTS = DRAW.choice([1, 2, 5, 90], len(SHEETS), p=[0.4, 0.3, 0.25, 0.05])
LINKS = DRAW.choice(["here", "there", ""], len(SHEETS))
WEIGHTS = DRAW.uniform(0.3, 3.0, len(SHEETS))

PROVISION = Dimension("provision", (3, 1))
DISTRICT = Dimension("district", (1, 2, 5), "locality", {1: 8, 2: 7, 5: 8}, geographical=True)
LOCALITY = Dimension("locality", (7, 8), geographical=True)


def make_groups() -> AnswerFrame:
    """Return the frame of SHEETS, told apart by provision and district."""
    rows = [tuple(sheet[item] for item in INSTRUMENT.items) for sheet in SHEETS]
    known = [None if code == UNKNOWN else int(code) for code in GROUPS]
    keys = {"provision": known, "district": DISTRICTS.tolist()}
    return make_frame(INSTRUMENT, [Batch([None] * len(rows), keys, rows, [link or None for link in LINKS])])


FRAME = with_localities(make_groups(), [DISTRICT, LOCALITY])


def counted(item: str, *splits: Split) -> Question:
    dimensions = [PROVISION, DISTRICT, LOCALITY]
    return count_question(INSTRUMENT, INSTRUMENT.items[item], FRAME, splits, dimensions, {})  # type: ignore[arg-type]


def of(group: int) -> list[int]:
    return [at for at, code in enumerate(GROUPS) if code == group]


@pytest.mark.parametrize("group", [1, 3, UNTOLD])
def test_each_group_is_counted_as_if_it_were_alone(group: int) -> None:
    split = split_by(FRAME, [PROVISION])
    for item in INSTRUMENT.items.values():
        if item.type in ("multi", "text"):
            continue
        options = [option.code for option in item.options]
        plain = plain_counts([SHEETS[at][item.id] for at in of(group)], options, item.missing_options)
        (table,) = counted(item.id, split).grouped
        assert table.people[(group,)] == plain.values
        assert table.missing[(group,)] == sum(plain.missing.values())
        assert table.base((group,)) == plain.base


def test_groups_stand_in_the_order_of_the_dimension_with_those_untold_last() -> None:
    split = split_by(FRAME, [PROVISION])
    assert split.by == ("provision",)
    assert split.groups == ((3,), (1,), (UNTOLD,))
    assert split.sizes == {(code,): len(of(code)) for code in (3, 1, UNTOLD)}


def test_of_several_choices_each_is_counted_and_so_are_the_people() -> None:
    (table,) = counted("TS09", split_by(FRAME, [PROVISION])).grouped
    chosen = [SHEETS[at]["TS09"] for at in of(1) if isinstance(SHEETS[at]["TS09"], tuple)]
    assert table.answered is not None
    assert table.answered[(1,)] == table.base((1,)) == len(chosen)
    for code in (1, 2, 3):
        assert table.people[(1,)][code] == sum(code in answer for answer in chosen)  # type: ignore[operator]


def test_two_dimensions_at_once_are_every_pair_and_add_up_to_each_alone() -> None:
    both, alone = split_by(FRAME, [DISTRICT, PROVISION]), split_by(FRAME, [PROVISION])
    assert both.sizes == {
        (district, code): sum(((district if district > 0 else 90) == DISTRICTS) & (code == GROUPS)).item()
        for district in (1, 2, 5, UNTOLD)
        for code in (3, 1, UNTOLD)
    }
    crossed, single = counted("TS04", both, alone).grouped
    for code in (3, 1, UNTOLD):
        summed = sum((Counter(crossed.people[(district, code)]) for district in (1, 2, 5, UNTOLD)), Counter())
        assert +summed == +Counter(single.people[(code,)])


def test_a_locality_is_its_districts_and_nobody_from_elsewhere() -> None:
    sizes, districts = split_by(FRAME, [LOCALITY]).sizes, split_by(FRAME, [DISTRICT]).sizes
    assert sizes == {
        (7,): districts[(2,)],
        (8,): districts[(1,)] + districts[(5,)],
        (UNTOLD,): districts[(UNTOLD,)],
    }
    assert with_localities(FRAME, [PROVISION]) is FRAME


def test_places_are_the_links_that_a_groups_answers_came_through() -> None:
    for group, number in count_places(FRAME, split_by(FRAME, [DISTRICT])).items():
        own = (group[0] if group[0] > 0 else 90) == DISTRICTS
        assert number == len(set(LINKS[own]) - {""})


def test_a_group_that_no_route_leads_to_a_question_is_not_asked_it_unless_it_answered() -> None:
    split = split_by(FRAME, [PROVISION])
    (table,) = counted("TS03", split).grouped  # asked of those who answered 1 to TS01
    assert table.not_asked == frozenset()  # these groups are drawn, not told by TS01: both answered
    told = FRAME.breakdowns | {"provision": np.array([{1: 1, 2: 3, 3: -1}[sheet["TS01"]] for sheet in SHEETS])}  # type: ignore[index]
    frame = AnswerFrame(len(SHEETS), FRAME.codes, FRAME.choices, told, FRAME.quick, FRAME.collectors)
    item = INSTRUMENT.items["TS03"]
    (table,) = count_question(INSTRUMENT, item, frame, [split_by(frame, [PROVISION])], [PROVISION], {}).grouped  # type: ignore[arg-type]
    assert table.not_asked == {(3,)}


def test_a_question_has_its_whole_table_its_columns_and_its_figure() -> None:
    found = counted("TS04", split_by(FRAME, [PROVISION]))
    options = [option.code for option in INSTRUMENT.items["TS04"].options]
    assert found.table.counts == plain_counts([sheet["TS04"] for sheet in SHEETS], options, {})
    assert [band.name for band in found.bands] == ["favourable", "middle", "unfavourable"]
    assert found.spec is not None
    assert found.spec.name == "csat"


def test_a_dimension_that_the_frame_does_not_hold_is_an_error() -> None:
    with pytest.raises(KeyError):
        split_by(FRAME, [Dimension("helped", (1, 2))])


def weighted_tally(item: str, weights: np.ndarray | None = None) -> Tally:
    places = np.where(GROUPS == 1, 0, np.where(GROUPS == 3, 1, -1))
    return tally_item(INSTRUMENT.items[item], FRAME, Grouping(places, 2, WEIGHTS if weights is None else weights))


def test_weighted_shares_rest_on_the_effective_number_who_answered_that_item() -> None:
    for item, code in (("TS02", 4), ("TS04", 5), ("TS05", 9)):
        for at, group in enumerate((1, 3)):
            whom = [one for one in of(group) if SHEETS[one][item] >= 0]  # type: ignore[operator]
            weights = WEIGHTS[whom]
            p, n = np.average([SHEETS[one][item] == code for one in whom], weights=weights), kish_effective_n(weights)
            tally = weighted_tally(item)
            assert tally.effective_base(at) == pytest.approx(n)
            assert tally.effective_counts(at).values[code] == pytest.approx(p * n)
            assert tally.counts(at).base == len(whom)


def test_weighted_nps_has_the_interval_of_its_effective_base() -> None:
    (nps, *_shares) = [
        spec.function(weighted_tally("TS05").effective_counts(0)) for spec in headlines_of(INSTRUMENT.items["TS05"])
    ]
    whom = [at for at in of(1) if SHEETS[at]["TS05"] >= 0]  # type: ignore[operator]
    answers, weights = np.array([SHEETS[at]["TS05"] for at in whom]), WEIGHTS[whom]
    p, d = np.average(answers >= 9, weights=weights), np.average(answers <= 6, weights=weights)
    n = kish_effective_n(weights) + 3
    up, down = (p * (n - 3) + 0.75) / n, (d * (n - 3) + 0.75) / n
    reach = 1.959963984540054 * np.sqrt((up + down - (up - down) ** 2) / n)
    assert (nps.value, nps.low, nps.high) == pytest.approx(
        (100 * (p - d), 100 * (up - down - reach), 100 * (up - down + reach))
    )


def test_a_weighted_share_has_wilsons_interval_of_its_effective_base() -> None:
    counts = weighted_tally("TS02").effective_counts(0)
    share = headlines_of(INSTRUMENT.items["TS02"])[0].function(counts)
    low, high = proportion_confint(counts.of(frozenset({4, 5})), counts.base, method="wilson")
    assert (share.low, share.high) == pytest.approx((100 * low, 100 * high))


def test_weights_that_are_all_the_same_change_nothing() -> None:
    same = weighted_tally("TS02", np.full(len(SHEETS), 2.0))
    for group in (0, 1):
        assert same.effective_counts(group).values == pytest.approx(same.counts(group).values)


def test_what_was_not_weighted_has_no_effective_counts() -> None:
    tally = tally_item(INSTRUMENT.items["TS02"], FRAME, Grouping(np.zeros(len(SHEETS), np.intp), 1))
    for ask in (tally.effective_counts, tally.effective_base):
        with pytest.raises(ValueError, match="weighted"):
            ask(0)


def make_weighting(categories: dict[str, np.ndarray]) -> Weighting:
    covered = GROUPS >= 0
    weights = np.where(covered, WEIGHTS, 1.0)
    known = {name: np.where(covered, codes, -1) for name, codes in categories.items()}
    return Weighting(
        covered, weights, margins=tuple(known), unknown=(), too_small=(), merged={}, categories=known,
        people=int(covered.sum()), effective_n=1.0, design_effect=1.0, converged=True, reasons=(),
    )  # fmt: skip


def test_weighted_answers_are_of_the_people_covered_alone() -> None:
    found = weighted_answers(INSTRUMENT, FRAME, make_weighting({"provision": GROUPS}))
    assert set(found) == {item.id for item in INSTRUMENT.items.values() if headlines_of(item)}
    split = split_by(FRAME, [PROVISION])
    for item, weighted in found.items():
        people = counted(item, split).grouped[0].people
        assert weighted.crosses == (people[(1,)], people[(3,)])
        assert weighted.covered == {code: people[(1,)][code] + people[(3,)][code] for code in people[(1,)]}
        assert weighted.counts.people == sum(weighted.covered.values())
        assert set(weighted.counts.missing) == set(MISSING_KEYS)


def test_only_margins_of_few_categories_are_crossed() -> None:
    districts = DRAW.integers(1, 13, len(SHEETS))
    localities = np.where(DRAW.random(len(SHEETS)) < 0.1, -1, districts % 3)
    found = weighted_answers(INSTRUMENT, FRAME, make_weighting({"district": districts}))
    assert found["TS02"].crosses == ()
    found = weighted_answers(INSTRUMENT, FRAME, make_weighting({"district": localities}))
    assert len(found["TS02"].crosses) == 3
    assert sum(sum(cross.values()) for cross in found["TS02"].crosses) < found["TS02"].counts.people
