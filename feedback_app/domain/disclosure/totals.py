"""Counts of people as they may be shown: rounded, or one symbol (R0, R1)."""

from __future__ import annotations

from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.ranges import Range, cell_range, rounded, rounded_range
from feedback_app.domain.disclosure.safe import HIDDEN, SafeCount
from feedback_app.domain.disclosure.sealing import SEAL


def total_safe(count: int, policy: Policy, minors: bool = False) -> SafeCount:
    """Return a total of people as it may be shown: rounded on its own (R2), or "fewer than" the minimum base (R0).

    Its range also tells which side of the small group label it lies on, because readers see the label.
    """
    if count < 0:
        raise ValueError("a total cannot be negative")
    least = policy.base_for(minors)
    if count < least:
        return SafeCount(SEAL, None, HIDDEN, 0, least - 1)
    low, high = rounded_range(count, policy.rounding, least)
    if count < policy.small_group:
        high = min(high, policy.small_group - 1)
    else:
        low = max(low, policy.small_group)
    return SafeCount(SEAL, rounded(count, policy.rounding), None, low, high)


def held_total(
    total: int, policy: Policy, minors: bool, ends: Range | None = None, room: Range | None = None
) -> SafeCount:
    """Return a base that was held within ``room`` (``ends``: where it may truly lie), as it may be shown.

    Printed like the ends of the room, it stands for all the bases beyond them.
    """
    shown = total_safe(total, policy, minors)
    if ends is None or room is None or shown.value is None:
        return shown
    low = max(ends.low, policy.base_for(minors)) if shown.low <= room.low <= shown.high else shown.low
    high = ends.high if shown.low <= room.high <= shown.high else shown.high
    return SafeCount(SEAL, shown.value, None, min(low, shown.low), max(high, shown.high))


def count_safe(count: int, threshold: int, policy: Policy) -> SafeCount:
    """Return a count of people as it may be shown: rounded, or hidden when it is under ``threshold`` (R1)."""
    if count < threshold:
        return SafeCount(SEAL, None, HIDDEN, 0, threshold - 1)
    return SafeCount(SEAL, rounded(count, policy.rounding), None, *cell_range(count, threshold, policy.rounding))


def is_small_group(base: SafeCount, policy: Policy) -> bool:
    """Return whether a base that is shown may be so small that it bears the label "small group" (R0)."""
    return base.value is not None and base.low < policy.small_group
