"""Reading anybody's tables: what is wrong is said with its line and cell, and how to mend it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from feedback_app.reports.cross_tables.csv_tables import CsvReading
from feedback_app.reports.cross_tables.exact import policy_for, read_exact_csv, read_exact_json
from feedback_app.reports.cross_tables.shapes import MOST_ROWS, ExactTables, TablesRefused


def one_table(**changes: Any) -> dict[str, Any]:
    """Return a file with one sound table, some of which is changed."""
    table = {
        "name": "Satisfied, by district",
        "rows": {"name": "district", "categories": ["North", "South"]},
        "columns": {"name": "satisfied", "categories": ["Yes", "No"]},
        "counts": [[41, 12], [28, 14]],
    }
    return {"tables": [table | changes]}


def refused_json(given: Any) -> str:
    """Return what is said of a JSON file that is refused."""
    text = given if isinstance(given, str) else json.dumps(given, indent=1)
    with pytest.raises(TablesRefused) as refused:
        read_exact_json("tables.json", text)
    return str(refused.value)


def from_csv(text: str | bytes, **how: Any) -> ExactTables:
    """Return the exact tables of a CSV file."""
    content = text if isinstance(text, bytes) else text.encode()
    return read_exact_csv("folder/pupils.csv", content, CsvReading(**how))


def refused_csv(text: str | bytes, **how: Any) -> str:
    """Return what is said of a CSV file that is refused."""
    with pytest.raises(TablesRefused) as refused:
        from_csv(text, **how)
    return str(refused.value)


def test_a_sound_file_is_read() -> None:
    found = read_exact_json("tables.json", json.dumps(one_table() | {"people": {"minors": True}}))
    (table,) = found.tables
    assert found.minors
    assert table.people["South",] == {"Yes": 28, "No": 14}
    assert (table.total, table.column("No"), table.size(("North",))) == (95, 26, 53)
    assert (table.row_totals, table.column_totals) == (True, True)


def test_each_mistake_is_told_with_its_line_and_cell() -> None:
    text = """{
      "tables": [{
        "rows": {"name": "district", "categories": ["North", "South"]},
        "columns": {"name": "satisfied", "categories": ["Yes", "No"]},
        "counts": [
          [41, -12],
          ["c", 14.5]
        ]
      }]
    }"""
    said = refused_json(text).splitlines()
    assert said[0] == "tables.json:6: North, No: -12 is below 0"
    assert said[1] == 'tables.json:7: South, Yes: "c" looks hidden already; exact counts are needed here'
    assert said[2].startswith("tables.json:7: South, No: 14.5 is no whole number of people; counts are needed")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "tables.json:1: this is not JSON"),
        ('{"tables": [', "tables.json:1: this is not JSON"),
        ('{"tables": NaN}', "NaN is no number of people"),
        ('{"tables": [], "tables": []}', '"tables" stands twice'),
        ('{"tables": []}', "there is no table in this file"),
        ('{"table": []}', 'there is no "table" here; is "tables" meant?'),
        ("[1, 2]", "the file should be names with values in { }, not a list in [ ]"),
        ('{"tables": [' + "9" * 5000 + "]}", "a number of 5,000 digits is no number of people"),
        ("[" * 100_000, "this is no"),
        ('{"format": 2, "tables": []}', "this program reads format 1, not 2"),
    ],
)
def test_what_is_no_file_of_tables_is_refused(text: str, message: str) -> None:
    assert message in refused_json(text)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"counts": [[41, 12]]}, "this list has 1 values, not 2"),
        ({"counts": [[41, 12], [28]]}, "tables.json:24: this list has 1 values, not 2"),
        ({"counts": [[41, 12], 5]}, "counts should be a list in [ ], not 5"),
        ({"counts": [[41, True], [28, 14]]}, "North, No: a count should be a whole number, not true"),
        ({"counts": [[41, None], [28, 14]]}, "North, No: a count should be a whole number, not nothing"),
        ({"counts": [[41, 10**9], [28, 14]]}, "North, No: 1000000000 is more than 10,000,000 people"),
        ({"counts": [[41, "12"], [28, 14]]}, '"12" is no whole number'),
        ({"rows": {"name": "d", "categories": ["North", "NORTH "]}}, "'NORTH' stands twice"),
        ({"rows": {"name": "d", "categories": ["North", " "]}}, "a name is empty"),
        ({"rows": {"name": "d", "categories": ["N", "S"], "untold": "None"}}, "'None' is none of the categories"),
        ({"rows": {"name": "d", "categories": [str(n) for n in range(MOST_ROWS + 1)]}}, "301 are too many, 300 is"),
        ({"rows": {"nmae": "d", "categories": ["N", "S"]}}, 'there is no "nmae" here; is "name" meant?'),
        ({"rows": []}, "a table has one or two row variables, not 0"),
        ({"columns": {"name": "s", "categories": ["Yes", "No"], "missing": ["?"]}}, "there is no column called '?'"),
        ({"columns": {"name": "district", "categories": ["Y", "N"]}}, "is the name of the rows and of the columns"),
        ({"margins": {"rows": 1}}, '"rows" should be true or false, not 1'),
        ({"columns": {"name": "s", "categories": ["Y", "N"], "structural_zeros": ["N"]}}, "said to be impossible"),
    ],
)
def test_a_table_that_does_not_hold_together_is_refused(changes: dict[str, Any], message: str) -> None:
    assert message in refused_json(one_table(**changes))


def test_thresholds_that_contradict_each_other_are_refused() -> None:
    assert "threshold" in refused_json(one_table() | {"policy": {"threshold": 2}})
    assert "must not fall" in refused_json(one_table() | {"policy": {"threshold": 50}})
    assert 'there is no "treshold" here; is "threshold' in refused_json(one_table() | {"policy": {"treshold": 5}})


def test_tables_of_the_same_people_have_to_agree() -> None:
    first, second = one_table()["tables"][0], one_table(name="By age")["tables"][0]
    second["rows"] = {"name": "age", "categories": ["young", "old"]}
    second["counts"] = [[41, 12], [29, 14]]
    said = refused_json({"tables": [first, second]})
    assert '"By age" is about 96 people and "Satisfied, by district" about 95' in said
    assert """column 'Yes' of "By age" adds up to 70, in "Satisfied, by district" to 69""" in said
    assert "has the same rows and columns as" in refused_json({"tables": [first, first]})


def test_fine_groups_have_to_add_up_to_coarse_ones() -> None:
    fine = one_table()["tables"][0]
    fine["rows"] |= {"parents": {"name": "area", "of": {"North": "Here", "South": "There"}}}
    coarse = one_table(name="By area", counts=[[28, 14], [41, 12]])["tables"][0]
    coarse["rows"] = {"name": "area", "categories": ["Here", "There"]}
    said = refused_json({"tables": [fine, coarse]})
    assert 'Here, No: "Satisfied, by district" adds up to 12, "By area" says 14' in said or "Here, Yes" in said
    coarse["rows"] = {"name": "area", "categories": ["Here", "There", "Nowhere"]}
    coarse["counts"] = [[41, 12], [28, 14], [0, 0]]
    assert "'Nowhere' is only in one" in refused_json({"tables": [fine, coarse]})


def test_children_by_place_need_the_number_of_settings() -> None:
    place = {"name": "district", "categories": ["North", "South"], "geographical": True}
    given = one_table(rows=place) | {"people": {"minors": True}}
    assert "how many schools or sessions" in refused_json(given)
    given["tables"][0]["settings"] = [4, 2]
    found = read_exact_json("tables.json", json.dumps(given))
    assert found.tables[0].settings == {("North",): 4, ("South",): 2}


SHEET = "district,Yes,No,Total\nNorth,41,12,53\nSouth,28,14,42\nTotal,69,26,95\n"


@pytest.mark.parametrize(
    "text",
    [
        SHEET,
        SHEET.replace(",", ";"),
        SHEET.replace(",", "\t"),
        b"\xef\xbb\xbf" + SHEET.encode(),
        SHEET.replace("\n", "\r\n") + "\r\n,,,\r\n",
        SHEET.replace("\n", ",,\n"),
        SHEET.replace("Total", "TOTAL"),
        "\n\n" + SHEET.replace("North", '"North"'),
    ],
)
def test_a_sheet_is_read_as_spreadsheets_save_it(text: str | bytes) -> None:
    (table,) = from_csv(text).tables
    assert table.name == "pupils"
    assert table.by == ("district",)
    assert table.people == {("North",): {"Yes": 41, "No": 12}, ("South",): {"Yes": 28, "No": 14}}
    assert (table.row_totals, table.column_totals) == (True, True)


def test_thousands_and_letters_of_older_programs_are_read() -> None:
    (table,) = from_csv('d;Yes;No\nCafé;"1,234";5\nSüd;1,000,000;7\n'.encode("cp1252")).tables
    assert table.people["Café",] == {"Yes": 1234, "No": 5}
    assert table.people["Süd",]["Yes"] == 1_000_000
    assert (table.row_totals, table.column_totals) == (False, False)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "pupils.csv:1: there is no table here"),
        ("district,Yes\n", "there is no table here"),
        ("Pupils in 2026\ndistrict,Yes\nNorth,4\n", "pupils.csv:1: this row names no columns"),
        (SHEET.replace("42", "43"), "pupils.csv:3: the total of South says 43, the counts add up to 42"),
        (SHEET.replace("69", "70"), "pupils.csv:4: the total of Yes says 70, the counts add up to 69"),
        (SHEET.replace("95", "c"), 'the total of all: "c" looks hidden already'),
        (SHEET.replace("14", "-14"), 'pupils.csv:3: South, No: "-14" is no whole number of people'),
        (SHEET.replace("14", ""), "pupils.csv:3: South, No: it is empty; write 0 where there is nobody"),
        (SHEET.replace("14", "14%"), 'South, No: "14%" is no whole number'),
        (SHEET.replace("14", "NaN"), 'South, No: "NaN" is no whole number'),
        (SHEET.replace("14", "1 400"), '"1 400" is no whole number of people; take the space out: 1400'),
        (SHEET.replace("14", "1\u202f400"), "is no whole number of people; take the space out: 1400"),
        (SHEET.replace("14", "9" * 30), "South, No: "),
        (SHEET.replace("South", "north"), "there are two rows called 'north'"),
        (SHEET.replace("No", "yes"), "there are two columns called 'yes'"),
        (SHEET.replace("South", " "), "pupils.csv:3: this row has no name in its first cell"),
        ("district,Yes,,No\nNorth,1,2,3\n", "pupils.csv:1: column 3 has no name"),
        ("district,Yes,No\nNorth,1\n", "pupils.csv:2: this row has 2 cells, the first row 3"),
        ('district,Yes,No\n"North,1,2\n', "the quotation marks do not fit together"),
        ("district,Yes\0,No\nNorth,1,2\n", "this is not a text file"),
        ("d,Yes,No\n" + "".join(f"r{n},1,2\n" for n in range(10_000)), "more than 300 rows are too many"),
        ("d," + ",".join(f"c{n}" for n in range(100)) + "\n" + "N" + ",1" * 100 + "\n", "100 columns are too many"),
        ("d,Total\nNorth,5\n", "there is no row or no column of counts"),
    ],
)
def test_what_is_no_table_in_a_sheet_is_refused(text: str, message: str) -> None:
    assert message in refused_csv(text)


def test_a_row_that_is_named_has_to_be_there() -> None:
    assert "there is no row called 'Unknown': see --untold" in refused_csv(SHEET, untold="Unknown")
    assert "there is no column called 'Blank': see --missing" in refused_csv(SHEET, missing=("Blank",))


def test_another_threshold_takes_the_others_with_it() -> None:
    assert policy_for(None).threshold == 5
    assert (policy_for(3).threshold, policy_for(3).rounding, policy_for(3).minimum_base) == (3, 3, 10)
    high = policy_for(50)
    assert (high.threshold, high.threshold_sensitive, high.minimum_base, high.rounding) == (50, 50, 50, 5)
