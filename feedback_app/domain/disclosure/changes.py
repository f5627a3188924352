"""Changes between two waves through the gate: made from exactly the counts that each wave's own figure is made of.

The waves are different people, so that no set of one can be subtracted from a set of the other; and a change tells
nothing of a wave that its figure has not already been judged to tell. All changes of one call are one family.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal
from itertools import product
from typing import TypeVar

from feedback_app.domain.comparing import too_few
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.rules import ItemTable, ScaleTable
from feedback_app.domain.disclosure.safe import SafeChange, SafeFigure
from feedback_app.domain.disclosure.scales import SCORE, protect_scale
from feedback_app.domain.disclosure.sealing import SEAL
from feedback_app.domain.disclosure.sources import Source, figure_of, headline_sources, weighted_sources
from feedback_app.domain.scoring.changes import Change, mean_change
from feedback_app.domain.scoring.families import benjamini_hochberg, verdict_of
from feedback_app.domain.scoring.rounding import round_half_up
from feedback_app.domain.scoring.scales import MeanScore

FACES = frozenset({"smiley3", "smiley5"})
LEAST_P = Decimal("0.01")

Refused = Mapping[str, str]
Exact = TypeVar("Exact", ItemTable, ScaleTable)


@dataclass(frozen=True)
class _Side:
    """A figure in one wave as it may be shown, with what it is computed from; ``figure`` is None without weights."""

    name: str
    figure: SafeFigure | None
    made_of: Source | MeanScore | None
    minors: bool
    faces: bool = False


@dataclass(frozen=True)
class _Pair:
    """A figure of both waves, with its change or the reason why there is none."""

    code: str
    before: _Side | None
    after: _Side | None
    refused: str | None
    change: Change | None = None

    @property
    def says_too_much(self) -> bool:
        """Return whether it is refused because of what the answers say, not because of how many there are."""
        figures = [side.figure for side in (self.before, self.after) if side and side.figure]
        reasons = [figure.reason for figure in figures if figure.reason]
        about_answers = any(not reason.startswith("fewer_than_") for reason in reasons)
        return about_answers and (self.refused or "").startswith("withheld_")


def protect_changes(
    before: Sequence[ItemTable],
    after: Sequence[ItemTable],
    wanted: Sequence[tuple[str, str | None]],
    policy: Policy,
    *,
    refused: Refused | None = None,
    weighted: bool = False,
) -> tuple[SafeChange, ...]:
    """Return the changes of the wanted figures as one family, in order: item code, and name or None for the headline.

    ``refused`` gives by code why an item cannot be compared at all. Else a refusal tells what both waves show anyway:
    "absent", "dropped", "no_weights_before", "too_few_before" (under 30; 50 of children and for three faces),
    "withheld_before", or the same "_after"; "options" where the figure counts others; "no_interval" where it has none.
    """
    pairs = []
    for code, name in wanted:
        first, second = (_item_side(_of(code, wave), name, policy, weighted=weighted) for wave in (before, after))
        pairs.append(_pair(code, first, second, (refused or {}).get(code)))
    return _settled(pairs, weighted=weighted)


def protect_scale_changes(
    before: Sequence[ScaleTable],
    after: Sequence[ScaleTable],
    wanted: Sequence[str],
    policy: Policy,
    *,
    refused: Refused | None = None,
    weighted: bool = False,
) -> tuple[SafeChange, ...]:
    """Return the changes of the wanted scales' mean scores (Welch) as one family, in order; refused as items are."""
    pairs = []
    for code in wanted:
        first, second = (_scale_side(_of(code, wave), policy, weighted=weighted) for wave in (before, after))
        pairs.append(_pair(code, first, second, (refused or {}).get(code)))
    return _settled(pairs, weighted=weighted)


def _of(code: str, tables: Sequence[Exact]) -> Exact | None:
    return next((table for table in tables if table.code == code), None)


def _item_side(table: ItemTable | None, name: str | None, policy: Policy, *, weighted: bool) -> _Side | None:
    if table is None:
        return None
    faces = table.type in FACES
    names = [spec.name for spec in table.headlines]
    place = names.index(name) if name in names else 0 if name is None and names else None
    if place is None:
        return None
    sources = weighted_sources(table, policy) if weighted else headline_sources(table, policy)
    if not sources:
        return _Side(names[place], None, None, table.minors, faces)
    source = sources[place]
    return _Side(names[place], figure_of(source), source, table.minors, faces)


