"""The benchmarks still measure what is there: a small run of each part that reaches into the program."""

from __future__ import annotations

from flask import Flask

from tests.benchmarks.bench_summary import fill, invented, measure


def test_a_small_wave_is_filled_summed_up_and_taken_out(app: Flask) -> None:
    assert fill(app, invented(), 60) > 0
    seen = measure(app, "wave-60")
    assert seen["bytes"] > 1_000
    assert all(seen[figure] >= 0 for figure in ("cold", "warm", "export", "workbook"))
