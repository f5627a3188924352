"""Which language a comment is in."""

from __future__ import annotations

import pytest

from feedback_app.theming.languages import UNSURE, Languages

OFFERED = Languages("en", ("pl", "ur", "ro", "gu", "pa"))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("We have waited two years for an assessment", "en"),
        ("my sons needs r not met skool dosnt lissen", "en"),
        ("FOUGHT FOR EVERYTHING", "en"),
        ("Nothing", "en"),
        ("👍👍", "en"),
        ("10/10", "en"),
        ("Café visits were lovely for my son", "en"),
        ("Czekamy bardzo długo na wizytę u lekarza", "pl"),
        ("czekamy bardzo dlugo na wizyte u lekarza", "pl"),
        ("Școala nu ne ascultă deloc", "ro"),
        ("میرا بیٹا سکول نہیں جاتا", "ur"),
        ("મારો દીકરો શાળાએ જતો નથી", "gu"),
        ("ਮੇਰਾ ਪੁੱਤਰ ਸਕੂਲ ਨਹੀਂ ਜਾਂਦਾ", "pa"),
        ("xx qq zz jj kk vv", UNSURE),
        ("我的兒子不去學校，沒有人幫助我們", UNSURE),  # not among the languages offered
    ],
)
def test_languages_are_told_apart(text: str, language: str) -> None:
    """English however it is spelt, the languages offered, and no guess where nobody can be sure."""
    assert OFFERED.of(text) == language


def test_few_plain_words_are_in_the_language_of_the_page() -> None:
    """Nobody can tell "super" from "super"."""
    assert OFFERED.of("Super", "pl") == "pl"
    assert OFFERED.of("Super", "en-GB") == "en"


def test_more_words_speak_for_themselves_whatever_the_page() -> None:
    """A parent may answer in English on a Polish page."""
    assert OFFERED.of("The school never listens to us at all", "pl") == "en"


def test_a_language_that_nobody_can_tell_is_passed_over() -> None:
    """An installation may offer one that is not known here."""
    assert Languages("en", ("xx-Latn",)).of("Nobody has told us when it starts") == "en"


@pytest.mark.parametrize("text", ["", "\0", "\ud800 \udfff", "😀" * 5000, "a" * 100_000, "\u202e" * 50])
def test_no_text_is_too_odd(text: str) -> None:
    """Whatever comes, there is an answer."""
    assert OFFERED.of(text) in {*OFFERED.all, UNSURE}
