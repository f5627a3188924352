"""Two states of the same answers subtracted from each other: what the people were who came, and who went, between."""

from __future__ import annotations

from collections.abc import Mapping

from tests.attack.equations import Puzzle
from tests.attack.reading import UNTOLD
from tests.attack.readings import MANY

BEFORE, AFTER, CAME, WENT = "before", "after", "came", "went"
Counts = Mapping[object, int]


def between(before: Puzzle, after: Puzzle, came: int | None = None, went: int | None = None) -> Puzzle:
    """Return both puzzles as one: each number after is the one before with those who came, less those who went.

    ``came`` and ``went`` are how many people did so, where that is known.
    """
    joined = Puzzle()
    for moment, puzzle in ((BEFORE, before), (AFTER, after)):
        for name, at in puzzle.names.items():
            joined.number((moment, name), puzzle.low[at], puzzle.high[at])
        _copy(puzzle, joined, moment, structure=False)
    both = {name: at for name, at in before.names.items() if name in after.names}
    for name in both:
        moved = [joined.number((moment, name), 0, MANY) for moment in (CAME, WENT)]
        ends = [joined.names[moment, name] for moment in (BEFORE, AFTER)]
        joined.add([(ends[0], 1), (moved[0], 1), (moved[1], -1), (ends[1], -1)], 0, 0)
        joined.add([(ends[0], 1), (moved[1], -1)], 0, MANY)
    for moment, number in ((CAME, came), (WENT, went)):
        if number is not None:
            joined.number((moment, "people"), number, number)
        _copy(before, joined, moment, structure=True, only=both)
    return joined


def _copy(
    puzzle: Puzzle, joined: Puzzle, moment: str, *, structure: bool, only: Mapping[object, int] | None = None
) -> None:
    """Take over sums; of people who came or went only those that hold for any people, such as parts of a whole."""
    names = {at: name for name, at in puzzle.names.items()}
    for row, low, high in puzzle.rows:
        plain = all(abs(factor) == 1 for factor in row.values()) and {low, high} <= {0, MANY, -MANY}
        known = only is None or all(names[at] in only for at in row)
        if known and (plain or not structure):
            joined.add([(joined.names[moment, names[at]], factor) for at, factor in row.items()], low, high)


def moved_counts(before: Counts, after: Counts, came: Counts, went: Counts) -> dict[object, int]:
    """Return the exact numbers of both moments and of those who came and went, by the names in a joined puzzle."""
    moments = {BEFORE: before, AFTER: after, CAME: came, WENT: went}
    return {(moment, name): number for moment, counts in moments.items() for name, number in counts.items()}


def hidden_at(joined: Puzzle, truth: Counts, under: int) -> list[object]:
    """Return what nobody may learn: small counts before and after, and of those who came or went, if any did."""
    return [name for name in joined.names if _is_somebody(name, truth) and truth[name] < under]


def _is_somebody(name: object, truth: Counts) -> bool:
    if not isinstance(name, tuple) or not isinstance(name[1], tuple):
        return False
    moment, (kind, *rest) = name
    if kind == "option":
        return moment in (BEFORE, AFTER) or truth[moment, "people"] > 0
    if kind != "cell" or UNTOLD in rest[1]:
        return False
    return moment in (BEFORE, AFTER) or truth[moment, ("size", *rest[:2])] > 0
