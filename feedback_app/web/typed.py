"""Reading what somebody typed, or what a form sent back: a whole number, an id; None for anything else."""

from __future__ import annotations

import uuid

LONGEST_NUMBER = 6


def read_number(typed: str | None) -> int | None:
    """Return a whole number of at most six digits as it was typed, or None: for nothing, and for anything else."""
    text = (typed or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else None


def read_id(typed: str) -> uuid.UUID | None:
    """Return an id of an address or a field, or None for anything else."""
    try:
        return uuid.UUID(typed) if len(typed) == 36 else None
    except ValueError:
        return None
