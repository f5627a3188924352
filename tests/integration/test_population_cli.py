"""`population show` and `population check`: what is known about the people here, and bringing in better numbers."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.commands import CommandLine
from tests.support.databases import sqlite_url
from tests.support.population import MARGINS, replace, table_rows, write_table
from tests.support.surveys import LANCASHIRE


@pytest.fixture
def area(tmp_path: Path) -> Path:
    """A copy of the real files that a test may change."""
    return Path(shutil.copytree(LANCASHIRE, tmp_path / "surveys" / "lancashire"))


@pytest.fixture
def run(tmp_path: Path, area: Path) -> CommandLine:
    """Commands on those files; they need no table in the database."""
    return CommandLine(sqlite_url(tmp_path / "feedback.sqlite"), surveys_dir=str(area.parent))


def test_what_is_known_is_shown_with_source_and_date_and_what_is_not(run: CommandLine) -> None:
    shown = run.must("population", "show").splitlines()
    assert shown[0].endswith(
        ": Pupils with an EHC plan or SEN support in schools of the twelve districts, 34,628 people"
    )
    assert shown[1].startswith("Source: School census, January 2025, as published in Lancashire Insight (2025-01)")
    assert shown[1].endswith(", counted where the school is")
    assert shown[2] == "  Help plan: EHC plan 10,155 (29%), SEN support 24,473 (71%)"
    assert shown[3] == "Not known, so not weighted on: Age, District"
    assert "    10,155 Pupils with an EHC plan" in shown
    assert any(line.startswith("Note: The school census counts by where the school is") for line in shown)


def test_a_sound_file_is_said_to_be_sound(run: CommandLine) -> None:
    assert run.must("population", "check") == "The population's file is sound.\n"


def test_a_mistake_in_the_file_is_told_with_its_line(run: CommandLine, area: Path) -> None:
    replace(area, "surveys: [send_parents]", "surveys: [send_parrots]")
    for words in (("population", "check"), ("survey", "check")):
        refused = run(*words)
        assert refused.exit_code == 2
        assert "population.yaml:" in refused.stderr
        assert "there is no survey called send_parrots" in refused.stderr
        assert "Traceback" not in refused.output


def test_a_table_is_checked_and_shown_beside_the_published_totals(run: CommandLine, area: Path, tmp_path: Path) -> None:
    path = write_table(tmp_path, table_rows(area))
    shown = run.must("population", "check", str(path)).splitlines()
    assert shown[0] == "people.csv is sound: 96 rows, 12 districts, 14,160 people."
    assert shown[1] == "  Help plan: EHC plan 7,056 (50%), SEN support 7,104 (50%)"
    assert shown[3].startswith("  District: Burnley 828 (6%), Chorley 892 (6%)")
    assert any(line.startswith("  34,628 Pupils with special educational needs") for line in shown)
    assert shown[-1].startswith("To use it, put it beside population.yaml and say there: table: people.csv")


def test_a_table_with_mistakes_is_refused_line_by_line(run: CommandLine, area: Path, tmp_path: Path) -> None:
    rows = table_rows(area)
    rows[1] = rows[1].replace("burnley", "blackpool")
    refused = run("population", "check", str(write_table(tmp_path, rows)))
    assert refused.exit_code == 2
    assert "people.csv:2: there is no district called 'blackpool'" in refused.stderr
    assert "burnley has no row for 0_to_4, ehc_plan" in refused.stderr
    assert run("population", "check", str(tmp_path / "nowhere.csv")).exit_code == 2


def test_a_table_named_in_the_file_is_shown_as_the_frame(run: CommandLine, area: Path) -> None:
    write_table(area, table_rows(area))
    replace(area, MARGINS, "  table: people.csv\n")
    replace(area, "  place: school", "  place: home")
    shown = run.must("population", "show")
    assert "14,160 people" in shown
    assert "counted where the child or young person lives" in shown
    assert "Not known" not in shown
    run.must("population", "check")


def test_a_partnership_without_the_file_is_compared_with_nobody(tmp_path: Path) -> None:
    run = CommandLine(sqlite_url(tmp_path / "feedback.sqlite"), invented=True)
    for word in ("show", "check"):
        assert run.must("population", word) == (
            "There is no population.yaml: answers are compared with nobody and not weighted.\n"
        )
    path = tmp_path / "people.csv"
    path.write_text("district,age_band,provision,people\n", encoding="utf-8")
    refused = run("population", "check", str(path))
    assert refused.exit_code == 2
    assert "there is no frame here, whose groups a table could tell" in refused.stderr
