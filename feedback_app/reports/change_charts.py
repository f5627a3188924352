"""Where the marks of a change stand: distance from no change in points, the same axis for every change of a page.

Drawn from protected changes and from nothing else. One change is one lane, for its words stand beside it on the page.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Protocol

from feedback_app.reports.charts import MIDDLE, Anchor, Label, Mark

EDGE = 4.0  # per cent of the width on either side, so that a mark at the end of the axis keeps whole
NARROWEST = 20  # points that the shortest axis reaches to either side
STEP = 20  # an axis ends at a multiple of this many points, so that the line half way is a whole number too
HEIGHT = 40  # pixels of a lane
BAND, DOT = 10, 8
THINNEST = 0.01  # per cent: a range of no width is still a bar


class Ranged(Protocol):
    """A protected change in whole points: its value and both ends of its range, or None where it is not shown."""

    @property
    def value(self) -> int | None:
        """Return the change in points."""

    @property
    def low(self) -> int | None:
        """Return the lower end of its range in points."""

    @property
    def high(self) -> int | None:
        """Return the upper end of its range in points."""


def reach(changes: Collection[Ranged]) -> int:
    """Return how many points an axis for all these changes reaches to either side: a multiple of 20."""
    ends = [abs(end) for change in changes for end in (change.value, change.low, change.high) if end is not None]
    return max(NARROWEST, STEP * math.ceil(max(ends, default=0) / STEP))


def place(points: float, reach: int) -> float:
    """Return where so many points of change lie, in per cent of the width; no change lies in the middle."""
    return round(MIDDLE + points * (MIDDLE - EDGE) / reach, 2)


def lane_marks(change: Ranged, reach: int) -> tuple[Mark, ...]:
    """Return the marks of one change, in the order they are drawn; ValueError for one that was not made."""
    if change.value is None or change.low is None or change.high is None:
        raise ValueError("only a change that was made has a lane")
    grid = [Mark(place(at, reach), 0, 0, HEIGHT, "grid") for at in (-reach, -reach / 2, reach / 2, reach)]
    start, end = place(change.low, reach), place(change.high, reach)
    band = Mark(start, (HEIGHT - BAND) / 2, max(round(end - start, 2), THINNEST), BAND, "rng")
    dot = Mark(place(change.value, reach), HEIGHT / 2, 0, DOT, "dot", round=True)
    return (*grid, Mark(MIDDLE, 0, 0, HEIGHT, "zero"), band, dot)


def axis_labels(reach: int, words: Mapping[int, str]) -> tuple[Label, ...]:
    """Return the words above the lanes: `words` by points, for both ends and for no change."""
    ends: tuple[tuple[int, Anchor, float], ...] = ((-reach, "start", 0), (0, "middle", MIDDLE), (reach, "end", 100))
    return tuple(Label(x, 15, words[points], "t s", anchor) for points, anchor, x in ends)
