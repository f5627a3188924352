"""Pages about talks for families: the programme, booking, and looking after one's own booking by a secret link."""

from __future__ import annotations

from flask import Blueprint

from feedback_app.web.talk_words import require_talks

blueprint = Blueprint("talks", __name__, url_prefix="/talks", template_folder="templates")
blueprint.before_request(require_talks)


def register_views() -> Blueprint:
    """Return the blueprint with all its views."""
    from feedback_app.web.talks import (  # noqa: F401 - importing them adds their views
        booking,
        calendar,
        own,
        own_add,
        own_changes,
        own_more,
        own_needs,
        own_offer,
        poster,
        programme,
        promises,
        talk_page,
        together,
    )

    return blueprint
