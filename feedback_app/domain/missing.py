"""Kinds of missing answer: why a question has no countable value."""

from __future__ import annotations

from enum import IntEnum


class Missing(IntEnum):
    """A kind of missing answer, stored as its negative code; ``key`` is its name in tables and files."""

    NOT_SHOWN = -1
    NOT_REACHED = -2
    SKIPPED = -3
    PREFER_NOT_TO_SAY = -7
    DONT_KNOW = -8
    DOES_NOT_APPLY = -9

    @property
    def key(self) -> str:
        """Return the lower-case key used in counts and exports, such as ``dont_know``."""
        return self.name.lower()

    @classmethod
    def from_key(cls, key: str) -> Missing:
        """Return the kind whose key is ``key``; raises ValueError for an unknown key."""
        for kind in cls:
            if kind.key == key:
                return kind
        raise ValueError(f"unknown kind of missing answer: {key!r}")


MISSING_KEYS: tuple[str, ...] = tuple(kind.key for kind in Missing)
