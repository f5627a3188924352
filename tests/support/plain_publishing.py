"""The same waves published as it is done without a gate: counts of 1 to 4 hidden, all else exact, totals exact."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.attack.reading import UNTOLD
from tests.attack.readings import Rules
from tests.support.invented_waves import InventedQuestion, InventedWave

Printed = dict[str, Any]
NAIVE = Rules(least_base=0, hidden_from=1, step=1, total_step=1, held=False, room=0, steps_off=False)


def _count(number: int) -> int | str:
    return "c" if NAIVE.hidden_from <= number < NAIVE.hidden_under else number


def publish_wave_plainly(question: InventedQuestion) -> Printed:
    """Return one question's table of the whole wave with small counts hidden and an exact base."""
    asked = question.asked
    options = [{"code": code, "count": _count(int(question.gave(code).sum()))} for code in asked.options]
    return {"base": int((question.answers >= 0).sum()), "distribution": options, "missing": {}, "figures": []}


def publish_breakdown_plainly(wave: InventedWave, question: InventedQuestion, by: Sequence[str]) -> Printed:
    """Return one question's breakdown with small counts hidden and exact bases."""
    columns = [wave.by(by, question.in_band(band)) for band in question.asked.bands]
    bases = wave.by(by, question.answers >= 0)
    groups = [
        {"group": list(group), "base": base, "counts": [_count(column[group]) for column in columns]}
        for group, base in bases.items()
        if UNTOLD not in group
    ]
    return {"by": list(by), "groups": groups}
