"""What weights cost: how many equally weighted answers the weighted ones are worth (Kish)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def kish_effective_n(weights: ArrayLike) -> float:
    """Return n_eff = (sum w)^2 / sum(w^2), in people, 0 of nobody; ValueError unless some weight is > 0.

    ``weights``: one a person, finite and not negative; their scale does not matter.
    """
    import numpy as np

    given = np.asarray(weights, dtype=float).ravel()
    if given.size == 0:
        return 0.0
    if not np.isfinite(given).all() or (given < 0).any() or not given.any():
        raise ValueError("weights are finite, not negative, and not all zero")
    scaled = given / given.max()  # squares of very large or small weights stay in range
    return float(scaled.sum() ** 2 / (scaled * scaled).sum())


def kish_design_effect(weights: ArrayLike) -> float:
    """Return deff = n / n_eff = 1 + CV^2(w), 1 or more (Kish); ValueError of nobody or of wrong weights."""
    import numpy as np

    effective = kish_effective_n(weights)
    if effective == 0:
        raise ValueError("nobody answered, so weights have no design effect")
    return max(1.0, float(np.size(weights)) / effective)
