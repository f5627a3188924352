"""Whatever stands in a file, it is read or refused in words, and never ends in a traceback."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from feedback_app.reports.cross_tables.csv_tables import CsvReading
from feedback_app.reports.cross_tables.exact import read_exact_csv, read_exact_json
from feedback_app.reports.cross_tables.reading_printed import Wanted, read_printed_csv, read_printed_json
from feedback_app.reports.cross_tables.shapes import TablesRefused

NAUGHTY = [
    "=1+1",
    "-1",
    "1e5",
    "NaN",
    "∞",
    "١٢",
    "½",
    "²",
    "c",
    "<5",
    "Total",
    "total",
    "",
    " ",
    "\u200b",
    "0x1F",
    "1,2",
]
CELLS = st.sampled_from([*NAUGHTY, "0", "7", "12", "400"])
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=4), st.sampled_from(NAUGHTY)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["name", "of", "categories"]), inner)
    ),
    max_leaves=6,
)
SOUND: dict[str, Any] = {
    "people": {"minors": False},
    "policy": {"threshold": 5},
    "tables": [
        {
            "name": "by district",
            "rows": {
                "name": "district",
                "categories": ["a", "b", "?"],
                "untold": "?",
                "parents": {"name": "area", "of": {"a": "x", "b": "y"}},
            },
            "columns": {"name": "q", "categories": ["yes", "no"], "missing": [], "structural_zeros": []},
            "counts": [[40, 10], [30, 15], [1, 2]],
            "margins": {"rows": True, "columns": True},
        }
    ],
}


def paths(value: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return where every value of a document stands."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [before, *(path for key, one in inner for path in paths(one, (*before, key)))]


PATHS = [path for path in paths(SOUND) if path]


def put(path: tuple[Any, ...], value: Any) -> str:
    """Return the sound document as JSON with another value in one place."""
    given_file = copy.deepcopy(SOUND)
    place: Any = given_file
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return json.dumps(given_file)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PATHS), VALUES)
def test_any_value_anywhere_in_a_json_file_is_read_or_refused(path: tuple[Any, ...], value: Any) -> None:
    text = put(path, value)
    with suppress(TablesRefused):
        read_exact_json("tables.json", text)
    with suppress(TablesRefused):
        read_printed_json("tables.json", text, Wanted())


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(CELLS, max_size=5), max_size=5), st.sampled_from(",;\t"))
@example([["d", "yes", "Total"], ["a", "5", "5"], ["Total", "5", "5"], ["total", "5", "5"]], ",")
def test_any_cells_of_a_sheet_are_read_or_refused(rows: list[list[str]], sign: str) -> None:
    content = "\n".join(sign.join(row) for row in rows).encode()
    for how in (CsvReading(), CsvReading(untold="12", missing=("7",), total_row="0")):
        with suppress(TablesRefused):
            read_exact_csv("sheet.csv", content, how)
        with suppress(TablesRefused):
            read_printed_csv("sheet.csv", content, how, Wanted())


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with suppress(TablesRefused):
        read_exact_csv("sheet.csv", content, CsvReading())
    with suppress(TablesRefused):
        read_exact_json("tables.json", content.decode("latin-1"))
