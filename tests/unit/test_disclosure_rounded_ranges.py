"""Under 100 answers figures are made of rounded counts: their ranges and verdicts must hold in spite of it."""

from __future__ import annotations

import pytest
from scipy.stats import binom

from feedback_app.domain.disclosure import changes, sources
from feedback_app.domain.disclosure.changes import protect_changes
from feedback_app.domain.disclosure.gate import protect
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.rules import ItemTable
from feedback_app.domain.disclosure.safe import SafeFigure
from feedback_app.domain.scoring.counts import Counts
from feedback_app.domain.scoring.families import Verdict
from feedback_app.domain.scoring.headlines import headlines_for

POLICY = Policy()


def item(yes: int, n: int) -> ItemTable:
    return ItemTable("PC06", "freq5", Counts({1: n - yes, 5: yes}), headlines_for("freq5"))


def shown(yes: int, n: int) -> SafeFigure:
    return protect([item(yes, n)], POLICY)[0].figures[0]


def coverage(n: int, p: float) -> float:
    """Return how often the range that is shown holds p, of the samples of which anything is shown."""
    held = told = 0.0
    for yes in range(n + 1):
        figure = shown(yes, n)
        if figure.value is not None:
            chance = float(binom.pmf(yes, n, p))
            told += chance
            held += chance * (figure.low <= 100 * p <= figure.high)
    return held / told


@pytest.mark.parametrize("n", [30, 35, 55, 99])
@pytest.mark.parametrize("p", [0.15, 0.3, 0.5, 0.8])
def test_ranges_made_of_rounded_counts_hold_the_truth_95_times_in_100(n: int, p: float) -> None:
    assert coverage(n, p) >= 0.945  # whole points and whole people leave it no finer


def test_without_room_for_the_rounding_they_would_miss_far_too_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "_corners", lambda *_: ())
    assert coverage(35, 0.15) < 0.85


def test_the_range_says_no_more_than_the_rounded_counts_do() -> None:
    assert len({(one.low, one.high, one.value) for one in (shown(20 + more, 55 + more) for more in range(-2, 3))}) == 1


def false_verdicts(n: int, p: float) -> float:
    """Return how often two waves of which nothing is different show a change, alone in their family."""
    wrong = 0.0
    chances = [float(binom.pmf(yes, n, p)) for yes in range(n + 1)]
    likely = [yes for yes in range(n + 1) if chances[yes] > 1e-3]
    for then in likely:
        for now in likely:
            (made,) = protect_changes([item(then, n)], [item(now, n)], [("PC06", None)], POLICY)
            if made.verdict in (Verdict.HIGHER, Verdict.LOWER):
                wrong += chances[then] * chances[now]
    return wrong


def test_two_waves_that_differ_by_chance_alone_seldom_show_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    assert false_verdicts(50, 0.5) <= 0.05
    monkeypatch.setattr(changes, "_around", lambda change, *_: change)
    assert false_verdicts(50, 0.5) > 0.08
