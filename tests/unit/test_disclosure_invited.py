"""A list that everybody on was invited: its length is known to all, so a range must not tell who is missing from it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_app.domain.disclosure import sources
from feedback_app.domain.disclosure.gate import protect
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.rules import ItemTable, Weighted
from feedback_app.domain.scoring.counts import Counts, EffectiveCounts
from feedback_app.domain.scoring.headlines import headlines_for, share_headline

POLICY = Policy()
Seen = tuple[object, ...]


def seen(low: int, high: int, invited: int | None, kind: str = "freq5", **more: object) -> list[Seen]:
    """Return what of an item with so many low and high answers is shown: value, range and about how many."""
    table = ItemTable("PC06", kind, Counts({1: low, 5: high}), headlines_for(kind), invited=invited, **more)
    return [
        (one.value, one.low, one.high, one.base.as_total(), one.of_list) for one in protect([table], POLICY)[0].figures
    ]


@settings(max_examples=150)
@given(st.integers(52, 300))
def test_a_range_never_tells_how_few_of_a_list_are_missing(half: int) -> None:
    """Halves, so that the share is the same whoever is missing; 0, 2 and 4 are all shown as "fewer than 5"."""
    invited = 2 * half + 4
    ranges: dict[object, set[Seen]] = {}
    for more in (2, 1, 0):
        (shown,) = seen(half + more, half + more, invited)
        assert (shown[0], shown[4]) == (50, True)
        ranges.setdefault(shown[3], set()).add(shown[1:3])
    assert all(len(told) == 1 for told in ranges.values())


def test_ranges_made_from_the_exact_numbers_would_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = sources._of_list

    def exact(source: sources.Source, *figures: object) -> object:
        base = sources.SafeCount(sources.SEAL, int(source.counts.base), None, 0, 10**6)
        return kept(sources.replace(source, base=base, kept_back=1), *figures)

    monkeypatch.setattr(sources, "_of_list", exact)
    assert len({seen(58 + more, 58 + more, 120)[0][1:3] for more in (0, 1, 2)}) > 1


def test_scores_shares_of_a_part_and_weighted_figures_know_no_list() -> None:
    (csat, mean) = seen(60, 60, 125, "csat5")
    assert (csat[4], mean[4]) == (True, False)
    part = ItemTable("PC06", "single", Counts({1: 40, 2: 40, 3: 40}), (share_headline("a", (1,), (1, 2)),), invited=125)
    assert not protect([part], POLICY)[0].figures[0].of_list
    counts = Counts({1: 60, 5: 60})
    weights = Weighted(EffectiveCounts({1: 50.0, 5: 60.0}, 120), counts.values, ())
    both = ItemTable("PC06", "freq5", counts, headlines_for("freq5"), weighted=weights, invited=125)
    shown = protect([both], POLICY)[0]
    assert (shown.figures[0].of_list, shown.weighted[0].of_list) == (True, False)
    assert shown.weighted[0].high - shown.weighted[0].low > 15


def test_a_list_of_which_few_answered_changes_nothing() -> None:
    assert seen(60, 60, 3000) == seen(60, 60, None)


def test_a_list_hardly_longer_than_a_hidden_number_gives_no_range_of_its_own() -> None:
    assert seen(10, 10, 20)[0][4] is True
    assert seen(5, 5, 5)[0][4] is False
