"""Whole journeys against the served program: answers a second, waiting times, errors, processor time, memory.

Closed loop: everybody goes on as fast as the server lets them. With thinking: everybody reads each page for ten
seconds on average (five to fifteen). Afterwards, what is stored is compared with the receipts that were shown.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from feedback_app.domain import codes
from feedback_app.domain.instrument import Instrument
from feedback_app.store.tables import Response, Wave
from tests.benchmarks.figures import bench_seconds, print_table
from tests.benchmarks.served import DATABASES, Database, Server, memory_mb, processor_seconds, served
from tests.support.application import running_application
from tests.support.surveys import ROOT, field, fixture_survey, real_survey

THINKING = 10.0  # seconds a page, on average
CLOSED = (10, 50, 200)
OPEN = (50, 200, 500)
HEADINGS = (
    "database", "survey", "people", "think s", "surveys/s", "finished", "req/s", "p50 ms", "p95 ms", "p99 ms",
    "press p95", "press p99", "errors", "cpu ms/req", "db ms/req", "load ms/req", "MB", "db MB",
)  # fmt: skip


@dataclass(frozen=True)
class Run:
    """One measurement: how many people, how long (seconds), and how long each thinks a page (seconds)."""

    slug: str
    people: int
    seconds: float
    think: float = 0.0


class ReceiptsDiffer(AssertionError):
    """What is stored is not what people were told is stored."""


def crowd(server: Server, database: Database, run: Run) -> dict[str, Any]:
    """Send people to a server and return their figures, with the processor seconds of server and database beside."""
    command = [sys.executable, "-m", "tests.benchmarks.people", "--port", str(server.port), "--slug", run.slug]
    command += ["--people", str(run.people), "--seconds", str(run.seconds), "--think", str(run.think)]
    command += ["--spread", str(run.people / 50 if run.think else 0.5)]
    used = [0.0, 0.0]
    figures: dict[str, Any] = {}
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True) as people:
        assert people.stdout is not None
        for line in people.stdout:
            told = json.loads(line)
            if "event" in told:
                sign = 1 if told["event"] == "end" else -1
                used[0] += sign * processor_seconds(server.roots)
                used[1] += sign * processor_seconds(database.roots)
            else:
                figures = told
    if people.returncode:
        raise RuntimeError("The people who were to answer broke down.")
    return figures | {"server_seconds": used[0], "database_seconds": used[1]}


def row_of(database: Database, server: Server, run: Run, seen: dict[str, Any]) -> list[object]:
    """Return a line of the table."""
    requests = max(1, seen["requests"])
    return [
        database.name,
        run.slug,
        run.people,
        run.think,
        seen["requests"] / seen["seconds"] / seen["requests_a_journey"],
        seen["completed"],
        seen["requests"] / seen["seconds"],
        *seen["request_ms"][:3],
        *seen["press_ms"][1:3],
        sum(seen["errors"].values()),
        1000 * seen["server_seconds"] / requests,
        1000 * seen["database_seconds"] / requests,
        seen["own_ms_a_request"],
        memory_mb(server.roots),
        memory_mb(database.roots) if database.roots else "-",
    ]


def open_surveys(database: Database, instruments: list[Instrument]) -> None:
    """Open a wave of each instrument."""
    with running_application(database.url) as app:
        for instrument in instruments:
            field(app, instrument)


def compare(database: Database, receipts: dict[str, list[str]]) -> str:
    """Return how many responses stand against receipts shown, by survey; ReceiptsDiffer unless they are the same."""
    from feedback_app.extensions import db

    told = []
    with running_application(database.url) as app, app.app_context():
        for slug, shown in receipts.items():
            query = (
                select(Response.receipt_hash).join(Wave, Response.wave_id == Wave.id).where(Wave.survey_slug == slug)
            )
            stored = sorted(bytes(found) for found in db.session.scalars(query) if found)
            wanted = sorted(codes.hash_of(receipt.replace(" ", ""), "receipt") for receipt in shown)
            if stored != wanted:
                raise ReceiptsDiffer(f"{slug}: {len(stored)} stored, {len(wanted)} receipts shown.")
            told.append(f"{slug}: {len(stored)} stored, {len(wanted)} receipts shown")
        every = db.session.scalar(select(func.count()).select_from(Response))
    return f"{database.name}, {every} in all. " + "; ".join(told)


def plan(instruments: list[Instrument]) -> list[Run]:
    """Return what is measured on each database."""
    seconds = bench_seconds(6)
    runs = [Run(instrument.slug, people, seconds) for instrument in instruments for people in CLOSED]
    return runs + [Run(instruments[0].slug, people, 2 * seconds, THINKING) for people in OPEN]


def main() -> None:
    """Measure every run on both databases, print a table as it grows, and compare receipts."""
    instruments = [fixture_survey("reference"), real_survey("send_parents")]
    only = os.environ.get("FEEDBACK_BENCH_DATABASE", "").lower()
    rows: list[list[object]] = []
    compared = []
    for make in DATABASES:
        if only and not make.__name__.startswith(only):
            continue
        with make() as database:
            open_surveys(database, instruments)
            receipts: dict[str, list[str]] = {instrument.slug: [] for instrument in instruments}
            with served(database) as server:
                started = memory_mb(server.roots)
                for run in plan(instruments):
                    seen = crowd(server, database, run)
                    receipts[run.slug] += seen["receipts"]
                    rows.append(row_of(database, server, run, seen))
                    if seen["errors"]:
                        print(f"errors, {database.name}, {run}: {seen['errors']}", file=sys.stderr)
            compared.append(f"{compare(database, receipts)}. Memory once started: {started:.0f} MB.")
    print_table("Journeys (every server process counted; load generator on the same machine)", HEADINGS, rows)
    print("\n".join(compared))


if __name__ == "__main__":
    main()
