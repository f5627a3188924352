"""The form of a talk: what can be chosen in it, and what stands in it at first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request

from feedback_app.domain.talks.planning import Known, Typed, capacity_field
from feedback_app.domain.talks.programme import Way
from feedback_app.domain.talks.talk import TalkFacts
from feedback_app.extensions import db
from feedback_app.store import talks
from feedback_app.web import talk_words
from feedback_app.web.access import place, scope
from feedback_app.web.languages import in_page_language
from feedback_app.web.running import words

CHOICES = ("topic", "way", "provided", "priority", "theme", "features")  # a link leads to the first of several buttons
Fields = dict[str, list[str]]


class Wrong(dict[str, str]):
    """Field -> how to mend it; nothing for a field that is right."""

    def __missing__(self, _name: str) -> str:
        return ""


def read_form() -> Typed:
    """Return what was sent."""
    return Typed({name: request.form.getlist(name) for name in request.form})


def known() -> Known:
    """Return what can be chosen for a talk here."""
    here, session = place(), db.session
    frame = here.codeframe
    return Known(
        programme=talk_words.programme(),
        timezone=here.partnership.timezone,
        venues=[venue.id for venue in talks.list_venues(session, scope(), in_use=False)],
        terms=[term.id for term in talks.list_terms(session, scope())],
        series=[series.id for series in talks.list_series(session, scope())],
        districts=[district.code for district in here.partnership.districts],
        priorities=list(_priorities()),
        themes=[theme.code for theme in frame.themes] if frame else [],
    )


def fields_of(talk: TalkFacts, joining_link: str | None) -> Fields:
    """Return a talk as its form shows it."""
    topic = talk_words.programme().topics_by_key.get(talk.topic)
    own = topic is None or (talk.priorities, talk.themes) != (topic.priorities, topic.themes)
    fields: dict[str, Any] = {
        "title": talk.title,
        "about": talk.about,
        "topic": talk.topic,
        "own_ties": "yes" if own else "",
        "term": talk.term_id or "",
        "series": talk.series_id or "",
        "district": "" if talk.district is None else talk.district,
        "hosts": talk.hosts,
        "joining_link": joining_link or "",
        **fields_of_when(talk),
    }
    several: dict[str, Sequence[Any]] = {
        "provided": talk.provided,
        "priority": talk.priorities,
        "theme": talk.themes,
        "way": [way.way.value for way in talk.ways],
    }
    return {name: [str(value)] for name, value in fields.items()} | {
        name: [str(value) for value in values] for name, values in several.items()
    }


def fields_of_when(talk: TalkFacts) -> dict[str, Any]:
    """Return when, where and for how many a talk is, as fields of a form."""
    return {
        "day": talk.day.isoformat(),
        "starts": f"{talk.starts:%H:%M}",
        "ends": f"{talk.ends:%H:%M}",
        "venue": talk.venue.id if talk.venue else "",
        **{capacity_field(way.way): way.capacity for way in talk.ways},
    }


def mending(typed: Typed) -> dict[str, Any]:
    """Return what a page shows of what is wrong: a sentence at each field, and a link to each."""
    wrong = Wrong({name: words.why_words(why) for name, why in typed.wrong.items()})
    return {"wrong": wrong, "lines": [(f"#{name}-1" if name in CHOICES else f"#{name}", wrong[name]) for name in wrong]}


def options(fields: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return what a form offers; a venue that is used no more is offered where it is chosen already."""
    session, programme, here = db.session, talk_words.programme(), place()
    chosen = set(fields.get("venue", ()))
    in_use = {venue.id for venue in talks.list_venues(session, scope())}
    venues = talks.list_venues(session, scope(), in_use=False)
    frame = here.codeframe
    return {
        "topics": [(topic.key, talk_words.label_of(topic)) for topic in programme.topics],
        "needs": [(need.key, talk_words.label_of(need)) for need in programme.needs if not need.detail],
        "ways": [(way.value, talk_words.way_words(way), capacity_field(way)) for way in Way],
        "venues": [(venue.id, venue.name) for venue in venues if venue.id in in_use or str(venue.id) in chosen],
        "terms": [(term.id, term.name) for term in talks.list_terms(session, scope())],
        "series": [(series.id, series.name) for series in talks.list_series(session, scope())],
        "districts": [(district.code, district.name) for district in here.partnership.districts],
        "priorities": [(number, f"{number}. {title}") for number, title in _priorities().items()],
        "themes": [(theme.code, in_page_language(theme.name)) for theme in frame.themes] if frame else [],
    }


def _priorities() -> dict[int, str]:
    """Return the plan's priorities, number and short title."""
    titles = place().shelf.load_workstreams().values()
    return {number: in_page_language(title) for number, title in enumerate(titles, 1)}
