"""Pages of what people say, theme by theme: for workstream leads and the SEND team."""

from __future__ import annotations

from flask import Blueprint


def register_views() -> Blueprint:
    """Return the blueprint with all its views: a wave's themes, a priority, a theme, their files, the record."""
    from feedback_app.web.themes import files, record, theme, views  # noqa: F401 - importing them adds their views

    return views.blueprint
