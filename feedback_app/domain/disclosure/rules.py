"""What the rules R0 to R2 decide about one item's exact counts, before anything is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.scoring.counts import Counts, EffectiveCounts
from feedback_app.domain.scoring.headlines import HeadlineSpec

if TYPE_CHECKING:
    from feedback_app.domain.scoring.reliability import Alpha
    from feedback_app.domain.scoring.scales import MeanScore

# R0 to R2 keep people private. "method" keeps back a figure that would mislead.
Rule = Literal["R0", "R1", "R2", "R3", "R4", "method"]
TOO_ALIKE = "answers_too_alike"
PART_TOO_SMALL = "part_below_threshold"
ITEMS_DISAGREE = "items_disagree"
TELLS_HIDDEN = "would_narrow_a_hidden_count"
CATEGORY_TOO_SMALL = "part_below_threshold_in_a_category"
KEPT_PRIVATE = "kept_private"


@dataclass(frozen=True)
class Weighted:
    """Weighted answers to one item, and what of them an unweighted figure beside would let a reader work out.

    ``covered`` counts the people whom the weights cover, by option code; each of ``crosses`` those of them in one
    category of a margin that has three or fewer (plan or SEN support; the localities). ``within``: the options that
    make a figure's own base -> the answers of those people alone, scaled to their own effective base.
    """

    counts: EffectiveCounts
    covered: Mapping[int, int]
    crosses: tuple[Mapping[int, int], ...]
    within: Mapping[frozenset[int], EffectiveCounts] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise ValueError when the counts do not lie within each other, without telling any count."""
        if self.counts.people != sum(self.covered.values()):
            raise ValueError("the weighted answers are not those of the people covered")
        if any(not 0 <= count <= self.covered.get(code, 0) for cross in self.crosses for code, count in cross.items()):
            raise ValueError("a category holds more people than are covered")

    def groups(self, everybody: Counts) -> tuple[Mapping[int, int], ...]:
        """Return the answers by option of all covered, of each category, and of the others where there are any."""
        apart = {code: count - self.covered.get(code, 0) for code, count in everybody.values.items()}
        return (self.covered, *self.crosses, *([apart] if any(apart.values()) else []))


@dataclass(frozen=True)
class ItemTable:
    """Exact counts of one item on their way into ``protect``; ``structural_zeros`` are options nobody could choose."""

    code: str
    type: str
    counts: Counts
    headlines: tuple[HeadlineSpec, ...] = ()
    minors: bool = False
    sensitive: bool = False
    multi: bool = False
    structural_zeros: frozenset[int] = frozenset()
    weighted: Weighted | None = None
    invited: int | None = None  # how many are on the list, where everybody on one was invited and asked this
    kinds: frozenset[str] | None = None  # the kinds of missing answer that it can have, as all know; None: any counted
    makes_groups: bool = False  # answers are broken down by it, so readers may know how many chose each shown option

    def __post_init__(self) -> None:
        """Raise ValueError when the counts do not fit the kind of item, without telling any count."""
        if self.counts.answered is None and self.multi and self.counts.base:
            raise ValueError(f"{self.code}: several choices need the number of people who answered")
        if self.counts.answered is not None and not self.multi:
            raise ValueError(f"{self.code}: only an item with several choices counts its people apart")
        if self.multi and self.headlines:
            raise ValueError(f"{self.code}: an item with several choices has no headline")
        if self.counts.of(self.structural_zeros):
            raise ValueError(f"{self.code}: an option declared impossible was chosen")
        if self.weighted and self.headlines:
            self._check_weighted(self.weighted)

    def _check_weighted(self, weighted: Weighted) -> None:
        given = self.counts.values
        if set(weighted.counts.values) != set(given):
            raise ValueError(f"{self.code}: the weighted answers have other options")
        if any(not 0 <= count <= given.get(code, 0) for code, count in weighted.covered.items()):
            raise ValueError(f"{self.code}: the weights cover more people than answered")

    @property
    def possible(self) -> frozenset[int]:
        """Return the codes of the options that somebody could choose."""
        return frozenset(self.counts.values) - self.structural_zeros


@dataclass(frozen=True)
class ScaleTable:
    """A scale's exact mean on its way into ``protect``; ``alike`` counts the people not at the most common score.

    ``alike_items`` counts, of the people ``alpha`` rests on, those not at the most common answer of one of the items:
    the fewest of any item.
    """

    code: str
    minors: bool
    mean: MeanScore
    weighted: MeanScore | None
    alpha: Alpha | None
    alike: int
    sensitive: bool = False
    alike_items: int | None = None


def as_told(held: tuple[Rule, str]) -> tuple[Rule, str]:
    """Return a rule and reason as readers are told them: which of R1 and R2 it was would tell about hidden counts."""
    hidden = {TOO_ALIKE, PART_TOO_SMALL, CATEGORY_TOO_SMALL, TELLS_HIDDEN}
    return ("R1", KEPT_PRIVATE) if held[1] in hidden else held


def withheld_figure(
    spec: HeadlineSpec, table: ItemTable, answered: int, sums: Iterable[int], policy: Policy
) -> tuple[Rule, str] | None:
    """Return the rule and reason that hold back one figure (R0, R1; NPS under 30), or None.

    ``sums`` are those of all the sets of people that it and the figures before it would let a reader work out.
    """
    least = max(spec.minimum_base, policy.base_for(table.minors))
    if answered < least:
        return "R0", f"fewer_than_{least}"
    threshold = policy.threshold_for(table.minors, table.sensitive)
    return ("R1", PART_TOO_SMALL) if any(total < threshold for total in sums) else None


def withheld_weighted(
    weighted: Weighted, told: Sequence[frozenset[int]], table: ItemTable, policy: Policy
) -> tuple[Rule, str] | None:
    """Return the rule and reason that hold back a weighted figure beside an exact one (R1), or None.

    Two sums over the same people, one weighted, are two equations: whoever knows the weights can solve them for the
    two categories of a margin, or for the people covered and those not. So each part holds T or more in each.
    """
    threshold = policy.threshold_for(table.minors, table.sensitive)
    groups = weighted.groups(table.counts)
    small = any(sum(group.get(code, 0) for code in part) < threshold for part in told for group in groups)
    return ("R1", CATEGORY_TOO_SMALL) if small else None


def withheld_scale(table: ScaleTable, policy: Policy) -> tuple[Rule, str] | None:
    """Return the rule and reason that hold back a mean score (R0, R2): from 100 people up, not all alike; or None."""
    base, least = table.mean.base, policy.base_for(table.minors)
    if base < least:
        return "R0", f"fewer_than_{least}"
    if base < policy.exact_headline_base:
        return "R2", f"fewer_than_{policy.exact_headline_base}"
    alike = table.alike < policy.threshold_for(table.minors, table.sensitive) or table.mean.withheld
    return ("R2", TOO_ALIKE) if alike else None
