"""One wave at two moments: people answer and people delete their answers between, and both states are published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from feedback_app.domain.disclosure.snapshots import choose, may_replace
from tests.attack.attacker import Score, read_question, score, shown_sizes
from tests.attack.equations import Puzzle
from tests.attack.moments import CAME, WENT, between, hidden_at, moved_counts
from tests.attack.reading import Insider
from tests.support.attacked import By, Publisher, under_of
from tests.support.invented_waves import Extent, InventedQuestion, InventedWave, draw_wave, exact_counts

Who = NDArray[np.bool_]
LEAST_BASE = 10


@dataclass(frozen=True)
class Moments:
    """Who was counted before, and who after."""

    before: Who
    after: Who

    @property
    def came(self) -> Who:
        """Return who was counted after, and not before."""
        return self.after & ~self.before

    @property
    def went(self) -> Who:
        """Return who was counted before, and not after."""
        return self.before & ~self.after


def live(random: np.random.Generator, wave: InventedWave) -> Moments:
    """Return the wave before and after one more answer: what a reader of live figures can subtract."""
    after = np.ones(wave.people, bool)
    before = after.copy()
    before[random.integers(wave.people)] = False
    return Moments(before, after)


def snapshots(random: np.random.Generator, wave: InventedWave) -> Moments | None:
    """Return two snapshots of a wave as near each other as R5 lets them be, or None where it lets no second one be."""
    waiting = random.random(wave.people) < random.choice((0.1, 0.2, 0.4))
    before = ~waiting
    went = before & (random.random(wave.people) < random.choice((0.0, 0.0, 0.1)))
    if before.sum() < 2 * LEAST_BASE:
        return None
    ways = {"everybody": np.zeros(wave.people, np.intp)}
    ways |= {name: _shown_sets(codes, before) for name, codes in wave.groups.items()}
    size = {way: int(places.max()) + 1 for way, places in ways.items()}
    least = 2 * LEAST_BASE if wave.questions[0].minors else LEAST_BASE
    gone = {way: np.bincount(places[went], minlength=size[way]) for way, places in ways.items()}
    chosen = choose({way: places[waiting] for way, places in ways.items()}, gone, least)
    came = waiting.copy()
    came[waiting] = chosen
    old, added, removed = ({way: _named(places[who]) for way, places in ways.items()} for who in (before, came, went))
    if not came.any() or not may_replace(old, added, removed, least):
        return None
    return Moments(before, (before & ~went) | came)


def _shown_sets(codes: NDArray[np.int64], before: Who) -> NDArray[np.intp]:
    """Return each person's set: the group, where it was large enough to show; all others are one set."""
    places = np.zeros(len(codes), np.intp)
    for at, code in enumerate(np.unique(codes[codes >= 0]), 1):
        if (codes[before] == code).sum() >= LEAST_BASE:
            places[codes == code] = at
    return places


def _named(places: NDArray[np.intp]) -> dict[str, int]:
    names, numbers = np.unique(places, return_counts=True)
    return {str(name): int(number) for name, number in zip(names, numbers, strict=True)}


def attack_between(wave: InventedWave, moments: Moments, publisher: Publisher, *, insider: bool = True) -> Score:
    """Publish a wave at both moments and attack what lies between, question by question."""
    found = Score()
    for question in wave.questions:
        tables: list[By] = [(name,) for name in wave.breakdowns.groups] if question.is_broken_down else []
        both = [_read(wave.only(who), question, tables, publisher, insider) for who in (moments.before, moments.after)]
        counts = [
            exact_counts(part, part.questions[wave.questions.index(question)], tables)
            for part in (wave.only(who) for who in (moments.before, moments.after, moments.came, moments.went))
        ]
        known = (int(moments.came.sum()), int(moments.went.sum())) if insider else (None, None)
        joined, truth = between(both[0], both[1], known[0], known[1]), moved_counts(*counts)
        told = score(question.asked.code, joined, truth, hidden_at(joined, truth, under_of(question)))
        told.learnt = [one for one in told.learnt if not _goes_without_saying(one, truth)]
        found.add(told)
    return found


def _goes_without_saying(told: tuple[str, object, tuple[int, int], int], truth: Mapping[object, int]) -> bool:
    """Return whether a count of one person who came or went is but known to be nobody or that one."""
    _, name, ends, _ = told
    moment = name[0] if isinstance(name, tuple) else ""
    return moment in (CAME, WENT) and ends == (0, truth[moment, "people"])


def _read(
    part: InventedWave, question: InventedQuestion, tables: list[By], publisher: Publisher, insider: bool
) -> Puzzle:
    """Return what is printed of a question at one moment, as a puzzle."""
    at = [one.asked.code for one in part.questions].index(question.asked.code)
    one = part.questions[at]
    groups = publisher.breakdowns(part, one, tables)
    sizes = shown_sizes(groups, {by: part.by(by) for by in tables})
    known = Insider(part.people, sizes) if insider else None
    asked = publisher.read(one.asked)
    return read_question(asked, part.breakdowns, publisher.wave(part)[at], groups, insider=known)


def attack_over_time(seed: int, publisher: Publisher, most: Extent, *, every_answer: bool) -> Score | None:
    """Draw a wave and attack two moments of it: after every answer, or as R5 has it; None where R5 allows none.

    Who sees live figures can count the answers as they come; of a snapshot nobody knows more than is printed.
    """
    random = np.random.default_rng([20_261_123, seed])
    wave = draw_wave(random, most)
    moments = live(random, wave) if every_answer else snapshots(random, wave)
    return attack_between(wave, moments, publisher, insider=every_answer) if moments else None
