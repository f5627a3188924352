"""Two readers, one of the SEND team and one who leads a workstream, put together what they saw on the pages."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.attack.attacker import best_reading, score, small_counts
from tests.support.attacked import insider_of
from tests.support.attacked_pages import ASKED, Pages
from tests.support.invented_waves import exact_counts

SINGLE = [("locality",), ("district",), ("provision",)]
CROSSED = [("district", "provision"), ("provision", "locality"), ("locality", "provision"), ("provision", "district")]
steps = st.tuples(st.sampled_from(["team", "lead"]), st.sampled_from(sorted(ASKED)), st.sampled_from(CROSSED))


@settings(max_examples=8)
@given(asked_for=st.lists(steps, min_size=2, max_size=6))
def test_two_readers_who_ask_in_any_order_learn_nothing_together(
    pages: Pages, asked_for: list[tuple[str, str, tuple[str, str]]]
) -> None:
    pages.forget()
    seen = {(item, frozenset(by)): pages.read(reader, item, by) for reader, item, by in asked_for}
    for item in {item for _, item, _ in asked_for}:
        tables = [pages.read("lead", item, by) for by in SINGLE]
        tables += [table for (of, _), table in seen.items() if of == item]
        assert learnt(pages, item, [table for table in tables if table]) == []


def learnt(pages: Pages, item: str, tables: list[dict[str, Any]]) -> list[object]:
    """Return what of a question follows from all that was seen, for somebody who knows how large the groups are."""
    wave = pages.wave
    question = next(one for one in wave.questions if one.asked.code == item)
    every = [tuple(table["by"]) for table in tables]
    truth = exact_counts(wave, question, every)
    insider = insider_of(wave, tables)
    puzzle = best_reading(question.asked, wave.breakdowns, pages.whole(item), tables, truth, insider)
    found = score(item, puzzle, truth, small_counts(truth, puzzle.names, 5, 5))
    assert (found.misread, found.gave_up) == (0, 0)
    assert found.attacked
    return list(found.learnt)
