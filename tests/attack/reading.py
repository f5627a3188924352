"""From printed tables of one question to a puzzle: every number read back, and every sum that holds between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.attack.equations import Puzzle
from tests.attack.readings import MANY, Ends, Rules, count_ends, label_ends, sum_ends, total_ends, wide_ends

UNTOLD = -1
Group = tuple[int, ...]
Sizes = Mapping[tuple[str, ...], Mapping[Group, int]]


@dataclass(frozen=True)
class Figure:
    """What a headline means: the share of ``top`` of the answers, less that of ``bottom`` for a net score."""

    name: str
    top: frozenset[int]
    bottom: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Asked:
    """What everybody knows of a question beforehand: its options, bands, and the kinds of missing it can have."""

    code: str
    options: tuple[int, ...]
    bands: tuple[frozenset[int], ...]
    kinds: tuple[str, ...]
    rules: Rules
    several: bool = False
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True)
class Breakdowns:
    """What everybody knows of the breakdowns: the groups of each, and for a finer one the coarser group of each."""

    groups: Mapping[str, tuple[int, ...]]
    parents: Mapping[str, tuple[str, Mapping[int, int]]] = field(default_factory=dict)

    def of(self, by: Sequence[str]) -> list[Group]:
        """Return every group of one or two breakdowns, with those who told of none."""
        found: list[Group] = [()]
        for name in by:
            found = [(*group, code) for group in found for code in (*self.groups[name], UNTOLD)]
        return found


@dataclass(frozen=True)
class Insider:
    """What somebody may know from elsewhere: how many answered, in all and in each group that is shown."""

    people: int
    sizes: Sizes


@dataclass
class Reader:
    """Reads the printed tables of one question into one puzzle.

    ``plain`` takes every total as simply rounded, ``own_counts`` every count of a group as printed for itself alone.
    """

    asked: Asked
    breakdowns: Breakdowns
    insider: Insider | None = None
    plain: bool = False
    own_counts: bool = False
    puzzle: Puzzle = field(default_factory=Puzzle)
    tables: list[tuple[str, ...]] = field(default_factory=list)

    def wave(self, table: Mapping[str, Any]) -> None:
        """Read the table of the whole wave."""
        rules, puzzle = self.asked.rules, self.puzzle
        people = self._people()
        base = puzzle.number("base", 0, MANY)
        shares = {share["code"]: share for share in table["distribution"]}
        ends = {code: count_ends(share["count"], rules) for code, share in shares.items()}
        for code in self.asked.options:
            puzzle.number(("option", code), *ends.get(code, (0, MANY)))
        room = rules.room * (1 + sum(2 for printed in table["figures"] if printed.get("value") is not None))
        self._base(table, base, list(ends.values()) if len(ends) == len(self.asked.options) else None, room)
        self._adds_up(base, [("option", code) for code in self.asked.options])
        kinds = [self._missing(kind, table["missing"].get(kind)) for kind in self.asked.kinds]
        puzzle.equal(people, [base, *kinds])
        for printed in table["figures"]:
            self._figure(printed, ends)

    def _people(self) -> int:
        known = (self.insider.people,) * 2 if self.insider else (0, MANY)
        return self.puzzle.number("people", *known)

    def _missing(self, kind: str, printed: int | str | None) -> int:
        ends = (0, MANY) if printed is None else count_ends(printed, self.asked.rules)
        return self.puzzle.number(("missing", kind), *ends)

    @property
    def _off(self) -> int:
        """Return how far a group's base may be printed from its own."""
        return self.asked.rules.step if self.asked.rules.steps_off and not self.own_counts else 0

    def _base(
        self, printed: Mapping[str, Any], place: int, parts: Sequence[Ends] | None, room: int = 0, off: int = 0
    ) -> None:
        if printed["base"] is None:
            return
        rules = self.asked.rules
        low, high = total_ends(printed["base"], rules, self._within(parts), room=room, plain=self.plain)
        if isinstance(printed["base"], int):
            low, high = max(low - off, rules.least_base), high + off
        if "small_group" in printed and not off:
            label = label_ends(printed["small_group"], printed["base"], rules)
            low, high = max(low, label[0]), min(high, label[1])
        self.puzzle.low[place] = max(self.puzzle.low[place], low)
        self.puzzle.high[place] = min(self.puzzle.high[place], high)

    def _within(self, parts: Sequence[Ends] | None) -> Ends | None:
        """Return what a base is held within: what its parts add up to, or from the largest of several choices on."""
        if not parts:
            return None
        low, high = sum_ends(parts)
        if self.asked.several:
            return max(self.asked.rules.least_base, *(low for low, _ in parts)), max(self.asked.rules.least_base, high)
        return max(self.asked.rules.least_base, low), max(self.asked.rules.least_base, high)

    def _adds_up(self, base: int, names: Sequence[object]) -> None:
        places = [self.puzzle.names[name] for name in names]
        if not self.asked.several:
            self.puzzle.equal(base, places)
            return
        for place in places:
            self.puzzle.add([(base, 1), (place, -1)], 0, MANY)
        self.puzzle.add([(base, 1), *((place, -1) for place in places)], -MANY, 0)

    def _figure(self, printed: Mapping[str, Any], ends: Mapping[int, Ends]) -> None:
        """Read a headline: the counts and bases whose share and range round to what stands there."""
        from tests.attack.headlines import read_headline

        meaning = next((each for each in self.asked.figures if each.name == printed["name"]), None)
        if meaning is not None and printed.get("value") is not None:
            read_headline(self.puzzle, printed, meaning, ends, self.asked.rules)

    def broken_down(self, table: Mapping[str, Any]) -> None:
        """Read one breakdown: each group's people by band, and what they add up to."""
        by = tuple(table["by"])
        shown = {tuple(line["group"]): line for line in table["groups"]}
        self.tables.append(by)
        for group in self.breakdowns.of(by):
            self._group(by, group, shown.get(group))
        for column in range(len(self.asked.bands)):
            self._columns_add_up(by, column)
        self._sizes_add_up(by)

    def _group(self, by: tuple[str, ...], group: Group, line: Mapping[str, Any] | None) -> None:
        puzzle = self.puzzle
        size = puzzle.number(("size", by, group), *self._size(by, group))
        printed = (line or {}).get("counts") or []
        read = count_ends if self.own_counts else wide_ends
        ends = [read(count, self.asked.rules) for count in printed]
        names = [("cell", by, group, column) for column in range(len(self.asked.bands))]
        for at, name in enumerate(names):
            puzzle.number(name, *(ends[at] if ends else (0, MANY)))
        base = puzzle.number(("base", by, group), 0, MANY)
        if line is not None and line.get("reason") == "not_asked":
            puzzle.high[base] = 0
        elif line is not None:
            self._base(line, base, [count_ends(count, self.asked.rules) for count in printed] or None, off=self._off)
        self._adds_up(base, names)
        rest = puzzle.number(("rest", by, group), 0, MANY)
        puzzle.equal(size, [base, rest])

    def _size(self, by: tuple[str, ...], group: Group) -> Ends:
        known = self.insider.sizes.get(by, {}) if self.insider else {}
        return (known[group],) * 2 if group in known else (0, MANY)

    def _columns_add_up(self, by: tuple[str, ...], column: int) -> None:
        puzzle, groups = self.puzzle, self.breakdowns.of(by)
        whole = puzzle.number(("band", column), 0, MANY)
        options = [puzzle.names[("option", code)] for code in sorted(self.asked.bands[column])]
        puzzle.equal(whole, options)
        puzzle.equal(whole, [puzzle.names[("cell", by, group, column)] for group in groups])
        self._within_others(by, ("cell",), (column,))

    def _sizes_add_up(self, by: tuple[str, ...]) -> None:
        puzzle, groups = self.puzzle, self.breakdowns.of(by)
        puzzle.equal(puzzle.names["people"], [puzzle.names[("size", by, group)] for group in groups])
        puzzle.equal(puzzle.names["base"], [puzzle.names[("base", by, group)] for group in groups])
        for kind in ("size", "base", "rest"):
            self._within_others(by, (kind,), ())

    def _within_others(self, by: tuple[str, ...], before: tuple[str, ...], after: tuple[int, ...]) -> None:
        """Hold coarser groups to be the sums of finer ones, wherever both have been read."""
        places = self.puzzle.names
        for finer in self.tables:
            for whole, groups in coarser(finer, self.breakdowns):
                if by in (finer, whole) and whole in self.tables:
                    for group, parts in groups.items():
                        name = (*before, whole, group, *after)
                        self.puzzle.equal(places[name], [places[(*before, finer, one, *after)] for one in parts])


def coarser(by: tuple[str, ...], breakdowns: Breakdowns) -> list[tuple[tuple[str, ...], dict[Group, list[Group]]]]:
    """Return the coarser breakdowns of one, each with its groups and the finer groups that make them up."""
    ways: list[tuple[tuple[str, ...], dict[Group, list[Group]]]] = []
    groups = breakdowns.of(by)
    if len(by) == 2:
        ways.extend(((by[at],), _gathered(groups, [(group[at],) for group in groups])) for at in (0, 1))
    for at, name in enumerate(by):
        if name in breakdowns.parents:
            parent, of = breakdowns.parents[name]
            up = (*by[:at], parent, *by[at + 1 :])
            moved = [(*group[:at], of.get(group[at], UNTOLD), *group[at + 1 :]) for group in groups]
            ways.append((up, _gathered(groups, moved)))
    return ways


def _gathered(groups: Sequence[Group], into: Sequence[Group]) -> dict[Group, list[Group]]:
    found: dict[Group, list[Group]] = {}
    for group, whole in zip(groups, into, strict=True):
        found.setdefault(whole, []).append(group)
    return found
