"""What a partnership says of its talks, read from its talks.yaml."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from feedback_app.adapters.codeframe_file import find_codeframe
from feedback_app.adapters.instrument_files import load_plan
from feedback_app.adapters.yaml_lines import SurveyFileError, read_source, validated
from feedback_app.domain.talks.programme import Programme, disagreements

NAME = "talks.yaml"


@lru_cache(maxsize=16)
def _found(path: Path, _touched: int) -> Programme:
    source = read_source(path)
    return validated(Programme, source.data, source)


def find_programme(root: Path) -> Programme | None:
    """Return it, from memory unless the file has changed; None without such a file; raise SurveyFileError."""
    path = root / NAME
    try:
        touched = path.stat().st_mtime_ns
    except FileNotFoundError:
        return None
    return _found(path, touched)


def check_programme(root: Path) -> None:
    """Raise SurveyFileError when it is wrong, or a topic names a theme or a priority that is not there."""
    found = find_programme(root)
    if found is None:
        return
    codeframe = find_codeframe(root)
    plan = load_plan(root) if (root / "plan.yaml").exists() else None
    themes = [theme.code for theme in codeframe.themes] if codeframe else []
    priorities = [priority.number for priority in plan.priorities] if plan else []
    source = read_source(root / NAME)
    if wrong := disagreements(found, themes, priorities):
        raise SurveyFileError([source.problem(("topics",), message) for message in wrong])
