"""Laws of protecting anybody's tables: what comes out is true, hides every small count, and passes the audit."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedback_app.reports.cross_tables.auditing import audit_tables
from feedback_app.reports.cross_tables.csv_tables import CsvReading
from feedback_app.reports.cross_tables.exact import read_exact_csv, read_exact_json
from feedback_app.reports.cross_tables.printed import PrintedTable
from feedback_app.reports.cross_tables.protecting import protect_tables
from feedback_app.reports.cross_tables.reading_printed import Wanted, read_printed_csv, read_printed_json
from feedback_app.reports.cross_tables.shapes import ExactTables
from feedback_app.reports.cross_tables.writing import printed_csv, printed_json
from tests.support.cross_tables import NOT_KNOWN, categories, csv_of, people, table

SLOWLY = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def files(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a file of tables of the same invented people: by district, area and sex, one or two questions."""
    number, seed = draw(st.sampled_from([4, 25, 60, 150])), draw(st.integers(0, 10_000))
    widths = {"district": draw(st.integers(3, 6)), "sex": 2, "happy": draw(st.integers(2, 4)), "told": 2}
    persons = people(seed, number, **widths)
    untold = draw(st.booleans())
    district: dict[str, Any] = {"name": "district", "categories": categories("d", widths["district"], untold=untold)}
    area: dict[str, Any] = {"name": "area", "categories": ["a0", "a1", *([NOT_KNOWN] if untold else [])]}
    told = [label for label in district["categories"] if label != NOT_KNOWN]
    for person in persons:
        person["area"] = person["district"] % 2 if person["district"] < len(told) else 2
    district["parents"] = {"name": "area", "of": {label: f"a{at % 2}" for at, label in enumerate(told)}}
    if untold:
        district["untold"] = area["untold"] = NOT_KNOWN
    happy: dict[str, Any] = {"name": "happy", "categories": categories("h", widths["happy"])}
    happy["sensitive"] = draw(st.booleans())
    if widths["happy"] > 2 and draw(st.booleans()):
        happy["missing"] = [happy["categories"][-1]]
    sex, asked = {"name": "sex", "categories": ["f", "m"]}, {"name": "told", "categories": ["yes", "no"]}
    every = [([area], happy), ([sex], happy), ([district], asked), ([sex], asked), ([district, sex], happy)]
    others = draw(st.lists(st.sampled_from(range(len(every))), unique=True, max_size=3))
    tables = [table(persons, [district], happy), *(table(persons, *every[at]) for at in others)]
    return {"people": {"minors": draw(st.booleans())}, "tables": tables}


def protected(given_file: dict[str, Any]) -> tuple[ExactTables, tuple[PrintedTable, ...], str]:
    """Return the exact tables of a file, what is printed of them, and that as JSON."""
    exact = read_exact_json("tables.json", json.dumps(given_file))
    printed = protect_tables(exact)
    return exact, printed, printed_json(printed, exact.minors)


@SLOWLY
@given(files())
def test_what_is_protected_passes_the_audit(given_file: dict[str, Any]) -> None:
    _, _, text = protected(given_file)
    found = audit_tables(read_printed_json("safe.json", text, Wanted()), listed=False)
    assert found.contradictions == ()
    assert found.found_out == ()


@SLOWLY
@given(files())
def test_what_is_printed_is_true_and_shows_no_small_count(given_file: dict[str, Any]) -> None:
    exact, printed, text = protected(given_file)
    again = read_printed_json("safe.json", text, Wanted())
    for real, table_, read in zip(exact.tables, printed, again, strict=True):
        assert [replace(table_, percents={}, notes=()).cells, table_.method] == [read.cells, read.method]
        for group, row in real.people.items():
            for column in real.columns.shown:
                shown = table_.cells.get((group, column))
                ends = read.ranges_of(group, stated=True)[real.columns.shown.index(column)]
                near = row[column] >= table_.method.threshold or ends.low == 0  # printed a step off, and said to be
                assert not isinstance(shown, int) or (shown >= table_.method.threshold and near)
                assert ends.low <= row[column] <= ends.high
            ends = read.range_of_total(group)
            assert ends.low <= sum(row[name] for name in real.columns.shown) <= ends.high


@SLOWLY
@given(st.integers(0, 10_000), st.sampled_from([8, 40, 90, 345]), st.booleans(), st.sampled_from(",;\t"))
def test_a_sheet_comes_out_as_a_sheet_that_passes_the_audit(seed: int, number: int, totals: bool, sign: str) -> None:
    persons = people(seed, number, district=5, happy=3)
    rows = {"name": "district", "categories": categories("d", 5, untold=True)}
    text = csv_of(table(persons, [rows], {"name": "happy", "categories": ["yes", "so so", "no"]}), sign, totals)
    how = CsvReading(untold=NOT_KNOWN)
    printed = protect_tables(read_exact_csv("sheet.csv", text.encode(), how))
    sheet = printed_csv(printed[0]).encode()
    (again,) = read_printed_csv("safe.csv", sheet, CsvReading(), Wanted())
    assert (again.cells, again.method, again.rows[0].untold) == (printed[0].cells, printed[0].method, NOT_KNOWN)
    assert {key: value for key, value in again.row_totals.items() if value is not None} == {
        key: value for key, value in printed[0].row_totals.items() if value is not None
    }
    assert audit_tables([again], listed=False).found_out == ()


def test_what_one_question_tells_of_the_size_of_a_group_is_kept_from_another() -> None:
    rows = {"name": "district", "categories": ["North", "South"]}
    columns = [{"name": name, "categories": ["yes", "no"]} for name in ("helped", "happy")]
    helped = {"rows": rows, "columns": columns[0], "counts": [[12, 12], [40, 30]]}  # 10 and 10: at most 24 in all
    happy = {"rows": rows, "columns": columns[1], "counts": [[24, 0], [50, 20]]}  # 25 and c: at least 23 said yes
    plainly = {"threshold": 5, "rounding": 5}
    printed = [
        helped | {"counts": [[10, 10], [40, 30]], "totals": {"rows": [25, 70]}},
        happy | {"counts": [[25, "c"], [50, 20]], "totals": {"rows": [25, 70]}},
    ]
    as_is = read_printed_json("printed.json", json.dumps({"method": plainly, "tables": printed}), Wanted())
    assert [one.range for one in audit_tables(as_is).found_out] == [(0, 1)]
    _, together, _ = protected({"tables": [helped, happy]})
    assert audit_tables(together).found_out == ()


@pytest.mark.parametrize(
    "label", ["=SUM(A1:A9)", "+44", "-1", "@here", '=cmd|"/c calc"!A1', "\u200b=1", "a,b", 'say "x"']
)
def test_no_label_comes_out_as_a_formula(label: str) -> None:
    quoted = '"' + label.replace('"', '""') + '"'
    sheet = f"district,{quoted},no\n{quoted},50,60\nSouth,70,80\n"
    (printed,) = protect_tables(read_exact_csv("sheet.csv", sheet.encode(), CsvReading()))
    for line in printed_csv(printed).splitlines():
        for cell in line.split(","):
            assert not cell.lstrip('"').startswith(("=", "+", "@"))
            assert cell == "-" or not cell.lstrip('"').startswith("-")
