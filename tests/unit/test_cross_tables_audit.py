"""The audit of printed tables: for each hidden number exactly the smallest and largest that fit."""

from __future__ import annotations

import json
import random
from itertools import product
from typing import Any

import pytest

from feedback_app.domain.disclosure.ranges import Range
from feedback_app.reports.cross_tables.auditing import Audit, audit_tables
from feedback_app.reports.cross_tables.csv_tables import CsvReading
from feedback_app.reports.cross_tables.printed import Method
from feedback_app.reports.cross_tables.reading_printed import Wanted, read_printed_csv, read_printed_json
from feedback_app.reports.cross_tables.shapes import TablesRefused

EXACT = {"threshold": 5, "rounding": 1}


def audited(*tables: dict[str, Any], method: dict[str, Any] | None = None) -> Audit:
    """Return the audit of printed tables as JSON."""
    text = json.dumps({"method": method or EXACT, "tables": tables})
    return audit_tables(read_printed_json("printed.json", text, Wanted()))


def table(counts: list[list[Any]], rows: list[Any] | None = None, of: list[Any] | None = None, **more: Any) -> Any:
    """Return a printed table with its totals."""
    totals = {"rows": rows} if rows else {}
    totals |= {"columns": of[:-1], "all": of[-1]} if of else {}
    return {
        "rows": {"name": "district", "categories": [f"r{n}" for n in range(len(counts))]},
        "columns": {"name": "q", "categories": [f"c{n}" for n in range(len(counts[0]))]},
        "counts": counts,
        "totals": totals,
    } | more


def ends(found: Audit) -> dict[tuple[str, ...], tuple[int, int]]:
    """Return (group, column) -> the smallest and largest number of each hidden one."""
    named = {}
    for one in found.hidden:
        if one.range is not None:
            named[*(one.unseen.group or ("all",)), one.unseen.column or "size"] = tuple(one.range)
    return named


def test_exact_totals_give_a_single_hidden_count_away() -> None:
    found = audited(table([[41, "c"], [28, 14]], rows=[44, 42]))
    assert ends(found) == {("r0", "c1"): (3, 3)}
    assert [one.unseen.column for one in found.found_out] == ["c1"]


def test_hidden_counts_of_one_row_hold_each_other_up() -> None:
    found = audited(table([["c", "c"], [28, 14]], rows=[6, 42]))
    assert ends(found) == {("r0", "c0"): (2, 4), ("r0", "c1"): (2, 4)}
    assert found.found_out == ()


def test_two_tables_of_the_same_people_are_read_together() -> None:
    first = table([[41, "c"], [28, 14]])
    second = table([[30, 14], [39, 3]], of=[69, 17, 86])
    second["rows"] = {"name": "age", "categories": ["young", "old"]}
    assert audited(first).found_out == ()
    assert ends(audited(first, second)) == {("r0", "c1"): (3, 3)}


def test_another_question_of_the_same_people_tells_the_size_of_a_group() -> None:
    first = table([[41, "c"], [28, 14]])
    second = table([[20, 24], [30, 12]])
    second["columns"] = {"name": "other", "categories": ["x", "y"]}
    assert ends(audited(first, second))["r0", "c1"] == (3, 3)
    first["columns"] = {"name": "q", "categories": ["c0", "c1", "none"], "missing": ["none"]}
    first["counts"] = [[41, "c", None], [28, 14, None]]
    assert ends(audited(first, second))["r0", "c1"] == (0, 3)


def test_fine_groups_add_up_to_coarse_ones() -> None:
    fine = table([[41, "c"], [28, 14], [30, 9]])
    parents = {"name": "area", "of": {"r0": "n", "r1": "n", "r2": "s"}}
    fine["rows"] |= {"parents": parents}
    coarse = table([[69, 18], [30, 9]])
    coarse["rows"] = {"name": "area", "categories": ["n", "s"]}
    assert ends(audited(fine, coarse)) == {("r0", "c1"): (4, 4)}


def test_two_row_variables_add_up_to_each() -> None:
    single = table([[20, 7], [28, 14]])
    both = {
        "rows": [single["rows"], {"name": "sex", "categories": ["f", "m"]}],
        "columns": single["columns"],
        "counts": [[[12, "c"], [8, 6]], [[14, 7], [14, 7]]],
    }
    assert ends(audited(single, both)) == {("r0", "f", "c1"): (1, 1)}


def test_people_who_did_not_tell_leave_room() -> None:
    given = table([[41, "c"], [28, 14], [None, None]], of=[70, 20, 90])
    assert len(audited(given).hidden) == 3
    given["rows"]["untold"] = "r2"
    found = audited(given)
    assert ends(found) == {("r0", "c1"): (0, 4)}


def test_a_count_of_which_nothing_is_said_is_found_out_only_where_it_may_be_small() -> None:
    large = audited(table([[41, None], [28, 14]], rows=[60, 42]))
    assert large.found_out == ()
    small = audited(table([[41, None], [28, 14]], rows=[44, 42]))
    assert [(one.unseen.gap, one.range) for one in small.found_out] == [(True, (3, 3))]


def test_the_size_of_a_group_that_is_too_small_is_hidden_too() -> None:
    found = audited(table([[None, None], [28, 14]], rows=[{"fewer_than": 10}, 42], of=[31, 17, 48]))
    assert [(one.unseen.column, one.range) for one in found.found_out if not one.unseen.column] == [(None, (6, 6))]


def test_rounded_numbers_are_taken_for_all_that_round_to_them() -> None:
    rounded = {"threshold": 5, "rounding": 5}
    found = audited(table([[40, "c"], [30, 15]], rows=[45, 45]), method=rounded)
    assert ends(found) == {("r0", "c1"): (1, 4)}


