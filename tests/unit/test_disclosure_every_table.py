"""A reader who knows the program, the number of answers and the questionnaire tries every table there could be.

Small thresholds make the tables few enough to try all. Tables that print the same are put together: what they agree on
is what such a reader learns.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from itertools import product
from typing import Any

import pytest

from feedback_app.domain.disclosure import settling
from feedback_app.domain.disclosure.gate import protect
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.ranges import SAFE_WIDTH, Range
from feedback_app.domain.disclosure.rules import ItemTable, Weighted
from feedback_app.domain.disclosure.safe import SafeCount, SafeFigure, SafeTable
from feedback_app.domain.scoring.counts import Counts, EffectiveCounts
from feedback_app.domain.scoring.headlines import HeadlineSpec, share_headline

POLICY = Policy(
    minimum_base=6,
    minimum_base_minors=6,
    small_group=9,
    threshold=3,
    threshold_sensitive=4,
    rounding=3,
    exact_headline_base=12,
    same_answer_base=8,
)
KINDS = ("skipped", "dont_know")


def share(*codes: int, within: tuple[int, ...] = ()) -> HeadlineSpec:
    return share_headline(f"share_{codes}_{within}", codes, within)


def single(options: int, most: int, missing: Iterable[tuple[int, ...]], **more: Any) -> Iterator[ItemTable]:
    """Yield every table of so many options with up to ``most`` people each; ``most`` is the end of a rounding class."""
    for cells, kinds in product(product(range(most + 1), repeat=options), missing):
        counts = Counts(dict(enumerate(cells, start=1)), dict(zip(KINDS, kinds, strict=False)))
        yield ItemTable("PC40", "single", counts, **more)


def several(options: int, most: int) -> Iterator[ItemTable]:
    for cells in product(range(most + 1), repeat=options):
        for answered, skipped in product(range(max(cells), sum(cells) + 1), range(3)):
            counts = Counts(dict(enumerate(cells, start=1)), {"skipped": skipped}, answered)
            yield ItemTable("PC42", "multi", counts, multi=True)


def with_an_impossible_option(tables: Iterable[ItemTable]) -> Iterator[ItemTable]:
    for table in tables:
        counts = Counts({**table.counts.values, 9: 0}, table.counts.missing)
        yield ItemTable(table.code, table.type, counts, structural_zeros=frozenset({9}))


def weighing_all_alike(tables: Iterable[ItemTable]) -> Iterator[ItemTable]:
    for table in tables:
        values = table.counts.values
        weighted = Weighted(EffectiveCounts(values, table.counts.base), values, ())
        yield ItemTable(table.code, table.type, table.counts, table.headlines, weighted=weighted)


NOBODY_MISSING = [()]
SKIPPED = [(number,) for number in range(5)]
TWO_KINDS = list(product(range(3), repeat=2))

RELEASES: Mapping[str, Callable[[], Iterator[ItemTable]]] = {
    "two options": lambda: single(2, 13, SKIPPED, headlines=(share(1),)),
    "asked of all": lambda: single(3, 10, NOBODY_MISSING, headlines=(share(1, 2), share(3))),
    "three faces": lambda: single(3, 7, SKIPPED, headlines=(share(3), share(1))),
    "two kinds of missing": lambda: single(2, 10, TWO_KINDS, headlines=(share(2),)),
    "a base of its own": lambda: single(3, 7, SKIPPED[:3], headlines=(share(1, within=(1, 2)),)),
    "no figure": lambda: single(3, 7, SKIPPED[:3]),
    "sensitive": lambda: single(3, 10, NOBODY_MISSING, headlines=(share(1, 2),), sensitive=True),
    "four options": lambda: single(4, 7, NOBODY_MISSING, headlines=(share(3, 4), share(1, 2), share(1))),
    "an option that cannot be": lambda: with_an_impossible_option(single(2, 10, SKIPPED[:3])),
    "weighted": lambda: weighing_all_alike(single(3, 10, NOBODY_MISSING, headlines=(share(1, 2),))),
    "several choices": lambda: several(3, 4),
}


def ends(count: SafeCount) -> tuple[int, int]:
    return count.low, count.high


def told(figure: SafeFigure) -> Hashable:
    shown = figure.value, figure.low, figure.high, figure.of_list, figure.withheld, figure.reason
    return shown, ends(figure.base), ends(figure.people) if figure.people else None


def printed(table: SafeTable) -> Hashable:
    """Return all that can be read off a protected table."""
    shares = tuple((share.code, ends(share.count), share.percent) for share in table.distribution)
    kinds = tuple((kind, ends(count)) for kind, count in table.missing.items())
    whole = table.base.value, ends(table.base), table.small_group, table.withheld, table.reason
    return whole, shares, kinds, tuple(map(told, table.figures)), tuple(map(told, table.weighted))


def learnt(tables: Iterable[ItemTable]) -> list[tuple[str, list[tuple[int, ...]]]]:
    """Return the hidden options and kinds that a reader narrows to fewer than three candidates, with the tables."""
    alike: dict[Hashable, list[ItemTable]] = defaultdict(list)
    shown: dict[Hashable, SafeTable] = {}
    for table in tables:
        safe = protect([table], POLICY)[0]
        everybody = table.counts.base + sum(table.counts.missing.values())
        print_: Hashable = (everybody, printed(safe))
        alike[print_].append(table)
        shown[print_] = safe
    found = []
    for seen, worlds in alike.items():
        numbers = {f"option {s.code}": [w.counts.values[s.code] for w in worlds] for s in hidden_options(shown[seen])}
        kinds = [kind for kind, count in shown[seen].missing.items() if count.value is None]
        numbers |= {kind: [world.counts.missing[kind] for world in worlds] for kind in kinds}
        cells = [tuple(world.counts.values.values()) for world in worlds]
        found += [(name, cells) for name, values in numbers.items() if max(values) - min(values) < SAFE_WIDTH]
    return found


def hidden_options(table: SafeTable) -> list[Any]:
    return [share for share in table.distribution if share.count.value is None]


@pytest.mark.parametrize("name", RELEASES)
def test_whoever_tries_every_table_leaves_each_hidden_number_three_candidates(name: str) -> None:
    assert learnt(RELEASES[name]()) == []


@pytest.mark.parametrize("name", ["asked of all", "three faces", "weighted"])
def test_the_same_reader_wins_where_sums_are_told_as_they_are(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "_nearest", lambda true, *_limits: dict(true))
    assert learnt(RELEASES[name]())


def test_the_same_reader_wins_where_the_number_of_answers_is_not_reckoned_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "_limits", lambda *_: Range(6, 10**6))
    assert learnt(RELEASES["asked of all"]())


def test_hardly_any_table_of_real_size_is_withheld_for_it() -> None:
    rng = random.Random(4)
    withheld = 0
    for _ in range(400):
        people = rng.choice((60, 165, 345))
        weights = [rng.expovariate(1) ** 2 for _ in range(rng.choice((2, 3, 5)))]
        codes = Counter(rng.choices(range(len(weights)), weights, k=people - 3))
        counts = Counts({code: codes[code] for code in range(len(weights))}, {"skipped": 3, "not_reached": 0})
        withheld += protect([ItemTable("PC40", "single", counts)], Policy())[0].withheld is not None
    assert withheld <= 4


def test_every_printed_range_holds_the_truth() -> None:
    for name in ("three faces", "a base of its own"):
        for table in RELEASES[name]():
            safe = protect([table], POLICY)[0]
            assert safe.base.low <= table.counts.base <= safe.base.high
            for spec, figure in zip(table.headlines, safe.figures, strict=True):
                if figure.people is not None:
                    within = table.counts.of(spec.within) if spec.within else table.counts.base
                    assert figure.base.low <= within <= figure.base.high
                    assert figure.people.low <= table.counts.of(spec.groups[0]) <= figure.people.high


def test_an_option_whose_number_is_known_as_the_size_of_a_group_gives_no_room_to_the_others() -> None:
    counts = Counts({1: 300, 2: 7, 3: 4})
    plain, known = (ItemTable("PC00", "single", counts, makes_groups=known) for known in (False, True))
    assert protect([plain], Policy())[0].withheld is None
    shown = protect([known], Policy())[0]
    assert (shown.withheld, shown.reason, shown.distribution) == ("R1", "kept_private", ())
