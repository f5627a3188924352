"""Small waves of which every world can be tried: each group's people shared among the answers in every way."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from feedback_app.domain.disclosure.gate import protect
from feedback_app.domain.disclosure.policy import Policy
from tests.attack.every_world import World, whole_numbers
from tests.attack.reading import Asked, Breakdowns, Figure, Group
from tests.attack.readings import Rules
from tests.support.invented_waves import KINDS, InventedQuestion, InventedWave, exact_counts
from tests.support.publishing import item_table, publish_breakdowns


@dataclass(frozen=True)
class SmallWave:
    """One question of few options, asked in a wave whose groups have these sizes; group -> people."""

    sizes: Mapping[Group, int]
    options: tuple[int, ...] = (1, 2)
    kinds: tuple[str, ...] = ()
    groups: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    parents: Mapping[str, tuple[str, Mapping[int, int]]] = field(default_factory=dict)
    type: str = "single"
    minors: bool = False
    sensitive: bool = False
    bands: tuple[frozenset[int], ...] = ()
    figures: tuple[Figure, ...] = ()
    least_base: int = 10

    @property
    def policy(self) -> Policy:
        """Return the policy: the default but for the smallest base that is shown."""
        return Policy(minimum_base=self.least_base)

    @property
    def under(self) -> int:
        """Return T, the smallest count that is no secret."""
        return self.policy.threshold_for(self.minors, self.sensitive)

    @property
    def asked(self) -> Asked:
        """Return what everybody knows of the question."""
        rules = Rules(self.under, self.policy.rounding, self.policy.base_for(self.minors), self.policy.small_group)
        bands = self.bands or tuple(frozenset({code}) for code in self.options)
        return Asked("Q0", self.options, bands, self.kinds, rules, figures=self.figures)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the breakdowns whose groups ``sizes`` names, in their order."""
        return tuple(name for name in self.groups if name not in {up for up, _ in self.parents.values()})

    def waves(self) -> Iterator[InventedWave]:
        """Yield every wave there could be, groups of these sizes."""
        answers = (*self.options, *(KINDS[kind] for kind in self.kinds))
        ways = [list(whole_numbers(people, len(answers))) for people in self.sizes.values()]
        for way in product(*ways):
            yield self._wave(answers, way)

    def _wave(self, answers: Sequence[int], way: Sequence[Sequence[int]]) -> InventedWave:
        given = np.concatenate([np.repeat(answers, counts) for counts in way])
        told = np.repeat(
            np.array(list(self.sizes), dtype=np.int64).reshape(len(self.sizes), -1), list(self.sizes.values()), 0
        )
        columns = {name: told[:, at] for at, name in enumerate(self.names)}
        for finer, (coarser, of) in self.parents.items():
            columns[coarser] = np.array([of.get(int(code), -1) for code in columns[finer]])
        question = InventedQuestion(self.asked, self.type, given, self.minors, self.sensitive)
        columns = {name: columns[name] for name in self.groups}
        return InventedWave(Breakdowns(self.groups, self.parents), columns, (question,))

    def worlds(self, tables: Sequence[tuple[str, ...]]) -> Iterator[tuple[World, str]]:
        """Yield the exact counts of every world, each with all that is printed of it."""
        for wave in self.waves():
            question = wave.questions[0]
            printed = protect([item_table(question)], self.policy).as_dict()
            printed += publish_breakdowns(wave, question, self.policy, tables)
            yield exact_counts(wave, question, tables), json.dumps(printed)
