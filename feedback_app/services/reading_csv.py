"""Reading a CSV file row by row in bounded memory, however odd it is; what is wrong is said in one sentence."""

from __future__ import annotations

import csv
import io
from collections.abc import Generator, Iterator
from typing import BinaryIO

from feedback_app.domain.errors import ImportRefused

LONGEST_LINE = 1_000_000  # characters
LONGEST_CELL = 100_000  # characters


def read_rows(file: BinaryIO, encoding: str, delimiter: str) -> Generator[tuple[int, list[str]], None, None]:
    """Yield (row as a spreadsheet numbers it, cells), the heading first; raise ImportRefused where reading stops."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="")
    before = csv.field_size_limit(LONGEST_CELL)
    number = 0
    try:
        for number, cells in enumerate(csv.reader(_lines(text), delimiter=delimiter, strict=True), 1):
            yield number, cells
    except UnicodeDecodeError as error:
        raise ImportRefused((_not_text(number + 1, encoding),)) from error
    except csv.Error as error:
        raise ImportRefused((_not_csv(number + 1, str(error)),)) from error
    finally:
        csv.field_size_limit(before)
        text.detach()


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    """Yield lines, none longer than `LONGEST_LINE`, so that a file that is one huge line does not fill the memory."""
    number = 0
    while line := text.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE and line[-1] not in "\r\n":
            raise ImportRefused((f"line {number}: longer than {LONGEST_LINE:,} characters; this is not a table",))
        if "\0" in line:
            raise ImportRefused((f"line {number}: holds a NUL character; this is not a text file, or a damaged one",))
        yield line


def _not_text(row: int, encoding: str) -> str:
    """Return the sentence for bytes that are no text."""
    if encoding == "utf-8":
        return (
            f"near row {row}: this is not UTF-8 text; save the file as CSV UTF-8, or say encoding: cp1252 in the map "
            "when an older spreadsheet program made it"
        )
    return f"near row {row}: this is not {encoding} text; say encoding: utf-8 in the map, or save the file as CSV UTF-8"


def _not_csv(row: int, said: str) -> str:
    """Return the sentence for cells that cannot be told apart."""
    if "field limit" in said:
        return (
            f"row {row}: a cell holds more than {LONGEST_CELL:,} characters; "
            "a quotation mark before it is probably not closed"
        )
    if "unexpected end of data" in said:
        return f"row {row}: the file ends inside a quotation; a quotation mark is not closed"
    return f"row {row}: the quotation marks do not fit together; inside a quotation they are written twice"
