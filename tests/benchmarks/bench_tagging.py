"""Tagging 100,000 comments of 17 words with `themes tag`: how fast, and how much memory all its processes take."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from random import Random

from tests.support.commands import ROOT, CommandLine
from tests.support.databases import sqlite_url

ROWS = (1_000, 100_000)
WORDS = 17
COMMAND = "from feedback_app.cli import main; main()"
SAID = """
    we waited two years for an assessment / nobody listens to parents / the plan is not followed / school was lovely
    the senco is brilliant / no one rang us back / more support needed at school / he loves his new class
    the taxi was late again / we had to fight for everything / she is happy now / they should have told us sooner
    speech therapy stopped / the forms are hard to read / moving to college is scary / I don't know who to ask
    """
EVERY_SECONDS = 2.0


def write_comments(path: Path, rows: int) -> None:
    """Write a file of invented comments, each of 17 words."""
    draw = Random("benchmark")
    said = [part.split() for part in SAID.replace("\n", " / ").split("/") if part.strip()]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "comment"])
        for number in range(rows):
            words: list[str] = []
            while len(words) < WORDS:
                words += draw.choice(said)
            writer.writerow([number, " ".join(words[:WORDS])])


class Memory(threading.Thread):
    """Looks every moment at what a process and all that it started have in memory, shared pages counted once."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.peak, self.over = pid, 0.0, threading.Event()

    def run(self) -> None:
        """Look until it is over."""
        while not self.over.wait(EVERY_SECONDS):
            self.peak = max(self.peak, sum(megabytes_of(pid) for pid in [self.pid, *children_of(self.pid)]))


def megabytes_of(pid: int) -> float:
    """Return a process's share of the memory in MB, 0 when it has ended."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


def children_of(pid: int) -> list[int]:
    """Return all processes that a process started, and that those started."""
    try:
        own = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]
    except OSError:
        return []
    return own + [grandchild for child in own for grandchild in children_of(child)]


def run(command: CommandLine, *words: str) -> tuple[float, float, float]:
    """Run a command in a process of its own; return seconds, seconds of work by all processors, and most memory in MB.

    Work and memory are those of all the processes that it started, too.
    """
    environment = os.environ | {name: value for name, value in command.environment.items() if value is not None}
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, *words], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    memory = Memory(process.pid)
    memory.start()
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    memory.over.set()
    if process.returncode:
        raise RuntimeError(f"{' '.join(words)} ended with {process.returncode}")
    return time.perf_counter() - began, usage.ru_utime + usage.ru_stime, memory.peak


def main() -> None:
    """Print comments a second and peak memory, screening, language, themes and valence together."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        command = CommandLine(sqlite_url(here / "bench.sqlite"))
        run(command, "db", "upgrade")
        for rows in ROWS:
            comments = here / f"{rows}.csv"
            write_comments(comments, rows)
            words = ["themes", "tag", str(comments), "--column", "comment", "--output", str(here / f"{rows}-out.csv")]
            seconds, work, memory = run(command, *words, "--processes", "2")
            print(
                f"tagging {rows:,} comments of {WORDS} words in 2 processes: {seconds:.1f} s, "
                f"{rows / seconds:,.0f} a second, {work:.1f} s of work by processors, "
                f"peak memory of all processes {memory:.0f} MB"
            )


if __name__ == "__main__":
    main()
