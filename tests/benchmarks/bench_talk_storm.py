"""The storm over talks, large: bookings, cancellations, changes, offers and expiries at random, on both databases.

Ends with 1 when a place was given twice, a turn was lost, or a step ended in an error that would be a status 500. With
the lock switched off, which the program itself cannot do, the same storm has to give places twice.
"""

from __future__ import annotations

import os
import sys
from unittest.mock import patch

from flask import Flask
from sqlalchemy.orm import Session

from feedback_app.domain.talks.programme import Way
from feedback_app.services import signing_up
from feedback_app.store import talks
from tests.benchmarks.figures import print_table, stopwatch
from tests.benchmarks.served import DATABASES
from tests.support.application import running_application
from tests.support.talk_storm import Storm, add_talks, faults
from tests.support.unlocked import switch_off

RUNS = int(os.environ.get("FEEDBACK_BENCH_RUNS", "3"))
THREADS, STEPS, SCARCE = 8, 80, 3
HEADINGS = ("database", "lock", "storms", "steps", "refused", "offers", "errors", "faults", "most over", "looks", "s")


def storms(app: Flask, runs: int, name: str) -> tuple[list[Storm], list[str], int]:
    """Return so many storms, one after the other, what was wrong after them, and how many offers were made."""
    from feedback_app.extensions import db as extension
    from feedback_app.store import sign_ups
    from tests.support.summaries import SCOPE

    with app.app_context():
        engine = extension.engine
    programme = app.config["PLACES"].only.programme
    assert programme is not None
    seen, wrong, offers = [], [], 0
    for seed in range(runs):
        with Session(engine) as db:
            found = add_talks(db, f"{name}-{seed}", [{Way.IN_PERSON: 8, Way.ONLINE: 5}] * SCARCE)
            storm = Storm(engine, programme, found, seed)
            storm.blow(THREADS, STEPS)
            wrong += faults(db, found)
            offers += sum(len(sign_ups.list_offers(db, SCOPE, talk.id)) for talk in found)
        seen.append(storm)
    return seen, wrong, offers


def measure(app: Flask, database: str, lock: str, runs: int) -> tuple[tuple[object, ...], bool, int]:
    """Return a line of the table, whether all was well, and by how many places a way was overbooked at most."""
    with stopwatch() as clock:
        seen, wrong, offers = storms(app, runs, lock)
    errors = [error for storm in seen for error in storm.errors]
    over = max(storm.most_over for storm in seen)
    for problem in (errors + wrong)[:5] if lock == "on" else []:
        print(f"  {problem[:300]}")
    done, refused = (sum(sum(getattr(one, kind).values()) for one in seen) for kind in ("done", "refused"))
    looks = sum(storm.looks for storm in seen)
    line = (database, lock, runs, done, refused, offers, len(errors), len(wrong), over, looks, clock.seconds)
    return line, not errors and not wrong and over <= 0, over


def main() -> int:
    """Run the storms with the lock and without it; return what the program ends with."""
    lines, well = [], True
    for opened in DATABASES:
        with opened() as database, running_application(database.url) as app:
            line, is_well, _over = measure(app, database.name, "on", RUNS)
            lines.append(line)
            well &= is_well
            with (
                patch.object(talks, "lock_ways", talks.lock_ways),
                patch.object(signing_up._Adding, "plan", signing_up._Adding.plan),
            ):
                switch_off()
                line, _well, over = measure(app, database.name, "off", max(3, RUNS // 10))
            lines.append(line)
            well &= over > 0  # or the storm would not see a lock that is missing
    print_table(f"{THREADS} threads, {STEPS} steps each, over {SCARCE + 1} talks of two ways", HEADINGS, lines)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
