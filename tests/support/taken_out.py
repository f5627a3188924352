"""The gate with one rule taken out, from outside: what the attacker then learns shows what the rule is for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any
from unittest import mock

from feedback_app.domain.disclosure import sizes
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.ranges import Range, rounded
from tests.attack.readings import Rules
from tests.support.attacked import By, Printed, Publisher, gate
from tests.support.invented_waves import InventedQuestion, InventedWave

ROOM = "feedback_app.domain.disclosure."
WORDS = {
    "R0": "R0 out: a base of 3 shows everything",
    "R1": "R1 out: no count hidden or rounded",
    "R2": "R2 out: totals exact",
    "R3": "R3 out: no audit, totals merely rounded",
    "R4": "R4 out: each crossed table by itself",
}


def without(rule: str) -> Publisher:
    """Return the gate with one of R0 to R4 taken out."""
    return {"R0": _without_r0, "R1": _without_r1, "R2": _without_r2, "R3": _without_r3, "R4": _without_r4}[rule]()


def _policy(**thresholds: int) -> Policy:
    """Return a policy that no file could set: thresholds are not checked."""
    return Policy.model_construct(**{**Policy().model_dump(), **thresholds})


def _without_r0() -> Publisher:
    policy = _policy(minimum_base=3, minimum_base_minors=3)
    return gate(policy, lambda rules: replace(rules, least_base=3))


def _without_r1() -> Publisher:
    policy = _policy(threshold=1, threshold_sensitive=1, rounding=1)
    return gate(policy, lambda rules: replace(rules, hidden_under=1, step=1, total_step=1))


def _without_r2() -> Publisher:
    plain = gate()

    def wave(given: InventedWave) -> list[Printed]:
        tables = plain.wave(given)
        bases = [int((one.answers >= 0).sum()) for one in given.questions]
        return [{**_exact(table, base), "figures": []} for table, base in zip(tables, bases, strict=True)]

    def breakdowns(given: InventedWave, question: InventedQuestion, tables: Sequence[By]) -> list[Printed]:
        printed = plain.breakdowns(given, question, tables)
        for table in printed:
            bases = given.by(table["by"], question.answers >= 0)
            table["groups"] = [_exact(line, bases[tuple(line["group"])]) for line in table["groups"]]
        return printed

    def rules(given: Rules) -> Rules:
        return replace(given, total_step=1, held=False)

    return Publisher(wave, breakdowns, lambda given: given.people, rules)


def _exact(printed: Printed, base: int) -> Printed:
    """Return a table or a group with its exact base, wherever one is shown."""
    return {**printed, "base": base} if isinstance(printed["base"], int) else printed


def _without_r3() -> Publisher:
    def rules(given: Rules) -> Rules:
        return replace(given, held=False, room=0, steps_off=False)

    return _patched(gate(rules=rules), _no_audit)


@contextmanager
def _no_audit() -> Iterator[None]:
    """Let nothing be unsafe, and totals be rounded on their own."""
    with ExitStack() as stack:
        for name, module in list(sys.modules.items()):
            if name.startswith(ROOM) and hasattr(module, "SAFE_WIDTH"):
                stack.enter_context(mock.patch.object(module, "SAFE_WIDTH", 0))
            if name.startswith(ROOM) and hasattr(module, "rounded_within"):
                stack.enter_context(mock.patch.object(module, "rounded_within", _merely_rounded))
        yield


def _merely_rounded(total: int, step: int, cells: Range) -> tuple[int, Range]:
    value = rounded(total, step)
    return value, Range(value - step // 2, value + (step - 1) // 2)


def _without_r4() -> Publisher:
    plain = gate()

    def breakdowns(given: InventedWave, question: InventedQuestion, tables: Sequence[By]) -> list[Printed]:
        standing = plain.breakdowns(given, question, [by for by in tables if len(by) == 1])
        crossed = [plain.breakdowns(given, question, [by]) for by in tables if len(by) > 1]
        return [*standing, *(table for alone in crossed for table in alone)]

    return _patched(replace(plain, breakdowns=breakdowns), _no_remainders)


def _no_remainders() -> Any:
    return mock.patch.object(sizes._Settling, "_hold_back", return_value=False)


def _patched(publisher: Publisher, patch: Callable[[], Any]) -> Publisher:
    """Return a publisher that works while something is patched."""

    def wave(given: InventedWave) -> list[Printed]:
        with patch():
            return publisher.wave(given)

    def breakdowns(given: InventedWave, question: InventedQuestion, tables: Sequence[By]) -> list[Printed]:
        with patch():
            return publisher.breakdowns(given, question, tables)

    return replace(publisher, wave=wave, breakdowns=breakdowns)
