"""What each headline is computed from, or why it is withheld: the one place where that is decided.

A figure of one wave and a change between two rest on the same counts, so that a change tells nothing that the two
figures have not been judged to tell.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.ranges import Range
from feedback_app.domain.disclosure.rules import (
    TELLS_HIDDEN,
    ItemTable,
    Rule,
    Weighted,
    counts_to_use,
    withheld_figure,
    withheld_weighted,
    withheld_whole,
)
from feedback_app.domain.disclosure.safe import SEAL, SafeCount, SafeFigure
from feedback_app.domain.disclosure.totals import count_safe, total_safe
from feedback_app.domain.scoring.counts import Counted, Counts
from feedback_app.domain.scoring.figures import Figure
from feedback_app.domain.scoring.headlines import HeadlineSpec
from feedback_app.domain.scoring.intervals import finite_population_n, wilson_interval
from feedback_app.domain.scoring.rounding import round_half_up

if TYPE_CHECKING:
    from feedback_app.domain.scoring.scales import MeanScore


@dataclass(frozen=True)
class Source:
    """The counts that one headline is computed from, or in ``held`` the rule and reason why there are none.

    ``people`` are the same answers unweighted, ``told`` the sums of options that the figure is taken to tell.
    """

    spec: HeadlineSpec
    base: SafeCount
    counts: Counted | None = None
    people: Counts | None = None
    told: tuple[frozenset[int], ...] = ()
    held: tuple[Rule, str] | None = None
    invited: int | None = None  # how many are on the list, where the range is that of a list
    kept_back: int = 0  # as many of the list are held not to have answered, at least: a hidden number may be so large


def headline_sources(table: ItemTable, policy: Policy) -> tuple[Source, ...]:
    """Return what each of an item's headlines is computed from, in their order (R0 to R2)."""
    if held := withheld_whole(table, policy):
        whole = total_safe(table.counts.base, policy, table.minors)
        return tuple(Source(spec, whole, held=held) for spec in table.headlines)
    told: list[frozenset[int]] = [table.possible]
    sources = []
    for spec in table.headlines:
        parts = spec.parts(table.possible)
        subtracted = [both for part in parts for known in told if (both := part & known)]
        source = _source(spec, table, (parts, subtracted), policy)
        sources.append(source)
        if source.held is None:
            told = subtracted + [rest for known in told if (rest := known.difference(*parts))]
    return tuple(sources)


def weighted_sources(table: ItemTable, policy: Policy) -> tuple[Source, ...]:
    """Return what each weighted headline is computed from, in their order; empty for an item without weights."""
    if table.weighted is None:
        return ()
    return tuple(_weighted_source(source, table, table.weighted, policy) for source in headline_sources(table, policy))


def figure_of(source: Source) -> SafeFigure:
    """Return the headline as it may be shown: in whole numbers, or withheld with its rule and reason."""
    if source.held or source.counts is None:
        rule, reason = source.held or ("R2", TELLS_HIDDEN)
        return SafeFigure(SEAL, source.spec.name, None, None, None, source.base, rule, reason)
    figure = source.spec.function(source.counts)
    return _of_list(source, figure) or whole_figure(source.spec.name, figure, source.base)


def _of_list(source: Source, figure: Figure) -> SafeFigure | None:
    """Return a share with the range of its list (brief 3.6), or None where there is none or it changes nothing.

    The range would tell how many on the list did not answer, and so that a hidden number of them is 0. So it is made
    from the rounded base, and as if as many were missing as a hidden number may hold.
    """
    if source.invited is None or source.base.value is None or figure.value is None:
        return None
    n = min(source.base.value, source.invited - source.kept_back)
    if n <= 0:
        return None
    interval = wilson_interval(min(n, figure.value / 100 * n), n, population=source.invited)
    if interval is None or finite_population_n(n, source.invited) == n:
        return None
    return whole_figure(
        source.spec.name, replace(figure, low=100 * interval.low, high=100 * interval.high), source.base, of_list=True
    )


def whole_figure(name: str, figure: Figure | MeanScore, base: SafeCount, *, of_list: bool = False) -> SafeFigure:
    """Return a figure that may be shown, in whole numbers, halves up."""
    value, low, high = (
        None if number is None else int(round_half_up(number)) for number in (figure.value, figure.low, figure.high)
    )
    return SafeFigure(SEAL, name, value, low, high, base, of_list=of_list)


def _source(
    spec: HeadlineSpec, table: ItemTable, parts: tuple[list[frozenset[int]], list[frozenset[int]]], policy: Policy
) -> Source:
    answered = table.counts.of(spec.within) if spec.within else table.counts.base
    base = total_safe(answered, policy, table.minors)
    told = (*parts[0], *parts[1])
    if held := withheld_figure(spec, table, answered, told, policy):
        return Source(spec, base, held=held)
    counts = _counts(table, parts, policy, exact=answered >= policy.exact_headline_base)
    if counts is None:
        return Source(spec, base, held=("R2", TELLS_HIDDEN))
    if table.invited is None or not spec.is_share or spec.within:
        return Source(spec, base, counts, counts, told=told)
    hidden = policy.threshold_for(table.minors, table.sensitive)
    return Source(spec, base, counts, counts, told, invited=table.invited, kept_back=hidden)


def _counts(
    table: ItemTable, parts: tuple[list[frozenset[int]], list[frozenset[int]]], policy: Policy, *, exact: bool
) -> Counts | None:
    threshold = policy.threshold_for(table.minors, table.sensitive)
    cells = {code: count_safe(count, threshold, policy) for code, count in table.counts.values.items()}
    nobody = Range(0, 0)  # an option that nobody could choose
    ranges = {code: Range(c.low, c.high) if code in table.possible else nobody for code, c in cells.items()}
    whole_base = total_safe(table.counts.base, policy, table.minors)
    return counts_to_use(table, parts, ranges, Range(whole_base.low, whole_base.high), policy, exact)


def _weighted_source(source: Source, table: ItemTable, weighted: Weighted, policy: Policy) -> Source:
    covered = weighted.covered
    people = Counts({code: covered.get(code, 0) for code in table.counts.values})
    number = people.of(source.spec.within) if source.spec.within else people.base
    base = total_safe(number, policy, table.minors)
    held = source.held or withheld_weighted(weighted, source.told, table, policy)
    if held is None and source.counts is not table.counts:
        held = "R2", TELLS_HIDDEN  # the unweighted figure had to give way to rounded counts
    if held:
        return Source(source.spec, base, held=held)
    return Source(source.spec, base, weighted.counts, people, told=source.told)
