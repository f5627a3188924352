"""Whole numbers that a reader does not know, and the sums of them that a reader does (R3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from feedback_app.domain.disclosure.ranges import Range

Terms = tuple[tuple[int, int], ...]


class System:
    """Unknown counts with the ranges they are printed as, and sums of them that are known to lie in a range.

    A *world* gives each unknown a whole number so that everything fits: one table of those that print the same. Where
    each unknown is given its ``truth``, the truth is a world. ``hidden`` are the unknowns to be kept private.
    """

    def __init__(self) -> None:
        """Make a system that knows nothing yet."""
        self.ranges: list[Range] = []
        self.sums: list[tuple[Terms, Range]] = []
        self.hidden: list[int] = []
        self._truth: list[int | None] = []

    def __len__(self) -> int:
        return len(self.ranges)

    def unknown(self, low: int, high: int, truth: int | None = None, *, hidden: bool = False) -> int:
        """Add a whole number from ``low`` to ``high`` and return its place; ValueError where it cannot hold."""
        if not low <= (low if truth is None else truth) <= high:
            raise ValueError("a count does not lie in the range it is printed as")
        self.ranges.append(Range(low, high))
        self._truth.append(truth)
        place = len(self.ranges) - 1
        if hidden:
            self.hidden.append(place)
        return place

    def fixed(self, value: int) -> int:
        """Add a whole number that everybody knows and return its place."""
        return self.unknown(value, value, value)

    def known_sum(self, terms: Iterable[tuple[int, int]], low: int, high: int) -> None:
        """Add that the sum of unknowns, each times its factor, lies in ``low`` to ``high``."""
        given = tuple(terms)
        if any(not 0 <= place < len(self.ranges) for place, _ in given):
            raise ValueError("a sum names an unknown that is not there")
        self.sums.append((given, Range(low, high)))

    def equal(self, parts: Iterable[int], whole: int) -> None:
        """Add that the unknowns at ``parts`` add up to the one at ``whole``."""
        self.known_sum([*((part, 1) for part in parts), (whole, -1)], 0, 0)

    @property
    def truth(self) -> tuple[int, ...] | None:
        """Return the true world, or None unless every unknown was given its truth; ValueError when it does not fit."""
        known = tuple(value for value in self._truth if value is not None)
        if len(known) < len(self._truth):
            return None
        if not self.fits(known):
            raise ValueError("the counts given do not add up to each other")
        return known

    def fits(self, world: Sequence[int]) -> bool:
        """Return whether each number of ``world``, one for each unknown, lies in its range and all sums hold."""
        return (
            len(world) == len(self.ranges)
            and all(low <= value <= high for value, (low, high) in zip(world, self.ranges, strict=True))
            and all(low <= sum(world[at] * factor for at, factor in terms) <= high for terms, (low, high) in self.sums)
        )
