"""Breakdowns of the parents' survey: counted at 100,000 responses, counted and protected at the size of a real wave.

Counting is what a page waits for with the answers in memory as columns; below it stands the same from the database on.
Protecting is the audit of R3: its time hangs on how many groups and answers there are, hardly on how many people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import Any

from feedback_app.adapters.disclosure_file import load_policy
from feedback_app.adapters.instrument_files import load_partnership
from feedback_app.domain.dimensions import questions_of
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.instrument import Instrument
from feedback_app.domain.partnership import Geography
from feedback_app.domain.scope import Scope
from feedback_app.reports.frame import AnswerFrame, Batch, make_frame
from feedback_app.services import breaking_down, counting, fielding
from feedback_app.services.breaking_down import Grouped, group_answers, protect_standing
from feedback_app.services.bulk_adding import Ready
from feedback_app.store.responses import sheet_reader
from feedback_app.store.tables import BREAKDOWNS
from tests.benchmarks.bench_summary import LANGUAGE, SURVEY, fill, invented
from tests.benchmarks.figures import print_table, stopwatch
from tests.benchmarks.served import DATABASES
from tests.support.application import running_application
from tests.support.surveys import LANCASHIRE, real_survey

RESPONSES, REAL, BATCH, AGAIN = 100_000, 345, 5_000, 5
ONE, PAIR = "PC06", ("district", "provision")


def batches(instrument: Instrument, ready: list[Ready], responses: int) -> Iterator[Batch]:
    """Yield the responses as the database would, the same people over and over."""
    read = sheet_reader(tuple(instrument.items))
    people = cycle((one, read(one.answers)) for one in ready)
    for start in range(0, responses, BATCH):
        part = list(islice(people, min(BATCH, responses - start)))
        groups = {key: [one.keys.get(key) for one, _ in part] for key in BREAKDOWNS}
        yield Batch([one.pace for one, _ in part], groups, [answers for _, answers in part])


def timed(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """Return the seconds that work takes the first time and, in the middle, every time after; and what it returned."""
    with stopwatch() as first:
        found = work()
    later = []
    for _ in range(AGAIN):
        with stopwatch() as clock:
            work()
        later.append(clock.seconds)
    return first.seconds, median(later), found


def count_all(grouped: Grouped) -> int:
    """Count every question by every dimension; return how many counts of groups that makes."""
    made = [grouped.question(item) for item in questions_of(grouped.instrument)]
    return sum(len(counts) for question in made for table in question.grouped for counts in table.people.values())


def protect_each(grouped: Grouped, policy: Policy) -> list[float]:
    """Return the seconds that protecting each question by every dimension takes."""
    seconds = []
    for item in questions_of(grouped.instrument):
        with stopwatch() as clock:
            protect_standing(grouped, item, policy)
        seconds.append(clock.seconds)
    return seconds


def measure_counting(
    instrument: Instrument, ready: list[Ready], geography: Geography, policy: Policy
) -> list[list[object]]:
    """Return lines of what counting takes once the answers have been read."""
    rows: list[list[object]] = []
    for number in (RESPONSES, REAL):
        parts = list(batches(instrument, ready, number))
        *made, frame = timed(lambda parts=parts: make_frame(instrument, parts))
        *settled, grouped = timed(lambda frame=frame: group_answers(instrument, frame, geography, policy))
        *seconds, counts = timed(lambda grouped=grouped: count_all(grouped))
        asked, ways = len(questions_of(instrument)), len(grouped.dimensions)
        rows.append([f"{number:,}: {asked} questions by {ways} breakdowns counted", counts, *seconds])
        rows.append([f"{number:,}: everybody's place in each, sizes settled", "", *settled])
        rows.append([f"{number:,}: answers put into columns", "", *made])
    return rows


def measure_protecting(frame: AnswerFrame, instrument: Instrument, geography: Geography, policy: Policy) -> list[Any]:
    """Return lines of what the audit takes at the size of a real wave."""
    alone = protect_each(group_answers(instrument, frame, geography, policy), policy)
    crossed = group_answers(instrument, frame, geography, policy, [PAIR])
    with stopwatch() as clock:
        breaking_down.protect_question(crossed.question(instrument.items[ONE]), crossed.sizes, policy)  # type: ignore[arg-type]
    return [
        [f"{REAL}: all {len(alone)} questions by every breakdown (aim: under 10 s)", "", sum(alone), ""],
        [f"{REAL}: one question, in the middle and at the worst (aim: under 0.3 s)", "", median(alone), max(alone)],
        [f"{REAL}: one question by {' and '.join(PAIR)}, with all that came before", "", clock.seconds, ""],
    ]


def measure_from_database(url: str, ready: list[Ready], geography: Geography, policy: Policy) -> float:
    """Return the seconds from the database to every question counted by every breakdown."""
    from feedback_app.extensions import db

    with running_application(url) as app:
        fill(app, ready, RESPONSES)
        with app.app_context():
            scope: Scope = app.config["PLACES"].only.scope
            wave = fielding.get_wave(db.session, scope, f"wave-{RESPONSES}")
            instrument = fielding.get_instrument(db.session, wave.version_id, LANGUAGE)
            with stopwatch() as clock:
                answers = counting.read_answers(db.session, wave, instrument)
                count_all(group_answers(instrument, answers, geography, policy))
            db.session.rollback()
    return clock.seconds


def main() -> None:
    """Measure and print one table."""
    ready, instrument = invented(), real_survey(SURVEY)
    geography = load_partnership(LANCASHIRE).geography
    policy = load_policy(Path(LANCASHIRE) / "disclosure.yaml")
    rows = measure_counting(instrument, ready, geography, policy)
    frame = make_frame(instrument, batches(instrument, ready, REAL))
    rows += measure_protecting(frame, instrument, geography, policy)
    for make in DATABASES:
        with make() as database:
            seconds = measure_from_database(database.url, ready, geography, policy)
            rows.append([f"{RESPONSES:,}: the first line, read from {database.name}", "", seconds, ""])
    print_table("Breakdowns of the parents' survey", ("what", "counts", "first s", "warm s"), rows)


if __name__ == "__main__":
    main()
