"""The one clock of the pages: the time now, in the partnership's own time zone."""

from __future__ import annotations

from datetime import date, datetime

from flask import current_app

from feedback_app.clock import now_in


def now() -> datetime:
    """Return the time now, where the partnership is."""
    return now_in(current_app.config["PARTNERSHIP"].timezone)


def today() -> date:
    """Return the day, where the partnership is."""
    return now().date()
