"""The gate, rules R0 to R2: the only way from exact counts to anything that may be shown.

``protect`` turns exact tables into a ``SafeRelease``. Pages, charts, downloads and reports accept nothing else.

- R0: a base under 10 (20 where respondents may be under 18) shows nothing else.
- R1: a count under T, zero included, is shown as "c"; other counts are rounded to 5. T is 5, or 10 for minors and
  sensitive items.
- R2: what is derived from counts comes from protected ones, or from exact ones for a whole wave of 100 or more.

What a headline is computed from is decided in ``sources``; scales are protected in ``scales``, changes in ``changes``.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.rules import ItemTable, ScaleTable, as_told, withheld_whole
from feedback_app.domain.disclosure.safe import SafeCount, SafeRelease, SafeShare, SafeTable
from feedback_app.domain.disclosure.scales import protect_scale
from feedback_app.domain.disclosure.sealing import SEAL
from feedback_app.domain.disclosure.sources import figure_of, headline_sources, weighted_sources
from feedback_app.domain.disclosure.totals import count_safe, is_small_group, total_safe
from feedback_app.domain.missing import MISSING_KEYS
from feedback_app.domain.scoring.rounding import round_half_up

__all__ = ["protect", "total_safe"]


def protect(tables: Sequence[ItemTable], policy: Policy, scales: Sequence[ScaleTable] = ()) -> SafeRelease:
    """Protect a whole wave's tables and scales by R0 to R2, in their order; ValueError when one is given twice.

    A headline needs every part it adds up, and every part that it and the figures before it would let a reader
    subtract, to hold T people or more (else R1). From 100 answers up it is computed from exact counts; below, and
    when the exact sums would pin a hidden count down to fewer than three candidates, from each part's sum rounded
    on its own; when even those sums would, it is withheld (R2). Readers are told one rule and reason for both. A small
    cell beside a large one is therefore no obstacle: only the sum of both goes in. A weighted headline stands only
    beside an exact one, and only where each part holds T or more in every category that the two together would let a
    reader solve for. What the shown counts alone, or a refusal, tell of a hidden one is not judged here (R3).
    """
    for given in ([table.code for table in tables], [scale.code for scale in scales]):
        if len(set(given)) != len(given):
            raise ValueError("an item or a scale stands twice in one release")
    safe = tuple(_protect_table(table, policy) for table in tables)
    return SafeRelease(SEAL, safe, tuple(protect_scale(scale, policy) for scale in scales))


def _protect_table(table: ItemTable, policy: Policy) -> SafeTable:
    base = total_safe(table.counts.base, policy, table.minors)
    small = is_small_group(table.counts.base, policy, table.minors)
    figures, weighted = (
        tuple(figure_of(source) for source in sources(table, policy))
        for sources in (headline_sources, weighted_sources)
    )
    if held := withheld_whole(table, policy):
        nothing = MappingProxyType[str, SafeCount]({})
        return SafeTable(SEAL, table.code, table.type, base, small, nothing, (), figures, *as_told(held), weighted)
    threshold = policy.threshold_for(table.minors, table.sensitive)
    given = table.counts.missing
    missing = {key: count_safe(given[key], threshold, policy) for key in MISSING_KEYS if key in given}
    options = sorted(table.counts.values) if len(table.possible) > 1 else ()
    shares = tuple(_safe_share(table, code, base, policy) for code in options)
    kinds = MappingProxyType(missing)
    return SafeTable(SEAL, table.code, table.type, base, small, kinds, shares, figures, weighted=weighted)


def _safe_share(table: ItemTable, code: int, base: SafeCount, policy: Policy) -> SafeShare:
    if code in table.structural_zeros:
        return SafeShare(SEAL, code, SafeCount(SEAL, 0, None, 0, 0), 0)
    count = count_safe(table.counts.values[code], policy.threshold_for(table.minors, table.sensitive), policy)
    if count.value is None or not base.value:
        return SafeShare(SEAL, code, count, None)
    if count.value >= base.value and len(table.possible) > 1 and not table.multi:
        return SafeShare(SEAL, code, count, None)  # rounded counts cannot know that all gave it
    return SafeShare(SEAL, code, count, int(round_half_up(100 * count.value / base.value)))
