"""Whole numbers nobody told, tied together by sums: the smallest and the largest that each of them can be."""

from __future__ import annotations

import math
import random
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

ROOM = 2  # ends nearer than this tell a count to within one person
TRIES = 8  # solves that push many numbers at once, before each is tried alone
NOTHING_FITS = 2  # the solver's word for it
SECONDS = 20.0  # one solve longer than this is given up


class NothingFitsError(ValueError):
    """No whole numbers fit all that was read: a number was read wrongly."""


class GaveUpError(RuntimeError):
    """A solve took too long to say what a number can be."""


@dataclass
class Puzzle:
    """Unknown whole numbers with their ends, and sums of them that lie between two numbers."""

    low: list[int] = field(default_factory=list)
    high: list[int] = field(default_factory=list)
    names: dict[object, int] = field(default_factory=dict)
    rows: list[tuple[dict[int, float], float, float]] = field(default_factory=list)

    def number(self, name: object, low: int, high: int) -> int:
        """Return the place of a number called ``name``, held within ``low`` to ``high`` besides what held before."""
        if name not in self.names:
            self.names[name] = len(self.low)
            self.low.append(low)
            self.high.append(high)
        place = self.names[name]
        self.low[place] = max(self.low[place], low)
        self.high[place] = min(self.high[place], high)
        return place

    def add(self, terms: Iterable[tuple[int, float]], low: float, high: float) -> None:
        """Hold the sum of places, each times its factor, between ``low`` and ``high``."""
        row: dict[int, float] = {}
        for place, factor in terms:
            row[place] = row.get(place, 0) + factor
        self.rows.append(({place: factor for place, factor in row.items() if factor}, low, high))

    def equal(self, whole: int, parts: Iterable[int]) -> None:
        """Hold one number to be the sum of others."""
        self.add([*((part, 1) for part in parts), (whole, -1)], 0, 0)

    def holds(self, world: Mapping[object, int]) -> bool:
        """Return whether these numbers, one by each name, fit everything."""
        values = [0] * len(self.low)
        for name, place in self.names.items():
            values[place] = world[name]
        inside = all(self.low[at] <= value <= self.high[at] for at, value in enumerate(values))
        return inside and all(
            low - 1e-6 <= sum(factor * values[at] for at, factor in row.items()) <= high + 1e-6
            for row, low, high in self.rows
        )

    def narrow(self) -> None:
        """Draw every end in as far as each sum by itself allows, again and again."""
        waiting = list(range(len(self.rows)))
        where: dict[int, list[int]] = {}
        for at, (row, _, _) in enumerate(self.rows):
            for place in row:
                where.setdefault(place, []).append(at)
        queued = set(waiting)
        while waiting:
            at = waiting.pop()
            queued.discard(at)
            for place in self._draw_in(*self.rows[at]):
                fresh = [other for other in where[place] if other not in queued]
                queued.update(fresh)
                waiting.extend(fresh)

    def _draw_in(self, row: dict[int, float], low: float, high: float) -> list[int]:
        least = sum(factor * (self.low if factor > 0 else self.high)[at] for at, factor in row.items())
        most = sum(factor * (self.high if factor > 0 else self.low)[at] for at, factor in row.items())
        if least > high + 1e-6 or most < low - 1e-6:
            raise NothingFitsError
        moved = []
        for place, factor in row.items():
            ends = self.low[place], self.high[place]
            small, large = ends if factor > 0 else ends[::-1]
            room = ((low - most) / factor + large, (high - least) / factor + small)
            bottom, top = min(room), max(room)
            new = max(ends[0], math.ceil(bottom - 1e-6)), min(ends[1], math.floor(top + 1e-6))
            if new[0] > new[1]:
                raise NothingFitsError
            if new != ends:
                self.low[place], self.high[place] = new
                moved.append(place)
        return moved

    def pinned(
        self, wanted: Collection[object], world: Mapping[object, int] | None = None
    ) -> dict[object, tuple[int, int]]:
        """Return name -> ends of the wanted numbers that can only be one value, or one of two beside each other.

        ``world`` is one set of numbers known to fit: it saves time and changes nothing.
        """
        self.narrow()
        search = _Search(self)
        if world is not None:
            search.saw([world[name] for name in self.names])
        return search.pinned([(name, self.names[name]) for name in wanted if name in self.names])


