"""Figures of benchmarks: where in a sorted list they stand, and how they are printed."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def percentile(ordered: Sequence[float], share: float) -> float:
    """Return the value that `share` (0 to 1) of sorted values do not exceed, by nearest rank; NaN for none."""
    if not ordered:
        return float("nan")
    return ordered[min(len(ordered) - 1, max(0, -(-len(ordered) * share // 1).__int__() - 1))]


def print_table(title: str, headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows under headings, numbers to the right, and keep them beside FEEDBACK_BENCH_JSON when that is set."""
    cells = [[_shown(value) for value in row] for row in rows]
    widths = [max(len(line[at]) for line in [list(headings), *cells]) for at in range(len(headings))]
    print(f"\n{title}")
    for line in [list(headings), ["-" * width for width in widths], *cells]:
        print("  ".join(_aligned(cell, width) for cell, width in zip(line, widths, strict=True)).rstrip())
    print(flush=True)
    _keep(title, headings, rows)


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _aligned(cell: str, width: int) -> str:
    return cell.rjust(width) if cell[:1].isdigit() or cell[:1] in "-." else cell.ljust(width)


def _keep(title: str, headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Append a table to the file that the environment names, as one line of JSON, so that two runs can be compared."""
    target = os.environ.get("FEEDBACK_BENCH_JSON")
    if target:
        line: dict[str, Any] = {"title": title, "rows": [dict(zip(headings, row, strict=True)) for row in rows]}
        with Path(target).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def bench_seconds(default: float) -> float:
    """Return how many seconds a measurement lasts: FEEDBACK_BENCH_SECONDS, or `default`."""
    return float(os.environ.get("FEEDBACK_BENCH_SECONDS", default))


class Clock:
    """What a stopwatch shows: `seconds` on the wall once it has stopped."""

    seconds = float("nan")

    def __init__(self) -> None:
        """Begin now."""
        self.began = time.perf_counter()

    def so_far(self) -> float:
        """Return the seconds since it began."""
        return time.perf_counter() - self.began


@contextmanager
def stopwatch() -> Iterator[Clock]:
    """Yield a Clock that holds the seconds the block took once it is over."""
    clock = Clock()
    yield clock
    clock.seconds = clock.so_far()
