"""Pages for workstream leads and the SEND team: waves, their summaries by group, what changed between two."""

from __future__ import annotations

from flask import Blueprint


def register_views() -> Blueprint:
    """Return the blueprint with all its views: waves, groups, their files, two waves compared."""
    from feedback_app.web.team import breaking_down, by_wave, comparing, roles, views  # noqa: F401 - importing adds views

    return views.blueprint
