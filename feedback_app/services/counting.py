"""A wave counted, exactly: its answers as columns, and what is made of them once for all who ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from feedback_app.domain.comparing import family_of
from feedback_app.domain.disclosure.gate import protect
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.rules import ItemTable, ScaleTable, Weighted
from feedback_app.domain.disclosure.safe import SafeRelease
from feedback_app.domain.instrument import Instrument
from feedback_app.domain.population import Frame
from feedback_app.domain.scoring.counts import Counts
from feedback_app.domain.scoring.quality import scaled_runs, straight_lined
from feedback_app.domain.scoring.scales import MeanScore
from feedback_app.domain.weighting.weighing import Weighting, weigh
from feedback_app.reports.counting import Grouping, ItemCounts, count_items, tally_item
from feedback_app.reports.frame import AnswerFrame, Batch, make_frame
from feedback_app.reports.item_tables import headlines_of, item_table, weighted_answers
from feedback_app.reports.scale_tables import scale_tables, scales_of, weighted_means
from feedback_app.services.remembering import Memory
from feedback_app.store import responses, waves
from feedback_app.store.responses import Columns
from feedback_app.store.waves import WaveFacts

if TYPE_CHECKING:
    from numpy import bool_
    from numpy.typing import NDArray

State = tuple[int, int]  # responses and erasures: another response, or one gone, makes another state


@dataclass(frozen=True)
class Hurried:
    """How many answered far too quickly and all alike, and the core headlines with them and without, by item id."""

    people: int
    everybody: Mapping[str, float | None]
    without: Mapping[str, float | None]


@dataclass(frozen=True)
class CountedWave:
    """All that a summary without weights is made of; no ``hurried`` where no run of ratings is long enough to tell."""

    items: ItemCounts
    scales: tuple[ScaleTable, ...]
    hurried: Hurried | None
    modes: Mapping[str, int]


@dataclass(frozen=True)
class WeighedWave:
    """A wave's weighting, its columns of people let go; weighted answers and means only where they may be published."""

    weighting: Weighting
    items: Mapping[str, Weighted]
    scales: Mapping[str, MeanScore]


_counted: Memory[tuple[CountedWave, WeighedWave]] = Memory(64)  # one is some kilobytes
_released: Memory[SafeRelease] = Memory(64)


def get_state(db: Session, wave: WaveFacts, upto: int | None = None) -> State:
    """Return what tells one state of a wave's answers, or of those that a snapshot counts, from the next."""
    return waves.count_state(db, wave.id, upto=upto)


def read_answers(db: Session, wave: WaveFacts, instrument: Instrument, upto: int | None = None) -> AnswerFrame:
    """Return a wave's answers, or those that a snapshot counts, as columns: not kept, for 100,000 are about 11 MB."""
    columns = responses.iterate_columns(db, wave.id, tuple(instrument.items), upto=upto)
    return make_frame(instrument, map(as_batch, columns))


def as_batch(columns: Columns) -> Batch:
    """Return some responses as a frame takes them."""
    return Batch(columns.pace, columns.groups, columns.answers, columns.collectors)


def count_wave(
    db: Session, wave: WaveFacts, instrument: Instrument, frame: Frame | None, state: State, upto: int | None = None
) -> tuple[CountedWave, WeighedWave]:
    """Return a wave counted, and weighted to the frame's people, from memory while its state and the frame stay.

    Both come from the answers read once, so that they are of the same people also while answers come in. With ``upto``
    they are the answers that this snapshot counts.
    """
    if found := _counted.find((wave.id, upto), (state, frame)):
        return found
    answers = read_answers(db, wave, instrument, upto)
    items = count_items(instrument, answers)
    hurried = find_hurried(instrument, answers, items.by_item)
    modes = responses.count_modes(db, wave.id, upto=upto)
    counted = CountedWave(items, scale_tables(instrument, answers), hurried, modes)
    weighed = weigh_answers(instrument, answers, weigh(frame, answers.breakdowns, instrument))
    if answers.responses == state[0]:  # else an answer came in between: read anew next time
        _counted.keep((wave.id, upto), (state, frame), (counted, weighed))
    return counted, weighed


