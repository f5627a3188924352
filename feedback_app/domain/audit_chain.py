"""The audit log as a chain: each entry's hash is made of what it says and of the hash of the entry before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

FIRST = "0" * 64  # what stands before the first entry


@dataclass(frozen=True)
class Entry:
    """One entry: who (a sign-in address or a command) did what with what, when and why; ``number`` counts from 1."""

    partnership: str
    number: int
    at: datetime
    actor: str
    action: str
    subject: str
    reason: str
    before: str


@dataclass(frozen=True)
class Broken:
    """Where a chain does not hold: the number of the first entry that is not as it was written, and in what way."""

    number: int
    how: str  # "missing", "moved" or "changed"


def hash_of(entry: Entry) -> str:
    """Return the hash of an entry: SHA-256 (64 hex digits) of its parts as a list in JSON, the moment in UTC."""
    at = (entry.at if entry.at.tzinfo else entry.at.replace(tzinfo=UTC)).astimezone(UTC)
    moment = at.isoformat(timespec="microseconds")
    told = [entry.partnership, entry.number, moment, entry.actor, entry.action, entry.subject, entry.reason]
    return hashlib.sha256(json.dumps([*told, entry.before], separators=(",", ":")).encode()).hexdigest()


def first_broken(entries: Iterable[tuple[Entry, str]]) -> Broken | None:
    """Return the first entry (each with the hash kept for it, in order) that breaks the chain; None when it holds."""
    number, before = 0, FIRST
    for entry, kept in entries:
        if entry.number != number + 1:
            return Broken(number + 1, "missing")
        if entry.before != before:
            return Broken(entry.number, "moved")
        if hash_of(entry) != kept:
            return Broken(entry.number, "changed")
        number, before = entry.number, kept
    return None
