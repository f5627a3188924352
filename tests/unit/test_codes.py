"""Codes for paper."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from feedback_app.domain.codes import ALPHABET, LENGTH, as_written, hash_of, new_code, read_code, receipt_for

CODES = st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH)


def test_a_new_code_has_sixty_bits_or_more() -> None:
    assert len(ALPHABET) == 32
    assert LENGTH * 5 >= 60
    assert len({new_code() for _ in range(1000)}) == 1000


def test_a_code_has_no_letter_that_can_be_misread() -> None:
    assert not set("ILOU") & set(ALPHABET)


@given(CODES)
def test_a_code_is_read_as_it_was_written_down(code: str) -> None:
    assert read_code(as_written(code)) == code


@given(CODES)
def test_case_dashes_and_misread_letters_are_forgiven(code: str) -> None:
    typed = as_written(code).lower().replace(" ", " - ").replace("0", "o").replace("1", "l")
    assert read_code(typed) == code


@given(st.text(max_size=80))
def test_anything_typed_is_a_code_or_none(typed: str) -> None:
    code = read_code(typed)
    assert code is None or (len(code) == LENGTH and set(code) <= set(ALPHABET))


@given(CODES)
def test_a_receipt_is_always_the_same_and_does_not_hold_the_draft_code(code: str) -> None:
    receipt = receipt_for(code)
    assert receipt == receipt_for(code)
    assert read_code(receipt) == receipt
    assert receipt != code


@given(CODES)
def test_a_code_is_stored_differently_for_each_purpose(code: str) -> None:
    assert hash_of(code, "draft") != hash_of(code, "receipt")
    assert len(hash_of(code, "draft")) == 32
