"""Pages for safeguarding readers: the queue, one comment at a time, what was decided."""

from __future__ import annotations

from flask import Blueprint


def register_views() -> Blueprint:
    """Return the blueprint with all its views."""
    from feedback_app.web.safeguarding import views

    return views.blueprint
