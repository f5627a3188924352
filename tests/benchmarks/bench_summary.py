"""Summing up and taking out a wave of the parents' survey: 1,000, 10,000 and 100,000 responses, on both databases.

Each wave is measured in a process of its own: cold is the first time there, warm every time after.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random
from statistics import median
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from feedback_app.domain import routing
from feedback_app.domain.wave import week_of
from feedback_app.services import comparing, exporting, summarising
from feedback_app.services.bulk_adding import BATCH, Ready, Taking, add_ready, make_ready
from feedback_app.services.inventing import invent_sheet
from tests.benchmarks.figures import print_table, stopwatch
from tests.benchmarks.served import DATABASES, Database
from tests.support.application import running_application
from tests.support.surveys import ROOT, field, real_survey

SIZES = (1_000, 10_000, 100_000)
KINDS = 2_000  # different people, over and over
OPENED = datetime.now(UTC).date() - timedelta(days=30)
SURVEY, LANGUAGE = "send_parents", "en_GB"
AGAIN = 5
HEADINGS = (
    "database", "responses", "added/s", "cold s", "warm s", "compared s", "export s", "rows/s", "zip MB", "workbook s",
    "peak MB",
)  # fmt: skip


def invented() -> list[Ready]:
    """Return different responses to the survey, ready to be written."""
    instrument, draw, week = real_survey(SURVEY), Random("benchmark"), week_of(datetime.now(UTC).date())
    sheets = (routing.keep_asked(instrument, invent_sheet(instrument, draw, week, False)) for _ in range(KINDS))
    return [make_ready(instrument, kept, week=week, language=LANGUAGE) for kept in sheets]


def fill(app: Flask, ready: list[Ready], number: int) -> float:
    """Add a wave of so many responses, its words left out, and return how many were added a second."""
    from feedback_app.extensions import db

    wave = field(app, real_survey(SURVEY), slug=f"wave-{number}", opens_on=OPENED + timedelta(days=len(str(number))))
    with app.app_context(), stopwatch() as clock:
        taking = Taking(wave, real_survey(SURVEY), "online", app.config["PLACES"].only.screening, OPENED)
        rows = (ready[at % KINDS] for at in range(number))
        while batch := list(islice(rows, BATCH)):
            add_ready(db.session, app.config["PLACES"].only.scope, taking, batch)
        db.session.commit()
    return number / clock.seconds


def measure(app: Flask, slug: str) -> dict[str, Any]:
    """Return the seconds that a wave takes, cold and warm, compared, as rows and as a workbook, and peak megabytes."""
    from feedback_app.extensions import db
    from feedback_app.web.team import phrases

    place = app.config["PLACES"].only
    scope, policy, population = place.scope, place.policy, place.population
    with app.test_request_context("/"):
        with stopwatch() as cold:
            summary = summarising.summarise_wave(db.session, scope, slug, policy, LANGUAGE, population)
        warm = []
        for _ in range(AGAIN):
            with stopwatch() as clock:
                summarising.summarise_wave(db.session, scope, slug, policy, LANGUAGE, population)
            warm.append(clock.seconds)
        compared = compared_seconds(app, db.session, slug)
        words = phrases.row_words(exporting.row_facts(summary.instrument))
        with stopwatch() as export:
            archive = exporting.pack_rows(db.session, scope, slug, words, in_words=True, language=LANGUAGE)
        with stopwatch() as workbook:
            exporting.export_tables_workbook(summary, phrases.file_words(summary))
        db.session.rollback()
    return {
        "cold": cold.seconds,
        "warm": median(warm),
        "compared": compared,
        "export": export.seconds,
        "bytes": len(archive),
        "workbook": workbook.seconds,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def compared_seconds(app: Flask, session: Session, slug: str) -> float | str:
    """Return the seconds in which a wave, warm, is compared with the one before it; nothing for the first."""
    place = app.config["PLACES"].only
    scope, policy, population = place.scope, place.policy, place.population
    earlier = comparing.list_comparable(session, scope, slug)
    if not earlier:
        return ""
    seconds = []
    for _ in range(1 + AGAIN):
        with stopwatch() as clock:
            comparing.compare_waves(
                session, scope, slug, earlier[0].slug, policy, language=LANGUAGE, population=population
            )
        seconds.append(clock.seconds)
    return median(seconds[1:])


def measured_apart(database: Database, slug: str) -> dict[str, Any]:
    """Return what `measure` finds, in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.bench_summary", "--url", database.url, "--slug", slug]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def main() -> None:
    """Fill both databases and print a table; with --url and --slug, measure one wave and print JSON."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--url")
    asked.add_argument("--slug", default="")
    told = asked.parse_args()
    if told.url:
        with running_application(told.url) as app:
            print(json.dumps(measure(app, told.slug)))
        return
    ready = invented()
    rows: list[list[object]] = []
    for make in DATABASES:
        with make() as database:
            with running_application(database.url) as app:
                rates = [fill(app, ready, number) for number in SIZES]
            for number, rate in zip(SIZES, rates, strict=True):
                seen = measured_apart(database, f"wave-{number}")
                row = [
                    seen["cold"],
                    seen["warm"],
                    seen["compared"],
                    seen["export"],
                    number / seen["export"],
                    seen["bytes"] / 1e6,
                ]
                rows.append([database.name, number, rate, *row, seen["workbook"], seen["peak"]])
    print_table("A wave summed up and taken out (aims: 100,000 warm under 1 s, exported under 3 s)", HEADINGS, rows)


if __name__ == "__main__":
    main()
