"""Talks as calendar files (RFC 5545). No name, contact, need, number at the door or joining link stands in one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from feedback_app.domain.talks.talk import TalkFacts

if TYPE_CHECKING:
    from icalendar import Event, Timezone, TimezoneDaylight, TimezoneStandard

MIMETYPE = "text/calendar; charset=utf-8"
PRODUCT = "-//SEND feedback//Talks//EN"
ASK_AGAIN = timedelta(hours=12)  # how often a calendar looks for changes
# What calendar programs take for the end of a line, or for nothing at all; a line feed they know as "\n".
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


class EventState(StrEnum):
    """How sure an event is."""

    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"  # on the waiting list
    CANCELLED = "CANCELLED"


@dataclass(frozen=True)
class Entry:
    """One talk as it stands in a calendar, with its words in the language of whoever asks."""

    talk: TalkFacts
    summary: str
    where: str
    about: str
    address: str  # of the talk's public page
    state: EventState


@dataclass(frozen=True)
class CalendarWords:
    """What a calendar is called, whose site it is from, and where its talks are."""

    name: str
    host: str
    timezone: str


def calendar_file(entries: Sequence[Entry], words: CalendarWords, now: datetime) -> bytes:
    """Return talks as a calendar file, in the time zone of the place with its clock changes; ``now`` is its stamp.

    An event keeps its name (UID) for ever, and its sequence rises with each change, so that a calendar that has it
    already changes its own.
    """
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", one_line(words.name))
    calendar.add("x-wr-timezone", words.timezone)
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT12H")
    if entries:
        years = [entry.talk.day.year for entry in entries]
        calendar.add_component(_timezone(words.timezone, min(years), max(years)))
    for entry in entries:
        calendar.add_component(_event(entry, words, now))
    content: bytes = calendar.to_ical()
    return content


def one_line(text: str) -> str:
    """Return text on one line, without what nobody sees."""
    return " ".join(_plain(text).split())


def _plain(text: str) -> str:
    return _UNSEEN.sub("", _LINE_ENDS.sub("\n", text))


def _event(entry: Entry, words: CalendarWords, now: datetime) -> Event:
    from icalendar import Event

    zone, talk, event = ZoneInfo(words.timezone), entry.talk, Event()
    event.add("uid", f"{talk.id}@{words.host}")
    event.add("sequence", talk.sequence)
    event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", datetime.combine(talk.day, talk.starts, zone))
    event.add("dtend", datetime.combine(talk.day, talk.ends, zone))
    event.add("summary", one_line(entry.summary))
    event.add("status", entry.state.value)
    if entry.where:
        event.add("location", one_line(entry.where))
    if entry.about:
        event.add("description", _plain(entry.about))
    event.add("url", entry.address)
    return event


def _timezone(name: str, first_year: int, last_year: int) -> Timezone:
    """Return a time zone with each change of its clocks from the first year to the one after the last."""
    from icalendar import Timezone

    zone, there = ZoneInfo(name), Timezone()
    there.add("tzid", name)
    begin = datetime(first_year, 1, 1, tzinfo=UTC)
    there.add_component(_period(zone, begin - timedelta(minutes=1), begin))
    for change in _changes(zone, begin, datetime(last_year + 2, 1, 1, tzinfo=UTC)):
        there.add_component(_period(zone, change - timedelta(minutes=1), change))
    return there


def _period(zone: ZoneInfo, before: datetime, since: datetime) -> TimezoneDaylight | TimezoneStandard:
    """Return the clocks since a moment; its beginning is told in the wall time of the clocks before it."""
    from icalendar import TimezoneDaylight, TimezoneStandard

    was, now = before.astimezone(zone), since.astimezone(zone)
    period = TimezoneDaylight() if now.dst() else TimezoneStandard()
    offset = was.utcoffset() or timedelta()
    period.add("dtstart", (since + offset).replace(tzinfo=None))
    period.add("tzoffsetfrom", offset)
    period.add("tzoffsetto", now.utcoffset() or timedelta())
    period.add("tzname", now.tzname() or "")
    return period


def _changes(zone: ZoneInfo, begin: datetime, end: datetime) -> Iterable[datetime]:
    """Yield the moments, to the minute, at which clocks change."""
    day = begin
    while day < end:
        low, high = day, day + timedelta(days=1)
        if low.astimezone(zone).utcoffset() != high.astimezone(zone).utcoffset():
            while high - low > timedelta(minutes=1):
                middle = (low + (high - low) / 2).replace(second=0, microsecond=0)
                same = middle.astimezone(zone).utcoffset() == low.astimezone(zone).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            yield high
        day += timedelta(days=1)
