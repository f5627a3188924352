"""Which passwords are refused before guessers try them, and which are taken."""

from __future__ import annotations

import pytest

from feedback_app.services.accounts import DEMONSTRATION_PASSWORD
from feedback_app.services.passwords import LONGEST_PASSWORD, as_checked, weakness_of

ABOUT = ["joan.miller@council.example.org", "Lancashire SEND Partnership", "lancashire"]


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("eleven sign", "short"),
        ("x" * (LONGEST_PASSWORD + 1), "long"),
        ("aaaaaaaaaaaa", "repeated"),
        ("abababababab", "repeated"),
        ("123456789012", "run"),
        ("abcdefghijkl", "run"),
        ("qwertyuiop12", "run"),
        ("987654321098", "run"),
        ("password1234", "known"),
        ("P@ssw0rd!2026", "known"),
        ("1234Welcome1234!", "known"),
        ("joan.miller@council.example.org", "known"),
        ("JoanMiller1975", "known"),
        ("Lancashire2026!", "known"),
        ("lancashire send partnership", "known"),
    ],
)
def test_what_guessers_try_first_is_refused(password: str, why: str) -> None:
    assert weakness_of(password, ABOUT) == why


@pytest.mark.parametrize(
    "password",
    [
        "four words that differ",
        DEMONSTRATION_PASSWORD,
        "welcome to my small garden",
        "Tr0ub4dor&3-horse",
        "Жёлтый трактор 7",
    ],
)
def test_words_that_do_not_belong_together_are_taken(password: str) -> None:
    assert weakness_of(password, ABOUT) is None


def test_what_is_hashed_is_never_longer_than_the_library_takes() -> None:
    assert len(as_checked("\ufdfa" * 5000) or "") == 1000
    assert as_checked("") == ""
    assert as_checked(None) is None
