"""What each headline is computed from, or why it is withheld: the one place where that is decided.

A figure of one wave and a change between two rest on the same counts, so that a change tells nothing that the two
figures have not been judged to tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import TYPE_CHECKING

from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.ranges import SAFE_WIDTH, Range, rounded, rounded_range
from feedback_app.domain.disclosure.rules import (
    TELLS_HIDDEN,
    ItemTable,
    Rule,
    Weighted,
    as_told,
    withheld_figure,
    withheld_weighted,
)
from feedback_app.domain.disclosure.safe import SafeCount, SafeFigure
from feedback_app.domain.disclosure.sealing import SEAL
from feedback_app.domain.disclosure.settling import Settled, all_parts, settle
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

    ``people`` are the same answers unweighted, ``told`` the disjoint sets of options whose sums are told by then. Where
    the base may be under 100 for all readers know, the range is as wide as any counts need that round to the same, or
    it would miss too often; elsewhere it is not. Were it only so where counts are rounded, it would tell which were.
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
    known: Mapping[frozenset[int], Range] = field(default_factory=dict)  # what a reader may take each told sum to be


def headline_sources(table: ItemTable, policy: Policy) -> tuple[Source, ...]:
    """Return what each of an item's headlines is computed from, in their order (R0 to R3)."""
    settled = settle(table, policy)
    if settled.held:
        return tuple(Source(spec, settled.base, held=settled.held) for spec in table.headlines)
    told: list[frozenset[int]] = [table.possible]
    sources = []
    for place, spec in enumerate(table.headlines):
        finer = [both for part in told for each in all_parts(spec, table.possible) if (both := part & each)]
        source = _source(spec, table, settled, finer, policy, settled.refused.get(place))
        sources.append(source)
        told = told if source.held else finer
    return tuple(sources)


def weighted_sources(table: ItemTable, policy: Policy) -> tuple[Source, ...]:
    """Return what each weighted headline is computed from, in their order; empty for an item without weights."""
    if table.weighted is None:
        return ()
    settled, weighted = settle(table, policy), table.weighted
    return tuple(_weighted(source, table, weighted, settled, policy) for source in headline_sources(table, policy))


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
    """Return the possible shares with the range of their list, none where it changes nothing.

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
    spec: HeadlineSpec,
    table: ItemTable,
    settled: Settled,
    told: Sequence[frozenset[int]],
    policy: Policy,
    refused: tuple[Rule, str] | None,
) -> Source:
    counts, based = settled.counts, spec.within & table.possible if spec.within else table.possible
    if refused and spec.within:  # how many it would rest on is one of the sums too fine to tell
        return Source(spec, settled.base, held=refused)
    answered = counts.of(based)
    base = _within_base(answered, based, table, settled, policy) if spec.within else settled.base
    sums = [counts.of(part) for part in told]
    if held := withheld_figure(spec, table, answered, [] if refused else sums, policy) or refused:
        return Source(spec, base, held=held)
    exact = answered >= policy.exact_headline_base
    made_of = counts if exact else rounded_counts(spec, counts, table.possible, policy)
    hidden = policy.threshold_for(table.minors, table.sensitive)
    wide = spec.change is not None and base.low < policy.exact_headline_base
    corners = _corners(spec, counts, table.possible, policy) if wide else ()
    invited = table.invited if spec.is_share and not spec.within else None
    number = _number(spec.groups[0] & based, table, settled, policy) if spec.is_share else None
    known = {part: _known(part, table, settled, policy, exact=exact) for part in spec.parts(table.possible)}
    given = (made_of, made_of, tuple(told))
    return Source(spec, base, *given, None, corners, number, invited, hidden, known)


def _within_base(answered: int, codes: frozenset[int], table: ItemTable, settled: Settled, policy: Policy) -> SafeCount:
    """Return how many of the answers make a figure's own base, as it may be shown."""
    shown = total_safe(answered, policy, table.minors)
    ends = settled.ends(codes)
    low, high = Range(shown.low, shown.high).wider(settled.strays, Range(min(ends.low, shown.low), ends.high))
    return shown if shown.value is None else SafeCount(SEAL, shown.value, None, low, max(high, shown.low))


