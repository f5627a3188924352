"""The folder in memory for a run's files: there is one where there is room, and nothing of a killed run stays."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from tests.support import in_memory

NOBODY = 2**22 + 1  # the system numbers no process so high


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands for the memory, as for a run that nobody told where to keep its files."""
    monkeypatch.setattr(in_memory, "MEMORY", tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.delenv("TMPDIR", raising=False)
    return tmp_path


def test_what_a_killed_run_left_goes_even_where_it_leaves_no_room(
    memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed, living = (memory / f"{in_memory.PREFIX}{pid}-of-it" for pid in (NOBODY, os.getpid()))
    for folder in (killed, living):
        folder.mkdir()
    monkeypatch.setattr(in_memory, "_free_memory", lambda: in_memory.NEEDED - 1)
    assert in_memory.move_in() is None
    assert list(memory.iterdir()) == [living]


def test_files_lie_in_memory_until_the_run_is_over(memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_memory, "_has_room", lambda: True)
    folder = in_memory.move_in()
    assert folder is not None
    assert Path(tempfile.gettempdir()) == folder
    assert in_memory.move_in() is None  # somebody has said where files lie: the run that this one is a part of
    in_memory.move_out(folder)
    assert list(memory.iterdir()) == []
    assert tempfile.gettempdir() != str(folder)
