"""An installed program brings all it needs: surveys, migrations, translations, templates and built assets."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory: pytest.TempPathFactory, project_root: Path) -> set[str]:
    """The names of the files in a freshly built wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    offline = ["--quiet", "--disable-pip-version-check", "--no-deps", "--no-build-isolation", "--no-index"]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", *offline, "-w", str(folder), str(project_root)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return set(zipfile.ZipFile(next(folder.glob("feedback_app-*.whl"))).namelist())


@pytest.mark.parametrize(
    ("folder", "inside"),
    [("surveys", "_data/surveys"), ("migrations", "_data/migrations"), ("translations", "_data/translations")],
)
def test_the_wheel_carries_every_file_of_a_data_folder(
    wheel_names: set[str], project_root: Path, folder: str, inside: str
) -> None:
    files = [path.relative_to(project_root / folder) for path in (project_root / folder).rglob("*") if path.is_file()]
    wanted = {f"feedback_app/{inside}/{path.as_posix()}" for path in files if "__pycache__" not in path.parts}
    assert wanted
    assert wanted - wheel_names == set()


def test_the_wheel_carries_templates_and_assets(wheel_names: set[str], project_root: Path) -> None:
    web = project_root / "feedback_app" / "web"
    kinds = {".html", ".css", ".js", ".svg", ".woff2", ".txt"}
    wanted = {str(path.relative_to(project_root)) for path in web.rglob("*") if path.suffix in kinds}
    assert wanted
    assert wanted - wheel_names == set()


def test_the_wheel_carries_no_tests(wheel_names: set[str]) -> None:
    assert [name for name in wheel_names if "tests/" in name] == []
