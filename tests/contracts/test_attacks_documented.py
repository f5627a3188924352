"""docs/attacks.md lists every attack, and every test that it names is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

NUMBER_OF_ATTACKS = 28
_NODE = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


@pytest.fixture(scope="module")
def rows(project_root: Path) -> list[list[str]]:
    """The lines of the table: number, attack, what must happen, tests, state."""
    lines = (project_root / "docs" / "attacks.md").read_text(encoding="utf-8").splitlines()
    table = [line for line in lines if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


@cache
def found_in(path: Path) -> frozenset[str]:
    """Return the tests of a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def missing(root: Path, named: list[tuple[str, str]]) -> list[str]:
    """Return what is named and is no test."""
    return [
        f"{file}::{test}" for file, test in named if not (root / file).exists() or test not in found_in(root / file)
    ]


def test_every_attack_stands_in_the_table_once_with_its_state(rows: list[list[str]]) -> None:
    assert [int(row[0]) for row in rows] == list(range(1, NUMBER_OF_ATTACKS + 1))
    for number, attack, must, tests, state in rows:
        assert state == "stands", number
        assert len(attack) > 10, number
        assert len(must) > 5, number
        assert _NODE.findall(tests), number


def test_every_test_that_the_table_names_is_there(rows: list[list[str]], project_root: Path) -> None:
    named = [found for row in rows for found in _NODE.findall(row[3])]
    assert len(named) > 80
    assert missing(project_root, named) == []
    assert sum(row[3].count("`") for row in rows) == 2 * len(named)  # nothing stands there that is no test


def test_a_test_that_is_not_there_would_be_seen(project_root: Path) -> None:
    here = "tests/contracts/test_attacks_documented.py"
    named = [(here, "test_that_never_was"), ("tests/unit/test_never.py", "test_x"), (here, "test_every_attack")]
    assert len(missing(project_root, named)) == len(named)
