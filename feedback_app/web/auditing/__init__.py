"""Pages for auditors: the audit log with its filters, as a file, and whether it is as it was written."""

from __future__ import annotations

from flask import Blueprint


def register_views() -> Blueprint:
    """Return the blueprint with all its views."""
    from feedback_app.web.auditing import views

    return views.blueprint
