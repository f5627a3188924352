"""Counting answers by item agrees with counting one person after the other, whatever the answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_app.domain.answers import Answer
from feedback_app.domain.instrument import ITEM_KINDS, TextItem
from feedback_app.domain.scoring.counts import Counts
from feedback_app.reports.codebook import codebook_lines
from feedback_app.reports.columns import RowWords, columns_of, items_with_columns
from feedback_app.reports.counting import count_items
from feedback_app.reports.frame import Batch, frame_of_sheets, make_frame
from feedback_app.reports.item_tables import headlines_of
from feedback_app.web.team.figures import chart_of, sentences_of
from tests.support.plain_counts import plain_counts
from tests.support.summaries import make_instrument, some_answers

INSTRUMENT = make_instrument()
KINDS = ("not_shown", "not_reached", "skipped", "prefer_not_to_say", "dont_know", "does_not_apply")
WORDS = RowWords(
    {kind: kind for kind in KINDS}, "chosen", "not chosen", "wrote", {"week": "the week", "provision": "plan"}
)
MISSING = (-1, -2, -3, -7, -8, -9)
BATCH = 70


def counts_of(item: str, answers: Sequence[Answer]) -> Counts:
    """Return one item's counts when these are all the answers there are."""
    return count_items(INSTRUMENT, frame_of_sheets(INSTRUMENT, [{item: answer} for answer in answers])).by_item[item]


@given(st.lists(st.sampled_from([1, 2, 3, 4, 5, *MISSING]), max_size=60))
def test_a_rating_is_counted_by_option_and_by_kind_of_missing(answers: list[int]) -> None:
    assert counts_of("TS02", answers) == plain_counts(answers, range(1, 6))


@given(st.lists(st.sampled_from([1, 2, 3, *MISSING]), max_size=60))
def test_an_option_declared_missing_is_counted_as_its_kind(answers: list[int]) -> None:
    assert counts_of("TS01", answers) == plain_counts(answers, (1, 2, 3), {3: "dont_know"})


@given(st.lists(st.one_of(st.sampled_from(MISSING), st.sets(st.sampled_from([1, 2, 3]), min_size=1)), max_size=60))
def test_several_choices_count_each_person_once_in_the_base(answers: list[int | set[int]]) -> None:
    given = [tuple(sorted(answer)) if isinstance(answer, set) else answer for answer in answers]
    plain = plain_counts(given, (1, 2, 3))
    counted = counts_of("TS09", given)
    assert (counted.values, counted.missing, counted.base) == (plain.values, plain.missing, plain.base)


def test_options_that_nobody_chose_and_those_who_did_not_see_the_question_are_counted_too() -> None:
    counted = counts_of("TS02", [5, 5, 1, -9, -8, -7, -3, -2, -1])
    assert counted.values == {1: 1, 2: 0, 3: 0, 4: 0, 5: 2}
    assert counted.missing == dict.fromkeys(KINDS, 1)
    assert (counted.base, counted.shown) == (3, 7)


def test_a_choice_given_twice_by_one_person_counts_once() -> None:
    counted = counts_of("TS09", [(2, 2)])
    assert counted.values == {1: 0, 2: 1, 3: 0}
    assert counted.base == 1


def test_own_words_are_counted_but_never_read() -> None:
    counted = counts_of("TS11", [1] * 4 + [-3] * 6)
    assert counted.base == 4
    assert counted.missing["skipped"] == 6


def test_an_item_that_a_sheet_does_not_hold_was_not_reached() -> None:
    counted = count_items(INSTRUMENT, frame_of_sheets(INSTRUMENT, [{"TS02": 5}, {}]))
    assert counted.by_item["TS02"].missing["not_reached"] == 1
    assert counted.by_item["TS04"].missing["not_reached"] == 2


def test_every_person_is_counted_across_batches() -> None:
    rows = [tuple(sheet.get(item, -2) for item in INSTRUMENT.items) for sheet in some_answers(BATCH * 3 + 50)]
    parts = [rows[start : start + BATCH] for start in range(0, len(rows), BATCH)]
    frame = make_frame(INSTRUMENT, (Batch(["usual"] * len(part), {}, part) for part in parts))
    counted = count_items(INSTRUMENT, frame)
    assert counted == count_items(INSTRUMENT, frame_of_sheets(INSTRUMENT, some_answers(BATCH * 3 + 50)))
    assert counted.responses == 3 * BATCH + 50
    for counts in counted.by_item.values():
        assert counts.base + sum(counts.missing.values()) == counted.responses


@pytest.mark.parametrize("answer", [6, -4, -10, 30_000, 70_000, (1, 77)])
def test_a_code_that_the_question_does_not_have_is_an_error(answer: int | tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"question (has|does not have)"):
        counts_of("TS09" if isinstance(answer, tuple) else "TS02", [answer])


@pytest.mark.parametrize("registered", [headlines_of, columns_of, chart_of, sentences_of])
def test_every_kind_of_item_is_registered(registered: Callable[..., object]) -> None:
    by_kind = registered.dispatch  # type: ignore[attr-defined]
    missing = [kind.__name__ for kind in ITEM_KINDS if by_kind(kind) is by_kind(object)]
    assert missing == (["TextItem"] if registered is chart_of else [])


@pytest.mark.parametrize("registered", [headlines_of, columns_of, chart_of, sentences_of])
def test_a_kind_of_item_nobody_registered_is_an_error(registered: Callable[..., object]) -> None:
    with pytest.raises(TypeError, match="declared for str"):
        registered("an item") if registered is headlines_of else registered("an item", WORDS)


def test_the_codebook_names_every_code_of_every_column_once() -> None:
    lines = [line for line in codebook_lines(INSTRUMENT, WORDS) if line.item]
    assert len({(line.column, line.code) for line in lines}) == len(lines)
    for item, columns in items_with_columns(INSTRUMENT, WORDS):
        for column in columns:
            codes = {line.code for line in lines if line.column == column.name}
            assert {-1, -2, -3} <= codes
            if not isinstance(item, TextItem) and column.option is None:
                assert item.codes <= codes


def test_the_codebook_says_which_kind_of_missing_an_option_counts_as() -> None:
    kinds = {(line.column, line.code): line.missing for line in codebook_lines(INSTRUMENT, WORDS)}
    assert kinds["TS01", 3] == "dont_know"
    assert kinds["TS02", -9] == "does_not_apply"
    assert kinds["TS02", 5] == ""


def test_options_reported_together_stand_together_in_the_codebook() -> None:
    groups = {line.code: line.label for line in codebook_lines(INSTRUMENT, WORDS) if line.column == "provision"}
    assert groups == {1: "A plan", 3: "No plan / Not sure"}
