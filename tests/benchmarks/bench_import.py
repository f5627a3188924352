"""Bringing in 100,000 rows: how fast, and how much memory, beside 1,000 rows."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from random import Random

from feedback_app.adapters.instrument_files import load_survey
from feedback_app.domain.instrument import Instrument, TextItem
from feedback_app.services.inventing import invent_sheet
from tests.support.commands import ROOT, CommandLine
from tests.support.databases import sqlite_url

SURVEY, PARTNERSHIP = "send_parents", "lancashire"
ROWS = (1_000, 100_000)
KINDS = 2_000  # different people, over and over, each with a remark of its own
COMMAND = "from feedback_app.cli import main; main()"


def write_export(instrument: Instrument, path: Path, rows: int) -> None:
    """Write an export with a column for each item, codes as they are, several answers apart by semicolons."""
    draw = Random("benchmark")
    people = [invent_sheet(instrument, draw, date(2025, 3, 3), False) for _ in range(KINDS)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(instrument.items)
        for number in range(rows):
            sheet = people[number % KINDS]
            cells = []
            for item in instrument.items.values():
                answer = sheet.answers[item.id]
                codes = answer if isinstance(answer, tuple) else (answer,)
                words = f"{sheet.texts.get(item.id, 'Nothing')} ({number})"
                blank = "" if codes[0] == -3 else ";".join(map(str, codes))
                cells.append(words if isinstance(item, TextItem) else blank)
            writer.writerow(cells)


def write_map(instrument: Instrument, path: Path) -> None:
    """Write the map of such an export."""
    lines = ["source: benchmark", "week: 2025-03-03", "columns:"]
    for item in instrument.items.values():
        more = ", text: true" if isinstance(item, TextItem) else ""
        more = ', separator: ";"' if item.type == "multi" else more
        lines.append(f"  {item.id}: {{item: {item.id}{more}}}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def run(command: CommandLine, *words: str) -> tuple[float, float]:
    """Run a command in a process of its own; return seconds and the most memory it had, in MB."""
    environment = os.environ | {name: value for name, value in command.environment.items() if value is not None}
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, *words], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(words)} ended with {process.returncode}")
    return time.perf_counter() - began, usage.ru_maxrss / 1024


def main() -> None:
    """Print rows a second and peak memory of the check alone and of check and writing."""
    instrument = load_survey(ROOT / "surveys" / PARTNERSHIP, SURVEY)
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        write_map(instrument, here / "map.yaml")
        for rows in ROWS:
            command = CommandLine(sqlite_url(here / f"{rows}.sqlite"))
            run(command, "db", "upgrade")
            run(command, "wave", "open", "--survey", SURVEY, "--slug", "bench", "--opens", "2025-03-03")
            export = here / f"{rows}.csv"
            write_export(instrument, export, rows)
            words = ["responses", "import", str(export), "--survey", SURVEY, "--wave", "bench"]
            words += ["--map", str(here / "map.yaml")]
            for label, more in (("checked", []), ("checked and written", ["--apply"]), ("again", ["--apply"])):
                seconds, memory = run(command, *words, *more)
                megabytes = export.stat().st_size / 1e6
                print(
                    f"import of {rows:,} rows of {len(instrument.items)} columns ({megabytes:.1f} MB), {label}: "
                    f"{seconds:.1f} s, {rows / seconds:,.0f} rows/s, peak memory {memory:.0f} MB"
                )


if __name__ == "__main__":
    main()
