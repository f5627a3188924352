"""What is told of figures that are held back, and whether what is told of others narrows a hidden count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import product

import pytest

from feedback_app.domain.disclosure import sources
from feedback_app.domain.disclosure.changes import protect_changes
from feedback_app.domain.disclosure.gate import protect
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.rules import ItemTable, ScaleTable, Weighted
from feedback_app.domain.disclosure.safe import SafeFigure, SafeTable
from feedback_app.domain.scoring.counts import Counts, EffectiveCounts
from feedback_app.domain.scoring.headlines import headlines_for, share_headline
from feedback_app.domain.scoring.reliability import Alpha
from feedback_app.domain.scoring.scales import MeanScore, mean_score

POLICY = Policy()
NEUTRAL = ("R1", "kept_private")
Cells = tuple[int, ...]


def item(*cells: int, sensitive: bool = False, weighted: Weighted | None = None) -> ItemTable:
    counts = Counts(dict(enumerate(cells, start=1)))
    first_two = (share_headline("first_two", (1, 2)),)
    return ItemTable("PC40", "single", counts, first_two, sensitive=sensitive, weighted=weighted)


def covered(*cells: int, others: Cells, cross: Cells) -> ItemTable:
    """Return an item whose weights cover some and leave out others; ``cross`` counts those with a plan."""
    values = dict(enumerate(cells, start=1))
    effective = EffectiveCounts(values, sum(cells))
    everybody = [one + other for one, other in zip(cells, others, strict=True)]
    return item(*everybody, weighted=Weighted(effective, values, (dict(enumerate(cross, start=1)),)))


def safe(table: ItemTable) -> SafeTable:
    return protect([table], POLICY)[0]


TABLES = [
    item(3, 3, 91, sensitive=True),  # nearly all alike
    item(0, 0, 19),  # all of few alike
    item(7, 4, 92),  # as many answered as the shown counts allow at most
]
FIGURES = [
    item(2, 2, 55),  # a part under the threshold
    item(30, 30, 3),  # the rest under it
    item(4, 4, 50, 4),  # sums that cannot all be held away from what would tell a hidden count
]
WEIGHTED = [
    item(2, 2, 155, weighted=Weighted(EffectiveCounts({1: 2, 2: 2, 3: 155}, 159), {1: 2, 2: 2, 3: 155}, ())),
    covered(50, 50, 50, others=(9, 9, 9), cross=(2, 2, 20)),  # few in a category
    covered(50, 50, 50, others=(2, 2, 9), cross=(20, 20, 20)),  # few of those left out
    covered(7, 4, 90, others=(0, 0, 0), cross=(7, 4, 90)),  # the plain figure rests on a sum that was held
]


def scale(alike: int = 100, alike_items: int = 100, *, spread: bool = True) -> ScaleTable:
    mean = MeanScore(60.0, 57.0, 63.0, 20.0, 150, 0, 150.0) if spread else mean_score([50.0] * 150)
    return ScaleTable("VOICE", False, mean, mean, Alpha(0.8, 0.7, 0.9, 6, 140), alike, alike_items=alike_items)


def told(shown: SafeTable | SafeFigure) -> tuple[str | None, str | None]:
    return shown.withheld, shown.reason


@pytest.mark.parametrize("table", TABLES)
def test_a_whole_item_that_is_kept_private_has_one_rule_and_reason(table: ItemTable) -> None:
    shown = safe(table)
    assert [told(each) for each in (shown, *shown.figures)] == [NEUTRAL, NEUTRAL]


@pytest.mark.parametrize("table", FIGURES)
def test_a_figure_that_is_kept_private_has_the_same_rule_and_reason(table: ItemTable) -> None:
    shown = safe(table)
    assert [told(each) for each in (shown, *shown.figures)] == [(None, None), NEUTRAL]


@pytest.mark.parametrize("table", WEIGHTED)
def test_so_has_a_weighted_figure(table: ItemTable) -> None:
    assert [told(figure) for figure in safe(table).weighted] == [NEUTRAL]


@pytest.mark.parametrize("table", [scale(alike=4), scale(spread=False)])
def test_so_have_a_scale_and_its_weighted_score(table: ScaleTable) -> None:
    (shown,) = protect([], POLICY, [table]).scales
    assert [told(shown.score), told(shown.weighted), shown.alpha.reason] == [NEUTRAL, NEUTRAL, "kept_private"]


def test_so_has_an_alpha() -> None:
    (shown,) = protect([], POLICY, [scale(alike_items=4)]).scales
    assert (shown.score.withheld, shown.alpha.reason) == (None, "kept_private")


def test_behind_the_one_reason_stand_several() -> None:
    held = [sources.headline_sources(table, POLICY)[0].held for table in (*TABLES, *FIGURES)]
    held += [sources.weighted_sources(table, POLICY)[0].held for table in WEIGHTED]
    assert len(set(held)) == 4


def test_a_sum_that_cannot_be_held_looks_like_one_that_is_too_small() -> None:
    held, few = item(4, 4, 50, 4), item(2, 2, 50, 8)
    assert [told(safe(each).figures[0]) for each in (held, few)] == [NEUTRAL, NEUTRAL]
    enough = item(30, 30, 60, 30)
    changes = [protect_changes([enough], [after], [("PC40", None)], POLICY) for after in (held, few)]
    assert changes[0][0].as_dict() == changes[1][0].as_dict()
    assert changes[0][0].refused == "withheld_after"


def faces(minors: bool) -> Iterator[tuple[Cells, SafeTable]]:
    """Yield all tables of 83 to 107 in the middle and 0 to 12 at both ends, whole classes of rounding, as shown."""
    for cells in product(range(13), range(83, 108), range(13)):
        counts = Counts(dict(enumerate(cells, start=1)))
        yield cells, safe(ItemTable("CE01", "smiley3", counts, headlines_for("smiley3"), minors))


def narrowed_by_figures(minors: bool) -> set[int]:
    """Return the shown bases where figures leave a hidden count fewer than three candidates and the counts do not."""
    fitting: dict[bool, dict[object, list[Cells]]] = {True: defaultdict(list), False: defaultdict(list)}
    for cells, shown in faces(minors):
        counts = shown.base.value, shown.small_group, shown.distribution
        fitting[False][counts].append(cells)
        fitting[True][counts, shown.figures].append(cells)
    found = set()
    for (counts, _figures), tables in fitting[True].items():
        for place, share in enumerate(counts[2]):
            ends = [{cells[place] for cells in each} for each in (tables, fitting[False][counts])]
            with_figures, alone = (max(each) - min(each) for each in ends)
            if share.count.value is None and with_figures < 2 <= alone:
                found.add(counts[0])
    return found


def test_neither_range_nor_people_tell_a_reader_who_tries_all_tables_which_counts_were_used() -> None:
    assert narrowed_by_figures(minors=False) == narrowed_by_figures(minors=True) == set()
