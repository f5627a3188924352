"""Invented waves of any size and skew: people, their groups and their answers, with every exact count of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tests.attack.reading import UNTOLD, Asked, Breakdowns, Figure, Group
from tests.attack.readings import Rules

Codes = NDArray[np.int64]
KINDS = {"not_shown": -1, "not_reached": -2, "skipped": -3, "dont_know": -8}
DISTRICTS = {code: 1 + (code - 1) % 3 for code in range(1, 13)}
GROUPS = {
    "district": tuple(range(1, 13)),
    "locality": (1, 2, 3),
    "age_band": (1, 2, 3, 4),
    "provision": (1, 2, 3),
    "waiting": (1, 2, 3),
    "setting": (1, 2, 3, 4),
    "helped": (1, 2),
}
LOCALITIES: Mapping[str, tuple[str, Mapping[int, int]]] = {"district": ("locality", DISTRICTS)}
TOP, MIDDLE, BOTTOM = frozenset({4, 5}), frozenset({3}), frozenset({1, 2})
FIVE = {
    "freq5": (Figure("top_two_box", TOP),),
    "csat5": (Figure("csat", TOP),),
}


@dataclass(frozen=True)
class InventedQuestion:
    """A question with each person's answer: a code, or below zero a kind of missing; ``chosen`` people x options."""

    asked: Asked
    type: str
    answers: Codes
    minors: bool = False
    sensitive: bool = False
    chosen: NDArray[np.bool_] | None = None
    not_asked: Mapping[str, frozenset[int]] | None = None

    @property
    def is_broken_down(self) -> bool:
        """Return whether it may be shown by groups: questions that everybody must answer tell who people are."""
        return bool(self.asked.kinds)

    def gave(self, code: int) -> NDArray[np.bool_]:
        """Return who gave an option."""
        if self.chosen is None:
            return self.answers == code
        return self.chosen[:, self.asked.options.index(code)] & (self.answers >= 0)

    def in_band(self, codes: frozenset[int]) -> NDArray[np.bool_]:
        """Return who gave one of these options."""
        return np.any([self.gave(code) for code in sorted(codes)], axis=0)


@dataclass(frozen=True)
class InventedWave:
    """A whole wave: the group of each person in each breakdown, UNTOLD for none, and the questions."""

    breakdowns: Breakdowns
    groups: Mapping[str, Codes]
    questions: tuple[InventedQuestion, ...]

    @property
    def people(self) -> int:
        """Return how many answered."""
        return len(self.questions[0].answers)

    def by(self, names: Sequence[str], who: NDArray[np.bool_] | None = None) -> dict[Group, int]:
        """Return group -> people, of those in ``who``."""
        columns = np.stack([self.groups[name] for name in names], axis=1)
        found = dict.fromkeys(self.breakdowns.of(names), 0)
        kinds, numbers = np.unique(columns if who is None else columns[who], axis=0, return_counts=True)
        for group, number in zip(kinds, numbers, strict=True):
            found[tuple(int(code) for code in group)] += int(number)
        return found

    def only(self, who: NDArray[np.bool_]) -> InventedWave:
        """Return the wave of some of its people."""
        groups = {name: codes[who] for name, codes in self.groups.items()}
        questions = tuple(
            replace(one, answers=one.answers[who], chosen=None if one.chosen is None else one.chosen[who])
            for one in self.questions
        )
        return InventedWave(self.breakdowns, groups, questions)


def exact_counts(
    wave: InventedWave, question: InventedQuestion, tables: Sequence[tuple[str, ...]]
) -> dict[object, int]:
    """Return every exact number of one question, by the name a reader has for it."""
    asked = question.asked
    valid = question.answers >= 0
    found: dict[object, int] = {"people": wave.people, "base": int(valid.sum())}
    found |= {("option", code): int(question.gave(code).sum()) for code in asked.options}
    found |= {("missing", kind): int((question.answers == KINDS[kind]).sum()) for kind in asked.kinds}
    bands = [question.in_band(band) for band in asked.bands]
    found |= {("band", column): int(who.sum()) for column, who in enumerate(bands)}
    for by in tables:
        for name, who in (("size", None), ("base", valid), ("rest", ~valid)):
            found |= {(name, by, group): number for group, number in wave.by(by, who).items()}
        for column, who in enumerate(bands):
            found |= {("cell", by, group, column): number for group, number in wave.by(by, who).items()}
    return found


