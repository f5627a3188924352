"""No cell of a file is ever run by a spreadsheet."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_app.reports.cells import csv_cell, safe_cell

HIDING = ["", " ", "\n", "\r\n", "\t", "\xa0", "\u2003", "\u3000", "\u200b", "\ufeff", "\x00", " \xa0\n ", "\u202e"]


@pytest.mark.parametrize("before", HIDING)
@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", "＋", "－", "＠"])
def test_what_may_be_a_formula_gets_an_apostrophe_before_it(before: str, sign: str) -> None:
    text = f'{before}{sign}HYPERLINK("https://example.org")'
    assert safe_cell(text) == "'" + text


@pytest.mark.parametrize("first", ["\t", "\r", "\n", "\x00"])
def test_what_begins_with_a_control_character_gets_one_too(first: str) -> None:
    assert safe_cell(first + "words") == "'" + first + "words"


@pytest.mark.parametrize("text", ["", "Often", "c", "<10", "A = B", "7 or 8", "“Often”", "'quoted'", "ہمیشہ"])
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert safe_cell(text) == text


@pytest.mark.parametrize("number", [-9, 0, 43, -12.5, None])
def test_numbers_stay_numbers(number: float | None) -> None:
    assert safe_cell(number) is number


@given(st.text(max_size=20))
def test_the_first_visible_sign_of_a_cell_is_never_the_start_of_a_formula(text: str) -> None:
    cell = str(safe_cell(text))
    assert cell.strip("\t\r\n\x00 \xa0")[:1] not in {"=", "+", "-", "@"}


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12), min_size=2, max_size=5))
def test_a_line_of_csv_cells_is_read_back_as_it_was_written(texts: list[str]) -> None:
    line = ",".join(csv_cell(text) for text in texts) + "\r\n"
    assert next(csv.reader(io.StringIO(line, newline=""))) == [safe_cell(text) for text in texts]
