"""The attacker shares nothing with the gate that it attacks: it reads what is printed, as anybody may."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ATTACKER = "tests/attack"
PROGRAM = "feedback_app"


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names)


def _modules(root: Path) -> list[Path]:
    return sorted((root / ATTACKER).glob("*.py"))


def test_nothing_in_the_attackers_folder_imports_the_program(project_root: Path) -> None:
    modules = _modules(project_root)
    assert len(modules) > 5
    for path in modules:
        assert not [name for name in _imported(path) if name.split(".")[0] == PROGRAM], path.name


def test_the_attacker_itself_is_made_of_its_own_folder_and_of_libraries(project_root: Path) -> None:
    for path in _modules(project_root):
        if not path.name.startswith("test_") and path.name != "conftest.py":
            own = [name for name in _imported(path) if name.startswith("tests.")]
            assert not [name for name in own if not name.startswith("tests.attack.")], path.name
