"""How long a start takes and what it holds: the program imported and made in a fresh process, and the served whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from statistics import median

from tests.benchmarks.figures import print_table, stopwatch
from tests.benchmarks.served import memory_mb, served, sqlite_database
from tests.support.settings import SECRET
from tests.support.surveys import ROOT

TIMES = 5
START = """
import json, resource, sys, time
began = time.perf_counter()
from feedback_app.app import create_app
imported = time.perf_counter()
app = create_app()
made = time.perf_counter()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
heavy = [name for name in ("pandas", "numpy", "scipy", "xlsxwriter", "textblob", "nltk") if name in sys.modules]
print(json.dumps([imported - began, made - imported, peak, heavy]))
"""


def start_alone(url: str) -> tuple[float, float, float, list[str]]:
    """Return seconds of importing and of making the application, peak megabytes, and heavy libraries already in."""
    environment = os.environ | {"FEEDBACK_SECRET_KEY": SECRET, "FEEDBACK_DATABASE_URL": url}
    done = subprocess.run(
        [sys.executable, "-c", START], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    imported, made, peak, heavy = json.loads(done.stdout)
    return imported, made, peak, heavy


def main() -> None:
    """Print what a start takes."""
    with sqlite_database() as database:
        seen = [start_alone(database.url) for _ in range(TIMES)]
        with stopwatch() as clock, served(database) as server:
            ready = clock.so_far()
            memory = memory_mb(server.roots)
    rows: list[list[object]] = [
        ["importing the program, s", median(one[0] for one in seen)],
        ["making the application, s", median(one[1] for one in seen)],
        ["memory of that process, MB", median(one[2] for one in seen)],
        ["`serve` from the command to its first page, s", ready],
        ["memory of `serve`, two workers and their parent, MB", memory],
        ["heavy libraries loaded by a start", ", ".join(seen[0][3]) or "none"],
    ]
    print_table("Starting (aim: about a second, two workers under 250 MB)", ("what", "figure"), rows)


if __name__ == "__main__":
    main()
