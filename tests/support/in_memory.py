"""A folder for a run's files that lies in memory: a test's database is gone with the test, so no disk has to keep it.

SQLite syncs every commit to the disk, as it has to where answers are kept; of a run of all tests that is minutes.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
PREFIX = "feedback-tests-"
NEEDED = 4 * 1024**3  # bytes; a run uses a tenth of it, and Chromium and the tests want the rest of the memory


def move_in() -> Path | None:
    """Let all temporary files of this process and its children lie in memory; return the folder.

    None, and nothing is changed, where somebody named a folder (TMPDIR) or the machine has little memory to spare.
    """
    if os.environ.get("TMPDIR"):
        return None
    _sweep()  # first: what a killed run left may be the room that is missing
    if not _has_room():
        return None
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=MEMORY))
    folder.chmod(0o711)  # PostgreSQL runs as somebody else, and has to get through to its own folder
    os.environ["TMPDIR"] = str(folder)
    tempfile.tempdir = None  # ask again
    return folder


def move_out(folder: Path) -> None:
    """Give the memory back."""
    shutil.rmtree(folder, ignore_errors=True)
    os.environ.pop("TMPDIR", None)
    tempfile.tempdir = None


def _has_room() -> bool:
    try:
        runs = not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC  # in many containers nothing may be run from there
        room = min(shutil.disk_usage(MEMORY).free, _free_memory())
        return runs and os.access(MEMORY, os.W_OK) and room > NEEDED
    except OSError:
        return False


def _free_memory() -> int:
    """Return how many bytes of memory can still be had, on Linux; elsewhere there is no such folder either."""
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))


def _sweep() -> None:
    """Remove what runs left that were killed."""
    for left in MEMORY.glob(f"{PREFIX}*"):
        pid = left.name.removeprefix(PREFIX).partition("-")[0]
        if not Path("/proc", pid).exists():
            shutil.rmtree(left, ignore_errors=True)
