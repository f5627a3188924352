"""Which groups of a breakdown are shown at all, judged by how many people they hold: the same for every question.

The size of a shown group, and how many answered in all, are taken as known exactly, so the people of the groups not
shown are known as one sum. A hidden group is never to be all that this sum leaves (R0, R4).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import product

from feedback_app.domain.disclosure.grouped import MOST_BREAKDOWNS, UNTOLD, Dimension, Group
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.ranges import SAFE_WIDTH

By = tuple[str, ...]
People = Mapping[Group, int]
EVERYBODY: tuple[By, Group] = ((), ())


@dataclass(frozen=True)
class Pool:
    """Groups not shown whose people are known as one sum, where the small ones are too few to stand as all of it.

    So ``held``, the smallest of the shown, give way too; nobody is told which were ``small``. For these the sum of the
    small and of people who told of none is at most ``most``, and each held one has at most ``ceiling`` people.
    """

    by: By
    small: frozenset[Group]
    held: frozenset[Group]
    most: int
    ceiling: int


@dataclass(frozen=True)
class Sizes:
    """Exact sizes of all groups, never shown, and which are not shown: ``small``, ``distant`` or ``held``.

    ``held`` are told as kept private (for two breakdowns at once, as too close): those that give way, and the small
    ones they give way for. ``distant`` have answers from too few places.
    """

    dimensions: tuple[Dimension, ...]
    total: int
    people: Mapping[By, People]
    held: Mapping[By, frozenset[Group]]
    small: Mapping[By, frozenset[Group]]
    distant: Mapping[By, frozenset[Group]]
    pools: tuple[Pool, ...]

    def dimension(self, name: str) -> Dimension:
        """Return a breakdown by its name; KeyError for one that is not there."""
        return dimension_named(self.dimensions, name)

    def groups(self, by: By) -> tuple[Group, ...]:
        """Return the groups of a table in the order shown, without people who told of none."""
        return groups_of(self.dimensions, by)

    def is_shown(self, by: By, group: Group) -> bool:
        """Return whether a group may be shown, where the question allows it."""
        hidden = (self.held[by], self.small[by], self.distant[by])
        return UNTOLD not in group and not any(group in groups for groups in hidden)


def dimension_named(dimensions: Iterable[Dimension], name: str) -> Dimension:
    """Return the breakdown of that name; KeyError for one that is not there."""
    for dimension in dimensions:
        if dimension.name == name:
            return dimension
    raise KeyError(name)


def groups_of(dimensions: Sequence[Dimension], by: By, *, untold: bool = False) -> tuple[Group, ...]:
    """Return the groups of one breakdown or of two at once, ``untold`` with people who told of none last."""
    last = (UNTOLD,) if untold else ()
    return tuple(product(*((*dimension_named(dimensions, name).groups, *last) for name in by)))


def holders(dimensions: Sequence[Dimension], by: By, group: Group) -> list[tuple[By, Group]]:
    """Return the coarser tables, and the group of each, that hold a group whole: its breakdowns one by one, parents."""
    found: list[tuple[By, Group]] = []
    if len(by) > 1:
        found += [((name,), (code,)) for name, code in zip(by, group, strict=True)]
    for at, (name, code) in enumerate(zip(by, group, strict=True)):
        dimension = dimension_named(dimensions, name)
        if dimension.parent:
            above = UNTOLD if code == UNTOLD else dimension.parent_of[code]
            found.append(((*by[:at], dimension.parent, *by[at + 1 :]), (*group[:at], above, *group[at + 1 :])))
    return found


def settle_sizes(
    dimensions: Sequence[Dimension],
    sizes: Mapping[By, People],
    total: int,
    policy: Policy,
    *,
    minors: bool = False,
    places: Mapping[By, People] | None = None,
) -> Sizes:
    """Return which groups may be shown, by table; ValueError when the sizes given do not add up.

    ``sizes`` is ("district",) -> {(1,): 34, ..., (-1,): 7}, of two at once ("district", "helped") -> {(1, 2): 12, ...};
    ``places``, in the same way, through how many settings or sessions the answers came (children's alone, R0).
    Two breakdowns at once are judged by themselves and the single ones, so that one more changes none before it.
    """
    people = {by: _whole(tuple(dimensions), by, given, total) for by, given in sizes.items()}
    settling = _Settling(tuple(dimensions), people, policy, minors, places or {})
    for by in sorted(people, key=lambda by: (len(by), any(settling.parent(name) for name in by))):
        settling.settle(by)
    hidden = (settling.held, settling.small, settling.distant)
    held, small, distant = ({by: frozenset(groups) for by, groups in kind.items()} for kind in hidden)
    return Sizes(tuple(dimensions), total, people, held, small, distant, tuple(settling.pools))


def _whole(dimensions: tuple[Dimension, ...], by: By, given: People, total: int) -> People:
    """Return the sizes of all groups of a table, those not given empty."""
    if not 1 <= len(by) <= MOST_BREAKDOWNS or len(set(by)) != len(by):
        raise ValueError("a table is broken down by one or two different breakdowns")
    if len(by) > 1 and any(dimension_named(dimensions, name).parent in by for name in by):
        raise ValueError(f"{by}: a breakdown is not crossed with the coarser one it adds up to")
    every = groups_of(dimensions, by, untold=True)
    if strange := [group for group, count in given.items() if group not in set(every) and count]:
        raise ValueError(f"{by}: people in groups that are not declared: {strange}")
    people = {group: given.get(group, 0) for group in every}
    if min(people.values(), default=0) < 0 or sum(people.values()) != total:
        raise ValueError(f"{by}: the groups do not add up to everybody who answered")
    return people


class _Settling:
    """What has been decided so far, one table after another: single breakdowns first, coarser before finer."""

    def __init__(
        self,
        dimensions: tuple[Dimension, ...],
        people: Mapping[By, People],
        policy: Policy,
        minors: bool,
        places: Mapping[By, People],
    ) -> None:
        self._dimensions, self._people, self._places = dimensions, people, places if minors else {}
        self._least, self._threshold = policy.base_for(minors), policy.threshold_for(minors, sensitive=False)
        self._fewest_places = policy.minimum_places
        self.held: dict[By, set[Group]] = {}
        self.small: dict[By, set[Group]] = {}
        self.distant: dict[By, set[Group]] = {}
        self.pools: list[Pool] = []

    def parent(self, name: str) -> str | None:
        """Return the coarser breakdown that one adds up to, where it is in this release."""
        above = dimension_named(self._dimensions, name).parent
        return above if above and (above,) in self._people else None

    def settle(self, by: By) -> None:
        """Decide which groups of a table are shown."""
        groups = groups_of(self._dimensions, by)
        people = self._people[by]
        self.small[by] = {group for group in groups if people[group] < self._least}
        self.distant[by] = {group for group in groups if self._is_distant(by, group)} - self.small[by]
        orphaned = {group for group in groups if not self._are_shown(self._above(by, group))}
        self.held[by] = orphaned - self.small[by] - self.distant[by]
        lines = self._lines(by)
        while any(self._hold_back(by, line) for line in lines):
            continue  # one group fewer in a line leaves more hidden in the lines that cross it, never less

    def _is_distant(self, by: By, group: Group) -> bool:
        geographical = any(dimension_named(self._dimensions, name).geographical for name in by)
        places = self._places.get(by)
        return geographical and places is not None and places.get(group, 0) < self._fewest_places

    def _are_shown(self, above: Iterable[tuple[By, Group]]) -> bool:
        kinds = (self.held, self.small, self.distant)
        return not any(group in kind[by] for by, group in above for kind in kinds)

    def _above(self, by: By, group: Group) -> list[tuple[By, Group]]:
        """Return the groups of single breakdowns in this release that hold a group whole."""
        return [held for held in holders(self._dimensions, by, group) if len(held[0]) == 1 and held[0] in self._people]

    def _lines(self, by: By) -> list[list[Group]]:
        """Return the groups of a table that together are one shown group of a coarser table, or everybody."""
        lines: dict[tuple[By, Group], list[Group]] = {}
        for group in groups_of(self._dimensions, by, untold=True):
            told = [(table, one) for table, one in self._above(by, group) if UNTOLD not in one]
            for above in told or [EVERYBODY]:
                lines.setdefault(above, []).append(group)
        return [line for above, line in lines.items() if above == EVERYBODY or self._are_shown([above])]

    def _hold_back(self, by: By, line: Sequence[Group]) -> bool:
        """Hold back the smallest shown groups of a line, where its small ones are too few to be all that is hidden.

        One more where even so the size of what was held back could only be such that the small ones are known.
        """
        people = self._people[by]
        small = {group for group in line if group in self.small[by]}
        told_none = {group for group in line if UNTOLD in group}
        hidden = {group for group in line if group in self.small[by] | self.held[by] | self.distant[by]} | told_none
        giving_way: set[Group] = set()
        ceiling = 0
        while small and not self._has_room(people, small, hidden, giving_way, ceiling):
            shown = [group for group in line if group not in hidden]
            if not shown:
                break
            fewest = min(people[group] for group in shown)
            smallest = {group for group in shown if people[group] == fewest}
            giving_way |= smallest
            hidden |= smallest
            ceiling = min((people[group] - 1 for group in shown if group not in smallest), default=sum(people.values()))
        if not giving_way:
            return False
        pooled = frozenset(small | told_none)
        self.pools.append(Pool(by, pooled, frozenset(giving_way), self._threshold - 1, ceiling))
        self.held[by] |= giving_way | small
        return True

    def _has_room(
        self,
        people: People,
        small: AbstractSet[Group],
        hidden: AbstractSet[Group],
        giving_way: AbstractSet[Group],
        ceiling: int,
    ) -> bool:
        """Return whether the people of hidden groups, known as one sum, leave how many the small ones hold open."""
        whole = sum(people[group] for group in hidden)
        if not giving_way:
            return whole >= self._threshold
        number = len(giving_way)
        most = min(self._threshold - 1, whole - number * self._least)
        return most - max(0, whole - number * ceiling) >= SAFE_WIDTH
