"""`make bench-statistics`: do 95% intervals hold the truth in 95 of 100 waves, and are verdicts right as often as said?

Waves are drawn from populations whose truth is known; the program's own functions make intervals, weights and verdicts.
FEEDBACK_BENCH_RUNS sets how often (1,000). Always the same seed, so that two runs print the same.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable

import numpy as np

from feedback_app.domain.scoring.changes import mean_change, newcombe_difference
from feedback_app.domain.scoring.counts import Counts
from feedback_app.domain.scoring.figures import nps
from feedback_app.domain.scoring.intervals import wilson_interval
from feedback_app.domain.scoring.scales import mean_score, person_scores
from tests.benchmarks.chances import FIGURES, Rates, Scenario, make_stage
from tests.benchmarks.figures import print_table, stopwatch
from tests.benchmarks.populations import ITEMS, TOGETHER, Answering, Leaning
from tests.support.surveys import real_survey

SEED = 20_261_121
NOMINAL = 95.0
AT_ONCE = 25  # independent figures in each run of a plain scenario
SIZES = (30, 50, 100, 200, 345, 800)
SHARES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
SCORES = ((0.40, 0.30), (0.20, 0.55), (0.55, 0.15), (0.85, 0.05))  # promoters and detractors
PAIRS = ((30, 30), (50, 50), (70, 120), (100, 100), (310, 345), (200, 800))
STEPS = ((0.40, 0.40), (0.40, 0.54), (0.70, 0.80), (0.10, 0.10), (0.93, 0.97))
HELD = ("scenario", "figure", "plain", "+/-", "", "weighted", "+/-", "")
TOLD = ("scenario", "figures", "false %", "+/-", "any false %", "+5 found", "+9", "+14", "-12")
SPREADS = {
    "level": (0.1, 0.2, 0.3, 0.25, 0.15),
    "high": (0.02, 0.05, 0.13, 0.3, 0.5),
    "split": (0.4, 0.08, 0.04, 0.08, 0.4),
}
MIXED = (0, 5, 0, 9, 0, 14, 0, -12, 0, 0, 5, 0, 9, 0, 14, 0, -12, 0, 0, 5, 9, 14, -12, 0, 0)
HALF, THIRD = Answering(plan=0.0205, support=0.0055), Answering(plan=0.0137, support=0.0037)
BY_PLAN, BY_ALL = Leaning(provision=0.2), Leaning(provision=0.12, age=-0.1, district=0.1)
SCENARIOS = (
    Scenario("A nothing in the frame explains answers", changes=MIXED),
    Scenario("B the plan explains answers: 20 points", BY_PLAN, changes=MIXED),
    Scenario("C plan, age and district explain answers: 12, 10 and 10 points", BY_ALL, changes=MIXED),
    Scenario("D as C, and the frame tells of plans alone", BY_ALL, changes=MIXED, known=("provision",)),
    Scenario("E as B, half as many answer", BY_PLAN, HALF, HALF, MIXED),
    Scenario("F as B, a third as many answer", BY_PLAN, THIRD, THIRD, MIXED),
    Scenario("G as B, nothing changes", BY_PLAN),
    Scenario("H as G, in the earlier year families with SEN support answer more", BY_PLAN, Answering(0.03, 0.015)),
    Scenario("I as G, in the later year content families answer more", BY_PLAN, after=Answering(contentment=0.2)),
)


def runs() -> int:
    """Return how many waves are drawn in each scenario."""
    return int(os.environ.get("FEEDBACK_BENCH_RUNS", "1000"))


def measured(name: str, draw: Callable[[np.random.Generator], Iterable[bool]]) -> tuple[float, float]:
    """Return the coverage in per cent and its Monte Carlo error in points, over all runs of a plain scenario."""
    rates, random = Rates(), np.random.default_rng([SEED, *name.encode()])
    for _ in range(runs()):
        rates.add(name, draw(random))
    return rates.percent(name), rates.error(name)


def exactly(share: float, n: int) -> float:
    """Return the coverage in per cent of Wilson's interval at a true share, added up over all counts it may give."""
    from scipy.stats import binom

    counts = np.arange(n + 1)
    holds = [interval.low <= share <= interval.high for x in counts if (interval := wilson_interval(int(x), n))]
    return float(100 * binom.pmf(counts, n, share)[holds].sum())


def wilson_rows() -> list[list[object]]:
    """Return coverage of the interval of a share, simulated and exact, by size and true share."""
    rows: list[list[object]] = []
    for n in SIZES:
        for share in SHARES:

            def draw(random: np.random.Generator, n: int = n, share: float = share) -> Iterable[bool]:
                intervals = (wilson_interval(x, n) for x in random.binomial(n, share, AT_ONCE).tolist())
                return [one.low <= share <= one.high for one in intervals]

            coverage, error = measured(f"wilson {n} {share}", draw)
            rows.append([n, f"{share:.0%}", coverage, error, exactly(share, n), _off(exactly(share, n), 0)])
    return rows


def nps_rows() -> list[list[object]]:
    """Return coverage of the adjusted interval of an NPS, by size and true shares."""
    rows: list[list[object]] = []
    for n in SIZES:
        for up, down in SCORES:

            def draw(random: np.random.Generator, n: int = n, up: float = up, down: float = down) -> Iterable[bool]:
                told = random.multinomial(n, [up, 1 - up - down, down], AT_ONCE).tolist()
                found = [nps(Counts({9: p, 7: middle, 0: d})) for p, middle, d in told]
                return [one.low <= 100 * (up - down) <= one.high for one in found]

            coverage, error = measured(f"nps {n} {up}", draw)
            rows.append(
                [n, f"{100 * (up - down):.0f}", f"{up:.0%} / {down:.0%}", coverage, error, _off(coverage, error)]
            )
    return rows