@dataclass(frozen=True)
class Extent:
    """How large drawn waves are: people, questions and breakdowns, each at most."""

    people: int = 800
    questions: int = 4
    breakdowns: int = 4


def draw_wave(random: np.random.Generator, most: Extent = Extent()) -> InventedWave:
    """Draw a wave of 20 people or more, some breakdowns and some questions, most of them skewed."""
    number = round(float(np.exp(random.uniform(np.log(20), np.log(most.people)))))
    names = _draw_names(random, most.breakdowns)
    groups = {name: _draw_groups(random, number, GROUPS[name]) for name in names if name != "locality"}
    if "locality" in names:
        up = np.array([UNTOLD, *(DISTRICTS[code] for code in sorted(DISTRICTS))])
        groups["locality"] = np.where(groups["district"] == UNTOLD, UNTOLD, up[np.maximum(groups["district"], 0)])
    groups = {name: groups[name] for name in names}
    minors = bool(random.random() < 0.25)
    asked = range(int(random.integers(1, most.questions + 1)))
    questions = tuple(draw_question(random, number, f"Q{at}", minors) for at in asked)
    parents = LOCALITIES if {"district", "locality"} <= set(names) else {}
    return InventedWave(Breakdowns({name: GROUPS[name] for name in names}, parents), groups, questions)


def _draw_names(random: np.random.Generator, most: int) -> list[str]:
    number = int(random.integers(1, most + 1))
    names = [str(name) for name in random.choice(list(GROUPS), number, replace=False)]
    if "locality" in names and "district" not in names:
        names.append("district")
    return [name for name in GROUPS if name in names]


def _shares(random: np.random.Generator, number: int) -> NDArray[np.float64]:
    return random.dirichlet(np.full(number, random.choice((0.4, 1.0, 2.5, 8.0))))


def _draw_groups(random: np.random.Generator, people: int, codes: Sequence[int]) -> Codes:
    found = random.choice(codes, people, p=_shares(random, len(codes)))
    untold = random.random(people) < random.choice((0.0, 0.005, 0.02, 0.08))
    return np.where(untold, UNTOLD, found).astype(np.int64)


def draw_question(random: np.random.Generator, people: int, code: str, minors: bool) -> InventedQuestion:
    """Draw one question and everybody's answer to it."""
    sensitive = bool(random.random() < 0.15)
    rules = Rules(hidden_under=10 if minors or sensitive else 5, least_base=20 if minors else 10)
    kind = str(random.choice(("freq5", "csat5", "single", "single", "nps11", "multi")))
    options, bands, figures = _kind(random, kind)
    kinds = () if random.random() < 0.2 else tuple(kind for kind in KINDS if kind == "skipped" or random.random() < 0.3)
    asked = Asked(code, options, bands, kinds, rules, kind == "multi", figures)
    answers = random.choice(options, people, p=_shares(random, len(options)))
    chosen = None
    if kind == "multi":
        chosen = random.random((people, len(options))) < random.uniform(0.02, 0.7, len(options))
        chosen[np.arange(people), np.searchsorted(options, answers)] = True
    if kinds:
        missing = random.random(people) < random.choice((0.01, 0.05, 0.2))
        answers = np.where(missing, random.choice([KINDS[name] for name in kinds], people), answers)
    return InventedQuestion(asked, kind, answers, minors, sensitive, chosen)


def _kind(
    random: np.random.Generator, kind: str
) -> tuple[tuple[int, ...], tuple[frozenset[int], ...], tuple[Figure, ...]]:
    if kind in FIVE:
        return (1, 2, 3, 4, 5), (TOP, MIDDLE, BOTTOM), FIVE[kind]
    if kind == "nps11":
        bands = frozenset({9, 10}), frozenset({7, 8}), frozenset(range(7))
        return tuple(range(11)), bands, (Figure("nps", bands[0], bands[2]),)
    options = tuple(range(1, int(random.integers(2, 6)) + 1))
    return options, tuple(frozenset({code}) for code in options), ()
