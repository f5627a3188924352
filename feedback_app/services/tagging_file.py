"""Tagging any file of comments: each row as it came, and beside it what screening and the tagger say of it."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import BinaryIO, TextIO

from feedback_app.domain.codeframe import Codeframe
from feedback_app.domain.coding import Tagged
from feedback_app.domain.errors import ImportRefused
from feedback_app.domain.personal import find_personal
from feedback_app.domain.screening import Screener
from feedback_app.reports.cells import safe_cell
from feedback_app.services.reading_csv import LONGEST_LINE, read_rows
from feedback_app.theming.apart import Asking
from feedback_app.theming.tagger import Tagger

COLUMNS = ("themes", "priorities", "valence", "language", "evidence", "state", "flags")
SAFEGUARDING, PERSONAL, CONTACT = "safeguarding", "personal", "contact"
HELD = "held"  # the state of a comment that somebody must read before anything is done with it
A_CHUNK = 1 << 16
_NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?")
_DELIMITERS = (",", ";", "\t")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Layout:
    """How a file is written, where its comments are (a place among the headings), and how many rows it has."""

    encoding: str
    delimiter: str
    has_bom: bool
    headings: tuple[str, ...]
    column: int
    rows: int


@dataclass(frozen=True)
class Looking:
    """How comments are looked at: by which screener, and whether those it flags are tagged all the same."""

    screener: Screener | None
    tag_flagged: bool = False


@dataclass(frozen=True)
class Looked:
    """What was found in one comment: the flags it raises, and what the tagger says, None where it is held back."""

    flags: tuple[str, ...]
    tagged: Tagged | None


def look_at(tagger: Tagger, asking: Asking, looking: Looking) -> Looked:
    """Return what is found in a comment: screened first, and not tagged where somebody must read it before."""
    screened = looking.screener.screen(asking.words) if looking.screener else None
    flags = [SAFEGUARDING] if screened and screened.flagged else []
    flags += [PERSONAL] if find_personal(asking.words) else []
    flags += [CONTACT] if screened and screened.asks_contact else []
    if SAFEGUARDING in flags and not looking.tag_flagged:
        return Looked(tuple(flags), None)
    return Looked(tuple(flags), tagger.tag(asking.words, question_valence=asking.asked))


def read_layout(file: BinaryIO, column: str, barred: Sequence[str] = COLUMNS) -> Layout:
    """Return how a CSV file is written, read through once; raise ImportRefused with a sentence for what is wrong.

    ``barred``: headings that it may not have.
    """
    start = file.read(len(_BOM))
    file.seek(0)
    encoding = _encoding_of(file)
    file.seek(0)
    delimiter = _delimiter_of(file.readline(LONGEST_LINE).decode(encoding, "replace"))
    file.seek(0)
    with closing(read_rows(file, encoding, delimiter)) as rows:
        headings = tuple(next(rows, (1, []))[1])
        place = _place_of(headings, column, barred)
        number = 0
        for row, cells in rows:
            if any(cells[len(headings) :]):
                raise ImportRefused((f"row {row}: it has {len(cells)} cells, the heading has {len(headings)}",))
            number += 1
    file.seek(0)
    return Layout(encoding, delimiter, start == _BOM, headings, place, number)


def read_comments(file: BinaryIO, layout: Layout) -> Iterator[tuple[list[str], str]]:
    """Yield (cells, comment) for each row, as many cells as there are headings."""
    width = len(layout.headings)
    with closing(read_rows(file, layout.encoding, layout.delimiter)) as rows:
        next(rows, None)
        for _row, cells in rows:
            whole = (cells + [""] * width)[:width]
            yield whole, whole[layout.column]


class Writing:
    """Writes a tagged file: as the other was written, with the columns added, no cell one that a spreadsheet runs."""

    def __init__(self, file: TextIO, layout: Layout, codeframe: Codeframe) -> None:
        """Write the headings."""
        self.codeframe = codeframe
        self._writer = csv.writer(file, delimiter=layout.delimiter, lineterminator="\r\n")
        self._write([*layout.headings, *COLUMNS])

    def write(self, cells: Sequence[str], comment: str, looked: Looked) -> None:
        """Write a row."""
        self._write([*cells, *added_cells(self.codeframe, comment, looked)])

    def _write(self, cells: Sequence[str]) -> None:
        self._writer.writerow([cell if _NUMBER.fullmatch(cell) else safe_cell(cell) for cell in cells])


def added_cells(codeframe: Codeframe, comment: str, looked: Looked) -> tuple[str, ...]:
    """Return the cells of `COLUMNS` for a comment; several in one cell stand apart by semicolons."""
    flags, tagged = ";".join(looked.flags), looked.tagged
    if tagged is None:
        return ("", "", "", "", "", HELD, flags)
    themes = tagged.themes
    evidence = "; ".join(
        f"{one.theme}: {' / '.join(_shown(comment[span.start : span.end]) for span in one.evidence)}"
        for one in tagged.suggestions
        if one.evidence
    )
    valence = tagged.feeling.valence.value if tagged.feeling and comment.strip() else ""
    language = tagged.language if comment.strip() else ""
    priorities = codeframe.priorities_of(themes)
    return (";".join(themes), ";".join(priorities), valence, language, evidence, tagged.state.value, flags)


def _shown(evidence: str) -> str:
    return " ".join(evidence.split())


def _encoding_of(file: BinaryIO) -> str:
    """Return "utf-8" or, for what older spreadsheet programs write, "cp1252"; raise ImportRefused for no text."""
    for encoding in ("utf-8", "cp1252"):
        file.seek(0)
        if _can_be_read(file, encoding):
            return encoding
    raise ImportRefused(("this is no text file; save it as CSV UTF-8",))


def _can_be_read(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := file.read(A_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter_of(heading: str) -> str:
    """Return what parts the cells of a heading: what stands in it most often, a comma where nothing does."""
    plain = re.sub('"[^"]*"', "", heading)
    return max(_DELIMITERS, key=plain.count)


def _place_of(headings: Sequence[str], column: str, barred: Sequence[str]) -> int:
    """Return where the comments' column is; raise ImportRefused where it is not, twice, or an added one is there."""
    there = ", ".join(headings) or "none"
    if headings.count(column) != 1:
        often = "twice" if column in headings else "not"
        raise ImportRefused((f"the column {column!r} is {often} in the file; its columns: {there}",))
    taken = [name for name in barred if name in headings]
    if taken:
        raise ImportRefused((f"the file has a column of its own called {', '.join(taken)}; give it another name",))
    return headings.index(column)
