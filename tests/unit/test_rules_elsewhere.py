"""Other people's disclosure rules and the small attacker that the benchmark of utility measures them with."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.benchmarks.rules_elsewhere import ELSEWHERE, Counts, Rules, acro, complementary, ehrql, plain
from tests.benchmarks.working_out import ROOM, Seen, Sums

TABLE = np.array([[12, 3, 0], [40, 7, 8], [9, 25, 10]])
tables = arrays(np.int64, st.tuples(st.integers(1, 5), st.integers(2, 5)), elements=st.integers(0, 40))


def shown(numbers: np.ndarray) -> list[list[int | None]]:
    return [[None if np.isnan(number) else int(number) for number in row] for row in numbers]


def test_plain_suppression_hides_one_to_four_and_nothing_else() -> None:
    printed = plain(TABLE)
    assert shown(printed.cells.shown) == [[12, None, 0], [40, 7, 8], [9, 25, 10]]
    assert printed.bases.shown.tolist() == [15, 55, 44]
    assert printed.totals.shown.tolist() == [61, 35, 18]


def test_complementary_suppression_leaves_no_line_with_a_single_hidden_cell_that_has_another_to_hide() -> None:
    assert shown(complementary(TABLE).cells.shown) == [[None, None, 0], [40, None, None], [None, 25, None]]


def test_ehrql_hides_seven_and_fewer_and_rounds_the_rest_to_five() -> None:
    printed = ehrql(TABLE)
    assert shown(printed.cells.shown) == [[10, None, None], [40, None, 10], [10, 25, 10]]
    assert printed.cells.low[1].tolist() == [38, 0, 8]
    assert printed.cells.high[1].tolist() == [42, 7, 12]
    assert printed.bases.shown.tolist() == [15, 55, 45]


def test_acro_hides_under_ten_and_adds_up_what_is_left() -> None:
    printed = acro(TABLE)
    assert shown(printed.cells.shown) == [[12, None, None], [40, None, None], [None, 25, 10]]
    assert np.isnan(printed.bases.shown).all()
    assert printed.percents[0, 0] == 100  # of those left in its row: that is what it bends
    assert printed.percents[2, 1] == pytest.approx(100 * 25 / 35)


@pytest.mark.parametrize("rules", ELSEWHERE.values())
@given(table=tables)
def test_what_each_rule_set_prints_holds_the_truth(rules: Rules, table: Counts) -> None:
    printed = rules(table)
    for numbers, truth in (
        (printed.cells, table),
        (printed.bases, table.sum(axis=1)),
        (printed.totals, table.sum(axis=0)),
    ):
        assert (numbers.low <= truth).all()
        assert (truth <= numbers.high).all()


def seen(table: Counts, rules: Rules) -> Seen:
    rows, columns = (np.eye(size, dtype=np.bool_) for size in table.shape)
    return Seen(rules(table), rows, columns)


EVERY_TABLE = np.indices((17,) * 4).reshape(4, -1).T.reshape(-1, 2, 2)


def worked_out_by_trying(table: Counts, rules: Rules) -> int:
    """Return how many hidden cells of a table of 2 x 2 lie closer together than ROOM in all tables that print alike."""
    printed = rules(table)
    fits = np.ones(len(EVERY_TABLE), np.bool_)
    for numbers, counts in (
        (printed.cells, EVERY_TABLE),
        (printed.bases, EVERY_TABLE.sum(axis=2)),
        (printed.totals, EVERY_TABLE.sum(axis=1)),
    ):
        fits &= ((numbers.low <= counts) & (counts <= numbers.high)).reshape(len(EVERY_TABLE), -1).all(axis=1)
    spread = np.ptp(EVERY_TABLE[fits], axis=0)
    return int((np.isnan(printed.cells.shown) & (spread < ROOM)).sum())


@pytest.mark.parametrize("rules", [plain, complementary, ehrql])
@pytest.mark.parametrize("seed", range(6))
def test_the_attacker_finds_exactly_what_trying_every_table_finds(rules: Rules, seed: int) -> None:
    random = np.random.default_rng(seed)
    table = random.integers(0, 9, (2, 2))  # so that no base exceeds the 16 of EVERY_TABLE
    learnt, hidden = Sums(table, [seen(table, rules)]).learnt(random)
    assert hidden == int(np.isnan(rules(table).cells.shown).sum())
    assert learnt == worked_out_by_trying(table, rules)


def test_the_attacker_subtracts_its_way_to_a_hidden_cell() -> None:
    assert Sums(TABLE, [seen(TABLE, plain)]).learnt(np.random.default_rng(1)) == (1, 1)
