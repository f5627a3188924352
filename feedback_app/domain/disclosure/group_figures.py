"""One group as readers see it: its counts, percentages and figure, made from what is printed alone (R2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

from feedback_app.domain.disclosure.group_rows import Row, State
from feedback_app.domain.disclosure.grouped import Band, Question
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.ranges import Range, total_range
from feedback_app.domain.disclosure.row_printing import Terms, stated_ranges
from feedback_app.domain.disclosure.rules import KEPT_PRIVATE, Rule
from feedback_app.domain.disclosure.safe import HIDDEN, SafeCount, SafeFigure
from feedback_app.domain.disclosure.safe_breakdowns import SafeGroup
from feedback_app.domain.disclosure.sealing import SEAL
from feedback_app.domain.disclosure.sources import whole_figure
from feedback_app.domain.scoring.counts import Counts
from feedback_app.domain.scoring.figures import Figure
from feedback_app.domain.scoring.headlines import HeadlineSpec
from feedback_app.domain.scoring.rounding import round_half_up

NOT_ASKED = "not_asked"
TOO_CLOSE = "too_close"
TOO_FEW = frozenset({State.SMALL, State.FEW})


def safe_group(row: Row, question: Question, terms: Terms, policy: Policy, crossed: bool) -> SafeGroup:
    """Return one group as it may be shown; ``crossed`` says that it is one of two breakdowns at once."""
    if not row.is_shown:
        rule, reason = _told(row.state, terms, crossed)
        few = SafeCount(SEAL, None, HIDDEN, 0, terms.least - 1) if row.state in TOO_FEW else None
        return SafeGroup(SEAL, row.group, few, False, withheld=rule, reason=reason)
    line, known = row.line, row.line.base_range
    base = SafeCount(SEAL, line.base, None, min(known.low, row.base), max(known.high, row.base))
    ranges = stated_ranges(line.values, terms)
    counts = tuple(
        SafeCount(SEAL, value, HIDDEN if value is None else None, *stated)
        for value, stated in zip(line.values, ranges, strict=True)
    )
    enough = known.low >= policy.share_base
    percents = tuple(_percent(count, base, counts) if enough else None for count in counts)
    figure = _figure(question, counts, base, known, terms) if enough and question.spec else None
    return SafeGroup(SEAL, row.group, base, known.low < policy.small_group, counts, percents, figure)


def _told(state: State, terms: Terms, crossed: bool) -> tuple[Rule, str]:
    """Return the rule and reason that readers are told: which of R1 to R3 it was would tell about hidden counts."""
    if state in TOO_FEW:
        return "R0", f"fewer_than_{terms.least}"
    if state is State.DISTANT:
        return "R0", f"fewer_than_{terms.fewest_places}_places"
    if state is State.NOT_ASKED:
        return "method", NOT_ASKED
    if state is State.GIVEN_WAY and crossed:
        return "R4", TOO_CLOSE
    return "R1", KEPT_PRIVATE


def _percent(count: SafeCount, base: SafeCount, counts: Sequence[SafeCount]) -> int | None:
    """Return a count's whole percent of the printed base; None when hidden, or when all may have given one answer."""
    if count.value is None or not base.value or (count.value >= base.value and len(counts) > 1):
        return None
    return int(round_half_up(100 * count.value / base.value))


def _figure(
    question: Question, counts: Sequence[SafeCount], base: SafeCount, known: Range, terms: Terms
) -> SafeFigure | None:
    """Return the question's figure from a group's printed counts; None where one that it needs is hidden.

    Its range holds those of all counts that round to the same, as in a whole wave under 100.
    """
    spec = question.spec
    if spec is None or spec.change is None or terms.several:
        return None
    parts = [_sum_of(part, question.bands, counts) for part in spec.groups]
    whole = _sum_of(spec.within, question.bands, counts) if spec.within else base
    values = [part.value for part in parts if part is not None and part.value is not None]
    if whole is None or whole.value is None or len(values) < len(parts):
        return None
    ends = Range(whole.low, whole.high) if spec.within else known
    if ends.low < spec.minimum_base:
        return None
    if max(values) >= whole.value:
        return None  # rounded counts cannot know that all gave it
    middle = _of(spec, question, values, whole.value)
    around = [middle, *(_of(spec, question, *ends) for ends in _corners(spec, question, counts, ends, terms))]
    lows = [one.low for one in around if one.low is not None]
    highs = [one.high for one in around if one.high is not None]
    figure = replace(middle, low=min(lows), high=max(highs)) if lows and highs else middle
    return whole_figure(spec.name, figure, whole, people=parts[0] if spec.is_share else None)


def _sum_of(codes: frozenset[int], bands: Sequence[Band], counts: Sequence[SafeCount]) -> SafeCount | None:
    """Return the people who gave one of ``codes`` as their columns add up to; None where no shown columns do."""
    parts = [(band, count) for band, count in zip(bands, counts, strict=True) if band.codes & codes]
    if frozenset().union(*(band.codes for band, _ in parts)) != codes:
        return None
    values = [count.value for _, count in parts if count.value is not None]
    if len(values) < len(parts):
        return None
    low, high = sum(count.low for _, count in parts), sum(count.high for _, count in parts)
    return SafeCount(SEAL, sum(values), None, low, high)


def _corners(
    spec: HeadlineSpec, question: Question, counts: Sequence[SafeCount], whole: Range, terms: Terms
) -> Iterator[tuple[tuple[int, ...], int]]:
    """Yield the outermost people in each of the figure's parts, with the smallest and largest base they allow."""
    blocks = {band.codes: terms.block(count.value) for band, count in zip(question.bands, counts, strict=True)}
    based = {codes: block for codes, block in blocks.items() if not spec.within or codes <= spec.within}
    named = [total_range(block for codes, block in based.items() if codes <= part) for part in spec.groups]
    others = total_range(block for codes, block in based.items() if not any(codes <= part for part in spec.groups))
    most = others.high if terms.whole else whole.high
    for people in product(*named):
        low, high = max(whole.low, sum(people) + others.low), min(whole.high, sum(people) + most)
        if low <= high:
            yield from ((people, low), (people, high))


def _of(spec: HeadlineSpec, question: Question, parts: Sequence[int], base: int) -> Figure:
    """Return the figure of so many people in each of its parts, and the rest of the base in another answer."""
    counts = dict.fromkeys(question.table.counts.values, 0)
    for part, people in zip(spec.groups, parts, strict=True):
        counts[min(part)] = people
    rest = (spec.within or question.table.possible).difference(*spec.groups)
    if rest:
        counts[min(rest)] = max(0, base - sum(parts))
    return spec.function(Counts(counts))
