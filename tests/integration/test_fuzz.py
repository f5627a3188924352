"""Rubbish at every address, in every field, by everybody, on both databases: no 5xx, nothing read across.

A short run with every test; `make fuzz` sends 50,000 cases and prints who got what (FEEDBACK_FUZZ_CASES, and
FEEDBACK_FUZZ_MINUTES to end sooner).
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from feedback_app.domain.place import Place
from tests.support.application import running_application
from tests.support.fuzzing import Case, Fuzzer, Report, Step
from tests.support.fuzzing_cases import cases
from tests.support.fuzzing_values import draw_strings
from tests.support.fuzzing_world import OPEN_TO_ALL, READERS, World, marker
from tests.support.places import BOTH, both, write_two

CASES = int(os.environ.get("FEEDBACK_FUZZ_CASES", "1200"))
MINUTES = float(os.environ.get("FEEDBACK_FUZZ_MINUTES", "60"))
STRINGS = 300
SEED = int(os.environ.get("FEEDBACK_FUZZ_SEED", "1"))


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of two partnerships."""
    return write_two(tmp_path_factory.mktemp("surveys"))


@pytest.fixture
def app(database_url: str, folder: Path) -> Iterator[Flask]:
    """An application for both."""
    with running_application(database_url, surveys_dir=folder, partnerships=BOTH) as application:
        yield application


@pytest.fixture
def fuzzer(app: Flask, db: Session) -> Fuzzer:
    """Everybody, before all that there is to ask."""
    return Fuzzer(World(app, db))


@pytest.fixture
def here(app: Flask) -> Place:
    """One of the two."""
    return both(app)[0]


def would_be_seen(fuzzer: Fuzzer, here: Place) -> None:
    """Pass when what is planted is found: something of theirs that everybody may read at home, and a mistake."""
    readable = {marker(here, what) for what in (OPEN_TO_ALL, *(what for what, readers in READERS.items() if readers))}
    assert fuzzer.seen == readable  # each stands on a page of those who may read it, else not finding it says nothing
    pages = fuzzer.world.app.view_functions
    theirs = min(fuzzer.world.markers - readable)
    (help_page,) = [rule for rule in fuzzer.rules if rule.endpoint == "public.help"]
    case = Case(Step(help_page, "GET", fuzzer.world.everybody[0]), "/help", [], b"", "", {})
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(pages, "public.help", lambda: f'<p>{theirs} File "/app.py')
        assert fuzzer.run(case) == ["tells of its inside", f"{theirs} may not be read by nobody of {here.key}"]
        patch.setitem(pages, "public.help", lambda: str(1 // 0))
        assert fuzzer.run(case)[0].startswith("raises ZeroDivisionError")
    fuzzer.report = Report()


# A body in parts that breaks off leaves the file it was writing to the garbage collector.
@pytest.mark.filterwarnings("ignore:Unclosed file <tempfile.SpooledTemporaryFile:ResourceWarning")
def test_no_rubbish_breaks_a_page_or_is_told_what_is_not_theirs(
    fuzzer: Fuzzer, here: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    would_be_seen(fuzzer, here)
    end = time.monotonic() + MINUTES * 60
    for case in cases(fuzzer, CASES, SEED, draw_strings(STRINGS, SEED)):
        fuzzer.run(case)
        if time.monotonic() > end:
            break
    gc.collect()
    if "FEEDBACK_FUZZ_CASES" in os.environ:
        with capsys.disabled():
            print(f"\n{fuzzer.world.db.get_bind().dialect.name}\n{fuzzer.report.table()}")
    problems = [f"{problem}\n    {case}" for problem, case in fuzzer.report.problems.items()]
    assert not problems, "\n".join(problems)
