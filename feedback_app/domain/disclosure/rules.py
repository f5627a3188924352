"""What the rules R0 to R2 decide about one item's exact counts, before anything is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.ranges import Range, narrows_a_hidden_count, rounded, rounded_range
from feedback_app.domain.scoring.counts import Counts
from feedback_app.domain.scoring.headlines import HeadlineSpec

Rule = Literal["R0", "R1", "R2"]
TOO_ALIKE = "answers_too_alike"
PART_TOO_SMALL = "part_below_threshold"
TELLS_HIDDEN = "would_narrow_a_hidden_count"


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

    @property
    def possible(self) -> frozenset[int]:
        """Return the codes of the options that somebody could choose."""
        return frozenset(self.counts.values) - self.structural_zeros


def withheld_whole(table: ItemTable, policy: Policy) -> tuple[Rule, str] | None:
    """Return the rule and reason that hold back everything but the base of a table (R0, R2), or None."""
    base, most = table.counts.base, max(table.counts.values.values(), default=0)
    least = policy.base_for(table.minors)
    if base < least:
        return "R0", f"fewer_than_{least}"
    if len(table.possible) < 2:
        return None  # how many wrote something: there is no answer to be alike in
    alike = base - most < policy.threshold_for(table.minors, sensitive=True) if table.sensitive else base == most
    if alike and (table.sensitive or base < policy.same_answer_base):
        return "R2", TOO_ALIKE
    return None


def withheld_figure(
    spec: HeadlineSpec, table: ItemTable, answered: int, parts: Sequence[frozenset[int]], policy: Policy
) -> tuple[Rule, str] | None:
    """Return the rule and reason that hold back one figure (R0, R1; NPS under 30 by brief 3.5), or None."""
    least = max(spec.minimum_base, policy.base_for(table.minors))
    if answered < least:
        return "R0", f"fewer_than_{least}"
    threshold = policy.threshold_for(table.minors, table.sensitive)
    return ("R1", PART_TOO_SMALL) if any(table.counts.of(part) < threshold for part in parts) else None


def counts_to_use(
    table: ItemTable,
    parts: tuple[list[frozenset[int]], list[frozenset[int]]],
    ranges: Mapping[int, Range],
    whole: Range,
    policy: Policy,
    exact: bool,
) -> Counts | None:
    """Return exact counts, or each part's rounded sum on one of its options, or None when both tell too much."""
    summed, told = parts
    threshold = policy.threshold_for(table.minors, table.sensitive)
    hidden = {code for code in table.possible if ranges[code].low < threshold}
    sums = {part: table.counts.of(part) for part in told}
    points = {part: Range(count, count) for part, count in sums.items()}
    if exact and not narrows_a_hidden_count(ranges, hidden, points, whole):
        return table.counts
    rough = {part: Range(*rounded_range(count, policy.rounding, threshold)) for part, count in sums.items()}
    if narrows_a_hidden_count(ranges, hidden, rough, whole):
        return None
    stand_ins = {max(part): rounded(table.counts.of(part), policy.rounding) for part in summed}
    return Counts({code: stand_ins.get(code, 0) for code in table.counts.values})
