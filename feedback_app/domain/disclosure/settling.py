"""What a whole wave's table may rest on: sums near the true ones that leave every hidden count room (R3).

A reader may know the program, how many answered in all, and any sum that a figure is made from. So each told sum is
held SAFE_WIDTH inside the range that its printed counts allow. Where the true sums lie nearer an end, the table is
published as if it were the nearest one whose sums do not; that one is published as itself. Whatever is printed has
therefore a table behind it in which each hidden count can still differ by SAFE_WIDTH, however cleverly it is read.
All decisions (too few, too alike, exact or rounded, which figures) follow from the printed counts and those sums.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.ranges import SAFE_WIDTH, Range, cell_range, total_range
from feedback_app.domain.disclosure.rules import PART_TOO_SMALL, TELLS_HIDDEN, TOO_ALIKE, ItemTable, Rule
from feedback_app.domain.disclosure.safe import SafeCount
from feedback_app.domain.disclosure.totals import held_total, total_safe
from feedback_app.domain.scoring.counts import Counts
from feedback_app.domain.scoring.headlines import HeadlineSpec

Part = frozenset[int]
Path = tuple[int, ...]  # the part of each told figure in turn that holds a set of options


@dataclass(frozen=True)
class Settled:
    """What one table is published from, or in ``held`` the rule and reason why only its base is.

    ``counts`` holds each told part's sum on its highest option; ``refused`` headline's place -> why it cannot be told.
    ``sure``: whoever reads the sums knows that they are the true ones. ``strays``: how many people any other sum of
    parts may be off. ``kinds``: whether the kinds of missing answer may be shown.
    """

    base: SafeCount
    cells: Mapping[int, Range]
    counts: Counts
    held: tuple[Rule, str] | None = None
    refused: Mapping[int, tuple[Rule, str]] = field(default_factory=dict)
    sure: bool = True
    strays: int = 0
    kinds: bool = True

    def ends(self, codes: Iterable[int]) -> Range:
        """Return the range of a sum of options that their printed counts tell."""
        return total_range(self.cells[code] for code in codes)


def settle(table: ItemTable, policy: Policy) -> Settled:
    """Return what a table is published from, by R0 to R3; it never tells a decision that the true counts alone made."""
    base, least = table.counts.base, policy.base_for(table.minors)
    threshold = policy.threshold_for(table.minors, table.sensitive)
    cells = {code: _cell(table, code, threshold, policy) for code in table.counts.values}
    if base < least:
        return Settled(total_safe(base, policy, table.minors), cells, Counts({}), ("R0", f"fewer_than_{least}"))
    limits = _limits(table, threshold, policy)
    hidden = frozenset(code for code in table.possible if cells[code].low < threshold)
    if table.multi:
        return _several(table, policy, cells, bool(hidden), limits)
    if len(table.possible) < 2:
        settled = Settled(held_total(base, policy, table.minors), cells, table.counts)
        return _with_kinds(settled, base, table, policy)
    return _single(table, policy, _Box(cells, hidden, limits))


def _cell(table: ItemTable, code: int, threshold: int, policy: Policy) -> Range:
    count = table.counts.values[code]
    known = code not in table.possible or (table.makes_groups and count >= threshold)
    return Range(count, count) if known else cell_range(count, threshold, policy.rounding)


@dataclass(frozen=True)
class _Box:
    """All that the printed counts say: the range of each option, which are hidden, and the bases there may be."""

    cells: Mapping[int, Range]
    hidden: frozenset[int]
    limits: Range

    def ends(self, part: Iterable[int]) -> Range:
        return total_range(self.cells[code] for code in part)

    def room(self, part: Part) -> Range:
        """Return the sums of a part that may be told."""
        low, high = self.ends(part)
        return Range(low + SAFE_WIDTH, high - SAFE_WIDTH) if part & self.hidden else Range(low, high)

    def total(self, parts: Iterable[Part]) -> Range:
        """Return the bases that may be told with these parts; empty (low over high) where none may."""
        return total_range(self.room(part) for part in parts).within(*self.limits)

    def why_not(self, parts: Iterable[Part]) -> tuple[Rule, str] | None:
        """Return why no sums of these parts may be told, or None; the same for all tables that print these counts."""
        given = list(parts)
        for part in given:
            for code in part & self.hidden:
                others = self.ends(part - {code})
                if others.high - others.low < SAFE_WIDTH:
                    return ("R1", PART_TOO_SMALL) if others.high == 0 else ("R2", TELLS_HIDDEN)
        total = self.total(given)
        return ("R2", TELLS_HIDDEN) if total.low > total.high else None


def _limits(table: ItemTable, threshold: int, policy: Policy) -> Range:
    """Return the bases that there may be for a reader who knows how many there are in all, and the kinds of missing."""
    everybody = table.counts.base + sum(table.counts.missing.values())
    missing = total_range(_kinds(table, threshold, policy).values())
    return Range(max(policy.base_for(table.minors), everybody - missing.high), everybody - missing.low)


def _kinds(table: ItemTable, threshold: int, policy: Policy) -> dict[str, Range]:
    """Return the printed range of each kind of missing answer that there can be."""
    given = table.counts.missing
    possible = [kind for kind, count in given.items() if count or table.kinds is None or kind in table.kinds]
    return {kind: cell_range(given[kind], threshold, policy.rounding) for kind in possible}


def _single(table: ItemTable, policy: Policy, box: _Box) -> Settled:
    parts, refused = _parts(table, box)
    plain = total_safe(table.counts.base, policy, table.minors)
    if held := box.why_not(parts.values()):
        return Settled(plain, box.cells, Counts({}), held)
    true = {path: table.counts.of(part) for path, part in parts.items()}
    sums = _nearest(true, {path: box.room(part) for path, part in parts.items()}, box.limits)
    if any(_may_be_alike(table, box, parts, each, policy) for each in (true, sums)):
        return Settled(plain, box.cells, Counts({}), ("R2", TOO_ALIKE))
    inside = [sums[path] for path, part in parts.items() if part & box.hidden]
    ends = [box.room(part) for part in parts.values() if part & box.hidden]
    sure = all(room.low < held < room.high for held, room in zip(inside, ends, strict=True))
    room = total_range(box.room(part) for part in parts.values())
    total = sum(sums.values())
    shown = held_total(total, policy, table.minors, box.ends(table.possible), room)
    stand_ins = {max(part): sums[path] for path, part in parts.items()}
    counts = Counts({code: stand_ins.get(code, 0) for code in table.counts.values})
    strays = 0 if sure else SAFE_WIDTH * len(inside)
    settled = Settled(shown, box.cells, counts, None, refused, sure, strays)
    return _with_kinds(settled, total, table, policy)


def _parts(table: ItemTable, box: _Box) -> tuple[dict[Path, Part], dict[int, tuple[Rule, str]]]:
    """Return the finest sets of options whose sums are told, and the headlines that would need sums too fine to tell.

    Each headline in turn splits the sets before it, if the sets then may still be told.
    """
    parts: dict[Path, Part] = {(): table.possible}
    refused = {}
    for place, spec in enumerate(table.headlines):
        finer = {
            (*path, at): both
            for path, part in parts.items()
            for at, each in enumerate(all_parts(spec, table.possible))
            if (both := part & each)
        }
        if why := box.why_not(finer.values()):
            refused[place] = why
        else:
            parts = finer
    return parts, refused


def all_parts(spec: HeadlineSpec, possible: Part) -> list[Part]:
    """Return the disjoint sets of options that a headline tells the sums of: its parts, and those not in its base."""
    parts = [part for part in spec.parts(possible) if part]
    outside = possible.difference(*parts)
    return [*parts, outside] if outside else parts


def _nearest(true: Mapping[Path, int], rooms: Mapping[Path, Range], limits: Range) -> dict[Path, int]:
    """Return the sums to publish: the true ones where all lie within their rooms, else near ones that do.

    They add up to the true base wherever any can. What one sum gains, those that share most figures with it lose.
    """
    held = {path: rooms[path].nearest(count) for path, count in true.items()}
    total = total_range(rooms.values()).within(*limits).nearest(sum(true.values()))
    left = total - sum(held.values())
    moved = next((path for path in held if held[path] != true[path]), ())
    for path in sorted(held, key=lambda each: -_shared(each, moved)):
        step = Range(rooms[path].low - held[path], rooms[path].high - held[path]).nearest(left)
        held[path] += step
        left -= step
    return held


def _shared(first: Path, second: Path) -> int:
    pairs = list(zip(first, second, strict=True)) if first and second else []
    return next((at for at, (one, other) in enumerate(pairs) if one != other), len(pairs))


def _may_be_alike(
    table: ItemTable, box: _Box, parts: Mapping[Path, Part], sums: Mapping[Path, int], policy: Policy
) -> bool:
    """Return whether a table that prints the same, with these sums, is one of which too nearly all are alike (R2)."""
    total = sum(sums.values())
    apart = [
        total - sums[path] + max(box.ends(part - {code}).low, sums[path] - box.cells[code].high)
        for path, part in parts.items()
        for code in part
    ]
    return _too_alike(min(apart), total, table, policy)


def _too_alike(apart: int, base: int, table: ItemTable, policy: Policy) -> bool:
    if table.sensitive:
        return apart < policy.threshold_for(table.minors, sensitive=True)
    return apart <= 0 and base < policy.same_answer_base


def _several(table: ItemTable, policy: Policy, cells: Mapping[int, Range], hidden: bool, limits: Range) -> Settled:
    """Settle an item with several choices: how many answered leaves room for each hidden option, and for none of it."""
    base = table.counts.base
    given = [cells[code] for code in table.possible]
    ends = Range(max((cell.low for cell in given), default=0), sum(cell.high for cell in given))
    room = Range(ends.low + SAFE_WIDTH, ends.high - SAFE_WIDTH if hidden else ends.high)
    total = room.within(*limits)
    plain = total_safe(base, policy, table.minors)
    if total.low > total.high:
        return Settled(plain, cells, Counts({}), ("R2", TELLS_HIDDEN))
    held = total.nearest(base)
    apart = min((max(0, min(base, held) - cell.high) for cell in given), default=base)
    if len(table.possible) > 1 and _too_alike(apart, min(base, held), table, policy):
        return Settled(plain, cells, Counts({}), ("R2", TOO_ALIKE))
    settled = Settled(held_total(held, policy, table.minors, ends, room), cells, table.counts)
    return _with_kinds(settled, held, table, policy)


def _with_kinds(settled: Settled, held: int, table: ItemTable, policy: Policy) -> Settled:
    """Say whether the kinds of missing may be shown: not where everybody less the held base leaves one no room."""
    threshold = policy.threshold_for(table.minors, table.sensitive)
    given = _kinds(table, threshold, policy)
    missing = table.counts.base + sum(table.counts.missing.values()) - held
    for kind, own in given.items():
        others = total_range(cell for other, cell in given.items() if other != kind)
        left = own.within(missing - others.high, missing - others.low)
        if own.low < threshold and left.high - left.low < SAFE_WIDTH:
            return replace(settled, kinds=False)
    return settled
