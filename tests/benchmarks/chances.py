"""How often ranges hold the truth and verdicts are right, in waves drawn from a population that is known.

Every interval, weight and verdict is made by the program's own functions, so that what is measured is what is shown.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from feedback_app.domain.instrument import Instrument
from feedback_app.domain.population import MARGINS, Frame
from feedback_app.domain.scoring.changes import Change, mean_change, nps_change, share_change
from feedback_app.domain.scoring.counts import Counted, Counts, EffectiveCounts
from feedback_app.domain.scoring.families import Verdict, benjamini_hochberg, verdict_of
from feedback_app.domain.scoring.figures import nps, share_of
from feedback_app.domain.scoring.scales import MeanScore, mean_score, person_scores
from feedback_app.domain.weighting.weighing import Weighting, weigh
from tests.benchmarks.populations import (
    ITEMS,
    Answering,
    Floats,
    Leaning,
    Wave,
    World,
    draw_wave,
    make_frame,
    make_world,
)

SCALE = 6  # the first so many items make a scale
FAVOURABLE, OTHER = 5, 1
PROMOTER, PASSIVE, DETRACTOR = 9, 7, 3
SHARE, NPS, MEAN = "share (Wilson)", "NPS (adjusted)", "mean score (t)"
SHARE_CHANGE, NPS_CHANGE, MEAN_CHANGE = "change of share (Newcombe)", "change of NPS", "change of mean (Welch)"
EVENLY, AS_USUAL = Leaning(), Answering()
FIGURES = (SHARE, NPS, MEAN, SHARE_CHANGE, NPS_CHANGE, MEAN_CHANGE)


@dataclass(frozen=True)
class Scenario:
    """A population, who answers in each of two waves, and what changes between them (points, item by item)."""

    name: str
    leaning: Leaning = EVENLY
    before: Answering = AS_USUAL
    after: Answering = AS_USUAL
    changes: tuple[float, ...] = (0.0,) * ITEMS
    known: tuple[str, ...] = MARGINS  # what the frame tells


@dataclass
class Rates:
    """Shares seen, run by run, under a name: their mean and its standard error, both in per cent."""

    seen: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, name: str, held: Iterable[bool | float]) -> None:
        """Note one run's share of what held; nothing when there was nothing to hold."""
        values = [float(value) for value in held]
        if values:
            self.seen[name].append(math.fsum(values) / len(values))

    def percent(self, name: str) -> float:
        """Return the mean share over the runs, 0 to 100; NaN without any."""
        runs = self.seen.get(name)
        return 100 * math.fsum(runs) / len(runs) if runs else math.nan

    def error(self, name: str) -> float:
        """Return the Monte Carlo standard error of `percent`, in points; NaN for fewer than two runs."""
        runs = self.seen.get(name, [])
        return 100 * float(np.std(runs, ddof=1)) / math.sqrt(len(runs)) if len(runs) > 1 else math.nan


@dataclass(frozen=True)
class CountedWave:
    """A wave counted: each item, each recommending item and the scale, and the same as unweighted people."""

    shares: list[Counted]
    scores: list[Counted]
    mean: MeanScore
    people: list[Counts]


def count_wave(wave: Wave, weighting: Weighting | None = None) -> CountedWave:
    """Return a wave's answers counted in people, or in effective answers of those whom the weights cover."""
    weights = np.ones(wave.people) if weighting is None else np.where(weighting.covered, weighting.weights, 0.0)
    given, more = wave.given[:, :ITEMS], wave.given[:, ITEMS:]
    items = (wave.favourable & given, given & ~wave.favourable)
    asked = (wave.promoters & more, more & ~wave.promoters & ~wave.detractors, wave.detractors & more)
    tops = [np.where(given[:, at], 100.0 * wave.favourable[:, at], np.nan) for at in range(SCALE)]
    scores = person_scores(np.column_stack(tops))
    people = _columns(items, (FAVOURABLE, OTHER), None)
    return CountedWave(
        people if weighting is None else _columns(items, (FAVOURABLE, OTHER), weights),
        _columns(asked, (PROMOTER, PASSIVE, DETRACTOR), None if weighting is None else weights),
        mean_score(scores, None if weighting is None else weights),
        [counts for counts in people if isinstance(counts, Counts)],
    )


