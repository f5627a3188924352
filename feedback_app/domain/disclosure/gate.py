"""The gate, rules R0 to R2: the only way from exact counts to anything that may be shown.

``protect`` turns exact tables into a ``SafeRelease``. Pages, charts, downloads and reports accept nothing else.

- R0: a base under 10 (20 where respondents may be under 18) shows nothing else.
- R1: a count under T, zero included, is shown as "c"; other counts are rounded to 5. T is 5, or 10 for minors and
  sensitive items.
- R2: what is derived from counts comes from protected ones, or from exact ones for a whole wave of 100 or more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.ranges import Range, rounded, rounded_range
from feedback_app.domain.disclosure.rules import (
    TELLS_HIDDEN,
    ItemTable,
    Rule,
    counts_to_use,
    withheld_figure,
    withheld_whole,
)
from feedback_app.domain.disclosure.safe import HIDDEN, SEAL, SafeCount, SafeFigure, SafeRelease, SafeShare, SafeTable
from feedback_app.domain.missing import MISSING_KEYS
from feedback_app.domain.scoring.counts import Counts
from feedback_app.domain.scoring.headlines import HeadlineSpec
from feedback_app.domain.scoring.rounding import round_half_up


def total_safe(count: int, policy: Policy, minors: bool = False) -> SafeCount:
    """Return a total of people as it may be shown: rounded on its own (R2), or "fewer than" the minimum base (R0).

    Its range also tells which side of the small group label it lies on, because readers see the label.
    """
    if count < 0:
        raise ValueError("a total cannot be negative")
    least = policy.base_for(minors)
    if count < least:
        return SafeCount(SEAL, None, HIDDEN, 0, least - 1)
    low, high = rounded_range(count, policy.rounding, least)
    if count < policy.small_group:
        high = min(high, policy.small_group - 1)
    else:
        low = max(low, policy.small_group)
    return SafeCount(SEAL, rounded(count, policy.rounding), None, low, high)


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
    return SafeRelease(SEAL, tuple(_protect_table(table, policy) for table in tables))


def _protect_table(table: ItemTable, policy: Policy) -> SafeTable:
    count = table.counts.base
    base = total_safe(count, policy, table.minors)
    small = policy.base_for(table.minors) <= count < policy.small_group
    if held := withheld_whole(table, policy):
        figures = tuple(_withheld(spec, base, *held) for spec in table.headlines)
        return SafeTable(SEAL, table.code, table.type, base, small, MappingProxyType({}), (), figures, *held)
    threshold = policy.threshold_for(table.minors, table.sensitive)
    given = table.counts.missing
    missing = {key: _safe_count(given[key], threshold, policy) for key in MISSING_KEYS if key in given}
    options = sorted(table.counts.values) if len(table.possible) > 1 else ()
    shares = tuple(_safe_share(table, code, base, policy) for code in options)
    figures = _safe_figures(table, {share.code: share.count for share in shares}, base, policy)
    return SafeTable(SEAL, table.code, table.type, base, small, MappingProxyType(missing), shares, figures)


def _safe_count(count: int, threshold: int, policy: Policy) -> SafeCount:
    if count < threshold:
        return SafeCount(SEAL, None, HIDDEN, 0, threshold - 1)
    return SafeCount(SEAL, rounded(count, policy.rounding), None, *rounded_range(count, policy.rounding, threshold))


def _safe_share(table: ItemTable, code: int, base: SafeCount, policy: Policy) -> SafeShare:
    if code in table.structural_zeros:
        return SafeShare(SEAL, code, SafeCount(SEAL, 0, None, 0, 0), 0)
    count = _safe_count(table.counts.values[code], policy.threshold_for(table.minors, table.sensitive), policy)
    if count.value is None or not base.value:
        return SafeShare(SEAL, code, count, None)
    if count.value >= base.value and len(table.possible) > 1 and not table.multi:
        return SafeShare(SEAL, code, count, None)  # rounded counts cannot know that all gave it
    return SafeShare(SEAL, code, count, int(round_half_up(100 * count.value / base.value)))


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
    return SafeFigure(SEAL, spec.name, value, low, high, base)


def _withheld(spec: HeadlineSpec, base: SafeCount, rule: Rule, reason: str) -> SafeFigure:
    return SafeFigure(SEAL, spec.name, None, None, None, base, rule, reason)