def test_the_outermost_held_total_stands_for_all_beyond_it() -> None:
    cells = [Range(5, 7), Range(5, 7), Range(0, 4)]
    assert Method().total(15, cells) == (13, 17)
    assert Method(held=True).total(15, cells) == (13, 18)
    assert Method(held=True).total(10, cells) == (10, 12)
    assert Method(held=True).total(10, cells, least=11) == (11, 12)


def test_zeros_that_are_shown_leave_one_to_four() -> None:
    found = audited(table([["c", 0, "c"], [8, 9, 10]], rows=[7, 27]), method=EXACT | {"hidden_from": 1})
    assert ends(found) == {("r0", "c0"): (3, 4), ("r0", "c2"): (3, 4)}
    assert len(found.found_out) == 2


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (table([[40, 10], [30, 15]], rows=[40, 45]), "row r0 adds up to at least 50, the total says 40 at most"),
        (table([[40, "c"], [30, 15]], rows=[90, 45]), "row r0 adds up to at most 44, the total says 90 at least"),
        (table([[40, 10], [30, 15]], of=[75, 25, 100]), "column c0 adds up to at most 70, the total says 75 at least"),
        (table([[40, 10], [30, 15]], of=[70, 25, 90]), "the totals of the columns adds up to at least 95"),
    ],
)
def test_numbers_that_no_table_fits_are_named(given: dict[str, Any], message: str) -> None:
    (said, *_) = audited(given).contradictions
    assert message in said


def test_tables_that_only_contradict_each_other_are_found() -> None:
    first, second = table([[41, 9], [28, 14]]), table([[30, 14], [39, 3]])
    second["rows"] = {"name": "age", "categories": ["young", "old"]}
    assert audited(first, second).contradictions
    assert audited(first, table([[41, 9], [28, 13]])).contradictions


def test_the_ends_are_those_of_every_table_there_is() -> None:
    draw = random.Random(7)
    for _ in range(12):
        truth = [[draw.randrange(8) for _ in range(2)] for _ in range(3)]
        printed = [["c" if count < 5 else count for count in row] for row in truth]
        columns = [sum(row[at] for row in truth) for at in range(2)]
        sums = [sum(row) if draw.random() < 0.6 else None for row in truth]
        found = ends(audited(table(printed, rows=sums, of=[*columns, sum(columns)])))
        choices = [range(5) if count == "c" else [count] for row in printed for count in row]
        fitting = [
            world
            for world in product(*choices)
            if all(total in (None, world[2 * at] + world[2 * at + 1]) for at, total in enumerate(sums))
            and [sum(world[0::2]), sum(world[1::2])] == columns
        ]
        for (row, column), known in ((key, value) for key, value in found.items() if key[0] != "all"):
            values = [world[2 * int(row[1]) + int(column[1])] for world in fitting]
            assert known == (min(values), max(values))


PRINTED = "district,Yes,No,Total\nNorth,41,c,44\nSouth,28,14,42\n"


def from_csv(text: str, wanted: Wanted | None = None, **how: Any) -> Audit:
    """Return the audit of a printed sheet."""
    return audit_tables(read_printed_csv("printed.csv", text.encode(), CsvReading(**how), wanted or Wanted()))


@pytest.mark.parametrize("symbol", ["c", "*", "x", "[c]", "..", "<5", "< 5", "Under 5", "fewer than 5"])
def test_symbols_of_other_tools_are_known(symbol: str) -> None:
    assert ends(from_csv(PRINTED.replace(",c,", f",{symbol},"))) == {("North", "No"): (3, 3)}


def test_what_the_file_does_not_say_can_be_said() -> None:
    assert ends(from_csv(PRINTED.replace("44", "50"), Wanted(threshold=10))) == {("North", "No"): (9, 9)}
    rounded = "district,Yes,No,Total\nNorth,40,c,45\nSouth,30,15,45\n"
    assert ends(from_csv(rounded)) == {("North", "No"): (1, 4)}
    assert ends(from_csv(rounded.replace("c,45", "c,43"), Wanted(rounding=1))) == {("North", "No"): (3, 3)}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (PRINTED.replace("41", "many"), 'printed.csv:2: North, Yes: "many" is no whole number, no symbol like c'),
        (PRINTED.replace("44", "12.5"), 'printed.csv:2: North, Total: "12.5" is no whole number'),
        (PRINTED.replace("44", "4 400"), "no gap like -; take the space out: 4400"),
    ],
)
def test_what_is_nothing_printed_is_refused(text: str, message: str) -> None:
    with pytest.raises(TablesRefused, match=r"printed\.csv") as refused:
        from_csv(text)
    assert message in str(refused.value)


def test_a_number_that_is_not_rounded_like_the_rest_is_refused() -> None:
    with pytest.raises(TablesRefused) as refused:
        audited(table([[41, "c"], [30, 15]]), method={"threshold": 5, "rounding": 5})
    assert "41 is not rounded to 5 like the rest; is --rounding 1 meant?" in str(refused.value)


@pytest.mark.parametrize(
    ("method", "message"),
    [
        ({"rounding": 0}, '"rounding" should be a whole number from 1 to 1,000'),
        ({"threshold": "5"}, '"threshold" should be a whole number'),
        ({"hidden_from": 5}, '"hidden_from" should be below "threshold"'),
        ({"held": "yes"}, '"held" should be true or false, not "yes"'),
    ],
)
def test_a_method_that_cannot_be_is_refused(method: dict[str, Any], message: str) -> None:
    with pytest.raises(TablesRefused) as refused:
        audited(table([[41, "c"], [28, 14]]), method=method)
    assert message in str(refused.value)