def _scale_side(table: ScaleTable | None, policy: Policy, *, weighted: bool) -> _Side | None:
    if table is None:
        return None
    shown = protect_scale(table, policy)
    if weighted:
        return _Side(SCORE, shown.weighted, table.weighted, table.minors)
    return _Side(SCORE, shown.score, table.mean, table.minors)


def _pair(code: str, before: _Side | None, after: _Side | None, given: str | None) -> _Pair:
    """Make one change, or say why there is none."""
    if given:
        return _Pair(code, before, after, given)
    if before is None or after is None:
        return _Pair(code, before, after, "absent" if before is None else "dropped")
    children, faces = before.minors or after.minors, before.faces or after.faces
    sides = {"before": before, "after": after}
    for wave, side in sides.items():
        if side.figure is None:
            return _Pair(code, before, after, f"no_weights_{wave}")
        if too_few(side.figure.base, children, faces):
            return _Pair(code, before, after, f"too_few_{wave}")
    for wave, side in sides.items():
        if side.figure and side.figure.withheld:
            return _Pair(code, before, after, f"withheld_{wave}")
    made = _change(before.made_of, after.made_of)
    return _Pair(code, before, after, made) if isinstance(made, str) else _Pair(code, before, after, None, made)


def _change(before: Source | MeanScore | None, after: Source | MeanScore | None) -> Change | str:
    """Return the change, in points and not rounded, or the reason why there is none."""
    change = None
    if isinstance(before, Source) and isinstance(after, Source):
        if (before.spec.groups, before.spec.within) != (after.spec.groups, after.spec.within):
            return "options"
        if after.spec.change and before.counts and after.counts and before.people and after.people:
            people = before.people, after.people
            change = _around(after.spec.change(before.counts, after.counts, people=people), before, after)
    elif isinstance(before, MeanScore) and isinstance(after, MeanScore):
        change = mean_change(before, after)
    return change or "no_interval"


def _around(change: Change | None, before: Source, after: Source) -> Change | None:
    """Return a change that holds for all counts that round to those it was made of: widest range, largest p."""
    if change is None or after.spec.change is None or not (before.corners or after.corners):
        return change
    ways = product(before.corners or (before.people,), after.corners or (after.people,))
    possible = [after.spec.change(then, now, people=(then, now)) for then, now in ways if then and now]
    made = [one for one in (change, *possible) if one]
    one_way = all(one.value > 0 for one in made) or all(one.value < 0 for one in made)
    p = max(one.p for one in made) if one_way else 1.0
    return replace(change, low=min(one.low for one in made), high=max(one.high for one in made), p=p)


def _settled(pairs: Sequence[_Pair], *, weighted: bool) -> tuple[SafeChange, ...]:
    """Adjust the p-values of the changes for their number, and give each that is made its verdict.

    A figure that is kept back for what its answers say stays in the family as one that shows nothing (p = 1): else the
    family would follow from the results.
    """
    made = [pair.change for pair in pairs if pair.change]
    kept_back = sum(pair.says_too_much for pair in pairs)
    adjusted = iter(benjamini_hochberg([change.p for change in made] + kept_back * [1.0]))
    m = len(made) + kept_back
    return tuple(
        _made(pair, pair.change, next(adjusted), m, weighted=weighted)
        if pair.change
        else _refused(pair, m, weighted=weighted)
        for pair in pairs
    )


def _made(pair: _Pair, change: Change, adjusted: float, m: int, *, weighted: bool) -> SafeChange:
    value, low, high = (int(round_half_up(number)) for number in (change.value, change.low, change.high))
    verdict = verdict_of(change, adjusted)
    alone = change.low > 0 or change.high < 0  # before rounding, because 0.3 is shown as 0
    p = _rounded_up(adjusted)
    return SafeChange(SEAL, pair.code, *_shown(pair), value, low, high, verdict, alone, p, m, weighted)


def _refused(pair: _Pair, m: int, *, weighted: bool) -> SafeChange:
    shown = _shown(pair)
    return SafeChange(SEAL, pair.code, *shown, None, None, None, None, False, None, m, weighted, pair.refused)


def _shown(pair: _Pair) -> tuple[str, SafeFigure | None, SafeFigure | None]:
    sides = [side for side in (pair.before, pair.after) if side]
    before, after = (side.figure if side else None for side in (pair.before, pair.after))
    return (sides[0].name if sides else "", before, after)


def _rounded_up(p: float) -> float:
    """Return a p-value with 2 decimals that is 0.05 or less exactly when the unrounded one is; never 0."""
    return float(max(LEAST_P, Decimal(repr(p)).quantize(LEAST_P, ROUND_CEILING)))