def _columns(parts: Sequence[NDArray[np.bool_]], codes: Sequence[int], weights: Floats | None) -> list[Counted]:
    """Return each column's answers by code; weighted ones scaled to Kish's effective base of those who answered it."""
    people = np.array([part.sum(axis=0) for part in parts])
    if weights is None:
        return [Counts(dict(zip(codes, column, strict=True))) for column in people.T.tolist()]
    sums = np.array([weights @ part for part in parts])
    squares = np.sum([(weights**2) @ part for part in parts], axis=0)
    effective = sums * sums.sum(axis=0) / squares
    answered = people.sum(axis=0).tolist()
    return [
        EffectiveCounts(dict(zip(codes, column, strict=True)), number)
        for column, number in zip(effective.T.tolist(), answered, strict=True)
    ]


def _holds(low: float | None, high: float | None, truth: float) -> bool:
    return low is not None and high is not None and low <= truth <= high


@dataclass(frozen=True)
class Stage:
    """A scenario made ready: the population in both years, its frame, and the survey that the frame is of."""

    scenario: Scenario
    before: World
    after: World
    frame: Frame
    instrument: Instrument

    def run(self, random: np.random.Generator, plain: Rates, weighted: Rates) -> None:
        """Draw two waves and note what held: of plain figures, and of weighted ones where they may be published."""
        waves = [
            draw_wave(self.before, self.scenario.before, random),
            draw_wave(self.after, self.scenario.after, random),
        ]
        before, after = (count_wave(wave) for wave in waves)
        self._note_wave(plain, after)
        self._note_changes(plain, before, after)
        plain.add("people", [waves[1].people])
        old, new = (weigh(self.frame, wave.breakdowns, self.instrument) for wave in waves)
        weighted.add("published", [new.publishable])
        weighted.add("design effect", [new.design_effect])
        if new.publishable:
            after = count_wave(waves[1], new)
            self._note_wave(weighted, after)
            if old.publishable:
                self._note_changes(weighted, count_wave(waves[0], old), after)

    def _note_wave(self, rates: Rates, counted: CountedWave) -> None:
        """Note which ranges of the later wave's figures hold the truth."""
        world = self.after
        shares = [share_of(counts, SHARE, (FAVOURABLE,)) for counts in counted.shares]
        scores = [nps(counts) for counts in counted.scores]
        for name, found, truths in ((SHARE, shares, world.true_shares), (NPS, scores, world.true_nps)):
            rates.add(name, (_holds(one.low, one.high, truth) for one, truth in zip(found, truths, strict=True)))
        rates.add(MEAN, [_holds(counted.mean.low, counted.mean.high, world.true_shares[:SCALE].mean())])

    def _note_changes(self, rates: Rates, before: CountedWave, after: CountedWave) -> None:
        """Note which ranges of changes hold the truth, and what the verdicts were."""
        moved = self.after.true_shares - self.before.true_shares
        changes = [
            share_change(first, second, (FAVOURABLE,), people=(plain, later))
            for first, second, plain, later in zip(
                before.shares, after.shares, before.people, after.people, strict=True
            )
        ]
        nets = [nps_change(first, second) for first, second in zip(before.scores, after.scores, strict=True)]
        rates.add(SHARE_CHANGE, _changes_hold(changes, moved))
        rates.add(NPS_CHANGE, _changes_hold(nets, self.after.true_nps - self.before.true_nps))
        rates.add(MEAN_CHANGE, _changes_hold([mean_change(before.mean, after.mean)], [moved[:SCALE].mean()]))
        note_verdicts(rates, changes, self.scenario.changes)


def _changes_hold(changes: Sequence[Change | None], truths: Iterable[float]) -> Iterable[bool]:
    return (
        change is not None and _holds(change.low, change.high, truth)
        for change, truth in zip(changes, truths, strict=True)
    )


def note_verdicts(rates: Rates, changes: Sequence[Change | None], planted: Sequence[float]) -> None:
    """Note false discoveries among the verdicts of one family, and how often each planted change was found."""
    family = [change for change in changes if change is not None]
    verdicts = list(map(verdict_of, family, benjamini_hochberg([change.p for change in family])))
    wanted = [Verdict.HIGHER if points > 0 else Verdict.LOWER if points < 0 else None for points in planted]
    pairs = list(zip(verdicts, wanted, planted, strict=True))
    told = [(verdict, want) for verdict, want, _ in pairs if verdict != Verdict.NO_CLEAR_CHANGE]
    false = sum(verdict != want for verdict, want in told)
    rates.add("false", [false / max(1, len(told))])
    rates.add("any false", [false > 0])
    for size in sorted(set(planted) - {0.0}):
        rates.add(f"{size:+g}", [verdict == want for verdict, want, points in pairs if points == size])


def make_stage(scenario: Scenario, instrument: Instrument) -> Stage:
    """Return a scenario ready to be run."""
    before, after = make_world(scenario.leaning), make_world(scenario.leaning, scenario.changes)
    return Stage(scenario, before, after, make_frame(after, scenario.known), instrument)
