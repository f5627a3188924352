"""Many voices at once: a table from a spreadsheet, pasted or as a file, read row by row; each row is told of."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TypeVar

from feedback_app.domain.partnership import Partnership
from feedback_app.domain.voices import (
    BROUGHT_IN,
    CONSENT_WORDS,
    FIRST_YEAR,
    LONGEST_FROM,
    LONGEST_WORDS,
    TELLER_WORDS,
    Consent,
    NewVoice,
    WhyNot,
)
from feedback_app.domain.words import tidy_words

COLUMNS = ("kind", "month", "who", "consent", "district", "from", "words")
NEEDED = ("kind", "month", "who", "words")
MOST_ROWS = 1_000  # pasted at once
Choice = TypeVar("Choice", bound=StrEnum)
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.]\d{1,2})?(?:[T ].*)?", re.ASCII)
_YEAR_LAST = re.compile(r"(?:(\d{1,2})[-/.])?(\d{1,2})[-/.](\d{4})", re.ASCII)
_BY_NAME = re.compile(r"([a-z]{3,9})\.?[ -](\d{4}|\d{2})", re.ASCII)


class TableWrong(ValueError):
    """A table cannot be read at all; the reason is one of the words below, `about` what it is about."""

    def __init__(self, reason: str, about: str = "") -> None:
        """Keep why: "empty", "columns" (about: those missing), "unknown" (a column), "twice", "rows", "quotes"."""
        super().__init__(reason)
        self.reason, self.about = reason, about


@dataclass(frozen=True)
class Row:
    """One row of a table: its number as in a spreadsheet, and what it holds or what is wrong with it."""

    number: int
    voice: NewVoice | None
    wrong: tuple[WhyNot, ...] = ()


def read_table(text: str, districts: Mapping[str, int], today: date, most: int = MOST_ROWS) -> list[Row]:
    """Return the rows of a table with a heading, parted by tabs, commas or semicolons; TableWrong where it is none.

    ``districts``: name, key or number of a district in small letters -> its code.
    """
    text = text.removeprefix("\ufeff")
    lines = _cells(text)
    heading = next(lines, None)
    if heading is None:
        raise TableWrong("empty")
    places = _places(heading[1])
    rows, seen = list[Row](), Counter[bytes]()
    for number, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(rows) == most:
            raise TableWrong("rows")
        said = {name: cells[at].strip() if at < len(cells) else "" for name, at in places.items()}
        voice, wrong = read_voice(said, districts, today)
        if voice is not None:
            seen[voice.mark] += 1
            voice = replace(voice, again=seen[voice.mark] - 1)
        rows.append(Row(number, voice, tuple(wrong.values())))
    return rows


def district_codes(partnership: Partnership) -> dict[str, int]:
    """Return name, key and number of each district, in small letters -> its code."""
    found = partnership.districts
    return {name.casefold(): one.code for one in found for name in (one.key, one.name, str(one.code))}


def read_voice(
    said: Mapping[str, str], districts: Mapping[str, int], today: date
) -> tuple[NewVoice | None, dict[str, WhyNot]]:
    """Return the voice that cells or fields (see COLUMNS) tell of, or None and field -> what is wrong with it.

    An empty consent is the least one: the words are counted and shown to nobody but those who read comments.
    """
    wrong: dict[str, WhyNot] = {}
    kind, teller = _choice(said.get("kind", ""), BROUGHT_IN), _choice(said.get("who", ""), TELLER_WORDS)
    offered = {consent: CONSENT_WORDS[consent] for consent in Consent if consent is not Consent.WITHDRAWN}
    consent = _choice(said.get("consent", "") or Consent.COUNT, offered)
    words, came_from = tidy_words(said.get("words", "")), tidy_words(said.get("from", ""))
    month, place = read_month(said.get("month", "")), said.get("district", "").strip().casefold()
    checks: Iterable[tuple[str, WhyNot, bool]] = (
        ("kind", WhyNot.KIND, kind is None),
        ("words", WhyNot.WORDS, not words),
        ("words", WhyNot.LONG, len(words) > LONGEST_WORDS),
        ("who", WhyNot.TELLER, teller is None),
        ("month", WhyNot.MONTH, month is None),
        ("month", WhyNot.LATER, month is not None and month > today),
        ("district", WhyNot.DISTRICT, bool(place) and place not in districts),
        ("consent", WhyNot.CONSENT, consent is None),
        ("from", WhyNot.CAME_FROM, len(came_from) > LONGEST_FROM or "\n" in came_from),
    )
    wrong = {field: why for field, why, is_wrong in checks if is_wrong}
    if wrong or kind is None or teller is None or month is None or consent is None:
        return None, wrong
    return NewVoice(kind, words, teller, month, consent, districts.get(place), came_from), {}


def read_month(said: str) -> date | None:
    """Return the first day of a month written as 2026-05, 05/2026, May 2026 or a day in it; None for no month."""
    said = " ".join(said.split()).casefold()
    year = month = 0
    if found := _YEAR_FIRST.fullmatch(said):
        year, month = int(found[1]), int(found[2])
    elif found := _YEAR_LAST.fullmatch(said):  # the day first, as it is written here
        year, month = int(found[3]), int(found[2])
    elif found := _BY_NAME.fullmatch(said):
        year, month = int(found[2]), _MONTHS.get(found[1][:3], 0)
        year += 2000 if year < 100 else 0
    return date(year, month, 1) if FIRST_YEAR <= year <= 2100 and 1 <= month <= 12 else None


def _choice(said: str, words: Mapping[Choice, str]) -> Choice | None:
    """Return the choice that a cell names by its code or its words, however it is spaced; None for none of them."""
    plain = _plain(said)
    return next((choice for choice, label in words.items() if plain in (_plain(choice), _plain(label))), None)


def _plain(said: str) -> str:
    return re.sub(r"[\W_]+", " ", said).strip().casefold().removeprefix("a ")


def _cells(text: str) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield (number of a row as in a spreadsheet, cells); TableWrong where quotation marks do not fit together."""
    heading = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max("\t,;", key=heading.count)
    try:
        reader = csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=delimiter, strict=True)
        for number, cells in enumerate(reader, 1):
            if number > 1 or any(cell.strip() for cell in cells):
                yield number, cells
    except csv.Error:
        raise TableWrong("quotes") from None


def _places(heading: Sequence[str]) -> dict[str, int]:
    """Return column -> its place; TableWrong where one is missing, unknown or there twice."""
    names = [" ".join(cell.split()).casefold() for cell in heading]
    while names and not names[-1]:
        names.pop()
    if missing := [name for name in NEEDED if name not in names]:
        raise TableWrong("columns", ", ".join(missing))
    for at, name in enumerate(names):
        if name not in COLUMNS:
            raise TableWrong("unknown", name[:40] or str(at + 1))
        if name in names[:at]:
            raise TableWrong("twice", name)
    return {name: at for at, name in enumerate(names)}
