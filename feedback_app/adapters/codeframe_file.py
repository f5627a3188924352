"""A codeframe read from its file and checked: against itself, and against the plan that lies beside it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from feedback_app.adapters.instrument_files import load_plan
from feedback_app.adapters.yaml_lines import Problem, SurveyFileError, read_source, validated
from feedback_app.domain.checking_codeframe import disagreements, plan_disagreements
from feedback_app.domain.codeframe import Codeframe

FILE = "codeframe.yaml"


def load_codeframe(path: Path) -> Codeframe:
    """Return the codeframe in a file; raise SurveyFileError with the line of everything that is wrong.

    Its priorities and references must be those of the plan where a plan.yaml lies beside it, as in a partnership's
    folder; any other file stands by itself. A file that has not changed is read once in a process.
    """
    plan = path.parent / "plan.yaml"
    return _read(path, _stamp(path), plan if plan.exists() else None, _stamp(plan))


def find_codeframe(root: Path) -> Codeframe | None:
    """Return the codeframe of the partnership whose files lie in `root`, or None; raise SurveyFileError."""
    path = root / FILE
    return load_codeframe(path) if path.exists() else None


def _stamp(path: Path) -> tuple[int, int]:
    """Return what changes when a file is written anew; zeros for no file."""
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return found.st_mtime_ns, found.st_size


@lru_cache(maxsize=8)
def _read(path: Path, _written: tuple[int, int], plan: Path | None, _planned: tuple[int, int]) -> Codeframe:
    if path.is_dir():
        raise SurveyFileError([Problem(path.as_posix(), 1, None, "this is a folder; name the file")])
    source = read_source(path)
    codeframe = validated(Codeframe, source.data, source)
    wrong = list(disagreements(codeframe))
    if plan is not None:
        wrong += plan_disagreements(codeframe, load_plan(plan.parent))
    if wrong:
        problems = [source.problem(where, message) for where, message in wrong]
        raise SurveyFileError(sorted(problems, key=lambda problem: problem.line))
    return codeframe
