"""Two states of one wave, subtracted: what is learnt of the small counts in each, and of those who came or went."""

from __future__ import annotations

from tests.attack.attacker import Score
from tests.support.attacked import gate
from tests.support.invented_waves import Extent
from tests.support.over_time import attack_over_time

MOST = Extent(people=250, questions=1, breakdowns=1)


def attacked(number: int, *, every_answer: bool) -> Score:
    found = Score()
    for seed in range(number):
        if told := attack_over_time(seed, gate(), MOST, every_answer=every_answer):
            found.add(told)
    return found


def test_two_snapshots_tell_nothing_of_small_counts_nor_of_those_who_came_or_went_between() -> None:
    found = attacked(120, every_answer=False)
    assert found.attacked > 800
    assert found.learnt == []
    assert found.gave_up == 0


def test_live_figures_would_tell_what_the_last_one_to_answer_said() -> None:
    found = attacked(12, every_answer=True)
    assert [name for _, name, _, _ in found.learnt if isinstance(name, tuple) and name[0] == "came"]
