"""`themes tag`: a file in, the same rows out with columns added; nothing is lost, and nothing half written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.commands import CommandLine
from tests.support.databases import sqlite_url
from tests.support.themes import SMALL

DATABASES = ("sqlite",)
COMMENTS = "id,comment\n1,We waited two years\n2,He says he wants to die\n3,Czekamy bardzo długo na wizytę u lekarza\n"


@pytest.fixture
def run(tmp_path: Path) -> CommandLine:
    """Commands without a database: a file can be tagged where there is none."""
    return CommandLine(sqlite_url(tmp_path / "none.sqlite"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Three invented comments."""
    path = tmp_path / "comments.csv"
    path.write_text(COMMENTS, encoding="utf-8")
    return path


def words(file: Path, output: Path, *more: str) -> tuple[str, ...]:
    """Return the words of the command."""
    return (
        "themes",
        "tag",
        str(file),
        "--column",
        "comment",
        "--output",
        str(output),
        "--codeframe",
        str(SMALL),
        *more,
    )


def test_a_file_is_tagged_and_told_about(run: CommandLine, file: Path, tmp_path: Path) -> None:
    output = tmp_path / "tagged.csv"
    told = run.must(*words(file, output))
    assert "Rows in: 3. Rows out" in told
    assert "1 held back: a safeguarding reader should read them now" in told
    rows = output.read_text(encoding="utf-8").splitlines()
    assert rows[0] == "id,comment,themes,priorities,valence,language,evidence,state,flags"
    assert rows[1] == "1,We waited two years,WAIT,P1,needs_change,en,WAIT: waited,review,"
    assert rows[2] == "2,He says he wants to die,,,,,,held,safeguarding"
    assert rows[3].endswith(",,,,pl,,person,")


def test_no_file_is_lost(run: CommandLine, file: Path, tmp_path: Path) -> None:
    output = tmp_path / "there.csv"
    output.write_text("dear to somebody", encoding="utf-8")
    assert "is there already" in run(*words(file, output)).stderr
    assert "take the place of the file itself" in run(*words(file, file, "--force")).stderr
    assert "There is no folder" in run(*words(file, tmp_path / "nowhere" / "x.csv")).stderr
    assert output.read_text(encoding="utf-8") == "dear to somebody"
    assert file.read_text(encoding="utf-8") == COMMENTS
    run.must(*words(file, output, "--force"))
    assert "WAIT" in output.read_text(encoding="utf-8")


def test_a_file_that_cannot_be_read_leaves_nothing_behind(run: CommandLine, file: Path, tmp_path: Path) -> None:
    file.write_text('id,comment\n1,"never closed\n', encoding="utf-8")
    refused = run(*words(file, tmp_path / "tagged.csv"))
    assert refused.exit_code == 2
    assert "quotation" in refused.stderr
    assert {path.name for path in tmp_path.iterdir()} <= {"comments.csv", "none.sqlite"}
