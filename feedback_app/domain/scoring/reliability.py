"""Whether the items of a scale go together: Cronbach's alpha with Feldt's interval, and how to read it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

LEAST_PEOPLE = 50
LEAST_ITEMS = 3
TOO_FEW_ITEMS = "too_few_items"
TOO_FEW_PEOPLE = "too_few_people"
NO_SPREAD = "no_spread"
SAME = 1e-12  # of the items' own variance: less in the total is a rounding error


@dataclass(frozen=True)
class Alpha:
    """Cronbach's alpha with Feldt's 95% interval, or why it is refused; ``people`` answered all ``items``.

    ``refused`` is "too_few_items" (under 3), "too_few_people" (under 50) or "no_spread" (everybody answered an item
    alike, or has the same total).
    """

    value: float | None
    low: float | None
    high: float | None
    items: int
    people: int
    refused: str | None = None


class AlphaReading(StrEnum):
    """What a value of alpha says about a scale, for groups (docs/statistics.md)."""

    FINE = "fine"  # 0.7 to 0.95
    WITH_CARE = "with_care"  # 0.6 to 0.7
    SHOW_ITEMS_ONLY = "show_items_only"  # under 0.6, also below 0: the scale is not published
    REPEATS = "repeats"  # over 0.95: the items ask the same thing


def reading_of(alpha: float) -> AlphaReading:
    """Return how to read a value of alpha, at most 1 (docs/statistics.md); ValueError above."""
    if not alpha <= 1:
        raise ValueError("alpha is a number of at most 1")
    if alpha < 0.6:
        return AlphaReading.SHOW_ITEMS_ONLY
    if alpha < 0.7:
        return AlphaReading.WITH_CARE
    return AlphaReading.FINE if alpha <= 0.95 else AlphaReading.REPEATS


def cronbach_alpha(items: ArrayLike, *, least: int = LEAST_PEOPLE) -> Alpha:
    """Return k / (k - 1) x (1 - sum(s_i^2) / s_T^2) of people x items with NaN missing, complete cases.

    Items are reversed beforehand where they are reverse-coded; three faces make no scale. Feldt's interval is
    1 - (1 - alpha) F at 0.975 and at 0.025 with n - 1 and (n - 1)(k - 1) degrees of freedom. ValueError unless
    ``items`` has two dimensions.
    """
    from scipy.special import fdtri

    complete = _complete_cases(items)
    people, k = complete.shape
    refused = _refusal(complete, least)
    if refused is not None:
        return Alpha(None, None, None, k, people, refused)
    of_items, of_total = float(complete.var(axis=0, ddof=1).sum()), float(complete.sum(axis=1).var(ddof=1))
    value = min(1.0, k / (k - 1) * (1 - of_items / of_total))
    degrees = people - 1, (people - 1) * (k - 1)
    low, high = (1 - (1 - value) * float(fdtri(*degrees, level)) for level in (0.975, 0.025))
    return Alpha(value, low, high, k, people)


def _complete_cases(items: ArrayLike) -> NDArray[np.float64]:
    """Return the rows of people x items that have every item."""
    import numpy as np

    table = np.asarray(items, dtype=np.float64)
    if table.ndim != 2:
        raise ValueError("items must be a table of people x items")
    return np.asarray(table[~np.isnan(table).any(axis=1)])


def _refusal(complete: NDArray[np.float64], least: int) -> str | None:
    """Return why alpha is not computed, or None."""
    people, k = complete.shape
    if k < LEAST_ITEMS:
        return TOO_FEW_ITEMS
    if people < max(least, 2):
        return TOO_FEW_PEOPLE
    if all(_spread(item) for item in complete.T) and _spread(complete.sum(axis=1)):
        return None
    return NO_SPREAD


def _spread(values: NDArray[np.float64]) -> bool:
    """Return whether the values differ by more than rounding does."""
    largest = float(abs(values).max())
    return float(values.max() - values.min()) > SAME * max(largest, 1.0)
