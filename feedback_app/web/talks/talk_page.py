"""One talk: when, where, who will be there, what stands ready, how much room there is."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from feedback_app.domain.talks.programme import Way
from feedback_app.domain.talks.talk import TalkFacts, TalkState
from feedback_app.extensions import db
from feedback_app.services import promising, talk_programme
from feedback_app.web import talk_words
from feedback_app.web.access import public, scope
from feedback_app.web.running import promising_words
from feedback_app.web.talks import blueprint, telling


@blueprint.get("/<slug>")
@public
def talk(slug: str) -> ResponseReturnValue:
    """Show a talk: when and where, who will be there, how much room is left, what was promised before."""
    return talk_page(talk_programme.get_public(db.session, scope(), slug))


def talk_page(found: TalkFacts, *, just_closed: bool = False) -> str:
    """Return the page of a talk; `just_closed` where somebody has tried to book it too late."""
    promised = promising.list_shown(db.session, scope(), found.topic)
    return render_template(
        "talks/talk.html", just_closed=just_closed, promised=promised, words=promising_words, **told_of(found)
    )


def told_of(found: TalkFacts) -> dict[str, Any]:
    """Return what pages say of a talk."""
    topic = talk_words.programme().topics_by_key.get(found.topic)
    return {
        "talk": found,
        "picture": topic.picture if topic else "",
        "topic": talk_words.label_of(topic),
        "day": talk_words.day_words(found.day),
        "times": talk_words.times_words(found.starts, found.ends),
        "ways": telling.ways_of(found),
        "in_person": found.way(Way.IN_PERSON) is not None,
        "online": found.way(Way.ONLINE) is not None,
        "there": telling.there_for_all(found),
        "district": talk_words.district_of(telling.district_of(found)),
        "moved": telling.moved_from(found),
        "cancelled": found.state is TalkState.CANCELLED,
        "begun": telling.has_begun(found),
        "over": telling.is_over(found),
        "bookable": telling.can_be_booked(found),
    }
