"""What organisers type when they plan a talk, a venue or a term: read, checked, with a reason for all that is wrong."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from feedback_app.domain.talks.programme import Programme, Way
from feedback_app.domain.talks.talk import LONGEST_ABOUT, LONGEST_TITLE, MOST_CAPACITY, RESERVED, moment
from feedback_app.domain.words import tidy_words

LONGEST_HOSTS, LONGEST_LINK, LONGEST_SLUG, LONGEST_BECAUSE = 300, 500, 60, 300
LONGEST_SERIES, LONGEST_ADDRESS, LONGEST_POSTCODE, LONGEST_ACCESS = 120, 300, 10, 1000
FARTHEST_DAYS = 730  # nobody plans further ahead; a slip of the year would otherwise go unseen
LONGEST_TALK = timedelta(hours=12)
_BY_NUMBERS = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})", re.ASCII)
_TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?(?::\d{2})?\s*([ap])?\.?(?:m\.?)?", re.ASCII)


class Why(StrEnum):
    """Why something that was typed cannot stay as it is."""

    TITLE = "title"
    LONG_TITLE = "long_title"
    LONG_ABOUT = "long_about"
    TOPIC = "topic"
    DAY = "day"
    PAST = "past"
    FAR = "far"
    STARTS = "starts"
    ENDS = "ends"
    ENDS_FIRST = "ends_first"
    LONG_TALK = "long_talk"
    SKIPPED = "skipped"  # clocks go forward, and there is no such time on that day
    WAY = "way"
    CAPACITY = "capacity"
    VENUE = "venue"
    LINK = "link"
    LONG_HOSTS = "long_hosts"
    LONG_SERIES = "long_series"
    TERM = "term"
    SERIES = "series"
    DISTRICT = "district"


@dataclass(frozen=True)
class When:
    """A day, and from when to when."""

    day: date
    starts: time
    ends: time


@dataclass(frozen=True)
class Place:
    """In which ways a talk is held, with how many places, and at which venue."""

    ways: Mapping[Way, int]
    venue_id: uuid.UUID | None


@dataclass(frozen=True)
class Said:
    """What is told of a talk besides when, where and how it is held."""

    title: str
    about: str
    topic: str
    priorities: tuple[int, ...]
    themes: tuple[str, ...]
    term_id: uuid.UUID | None
    series_id: uuid.UUID | None
    new_series: str
    district: int | None
    hosts: str
    provided: tuple[str, ...]
    joining_link: str | None


@dataclass(frozen=True)
class Known:
    """What can be chosen when a talk is planned."""

    programme: Programme
    timezone: str
    venues: Collection[uuid.UUID]
    terms: Collection[uuid.UUID]
    series: Collection[uuid.UUID]
    districts: Collection[int]
    priorities: Collection[int]
    themes: Collection[str]


@dataclass
class Typed:
    """A form as it was sent: each field with all its values; what is wrong is collected, field by field."""

    fields: Mapping[str, Sequence[str]]
    wrong: dict[str, Why] = field(default_factory=dict)

    def one(self, name: str) -> str:
        """Return what stands in a field, tidied."""
        return tidy_words((self.fields.get(name) or [""])[0])

    def line(self, name: str) -> str:
        """Return what stands in a field of one line."""
        return " ".join(self.one(name).split())

    def many(self, name: str) -> list[str]:
        """Return all that is chosen in a field."""
        return list(self.fields.get(name) or [])

    def refuse(self, name: str, why: Why) -> None:
        """Note what is wrong in a field; what was noted first stays."""
        self.wrong.setdefault(name, why)

    def short(self, name: str, longest: int, why: Why) -> str:
        """Return a line that is not longer than it may be."""
        found = self.line(name)
        if len(found) > longest:
            self.refuse(name, why)
        return found

    def chosen(self, name: str, ids: Collection[uuid.UUID], why: Why) -> uuid.UUID | None:
        """Return which of these is chosen, or None for none."""
        typed = self.one(name)
        found = next((one for one in ids if str(one) == typed), None)
        if typed and found is None:
            self.refuse(name, why)
        return found


def read_day(typed: str) -> date | None:
    """Return a day as a date field sends it, or typed as 10/12/2026; None where it is none."""
    typed = tidy_words(typed)
    found = _BY_NUMBERS.fullmatch(typed)
    try:
        if found:
            return date(int(found[3]), int(found[2]), int(found[1]))
        return date.fromisoformat(typed) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", typed, re.ASCII) else None
    except ValueError:
        return None


def read_time(typed: str) -> time | None:
    """Return a time as a time field sends it, or typed as 9.30, 10am, 1:30 pm; None where it is none."""
    found = _TIME.fullmatch(tidy_words(typed).lower())
    if not found:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def is_skipped(day: date, at: time, timezone: str) -> bool:
    """Return whether there is no such time on that day, because clocks go forward."""
    return moment(day, at, timezone).astimezone(ZoneInfo(timezone)).replace(tzinfo=None) != datetime.combine(day, at)


def read_when(typed: Typed, timezone: str, now: datetime) -> When | None:
    """Return when a talk is to be; what is wrong with it is noted."""
    day, starts, ends = read_day(typed.one("day")), read_time(typed.one("starts")), read_time(typed.one("ends"))
    today = now.astimezone(ZoneInfo(timezone)).date()
    if day is None:
        typed.refuse("day", Why.DAY)
    elif day < today or (day == today and starts and moment(day, starts, timezone) <= now.astimezone(UTC)):
        typed.refuse("day", Why.PAST)
    elif (day - today).days > FARTHEST_DAYS:
        typed.refuse("day", Why.FAR)
    if starts is None:
        typed.refuse("starts", Why.STARTS)
    if ends is None:
        typed.refuse("ends", Why.ENDS)
    if starts and ends:
        _check_times(typed, starts, ends)
    for name, at in (("starts", starts), ("ends", ends)):
        if day and at and not typed.wrong.get("day") and is_skipped(day, at, timezone):
            typed.refuse(name, Why.SKIPPED)
    if day is None or starts is None or ends is None or typed.wrong.keys() & {"day", "starts", "ends"}:
        return None
    return When(day, starts, ends)


def _check_times(typed: Typed, starts: time, ends: time) -> None:
    some_day = date(2000, 1, 1)
    long = datetime.combine(some_day, ends) - datetime.combine(some_day, starts)
    if ends <= starts:
        typed.refuse("ends", Why.ENDS_FIRST)
    elif long > LONGEST_TALK:
        typed.refuse("ends", Why.LONG_TALK)


def capacity_field(way: Way) -> str:
    """Return the name of the field for how many places a way has."""
    return f"places_{way.value}"


def read_place(typed: Typed, known: Known, *, draft: bool = False) -> Place | None:
    """Return how and where a talk is to be held; what is wrong is noted. A draft needs no venue yet."""
    chosen = [way for way in Way if way.value in typed.many("way")]
    if not chosen:
        typed.refuse("way", Why.WAY)
    ways = read_capacities(typed, chosen)
    venue_id = typed.chosen("venue", known.venues, Why.VENUE)
    if Way.IN_PERSON not in chosen:
        venue_id = None
        typed.wrong.pop("venue", None)
    elif venue_id is None and not draft:
        typed.refuse("venue", Why.VENUE)
    names = {"way", "venue", *(capacity_field(way) for way in Way)}
    return None if typed.wrong.keys() & names else Place(ways, venue_id)


def read_capacities(typed: Typed, ways: Collection[Way]) -> dict[Way, int]:
    """Return way -> how many places it has; what is wrong with it is noted."""
    found = {}
    for way in ways:
        number = typed.one(capacity_field(way))
        known = number.isascii() and number.isdigit() and len(number) <= 4
        if not known or not 1 <= int(number) <= MOST_CAPACITY:
            typed.refuse(capacity_field(way), Why.CAPACITY)
        else:
            found[way] = int(number)
    return found


def read_said(typed: Typed, known: Known) -> Said | None:
    """Return what is told of a talk; what is wrong with it is noted.

    Priorities and themes are those of the topic unless the form says that they were chosen (`own_ties`).
    """
    before = set(typed.wrong)
    title = typed.short("title", LONGEST_TITLE, Why.LONG_TITLE)
    if not title:
        typed.refuse("title", Why.TITLE)
    about = typed.one("about")
    if len(about) > LONGEST_ABOUT:
        typed.refuse("about", Why.LONG_ABOUT)
    topic = known.programme.topics_by_key.get(typed.one("topic"))
    if topic is None:
        typed.refuse("topic", Why.TOPIC)
    priorities, themes = (topic.priorities, topic.themes) if topic else ((), ())
    if typed.one("own_ties"):
        priorities = tuple(one for one in sorted(known.priorities) if str(one) in typed.many("priority"))
        themes = tuple(one for one in known.themes if one in typed.many("theme"))
    district = next((one for one in known.districts if str(one) == typed.one("district")), None)
    if typed.one("district") and district is None:
        typed.refuse("district", Why.DISTRICT)
    said = Said(
        title=title,
        about=about,
        topic=topic.key if topic else "",
        priorities=priorities,
        themes=themes,
        term_id=typed.chosen("term", known.terms, Why.TERM),
        series_id=typed.chosen("series", known.series, Why.SERIES),
        new_series=typed.short("new_series", LONGEST_SERIES, Why.LONG_SERIES),
        district=district,
        hosts=typed.short("hosts", LONGEST_HOSTS, Why.LONG_HOSTS),
        provided=tuple(need.key for need in known.programme.needs if need.key in typed.many("provided")),
        joining_link=read_link(typed),
    )
    return said if set(typed.wrong) == before else None


def read_link(typed: Typed) -> str | None:
    """Return the address at which a talk is joined, or None; anything but https is noted as wrong."""
    link = typed.one("joining_link")
    if not link:
        return None
    try:
        parts = urlsplit(link)
        good = parts.scheme == "https" and "." in (parts.hostname or "") and not parts.username
    except ValueError:
        good = False
    if not good or len(link) > LONGEST_LINK or any(letter.isspace() for letter in link):
        typed.refuse("joining_link", Why.LINK)
        return None
    return link


def is_called_alike(name: str, other: str) -> bool:
    """Return whether two names differ in nothing but spaces, signs and capital letters, in whatever script."""
    return _bare(name) == _bare(other)


def _bare(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(sign for sign in plain if unicodedata.category(sign)[0] not in "PSZ") or plain


def slug_of(name: str, day: date | None = None) -> str:
    """Return the part of an address that a name and a day make, never one that has a meaning of its own."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")[:LONGEST_SLUG].strip("-") or "talk"
    if day is not None:
        return f"{made}-{day.isoformat()}"
    return f"{made}-1" if made in RESERVED else made
