"""What the pages before and on the day share: their talk and what families need in short."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from feedback_app.domain.talks.programme import Way
from feedback_app.domain.talks.talk import TalkFacts
from feedback_app.extensions import db
from feedback_app.services import attending, planning_talks
from feedback_app.services.attending import Coming
from feedback_app.web import clock
from feedback_app.web.access import scope
from feedback_app.web.talk_words import day_words, label_of, programme, times_words, way_words


def talk_of(slug: str) -> TalkFacts:
    """Return the talk of an address; 404 where there is none."""
    return planning_talks.get_talk(db.session, scope(), slug)


def coming_to(talk: TalkFacts) -> list[Coming]:
    """Return the families that a talk still concerns."""
    return attending.list_coming(db.session, scope(), programme(), talk)


def read_way(typed: str | None, talk: TalkFacts) -> Way | None:
    """Return one of a talk's ways of attending, or None for anything else."""
    return next((way.way for way in talk.ways if way.way.value == typed), None)


def need_label(key: str) -> str:
    """Return a need in the language of the page."""
    return label_of(programme().needs_by_key.get(key))


def about(talk: TalkFacts) -> dict[str, Any]:
    """Return what every page of these says about its talk."""
    return {
        "talk": talk,
        "when": f"{day_words(talk.day)}, {times_words(talk.starts, talk.ends)}",
        "is_before": clock.today() < talk.day,
        "way_words": way_words,
        "need_label": need_label,
    }


def by_way(talk: TalkFacts, coming: Sequence[Coming]) -> list[tuple[Way, list[Coming]]]:
    """Return families by the way in which they attend."""
    return [(way.way, [one for one in coming if one.sign_up.way is way.way]) for way in talk.ways]
