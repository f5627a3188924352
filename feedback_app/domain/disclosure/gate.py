"""The gate for a whole wave, rules R0 to R3: the only way from exact counts to anything that may be shown.

``protect`` turns exact tables into a ``SafeRelease``. Pages, charts, downloads and reports accept nothing else.

- R0: a base under 10 (20 where respondents may be under 18) shows nothing else.
- R1: a count under T, zero included, is shown as "c"; other counts are rounded to 5. T is 5, or 10 for minors and
  sensitive items.
- R2: what is derived from counts comes from protected ones, or from exact ones for a whole wave of 100 or more.
- R3: whatever is shown leaves every hidden count at least three candidates.

What a table may rest on is decided in ``settling``, what each headline is computed from in ``sources``; scales are
protected in ``scales``, changes in ``changes``, breakdowns in ``breaking_down``.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.rules import ItemTable, ScaleTable, as_told
from feedback_app.domain.disclosure.safe import SafeCount, SafeRelease, SafeShare, SafeTable
from feedback_app.domain.disclosure.scales import protect_scale
from feedback_app.domain.disclosure.sealing import SEAL
from feedback_app.domain.disclosure.settling import settle
from feedback_app.domain.disclosure.sources import figure_of, headline_sources, weighted_sources
from feedback_app.domain.disclosure.totals import count_safe, is_small_group, total_safe
from feedback_app.domain.missing import MISSING_KEYS
from feedback_app.domain.scoring.rounding import round_half_up

__all__ = ["protect", "total_safe"]


def protect(tables: Sequence[ItemTable], policy: Policy, scales: Sequence[ScaleTable] = ()) -> SafeRelease:
    """Protect a whole wave's tables and scales by R0 to R3, in their order; ValueError when one is given twice.

    Each table rests on sums that leave every hidden count room, for a reader who knows the program and how many
    answered in all (``settling``). A headline needs every part it adds up, and every part that it and the figures
    before it would let a reader subtract, to hold T people or more (R1), and sums that may be told (R3). From 100
    answers up it is computed from those sums; below, from each sum rounded on its own (R2). Readers are told one rule
    and reason for all of these. A small cell beside a large one is therefore no obstacle: only the sum of both goes in.
    A weighted headline stands only beside an exact one, and only where each part holds T or more in every category
    that the two together would let a reader solve for. A table is withheld whole where its counts and the number of
    answers alone would leave a hidden count no room.
    """
    for given in ([table.code for table in tables], [scale.code for scale in scales]):
        if len(set(given)) != len(given):
            raise ValueError("an item or a scale stands twice in one release")
    safe = tuple(_protect_table(table, policy) for table in tables)
    return SafeRelease(SEAL, safe, tuple(protect_scale(scale, policy) for scale in scales))


def _protect_table(table: ItemTable, policy: Policy) -> SafeTable:
    settled = settle(table, policy)
    base, small = settled.base, is_small_group(settled.base, policy)
    figures, weighted = (
        tuple(figure_of(source) for source in sources(table, policy))
        for sources in (headline_sources, weighted_sources)
    )
    if settled.held:
        nothing = MappingProxyType[str, SafeCount]({})
        return SafeTable(
            SEAL, table.code, table.type, base, small, nothing, (), figures, *as_told(settled.held), weighted
        )
    threshold = policy.threshold_for(table.minors, table.sensitive)
    given = table.counts.missing if settled.kinds else {}
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
