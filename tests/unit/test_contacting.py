"""How families are reached: one spelling of each e-mail address and mobile, and nothing that cannot be texted."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_app.services.contacting import ContactWrong, read_email, read_mobile


@pytest.mark.parametrize(
    "typed", ["07700 900123", "(07700) 900-123", "+44 (0)7700 900123", "0044 7700 900123", " 447700900123 "]
)
def test_a_mobile_has_one_spelling_however_it_is_typed(typed: str) -> None:
    assert read_mobile(typed) == "+447700900123"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("020 7946 0000", "not_mobile"),
        ("0900 123 4567", "not_mobile"),  # premium
        ("070 1234 5678", "not_mobile"),  # personal numbers, as dear as premium ones
        ("07640 123456", "not_mobile"),  # a pager
        ("+353 85 123 4567", "abroad"),
        ("07700 90012", "mobile"),
        ("07911 123456 x9", "mobile"),
        ("my mobile", "mobile"),
        ("9" * 500, "mobile"),
    ],
)
def test_a_number_that_cannot_be_texted_is_refused_with_the_reason(typed: str, reason: str) -> None:
    with pytest.raises(ContactWrong) as refused:
        read_mobile(typed)
    assert refused.value.reason == reason
    assert typed not in str(refused.value)


@pytest.mark.parametrize("typed", ["07911 123456", "07400 123456"])
def test_a_uk_mobile_is_taken(typed: str) -> None:
    found = read_mobile(typed)
    assert found
    assert found.startswith("+447")


@pytest.mark.parametrize(
    ("typed", "reason"), [("sam@", "email"), ("sam", "email"), ("a@b.c" * 99, "email"), ("sаm@example.org", "letters")]
)
def test_an_address_that_is_none_is_refused(typed: str, reason: str) -> None:
    with pytest.raises(ContactWrong) as refused:
        read_email(typed)
    assert refused.value.reason == reason


def test_nothing_is_nothing_and_small_letters_are_one_address() -> None:
    assert (read_email(" \x00 "), read_mobile("")) == (None, None)
    assert read_email(" Sam.Smith@Example.ORG ") == "sam.smith@example.org"


@given(st.text(max_size=60) | st.from_regex(r"[+0(][0-9 ()\-]{0,20}", fullmatch=True))
def test_whatever_is_typed_is_read_or_refused_and_reading_it_again_changes_nothing(typed: str) -> None:
    for read in (read_email, read_mobile):
        with suppress(ContactWrong):
            found = read(typed)
            assert found is None or read(found) == found
