"""Headlines read back: the counts that a printed percent, net score or mean, with its range, could be made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.attack.equations import Puzzle
from tests.attack.readings import Ends, Rules, net_scores_that_fit, shares_that_fit, strip, sum_ends, total_ends

if TYPE_CHECKING:
    from tests.attack.reading import Figure


def read_headline(
    puzzle: Puzzle, printed: Mapping[str, Any], meaning: Figure, cells: Mapping[int, Ends], rules: Rules
) -> None:
    """Add to the puzzle what a headline of the whole wave tells of the sums it is made from."""
    at = puzzle.names["base"]
    base = puzzle.low[at], puzzle.high[at]
    exact = isinstance(printed["base"], int) and printed["base"] - rules.total_step // 2 >= rules.exact_from
    headline = _Headline(puzzle, meaning, cells, rules)
    if meaning.bottom:
        if exact:
            headline.net_score(printed, base)
        return
    if isinstance(printed.get("people"), int):
        parts = sum_ends(cells[code] for code in meaning.top)
        headline.holds(meaning.top, total_ends(printed["people"], rules, parts, room=3 * rules.room))
    if exact and printed.get("low") is not None and not printed.get("of_list"):
        headline.share(printed, base)


@dataclass(frozen=True)
class _Headline:
    """One headline of a puzzle. Its sums may be a few people off, unless each lies well inside what its cells allow."""

    puzzle: Puzzle
    meaning: Figure
    cells: Mapping[int, Ends]
    rules: Rules

    def share(self, printed: Mapping[str, Any], base: Ends) -> None:
        """Read a share with its interval: counts and bases that fit, and how the one goes with the other."""
        pairs = list(shares_that_fit(printed["value"], printed["low"], printed["high"], base))
        if not pairs:
            return
        counts, bases, apart = strip(pairs, printed["value"])
        rest = frozenset(self.cells) - self.meaning.top
        others = min(n - x for x, n in pairs), max(n - x for x, n in pairs)
        if not (self._is_sure(self.meaning.top, counts) and self._is_sure(rest, others)):
            off = 2 * self.rules.room
            self.holds(self.meaning.top, (counts[0] - off, counts[1] + off))
            return
        self.holds(self.meaning.top, counts)
        whole, share = self.puzzle.names["base"], printed["value"] / 100
        terms = [(self.puzzle.names[("option", code)], 1.0) for code in self.meaning.top]
        self.puzzle.add([*terms, (whole, -share)], *apart)
        self.puzzle.add([(whole, 1)], *bases)

    def net_score(self, printed: Mapping[str, Any], base: Ends) -> None:
        """Read a net score with its interval."""
        found = list(net_scores_that_fit(printed["value"], printed["low"], printed["high"], base))
        off = 3 * self.rules.room
        for codes, at in ((self.meaning.top, 0), (self.meaning.bottom, 1)) if found else ():
            self.holds(codes, (min(one[at] for one in found) - off, max(one[at] for one in found) + off))

    def _is_sure(self, codes: frozenset[int], sums: Ends) -> bool:
        """Return whether a sum is the true one: all its counts are shown, or it lies well inside what they allow."""
        least, most = sum_ends(self.cells[code] for code in codes)
        return least + self.rules.room < sums[0] and sums[1] < most - self.rules.room

    def holds(self, codes: frozenset[int], sums: Ends) -> None:
        """Hold a sum of options within what was read."""
        self.puzzle.add([(self.puzzle.names[("option", code)], 1) for code in codes], *sums)
