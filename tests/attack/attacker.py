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
    """How many small counts were attacked and which were learnt; of how many groups anything was shown.

    ``gave_up`` counts questions in which a solve came to no end, ``misread`` those whose truth fits no reading.
    """

    attacked: int = 0
    learnt: list[tuple[str, object, Ends, int]] = field(default_factory=list)
    gave_up: int = 0
    misread: int = 0
    groups: int = 0
    shown: int = 0

    def add(self, other: Score) -> None:
        """Add what another attack found."""
        self.attacked += other.attacked
        self.learnt += other.learnt
        self.gave_up += other.gave_up
        self.misread += other.misread
        self.groups += other.groups
        self.shown += other.shown

    def saw(self, tables: Iterable[Printed], groups: int) -> None:
        """Keep in mind how many groups there are, and of how many these tables show anything."""
        self.groups += groups
        self.shown += sum(bool(line.get("counts")) for table in tables for line in table["groups"])


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
    own_counts: bool = False,
) -> Puzzle:
    """Return all that is printed of one question as a puzzle, read like `Reader` says."""
    reader = Reader(asked, breakdowns, insider, plain, own_counts)
    reader.wave(wave)
    for table in tables:
        reader.broken_down(table)
    return reader.puzzle


def best_reading(
    asked: Asked,
    breakdowns: Breakdowns,
    wave: Printed,
    tables: Sequence[Printed],
    truth: Counts,
    insider: Insider | None = None,
) -> Puzzle:
    """Return the narrowest reading that the truth fits: that of one who takes the numbers at their word, if it does.

    Nobody can know that it does. So what such a reader is right about counts as learnt, guessed or not.
    """
    ways = ((True, True), (False, True), (False, False))
    for plain, own_counts in ways:
        puzzle = read_question(asked, breakdowns, wave, tables, insider=insider, plain=plain, own_counts=own_counts)
        if puzzle.holds(truth):
            break
    return puzzle


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
