"""Taking snapshots (R5): what readers outside the SEND team see of a wave until the next one may replace it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy.orm import Session

from feedback_app.domain.dimensions import dimensions_of, questions_of
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.snapshots import EVERYBODY, Sets, choose, may_replace
from feedback_app.domain.instrument import Instrument
from feedback_app.domain.partnership import Geography
from feedback_app.domain.population import Population
from feedback_app.domain.scope import Scope
from feedback_app.domain.wave import is_over, over_from
from feedback_app.reports.frame import AnswerFrame, make_frame
from feedback_app.reports.standing_sets import Divider, Shown, groups_in, sizes_of
from feedback_app.services.breaking_down import group_answers, protect_standing
from feedback_app.services.counting import as_batch, read_answers
from feedback_app.services.fielding import get_fielded, get_wave
from feedback_app.services.frozen import Seen, pack, pack_summary, rules_of, same_rules
from feedback_app.services.ledger import released_frozen
from feedback_app.services.summarising import summarise_answers
from feedback_app.store import responses, snapshots, waves
from feedback_app.store.snapshots import SnapshotFacts
from feedback_app.store.waves import WaveFacts

if TYPE_CHECKING:
    from numpy import intp
    from numpy.typing import NDArray

GROWTH = 2  # while answers come in, each snapshot counts twice as many as the last, so that few wait in the end ...
LONGEST = timedelta(days=28)  # ... or the last one is as old as this; none so shortly before the end (`_is_time`)


class Changed(Exception):
    """Answers came or went while a snapshot of them was taken: nothing of it is kept, and it is tried the next day."""


class Apart(Protocol):
    """Does a step in a transaction of its own and returns what the step does."""

    def __call__(self, step: Callable[[Session], Any], *, reading: bool = False) -> Any:
        """Do the step; with ``reading`` it writes nothing and waits for nobody who does."""


@dataclass(frozen=True)
class Taking:
    """How a partnership takes snapshots, and on which day."""

    scope: Scope
    policy: Policy
    geography: Geography
    population: Population | None
    today: date

    def bring_up_to_date(self, slug: str, apart: Apart, *, in_time: bool = False) -> SnapshotFacts | None:
        """Take a wave's snapshot where R5 allows one, and make the breakdowns it lacks; None where none was taken.

        ``apart`` does a step in a transaction of its own, with ``reading=True`` in one that only reads, and returns
        what the step does.
        """
        taken: SnapshotFacts | None = apart(partial(self.take_snapshot, slug=slug, in_time=in_time))
        if made := apart(partial(self.make_breakdowns, slug=slug), reading=True):
            apart(partial(self.keep_breakdowns, made=made))
        return taken

    def list_due(self, db: Session) -> list[str]:
        """Return the waves with answers that no snapshot counts yet, or with one that lacks what it should have."""
        return snapshots.list_due(db, self.scope, self.today - timedelta(days=self.scope.keeping.grace_days))

    def take_snapshot(self, db: Session, slug: str, *, in_time: bool = False) -> SnapshotFacts | None:
        """Freeze a wave's figures for readers outside the SEND team; None where R5 does not let them be replaced yet.

        The first from the minimum base up; with ``in_time`` none before it is time for one. Of a wave with an end it
        shows no groups before that, and the first after it has them, also where it counts no answer more. The
        breakdowns, which take seconds, are made and kept afterwards, so that nobody who sends answers waits for them.
        Raise SurveyUnknown.
        """
        wave = get_wave(db, self.scope, slug)
        snapshots.lock_wave(db, wave.id)
        instrument = get_fielded(db, wave.version_id).instrument
        latest = snapshots.find_latest(db, wave.id)
        early = latest if in_time else None
        if early and not self._is_time(wave, early, waves.count_responses(db, wave.id)):
            return None  # not even with all that came in; found out without reading them
        grouped = self._shows_groups(wave, latest)
        chosen = _Choice(db, wave, instrument, self).choose(latest)
        if chosen is None or not (chosen or (latest and grouped and not latest.grouped)):
            return None
        counted = len(chosen) + (responses.count_in_snapshot(db, wave.id, latest.number) if latest else 0)
        if early and not self._is_time(wave, early, counted):
            return None
        facts = SnapshotFacts(wave.id, latest.number + 1 if latest else 1, self.today, counted, grouped)
        if snapshots.mark_counted(db, chosen, facts.number) != len(chosen):
            raise Changed(slug)
        self._freeze(db, wave, instrument, facts)
        return facts

    def _shows_groups(self, wave: WaveFacts, latest: SnapshotFacts | None) -> bool:
        """Return whether a snapshot taken today shows groups: not before a wave's end; once shown, they always are.

        Before the end it shows what everybody was asked, of everybody: with one set, next to nobody waits in the end.
        """
        before_its_end = wave.closed_from is not None and not is_over(wave.closed_from, self.today, self.scope.keeping)
        return not before_its_end or (latest is not None and latest.grouped)

    def _is_time(self, wave: WaveFacts, latest: SnapshotFacts, counted: int) -> bool:
        """Return whether a snapshot is to follow the latest: once no answer can come in any more, always.

        Shortly before that none is taken: after one, too few answers might be left for the last to count them.
        """
        end = over_from(wave.closed_from, self.scope.keeping)
        if end is not None and end - self.today < LONGEST:
            return end <= self.today
        return counted >= GROWTH * latest.responses or self.today - latest.taken_on >= LONGEST

    def _freeze(self, db: Session, wave: WaveFacts, instrument: Instrument, facts: SnapshotFacts) -> None:
        frame = self.population.frame if self.population else None
        summary = summarise_answers(db, wave, instrument, self.policy, frame, Seen.of(facts))
        answers = read_answers(db, wave, instrument, facts.number)
        if answers.responses != facts.responses:
            raise Changed(wave.slug)
        snapshots.add_snapshot(
            db,
            facts,
            self._sets(instrument, answers, facts),
            pack_summary(summary, rules_of(self.policy, self.geography)),
        )

    def _sets(self, instrument: Instrument, answers: AnswerFrame, facts: SnapshotFacts) -> Sets:
        """Return the sizes of the sets of people that a snapshot of some answers shows."""
        if not facts.grouped:
            return {EVERYBODY: {EVERYBODY: facts.responses}}
        divider = Divider(instrument, dimensions_of(instrument, self.geography))
        shown = divider.shown(answers, divider.pairs, self.policy.base_for(instrument.minors))
        return sizes_of(divider.divide(answers, divider.pairs, shown))

    def make_breakdowns(self, db: Session, slug: str) -> tuple[SnapshotFacts, bytes] | None:
        """Return a wave's latest snapshot with every question by every dimension, protected and packed.

        None where it has them already or shows no groups, and where somebody has deleted an answer since or the rules
        are others by now: leads may have seen them made by those of its day.
        """
        wave = get_wave(db, self.scope, slug)
        latest = snapshots.find_latest(db, wave.id)
        if latest is None or not latest.grouped or snapshots.find_breakdowns(db, wave.id, latest.number) is not None:
            return None
        if not same_rules(db, latest, self.policy, self.geography):
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

    @property
    def least(self) -> int:
        """Return the fewest people of a first snapshot, and the fewest that a set changes by from one to the next.

        For whoever sets two snapshots side by side has those who came or went as a group of their own (R0).
        """
        return self.taking.policy.base_for(self.instrument.minors)

    def choose(self, latest: SnapshotFacts | None) -> Sequence[uuid.UUID] | None:
        """Return their ids, or None where there may be no snapshot, not even of those counted already."""
        ids, waiting = self._read_waiting()
        if latest is None:
            return ids if len(ids) >= self.least else None
        return self._choose_after(latest, ids, waiting)

    def _read_waiting(self) -> tuple[list[uuid.UUID], AnswerFrame]:
        ids: list[uuid.UUID] = []
        batches = []
        for some, columns in responses.iterate_waiting(self.db, self.wave.id, tuple(self.instrument.items)):
            ids += some
            batches.append(as_batch(columns))
        return ids, make_frame(self.instrument, batches)

    def _choose_after(
        self, latest: SnapshotFacts, ids: Sequence[uuid.UUID], waiting: AnswerFrame
    ) -> Sequence[uuid.UUID] | None:
        """Return those that leave each set of the latest snapshot changed by nobody or by so many and more (R5)."""
        old = snapshots.get_sets(self.db, self.wave.id, latest.number)
        seen = released_frozen(self.db, self.wave)  # of any snapshot: two that are not neighbours can be compared too
        divider = Divider(self.instrument, dimensions_of(self.instrument, self.taking.geography))
        pairs = [pair for pair in divider.pairs if pair in seen]
        shown = groups_in(old)
        ways = {way: found for way, found in divider.divide(waiting, pairs, shown).items() if way in old}
        old = {way: old[way] for way in ways}
        gone = self._gone(latest, divider, pairs, shown, old)
        chosen = choose(
            {way: division.places for way, division in ways.items()},
            {way: _in_order(gone.get(way, {}), division.names) for way, division in ways.items()},
            self.least,
        )
        added = {way: division.of(chosen) for way, division in ways.items()}
        if not may_replace(old, added, gone, self.least):
            return None
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
