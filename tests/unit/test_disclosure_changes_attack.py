"""Changes between two waves, and a reader who tries every pair of tables that fits all that was published."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product

from feedback_app.domain.disclosure.changes import protect_changes
from feedback_app.domain.disclosure.gate import protect
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.ranges import SAFE_WIDTH
from feedback_app.domain.disclosure.rules import ItemTable
from feedback_app.domain.disclosure.safe import SafeTable
from feedback_app.domain.disclosure.settling import settle
from feedback_app.domain.scoring.changes import share_change
from feedback_app.domain.scoring.counts import Counts
from feedback_app.domain.scoring.figures import share_of
from feedback_app.domain.scoring.headlines import headlines_for

POLICY = Policy()
Cells = tuple[int, ...]
Sums = tuple[int, int]  # those who chose one of the two best options, and the rest


def table(cells: Cells) -> ItemTable:
    return ItemTable("PC06", "freq5", Counts(dict(enumerate(cells, start=1))), headlines_for("freq5"))


def sums(cells: Cells) -> Sums:
    return sum(cells[3:]), sum(cells[:3])


@cache
def held(cells: Cells) -> Sums:
    """Return the sums that the program would rest the figure on, had the answers been these."""
    counts = settle(table(cells), POLICY).counts
    return counts.of((4, 5)), counts.of((1, 2, 3))


def to_five(count: int) -> int:
    return 5 * ((count + 2) // 5)


def counted(pair: Sums) -> Counts:
    return Counts({5: pair[0], 1: pair[1]})


@dataclass(frozen=True)
class Wave:
    """One wave as a reader has it who knows the program, how many answered, and whether the headline was rounded."""

    shown: SafeTable
    rounds: bool
    people: int

    def used(self, pair: Sums) -> Sums:
        """Return the sums that the headline would be made from."""
        return on_fives(pair) if self.rounds else pair

    def ways(self, pair: Sums) -> tuple[Sums, ...]:
        """Return the sums that the range is made to hold for: the used ones, and the outermost that round the same."""
        return (self.used(pair), *(_outermost(on_fives(pair)) if self.shown.base.low < 100 else ()))

    def fitting(self) -> Iterator[Cells]:
        """Try every table within the rounded counts; keep those of as many people with the published headline."""
        *ranges, last = [range(share.count.low, share.count.high + 1) for share in self.shown.distribution]
        for cells in product(*ranges):
            rest = self.people - sum(cells)
            if rest in last and self._has_headline((*cells, rest)):
                yield (*cells, rest)

    def _has_headline(self, cells: Cells) -> bool:
        figure, pair = self.shown.headline, held(cells)
        return min(pair) >= 5 and headline(self.ways(pair)) == (figure.value, figure.low, figure.high)


def on_fives(pair: Sums) -> Sums:
    yes, base = to_five(pair[0]), to_five(sum(pair))
    return yes, base - yes if base > yes else to_five(pair[1])


def _outermost(rounded: Sums) -> tuple[Sums, ...]:
    ends = [(number - 2, number + 2) for number in (rounded[0], sum(rounded))]
    return tuple((yes, base - yes) for yes, base in product(*ends))


@cache
def share(pair: Sums) -> tuple[float, float, float]:
    figure = share_of(counted(pair), "top_two_box", (5,))
    return figure.value, figure.low, figure.high


@cache
def headline(ways: tuple[Sums, ...]) -> tuple[int, ...]:
    found = [share(pair) for pair in ways]
    around = found[0][0], min(one[1] for one in found), max(one[2] for one in found)
    return tuple(int(x + 0.5) for x in around)


@cache
def alone(before: Sums, after: Sums) -> tuple[float, float, float, float]:
    made = share_change(counted(before), counted(after), (5,))
    return made.value, made.low, made.high, made.p


@cache
def change(before: tuple[Sums, ...], after: tuple[Sums, ...]) -> tuple[float, ...]:
    found = [alone(*pair) for pair in product(before, after)]
    one_way = all(one[0] > 0 for one in found) or all(one[0] < 0 for one in found)
    p = max(one[3] for one in found) if one_way or len(found) == 1 else 1.0
    return found[0][0], min(one[1] for one in found), max(one[2] for one in found), p


def whole_points(before: tuple[Sums, ...], after: tuple[Sums, ...]) -> tuple[float, ...]:
    value, low, high, p = change(before, after)
    return *(int((x + 0.5) // 1) for x in (value, low, high)), max(0.01, -(-p * 100 // 1) / 100)


def three_decimals(before: tuple[Sums, ...], after: tuple[Sums, ...]) -> tuple[float, ...]:
    return tuple(round(x, 3) for x in change(before, after))


def drawn(seed: int) -> Cells:
    """Draw a wave of 30 to some 200 answers in which some options are rare."""
    rng = random.Random(seed)
    most = rng.choice((20, 30, 60))
    return tuple(rng.randint(0, 6) if rng.random() < 0.45 else rng.randint(5, most) for _ in range(5))


def published(cells: Cells) -> Wave | None:
    shown = protect([table(cells)], POLICY)[0]
    if shown.headline is None or shown.headline.withheld or shown.base.low < 30:
        return None
    return Wave(shown, sum(held(cells)) < 100, sum(cells))


Published = Callable[[Sums, Sums], tuple[float, ...]]
Told = Callable[[tuple[Sums, ...], tuple[Sums, ...]], tuple[float, ...]]
Reading = Callable[[Cells], Sums]


def narrowed(waves: tuple[Wave, Wave], fits: Callable[[Sums, Sums], bool], reading: Reading) -> bool:
    """Return whether a hidden count of either wave is left with ends closer than two apart."""
    tables = [list(wave.fitting()) for wave in waves]
    pairs = product(*({reading(cells) for cells in each} for each in tables))
    good = [pair for pair in pairs if fits(*pair)]
    assert good
    for side, wave in enumerate(waves):
        left = [cells for cells in tables[side] if any(pair[side] == reading(cells) for pair in good)]
        for place, share in enumerate(wave.shown.distribution):
            values = {cells[place] for cells in left}
            if share.count.value is None and max(values) - min(values) < SAFE_WIDTH:
                return True
    return False


def of_used(before: Wave, after: Wave, publish: Told) -> Published:
    """Return the change as it is made: from the sums that each wave's own headline is made from."""
    return lambda first, second: publish(before.ways(first), after.ways(second))


