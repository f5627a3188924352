"""What a reader can work out of a system of printed numbers: integer bounds, found as worlds that print the same (R3).

Two worlds in which a hidden count differs by ``SAFE_WIDTH`` prove that nobody can tell it. So a search shares its
finds: each solution is a world, and tells something about every hidden count at once. Solved by HiGHS.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from feedback_app.domain.disclosure.ranges import SAFE_WIDTH, Range
from feedback_app.domain.disclosure.system import System

if TYPE_CHECKING:
    from numpy import int64
    from numpy.typing import NDArray

MOST_PUSHES = 12  # solves that push many hidden counts at once, before each is looked at alone
FRUITLESS = 3  # such solves without a find, after which it is time to look at each alone
MOST_NODES = 5000  # never a time: what is printed may not hang on how busy a machine is
INFEASIBLE = 2  # the solver's status: nothing fits
SEED = 20260


class NotSettled(Exception):
    """The solver gave up before it knew."""


class NothingFits(Exception):
    """There is no world: what is printed contradicts itself."""


def unsafe(system: System) -> dict[int, Range]:
    """Return hidden unknown -> its smallest and largest number, where those are less than SAFE_WIDTH apart; {} is safe.

    Where the solver gives up, the numbers found so far count as all there are: so never as safe. Raises NothingFits.
    """
    search = _Search(system)
    search.push_together()
    return {at: found for at in search.pending() if (found := search.settle(at)) is not None}


def find_world(system: System, costs: Mapping[int, float]) -> tuple[int, ...] | None:
    """Return the world in which the unknowns, each times its cost, add up to about the least; None if none is found."""
    try:
        found = _Solver(system).solve(costs)
    except NotSettled:
        return None
    return None if found is None else tuple(int(value) for value in found)


def bounds(system: System, unknown: int) -> Range | None:
    """Return the smallest and largest number an unknown can be, None when nothing fits; NotSettled when hard."""
    solver = _Solver(system)
    low = solver.solve({unknown: 1.0}, exactly=True)
    if low is None:
        return None
    high = solver.solve({unknown: -1.0}, exactly=True)
    return Range(int(low[unknown]), int(low[unknown] if high is None else high[unknown]))


class _Solver:
    """A system as arrays, solved for one world after another."""

    def __init__(self, system: System) -> None:
        import numpy as np
        from scipy.optimize import Bounds, LinearConstraint
        from scipy.sparse import csr_array

        self._size = len(system)
        sums = [terms for terms, _ in system.sums]
        rows = np.repeat(np.arange(len(sums)), [len(terms) for terms in sums])
        columns = np.array([at for terms in sums for at, _ in terms], np.intp)
        factors = np.array([factor for terms in sums for _, factor in terms], np.int64)
        self._ends = np.array([ends for _, ends in system.sums], np.int64).reshape(-1, 2)
        self._ranges = np.array(system.ranges, np.int64).reshape(-1, 2)
        self._matrix = csr_array((factors, (rows, columns)), shape=(len(sums), self._size))
        self._bounds = Bounds(self._ranges[:, 0], self._ranges[:, 1])
        self._sums = [LinearConstraint(self._matrix, self._ends[:, 0], self._ends[:, 1])] if sums else []

    def solve(self, costs: Mapping[int, float], *, exactly: bool = False) -> NDArray[int64] | None:
        """Return a world of small ``costs`` (unknown -> cost of one), the smallest if ``exactly``; None if none is."""
        import numpy as np
        from scipy.optimize import milp

        objective = np.zeros(self._size)
        objective[list(costs)] = list(costs.values())
        limits: dict[str, float] = {"node_limit": MOST_NODES}
        gap = {} if exactly else {"mip_rel_gap": 0.5}
        found: Any = milp(
            objective,
            constraints=self._sums,
            bounds=self._bounds,
            integrality=np.ones(self._size),
            options=limits | gap,
        )
        if found.status == INFEASIBLE:
            return None
        if found.x is None or (exactly and found.status != 0):
            raise NotSettled
        return self._checked(np.rint(found.x).astype(np.int64))

    def _checked(self, world: NDArray[int64]) -> NDArray[int64]:
        """Return a world that holds in whole numbers; what the solver rounded away is not believed."""
        sums = self._matrix @ world
        within = (self._ranges[:, 0] <= world) & (world <= self._ranges[:, 1])
        if not within.all() or (sums < self._ends[:, 0]).any() or (sums > self._ends[:, 1]).any():
            raise NotSettled
        return world


class _Search:
    """The smallest and largest number that each hidden count has had in the worlds found so far."""

    def __init__(self, system: System) -> None:
        self._solver = _Solver(system)
        self._hidden = sorted(set(system.hidden))
        self._ranges = system.ranges
        self._seen: dict[int, Range] = {}
        if (truth := system.truth) is not None:
            self._keep(truth)

    def pending(self) -> list[int]:
        """Return the hidden unknowns that no two worlds have been found for yet."""
        return [at for at in self._hidden if not self._is_wide(at)]

    def push_together(self) -> None:
        """Look for worlds in which as many of those pending as can be lie far from where they were seen."""
        drawing = random.Random(SEED)  # noqa: S311 - the same pushes each time, nothing secret
        fruitless = 0
        for turn in range(MOST_PUSHES):
            before = self.pending()
            if not before or fruitless == FRUITLESS:
                return
            try:
                world = self._solver.solve(self._costs(before, turn, drawing))
            except NotSettled:
                fruitless += 1
                continue
            if world is None:
                raise NothingFits
            self._keep(world)
            fruitless = fruitless + 1 if self.pending() == before else 0

    def _costs(self, pending: Iterable[int], turn: int, drawing: random.Random) -> dict[int, float]:
        """Return what to push by: away from the nearer end of its range, or every third time by chance."""
        costs = {}
        for at in pending:
            low, high = self._ranges[at]
            seen = self._seen.get(at)
            up = seen is None or seen.low - low <= high - seen.high
            if turn % 3 == 2:
                up = drawing.random() < 0.5
            costs[at] = (-1 if up else 1) * drawing.uniform(0.5, 1.5)
        return costs

    def settle(self, at: int) -> Range | None:
        """Return the exact ends of a hidden unknown when it is not safe, or None."""
        for cost in (-1.0, 1.0):
            if self._is_wide(at):
                return None
            try:
                world = self._solver.solve({at: cost}, exactly=True)
            except NotSettled:
                continue
            if world is not None:
                self._keep(world)
        return None if self._is_wide(at) else self._seen.get(at, self._ranges[at])

    def _keep(self, world: Any) -> None:
        for at in self._hidden:
            value = int(world[at])
            low, high = self._seen.get(at, (value, value))
            self._seen[at] = Range(min(low, value), max(high, value))

    def _is_wide(self, at: int) -> bool:
        seen = self._seen.get(at)
        return seen is not None and seen.high - seen.low >= SAFE_WIDTH
