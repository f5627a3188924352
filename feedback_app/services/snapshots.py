"""Taking snapshots (R5): what readers outside the SEND team see of a wave until the next one may replace it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from feedback_app.domain.dimensions import dimensions_of, questions_of
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.snapshots import Sets, choose, may_replace
from feedback_app.domain.instrument import Instrument
from feedback_app.domain.partnership import Geography
from feedback_app.domain.population import Population
from feedback_app.domain.scope import Scope
from feedback_app.domain.wave import may_finish
from feedback_app.reports.frame import AnswerFrame, make_frame
from feedback_app.reports.standing_sets import Divider, Shown, groups_in, sizes_of
from feedback_app.services.breaking_down import group_answers, protect_standing
from feedback_app.services.counting import as_batch, read_answers
from feedback_app.services.fielding import get_fielded, get_wave
from feedback_app.services.frozen import pack, pack_summary
from feedback_app.services.ledger import State, released
from feedback_app.services.summarising import summarise_answers
from feedback_app.store import responses, snapshots, waves
from feedback_app.store.snapshots import SnapshotFacts
from feedback_app.store.waves import WaveFacts

if TYPE_CHECKING:
    from numpy import intp
    from numpy.typing import NDArray

GROWTH = 2  # while answers come in, each snapshot counts twice as many as the last, so that few wait in the end ...
LONGEST = timedelta(days=28)  # ... or the last one is as old as this


class Changed(Exception):
    """Answers came or went while a snapshot of them was taken: nothing of it is kept, and it is tried the next day."""


@dataclass(frozen=True)
class Taking:
    """How a partnership takes snapshots, and on which day."""

    scope: Scope
    policy: Policy
    geography: Geography
    population: Population | None
    today: date

    def list_due(self, db: Session) -> list[str]:
        """Return the waves with answers that no snapshot counts yet, or with one that lacks its breakdowns."""
        return snapshots.list_due(db, self.scope)

    def take_snapshot(self, db: Session, slug: str, *, in_time: bool = False) -> SnapshotFacts | None:
        """Freeze a wave's figures for readers outside the SEND team; None where R5 does not let them be replaced yet.

        The first from the minimum base up; with ``in_time`` none before it is time for one. The breakdowns, which take
        seconds, are made and kept afterwards, so that nobody who sends answers waits for them. Raise SurveyUnknown.
        """
        wave = get_wave(db, self.scope, slug)
        snapshots.lock_wave(db, wave.id)
        instrument = get_fielded(db, wave.version_id).instrument
        latest = snapshots.find_latest(db, wave.id)
        early = latest if in_time else None
        if early and not self._is_time(wave, early, waves.count_responses(db, wave.id)):
            return None  # not even with all that came in; found out without reading them
        chosen = _Choice(db, wave, instrument, self).choose(latest)
        counted = len(chosen) + (responses.count_in_snapshot(db, wave.id, latest.number) if latest else 0)
        if not chosen or (early and not self._is_time(wave, early, counted)):
            return None
        facts = SnapshotFacts(wave.id, latest.number + 1 if latest else 1, self.today, counted)
        if snapshots.mark_counted(db, chosen, facts.number) != len(chosen):
            raise Changed(slug)
        self._freeze(db, wave, instrument, facts)
        return facts

    def _is_time(self, wave: WaveFacts, latest: SnapshotFacts, counted: int) -> bool:
        """Return whether a snapshot is to follow the latest: once no answer can come in any more, always."""
        begun = wave.opens_on <= self.today
        over = begun and not may_finish(wave.opens_on, wave.closed_from, self.today, self.scope.keeping)
        return over or counted >= GROWTH * latest.responses or self.today - latest.taken_on >= LONGEST

    def _freeze(self, db: Session, wave: WaveFacts, instrument: Instrument, facts: SnapshotFacts) -> None:
        frame = self.population.frame if self.population else None
        summary = summarise_answers(db, wave, instrument, self.policy, frame, facts.number)
        answers = read_answers(db, wave, instrument, facts.number)
        if answers.responses != facts.responses:
            raise Changed(wave.slug)
        divider = Divider(instrument, dimensions_of(instrument, self.geography))
        shown = divider.shown(answers, divider.pairs, self.policy.base_for(instrument.minors))
        sets = sizes_of(divider.divide(answers, divider.pairs, shown))
        snapshots.add_snapshot(db, facts, sets, pack_summary(summary))

    def make_breakdowns(self, db: Session, slug: str) -> tuple[SnapshotFacts, bytes] | None:
        """Return a wave's latest snapshot with every question by every dimension, protected and packed.

        None where it has them already, and where somebody has deleted an answer since.
        """
        wave = get_wave(db, self.scope, slug)
        latest = snapshots.find_latest(db, wave.id)
        if latest is None or snapshots.find_breakdowns(db, wave.id, latest.number) is not None:
            return None
        instrument = get_fielded(db, wave.version_id).instrument
        answers = read_answers(db, wave, instrument, latest.number)
        if answers.responses != latest.responses:
            return None
        grouped = group_answers(instrument, answers, self.geography, self.policy)
        standing = {item.id: protect_standing(grouped, item, self.policy) for item in questions_of(instrument)}
        return latest, pack(standing)

    def keep_breakdowns(self, db: Session, made: tuple[SnapshotFacts, bytes]) -> bool:
        """Keep the breakdowns of a snapshot, unless somebody has deleted an answer meanwhile; return whether kept."""
        facts, breakdowns = made
        snapshots.lock_wave(db, facts.wave_id)
        if responses.count_in_snapshot(db, facts.wave_id, facts.number) != facts.responses:
            return False
        snapshots.set_breakdowns(db, facts.wave_id, facts.number, breakdowns)
        return True


@dataclass(frozen=True)
class _Choice:
    """Which of a wave's waiting answers its next snapshot counts."""

    db: Session
    wave: WaveFacts
    instrument: Instrument
    taking: Taking

    def choose(self, latest: SnapshotFacts | None) -> Sequence[uuid.UUID]:
        """Return their ids, none where there is to be no snapshot."""
        ids, waiting = self._read_waiting()
        if latest is None:
            return ids if len(ids) >= self.taking.policy.base_for(self.instrument.minors) else ()
        return self._choose_after(latest, ids, waiting) if ids else ()

    def _read_waiting(self) -> tuple[list[uuid.UUID], AnswerFrame]:
        ids: list[uuid.UUID] = []
        batches = []
        for some, columns in responses.iterate_waiting(self.db, self.wave.id, tuple(self.instrument.items)):
            ids += some
            batches.append(as_batch(columns))
        return ids, make_frame(self.instrument, batches)

    def _choose_after(
        self, latest: SnapshotFacts, ids: Sequence[uuid.UUID], waiting: AnswerFrame
    ) -> Sequence[uuid.UUID]:
        """Return those that leave each set of the latest snapshot changed by nobody or by T and more (R5)."""
        old = snapshots.get_sets(self.db, self.wave.id, latest.number)
        seen = released(self.db, self.wave, State(True, latest.number))
        divider = Divider(self.instrument, dimensions_of(self.instrument, self.taking.geography))
        pairs = [pair for pair in divider.pairs if any(entry.by == pair for entry in seen)]
        shown = groups_in(old)
        ways = {way: found for way, found in divider.divide(waiting, pairs, shown).items() if way in old}
        old = {way: old[way] for way in ways}
        gone = self._gone(latest, divider, pairs, shown, old)
        threshold = self.taking.policy.threshold_for(self.instrument.minors, sensitive=False)
        chosen = choose(
            {way: division.places for way, division in ways.items()},
            {way: _in_order(gone.get(way, {}), division.names) for way, division in ways.items()},
            threshold,
        )
        added = {way: division.of(chosen) for way, division in ways.items()}
        if not may_replace(old, added, gone, threshold):
            return ()
        return [id_ for id_, comes_in in zip(ids, chosen.tolist(), strict=True) if comes_in]

    def _gone(
        self, latest: SnapshotFacts, divider: Divider, pairs: Sequence[tuple[str, ...]], shown: Shown, old: Sets
    ) -> Sets:
        """Return how many of those whom the latest snapshot counts have deleted their answers, set by set."""
        if responses.count_in_snapshot(self.db, self.wave.id, latest.number) == latest.responses:
            return {}
        there = read_answers(self.db, self.wave, self.instrument, latest.number)
        left = sizes_of(divider.divide(there, pairs, shown))
        return {way: {name: old[way][name] - left[way].get(name, 0) for name in old[way]} for way in old}


def _in_order(people: Mapping[str, int], names: Sequence[str]) -> NDArray[intp]:
    import numpy as np

    return np.array([people.get(name, 0) for name in names], np.intp)