def _number(codes: frozenset[int], table: ItemTable, settled: Settled, policy: Policy) -> SafeCount:
    """Return the people that a share counts, as they may be shown."""
    threshold = policy.threshold_for(table.minors, table.sensitive)
    shown = count_safe(settled.counts.of(codes), threshold, policy)
    low, high = Range(shown.low, shown.high).wider(settled.strays, settled.ends(codes))
    return shown if len(codes) < SAFE_WIDTH else SafeCount(SEAL, shown.value, shown.symbol, low, high)


def _known(part: frozenset[int], table: ItemTable, settled: Settled, policy: Policy, *, exact: bool) -> Range:
    """Return a range that holds a part's true sum and what a reader takes it for: exact, or rounded."""
    held, true = settled.counts.of(part), table.counts.of(part)
    low, high = (held, held) if exact else rounded_range(held, policy.rounding, 0)
    return Range(min(low, true), max(high, true))


def rounded_counts(spec: HeadlineSpec, counts: Counts, possible: frozenset[int], policy: Policy) -> Counts:
    """Return each part's sum, rounded on its own, on one of its options; the rest made to fit the base where it can.

    So a share is the printed number of people of the printed base, wherever it stands.
    """
    parts = spec.parts(possible)
    stand_ins = {max(part): rounded(counts.of(part), policy.rounding) for part in parts}
    shown = Counts({code: stand_ins.get(code, 0) for code in counts.values})
    answered = counts.of(spec.within) if spec.within else counts.base
    rest = rounded(answered, policy.rounding) - shown.of(frozenset().union(*spec.groups))
    if spec.change is None or len(parts) <= len(spec.groups) or rest <= 0:
        return shown
    return Counts({**shown.values, max(parts[-1]): rest})


def _corners(spec: HeadlineSpec, given: Counts, possible: frozenset[int], policy: Policy) -> tuple[Counts, ...]:
    """Return the outermost counts that round to what is shown: each part and the base as small or large as can be."""
    counts = rounded_counts(spec, given, possible, policy)
    below, above = policy.rounding // 2, (policy.rounding - 1) // 2
    *named, last = [max(part) for part in spec.parts(possible)]
    ways = []
    for moves in product((-below, above), repeat=len(named) + 1):
        way = {code: max(0, int(counts.values[code]) + move) for code, move in zip(named, moves, strict=False)}
        way[last] = max(0, int(counts.base) + moves[-1] - sum(way.values()))
        ways.append(Counts(dict.fromkeys(counts.values, 0) | way))
    return tuple(ways)


def _weighted(source: Source, table: ItemTable, weighted: Weighted, settled: Settled, policy: Policy) -> Source:
    """Return what the weighted figure beside a plain one is computed from: true counts, so the plain ones must be.

    People covered are counted as all those held to have answered, less those not covered: the true sum might tell.
    """
    least = policy.exact_headline_base
    people = Counts({code: weighted.covered.get(code, 0) for code in table.counts.values})
    within = source.spec.within or table.possible
    whole, number = (_covered(codes, people, table, settled) for codes in (table.possible, within))
    held = source.held
    if held is None and min(whole, number) < least:
        held = "R2", f"fewer_than_{least}"
    if held is None and not settled.sure:
        held = "R2", TELLS_HIDDEN
    held = held or withheld_weighted(weighted, source.told, table, policy)
    base = total_safe(number, policy, table.minors)
    if held:
        return Source(source.spec, base, held=held)
    counts = weighted.within.get(source.spec.within, weighted.counts)
    return Source(source.spec, base, counts, people, told=source.told)


def _covered(codes: Iterable[int], people: Counts, table: ItemTable, settled: Settled) -> int:
    wanted = frozenset(codes)
    held = settled.counts.of(wanted) if settled.counts.values else table.counts.of(wanted)
    return max(0, people.of(wanted) + held - table.counts.of(wanted))
