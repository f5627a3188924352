"""What somebody looks for in the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Sought:
    """Which entries: words that stand in who, what, subject ("" for any); from a moment on, and before another.

    ``wave`` is a subject as a whole.
    """

    who: str = ""
    what: str = ""
    subject: str = ""
    wave: str | None = None
    since: datetime | None = None
    until: datetime | None = None


EVERYTHING = Sought()
