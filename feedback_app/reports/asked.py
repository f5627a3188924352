"""What protected counts say of everybody who was asked a question: the answers that count and those that do not."""

from __future__ import annotations

from collections.abc import Collection

from feedback_app.domain.disclosure.safe import SafeCount, SafeTable
from feedback_app.domain.missing import Missing
from feedback_app.domain.scoring.figures import REVIEW_SHARE
from feedback_app.domain.scoring.rounding import round_half_up

UNSEEN = frozenset({Missing.NOT_SHOWN.key, Missing.NOT_REACHED.key})
UNSURE = (Missing.DOES_NOT_APPLY.key, Missing.DONT_KNOW.key)


def percent_of_asked(table: SafeTable, kind: str, possible: Collection[str]) -> int | None:
    """Return a kind of missing answer as a whole percent of those asked, or None where it is hidden.

    From rounded counts alone; of the `possible` kinds, a hidden one adds the middle of its range to those asked.
    """
    count = table.missing.get(kind)
    if count is None or count.value is None:
        return None
    return int(round_half_up(100 * count.value / _asked(table, possible)))


def needs_review(table: SafeTable, possible: Collection[str]) -> bool:
    """Return whether over 30% of those asked did not know or said it does not apply, by rounded counts."""
    unsure = sum(table.missing[kind].value or 0 for kind in UNSURE if kind in table.missing)
    return bool(unsure) and 100 * unsure / _asked(table, possible) > REVIEW_SHARE


def _asked(table: SafeTable, possible: Collection[str]) -> float:
    counted = {kind for kind, count in table.missing.items() if kind in possible or count.value is not None} - UNSEEN
    return _middle(table.base) + sum(_middle(table.missing[kind]) for kind in counted)


def _middle(count: SafeCount) -> float:
    return (count.low + count.high) / 2 if count.value is None else count.value
