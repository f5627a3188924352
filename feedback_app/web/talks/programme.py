"""The programme: what is to come, by month, and what can be booked in one go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date

from feedback_app.domain.talks.programme import Way
from feedback_app.domain.talks.talk import TalkFacts, TalkState
from feedback_app.extensions import db
from feedback_app.services import talk_programme
from feedback_app.web import clock, talk_words
from feedback_app.web.access import place, public, scope
from feedback_app.web.talks import blueprint, telling

Option = tuple[str, str]


@dataclass(frozen=True)
class Filters:
    """Which talks are looked for; what an address says otherwise asks for all."""

    district: str
    topic: str
    way: str

    @property
    def any(self) -> bool:
        """Return whether anything is left out."""
        return bool(self.district or self.topic or self.way)


@dataclass(frozen=True)
class Card:
    """A talk in the schedule."""

    slug: str
    title: str
    topic: str
    picture: str
    day: str
    times: str
    where: str
    district: str
    room: list[str]
    cancelled: bool


@blueprint.get("")
@public
def programme() -> ResponseReturnValue:
    """Show the talks to come, month by month, with the places left; by district, topic or way if somebody likes."""
    now, timezone = clock.now(), place().partnership.timezone
    upcoming = talk_programme.list_public(db.session, scope(), now, timezone)
    filters = read_filters(request.args)
    shown = [talk for talk in upcoming if _fits(talk, filters)]
    return render_template(
        "talks/programme.html",
        months=months_of(shown),
        count=len(shown),
        upcoming=bool(upcoming),
        filters=filters,
        districts=[(one.key, one.name) for one in place().partnership.districts],
        topics=[(one.key, talk_words.label_of(one)) for one in talk_words.programme().topics],
        ways=[(way.value, talk_words.way_words(way)) for way in Way],
        together=talk_programme.list_together(db.session, scope(), upcoming, now, timezone),
        organiser=talk_words.programme().organiser,
    )


def read_filters(arguments: Mapping[str, str]) -> Filters:
    """Return the filters of an address."""
    districts = {one.key for one in place().partnership.districts}
    known = {"district": districts, "topic": set(talk_words.programme().topics_by_key), "way": {*Way}}
    told = {name: arguments.get(name, "") for name in known}
    return Filters(**{name: value if value in known[name] else "" for name, value in told.items()})


def _fits(talk: TalkFacts, filters: Filters) -> bool:
    """Return whether a talk is looked for; one for everybody is for those of every district."""
    if filters.topic and talk.topic != filters.topic:
        return False
    if filters.way and talk.way(Way(filters.way)) is None:
        return False
    code = telling.district_of(talk)
    wanted = next((one.code for one in place().partnership.districts if one.key == filters.district), None)
    return wanted is None or code is None or code == wanted


def months_of(shown: Sequence[TalkFacts]) -> list[tuple[str, list[Card]]]:
    """Return each month that has talks, with their cards."""
    grouped = groupby(shown, key=lambda talk: (talk.day.year, talk.day.month))
    return [
        (format_date(talks[0].day, "MMMM y"), [card_of(talk) for talk in talks])
        for talks in (list(found) for _month, found in grouped)
    ]


def card_of(talk: TalkFacts) -> Card:
    """Return what the schedule says of a talk."""
    topic = talk_words.programme().topics_by_key.get(talk.topic)
    return Card(
        slug=talk.slug,
        title=talk.title,
        topic=talk_words.label_of(topic),
        picture=topic.picture if topic else "",
        day=talk_words.day_words(talk.day),
        times=talk_words.times_words(talk.starts, talk.ends),
        where=telling.where_of(talk),
        district=talk_words.district_of(telling.district_of(talk)),
        room=telling.room_of(talk),
        cancelled=talk.state is TalkState.CANCELLED,
    )
