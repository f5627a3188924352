"""What protection costs: how much of a breakdown is still told, and how true it is, beside what others do.

Invented waves of one question are broken down by district and locality and put through every rule set;
`print_utility()` prints what comes out. FEEDBACK_BENCH_WAVES: how many waves of each kind, 10 unless said.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

import numpy as np

from feedback_app.domain.scoring.intervals import wilson_interval
from tests.benchmarks.figures import percentile, print_table
from tests.benchmarks.rules_elsewhere import ELSEWHERE, Printed
from tests.benchmarks.small_waves import (
    BANDS,
    FIVE,
    YES_NO,
    Asked,
    Wave,
    by_rules,
    by_the_gate,
    draw_wave,
    exact_table,
)
from tests.benchmarks.working_out import Seen, Sums

SIZES = (60, 165, 345, 800, 5_000)
WAVES = 10
LEAST_COMPARED = 10  # answers: a smaller group is compared with the rest by nobody
OURS = "ours: 0-4 hidden, to 5, audit"
DISTRICTS_ALONE, BOTH = ("district",), ("locality", "district")
ERRORS = ["error, points", "95th"]
HEADINGS = ["cells hidden %", "answers in them %", "groups silent %", *ERRORS, "clear lost %", "false %"]
CHOICES = [
    f"{place}: {what}"
    for place in ("districts", "localities")
    for what in ("hidden %", "beside the others %", "silent %", "95th", "clear lost %")
]
Through = Callable[[Wave, Asked, Sequence[str]], dict[str, Seen]]


NOTHING = "no clear difference"


@dataclass(frozen=True)
class Share:
    """A share with its 95% range, all 0 to 1."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, x: float, n: float) -> Share:
        """Return x of n with Wilson's range; everything is possible of nobody."""
        range_ = wilson_interval(x, n)
        return cls(x / n, range_.low, range_.high) if range_ else cls(0.5, 0.0, 1.0)

    def against(self, rest: Share) -> str:
        """Return whether it is clearly higher or lower than the rest's, by Newcombe's sum of both ranges."""
        apart = self.value - rest.value
        if apart > math.hypot(self.value - self.low, rest.high - rest.value):
            return "higher"
        if -apart > math.hypot(self.high - self.value, rest.value - rest.low):
            return "lower"
        return NOTHING


@dataclass
class Cost:
    """What one rule set did to the waves it was shown; counts of cells, groups and verdicts, errors in points."""

    cells: int = 0
    hidden: int = 0
    answers: int = 0
    unheard: int = 0  # answers in hidden cells
    groups: int = 0
    silent: int = 0  # groups without a single number
    errors: list[tuple[float, float]] = field(default_factory=list)  # of a percent, with the base printed beside it
    clear: int = 0  # groups clearly apart from the rest by exact counts
    lost: int = 0  # ... and not told so
    compared: int = 0
    false: int = 0  # groups told to be apart that are not by exact counts, or apart the other way
    attacked: int = 0
    learnt: int = 0
    waves: int = 0
    leaky: int = 0  # waves in which anything was learnt

    def add(self, wave: Wave, asked: Asked, name: str, printed: Printed) -> None:
        """Note how one breakdown of one wave came out."""
        exact = exact_table(wave, asked, name)
        bases = exact.sum(axis=1)
        gone = np.isnan(printed.cells.shown)
        self.cells += gone.size
        self.hidden += int(gone.sum())
        self.answers += int(exact.sum())
        self.unheard += int(exact[gone].sum())
        self.groups += len(gone)
        self.silent += int(gone.all(axis=1).sum())
        shown = ~np.isnan(printed.percents) & (bases[:, None] > 0)
        truth = 100 * exact / np.maximum(bases, 1)[:, None]
        beside = np.broadcast_to(printed.bases.shown[:, None], gone.shape)[shown]
        self.errors += zip(beside.tolist(), np.abs(printed.percents - truth)[shown].tolist(), strict=True)
        good, everybody = int(exact[:, asked.wanted].sum()), int(bases.sum())
        for at in np.flatnonzero(bases >= LEAST_COMPARED):
            x, n = int(exact[at, asked.wanted].sum()), int(bases[at])
            rest = Share.of(good - x, everybody - n)
            self._compare(Share.of(x, n).against(rest), _told(printed, int(at), asked), rest)

    def _compare(self, exact: str, told: Share | None, rest: Share) -> None:
        verdict = told.against(rest) if told else NOTHING
        self.clear += exact != NOTHING
        self.lost += exact not in {NOTHING, verdict}
        self.compared += 1
        self.false += verdict not in {NOTHING, exact}

    def attack(self, wave: Wave, seen: dict[str, Seen], random: np.random.Generator) -> None:
        """Note what a reader works out from everything printed of one wave."""
        learnt, hidden = Sums(wave.answers, list(seen.values())).learnt(random)
        self.attacked += hidden
        self.learnt += learnt
        self.waves += 1
        self.leaky += learnt > 0

    def figures(self) -> list[float | str]:
        """Return what HEADINGS name: hidden cells, answers and groups (%), errors (points), verdicts (%)."""
        return [
            _percent(self.hidden, self.cells),
            _percent(self.unheard, self.answers),
            _percent(self.silent, self.groups),
            *_spread(sorted(error for _, error in self.errors)),
            _percent(self.lost, self.clear),
            _percent(self.false, self.compared),
        ]


