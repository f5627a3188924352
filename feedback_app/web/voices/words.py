"""What the pages for other voices say, and what their forms offer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from feedback_app.domain import voice_rows
from feedback_app.domain.voice_rows import MOST_ROWS, TableWrong
from feedback_app.domain.voices import (
    BROUGHT_IN,
    CONSENT_MEANS,
    CONSENT_WORDS,
    KIND_WORDS,
    STANDING_WORDS,
    TELLER_WORDS,
    WHY_NOT_WORDS,
    Consent,
)
from feedback_app.web.access import place

_WORDS: tuple[Mapping[Any, str], ...] = (KIND_WORDS, TELLER_WORDS, CONSENT_WORDS, STANDING_WORDS, WHY_NOT_WORDS)
Option = tuple[str, str, str]  # value, words, and what they mean


def say(choice: StrEnum) -> str:
    """Return a kind, teller, consent, standing or reason in the language of the page."""
    return _(next(words[choice] for words in _WORDS if choice in words))


def month_of(day: date) -> str:
    """Return a month in words, such as May 2026."""
    return format_date(day, "MMMM y")


def kinds() -> list[Option]:
    """Return the kinds of voices to choose from."""
    return [(kind.value, say(kind), "") for kind in BROUGHT_IN]


def tellers() -> list[Option]:
    """Return who may have said it, to choose from."""
    return [(teller.value, say(teller), "") for teller in TELLER_WORDS]


def consents() -> list[Option]:
    """Return how far words may go, to choose from, each with what it means."""
    return [(consent.value, say(consent), _(CONSENT_MEANS[consent])) for consent in Consent if consent in CONSENT_MEANS]


def districts() -> list[tuple[str, str]]:
    """Return the districts to choose from."""
    return [(district.key, district.name) for district in place().partnership.districts]


def district_codes() -> dict[str, int]:
    """Return name, key and number of each district, in small letters -> its code."""
    return voice_rows.district_codes(place().partnership)


def district_name(code: int | None) -> str:
    """Return what a district is called, or nothing where none is told."""
    return next((one.name for one in place().partnership.districts if one.code == code), "")


def table_wrong(wrong: TableWrong) -> str:
    """Return why a table cannot be read, and how to mend it."""
    sentences = {
        "empty": _("Paste a table with a heading and at least one row"),
        "columns": _("The heading needs these columns too: %(names)s", names=wrong.about),
        "unknown": _(
            "There is no column called “%(name)s”. Take it out, or give it one of the names below", name=wrong.about
        ),
        "twice": _("The column %(name)s is there twice. Take one of them out", name=wrong.about),
        "rows": _("Paste at most %(most)s rows at once", most=MOST_ROWS),
        "quotes": _("The quotation marks do not fit together. Copy the table from your spreadsheet once more"),
    }
    return sentences[wrong.reason]


def brought_in(number: int) -> str:
    """Return how many came in."""
    return ngettext("%(num)s voice has come in.", "%(num)s voices have come in.", number)
