"""Who may import whom is held by import-linter, and a planted violation of each contract is caught."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PLANTED = {
    "a query that imports a use case": ("store", "import feedback_app.services", "Imports go down only"),
    "a page that imports a command": ("web", "import feedback_app.cli", "Imports go down only"),
    "a use case that imports the app": ("services", "import feedback_app.app", "Imports go down only"),
    "a rule that knows Flask": ("domain", "import flask", "The domain knows no web"),
    "a rule that knows pandas": ("domain", "import pandas", "The domain knows no web"),
    "a use case that imports an adapter": ("services", "import feedback_app.adapters", "Only app imports adapters"),
    "a page that imports pandas": ("web", "import pandas", "Pandas and the Office writers live in reports"),
    "a command that asks the database itself": (
        "cli",
        "import feedback_app.store.waves",
        "Commands call the same use cases as pages",
    ),
    "a use case that knows Flask": ("services", "import flask", "run without Flask"),
}


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the contracts of pyproject.toml on the package in `folder`."""
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_program_keeps_every_contract(project_root: Path) -> None:
    done = lint_imports(project_root)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_violation_is_caught(name: str, project_root: Path, tmp_path: Path) -> None:
    room, line, contract = PLANTED[name]
    shutil.copytree(
        project_root / "feedback_app", tmp_path / "feedback_app", ignore=shutil.ignore_patterns("static", "__pycache__")
    )
    shutil.copy(project_root / "pyproject.toml", tmp_path)
    (tmp_path / "feedback_app" / room / "planted.py").write_text(f'"""A violation."""\n\n{line}\n', encoding="utf-8")
    done = lint_imports(tmp_path)
    broken = [text for text in done.stdout.splitlines() if contract in text and " BROKEN" in text]
    assert done.returncode != 0, done.stdout + done.stderr
    assert broken, done.stdout
