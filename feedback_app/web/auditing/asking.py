"""What an auditor asks for in an address: read, and answered with a sentence where it cannot be understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _

from feedback_app.domain.audit_search import Sought
from feedback_app.web import clock

LONGEST = 200
LARGEST = 2**31 - 1  # the largest number that an entry can have
YEARS = range(2000, 2101)
WORDS = ("who", "what", "subject")
DAYS = ("from", "to")


@dataclass(frozen=True)
class Asked:
    """What was asked: as typed, the sentences for what is wrong with it by field, and what is to be looked for."""

    typed: dict[str, str]
    wrong: dict[str, str]
    sought: Sought

    @property
    def address(self) -> dict[str, Any]:
        """Return the filters that are set, to be kept in links."""
        return {name: text for name, text in self.typed.items() if text}

    @property
    def told(self) -> str:
        """Return which entries these are, for the log itself: the days, and whether words were looked for."""
        days = [f"{name} {self.typed[name]}" for name in DAYS if self.typed[name]]
        words = [name for name in WORDS if self.typed[name]]
        return ", ".join([*days, *(["by " + " and ".join(words)] if words else [])]) or "all entries"


def read_filters(arguments: Mapping[str, str]) -> Asked:
    """Return the filters of an address."""
    typed = {name: arguments.get(name, "").strip() for name in (*WORDS, *DAYS)}
    wrong = {name: sentence for name in WORDS if (sentence := _wrong_words(typed[name]))}
    days: dict[str, date | None] = {}
    for name in DAYS:
        try:
            days[name] = _day(typed[name])
        except ValueError:
            days[name] = None
            wrong[name] = _("Write a day from 2000 to 2100 as year, month and day, such as 2026-11-02.")
    first, last = days["from"], days["to"]
    if first and last and first > last:
        wrong["to"] = _("The last day is before the first. Choose a later one.")
    if wrong:
        return Asked(typed, wrong, Sought())
    since = _midnight(first) if first else None
    until = _midnight(last + timedelta(days=1)) if last else None
    return Asked(typed, wrong, Sought(typed["who"], typed["what"], typed["subject"], since=since, until=until))


def _wrong_words(words: str) -> str:
    if len(words) > LONGEST:
        return _("Write at most %(most)s letters.", most=LONGEST)
    return "" if words.isprintable() else _("Leave out signs that cannot be seen, such as line breaks.")


def _day(text: str) -> date | None:
    """Return the day that was typed, None for nothing; ValueError for anything else."""
    if not text:
        return None
    day = date.fromisoformat(text)
    if day.year not in YEARS:
        raise ValueError(text)
    return day


def _midnight(day: date) -> datetime:
    """Return when a day begins where the partnership is."""
    return datetime.combine(day, time(), clock.now().tzinfo)


def read_before(text: str | None) -> int | None:
    """Return the number that a page of entries ends before, None for the newest; ValueError for anything else."""
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST))):
        raise ValueError(text)
    return min(int(text), LARGEST)
