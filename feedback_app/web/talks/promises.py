"""What was promised at talks, and what became of it: for everybody to read."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from feedback_app.domain.permissions import Permission
from feedback_app.extensions import db
from feedback_app.services import promising
from feedback_app.web import clock, talk_words
from feedback_app.web.access import may, public, scope
from feedback_app.web.running import promising_words
from feedback_app.web.talks import blueprint


@blueprint.get("/promises")
@public
def promises() -> ResponseReturnValue:
    """Show what families said at talks, what was promised, and what became of it, by topic."""
    found = promising.list_promises(db.session, scope())
    topics = [
        (topic.key, talk_words.label_of(topic), [one for one in found if one.topic == topic.key])
        for topic in talk_words.programme().topics
    ]
    return render_template(
        "talks/promises.html",
        topics=[topic for topic in topics if topic[2]],
        today=clock.today(),
        keeps=may(Permission.KEEP_PROMISES),
        words=promising_words,
    )
