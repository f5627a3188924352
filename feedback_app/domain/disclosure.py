"""Disclosure control, rules R0 to R2: the only way from exact counts to anything that may be shown.

``protect`` turns exact tables into a ``SafeRelease``. Pages, charts, downloads and reports accept nothing else, and
the safe objects hold no way back to the exact counts.

- R0: a base under 10 (20 where respondents may be under 18) shows nothing else.
- R1: a count under T, zero included, is shown as "c"; other counts are rounded to 5. T is 5, or 10 for minors and
  sensitive items.
- R2: what is derived from counts comes from protected ones, or from exact ones for a whole wave of 100 or more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from types import MappingProxyType
from typing import Any, Literal, Self

from feedback_app.domain.disclosure_rules import (
    TELLS_HIDDEN,
    ItemTable,
    Rule,
    counts_to_use,
    withheld_figure,
    withheld_whole,
)
from feedback_app.domain.headlines import HeadlineSpec
from feedback_app.domain.missing import MISSING_KEYS
from feedback_app.domain.policy import Policy
from feedback_app.domain.ranges import Range, rounded, rounded_range
from feedback_app.domain.scoring import Counts, round_half_up

HIDDEN: Literal["c"] = "c"
_SEAL = object()

__all__ = [
    "HeadlineSpec", "ItemTable", "Policy", "SafeCount", "SafeFigure", "SafeRelease", "SafeShare", "SafeTable",
    "protect", "total_safe",
]  # fmt: skip


class _Sealed:
    """A value that only this module makes: copies are the object itself, and it cannot be pickled or subclassed."""

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        if cls.__module__ != __name__:
            raise TypeError("protected values cannot be subclassed")

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise TypeError("protected values are made by protect() and total_safe() only")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce_ex__(self, protocol: object) -> Any:
        raise TypeError("protected values are not pickled: use as_dict()")


@dataclass(frozen=True, slots=True)
class SafeCount(_Sealed):
    """A count that may be shown: ``value`` (rounded) or ``symbol``; the true one lies in ``low`` to ``high``."""

    seal: InitVar[object]
    value: int | None
    symbol: Literal["c"] | None
    low: int
    high: int

    def as_plain(self) -> int | str:
        """Return the rounded count, or "c" when it is hidden."""
        return HIDDEN if self.value is None else self.value

    def as_total(self) -> int | dict[str, int]:
        """Return the rounded total, or {"fewer_than": n} when it is too small to show."""
        return {"fewer_than": self.high + 1} if self.value is None else self.value


@dataclass(frozen=True, slots=True)
class SafeShare(_Sealed):
    """One option of a distribution: protected count, and whole percent of the protected base or None if hidden."""

    seal: InitVar[object]
    code: int
    count: SafeCount
    percent: int | None

    def as_dict(self) -> dict[str, Any]:
        """Return the option as plain data for JSON."""
        return {"code": self.code, "count": self.count.as_plain(), "percent": self.percent}


@dataclass(frozen=True, slots=True)
class SafeFigure(_Sealed):
    """A headline in whole numbers, or None with the rule in ``withheld`` and a machine ``reason``."""

    seal: InitVar[object]
    name: str
    value: int | None
    low: int | None
    high: int | None
    base: SafeCount
    withheld: Rule | None = None
    reason: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the figure as plain data for JSON; a withheld one has its name and rule alone."""
        if self.withheld:
            return {"name": self.name, "withheld": self.withheld}
        interval = {"low": self.low, "high": self.high}
        return {"name": self.name, "value": self.value, **interval, "base": self.base.as_total()}


@dataclass(frozen=True, slots=True)
class SafeTable(_Sealed):
    """One item as it may be shown; ``withheld`` is the rule that holds back everything but the base."""

    seal: InitVar[object]
    code: str
    type: str
    base: SafeCount
    small_group: bool
    missing: Mapping[str, SafeCount] = field(hash=False)
    distribution: tuple[SafeShare, ...]
    figures: tuple[SafeFigure, ...]
    withheld: Rule | None = None
    reason: str | None = None

    @property
    def headline(self) -> SafeFigure | None:
        """Return the first figure, or None for an item without any."""
        return self.figures[0] if self.figures else None

    def as_dict(self) -> dict[str, Any]:
        """Return the table as plain data for JSON: whole numbers, "c", and {"fewer_than": n} for a small base."""
        plain: dict[str, Any] = {
            "code": self.code,
            "type": self.type,
            "base": self.base.as_total(),
            "small_group": self.small_group,
            "missing": {kind: count.as_plain() for kind, count in self.missing.items()},
            "distribution": [share.as_dict() for share in self.distribution],
            "headline": self.headline.as_dict() if self.headline else None,
            "figures": [figure.as_dict() for figure in self.figures],
        }
        return plain | ({"withheld": self.withheld, "reason": self.reason} if self.withheld else {})


@dataclass(frozen=True, slots=True)
class SafeRelease(_Sealed):
    """The protected tables of one release, in the order they were given."""

    seal: InitVar[object]
    tables: tuple[SafeTable, ...]

    def __iter__(self) -> Iterator[SafeTable]:
        return iter(self.tables)

    def __len__(self) -> int:
        return len(self.tables)

    def __getitem__(self, position: int) -> SafeTable:
        return self.tables[position]

    def as_dict(self) -> list[dict[str, Any]]:
        """Return the tables as a list of plain data for JSON."""
        return [table.as_dict() for table in self.tables]


