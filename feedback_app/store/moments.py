"""Moments as the database gives them back: SQLite forgets that they are in UTC."""

from __future__ import annotations

from datetime import UTC, datetime


def as_utc(stored: datetime) -> datetime:
    """Return a stored moment with its time zone, which is UTC; write moments as ``moment.astimezone(UTC)``."""
    return stored if stored.tzinfo else stored.replace(tzinfo=UTC)
