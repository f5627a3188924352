"""The one clock of the pages: the time now, in the partnership's own time zone."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import current_app


def now() -> datetime:
    """Return the time now, where the partnership is."""
    return datetime.now(ZoneInfo(current_app.config["PARTNERSHIP"].timezone))


def today() -> date:
    """Return the day, where the partnership is."""
    return now().date()
