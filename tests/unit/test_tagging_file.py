"""Tagging a file: how it is read, screened first, and written with nothing lost."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_app.domain.coding import Tagged
from feedback_app.domain.errors import ImportRefused
from feedback_app.domain.screening import Category, Cues, Screener
from feedback_app.services.tagging_file import (
    COLUMNS,
    Layout,
    Looked,
    Looking,
    Writing,
    added_cells,
    look_at,
    read_comments,
    read_layout,
)
from feedback_app.theming.apart import Asking
from tests.support.themes import small_codeframe, small_tagger

CUES = Cues(version=1, categories={"harm": Category(name="Harm", cues={"en": ("hits me",)})}, asks_contact=("ring me",))
SCREENER = Screener(CUES)


def layout_of(content: bytes, column: str = "comment") -> Layout:
    """Return how a file is written."""
    return read_layout(io.BytesIO(content), column)


def tagged_file(content: bytes, looking: Looking | None = None) -> list[list[str]]:
    """Return the rows of a file after tagging, the heading first."""
    layout = layout_of(content)
    written = io.StringIO(newline="")
    writing = Writing(written, layout, small_codeframe())
    for cells, words in read_comments(io.BytesIO(content), layout):
        writing.write(cells, words, look_at(small_tagger(), Asking(words), looking or Looking(SCREENER)))
    return list(csv.reader(io.StringIO(written.getvalue(), newline=""), delimiter=layout.delimiter))


@pytest.mark.parametrize(
    ("content", "encoding", "delimiter", "has_bom"),
    [
        ("id,comment\n1,é\n".encode(), "utf-8", ",", False),
        ("\ufeffid;comment\r\n1;é\r\n".encode(), "utf-8", ";", True),
        ("id\tcomment\n1\té\n".encode("cp1252"), "cp1252", "\t", False),
        (b'"a,b,c";comment\n1;x\n', "utf-8", ";", False),
        (b"comment\nx", "utf-8", ",", False),
    ],
)
def test_files_are_read_as_spreadsheets_write_them(
    content: bytes, encoding: str, delimiter: str, has_bom: bool
) -> None:
    """With a mark in front, in an older encoding, with semicolons or tabs."""
    layout = layout_of(content)
    assert (layout.encoding, layout.delimiter, layout.has_bom, layout.rows) == (encoding, delimiter, has_bom, 1)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the column 'comment' is not in the file; its columns: none"),
        (b"id,words\n1,x\n", "the column 'comment' is not in the file; its columns: id, words"),
        (b"comment,comment\nx,y\n", "is twice in the file"),
        (b"comment,state\nx,y\n", "a column of its own called state"),
        (b"comment,id\nx,1,2\n", "row 2: it has 3 cells, the heading has 2"),
        (b"comment\n\x81\xff\n", "no text file"),
        (b"comment\nx\x00y\n", "NUL"),
        (b'comment\n"never closed\n', "quotation"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(content: bytes, said: str) -> None:
    """Before anything is written."""
    with pytest.raises(ImportRefused) as refused:
        layout_of(content)
    assert said in " ".join(refused.value.problems)


def test_each_row_comes_out_with_what_was_found_beside_it() -> None:
    """Themes, priorities, valence, language, evidence, state and flags; what was there stays as it was."""
    rows = tagged_file(b'id,comment\n7,"We waited, nobody listens. Ring me"\n8,\n')
    assert rows[0] == ["id", "comment", *COLUMNS]
    found = dict(zip(rows[0], rows[1], strict=True))
    assert found == {
        "id": "7", "comment": "We waited, nobody listens. Ring me", "themes": "WAIT;LISTEN", "priorities": "P1;P2",
        "valence": "needs_change", "language": "en", "evidence": "WAIT: waited; LISTEN: nobody listens",
        "state": "review", "flags": "contact",
    }  # fmt: skip
    assert rows[2] == ["8", "", "", "", "", "", "", "none", ""]


def test_what_somebody_must_read_first_is_not_tagged_unless_asked_for() -> None:
    """A flagged comment is barred from tagging; whoever may read it says so."""
    content = b"comment\nWe waited and he hits me\n"
    assert tagged_file(content)[1] == ["We waited and he hits me", "", "", "", "", "", "held", "safeguarding"]
    tagged = tagged_file(content, Looking(SCREENER, tag_flagged=True))[1]
    assert (tagged[1], tagged[-1]) == ("WAIT", "safeguarding")


def test_no_cell_is_one_that_a_spreadsheet_runs_and_numbers_stay_numbers() -> None:
    """Also in the columns that came with the file, and in a heading."""
    rows = tagged_file(b'"=1+1",comment,score\n@SUM(A1),"=HYPERLINK(""x"") we waited",-5\n')
    assert rows[0][0] == "'=1+1"
    assert rows[1][:3] == ["'@SUM(A1)", '\'=HYPERLINK("x") we waited', "-5"]


def test_evidence_is_cut_from_the_comment_as_it_was_written() -> None:
    """Over the end of a line it is shown on one."""
    tagged = small_tagger().tag("It TOOK  many\tmonths")
    cells = added_cells(small_codeframe(), "It TOOK  many\tmonths", Looked((), tagged))
    assert dict(zip(COLUMNS, cells, strict=True))["evidence"] == "WAIT: TOOK many months"
    assert isinstance(tagged, Tagged)


@settings(max_examples=30)
@given(st.lists(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=60), max_size=6))
def test_rows_in_are_rows_out(comments: list[str]) -> None:
    """Whatever they hold, in their order."""
    written = io.StringIO(newline="")
    csv.writer(written).writerows([["number", "comment"], *([number, each] for number, each in enumerate(comments))])
    rows = tagged_file(written.getvalue().encode())
    assert [row[0] for row in rows[1:]] == [str(number) for number in range(len(comments))]
    assert {len(row) for row in rows} == {2 + len(COLUMNS)}
