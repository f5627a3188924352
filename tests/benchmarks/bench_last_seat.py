"""The last seat: 20 places, 200 families, each posting its form twice at the same moment, over HTTP, on both databases.

Ends with 1 when a place was given twice, a reply was 500 or above, or a family has not exactly one booking and one
link. With the lock switched off, which the program itself cannot do, the same rush has to overbook.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from sqlalchemy.orm import Session

from feedback_app.domain.talks.programme import Way
from tests.benchmarks.figures import percentile, print_table
from tests.benchmarks.served import DATABASES, PROGRAM, Database, served
from tests.support import unlocked
from tests.support.application import running_application
from tests.support.last_seat import Rush, rush
from tests.support.talks import add_talk

RUNS = int(os.environ.get("FEEDBACK_BENCH_RUNS", "5"))
FAMILIES, PLACES = 200, 20
HEADINGS = (
    "database", "lock", "runs", "posts", "most held", "overbooked runs", "5xx", "not one booking", "p50 ms", "p99 ms",
    "max ms",
)  # fmt: skip


def run(database: Database, program: Sequence[str], runs: int, name: str) -> list[Rush]:
    """Return so many rushes, one after the other, each for a talk of its own."""
    from feedback_app.extensions import db as extension

    seen = []
    with running_application(database.url) as app, served(database, program=program) as server:
        with app.app_context():
            engine = extension.engine
        for number in range(runs):
            with Session(engine) as db:
                talk = add_talk(db, f"{name}-{number}", ways={Way.IN_PERSON: PLACES})
                seen.append(rush(server.port, db, talk, FAMILIES, f"{name}-{number}"))
    return seen


def line_of(database: str, lock: str, seen: Sequence[Rush]) -> tuple[object, ...]:
    """Return a line of the table."""
    times = sorted(1000 * seconds for one in seen for seconds in one.seconds)
    wrong = sum(one.others + one.two_links + abs(one.bookings - one.families) for one in seen)
    held, errors = max(one.held for one in seen), sum(one.errors for one in seen)
    waits = (percentile(times, 0.5), percentile(times, 0.99), times[-1])
    overbooked = sum(one.overbooked > 0 for one in seen)
    return (database, lock, len(seen), len(times), held, overbooked, errors, wrong, *waits)


def main() -> int:
    """Run it with the lock and without it; return what the program ends with."""
    lines, well = [], True
    for opened in DATABASES:
        with opened() as database:
            seen = run(database, PROGRAM, RUNS, "on")
            lines.append(line_of(database.name, "on", seen))
            well &= all(one.is_right for one in seen)
            without = run(database, unlocked.PROGRAM, max(1, min(5, RUNS)), "off")
            lines.append(line_of(database.name, "off", without))
            well &= any(one.overbooked for one in without)  # or the rush would not see a lock that is missing
    print_table(f"{PLACES} places, {FAMILIES} families, each posting twice at once", HEADINGS, lines)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