def of_exact(publish: Told) -> Published:
    """Return the change as it would be made from exact counts."""
    return lambda first, second: publish((first,), (second,))


def falls(first: Cells, second: Cells, waves: tuple[Wave, Wave], publish: Published, reading: Reading = held) -> bool:
    seen = publish(reading(first), reading(second))
    return narrowed(waves, lambda a, b: publish(a, b) == seen, reading)


def waves_drawn(number: int) -> list[tuple[Cells, Cells, tuple[Wave, Wave]]]:
    found = []
    for seed in range(number):
        first, second = drawn(2 * seed), drawn(2 * seed + 1)
        before, after = published(first), published(second)
        if (
            before
            and after
            and any(share.count.value is None for w in (before, after) for share in w.shown.distribution)
        ):
            found.append((first, second, (before, after)))
    return found


def test_with_the_change_beside_both_waves_every_hidden_count_keeps_three_candidates() -> None:
    tried = waves_drawn(80)
    assert len(tried) >= 40
    assert {wave.rounds for *_cells, waves in tried for wave in waves} == {True, False}
    for first, second, waves in tried:
        (made,) = protect_changes([table(first)], [table(second)], [("PC06", None)], POLICY)
        publish = of_used(*waves, whole_points)
        assert publish(held(first), held(second)) == (made.value, made.low, made.high, made.p)
        assert not falls(first, second, waves, publish)


def test_not_even_three_decimals_would_tell_more_because_the_same_sums_are_used() -> None:
    tried = waves_drawn(80)
    assert not any(falls(*each, of_used(*each[2], three_decimals)) for each in tried)


def test_the_same_reader_wins_when_changes_are_made_from_exact_counts_with_three_decimals() -> None:
    assert sum(falls(*each, of_exact(three_decimals), sums) for each in waves_drawn(80)) >= 3
