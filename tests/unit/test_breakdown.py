"""Figures by group, and weighted figures: the same as counting each group by itself, by another way."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from feedback_app.domain.missing import MISSING_KEYS
from feedback_app.domain.weighting.effective import kish_effective_n
from feedback_app.domain.weighting.weighing import Weighting
from feedback_app.reports.breakdown import groups_of, tabulate
from feedback_app.reports.counting import Grouping, tally_item
from feedback_app.reports.frame import UNKNOWN, AnswerFrame, Batch, make_frame
from feedback_app.reports.item_tables import headlines_of, weighted_answers
from tests.support.plain_counts import plain_counts
from tests.support.summaries import make_instrument, some_answers

INSTRUMENT = make_instrument()
SHEETS = some_answers(900, seed=7)
DRAW = np.random.default_rng(20261121)
GROUPS = DRAW.choice([1, 2, 3, UNKNOWN], len(SHEETS), p=[0.4, 0.3, 0.25, 0.05])
WEIGHTS = DRAW.uniform(0.3, 3.0, len(SHEETS))


def make_groups(codes: list[int]) -> AnswerFrame:
    """Return the frame of SHEETS, told apart by provision."""
    rows = [tuple(sheet[item] for item in INSTRUMENT.items) for sheet in SHEETS]
    known = [None if code == UNKNOWN else int(code) for code in codes]
    return make_frame(INSTRUMENT, [Batch([None] * len(rows), {"provision": known}, rows)])


FRAME = make_groups(GROUPS.tolist())


def of(group: int) -> list[int]:
    return [at for at, code in enumerate(GROUPS) if code == group]


@pytest.mark.parametrize("group", [1, 2, 3])
def test_each_group_is_counted_as_if_it_were_alone(group: int) -> None:
    found = tabulate(INSTRUMENT, FRAME, "provision")
    for item in INSTRUMENT.items.values():
        if item.type in ("multi", "text"):
            continue
        options = [option.code for option in item.options]
        plain = plain_counts([SHEETS[at][item.id] for at in of(group)], options, item.missing_options)
        cell = found[item.id][group]
        assert cell.counts == plain
        assert cell.figures == tuple(spec.function(plain) for spec in headlines_of(item))


def test_several_choices_have_a_share_for_each_option_of_those_who_chose() -> None:
    cell = tabulate(INSTRUMENT, FRAME, "provision")["TS09"][2]
    chosen = [SHEETS[at]["TS09"] for at in of(2) if isinstance(SHEETS[at]["TS09"], tuple)]
    assert cell.counts.base == len(chosen)
    for code in (1, 2, 3):
        people = sum(code in answer for answer in chosen)  # type: ignore[operator]
        low, high = proportion_confint(people, len(chosen), method="wilson")
        share = cell.shares[code]
        assert (share.value, share.low, share.high) == pytest.approx(
            (100 * people / len(chosen), 100 * low, 100 * high)
        )


def test_weighted_shares_rest_on_the_effective_number_who_answered_that_item() -> None:
    found = tabulate(INSTRUMENT, FRAME, "provision", WEIGHTS)
    for item, code in (("TS02", 4), ("TS04", 5), ("TS05", 9), ("TS09", 2)):
        for group in (1, 2, 3):
            whom = [at for at in of(group) if isinstance(SHEETS[at][item], tuple) or SHEETS[at][item] >= 0]  # type: ignore[operator]
            weights = WEIGHTS[whom]
            hit = [code in answer if isinstance(answer := SHEETS[at][item], tuple) else answer == code for at in whom]
            p, n = np.average(hit, weights=weights), kish_effective_n(weights)
            low, high = proportion_confint(p * n, n, method="wilson")
            share = found[item][group].shares[code]
            assert (share.value, share.low, share.high) == pytest.approx((100 * p, 100 * low, 100 * high))
            assert share.base == pytest.approx(n)
            assert found[item][group].counts.base == len(whom)


def test_weighted_nps_has_the_interval_of_its_effective_base() -> None:
    cell = tabulate(INSTRUMENT, FRAME, "provision", WEIGHTS)["TS05"][1]
    whom = [at for at in of(1) if SHEETS[at]["TS05"] >= 0]  # type: ignore[operator]
    answers, weights = np.array([SHEETS[at]["TS05"] for at in whom]), WEIGHTS[whom]
    p, d = np.average(answers >= 9, weights=weights), np.average(answers <= 6, weights=weights)
    n = kish_effective_n(weights) + 3
    up, down = (p * (n - 3) + 0.75) / n, (d * (n - 3) + 0.75) / n
    reach = 1.959963984540054 * np.sqrt((up + down - (up - down) ** 2) / n)
    nps = cell.figures[0]
    assert (nps.value, nps.low, nps.high) == pytest.approx(
        (100 * (p - d), 100 * (up - down - reach), 100 * (up - down + reach))
    )


def test_weights_of_one_change_nothing() -> None:
    plain = tabulate(INSTRUMENT, FRAME, "provision")
    weighted = tabulate(INSTRUMENT, FRAME, "provision", np.full(len(SHEETS), 2.0))
    for item, cells in plain.items():
        for group, cell in cells.items():
            for code, share in cell.shares.items():
                assert weighted[item][group].shares[code].value == pytest.approx(share.value)
                assert weighted[item][group].shares[code].low == pytest.approx(share.low)


def test_a_declared_group_that_nobody_is_in_has_no_figures() -> None:
    frame = make_groups([3] * len(SHEETS))
    assert groups_of(INSTRUMENT, frame, "provision") == (1, 3)
    for weights in (None, WEIGHTS):
        empty = tabulate(INSTRUMENT, frame, "provision", weights)["TS02"][1]
        assert empty.counts.base == 0
        assert {figure.withheld for figure in empty.figures} == {"no_answers"}


def test_only_the_items_named_are_tabulated() -> None:
    assert list(tabulate(INSTRUMENT, FRAME, "provision", items={"TS05", "TS02"})) == ["TS02", "TS05"]


def test_a_breakdown_that_the_frame_does_not_hold_is_an_error() -> None:
    with pytest.raises(KeyError):
        tabulate(INSTRUMENT, FRAME, "district")


def test_what_was_not_weighted_has_no_effective_counts() -> None:
    tally = tally_item(INSTRUMENT.items["TS02"], FRAME, Grouping(np.zeros(len(SHEETS), np.intp), 1))
    for ask in (tally.effective_counts, tally.effective_base):
        with pytest.raises(ValueError, match="weighted"):
            ask(0)


def make_weighting(categories: dict[str, np.ndarray]) -> Weighting:
    covered = (GROUPS == 1) | (GROUPS == 2)
    weights = np.where(covered, WEIGHTS, 1.0)
    known = {name: np.where(covered, codes, -1) for name, codes in categories.items()}
    return Weighting(
        covered, weights, margins=tuple(known), unknown=(), too_small=(), merged={}, categories=known,
        people=int(covered.sum()), effective_n=1.0, design_effect=1.0, converged=True, reasons=(),
    )  # fmt: skip


def test_weighted_answers_are_of_the_people_covered_alone() -> None:
    found = weighted_answers(INSTRUMENT, FRAME, make_weighting({"provision": GROUPS}))
    assert set(found) == {item.id for item in INSTRUMENT.items.values() if headlines_of(item)}
    for item, weighted in found.items():
        both = {group: tabulate(INSTRUMENT, FRAME, "provision")[item][group].counts.values for group in (1, 2)}
        assert weighted.crosses == (both[1], both[2])
        assert weighted.covered == {code: both[1][code] + both[2][code] for code in both[1]}
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
