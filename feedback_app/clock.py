"""The one clock of pages, commands and jobs: the time now, where a partnership is."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo


def now_in(timezone: str) -> datetime:
    """Return the time now in a time zone, such as "Europe/London"."""
    return datetime.now(ZoneInfo(timezone))
