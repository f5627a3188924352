"""Pseudo-languages."""

from __future__ import annotations

import pytest

from feedback_app.domain.pseudo import pseudo


@pytest.mark.parametrize("locale", ["en_XA", "ar_XB"])
def test_placeholders_and_markup_stay_as_they_are(locale: str) -> None:
    strange = pseudo("About %(num)s minutes, <b>100%%</b>", locale)
    for kept in ("%(num)s", "<b>", "</b>", "%%"):
        assert kept in strange
    assert "About" not in strange


def test_the_accented_one_is_longer() -> None:
    assert len(pseudo("How often does your child feel safe?", "en_XA")) > 1.2 * len(
        "How often does your child feel safe?"
    )


def test_the_other_one_is_written_in_arabic_letters() -> None:
    assert all("\u0600" <= letter <= "\u06ff" for letter in pseudo("Next", "ar_XB"))
