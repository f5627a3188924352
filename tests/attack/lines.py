"""A group's printed counts read back: its largest count may stand a step off where its own would tell of hidden ones.

How the program prints a line follows from what it would print by itself and from how many people the group has. So
whoever knows that number tries every line, and keeps those that print like this one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.attack.equations import ROOM
from tests.attack.readings import Ends, Rules, count_ends, sum_ends, to_step

Count = int | str
HIDDEN = "c"


def line_ends(printed: Sequence[Count], rules: Rules, base: Ends | None, *, several: bool) -> list[Ends]:
    """Return the counts that each printed one of a group can stand for; ``base``: those who may have answered."""
    if several:
        return [_hull(_lines([count], rules, base, several=True))[0] for count in printed]
    return _hull(_lines(printed, rules, base, several=False))


def _hull(lines: Iterator[list[Ends]]) -> list[Ends]:
    columns = zip(*lines, strict=True)
    return [(min(ends[0] for ends in column), max(ends[1] for ends in column)) for column in columns]


def _lines(printed: Sequence[Count], rules: Rules, base: Ends | None, *, several: bool) -> Iterator[list[Ends]]:
    """Yield, as ends, every line that is printed like this, itself or with one count a step off."""
    for line in _near(printed, rules):
        if base is None or list(line) == list(printed) or _shown(line, rules, base, several) == list(printed):
            yield [count_ends(count, rules) for count in line]


def _near(printed: Sequence[Count], rules: Rules) -> Iterator[Sequence[Count]]:
    yield printed
    for at, count in enumerate(printed):
        if rules.steps_off and count not in (HIDDEN, 0):
            for other in (int(count) - rules.step, int(count) + rules.step):
                if other >= to_step(rules.hidden_under, rules.step):
                    yield [*printed[:at], other, *printed[at + 1 :]]


def _shown(line: Sequence[Count], rules: Rules, base: Ends, several: bool) -> list[Count]:
    """Return how a line is printed: with its largest count a step off where that alone leaves hidden ones room."""
    numbers = [int(count) for count in line if count != HIDDEN and count]
    if not numbers or not is_tight(line, rules, base, several):
        return list(line)
    at = list(line).index(max(numbers))
    for other in (max(numbers) - rules.step, max(numbers) + rules.step):
        moved = [*line[:at], other, *line[at + 1 :]]
        if other >= to_step(rules.hidden_under, rules.step) and not is_tight(moved, rules, base, several):
            return moved
    return list(line)


def is_tight(line: Sequence[Count], rules: Rules, base: Ends, several: bool) -> bool:
    """Return whether a line and the base leave a hidden count, or how many did not choose, fewer than three values."""
    ends = [count_ends(count, rules) for count in line]
    low, high = sum_ends(ends)
    for count, own in zip(line, ends, strict=True):
        most = base[1] if several else base[1] - (low - own[0])
        least = 0 if several else base[0] - (high - own[1])
        if count == HIDDEN and min(own[1], most) - max(own[0], least) < ROOM:
            return True
        apart = max(0, base[0] - own[1]), base[1] - own[0]
        if several and apart[0] < rules.hidden_under and apart[1] - apart[0] < ROOM:
            return True
    return False
