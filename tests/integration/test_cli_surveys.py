"""`survey check` and `survey list`: what is wrong, where, and how long a survey takes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.commands import IMPORTS, CommandLine
from tests.support.databases import sqlite_url


@pytest.fixture
def surveys(tmp_path: Path) -> Path:
    """A copy of the invented surveys that a test may spoil."""
    return Path(shutil.copytree(IMPORTS, tmp_path / "surveys")) / "anyshire"


@pytest.fixture
def run(tmp_path: Path, surveys: Path) -> CommandLine:
    """Commands on those surveys and a migrated database."""
    command = CommandLine(
        sqlite_url(tmp_path / "feedback.sqlite"), surveys_dir=str(surveys.parent), partnership="anyshire"
    )
    command.must("db", "upgrade")
    return command


def spoil(path: Path, before: str, after: str) -> None:
    """Replace a piece of a file."""
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def test_surveys_are_listed_with_versions_and_addresses(run: CommandLine) -> None:
    assert run.must("survey", "list") == (
        "clubs  v1  /surveys/clubs  How was your club?\nnhs_fft  v1  /surveys/nhs-fft  How was our service?\n"
    )


def test_a_sound_survey_is_summed_up_in_one_line(run: CommandLine) -> None:
    assert run.must("survey", "check", "clubs") == (
        "clubs v1: longest way 6 questions on 6 pages, about 2 min; "
        "shortest 5 questions, about 2 min; reading age 3.6\n"
    )


def test_a_mistake_is_told_with_file_line_item_and_what_is_wrong(run: CommandLine, surveys: Path) -> None:
    spoil(surveys / "clubs" / "v1.yaml", "{item: CL01, in: [2]}", "{item: CL99, in: [2]}")
    done = run("survey", "check")
    assert done.exit_code == 1
    lines = (surveys / "clubs" / "v1.yaml").read_text(encoding="utf-8").splitlines()
    line = next(number for number, text in enumerate(lines, 1) if "CL99" in text)
    assert f"{surveys.as_posix()}/clubs/v1.yaml:{line}: CL05: " in done.stdout
    assert "CL99" in done.stdout
    assert "1 must be mended before these surveys can be opened." in done.stderr


def test_a_survey_with_a_mistake_cannot_be_opened(run: CommandLine, surveys: Path) -> None:
    spoil(surveys / "clubs" / "v1.yaml", "{item: CL01, in: [2]}", "{item: CL99, in: [2]}")
    refused = run("wave", "open", "--survey", "clubs", "--slug", "clubs-1")
    assert refused.exit_code == 2
    assert "clubs has 1 to mend before it can be opened:" in refused.stderr
    assert run.must("wave", "list") == "There are no waves yet.\n"


def test_a_file_that_is_no_survey_does_not_hide_the_others(run: CommandLine, surveys: Path) -> None:
    (surveys / "clubs" / "v1.yaml").write_text("name: [", encoding="utf-8")
    done = run("survey", "check")
    assert done.exit_code == 1
    assert "this is not YAML" in done.stdout
    assert "nhs_fft v1: longest way 3 questions" in done.stdout


def test_a_spoilt_shared_file_is_said_in_one_sentence(run: CommandLine, surveys: Path) -> None:
    spoil(surveys / "partnership.yaml", "timezone: Europe/London\n", "")
    refused = run("survey", "check")
    assert refused.exit_code == 2
    assert "partnership.yaml:" in refused.stderr
    assert "timezone is missing" in refused.stderr
    assert "Traceback" not in refused.output


def test_questions_that_were_answered_never_change(run: CommandLine, surveys: Path) -> None:
    run.must("wave", "open", "--survey", "clubs", "--slug", "clubs-1")
    run.must("wave", "close", "--wave", "clubs-1")
    spoil(surveys / "clubs" / "v1.yaml", "Was it fun?", "Was it good?")
    refused = run("wave", "open", "--survey", "clubs", "--slug", "clubs-2")
    assert refused.exit_code == 2
    assert "clubs version 1 has been answered and its file has changed since." in refused.stderr
    assert "make v2.yaml" in refused.stderr


def test_a_fielded_version_is_held_to_its_checksum(run: CommandLine, surveys: Path) -> None:
    opened = run.must("wave", "open", "--survey", "clubs", "--slug", "clubs-1")
    line = next(line for line in opened.splitlines() if line.startswith("  clubs:"))
    (surveys / "fielded.yaml").write_text(f"fielded:\n{line}\n", encoding="utf-8")
    run.must("survey", "check")
    spoil(surveys / "clubs" / "v1.yaml", "Was it fun?", "Was it good?")
    done = run("survey", "check", "clubs")
    assert done.exit_code == 1
    assert "clubs v1 was fielded and has been changed: make v2.yaml instead" in done.stdout
