"""Somebody's own words as they may be shown: made by this package alone."""

from __future__ import annotations

from dataclasses import InitVar, dataclass
from typing import Any

from feedback_app.domain.disclosure.sealing import Sealed


@dataclass(frozen=True, slots=True)
class SafeQuote(Sealed):
    """A quote that a person cleared, and at most one thing told about whoever wrote it: a group of one breakdown."""

    seal: InitVar[object]
    text: str
    by: str | None = None
    group: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the quote as plain data for JSON; who cleared it is not told to readers."""
        return {"text": self.text, "beside": None if self.by is None else {"by": self.by, "group": self.group}}
