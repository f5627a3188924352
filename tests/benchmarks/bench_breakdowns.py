"""Every figure by district: 100,000 responses to the parents' survey, weighted, with all intervals.

Warm is what a page or a file would wait for with the answers in memory as columns and the weights given. Below it
stands what that rests on, and the same from the database on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import cycle, islice
from statistics import median
from typing import Any

import numpy as np

from feedback_app.domain.instrument import FacesItem, Instrument, NpsItem, RatingItem
from feedback_app.domain.population import Frame
from feedback_app.domain.scope import Scope
from feedback_app.domain.weighting.weighing import Weighting, weigh
from feedback_app.reports.breakdown import GroupFigures, groups_of, tabulate
from feedback_app.reports.columns import breakdown_groups
from feedback_app.reports.frame import AnswerFrame, Batch, make_frame
from feedback_app.services import counting, fielding
from feedback_app.services.bulk_adding import Ready
from feedback_app.store.responses import sheet_reader
from feedback_app.store.tables import BREAKDOWNS
from tests.benchmarks.bench_summary import LANGUAGE, SURVEY, fill, invented
from tests.benchmarks.figures import print_table, stopwatch
from tests.benchmarks.served import DATABASES
from tests.support.application import running_application
from tests.support.surveys import real_survey

RESPONSES, ITEMS, BATCH, AGAIN = 100_000, 25, 5_000, 5
BY = "district"
Cells = dict[str, dict[int, GroupFigures]]


def batches(instrument: Instrument, ready: list[Ready]) -> Iterator[Batch]:
    """Yield the responses as the database would, the same people over and over."""
    read = sheet_reader(tuple(instrument.items))
    people = cycle((one, read(one.answers)) for one in ready)
    for _ in range(RESPONSES // BATCH):
        part = list(islice(people, BATCH))
        groups = {key: [one.keys.get(key) for one, _ in part] for key in BREAKDOWNS}
        yield Batch([one.pace for one, _ in part], groups, [answers for _, answers in part])


def population(instrument: Instrument) -> Frame:
    """Return an invented population by district, age band and provision, a little unlike those who answer."""
    groups = breakdown_groups(instrument)
    wanted = {"provision": (1, 2), "age_band": tuple(groups["age_band"]), BY: tuple(range(1, 13))}
    margins = {}
    for name, codes in wanted.items():
        people = np.linspace(80, 120, len(codes))
        margins[name] = {f"g{code}": int(number) for code, number in zip(codes, people, strict=True)}
    keys = {name: {f"g{code}": code for code in codes} for name, codes in wanted.items()}
    localities = {code: 1 + code % 3 for code in wanted[BY]}
    return Frame(
        source="Invented", date="2026", place="home", covers="everybody", surveys=(instrument.name,), groups=keys,
        margins=margins, localities=localities,
    )  # fmt: skip


def scaled_items(instrument: Instrument) -> list[str]:
    """Return the first 25 items that have a rating, a score or faces."""
    kinds = RatingItem | NpsItem | FacesItem
    return [item.id for item in instrument.items.values() if isinstance(item, kinds)][:ITEMS]


def figures_in(cells: Cells) -> int:
    """Return how many figures with an interval a table holds."""
    found = (group for item in cells.values() for group in item.values())
    return sum(figure.low is not None for group in found for figure in (*group.figures, *group.shares.values()))


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


def measure_in_memory(instrument: Instrument, ready: list[Ready]) -> list[list[object]]:
    """Return lines of what counting takes once the answers have been read."""
    parts = list(batches(instrument, ready))
    *made, frame = timed(lambda: make_frame(instrument, parts))
    *raked, weighting = timed(lambda: weigh(population(instrument), frame.breakdowns, instrument))
    rows: list[list[object]] = [
        ["answers put into columns", "", *made],
        [f"weights: raked on {len(weighting.margins)} margins", "", *raked],
    ]
    some = scaled_items(instrument)
    for items, weights in ((some, weighting.weights), (some, None), (list(instrument.items), weighting.weights)):
        rows.append(_line(instrument, frame, items, weights))
    return rows


def _line(instrument: Instrument, frame: AnswerFrame, items: list[str], weights: Any) -> list[object]:
    *seconds, cells = timed(lambda: tabulate(instrument, frame, BY, weights, items))
    kind = "unweighted" if weights is None else "weighted"
    number = len(groups_of(instrument, frame, BY))
    return [f"{kind}: {len(items)} items x {number} groups", figures_in(cells), *seconds]


def measure_from_database(url: str, ready: list[Ready]) -> float:
    """Return the seconds from the database to all figures by district."""
    from feedback_app.extensions import db

    with running_application(url) as app:
        fill(app, ready, RESPONSES)
        with app.app_context():
            scope: Scope = app.config["SCOPE"]
            wave = fielding.get_wave(db.session, scope, f"wave-{RESPONSES}")
            instrument = fielding.get_instrument(db.session, wave.version_id, LANGUAGE)
            with stopwatch() as clock:
                frame = counting.read_answers(db.session, wave, instrument)
                weighting: Weighting = weigh(population(instrument), frame.breakdowns, instrument)
                tabulate(instrument, frame, BY, weighting.weights, scaled_items(instrument))
            db.session.rollback()
    return clock.seconds


def main() -> None:
    """Measure and print one table."""
    ready, instrument = invented(), real_survey(SURVEY)
    cold: list[list[object]] = []
    for make in DATABASES:
        with make() as database:
            seconds = measure_from_database(database.url, ready)
            cold.append([f"the first line, read from {database.name}", "", seconds, ""])
    rows = measure_in_memory(instrument, ready)
    title = f"{RESPONSES:,} responses by district, all with 95% intervals (aim: 25 items, weighted, warm under 1 s)"
    print_table(title, ("what", "figures", "first s", "warm s"), [*rows[2:], *rows[:2], *cold])


if __name__ == "__main__":
    main()
