"""The one clock of the pages: the time now, in the partnership's own time zone."""

from __future__ import annotations

from datetime import date, datetime

from feedback_app.clock import now_in
from feedback_app.web.places import place


def now() -> datetime:
    """Return the time now, where the partnership is."""
    return now_in(place().partnership.timezone)


def today() -> date:
    """Return the day, where the partnership is."""
    return now().date()
