"""Invented waves for breakdowns: people one by one, counted into the exact tables that the gate takes."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feedback_app.domain.disclosure.grouped import UNTOLD, Band, Dimension, Group, GroupedTable, Question
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.rules import ItemTable
from feedback_app.domain.disclosure.sizes import By, Sizes, groups_of, settle_sizes
from feedback_app.domain.missing import MISSING_KEYS
from feedback_app.domain.scoring.counts import Counts
from feedback_app.domain.scoring.headlines import share_headline

POLICY = Policy()
PARENTS = {1: 1, 2: 1, 3: 1, 4: 2, 5: 2, 6: 2}
DISTRICT = Dimension("district", tuple(PARENTS), "locality", PARENTS, geographical=True)
LOCALITY = Dimension("locality", (1, 2), geographical=True)
AGE = Dimension("age_band", (1, 2, 3))
HELPED = Dimension("helped", (1, 2))
DIMENSIONS = (DISTRICT, LOCALITY, AGE, HELPED)
STANDING: tuple[By, ...] = tuple((dimension.name,) for dimension in DIMENSIONS)
Answer = int | frozenset[int] | None


@dataclass(frozen=True)
class People:
    """Who answered: by dimension the group of each person, and each person's answer to one question."""

    groups: Mapping[str, Sequence[int]]
    answers: Sequence[Answer]
    options: tuple[int, ...]
    minors: bool = False
    sensitive: bool = False

    @property
    def several(self) -> bool:
        """Return whether people could choose several options."""
        return any(isinstance(answer, frozenset) for answer in self.answers)

    def group(self, by: By, person: int) -> Group:
        """Return the group of a person in a table."""
        return tuple(self.groups[name][person] for name in by)


def invent(seed: int, number: int, *, options: int = 3, several: bool = False, missing: float = 0.1) -> People:
    """Return an invented wave of so many people, skewed as real ones are; the same for the same arguments."""
    drawing = random.Random(seed)
    groups: dict[str, list[int]] = {}
    for dimension in DIMENSIONS:
        weights = [drawing.expovariate(1) + 0.05 for _ in dimension.groups]
        drawn = drawing.choices(dimension.groups, weights, k=number)
        groups[dimension.name] = [UNTOLD if drawing.random() < 0.03 else group for group in drawn]
    groups["locality"] = [DISTRICT.parent_of.get(group, UNTOLD) for group in groups["district"]]
    codes = tuple(range(1, options + 1))
    weights = [drawing.expovariate(1) + 0.02 for _ in codes]
    answers: list[Answer] = []
    for _ in range(number):
        chances = zip(codes, weights, strict=True)
        chosen = frozenset(code for code, weight in chances if drawing.random() < min(0.9, weight))
        one: Answer = (chosen or None) if several else drawing.choices(codes, weights)[0]
        answers.append(None if drawing.random() < missing else one)
    return People(groups, answers, codes)


def sizes_of(people: People, tables: Sequence[By] = STANDING, policy: Policy = POLICY) -> Sizes:
    """Return which groups may be shown, from who answered."""
    return settle_sizes(DIMENSIONS, counted(people, tables), len(people.answers), policy, minors=people.minors)


def counted(people: People, tables: Sequence[By] = STANDING) -> dict[By, dict[Group, int]]:
    """Return table -> group -> people."""
    found: dict[By, dict[Group, int]] = {by: {} for by in tables}
    for by in tables:
        for person in range(len(people.answers)):
            group = people.group(by, person)
            found[by][group] = found[by].get(group, 0) + 1
    return found


def question_of(people: People, tables: Sequence[By] = STANDING, bands: Sequence[Band] = ()) -> Question:
    """Return the question's exact counts by the tables given, each option a column unless ``bands`` join them."""
    table = _whole(people)
    columns = tuple(bands) or tuple(Band("option", frozenset({code})) for code in people.options)
    spec = None if people.several or len(people.options) < 2 else table.headlines[0]
    return Question(table, columns, tuple(_grouped(people, by) for by in tables), spec)


def _whole(people: People) -> ItemTable:
    chosen = [_codes(answer) for answer in people.answers]
    counts = {code: sum(code in codes for codes in chosen) for code in people.options}
    skipped = sum(not codes for codes in chosen)
    missing = dict.fromkeys(MISSING_KEYS, 0) | {"skipped": skipped}
    many = people.several
    headlines = () if many or len(people.options) < 2 else (share_headline("top", people.options[-1:]),)
    return ItemTable(
        "PC06",
        "multi" if many else "single",
        Counts(counts, missing, len(chosen) - skipped if many else None),
        headlines,
        people.minors,
        people.sensitive,
        many,
        kinds=frozenset({"skipped"} if skipped else ()),
    )


def _grouped(people: People, by: By) -> GroupedTable:
    every = groups_of(DIMENSIONS, by, untold=True)
    counts = {group: dict.fromkeys(people.options, 0) for group in every}
    missing, answered = dict.fromkeys(every, 0), dict.fromkeys(every, 0)
    for person, answer in enumerate(people.answers):
        group, codes = people.group(by, person), _codes(answer)
        (answered if codes else missing)[group] += 1
        for code in codes:
            counts[group][code] += 1
    return GroupedTable(by, counts, missing, answered if people.several else None)


def _codes(answer: Answer) -> frozenset[int]:
    if answer is None:
        return frozenset()
    return answer if isinstance(answer, frozenset) else frozenset({answer})
