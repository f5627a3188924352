"""Odd files are read, or refused in one sentence that says where."""

from __future__ import annotations

import csv
import io
import tracemalloc
from collections.abc import Iterator

import pytest

from feedback_app.domain.errors import ImportRefused
from feedback_app.services.reading_csv import LONGEST_CELL, LONGEST_LINE, read_rows


def rows(data: bytes, encoding: str = "utf-8", delimiter: str = ",") -> list[list[str]]:
    """Return all rows of a file with these bytes."""
    return [cells for _number, cells in read_rows(io.BytesIO(data), encoding, delimiter)]


def refusal(data: bytes, encoding: str = "utf-8") -> str:
    """Return the sentence with which a file is refused."""
    with pytest.raises(ImportRefused) as refused:
        rows(data, encoding)
    (sentence,) = refused.value.problems
    return sentence


def test_a_byte_order_mark_and_any_line_ends_are_read() -> None:
    assert rows(b"\xef\xbb\xbfa,b\r\n1,2\r\n") == [["a", "b"], ["1", "2"]]
    assert rows(b"a,b\r1,2\r") == [["a", "b"], ["1", "2"]]
    assert rows(b"a;b\n1;2", delimiter=";") == [["a", "b"], ["1", "2"]]


def test_cells_may_hold_line_ends_commas_and_quotation_marks() -> None:
    assert rows(b'a,b\n"one\ntwo","say ""hi"", then go"\n') == [["a", "b"], ["one\ntwo", 'say "hi", then go']]


def test_an_older_encoding_is_read_when_the_map_says_so_and_never_guessed() -> None:
    data = "a\ncafé\n".encode("cp1252")
    assert rows(data, "cp1252") == [["a"], ["café"]]
    assert "this is not UTF-8 text" in refusal(data)
    assert "say encoding: cp1252 in the map" in refusal(data)
    assert "this is not cp1252 text" in refusal(b"a\n\x81\n", "cp1252")


def test_a_spreadsheets_unicode_text_is_refused_with_advice() -> None:
    assert "save the file as CSV UTF-8" in refusal("a\tb\n".encode("utf-16"))


def test_a_nul_is_refused_with_its_line() -> None:
    assert refusal(b"a,b\n1,\0\n") == "line 2: holds a NUL character; this is not a text file, or a damaged one"


def test_quotation_marks_that_do_not_fit_are_refused_with_their_row() -> None:
    assert refusal(b'a,b\n"one"x,2\n').startswith("row 2: the quotation marks do not fit together")
    assert refusal(b'a,b\n1,2\n"one,2\n').startswith("row 3: the file ends inside a quotation")


def test_a_quotation_that_swallows_the_file_is_refused_early() -> None:
    swallowed = b'a,b\n"one,2\n' + b"1,2\n" * LONGEST_CELL
    assert refusal(swallowed).startswith(f"row 2: a cell holds more than {LONGEST_CELL:,} characters")


class Endless(io.RawIOBase):
    """A gigabyte in one line, made as it is read."""

    def __init__(self) -> None:
        self.left = 1_000_000_000

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        size = min(len(buffer), self.left)
        buffer[:size] = b"x" * size
        self.left -= size
        return size


def test_a_cell_of_a_gigabyte_is_refused_without_filling_the_memory() -> None:
    tracemalloc.start()
    try:
        with pytest.raises(ImportRefused, match=f"line 1: longer than {LONGEST_LINE:,} characters"):
            list(read_rows(io.BufferedReader(Endless()), "utf-8", ","))
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


@pytest.fixture(autouse=True)
def _limit_as_before() -> Iterator[None]:
    before = csv.field_size_limit()
    yield
    assert csv.field_size_limit() == before
