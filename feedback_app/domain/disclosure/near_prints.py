"""The nearest way to print tables that leaves every hidden count room, where printing each count by itself does not.

Searched for as whole worlds: counts that add up to all that is known, whose own rounding is printed, and for each
count in danger a second such world in which it differs by SAFE_WIDTH. What is printed is then the rounding of a wave
that might have been, as near to the true one as can be: mostly a count here and there is a step off (R3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from feedback_app.domain.disclosure.group_rows import Row
from feedback_app.domain.disclosure.grouped import Group
from feedback_app.domain.disclosure.ranges import SAFE_WIDTH, Range, rounded
from feedback_app.domain.disclosure.release_system import BASE, Hidden, Release
from feedback_app.domain.disclosure.row_printing import Near, Terms, near_values
from feedback_app.domain.disclosure.sizes import By
from feedback_app.domain.disclosure.system import System
from feedback_app.domain.disclosure.worlds import find_world

HIDING = 2.0  # what it costs to hide a count that is large enough to show; a step costs 1 and a little for small counts
FAR = 3  # times all people: more than any of the sums here can be
MOST_APART = 8  # counts in danger that are looked after at once
Place = tuple[By, Group, int]  # table, group and column
Write = Callable[[System, "Choices"], Release]


class Choices:
    """For each shown count of some tables what it may be printed as, each with an unknown: 1 for the one chosen."""

    def __init__(
        self, system: System, tables: Mapping[By, Sequence[Row]], terms: Terms, steps: int, *, showing: bool
    ) -> None:
        """Write down the choices, up to so many steps off, and that each group's line leaves its hidden counts room.

        With ``showing`` a hidden count may also be printed, as if it were larger.
        """
        self._system, self._terms, self._steps, self._showing = system, terms, steps, showing
        self._ways: dict[Place, dict[int | None, int]] = {}
        self.costs: dict[int, float] = {}
        for by, rows in tables.items():
            for row in rows:
                if row.is_shown:
                    self._add_row(by, row)

    def _add_row(self, by: By, row: Row) -> None:
        terms, steps = self._terms, self._steps
        for column, value in enumerate(row.line.values):
            if value or (value is None and self._showing):
                self._choose((by, row.group, column), value, near_values(value, terms, steps))
        base, reach = rounded(row.base, terms.step), steps * terms.step
        others = [way for way in range(base - reach, base + reach + 1, terms.step) if way >= terms.least]
        self._choose((by, row.group, BASE), base, [way for way in others if way != base])
        self._leave_room(by, row)

    def _choose(self, place: Place, value: int | None, others: Sequence[int | None]) -> None:
        found = {way: self._system.unknown(0, 1, int(way == value)) for way in (value, *others)}
        self._ways[place] = found
        self._system.known_sum([(at, 1) for at in found.values()], 1, 1)
        self.costs |= {found[way]: self._cost(value, way) for way in others}

    def _cost(self, value: int | None, way: int | None) -> float:
        """Return what it costs to print one value for another: more for each step, and for a small one."""
        steps = abs((value or 0) - (way or 0)) // self._terms.step
        return HIDING * steps if value is None or way is None else steps * (1 + 1 / value)

    def _leave_room(self, by: By, row: Row) -> None:
        """Write that a group's shown counts, with its base and size, leave its hidden ones room (`Terms.is_tight`)."""
        terms, known = self._terms, self._terms.bases(row.base, row.size)
        cells = [self._ways.get((by, row.group, at)) for at in range(len(row.cells))]
        ways = [found for found in cells if found]
        free = [block.high for block, found in zip(row.line.blocks, cells, strict=True) if not found]
        bases = self._ways[by, row.group, BASE].items()
        lows = [[(at, terms.block(way).low) for way, at in found.items()] for found in ways]
        most = [(at, -min(terms.base_block(way or 0).high, known.high)) for way, at in bases]
        limit = terms.total * (1 + len(row.cells))
        full = [] if any(free) or terms.several else [(self._nothing_hidden(ways), -limit)]
        for line in lows if terms.several else [[each for found in lows for each in found]]:
            self._system.known_sum([*line, *most, *full], -2 * limit, -SAFE_WIDTH)
        if terms.whole:
            highs = [(at, terms.block(way).high) for found in ways for way, at in found.items()]
            least = [(at, -max(terms.base_block(way or 0).low, known.low)) for way, at in bases]
            more = [(at, -factor) for at, factor in full]
            self._system.known_sum([*highs, *least, *more], SAFE_WIDTH - sum(free), 2 * limit)

    def _nothing_hidden(self, ways: Sequence[Mapping[int | None, int]]) -> int:
        """Return an unknown that can be 1 only where none of a group's counts is hidden."""
        full = self._system.unknown(0, 1, 0)
        for found in ways:
            if None in found:
                self._system.known_sum([(full, 1), (found[None], 1)], 0, 1)
        return full

    def limit(self, place: Place, count: int) -> None:
        """Write that a count rounds to what is chosen for it; nothing where it has no choice."""
        ways = [(at, self._block(place, way)) for way, at in self._ways.get(place, {}).items()]
        if ways:
            most = max(block.high for _, block in ways)
            self._system.known_sum([(count, 1), *((at, -block.low) for at, block in ways)], 0, most)
            self._system.known_sum([(count, -1), *((at, block.high) for at, block in ways)], 0, most)

    def span(self, place: Place) -> Range | None:
        """Return the counts that all choices of a place together allow; None where it has no choice."""
        blocks = [self._block(place, way) for way in self._ways.get(place, {})]
        return Range(min(block.low for block in blocks), max(block.high for block in blocks)) if blocks else None

    def _block(self, place: Place, way: int | None) -> Range:
        if place[2] == BASE and way is not None:
            return self._terms.base_block(way)
        return self._terms.block(way)

    def printed(self, place: Place | None) -> list[int]:
        """Return the unknowns that are 1 where a hidden count is printed after all, and is none any more."""
        ways = self._ways.get(place, {}) if place else {}
        return [at for way, at in ways.items() if way] if None in ways and self._showing else []

    def chosen(self, world: Sequence[int], by: By, row: Row) -> Near:
        """Return what a group is printed as in a world."""
        columns = (*range(len(row.line.values)), BASE)
        *values, base = (self._chosen(world, (by, row.group, column), row) for column in columns)
        return Near(tuple(values), row.base if base is None else base)

    def _chosen(self, world: Sequence[int], place: Place, row: Row) -> int | None:
        ways = self._ways.get(place)
        return row.line.values[place[2]] if ways is None else next(way for way, at in ways.items() if world[at])


def find_near(
    tables: Mapping[By, Sequence[Row]],
    terms: Terms,
    endangered: Iterable[Hidden],
    write: Write,
    steps: int,
    *,
    showing: bool,
) -> dict[By, dict[Group, Near]] | None:
    """Return table -> group -> what to print of it where that is not its own rounding; None where no way is found.

    ``tables`` may change; ``write`` writes all that is printed into a system, those by their choices.
    """
    system = System()
    choices = Choices(system, tables, terms, steps, showing=showing)
    first = write(system, choices)
    for hidden in list(endangered)[:MOST_APART]:
        other = write(system, choices)
        sign = 1 if 2 * hidden.left.low < hidden.least - 1 else -1
        apart = [(other.start + hidden.place, sign), (first.start + hidden.place, -sign)]
        printed = choices.printed(first.cells.get(hidden.place))
        system.known_sum([*apart, *((at, SAFE_WIDTH + terms.total) for at in printed)], SAFE_WIDTH, FAR * terms.total)
    world = find_world(system, choices.costs)
    if world is None:
        return None
    return {
        by: {row.group: choices.chosen(world, by, row) for row in rows if row.is_shown} for by, rows in tables.items()
    }
