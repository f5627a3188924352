"""`feedback-app disclosure`: tables of one's own protected and audited, without a database or any setting."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from feedback_app.cli import main

PRIVATE = "Kept private, so that no small number can be worked out."


def run(*words: str | Path) -> Result:
    """Run a command with nothing in the environment."""
    return CliRunner().invoke(main, ["disclosure", *map(str, words)], env={}, catch_exceptions=False)


@pytest.fixture
def guide(project_root: Path) -> str:
    """What analysts read."""
    return (project_root / "docs" / "disclosure.md").read_text(encoding="utf-8")


@pytest.fixture
def sheet(guide: str, tmp_path: Path) -> Path:
    """The cross-table that the page shows."""
    (text,) = re.findall(r"```csv\n(.*?)```", guide, re.DOTALL)
    path = tmp_path / "satisfaction.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def tables(guide: str, tmp_path: Path) -> Path:
    """The file of tables that the page shows."""
    (text,) = re.findall(r"```json\n(.*?)```", guide, re.DOTALL)
    path = tmp_path / "tables.json"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_sheet_of_the_page_is_protected_and_audited(sheet: Path, tmp_path: Path) -> None:
    safe = tmp_path / "safe.csv"
    done = run("protect", sheet, "--untold", "Not known", "--output", safe)
    assert done.exit_code == 0, done.output
    assert "South: Fewer than 10 people." in done.stdout
    lines = safe.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "district,Satisfied,Neither,Dissatisfied,Total,Why not shown"
    assert lines[1] == "North,40,10,10,60,"
    assert lines[2] == "East,35,10,c,45,"
    assert lines[4] == "South,-,-,-,<10,Fewer than 10 people."
    assert lines[6].startswith("Not known,-,-,-,-,")
    assert lines[-1].startswith('"Protected by feedback-app: c is 0 to 4; other counts are rounded to 5;')
    audited = run("audit", safe)
    assert audited.exit_code == 0, audited.output
    assert "Read as: c is 0 to 4, other counts are rounded to 5, held so that none tells" in audited.stdout
    assert "  East, Dissatisfied: 0 to 4" in audited.stdout
    assert "Safe: no hidden number can be worked out to within one person." in audited.stdout


def test_the_tables_of_the_page_are_protected_and_audited(tables: Path, tmp_path: Path) -> None:
    safe = tmp_path / "safe.json"
    done = run("protect", tables, "--output", safe)
    assert done.exit_code == 0, done.output
    found = json.loads(safe.read_text(encoding="utf-8"))
    first, _, crossed = found["tables"]
    assert found["method"]["threshold"] == 5
    assert crossed["method"]["threshold"] == 10
    assert first["counts"][0] == [40, 10, None]
    assert first["counts"][4] == [None, None, None]
    assert set(first["not_shown"][0]) <= {"row", "columns", "rule", "reason", "why"}
    assert "columns" not in crossed["totals"]
    assert run("audit", safe).exit_code == 0


def test_every_name_of_the_output_is_explained_on_the_page(guide: str, tables: Path, tmp_path: Path) -> None:
    run("protect", tables, "--output", tmp_path / "safe.json")
    found = json.loads((tmp_path / "safe.json").read_text(encoding="utf-8"))
    names = {*found, *found["method"], *found["tables"][0]}
    assert [name for name in sorted(names - {"protected"}) if f"`{name}`" not in guide] == []


def test_every_option_is_explained_on_the_page(guide: str) -> None:
    for command in ("protect", "audit"):
        options = re.findall(r"(--[a-z-]+)", run(command, "--help").stdout)
        known = {"--help", "--output", "--quiet"}
        assert [option for option in options if option not in guide and option not in known] == []


def test_what_can_be_worked_out_is_named(tmp_path: Path) -> None:
    printed = tmp_path / "printed.csv"
    printed.write_text("district,Satisfied,Dissatisfied,Total\nNorth,41,12,53\nSouth,28,c,31\n", encoding="utf-8")
    audited = run("audit", printed)
    assert audited.exit_code == 1
    assert "Read as: c is 0 to 4, other counts are exact." in audited.stdout
    assert audited.stdout.rstrip().endswith("printed: South, Dissatisfied: is 3")
    quiet = run("audit", printed, "--quiet").stdout
    assert quiet.count("South, Dissatisfied") == 1


def test_numbers_that_no_table_fits_are_a_bad_file(tmp_path: Path) -> None:
    printed = tmp_path / "printed.csv"
    printed.write_text("district,Yes,No,Total\nNorth,41,7,40\n", encoding="utf-8")
    audited = run("audit", printed)
    assert audited.exit_code == 2
    assert "no table fits these numbers" in audited.stderr
    assert "row North adds up to at least 48, the total says 40 at most" in audited.stderr


def test_nothing_is_written_over_unless_somebody_says_so(sheet: Path, tmp_path: Path) -> None:
    safe = tmp_path / "safe.csv"
    safe.write_text("mine", encoding="utf-8")
    refused = run("protect", sheet, "--untold", "Not known", "--output", safe)
    assert refused.exit_code == 2
    assert "is there already. Choose another --output, or say --force" in refused.stderr
    assert safe.read_text(encoding="utf-8") == "mine"
    assert run("protect", sheet, "--untold", "Not known", "--output", safe, "--force").exit_code == 0
    before = sheet.read_text(encoding="utf-8")
    refused = run("protect", sheet, "--output", sheet, "--force")
    assert refused.exit_code == 2
    assert sheet.read_text(encoding="utf-8") == before


def test_a_refused_file_leaves_nothing_behind(sheet: Path, tmp_path: Path) -> None:
    sheet.write_text(sheet.read_text(encoding="utf-8").replace("62", "63"), encoding="utf-8")
    refused = run("protect", sheet, "--output", tmp_path / "safe.csv")
    assert refused.exit_code == 2
    assert "satisfaction.csv:2: the total of North says 63, the counts add up to 62; mend one of them" in refused.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["satisfaction.csv"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("protect", "tables.json", "--output", "safe.csv"), "A CSV file holds one table"),
        (("protect", "tables.json", "--output", "safe.txt"), "the output should end in .json or .csv"),
        (("protect", "tables.json", "--output", "nowhere/safe.json"), "cannot be written"),
        (("protect", "tables.json", "--sensitive", "--output", "safe.json"), "--sensitive is for CSV files"),
        (("protect", "tables.json", "--threshold", "7", "--output", "s.json"), "--threshold is for CSV files"),
        (("protect", "nothing.json", "--output", "safe.json"), "does not exist"),
        (("protect", "tables.txt", "--output", "safe.json"), "the file should end in .json or .csv"),
        (("audit", "bytes.json"), "is not UTF-8 text"),
        (("audit", "large.json"), "is larger than 5 MB"),
    ],
)
def test_what_cannot_be_done_is_said(
    words: tuple[str, ...], message: str, tables: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tables.parent)
    Path("tables.txt").write_text("{}", encoding="utf-8")
    Path("bytes.json").write_bytes(b"\xff\xfe\x00")
    Path("large.json").write_text(" " * 5_000_001, encoding="utf-8")
    refused = run(*words)
    assert refused.exit_code in (1, 2)
    assert message in refused.stderr
    assert "Traceback" not in refused.output


def test_children_are_protected_by_higher_thresholds(sheet: Path, tmp_path: Path) -> None:
    run("protect", sheet, "--untold", "Not known", "--minors", "--output", tmp_path / "safe.json")
    found = json.loads((tmp_path / "safe.json").read_text(encoding="utf-8"))
    assert (found["method"]["threshold"], found["method"]["minimum_base"]) == (10, 20)
    assert found["people"] == {"minors": True}
    shown = [count for row in found["tables"][0]["counts"] for count in row if isinstance(count, int)]
    assert min(shown) >= 10
