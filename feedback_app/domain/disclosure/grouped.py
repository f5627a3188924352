"""Exact counts of questions by group, on their way into the gate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from feedback_app.domain.disclosure.rules import ItemTable
from feedback_app.domain.scoring.headlines import HeadlineSpec

UNTOLD = -1  # the group of people who told of none
MOST_BREAKDOWNS = 2
Group = tuple[int, ...]  # one code for each breakdown, in the order of `by`; UNTOLD where a person told of none


@dataclass(frozen=True)
class Dimension:
    """What answers are broken down by: its groups in the order shown, and the coarser breakdown they add up to.

    ``parent`` names that breakdown (the locality of a district), ``parent_of`` is group -> the parent's group.
    """

    name: str
    groups: tuple[int, ...]
    parent: str | None = None
    parent_of: Mapping[int, int] = field(default_factory=dict, hash=False)
    geographical: bool = False


@dataclass(frozen=True)
class Band:
    """A column of a breakdown: options that are counted together, because alone they would mostly be hidden."""

    name: str
    codes: frozenset[int]


@dataclass(frozen=True)
class GroupedTable:
    """One question by the groups of one or two breakdowns: ``people`` group -> option code -> people.

    ``missing`` is group -> people with no valid answer. ``answered``, of an item with several choices, is group ->
    people who chose any. ``not_asked``: groups that no route leads to this question. ``places``, where it matters,
    is group -> how many settings or sessions its answers came through (R0).
    """

    by: tuple[str, ...]
    people: Mapping[Group, Mapping[int, int]]
    missing: Mapping[Group, int]
    answered: Mapping[Group, int] | None = None
    not_asked: frozenset[Group] = frozenset()
    places: Mapping[Group, int] | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for more breakdowns than may be shown at once, and for counts that do not fit."""
        if not 1 <= len(self.by) <= MOST_BREAKDOWNS or len(set(self.by)) != len(self.by):
            raise ValueError("a table is broken down by one or two different breakdowns")
        if set(self.people) != set(self.missing):
            raise ValueError("answers and missing answers are not of the same groups")

    def base(self, group: Group) -> int:
        """Return how many people of a group gave a valid answer."""
        return sum(self.people[group].values()) if self.answered is None else self.answered[group]


@dataclass(frozen=True)
class Question:
    """One question of a release: its table of the whole wave, its columns in a breakdown, and its counts by group.

    ``spec`` is the figure that each group is shown with, computed from protected counts, or None.
    """

    table: ItemTable
    bands: tuple[Band, ...]
    grouped: tuple[GroupedTable, ...]
    spec: HeadlineSpec | None = None
