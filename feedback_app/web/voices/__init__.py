"""Pages for other voices: what families said elsewhere than in a survey, brought in and looked after."""

from __future__ import annotations

from flask import Blueprint


def register_views() -> Blueprint:
    """Return the blueprint with all its views: the list, one voice, bringing in one, bringing in many."""
    from feedback_app.web.voices import bringing, many, views  # noqa: F401 - importing them adds their views

    return views.blueprint