class _Search:
    """Sets of numbers that fit, found one after the other, and how far apart they put each number."""

    def __init__(self, puzzle: Puzzle) -> None:
        self.puzzle = puzzle
        self.least: list[float] = [math.inf] * len(puzzle.low)
        self.most: list[float] = [-math.inf] * len(puzzle.low)
        self.random = random.Random(7)
        self._matrix: tuple[Any, ...] = ()

    def saw(self, values: Iterable[float]) -> None:
        """Keep in mind how small and how large each number has been."""
        for at, value in enumerate(values):
            self.least[at] = min(self.least[at], value)
            self.most[at] = max(self.most[at], value)

    def pinned(self, wanted: list[tuple[object, int]]) -> dict[object, tuple[int, int]]:
        """Look for sets of numbers that put the wanted ones apart; return the ends of those that stay together."""
        low, high = self.puzzle.low, self.puzzle.high
        found = {name: (low[at], high[at]) for name, at in wanted if high[at] - low[at] < ROOM}
        open_ = [(name, at) for name, at in wanted if name not in found and not self._apart(at)]
        for attempt in range(TRIES if len(open_) > 1 else 0):
            self._push({at: self._way(at, attempt) for _, at in open_})
            open_ = [(name, at) for name, at in open_ if not self._apart(at)]
            if not open_:
                return found
        for name, at in open_:
            if ends := self._alone(at):
                found[name] = ends
        return found

    def _apart(self, at: int) -> bool:
        return self.most[at] - self.least[at] >= ROOM

    def _way(self, at: int, attempt: int) -> float:
        """Return which way to push a number: away from where it has been, and now and then at random."""
        if attempt % 3 == 2 or self.least[at] == math.inf:
            return self.random.choice((-1.0, 1.0)) * self.random.uniform(0.5, 1.5)
        up = self.puzzle.high[at] - self.most[at] >= self.least[at] - self.puzzle.low[at]
        return self.random.uniform(0.5, 1.5) * (1 if up else -1)

    def _alone(self, at: int) -> tuple[int, int] | None:
        """Return the ends of one number, or None as soon as it is seen to have room."""
        low, high = self.puzzle.low[at], self.puzzle.high[at]
        if self.least[at] == math.inf:
            self._solve({})
        for beyond in (ROOM, 1):
            for up in (True, False):
                if self._apart(at):
                    return None
                if beyond == 1 and up and self.least[at] < self.most[at]:
                    break  # neither end goes further
                least, most = int(self.least[at]), int(self.most[at])
                ends = (max(least + beyond, most + 1), high) if up else (low, min(most - beyond, least - 1))
                self._solve({}, narrowed={at: ends})
        return None if self._apart(at) else (int(self.least[at]), int(self.most[at]))

    def _push(self, ways: Mapping[int, float]) -> None:
        """Find numbers that fit with the pushed ones far up or down, as good as it gets without long search."""
        self._solve({at: -way for at, way in ways.items()})

    def _solve(self, costs: Mapping[int, float], narrowed: Mapping[int, tuple[int, int]] | None = None) -> None:
        """Find numbers that fit, of small costs, some held between other ends; see nothing where none do."""
        import numpy as np
        from scipy.optimize import Bounds, LinearConstraint, milp

        aim, low, high = np.zeros(len(self.puzzle.low)), np.array(self.puzzle.low), np.array(self.puzzle.high)
        for at, cost in costs.items():
            aim[at] = cost
        for at, ends in (narrowed or {}).items():
            low[at], high[at] = ends
            if ends[0] > ends[1]:
                return
        held = LinearConstraint(*self._sums()) if any(row for row, _, _ in self.puzzle.rows) else ()
        for presolve in (True, False):  # either way of solving fails now and then on what the other solves
            options = {"time_limit": SECONDS, "presolve": presolve, "mip_rel_gap": 0.3}
            whole = np.ones(len(aim))
            solved = milp(aim, constraints=held, bounds=Bounds(low, high), integrality=whole, options=options)
            if solved.x is not None or solved.status == NOTHING_FITS:
                break
        if solved.status == NOTHING_FITS and narrowed is None:
            raise NothingFitsError
        if solved.status != NOTHING_FITS:
            self._believe(solved)

    def _believe(self, solved: Any) -> None:
        """Keep a solution, if it holds in whole numbers."""
        import numpy as np

        if solved.x is None:
            raise GaveUpError(solved.message)
        values = np.rint(solved.x)
        matrix, low, high = self._sums() if self._matrix else (None, None, None)
        if matrix is not None and ((matrix @ values < low - 1e-6).any() or (matrix @ values > high + 1e-6).any()):
            raise GaveUpError("rounded to whole numbers, it does not fit")
        self.saw(values.tolist())

    def _sums(self) -> tuple[Any, ...]:
        import numpy as np
        from scipy.sparse import csr_array

        if not self._matrix:
            sums = enumerate(self.puzzle.rows)
            places = [(at, place, factor) for at, (row, _, _) in sums for place, factor in row.items()]
            rows, columns, factors = (np.array(each) for each in zip(*places, strict=True))
            shape = (len(self.puzzle.rows), len(self.puzzle.low))
            matrix = csr_array((factors.astype(float), (rows, columns)), shape=shape)
            ends = [np.array([row[side] for row in self.puzzle.rows], float) for side in (1, 2)]
            self._matrix = (matrix, *ends)
        return self._matrix
