"""What a reader works out from printed tables of one question: a small attacker for comparing rule sets.

The people behind the tables are counts by district and option. Every printed number is a sum of them, over districts
that lie in one another (district, locality, all) and options that do (option, band, all). Such sums make the bounds of
linear programming whole numbers (two laminar families: Edmonds 1970), so no search over whole numbers is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from tests.benchmarks.rules_elsewhere import Counts, Floats, Numbers, Printed

TOGETHER = 8  # attempts at moving all hidden counts that have not moved yet; then each alone
ROOM = 2  # people: a hidden count is learnt when its bounds lie closer


@dataclass(frozen=True)
class Seen:
    """A printed table; masks say what its rows (x districts) and columns (x options) add up."""

    printed: Printed
    rows: NDArray[np.bool_]
    columns: NDArray[np.bool_]


class Sums:
    """Every printed number as a sum of unknown counts between two bounds."""

    def __init__(self, truth: Counts, tables: Sequence[Seen]) -> None:
        self.truth = truth.ravel().astype(float)
        self.masks: list[NDArray[np.bool_]] = []
        self.low: list[int] = []
        self.high: list[int] = []
        self.hidden: list[int] = []  # which of the masks are counts that are not shown
        for table in tables:
            everything = np.ones((1, truth.shape[1]), np.bool_)
            self._add(table.printed.cells, table.rows, table.columns, hidden=True)
            self._add(table.printed.bases, table.rows, everything)
            told = np.array([row.any() for row in table.rows.T])[None]  # districts that the table counts at all
            self._add(table.printed.totals, told, table.columns)

    def _add(self, numbers: Numbers, rows: NDArray[np.bool_], columns: NDArray[np.bool_], hidden: bool = False) -> None:
        masks = (rows[:, None, :, None] & columns[None, :, None, :]).reshape(len(rows) * len(columns), -1)
        gone = np.isnan(numbers.shown).ravel()
        if hidden:
            self.hidden += [len(self.masks) + int(at) for at in np.flatnonzero(gone)]
        self.masks += list(masks)
        self.low += [int(low) for low in numbers.low.ravel()]
        self.high += [int(high) for high in numbers.high.ravel()]

    def learnt(self, random: np.random.Generator) -> tuple[int, int]:
        """Return how many hidden counts are known exactly or to within one person, and how many are hidden."""
        sums = csr_array(np.array(self.masks, dtype=float))
        limits = LinearConstraint(sums, self.low, self.high)
        hidden = np.array(self.hidden, np.int64)
        least = most = sums @ self.truth
        for attempt in range(TOGETHER):
            fixed = hidden[(most - least)[hidden] < ROOM]
            if not fixed.size:
                return 0, hidden.size
            signs = random.choice([-1.0, 1.0], fixed.size) if attempt > 1 else np.full(fixed.size, 1.0 - 2 * attempt)
            world = sums @ self._furthest(sums[fixed].T @ (signs * random.uniform(0.5, 1.5, fixed.size)), limits)
            least, most = np.minimum(least, world), np.maximum(most, world)
        fixed = hidden[(most - least)[hidden] < ROOM]
        return sum(self._stays(sums, int(at), limits) for at in fixed), hidden.size

    def _stays(self, sums: csr_array, at: int, limits: LinearConstraint) -> bool:
        """Return whether a sum's smallest and largest possible values lie closer than ROOM."""
        towards = np.zeros(sums.shape[0])
        towards[at] = 1
        ends = [towards @ (sums @ self._furthest(sums.T @ (sign * towards), limits)) for sign in (1.0, -1.0)]
        return bool(ends[1] - ends[0] < ROOM)

    def _furthest(self, objective: Floats, limits: LinearConstraint) -> Floats:
        answer = milp(objective, constraints=limits, bounds=Bounds(0, np.inf), options={"presolve": False})
        if answer.x is None:
            raise ValueError("the printed tables fit no people at all")
        return np.asarray(np.rint(answer.x))
