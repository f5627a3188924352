"""Scale scores through the gate: a mean of people's scores, and how well the questions agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.ranges import SAFE_WIDTH, Range
from feedback_app.domain.disclosure.rules import (
    ITEMS_DISAGREE,
    KEPT_PRIVATE,
    TOO_ALIKE,
    Rule,
    ScaleTable,
    as_told,
    withheld_scale,
)
from feedback_app.domain.disclosure.safe import SafeAlpha, SafeCount, SafeFigure, SafeScale
from feedback_app.domain.disclosure.sealing import SEAL
from feedback_app.domain.disclosure.sources import whole_figure
from feedback_app.domain.disclosure.totals import count_safe, is_small_group, total_safe
from feedback_app.domain.scoring.reliability import TOO_FEW_ITEMS, AlphaReading, reading_of
from feedback_app.domain.scoring.rounding import round_half_up

if TYPE_CHECKING:
    from feedback_app.domain.scoring.reliability import Alpha
    from feedback_app.domain.scoring.scales import MeanScore

SCORE = "score"
MOST_DISAGREEING = 0.59
Held = tuple[Rule, str] | None


def protect_scale(table: ScaleTable, policy: Policy) -> SafeScale:
    """Return a scale as it may be shown: its mean from 100 people up (R2), in whole numbers on 0 to 100.

    An alpha under 0.6 holds the score back, and is itself told.
    """
    held = withheld_scale(table, policy)
    alpha = None if table.alpha is None else _alpha(table.alpha, table, as_told(held)[1] if held else None, policy)
    if held is None and alpha is not None and alpha.reason is None and _disagree(table.alpha):
        held = "method", ITEMS_DISAGREE
    score = _score(table.mean, table, held, policy)
    without = None if score.withheld == "R0" else _without(table, score.base, policy)
    small = is_small_group(score.base, policy)
    weighted = None if table.weighted is None else _weighted(table.weighted, table, held, policy)
    return SafeScale(SEAL, table.code, score, without, small, alpha, weighted)


def _disagree(alpha: Alpha | None) -> bool:
    """Return whether the items agree so little that the scale is not to be published."""
    return alpha is not None and alpha.value is not None and reading_of(alpha.value) is AlphaReading.SHOW_ITEMS_ONLY


def _weighted(mean: MeanScore, table: ScaleTable, held: Held, policy: Policy) -> SafeFigure:
    """Stand beside the plain score alone, from 100 people covered up."""
    if held is None and mean.base < policy.exact_headline_base:
        held = "R2", f"fewer_than_{policy.exact_headline_base}"
    if held is None and mean.withheld:
        held = "R2", TOO_ALIKE
    return _score(mean, table, held, policy)


def _without(table: ScaleTable, base: SafeCount, policy: Policy) -> SafeCount | None:
    """Return how many were asked but have no score, or None where all who were asked less the base would tell."""
    threshold = policy.threshold_for(table.minors, table.sensitive)
    shown = count_safe(table.mean.without, threshold, policy)
    asked = table.mean.base + table.mean.without
    low, high = Range(shown.low, shown.high).within(asked - base.high, asked - base.low)
    return None if shown.value is None and high - low < SAFE_WIDTH else shown


def _score(mean: MeanScore, table: ScaleTable, held: Held, policy: Policy) -> SafeFigure:
    base = total_safe(mean.base, policy, table.minors)
    return SafeFigure(SEAL, SCORE, None, None, None, base, *as_told(held)) if held else whole_figure(SCORE, mean, base)


def _alpha(alpha: Alpha, table: ScaleTable, held: str | None, policy: Policy) -> SafeAlpha:
    """Round to 2 decimals, from 100 complete answers up."""
    base = total_safe(alpha.people, policy, table.minors)
    if reason := held or _no_alpha(alpha, table, policy):
        return SafeAlpha(SEAL, None, None, None, alpha.items, base, reason)
    value, low, high = (
        None if number is None else round_half_up(number, 2) for number in (alpha.value, alpha.low, alpha.high)
    )
    if value is not None and _disagree(alpha):
        value = min(value, MOST_DISAGREEING)  # 0.597 is not shown as the 0.60 that would do
    return SafeAlpha(SEAL, value, low, high, alpha.items, base)


def _no_alpha(alpha: Alpha, table: ScaleTable, policy: Policy) -> str | None:
    """Return why reliability is not shown, without telling that nobody at all chose another answer to an item."""
    if alpha.refused == TOO_FEW_ITEMS:
        return alpha.refused
    if alpha.people < policy.exact_headline_base:
        return f"fewer_than_{policy.exact_headline_base}"
    least = policy.threshold_for(table.minors, table.sensitive)
    alike = table.alike_items is not None and table.alike_items < least
    return KEPT_PRIVATE if alike or alpha.refused else None
