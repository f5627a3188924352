"""Pages for parents, carers and young people: answering a survey."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("respond", __name__, template_folder="templates")


def register_views() -> Blueprint:
    """Return the blueprint with all its views: questions, what comes after them, codes on paper."""
    from feedback_app.web.respond import codes, ending, views  # noqa: F401 - importing them adds their views

    return blueprint
