"""What organisers type: days, times and addresses are read as people write them, and nothing wrong passes."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_app.domain.talks.planning import (
    Known,
    Place,
    Typed,
    Why,
    is_skipped,
    read_day,
    read_place,
    read_said,
    read_time,
    read_when,
    slug_of,
)
from feedback_app.domain.talks.programme import Choice, Programme, Topic, Way
from feedback_app.domain.talks.talk import RESERVED

LONDON = "Europe/London"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
VENUE = uuid.UUID(int=1)
PROGRAMME = Programme(
    organiser="The forum",
    topics=(Topic(key="school", code=1, label="School", priorities=(3,), themes=("SEN",)),),
    bookers=(Choice(key="parent", code=1, label="A parent"),),
)
KNOWN = Known(PROGRAMME, LONDON, [VENUE], [], [], [1], [1, 2, 3], ["SEN", "PLACES"])


def typed(**fields: str | list[str]) -> Typed:
    return Typed({name: value if isinstance(value, list) else [value] for name, value in fields.items()})


@pytest.mark.parametrize("written", ["2026-12-10", "10/12/2026", "10.12.2026", " 10-12-2026 "])
def test_a_day_is_read_as_people_write_it(written: str) -> None:
    assert read_day(written) == date(2026, 12, 10)


@pytest.mark.parametrize(
    ("written", "at"), [("10:00", time(10)), ("9.30", time(9, 30)), ("1:30 pm", time(13, 30)), ("12am", time(0)),
                        ("12 p.m.", time(12)), ("14", time(14)), ("10:00:00", time(10))]
)  # fmt: skip
def test_a_time_is_read_as_people_write_it(written: str, at: time) -> None:
    assert read_time(written) == at


@given(st.text())
def test_whatever_is_typed_is_a_day_and_a_time_or_none(text: str) -> None:
    assert read_day(text) is None or isinstance(read_day(text), date)
    assert read_time(text) is None or isinstance(read_time(text), time)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"day": "2026-11-21"}, {"day": Why.PAST}),
        ({"day": "2026-11-22"}, {"day": Why.PAST}),  # today, two hours ago
        ({"day": "2028-11-23"}, {"day": Why.FAR}),
        ({"day": "9999-12-31"}, {"day": Why.FAR}),
        ({"day": "0001-01-01"}, {"day": Why.PAST}),
        ({"day": "half a day", "ends": ""}, {"day": Why.DAY, "ends": Why.ENDS}),
        ({"ends": "10:00"}, {"ends": Why.ENDS_FIRST}),
        ({"starts": "1am", "ends": "23:00"}, {"ends": Why.LONG_TALK}),
        ({"day": "2027-03-28", "starts": "01:30", "ends": "03:00"}, {"starts": Why.SKIPPED}),
    ],
)
def test_when_a_talk_cannot_be_says_why(fields: dict[str, str], wrong: dict[str, Why]) -> None:
    form = typed(**({"day": "2026-12-10", "starts": "10:00", "ends": "11:30"} | fields))
    assert read_when(form, LONDON, NOW) is None
    assert form.wrong == wrong


@given(st.datetimes(datetime(2026, 1, 1), datetime(2035, 1, 1)))  # noqa: DTZ001 - wall times
def test_a_time_is_skipped_exactly_when_no_clock_shows_it(local: datetime) -> None:
    aware = local.replace(tzinfo=ZoneInfo(LONDON))
    shown = any(
        (aware.astimezone(UTC) + timedelta(hours=off)).astimezone(ZoneInfo(LONDON)).replace(tzinfo=None) == local
        for off in (-1, 0, 1)
    )
    assert is_skipped(local.date(), local.time(), LONDON) is not shown


def test_a_venue_is_needed_only_by_those_who_come_and_a_capacity_by_each_way() -> None:
    online = typed(way="online", places_online="500", venue=str(VENUE))
    assert read_place(online, KNOWN) is not None
    assert read_place(typed(way=["online", "in_person"], places_online="5", places_in_person="5"), KNOWN) is None
    draft = typed(way="in_person", places_in_person="5")
    assert read_place(draft, KNOWN, draft=True) == Place({Way.IN_PERSON: 5}, None)
    both = read_place(
        typed(way=["online", "in_person"], places_online="5", places_in_person="7", venue=str(VENUE)), KNOWN
    )
    assert both is not None
    assert (both.ways, both.venue_id) == ({Way.IN_PERSON: 7, Way.ONLINE: 5}, VENUE)
    for capacity in ("0", "501", "-1", "٣", "1e2", ""):
        form = typed(way="online", places_online=capacity)
        assert read_place(form, KNOWN) is None
        assert form.wrong == {"places_online": Why.CAPACITY}


def test_priorities_and_themes_are_those_of_the_topic_unless_they_are_chosen() -> None:
    said = read_said(typed(title="Help", topic="school", theme="PLACES"), KNOWN)
    assert said is not None
    assert (said.priorities, said.themes) == ((3,), ("SEN",))
    own = read_said(typed(title="Help", topic="school", own_ties="yes", theme=["PLACES", "X"], priority="1"), KNOWN)
    assert own is not None
    assert (own.priorities, own.themes) == ((1,), ("PLACES",))


@pytest.mark.parametrize(
    "link",
    ["http://a.example", "https://localhost", "javascript:alert(1)", "https://me:pw@a.example", "https://[", "a b"],
)
def test_a_joining_link_is_a_whole_address_with_https(link: str) -> None:
    form = typed(title="Help", topic="school", joining_link=link)
    assert read_said(form, KNOWN) is None
    assert form.wrong == {"joining_link": Why.LINK}


@given(st.text())
def test_an_address_made_of_a_name_is_plain_and_never_one_that_has_a_meaning(name: str) -> None:
    for slug in (slug_of(name), slug_of(name, date(2026, 12, 10))):
        assert slug not in RESERVED
        assert 0 < len(slug) <= 71
        assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_a_reserved_word_is_no_address(name: str) -> None:
    assert slug_of(name) not in RESERVED
