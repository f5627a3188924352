"""Pages for those who run talks: planning, who comes and what they need, the day itself, and what came of it."""

from __future__ import annotations

from flask import Blueprint

from feedback_app.web.talk_words import require_talks

blueprint = Blueprint("running", __name__, url_prefix="/team/talks", template_folder="templates")
blueprint.before_request(require_talks)


def register_views() -> Blueprint:
    """Return the blueprint with all its views."""
    # Importing them adds their views. One a line: several people add to this list.
    from feedback_app.web.running import (  # noqa: F401
        after,
        changing,
        check_in,
        editing,
        messages,
        needs,
        people,
        promises,
        questions,
        reach,
        register,
        terms,
        venues,
        views,
        waiting,
    )

    return blueprint
