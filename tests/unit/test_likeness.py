"""Which comments are alike, who reads which next, and how a comment is cut into pieces."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from feedback_app.domain.coding import Span
from feedback_app.domain.likeness import list_alike
from feedback_app.domain.marking import Piece, cut_pieces, join_hidden
from feedback_app.domain.reading_order import choose_next

TAXI = "The taxi to school stopped and nobody told us"
OTHERS = [
    ("food", "The dinners are lovely and the cook is kind"),
    ("taxi", "Our taxi to school stopped without a word"),
    ("plan", "We waited a year for the plan and nobody told us why"),
    ("none", ""),
]
IDS = [UUID(int=number) for number in range(60)]
words = st.text(max_size=60)
spans = st.lists(st.tuples(st.integers(-5, 70), st.integers(-5, 70)), max_size=4)


def test_comments_that_share_rare_words_are_alike_the_likest_first() -> None:
    found = list_alike(TAXI, OTHERS)
    assert found[0] == "taxi"
    assert "food" not in found
    assert "none" not in found


def test_at_most_so_many_are_named_and_a_comment_without_words_is_like_none() -> None:
    assert len(list_alike(TAXI, [(at, TAXI) for at in range(9)])) == 5
    assert list_alike("…", OTHERS) == []


@given(words, st.lists(words, max_size=5))
def test_any_words_can_be_compared(text: str, others: list[str]) -> None:
    assert len(list_alike(text, list(enumerate(others)))) <= len(others)


def test_readers_never_hold_the_same_comment_while_there_is_enough_to_read() -> None:
    readers = ["a@example.org", "b@example.org", "c@example.org"]
    waiting = list(IDS)
    for _ in range(10):
        held = [choose_next(waiting, reader, readers) for reader in readers]
        assert len(set(held)) == 3
        waiting = [one for one in waiting if one not in held]


def test_a_reader_keeps_the_same_comment_until_it_is_read_and_the_first_comes_first() -> None:
    assert choose_next(IDS, "a@example.org", ["a@example.org", "b@example.org"]) == choose_next(
        IDS, "a@example.org", ["b@example.org", "a@example.org"]
    )
    assert choose_next(IDS, "a@example.org", ["a@example.org"]) == IDS[0]
    assert choose_next([], "a@example.org", []) is None


def test_whoever_is_alone_in_the_room_reads_what_falls_to_others_too() -> None:
    waiting, readers = list(IDS), ["a@example.org", "b@example.org"]
    while waiting:
        held = choose_next(waiting, "a@example.org", readers)
        assert held in waiting
        waiting.remove(held)


def test_hidden_words_are_left_out_and_evidence_carries_its_number() -> None:
    text = "Mrs Lark rings back."
    pieces = cut_pieces(text, join_hidden(len(text), [[0, 8, "name"]]), {1: [Span(9, 19)], 2: [Span(15, 19)]})
    assert pieces == (
        Piece("", "name"),
        Piece(" "),
        Piece("rings ", "", (1,)),
        Piece("back", "", (1, 2), (1, 2)),
        Piece("."),
    )


@given(words, spans, spans)
def test_pieces_hold_every_word_that_is_not_hidden_and_no_other(
    text: str, hidden: list[tuple[int, int]], evidence: list[tuple[int, int]]
) -> None:
    gone = join_hidden(len(text), [(start, end, "name") for start, end in hidden])
    pieces = cut_pieces(text, gone, {1: [Span(start, end) for start, end in evidence]})
    left = "".join(sign for at, sign in enumerate(text) if not any(a <= at < b for a, b, _kind in gone))
    assert "".join(piece.text for piece in pieces) == left
    assert sum(bool(piece.hidden) for piece in pieces) == len(gone)
