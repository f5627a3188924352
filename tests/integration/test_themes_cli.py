"""`themes check`: what a codeframe holds, and what is wrong in it, from a terminal."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.commands import CommandLine
from tests.support.databases import sqlite_url
from tests.support.surveys import LANCASHIRE

OWN = """\
name: own_frame
version: 3
title: Our own themes
priorities: [{key: A, name: Being heard}]
themes:
  - {code: HEARD, name: Heard, priority: A, definition: Being heard., cues: ["(nobody|no one) .. listen*"]}
  - {code: ODD, name: Odd, definition: What is left.}
"""


@pytest.fixture
def run(tmp_path: Path) -> CommandLine:
    """Commands on a copy of the real files; they need no table in the database."""
    area = Path(shutil.copytree(LANCASHIRE, tmp_path / "surveys" / "lancashire"))
    return CommandLine(sqlite_url(tmp_path / "feedback.sqlite"), surveys_dir=str(area.parent))


def test_the_shipped_codeframe_is_shown_under_the_priorities_of_the_plan(run: CommandLine) -> None:
    shown = run.must("themes", "check").splitlines()
    assert shown[1].startswith("37 themes, 5 priorities, ")
    assert shown[1].endswith(" cues. Nothing is wrong.")
    assert "P1 Leadership, partnership and joint commissioning" in shown
    [joint] = [line for line in shown if line.startswith("  JOINT: Services working together. ")]
    assert joint.endswith("; also P2, P4; plan 1.2, 1.4, 1.6, 2.5")


def test_any_codeframe_stands_by_its_own_priorities(run: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(OWN, encoding="utf-8")
    shown = run.must("themes", "check", str(path)).splitlines()
    assert shown[0] == "Our own themes, own_frame version 3."
    assert "  HEARD: Heard. 1 cue" in shown
    assert shown[-2:] == ["Of no one priority", "  ODD: Odd. no cue suggests it"]
    assert run.must("themes", "check", "--quiet", str(path)) == ""


def test_a_mistake_is_told_with_file_and_line_and_nothing_else(run: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(OWN.replace("priority: A,", "priority: B,"), encoding="utf-8")
    refused = run("themes", "check", str(path))
    assert refused.exit_code == 2
    assert refused.output == f"Error: {path}:6: there is no priority B in this file; there are: A\n"


def test_a_partnership_without_a_codeframe_is_told_what_that_means(run: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "surveys" / "lancashire" / "codeframe.yaml").unlink()
    refused = run("themes", "check")
    assert refused.exit_code == 2
    assert "nobody codes them by theme" in refused.output
