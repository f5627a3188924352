"""Counts of people as they may be shown: rounded, or one symbol (R0, R1)."""

from __future__ import annotations

from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.ranges import rounded, rounded_range
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


def count_safe(count: int, threshold: int, policy: Policy) -> SafeCount:
    """Return a count of people as it may be shown: rounded, or hidden when it is under ``threshold`` (R1)."""
    if count < threshold:
        return SafeCount(SEAL, None, HIDDEN, 0, threshold - 1)
    return SafeCount(SEAL, rounded(count, policy.rounding), None, *rounded_range(count, policy.rounding, threshold))


def is_small_group(count: int, policy: Policy, minors: bool = False) -> bool:
    """Return whether a base is large enough to be shown but bears the label "small group" (R0)."""
    return policy.base_for(minors) <= count < policy.small_group
