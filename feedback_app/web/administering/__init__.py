"""Pages for administrators: who has an account and what each may do; and the page that an invitation leads to."""

from __future__ import annotations

from flask import Blueprint


def register_views() -> Blueprint:
    """Return the blueprint with all its views: people, one person, ending access, an invitation."""
    from feedback_app.web.administering import access_ends, invitation, views  # noqa: F401 - importing them adds their views

    return views.blueprint