def total_safe(count: int, policy: Policy, minors: bool = False) -> SafeCount:
    """Return a total of people as it may be shown: rounded on its own (R2), or "fewer than" the minimum base (R0).

    Its range also tells which side of the small group label it lies on, because readers see the label.
    """
    if count < 0:
        raise ValueError("a total cannot be negative")
    least = policy.base_for(minors)
    if count < least:
        return SafeCount(_SEAL, None, HIDDEN, 0, least - 1)
    low, high = rounded_range(count, policy.rounding, least)
    if count < policy.small_group:
        high = min(high, policy.small_group - 1)
    else:
        low = max(low, policy.small_group)
    return SafeCount(_SEAL, rounded(count, policy.rounding), None, low, high)


def protect(tables: Sequence[ItemTable], policy: Policy) -> SafeRelease:
    """Protect all tables of a whole wave by R0 to R2, in their order; ValueError when an item is given twice.

    A headline needs every part it adds up, and every part that it and the figures before it would let a reader
    subtract, to hold T people or more (else R1). From 100 answers up it is computed from exact counts; below, and
    when the exact sums would pin a hidden count down to fewer than three candidates, from each part's sum rounded
    on its own; when even those sums would, it is withheld (R2). A small cell beside a large one is therefore no
    obstacle: only the sum of both goes in.
    """
    codes = [table.code for table in tables]
    if len(set(codes)) != len(codes):
        raise ValueError("an item stands twice in one release")
    return SafeRelease(_SEAL, tuple(_protect_table(table, policy) for table in tables))


def _protect_table(table: ItemTable, policy: Policy) -> SafeTable:
    count = table.counts.base
    base = total_safe(count, policy, table.minors)
    small = policy.base_for(table.minors) <= count < policy.small_group
    if held := withheld_whole(table, policy):
        figures = tuple(_withheld(spec, base, *held) for spec in table.headlines)
        return SafeTable(_SEAL, table.code, table.type, base, small, MappingProxyType({}), (), figures, *held)
    threshold = policy.threshold_for(table.minors, table.sensitive)
    given = table.counts.missing
    missing = {key: _safe_count(given[key], threshold, policy) for key in MISSING_KEYS if key in given}
    options = sorted(table.counts.values) if len(table.possible) > 1 else ()
    shares = tuple(_safe_share(table, code, base, policy) for code in options)
    figures = _safe_figures(table, {share.code: share.count for share in shares}, base, policy)
    return SafeTable(_SEAL, table.code, table.type, base, small, MappingProxyType(missing), shares, figures)


def _safe_count(count: int, threshold: int, policy: Policy) -> SafeCount:
    if count < threshold:
        return SafeCount(_SEAL, None, HIDDEN, 0, threshold - 1)
    return SafeCount(_SEAL, rounded(count, policy.rounding), None, *rounded_range(count, policy.rounding, threshold))


def _safe_share(table: ItemTable, code: int, base: SafeCount, policy: Policy) -> SafeShare:
    if code in table.structural_zeros:
        return SafeShare(_SEAL, code, SafeCount(_SEAL, 0, None, 0, 0), 0)
    count = _safe_count(table.counts.values[code], policy.threshold_for(table.minors, table.sensitive), policy)
    if count.value is None or not base.value:
        return SafeShare(_SEAL, code, count, None)
    if count.value >= base.value and len(table.possible) > 1 and not table.multi:
        return SafeShare(_SEAL, code, count, None)  # rounded counts cannot know that all gave it
    return SafeShare(_SEAL, code, count, int(round_half_up(100 * count.value / base.value)))


def _safe_figures(
    table: ItemTable, cells: Mapping[int, SafeCount], whole: SafeCount, policy: Policy
) -> tuple[SafeFigure, ...]:
    ranges = {code: Range(cell.low, cell.high) for code, cell in cells.items()}
    told, figures = [table.possible], []
    for spec in table.headlines:
        parts = spec.parts(table.possible)
        subtracted = [both for part in parts for known in told if (both := part & known)]
        answered = table.counts.of(spec.within) if spec.within else table.counts.base
        base = total_safe(answered, policy, table.minors)
        if held := withheld_figure(spec, table, answered, (*parts, *subtracted), policy):
            figures.append(_withheld(spec, base, *held))
            continue
        exact = answered >= policy.exact_headline_base
        counts = counts_to_use(table, (parts, subtracted), ranges, Range(whole.low, whole.high), policy, exact)
        if counts is None:
            figures.append(_withheld(spec, base, "R2", TELLS_HIDDEN))
            continue
        figures.append(_shown(spec, counts, base))
        told = subtracted + [rest for known in told if (rest := known.difference(*parts))]
    return tuple(figures)


def _shown(spec: HeadlineSpec, counts: Counts, base: SafeCount) -> SafeFigure:
    figure = spec.function(counts)
    value, low, high = (
        None if number is None else int(round_half_up(number)) for number in (figure.value, figure.low, figure.high)
    )
    return SafeFigure(_SEAL, spec.name, value, low, high, base)


def _withheld(spec: HeadlineSpec, base: SafeCount, rule: Rule, reason: str) -> SafeFigure:
    return SafeFigure(_SEAL, spec.name, None, None, None, base, rule, reason)
