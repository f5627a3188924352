"""Counting who wrote about what: people not comments, manners put together, and what a priority may be held at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from feedback_app.domain.codeframe import Codeframe, Priority, Theme
from feedback_app.domain.coding import Coding, Valence
from feedback_app.domain.disclosure.gate import protect
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.theme_figures import (
    NAMED,
    PRIORITY,
    ThemeCounts,
    Written,
    count_themes,
    held_priority,
    manner_of,
    rounded_throughout,
    theme_tables,
)

WELL, CHANGE, MIXED, NEUTRAL = Valence.GOING_WELL, Valence.NEEDS_CHANGE, Valence.MIXED, Valence.NEUTRAL
POLICY = Policy()
FRAME = Codeframe(
    name="frame",
    version=1,
    title="A frame",
    priorities=(Priority(key="P1", name="One"), Priority(key="P2", name="Two")),
    themes=(
        Theme(code="AA", name="A", priority="P1", definition="A."),
        Theme(code="BB", name="B", priority="P1", definition="B."),
        Theme(code="CC", name="C", priority="P2", definition="C."),
    ),
)


def wrote(*themes: str, people: int = 1, first: int = 0, valence: Valence | None = None) -> Iterator[Written]:
    return (Written(first + at, Coding(frozenset(themes), valence)) for at in range(people))


def counted(*written: Iterator[Written]) -> ThemeCounts:
    return count_themes(FRAME, [one for some in written for one in some])


def test_somebody_with_two_comments_counts_once_for_a_theme_and_its_priority() -> None:
    found = counted(wrote("AA"), wrote("AA", "BB"), wrote("CC"))
    assert (found.people, found.comments) == (1, 3)
    assert [found.themes[code].people for code in ("AA", "BB", "CC")] == [1, 1, 1]
    assert found.priorities["P1"].people == 1


def test_a_theme_that_the_codeframe_does_not_have_counts_for_nothing() -> None:
    assert counted(wrote("GONE")).priorities["P1"].people == 0


@pytest.mark.parametrize(
    ("valences", "together"),
    [
        ([WELL, CHANGE], MIXED), ([WELL, MIXED], MIXED), ([NEUTRAL, CHANGE], CHANGE), ([WELL, None], WELL),
        ([NEUTRAL], NEUTRAL), ([None], None),
    ],
)  # fmt: skip
def test_the_manners_of_one_person_are_put_together(valences: list[Valence | None], together: Valence | None) -> None:
    assert manner_of(valences) == together


def test_a_theme_is_checked_for_somebody_once_every_comment_that_names_it_is() -> None:
    checked = Written(1, Coding(frozenset({"AA"}), checked=True), read=True)
    found = count_themes(FRAME, [checked, Written(1, Coding(frozenset({"AA"})))])
    assert not found.themes["AA"].checked
    assert count_themes(FRAME, [checked]).themes["AA"].checked == {1}


@pytest.mark.parametrize("few", range(5))
def test_a_hidden_theme_cannot_be_worked_out_from_its_priority(few: int) -> None:
    """Whoever takes the shown theme from the priority is left with three numbers or more for the hidden one."""
    found = counted(wrote("AA", people=30), wrote("BB", people=few, first=100), wrote("CC", people=200, first=200))
    held = held_priority(FRAME, found, "P1", POLICY, minors=False)
    assert {number for number in range(5) if held == min(30 + number, 32)} >= {few}
    assert held - 30 <= 4 - 2


def test_a_priority_with_no_hidden_theme_is_as_it_is() -> None:
    found = counted(wrote("AA", people=30), wrote("BB", people=10, first=100))
    assert held_priority(FRAME, found, "P1", POLICY, minors=False) == 40


def test_every_table_of_a_priority_rests_on_as_many_people_as_it_is_held_at() -> None:
    found = counted(
        wrote("AA", people=30, valence=WELL), wrote("BB", people=4, first=100), wrote("CC", people=200, first=200)
    )
    tables = {table.code: table for table in theme_tables(FRAME, found, POLICY, minors=False)}
    assert tables[PRIORITY + "P1"].counts.values[NAMED] == 32
    assert tables[PRIORITY + "P1/manner"].counts.base == 32
    assert tables[PRIORITY + "P1/checked"].counts.base == 32


def test_no_share_tells_more_exactly_how_many_name_a_theme_than_its_printed_number() -> None:
    """18 of 100 all speak alike: were 18% exact, the hidden others of them would be nobody for sure."""
    found = counted(wrote("AA", people=18, valence=WELL), wrote(people=82, first=100))
    policy = rounded_throughout(POLICY)
    shown = {table.code: table for table in protect(theme_tables(FRAME, found, policy, minors=False), policy)}
    assert shown["AA"].figures[0].value == 20
    assert shown["AA/manner"].base.low <= 18
    assert shown["AA/manner"].base.high == 22


def test_childrens_themes_pass_with_the_higher_thresholds() -> None:
    found = counted(wrote("AA", people=9), wrote("CC", people=60, first=100), wrote(people=40, first=200))
    release = protect(theme_tables(FRAME, found, POLICY, minors=True), POLICY)
    shown = {table.code: table for table in release}
    assert shown["AA"].figures[0].value is None
    assert shown["CC"].figures[0].value is not None
