"""Random releases and sequences of releases, published and attacked: by readers of the print, and by insiders."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from feedback_app.domain.disclosure.policy import Policy
from tests.attack.attacker import Score, best_reading, score, share_people, shown_sizes, small_counts
from tests.attack.equations import Puzzle
from tests.attack.reading import UNTOLD, Asked, Insider
from tests.attack.readings import Rules, total_ends
from tests.support.invented_waves import Extent, InventedQuestion, InventedWave, draw_wave, exact_counts
from tests.support.plain_publishing import NAIVE, publish_breakdown_plainly, publish_wave_plainly
from tests.support.publishing import publish_breakdowns, publish_total, publish_wave

Printed = dict[str, Any]
By = tuple[str, ...]
SMALL = 5  # people: counts under it are attacked even where a rule that would hide them is taken out


@dataclass(frozen=True)
class Publisher:
    """How a wave is published, and what everybody then knows of the rounding of what is printed."""

    wave: Callable[[InventedWave], list[Printed]]
    breakdowns: Callable[[InventedWave, InventedQuestion, Sequence[By]], list[Printed]]
    total: Callable[[InventedWave], int | dict[str, int]]
    rules: Callable[[Rules], Rules] = lambda rules: rules

    def read(self, asked: Asked) -> Asked:
        """Return a question as everybody knows it, with the rounding that this publisher keeps to."""
        return replace(asked, rules=self.rules(asked.rules))


def without_gate() -> Publisher:
    """Return how it is done without a gate: counts of 1 to 4 hidden, everything else exact."""
    return Publisher(
        lambda wave: [publish_wave_plainly(one) for one in wave.questions],
        lambda wave, question, tables: [publish_breakdown_plainly(wave, question, by) for by in tables],
        lambda wave: wave.people,
        lambda _: NAIVE,
    )


def gate(policy: Policy | None = None, rules: Callable[[Rules], Rules] = lambda rules: rules) -> Publisher:
    """Return the program's own way of publishing."""
    policy = policy or Policy()
    return Publisher(
        lambda wave: publish_wave(wave, policy),
        lambda wave, question, tables: publish_breakdowns(wave, question, policy, tables),
        lambda wave: publish_total(wave, policy),
        rules,
    )


def crossed(random: np.random.Generator, wave: InventedWave) -> list[By]:
    """Return up to three breakdowns by two at once, in the order that readers ask for them."""
    names = list(wave.breakdowns.groups)
    related = {frozenset((finer, parent)) for finer, (parent, _) in wave.breakdowns.parents.items()}
    pairs = [(one, other) for at, one in enumerate(names) for other in names[at + 1 :]]
    pairs = [pair for pair in pairs if frozenset(pair) not in related]
    number = min(len(pairs), int(random.choice((0, 0, 1, 2, 3))))
    return [pairs[int(at)] for at in random.choice(len(pairs), number, replace=False)] if number else []


def attack_wave(wave: InventedWave, publisher: Publisher, pairs: Sequence[By] = (), *, insiders: bool = True) -> Score:
    """Publish a wave, every breakdown by one and some by two at once, and attack all of it.

    An insider knows more than any reader of the print, so what stays unknown to one is unknown to the other.
    """
    asked = tuple(replace(one, asked=publisher.read(one.asked)) for one in wave.questions)
    singles: list[By] = [(name,) for name in wave.breakdowns.groups]
    tables = {one.asked.code: [*singles, *pairs] if one.is_broken_down else [] for one in wave.questions}
    printed = publisher.wave(wave)
    broken = [publisher.breakdowns(wave, one, tables[one.asked.code]) for one in wave.questions]
    truths = [exact_counts(wave, one, tables[one.asked.code]) for one in wave.questions]
    found = Score()
    unbroken = []
    for one, table, groups, truth in zip(asked, printed, broken, truths, strict=True):
        every = [group for by in tables[one.asked.code] for group in wave.breakdowns.of(by) if UNTOLD not in group]
        found.saw(groups, len(every))
        insider = insider_of(wave, groups) if insiders and groups else None
        puzzle = best_reading(one.asked, wave.breakdowns, table, groups, truth, insider)
        if insider:
            found.add(_score(one, puzzle, truth))
        else:
            unbroken.append((one, puzzle, truth))
    if all(puzzle.holds(truth) for _, puzzle, truth in unbroken):
        share_people([puzzle for _, puzzle, _ in unbroken], total_ends(publisher.total(wave), asked[0].asked.rules))
    for one, puzzle, truth in unbroken:
        found.add(_score(one, puzzle, truth))
    return found


def insider_of(wave: InventedWave, groups: Sequence[Printed]) -> Insider:
    """Return somebody who knows how many answered in all, and in each group of which anything is shown."""
    return Insider(wave.people, shown_sizes(groups, {tuple(table["by"]): wave.by(table["by"]) for table in groups}))


def _score(question: InventedQuestion, puzzle: Puzzle, truth: Mapping[object, int]) -> Score:
    return score(question.asked.code, puzzle, truth, _secret(question, puzzle, truth))


def _secret(question: InventedQuestion, puzzle: Puzzle, truth: Mapping[object, int]) -> list[object]:
    people_under = 2 * SMALL if question.minors else SMALL
    return small_counts(truth, puzzle.names, under_of(question), people_under)


def under_of(question: InventedQuestion) -> int:
    """Return T of a question: counts under it are nobody's to know."""
    return 2 * SMALL if question.minors or question.sensitive else SMALL


def attack_random(seed: int, publisher: Publisher, most: Extent = Extent()) -> Score:  # noqa: B008 - it is frozen
    """Draw a wave, publish it with a sequence of breakdowns, and return what was learnt of it."""
    random = np.random.default_rng([20_261_122, seed])
    wave = draw_wave(random, most)
    return attack_wave(wave, publisher, crossed(random, wave))
