"""`make eval DATA=folder`: published figures found again from raw counts, and real comments brought in and counted.

The folder is somebody's own and nothing of it is kept here. Each part reads one file, and says so when it is not there.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from tests.benchmarks.figures import print_table
from tests.evaluation.published import Month, read_months, summed_up
from tests.evaluation.themes import show_themes
from tests.support.application import migrate
from tests.support.commands import IMPORTS, CommandLine
from tests.support.databases import sqlite_url

MONTHS = Path("opg_satisfaction") / "monthly_counts.csv"
COMMENTS = Path("nhs_fft") / "comments.csv"
HEADINGS = ("service", "month", "answers", "published", "mean 0-100", "satisfied %", "from", "to", "published is")


def show_months(path: Path) -> None:
    """Print each month's published number beside both figures, and what follows from it."""
    months = read_months(path)
    print_table("Published satisfaction, found again from the counts", HEADINGS, [_line(month) for month in months])
    for sentence in summed_up(months):
        print(sentence)


def _line(month: Month) -> tuple[object, ...]:
    mean, share = month.mean, month.share
    shown = [f"{figure:.1f}" for figure in (mean.value, share.value, share.low, share.high) if figure is not None]
    return (month.service, month.month, int(share.base), month.published, *shown, month.given_by)


def show_comments(path: Path) -> None:
    """Print the satisfaction score of comments that came in by `responses import`, as the operator's command has it."""
    with tempfile.TemporaryDirectory(prefix="feedback-eval-") as folder:
        url = sqlite_url(Path(folder) / "eval.sqlite")
        migrate(url)
        run = CommandLine(url, invented=True)
        run.must("wave", "open", "--survey", "nhs_fft", "--slug", "fft", "--opens", "2023-01-02")
        where = ["--survey", "nhs_fft", "--wave", "fft", "--map", str(IMPORTS / "nhs_fft_map.yaml"), "--apply"]
        print(run.must("responses", "import", str(path), *where).splitlines()[-1])
        exact = json.loads(run("summary", "--wave", "fft", "--exact", "--format", "json").stdout)
        safe = json.loads(run.must("summary", "--wave", "fft", "--format", "json"))
    item, protected = exact["items"][0], safe["items"][0]["headline"]
    figure = item["headline"]
    ends = f"{figure['low']:.1f} to {figure['high']:.1f}"
    print(f"CSAT {figure['value']:.1f}% (range {ends}), base {int(figure['base']):,}.")
    shown = f"{protected['value']}% (range {protected['low']} to {protected['high']}), base {protected['base']:,}"
    print(f"As anybody may see it: {shown}.")
    mean = next(one for one in item["figures"] if one["name"] == "mean_satisfaction")
    print(f"Mean satisfaction, another figure under its own name: {mean['value']:.1f} out of 100.")
    missing = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in item["missing"].items() if count)
    print(f"Without a rating: {missing}.")


def main() -> None:
    """Evaluate what lies in the folder that DATA names; say so in one sentence where there is none."""
    named = os.environ.get("DATA", "")
    folder = Path(named)
    if not named or not folder.is_dir():
        print("Name a folder with published data: make eval DATA=folder (see docs/statistics.md).")
        return
    parts = (("Months", MONTHS, show_months), ("Comments", COMMENTS, show_comments), ("Themes", COMMENTS, show_themes))
    for title, file, show in parts:
        path = folder / file
        print(f"\n== {title}: {file}")
        if path.exists():
            show(path)
        else:
            print("There is no such file in the folder.")


if __name__ == "__main__":
    main()
