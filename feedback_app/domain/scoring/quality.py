"""Answers given in a hurry: they are flagged and kept, and what they change is looked at (docs/statistics.md)."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import TYPE_CHECKING

from feedback_app.domain.instrument import FacesItem, Instrument, Item, RatingItem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

LEAST_ITEMS = 6


def scaled_runs(instrument: Instrument, least: int = LEAST_ITEMS) -> tuple[tuple[str, ...], ...]:
    """Return the runs of at least ``least`` item ids that follow each other on one response scale."""
    asked = [item for item in instrument.items.values() if not item.practice]
    runs = [tuple(item.id for item in run) for kind, run in groupby(asked, key=_response_scale) if kind]
    return tuple(run for run in runs if len(run) >= least)


def _response_scale(item: Item) -> str:
    return item.type if isinstance(item, RatingItem | FacesItem) else ""


def straight_lined(codes: ArrayLike, quick: ArrayLike, least: int = LEAST_ITEMS) -> NDArray[np.bool_]:
    """Return who gave one and the same answer to all of the run's items they answered, quickly; flags, one a person.

    ``codes`` is people x items of one run as asked (not reversed), negative = missing, at least ``least`` of them
    answered; ``quick`` tells whose pace was under a third of the expected. ValueError for other shapes.
    """
    import numpy as np

    table, hurried = np.asarray(codes), np.asarray(quick, dtype=bool)
    if table.ndim != 2 or hurried.shape != (len(table),):
        raise ValueError("codes must be people x items, with one pace for each person")
    if not np.issubdtype(table.dtype, np.integer) and table.size:
        raise ValueError("codes are whole numbers")
    flags = np.zeros(len(table), dtype=bool)
    rows = np.flatnonzero(hurried)  # few are quick, so only their answers are read
    chosen = table[rows]
    answered = chosen >= 0
    if not chosen.shape[1]:
        return flags
    highest = np.max(chosen, axis=1)
    alike = (~answered | (chosen == highest[:, np.newaxis])).all(axis=1)
    flags[rows] = alike & (answered.sum(axis=1) >= max(least, 1))
    return flags


def largest_shift(everybody: Mapping[str, float | None], kept: Mapping[str, float | None]) -> float | None:
    """Return how far a figure moves at most, in its points, when the flagged answers are left out.

    Both map a figure's name to its value, None = none. None if no figure has a value both ways.
    """
    others = ((value, kept.get(name)) for name, value in everybody.items())
    return max((abs(other - value) for value, other in others if value is not None and other is not None), default=None)
