"""Many comparisons at once: what may be called a change when a whole list of figures is looked at (docs/statistics.md).

A family is declared before any result is seen, and m counts the comparisons that are made in it. Intervals stay at 95%
and are not adjusted; the word of the verdict uses the adjusted p-value.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from feedback_app.domain.scoring.changes import Change

FALSE_DISCOVERY_RATE = 0.05


class Verdict(StrEnum):
    """What may be said of a change, in words rather than stars (docs/statistics.md)."""

    HIGHER = "higher"
    LOWER = "lower"
    NO_CLEAR_CHANGE = "no_clear_change"


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Return each p-value adjusted for its family, in the order given: min over j >= i of m p(j) / j.

    ``p_values`` are m numbers from 0 to 1, and so is what comes back. ValueError for anything else.
    """
    m = len(p_values)
    if not all(0 <= p <= 1 for p in p_values):
        raise ValueError("a p-value lies between 0 and 1")
    adjusted, least = [0.0] * m, 1.0
    order = sorted(range(m), key=p_values.__getitem__)
    for rank in range(m, 0, -1):
        place = order[rank - 1]
        least = min(least, m * p_values[place] / rank)
        adjusted[place] = least
    return adjusted


def verdict_of(change: Change, adjusted_p: float, q: float = FALSE_DISCOVERY_RATE) -> Verdict:
    """Return "higher" or "lower" if the 95% interval lies wholly on that side of 0 and adjusted p <= q."""
    if adjusted_p <= q and change.low > 0:
        return Verdict.HIGHER
    if adjusted_p <= q and change.high < 0:
        return Verdict.LOWER
    return Verdict.NO_CLEAR_CHANGE
