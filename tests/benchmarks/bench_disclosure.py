"""`make bench-disclosure`: what an attacker learns of small counts, with the gate, without, with each rule taken out.

FEEDBACK_BENCH_RELEASES sets how many releases and sequences of breakdowns are drawn with the gate on (10,000); a
twentieth of them is drawn for each line below. Always the same seeds, so that two runs print the same. Both cores work.
Then it prints what protection costs (`tests.benchmarks.utility`).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from tests.attack.attacker import Score
from tests.benchmarks.figures import print_table, stopwatch
from tests.benchmarks.utility import print_utility
from tests.support.attacked import attack_random, gate, without_gate
from tests.support.invented_waves import Extent
from tests.support.over_time import attack_over_time
from tests.support.taken_out import WORDS, without

# Small waves are where something could be learnt, and large ones take long: of 100 releases 90, 9 and 1 are so large.
SMALL, MIDDLE, LARGE = (
    Extent(people=120, questions=1, breakdowns=2),
    Extent(people=250, questions=2, breakdowns=2),
    Extent(),
)
AT_ONCE = 10
TOLD_EVERY = 500
HEADINGS = (
    "how it is published", "drawn", "attacked", "learnt", "%", "not read", "given up", "groups shown %", "seconds",
)  # fmt: skip
Run = tuple[int, Score]


def releases() -> int:
    """Return how many releases are drawn with the gate on."""
    return int(os.environ.get("FEEDBACK_BENCH_RELEASES", "10000"))


def sequences(rule: str, seeds: Iterable[int]) -> Run:
    """Return how many waves were published with a sequence of breakdowns, and what was learnt of them."""
    publisher = gate() if rule == "on" else without_gate() if rule == "off" else without(rule)
    found, drawn = Score(), 0
    for seed in seeds:
        found.add(attack_random(seed, publisher, _extent(seed)))
        drawn += 1
    return drawn, found


def _extent(seed: int) -> Extent:
    return LARGE if seed % 100 == 0 else MIDDLE if seed % 10 == 0 else SMALL


def moments(every_answer: bool, seeds: Iterable[int]) -> Run:
    """Return how many pairs of states of a wave were published, and what was learnt of them and of what lay between."""
    found, drawn = Score(), 0
    for seed in seeds:
        told = attack_over_time(seed, gate(), Extent(people=250, questions=1, breakdowns=1), every_answer=every_answer)
        if told is not None:
            found.add(told)
            drawn += 1
    return drawn, found


def measured(name: str, work: Callable[[Iterable[int]], Run], number: int, pool: ProcessPoolExecutor) -> list[object]:
    """Return one line of the table."""
    found, drawn = Score(), 0
    with stopwatch() as clock:
        for part, score in pool.map(work, [range(at, min(at + AT_ONCE, number)) for at in range(0, number, AT_ONCE)]):
            drawn += part
            found.add(score)
            if drawn % TOLD_EVERY < part:
                print(f"{name}: {drawn:,} drawn, {len(found.learnt)} learnt of {found.attacked:,}", file=sys.stderr)
    learnt = len(found.learnt)
    share, shown = _percent(learnt, found.attacked), _percent(found.shown, found.groups)
    return [name, drawn, found.attacked, learnt, share, found.misread, found.gave_up, shown, clock.seconds]


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0


def main() -> None:
    """Measure and print two tables, then what protection costs."""
    number = releases()
    some = max(20, number // 20)
    with ProcessPoolExecutor(2) as pool:
        rows = [
            measured("gate on", partial(sequences, "on"), number, pool),
            measured("gate off: 1 to 4 hidden, totals exact", partial(sequences, "off"), some, pool),
            *(measured(words, partial(sequences, rule), some, pool) for rule, words in WORDS.items()),
        ]
        over_time = [
            measured("R5 on: snapshots", partial(moments, False), some, pool),
            measured("R5 out: live, after every answer", partial(moments, True), some, pool),
        ]
    title = (
        f"{number:,} releases with up to 3 crossed tables in any order; {some:,} each with the gate off or a rule out"
    )
    print_table(title, HEADINGS, rows)
    print_table("Two states of a wave, subtracted; also what is learnt of those who came or went", HEADINGS, over_time)
    print("R6 (quotes) has no numbers to attack: its tests hold when one may stand.")
    print_utility()


if __name__ == "__main__":
    main()
