"""What each headline is computed from, or why it is withheld: the one place where that is decided.

A figure of one wave and a change between two rest on the same counts, so that a change tells nothing that the two
figures have not been judged to tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.ranges import Range
from feedback_app.domain.disclosure.rules import (
    TELLS_HIDDEN,
    ItemTable,
    Rule,
    Weighted,
    as_told,
    counts_to_use,
    rounded_counts,
    withheld_figure,
    withheld_weighted,
    withheld_whole,
)
from feedback_app.domain.disclosure.safe import SafeCount, SafeFigure
from feedback_app.domain.disclosure.sealing import SEAL
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

    ``people`` are the same answers unweighted, ``told`` the sums of options that the figure is taken to tell. Where the
    base may be under 100 for all readers know, the range is as wide as any counts need that round to the same, or it
    would miss too often; elsewhere it is not. Were it only so where counts are rounded, it would tell which were used.
    """

    spec: HeadlineSpec
    base: SafeCount
    counts: Counted | None = None
    people: Counts | None = None
    told: tuple[frozenset[int], ...] = ()
    held: tuple[Rule, str] | None = None
    corners: tuple[Counts, ...] = ()  # where the range is wider: the outermost counts that round to the same
    number: SafeCount | None = None  # of a share: the people it counts, rounded on their own
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
        rule, reason = as_told(source.held or ("R2", TELLS_HIDDEN))
        return SafeFigure(SEAL, source.spec.name, None, None, None, source.base, rule, reason)
    figure = source.spec.function(source.counts)
    possible = [source.spec.function(counts) for counts in source.corners] or [figure]
    of_list = _of_list(source, possible)
    around = _around(figure, of_list or possible)
    return whole_figure(source.spec.name, around, source.base, of_list=bool(of_list), people=source.number)


def _around(figure: Figure, possible: Sequence[Figure]) -> Figure:
    """Return the figure with the range that holds those of all possible ones."""
    lows, highs = (
        [one.low for one in possible if one.low is not None],
        [one.high for one in possible if one.high is not None],
    )
    return replace(figure, low=min(lows), high=max(highs)) if lows and highs else figure


def _of_list(source: Source, possible: Sequence[Figure]) -> list[Figure]:
    """Return the possible shares with the range of their list (brief 3.6), none where it changes nothing.

    The range would tell how many on the list did not answer, and so that a hidden number of them is 0. So it is made
    from the rounded base, and as if as many were missing as a hidden number may hold.
    """
    if source.invited is None or source.base.value is None:
        return []
    found = []
    for one in possible:
        n = min(one.base if source.corners else source.base.value, source.invited - source.kept_back)
        if one.value is None or n <= 0 or finite_population_n(n, source.invited) == n:
            return []
        if interval := wilson_interval(min(n, one.value / 100 * n), n, population=source.invited):
            found.append(replace(one, low=100 * interval.low, high=100 * interval.high))
    return found


def whole_figure(
    name: str, figure: Figure | MeanScore, base: SafeCount, *, of_list: bool = False, people: SafeCount | None = None
) -> SafeFigure:
    """Return a figure that may be shown, in whole numbers, halves up."""
    value, low, high = (
        None if number is None else int(round_half_up(number)) for number in (figure.value, figure.low, figure.high)
    )
    return SafeFigure(SEAL, name, value, low, high, base, of_list=of_list, people=people)


def _source(
    spec: HeadlineSpec, table: ItemTable, parts: tuple[list[frozenset[int]], list[frozenset[int]]], policy: Policy
) -> Source:
    answered = table.counts.of(spec.within) if spec.within else table.counts.base
    base = total_safe(answered, policy, table.minors)
    told = (*parts[0], *parts[1])
    if held := withheld_figure(spec, table, answered, told, policy):
        return Source(spec, base, held=held)
    counts = _counts(spec, table, parts[1], policy, exact=answered >= policy.exact_headline_base)
    if counts is None:
        return Source(spec, base, held=("R2", TELLS_HIDDEN))
    hidden = policy.threshold_for(table.minors, table.sensitive)
    wide = spec.change is not None and base.low < policy.exact_headline_base
    corners = _corners(spec, table, policy) if wide else ()
    invited = table.invited if spec.is_share and not spec.within else None
    number = count_safe(table.counts.of(spec.groups[0]), hidden, policy) if spec.is_share else None
    return Source(spec, base, counts, counts, told, corners=corners, number=number, invited=invited, kept_back=hidden)


def _corners(spec: HeadlineSpec, table: ItemTable, policy: Policy) -> tuple[Counts, ...]:
    """Return the outermost counts that round to what is shown: each part and the base as small or large as can be."""
    counts = rounded_counts(spec, table, policy)
    below, above = policy.rounding // 2, (policy.rounding - 1) // 2
    *named, last = [max(part) for part in spec.parts(table.possible)]
    ways = []
    for moves in product((-below, above), repeat=len(named) + 1):
        way = {code: max(0, int(counts.values[code]) + move) for code, move in zip(named, moves, strict=False)}
        way[last] = max(0, int(counts.base) + moves[-1] - sum(way.values()))
        ways.append(Counts(dict.fromkeys(counts.values, 0) | way))
    return tuple(ways)


def _counts(
    spec: HeadlineSpec, table: ItemTable, told: Sequence[frozenset[int]], policy: Policy, *, exact: bool
) -> Counts | None:
    threshold = policy.threshold_for(table.minors, table.sensitive)
    cells = {code: count_safe(count, threshold, policy) for code, count in table.counts.values.items()}
    nobody = Range(0, 0)  # an option that nobody could choose
    ranges = {code: Range(c.low, c.high) if code in table.possible else nobody for code, c in cells.items()}
    whole_base = total_safe(table.counts.base, policy, table.minors)
    return counts_to_use(spec, table, told, ranges, Range(whole_base.low, whole_base.high), policy, exact)


def _weighted_source(source: Source, table: ItemTable, weighted: Weighted, policy: Policy) -> Source:
    covered = weighted.covered
    people = Counts({code: covered.get(code, 0) for code in table.counts.values})
    number = people.of(source.spec.within) if source.spec.within else people.base
    base = total_safe(number, policy, table.minors)
    held = source.held or withheld_weighted(weighted, source.told, table, policy)
    if held is None and number < policy.exact_headline_base:
        held = "R2", f"fewer_than_{policy.exact_headline_base}"
    if held is None and source.counts is not table.counts:
        held = "R2", TELLS_HIDDEN  # the unweighted figure had to give way to rounded counts
    if held:
        return Source(source.spec, base, held=held)
    counts = weighted.within.get(source.spec.within, weighted.counts)
    return Source(source.spec, base, counts, people, told=source.told)
