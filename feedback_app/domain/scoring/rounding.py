"""Rounding for display, the last step of every figure."""

from __future__ import annotations

import math
from decimal import ROUND_FLOOR, Decimal


def round_half_up(x: float, digits: int = 0) -> float:
    """Round for display; a half goes up towards plus infinity, also below zero: 2.5 to 3, -2.5 to -2."""
    if not math.isfinite(x):
        raise ValueError("only a finite number can be rounded")
    shifted = Decimal(repr(float(x))).scaleb(digits) + Decimal("0.5")
    return float(shifted.to_integral_value(ROUND_FLOOR).scaleb(-digits)) + 0.0
