"""What the attacker learns from all that is printed of a question: small counts known to within one person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.attack.equations import GaveUpError, NothingFitsError, Puzzle
from tests.attack.reading import UNTOLD, Asked, Breakdowns, Group, Insider, Reader, Sizes

Ends = tuple[int, int]
Printed = Mapping[str, Any]
Counts = Mapping[object, int]


@dataclass
class Score:
    """How many small counts were attacked, which were learnt, and in how many questions no solve came to an end."""

    attacked: int = 0
    learnt: list[tuple[str, object, Ends, int]] = field(default_factory=list)
    gave_up: int = 0
    misread: int = 0

    def add(self, other: Score) -> None:
        """Add what another attack found."""
        self.attacked += other.attacked
        self.learnt += other.learnt
        self.gave_up += other.gave_up
        self.misread += other.misread


def small_counts(truth: Counts, names: Iterable[object], under: int, people_under: int) -> list[object]:
    """Return the numbers that nobody may learn: options and cells under ``under``, sizes of groups ``people_under``."""
    return [name for name in names if truth[name] < (people_under if _is_size(name) else under) and _is_somebody(name)]


def _is_size(name: object) -> bool:
    return isinstance(name, tuple) and name[0] == "size"


def _is_somebody(name: object) -> bool:
    if not isinstance(name, tuple):
        return False
    kind, *rest = name
    return kind == "option" or (kind in ("cell", "size") and UNTOLD not in rest[1])


def shown_sizes(tables: Sequence[Printed], sizes: Sizes) -> dict[tuple[str, ...], dict[Group, int]]:
    """Return the exact sizes of the groups of which a table prints a base: a reader may know those from elsewhere."""
    known: dict[tuple[str, ...], dict[Group, int]] = {}
    for table in tables:
        by = tuple(table["by"])
        for line in table["groups"]:
            group = tuple(line["group"])
            if isinstance(line["base"], int) or line.get("counts"):
                known.setdefault(by, {})[group] = sizes[by][group]
    return known


def read_question(
    asked: Asked,
    breakdowns: Breakdowns,
    wave: Printed,
    tables: Sequence[Printed] = (),
    *,
    insider: Insider | None = None,
    plain: bool = False,
) -> Puzzle:
    """Return all that is printed of one question as a puzzle; ``plain`` takes every total as simply rounded."""
    reader = Reader(asked, breakdowns, insider, plain)
    reader.wave(wave)
    for table in tables:
        reader.broken_down(table)
    return reader.puzzle


def share_people(puzzles: Sequence[Puzzle], printed: Ends) -> None:
    """Let each question know what all others, and the number of answers by itself, tell of how many answered."""
    low, high = printed
    for puzzle in puzzles:
        puzzle.narrow()
        at = puzzle.names["people"]
        low, high = max(low, puzzle.low[at]), min(high, puzzle.high[at])
    for puzzle in puzzles:
        puzzle.number("people", low, high)


def score(code: str, puzzle: Puzzle, truth: Counts, hidden: Sequence[object]) -> Score:
    """Return which of the ``hidden`` numbers a puzzle gives away; none, and misread, where the truth does not fit it.

    A reading counts only if the truth is among what it holds possible.
    """
    if not puzzle.holds(truth):
        return Score(misread=1)
    try:
        found = puzzle.pinned(hidden, truth)
    except GaveUpError:
        return Score(len(hidden), gave_up=1)
    except NothingFitsError as error:
        raise AssertionError("the truth fits, so something fits") from error
    return Score(len(hidden), [(code, name, ends, truth[name]) for name, ends in found.items()])