def newcombe_rows() -> list[list[object]]:
    """Return coverage of the interval of a difference of shares, by sizes and true shares."""
    rows: list[list[object]] = []
    for n1, n2 in PAIRS:
        for p1, p2 in STEPS:

            def draw(random: np.random.Generator, n=(n1, n2), p=(p1, p2)) -> Iterable[bool]:
                counts = zip(random.binomial(n[0], p[0], AT_ONCE), random.binomial(n[1], p[1], AT_ONCE), strict=True)
                found = [newcombe_difference(int(x), n[0], int(y), n[1]) for x, y in counts]
                return [one.low <= p[1] - p[0] <= one.high for one in found]

            coverage, error = measured(f"newcombe {n1} {n2} {p1} {p2}", draw)
            rows.append([f"{n1} and {n2}", f"{p1:.0%} to {p2:.0%}", coverage, error, _off(coverage, error)])
    return rows


def welch_rows() -> list[list[object]]:
    """Return coverage of the interval of a change of a mean score of six items, by sizes and spread."""
    rows: list[list[object]] = []
    truth = {name: float(np.dot(shares, [0, 25, 50, 75, 100])) for name, shares in SPREADS.items()}
    for n1, n2 in PAIRS:
        for first, second in (("level", "level"), ("level", "high"), ("split", "high")):

            def draw(random: np.random.Generator, n=(n1, n2), of=(first, second)) -> Iterable[bool]:
                drawn = [
                    [_scores(random, size, SPREADS[name]) for size, name in zip(n, of, strict=True)] for _ in range(4)
                ]
                found = [mean_change(*map(mean_score, pair)) for pair in drawn]
                return [one is not None and one.low <= truth[of[1]] - truth[of[0]] <= one.high for one in found]

            coverage, error = measured(f"welch {n1} {n2} {first} {second}", draw)
            rows.append([f"{n1} and {n2}", f"{first}, then {second}", coverage, error, _off(coverage, error)])
    return rows


def _scores(random: np.random.Generator, n: int, shares: tuple[float, ...]) -> np.ndarray:
    """Return people's scores of six items that go together, a few of them skipped."""
    from scipy.special import ndtr

    latent = TOGETHER * random.standard_normal((n, 1)) + np.sqrt(1 - TOGETHER**2) * random.standard_normal((n, 6))
    items = 25.0 * np.searchsorted(np.cumsum(shares)[:-1], ndtr(latent))
    items[random.random((n, 6)) < 0.05] = np.nan
    return person_scores(items)


def _off(coverage: float, error: float) -> str:
    """Return "" within one point of nominal, allowing for the Monte Carlo error, else on which side it is."""
    if math.isnan(coverage + error) or abs(coverage - NOMINAL) - 2 * error <= 1:
        return ""
    return "too narrow" if coverage < NOMINAL else "too wide"


def show_scenarios() -> None:
    """Print coverage, plain and weighted, and verdicts, for waves out of a known population."""
    instrument = real_survey("send_parents")
    held: list[list[object]] = []
    verdicts: list[list[object]] = []
    for scenario in SCENARIOS:
        stage, plain, weighted = make_stage(scenario, instrument), Rates(), Rates()
        random = np.random.default_rng([SEED, *scenario.name.encode()])
        for _ in range(runs()):
            stage.run(random, plain, weighted)
        effect = weighted.percent("design effect") / 100
        print(f"{scenario.name}: {plain.percent('people') / 100:.0f} answers a wave, design effect {effect:.2f}, "
              f"weighted figures published in {weighted.percent('published'):.0f}% of waves")  # fmt: skip
        for figure in FIGURES:
            both = [value for rates in (plain, weighted) for value in _rate(rates, figure)]
            held.append([scenario.name[0], figure, *both])
        for name, rates in (("plain", plain), ("weighted", weighted)):
            found = [f"{rates.percent(size):.0f}" if size in rates.seen else "-" for size in ("+5", "+9", "+14", "-12")]
            false = (rates.percent("false"), rates.error("false"), rates.percent("any false"))
            verdicts.append([scenario.name[0], name, *false, *found])
    print_table("Ranges that hold the truth of the whole population, % (aim: 95)", HELD, held)
    print_table(
        f"Verdicts in a family of {ITEMS}: false among those told, % (aim: 5), and changes found", TOLD, verdicts
    )


def _rate(rates: Rates, figure: str) -> list[object]:
    coverage, error = rates.percent(figure), rates.error(figure)
    return [coverage, error, _off(coverage, error)]


def main() -> None:
    """Print all tables."""
    with stopwatch() as clock:
        coverage = ("coverage %", "+/-")
        print_table("A share: Wilson", ("n", "true", *coverage, "exact", ""), wilson_rows())
        print_table("NPS: adjusted", ("n", "true NPS", "9-10 / 0-6", *coverage, ""), nps_rows())
        print_table("A change of a share: Newcombe", ("n", "true", *coverage, ""), newcombe_rows())
        print_table("A change of a mean score: Welch", ("n", "answers", *coverage, ""), welch_rows())
        show_scenarios()
    print(f"{runs():,} runs of each, {clock.seconds:.0f} s")


if __name__ == "__main__":
    main()