def weigh_answers(instrument: Instrument, answers: AnswerFrame, weighting: Weighting) -> WeighedWave:
    """Return what is made of answers with weights, if their weighted figures may be published."""
    import numpy as np

    items: Mapping[str, Weighted] = {}
    scales: Mapping[str, MeanScore] = {}
    if weighting.publishable:
        items = weighted_answers(instrument, answers, weighting)
        scales = weighted_means(instrument, answers, weighting.covered, weighting.weights)
    nobody = np.empty(0)
    return WeighedWave(replace(weighting, covered=nobody, weights=nobody, categories={}), items, scales)


@dataclass(frozen=True)
class ExactTables:
    """A wave's exact tables and scales on their way into the gate, what they were made of, and in which state.

    ``upto`` is the snapshot whose answers alone they count, or None for all that came in.
    """

    state: State
    frame: Frame | None
    counted: CountedWave
    weighed: WeighedWave
    tables: tuple[ItemTable, ...]
    scales: tuple[ScaleTable, ...]
    invited: int | None = None  # the list that the ranges are corrected for
    upto: int | None = None
    routes: bool = True  # whether questions that only some are asked are among the tables


def make_tables(
    db: Session, wave: WaveFacts, instrument: Instrument, frame: Frame | None, upto: int | None = None
) -> ExactTables:
    """Return a wave's exact tables and scales, weighted figures in them where these may be published.

    Questions to practise with are left out: they say how answering works, not what anybody thinks.
    """
    state = get_state(db, wave, upto)
    counted, weighed = count_wave(db, wave, instrument, frame, state, upto)
    tables = tuple(
        item_table(instrument, item, counted.items.by_item[item.id], weighed.items.get(item.id))
        for item in instrument.items.values()
        if not item.practice
    )
    scales = tuple(replace(scale, weighted=weighed.scales.get(scale.code)) for scale in counted.scales)
    return ExactTables(state, frame, counted, weighed, tables, scales, upto=upto)


def among_list(instrument: Instrument, exact: ExactTables, invited: int | None) -> ExactTables:
    """Return the tables with ranges of a list that everybody on was invited to; as they are without one.

    Only questions that everybody is asked have that list as theirs. More answers than people on the list: the list is
    wrong, and nothing is corrected. Waves that are compared are never corrected.
    """
    if invited is None or exact.counted.items.responses > invited:
        return exact
    tables = tuple(
        replace(table, invited=invited) if family_of(instrument, instrument.items[table.code]) == "core" else table
        for table in exact.tables
    )
    return replace(exact, tables=tables, invited=invited)


def of_everybody(instrument: Instrument, exact: ExactTables) -> ExactTables:
    """Return the tables and scales of questions that everybody is asked: all there is of a wave before its end (R5)."""
    core = {item.id for item in instrument.items.values() if family_of(instrument, item) == "core"}
    scales = {code for code, items in scales_of(instrument).items() if core.issuperset(item.id for item in items)}
    return replace(
        exact,
        tables=tuple(table for table in exact.tables if table.code in core),
        scales=tuple(scale for scale in exact.scales if scale.code in scales),
        routes=False,
    )


def protect_wave(wave: WaveFacts, exact: ExactTables, policy: Policy) -> SafeRelease:
    """Return a wave's protected tables and scales, from memory while nothing that they rest on is another."""
    place, key = (wave.id, exact.invited, exact.upto, exact.routes), (exact.state, exact.frame, policy)
    found = _released.find(place, key)  # with the ranges of a list for the wave's own page, without to compare it
    if found is not None:
        return found
    release = protect(exact.tables, policy, exact.scales)
    if exact.counted.items.responses == exact.state[0]:
        _released.keep(place, key, release)
    return release


def find_hurried(instrument: Instrument, answers: AnswerFrame, counts: Mapping[str, Counts]) -> Hurried | None:
    """Return who answered a whole run of ratings alike and in haste, and what leaving them out changes.

    None for an instrument without a run long enough to tell.
    """
    import numpy as np

    runs = scaled_runs(instrument)
    if not runs:
        return None
    flags: NDArray[bool_] = np.zeros(answers.responses, np.bool_)
    for run in runs:
        flags |= straight_lined(np.stack([answers.codes[item] for item in run], axis=1), answers.quick)
    kept = Grouping(np.where(flags, -1, 0).astype(np.intp), 1)
    everybody, without = {}, {}
    for item in instrument.items.values():
        specs = headlines_of(item)
        if specs and not item.practice and family_of(instrument, item) == "core":
            everybody[item.id] = specs[0].function(counts[item.id]).value
            without[item.id] = specs[0].function(tally_item(item, answers, kept).counts(0)).value
    return Hurried(int(flags.sum()), everybody, without)
