"""Invented waves through the gate: what comes out is plain data, as anybody would read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from feedback_app.domain.disclosure.breaking_down import protect_question
from feedback_app.domain.disclosure.gate import protect, total_safe
from feedback_app.domain.disclosure.grouped import Band, Dimension, GroupedTable, Question
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.rules import ItemTable
from feedback_app.domain.disclosure.sizes import Sizes, settle_sizes
from feedback_app.domain.missing import MISSING_KEYS
from feedback_app.domain.scoring.counts import Counts
from feedback_app.domain.scoring.headlines import headlines_for
from tests.support.invented_waves import KINDS, InventedQuestion, InventedWave

Printed = dict[str, Any]
Tables = Sequence[tuple[str, ...]]


def item_table(question: InventedQuestion) -> ItemTable:
    """Return a question's exact counts as the gate takes them."""
    asked = question.asked
    values = {code: int(question.gave(code).sum()) for code in asked.options}
    missing = {
        kind: int((question.answers == KINDS.get(kind, 0)).sum()) if kind in KINDS else 0 for kind in MISSING_KEYS
    }
    answered = int((question.answers >= 0).sum()) if asked.several else None
    return ItemTable(
        asked.code, question.type, Counts(values, missing, answered), headlines_for(question.type),
        question.minors, question.sensitive, multi=asked.several, kinds=frozenset(asked.kinds),
    )  # fmt: skip


def publish_wave(wave: InventedWave, policy: Policy) -> list[Printed]:
    """Return the tables of the whole wave as they are printed."""
    return protect([item_table(one) for one in wave.questions], policy).as_dict()


def publish_total(wave: InventedWave, policy: Policy) -> int | dict[str, int]:
    """Return how many answered in all, as it is printed."""
    return total_safe(wave.people, policy, wave.questions[0].minors).as_total()


def dimensions(wave: InventedWave) -> tuple[Dimension, ...]:
    """Return the breakdowns as the gate takes them."""
    found = []
    for name, groups in wave.breakdowns.groups.items():
        parent, of = wave.breakdowns.parents.get(name, (None, {}))
        found.append(Dimension(name, groups, parent, dict(of), geographical=name in ("district", "locality")))
    return tuple(found)


def sizes_of(wave: InventedWave, policy: Policy, tables: Tables, *, minors: bool) -> Sizes:
    """Return the sizes of all groups, settled."""
    counted = {by: wave.by(by) for by in tables}
    return settle_sizes(dimensions(wave), counted, wave.people, policy, minors=minors)


def grouped_table(wave: InventedWave, question: InventedQuestion, by: tuple[str, ...]) -> GroupedTable:
    """Return one question by one or two breakdowns, counted exactly."""
    valid = question.answers >= 0
    given = {code: wave.by(by, question.gave(code)) for code in question.asked.options}
    answered, missing = wave.by(by, valid), wave.by(by, ~valid)
    people = {group: {code: counts[group] for code, counts in given.items()} for group in answered}
    return GroupedTable(by, people, missing, answered if question.asked.several else None)


def publish_breakdowns(wave: InventedWave, question: InventedQuestion, policy: Policy, tables: Tables) -> list[Printed]:
    """Return one question's breakdowns as they are printed: crossed ones settle in the order given."""
    if not tables:
        return []
    bands = tuple(Band(f"band_{at}", codes) for at, codes in enumerate(question.asked.bands))
    exact = item_table(question)
    asked = Question(
        exact, bands, tuple(grouped_table(wave, question, by) for by in tables), next(iter(exact.headlines), None)
    )
    safe = protect_question(asked, sizes_of(wave, policy, tables, minors=question.minors), policy)
    return [table.as_dict() for table in safe]
