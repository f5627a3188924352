"""Scores from 0 to 100 made of several items: a person's, and the mean of a group with its interval."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

LEAST_ITEMS = 2
SAME = 1e-9  # scores closer than this are one score: sums of thirds differ in their last digits only
NO_SCORES = "no_scores"
ONE_SCORE = "one_score"
NO_SPREAD = "no_spread"


@dataclass(frozen=True)
class MeanScore:
    """A group's mean score on 0 to 100 with its 95% interval, in points; ``withheld`` names what is not there and why.

    "no_scores": nobody has a score, so no value. "one_score": a value, no interval. "no_spread": everybody has the
    same score; the formula would give an interval without width, which claims too much, so there is none.
    """

    value: float | None
    low: float | None
    high: float | None
    sd: float | None
    base: int  # people with a score
    without: int  # people who were asked and have no score
    effective_n: float
    withheld: str | None = None


def scored(
    codes: ArrayLike, lowest: float, highest: float, *, reverse_coded: bool = False, missing: Collection[int] = ()
) -> NDArray[np.float64]:
    """Return 100 (x - lowest) / (highest - lowest) for each code, mirrored if reverse-coded (docs/statistics.md).

    Same shape as ``codes``; NaN outside lowest to highest, where the kinds of missing are, and for options declared
    ``missing``. ValueError unless highest is above lowest.
    """
    import numpy as np

    if not lowest < highest:
        raise ValueError("the highest code must be above the lowest")
    plain = np.asarray(codes, dtype=np.float64)
    valid = (plain >= lowest) & (plain <= highest)
    if missing:
        valid &= ~np.isin(plain, list(missing))
    steps = (highest - plain) if reverse_coded else (plain - lowest)
    return np.where(valid, 100 * steps / (highest - lowest), np.nan)


def person_scores(items: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each person's mean of the valid items, from people x items on 0 to 100 with NaN missing.

    NaN for whoever answered fewer than half of the items or fewer than two. ValueError unless ``items`` is a table.
    """
    import numpy as np

    table = np.asarray(items, dtype=np.float64)
    if table.ndim != 2:
        raise ValueError("items must be a table of people x items")
    total, valid = np.zeros(len(table)), np.zeros(len(table))
    for column in table.T:  # a scale has few items and many people, so whole columns are far faster than rows
        known = ~np.isnan(column)
        valid += known
        total += np.where(known, column, 0.0)
    enough = valid >= max(math.ceil(table.shape[1] / 2), LEAST_ITEMS)
    scores = np.full(len(table), np.nan)
    np.divide(total, valid, out=scores, where=enough)
    return scores


def mean_score(scores: ArrayLike, weights: ArrayLike | None = None) -> MeanScore:
    """Return the (weighted) mean of the scores of all who were asked, NaN = no score.

    The interval is mean +/- t(n - 1) SD / sqrt(n_eff), clipped to 0 to 100, where n counts people with a score, n_eff
    is Kish's and SD^2 is n / (n - 1) x the weighted mean square: weights say how much somebody counts, not how many
    there are. ValueError for scores outside 0 to 100 and for weights that are not positive numbers, one a person.
    """
    import numpy as np
    from scipy.special import stdtrit

    everyone = np.asarray(scores, dtype=np.float64).ravel()
    has_score = ~np.isnan(everyone)
    known, share = everyone[has_score], _shares(weights, has_score)
    n = len(known)
    without = len(everyone) - n
    if n == 0:
        return MeanScore(None, None, None, None, 0, without, 0.0, NO_SCORES)
    lowest, highest = float(known.min()), float(known.max())
    if lowest < 0 or highest > 100:
        raise ValueError("a score lies between 0 and 100")
    value = min(max(float(share @ known), lowest), highest)
    effective_n = min(float(n), max(1.0, 1 / float(share @ share)))
    if n == 1 or highest - lowest < SAME:
        sd, why = (None, ONE_SCORE) if n == 1 else (0.0, NO_SPREAD)
        return MeanScore(value, None, None, sd, n, without, effective_n, why)
    sd = math.sqrt(n / (n - 1) * float(share @ (known - value) ** 2))
    reach = float(stdtrit(n - 1, 0.975)) * sd / math.sqrt(effective_n)
    return MeanScore(value, max(0.0, value - reach), min(100.0, value + reach), sd, n, without, effective_n)


def _shares(weights: ArrayLike | None, has_score: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the weights of those with a score as shares of 1, equal ones without weights."""
    import numpy as np

    if weights is None:
        given = np.ones(len(has_score))
    else:
        given = np.asarray(weights, dtype=np.float64).ravel()
        if given.shape != has_score.shape:
            raise ValueError("there must be one weight for each person")
        if not (np.isfinite(given) & (given > 0)).all():
            raise ValueError("a weight is a positive number")
    chosen = given[has_score]
    if not len(chosen):
        return chosen
    chosen = chosen / chosen.max()  # first, so that the sum of very large weights stays finite
    return np.asarray(chosen / chosen.sum())
