"""Which headline figures an item has, and which groups of options each of them adds up."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from feedback_app.domain.scoring import changes, figures
from feedback_app.domain.scoring.changes import Change, People
from feedback_app.domain.scoring.counts import Counted
from feedback_app.domain.scoring.figures import BOTTOM_TWO, TOP_TWO, Figure

FIVE_POINT_TYPES = frozenset({"freq5", "agree5", "sat5", "ease5", "conf5", "smiley5"})


class ChangeOf(Protocol):
    """How a headline's change between two waves is computed, in points; None when a wave has no answers."""

    def __call__(self, before: Counted, after: Counted, *, people: People | None = None) -> Change | None:
        """Return the change; ``people`` are the unweighted counts of both waves, needed with weighted ones."""


@dataclass(frozen=True)
class HeadlineSpec:
    """How a headline is computed: ``function`` may depend on nothing but the sums of ``groups`` and of the rest.

    Without groups every option counts as a group of its own. ``within`` names the options that make the base (all of
    them if empty). Under ``minimum_base`` answers the figure is never shown. ``change`` rests on the same sums in
    both waves, or is None: a figure without an interval has none of its change.
    """

    name: str
    function: Callable[[Counted], Figure]
    groups: tuple[frozenset[int], ...] = ()
    minimum_base: int = 0
    within: frozenset[int] = frozenset()
    change: ChangeOf | None = None

    def __post_init__(self) -> None:
        """Raise ValueError when an option stands in two groups, or in a group but not in the base."""
        grouped: frozenset[int] = frozenset().union(*self.groups)
        if len(grouped) != sum(len(group) for group in self.groups):
            raise ValueError(f"{self.name}: an option stands in two groups")
        if self.within and not grouped <= self.within:
            raise ValueError(f"{self.name}: an option is counted that is not in the base")

    @property
    def is_share(self) -> bool:
        """Return whether the figure is a share of people, with Wilson's interval."""
        return self.change is not None and self.name != "nps"

    def parts(self, possible: frozenset[int]) -> list[frozenset[int]]:
        """Return the disjoint groups of possible options this rests on; those of the base it does not name are one."""
        based = possible & self.within if self.within else possible
        if not self.groups:
            return [frozenset({code}) for code in sorted(based)]
        rest = based.difference(*self.groups)
        return [group & based for group in self.groups] + ([rest] if rest else [])


def _nps_change(before: Counted, after: Counted, *, people: People | None = None) -> Change | None:
    return changes.nps_change(before, after)  # its test needs no people: it is not one of counts


CSAT = HeadlineSpec(
    "csat", figures.csat, (frozenset(TOP_TWO),), change=partial(changes.share_change, codes=frozenset(TOP_TWO))
)
MEAN_SATISFACTION = HeadlineSpec("mean_satisfaction", figures.mean_satisfaction)
NPS = HeadlineSpec(
    "nps", figures.nps, (figures.NPS_PROMOTERS, figures.NPS_DETRACTORS), figures.NPS_MINIMUM_BASE, change=_nps_change
)


def share_headline(name: str, codes: Collection[int], base: Collection[int] = ()) -> HeadlineSpec:
    """Return the headline "share of ``codes`` among the answers in ``base``", 0 to 100; an empty base means all."""
    function = partial(figures.share_of, name=name, codes=tuple(codes), base=tuple(base))
    change = partial(changes.share_change, codes=tuple(codes), within=tuple(base))
    return HeadlineSpec(name, function, (frozenset(codes),), within=frozenset(base), change=change)


def headlines_for(
    item_type: str,
    *,
    top: Collection[int] = (),
    bottom: Collection[int] = (),
    reverse_coded: bool = False,
) -> tuple[HeadlineSpec, ...]:
    """Return an item type's headlines, most important first (docs/statistics.md); none for choices and text.

    ``top`` and ``bottom`` are the item's own option codes where they differ from 5, 4 and 1, 2 (three faces: 3 and 1).
    """
    if item_type == "csat5":
        return CSAT, MEAN_SATISFACTION
    if item_type == "nps11":
        return (NPS,)
    if item_type == "smiley3":
        return share_headline("top_face", top or (3,)), share_headline("bottom_face", bottom or (1,))
    if item_type not in FIVE_POINT_TYPES:
        return ()
    if reverse_coded:
        return (share_headline("favourable", bottom or BOTTOM_TWO),)
    return (share_headline("top_two_box", top or TOP_TWO),)