def _spread(errors: Sequence[float]) -> list[float | str]:
    """Return the mean of sorted errors, and what 95 in 100 do not exceed."""
    return [math.fsum(errors) / len(errors), percentile(errors, 0.95)] if errors else ["-", "-"]


def _percent(part: int, whole: int) -> float | str:
    return 100 * part / whole if whole else "-"


def _told(printed: Printed, at: int, asked: Asked) -> Share | None:
    """Return a group's favourable share as a reader has it: printed with its range, or of printed percent and base."""
    if printed.figures is not None:
        value, low, high = (float(percent) / 100 for percent in printed.figures[at])
        return None if math.isnan(value) else Share(value, low, high)
    share = float(np.minimum(printed.percents[at, asked.wanted].sum() / 100, 1.0))  # NaN stays
    base = float(printed.bases.shown[at])
    if math.isnan(base):
        base = float(np.nansum(printed.cells.shown[at]))  # a total of what is left
    return None if math.isnan(share) or not base else Share.of(share * base, base)


def draw_waves(asked: Asked, people: int) -> list[Wave]:
    """Return the waves of one size that all rule sets are shown: the same for the same options."""
    random = np.random.default_rng(100 * people + asked.options)
    return [draw_wave(people, asked.options, random) for _ in range(int(os.environ.get("FEEDBACK_BENCH_WAVES", WAVES)))]


def measure(through: Through, asked: Asked, people: int, by: Sequence[str], attacked: bool = False) -> dict[str, Cost]:
    """Return the cost of one rule set by breakdown; what was learnt stands with the first of them."""
    costs = {name: Cost() for name in by}
    random = np.random.default_rng(people)
    for wave in draw_waves(asked, people):
        seen = through(wave, asked, by)
        for name, cost in costs.items():
            cost.add(wave, asked, name, seen[name].printed)
        if attacked:
            costs[by[0]].attack(wave, seen, random)
    return costs


def print_beside_others() -> None:
    """Print what each rule set hides, bends and gives away: districts alone, in three bands and as five options."""
    rule_sets: dict[str, Through] = {name: partial(by_rules, rules=rules) for name, rules in ELSEWHERE.items()}
    rule_sets[OURS] = by_the_gate
    for asked in (BANDS, FIVE):
        rows = []
        for people in SIZES:
            for name, through in rule_sets.items():
                cost = measure(through, asked, people, DISTRICTS_ALONE, attacked=True)["district"]
                given_away = [_percent(cost.learnt, cost.attacked), _percent(cost.leaky, cost.waves)]
                rows.append([people, name, *cost.figures(), *given_away])
        print_table(
            f"Twelve districts, {asked.name}: what is hidden, bent and given away",
            ["n", "rules", *HEADINGS, "hidden counts learnt %", "waves with any %"],
            rows,
        )


def print_choices() -> None:
    """Print what our rules cost by what is broken down: options or bands, districts or localities, T 5 or 10."""
    for minors in (False, True):
        rows = [_choice(asked, people, minors) for people in SIZES for asked in (FIVE, BANDS, YES_NO)]
        title = f"Ours, T = {10 if minors else 5}: districts, or the three localities they form, or both side by side"
        print_table(title, ["n", "question", *CHOICES], rows)


def _choice(asked: Asked, people: int, minors: bool) -> list[object]:
    through = partial(by_the_gate, minors=minors)
    alone = {name: measure(through, asked, people, (name,))[name] for name in BOTH}
    beside = measure(through, asked, people, BOTH)
    row: list[object] = [people, asked.name]
    for name in ("district", "locality"):
        hidden, _, silent, _, most, lost, _ = alone[name].figures()
        both, _, _, _, _, _, _ = beside[name].figures()
        row += [hidden, both, silent, most, lost]
    return row


def print_errors() -> None:
    """Print how far a printed percent lies from the exact one, by the number of answers printed beside it."""
    seen: list[tuple[float, float]] = []
    for people in SIZES:
        for cost in measure(by_the_gate, BANDS, people, BOTH).values():
            seen += cost.errors
    rows = []
    for low, high in pairwise((20, 25, 30, 50, 100, 200, 10_000)):
        errors = sorted(error for base, error in seen if low <= base < high)
        rows.append([f"{low} to {high - 5}", len(errors), *_spread(errors), max(errors, default="-")])
    print_table("Ours, three bands: points between printed and exact percent", ["base", "cells", *ERRORS, "most"], rows)


def print_utility() -> None:
    """Print what protection costs: ours beside others', ours by what is broken down, and how true a percent is."""
    print_beside_others()
    print_choices()
    print_errors()


if __name__ == "__main__":
    print_utility()
