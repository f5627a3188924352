"""Calendar files, read back by two readers that other people wrote: never by the library that made them alone."""

from __future__ import annotations

import uuid
import warnings
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_app.domain.talks.programme import Way
from feedback_app.domain.talks.talk import TalkFacts, TalkState, WayFacts
from feedback_app.services.calendar_files import CalendarWords, Entry, EventState, calendar_file

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
WORDS = CalendarWords("Let’s Talk", "talks.example.org", "Europe/London")
NAUGHTY = [
    'Commas, semicolons; back\\slashes, "quotes" and: colons',
    "BEGIN:VEVENT\r\nEND:VEVENT\nSUMMARY:not this",
    "\u0628\u0627\u062a \u0686\u06cc\u062a " * 30,
    "x" * 400,
    "\N{FAMILY}" * 40,
    "line\u2028separator\u2029and\x85next\x0bline\x00nul",
    "=cmd|' /C calc'!A0",
    "ATTENDEE;CN=nobody:mailto:nobody@example.org",
]


def make_talk(day: date = date(2026, 10, 25), starts: time = time(10), ends: time = time(11, 30)) -> TalkFacts:
    """Return a talk in a library."""
    return TalkFacts(
        id=uuid.UUID(int=7), slug="a-talk", title="A talk", about="", topic="school", priorities=(), themes=(), day=day,
        starts=starts, ends=ends, state=TalkState.PUBLISHED, ways=(WayFacts(Way.IN_PERSON, 20),), venue=None,
        district=None, hosts="", term_id=None, series_id=None, provided=(), sequence=3, moved_from=None,
        cancelled_because="", finished_on=None, demonstration=False,
    )  # fmt: skip


def entry(talk: TalkFacts, summary: str = "A talk", where: str = "The Library, ZZ1 1ZZ", about: str = "Come.") -> Entry:
    """Return a talk as it stands in a calendar."""
    return Entry(talk, summary, where, about, "https://talks.example.org/talks/a-talk", EventState.CONFIRMED)


def two_readings(content: bytes) -> list[tuple[str, datetime, datetime]]:
    """Return summary, begin and end of the one event of a file as vobject and as ics read them."""
    import ics
    import vobject

    text = content.decode()
    event = vobject.readOne(text).vevent
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # ics warns of what tatsu, its parser's maker, will change
        (other,) = ics.Calendar(text).events
    return [
        (event.summary.value, event.dtstart.value, event.dtend.value),
        (str(other.name), other.begin.datetime, other.end.datetime),
    ]


@pytest.mark.parametrize(
    ("day", "utc_hour"),
    [
        (date(2026, 10, 24), 9),
        (date(2026, 10, 25), 10),  # the clocks go back that night
        (date(2026, 10, 26), 10),
        (date(2027, 3, 27), 10),
        (date(2027, 3, 28), 9),  # and forward that night
        (date(2027, 3, 29), 9),
        (date(2027, 10, 30), 9),
        (date(2027, 10, 31), 10),
    ],
)
def test_two_independent_readers_have_the_right_time_around_the_clock_changes(day: date, utc_hour: int) -> None:
    for _summary, begins, ends in two_readings(calendar_file([entry(make_talk(day))], WORDS, NOW)):
        assert begins.astimezone(UTC) == datetime(day.year, day.month, day.day, utc_hour, tzinfo=UTC)
        assert begins.astimezone(LONDON).time() == time(10)
        assert ends.astimezone(LONDON).time() == time(11, 30)


def test_the_time_zone_changes_its_clocks_at_one_in_the_morning_by_greenwich() -> None:
    import vobject

    calendar = vobject.readOne(calendar_file([entry(make_talk())], WORDS, NOW).decode())
    lines = calendar_file([entry(make_talk())], WORDS, NOW).decode().split("\r\n")
    assert "DTSTART:20261025T020000" in lines, "told in summer time, as RFC 5545 asks"
    assert "DTSTART:20270328T010000" in lines, "told in winter time"
    assert calendar.vtimezone.tzid.value == "Europe/London"
    assert "DTSTART;TZID=Europe/London:20261025T100000" in lines


@pytest.mark.parametrize("title", NAUGHTY)
def test_no_title_breaks_a_file(title: str) -> None:
    content = calendar_file([entry(make_talk(), title, title, title)], WORDS, NOW)
    readings = two_readings(content)
    assert readings[0][0] == readings[1][0]
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=120))
def test_whatever_a_talk_is_called_both_readers_read_the_same(title: str) -> None:
    readings = two_readings(calendar_file([entry(make_talk(), title)], WORDS, NOW))
    assert readings[0][1:] == readings[1][1:]
    if any(letter.isalnum() for letter in title):
        assert " ".join(readings[0][0].split()) == " ".join(readings[1][0].split()) != ""


def test_an_event_keeps_its_name_and_says_how_often_it_was_changed() -> None:
    talk = make_talk()
    first, later = (calendar_file([entry(talk)], WORDS, at) for at in (NOW, NOW.replace(month=10)))
    unfolded = first.replace(b"\r\n ", b"").decode()
    assert f"UID:{talk.id}@talks.example.org\r\n" in unfolded
    assert "SEQUENCE:3\r\n" in unfolded
    assert "METHOD:PUBLISH\r\n" in unfolded
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT12H\r\n" in unfolded
    differing = [one for one, other in zip(first.splitlines(), later.splitlines(), strict=True) if one != other]
    assert differing == [b"DTSTAMP:20260901T120000Z"]


def test_a_programme_without_talks_is_a_calendar_all_the_same() -> None:
    import vobject

    assert vobject.readOne(calendar_file([], WORDS, NOW).decode()).x_wr_calname.value == "Let’s Talk"
