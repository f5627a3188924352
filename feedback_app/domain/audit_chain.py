"""The audit log as a chain: each entry's hash is made of what it says and of the hash of the entry before it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

FIRST = "0" * 64  # what stands before the first entry
How = Literal["missing", "added", "moved", "changed", "cut", "rewritten"]
_COMPACT = json.JSONEncoder(separators=(",", ":"))
_NOTED = re.compile(r"\s*(\d{1,18})\s*:\s*([0-9a-fA-F]{64})\s*", re.ASCII)


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
    """Where a chain does not hold: the number of the first entry that is not as it was written, and in what way.

    ``cut``: there are fewer entries than were there once. ``rewritten``: the entry is not the one noted then.
    """

    number: int
    how: How


@dataclass(frozen=True)
class Link:
    """The number and hash of an entry: noted elsewhere, they prove later that it and all before it are still there."""

    number: int
    hash: str

    def __str__(self) -> str:
        """Return it as it is noted: NUMBER:HASH."""
        return f"{self.number}:{self.hash}"


START = Link(0, FIRST)


@dataclass(frozen=True)
class Verified:
    """What looking through a chain found: the last entry that holds, and the first that does not (None: all hold)."""

    last: Link
    broken: Broken | None

    @property
    def entries(self) -> int:
        """Return how many entries hold, counted from the first."""
        return self.last.number


def hash_of(entry: Entry) -> str:
    """Return the hash of an entry: SHA-256 (64 hex digits) of its parts as a list in JSON, the moment in UTC."""
    at = (entry.at if entry.at.tzinfo else entry.at.replace(tzinfo=UTC)).astimezone(UTC)
    moment = at.isoformat(timespec="microseconds")
    told = [entry.partnership, entry.number, moment, entry.actor, entry.action, entry.subject, entry.reason]
    return hashlib.sha256(_COMPACT.encode([*told, entry.before]).encode()).hexdigest()


def read_link(text: str) -> Link:
    """Return what was noted as NUMBER:HASH; ValueError for anything else."""
    found = _NOTED.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return Link(int(found.group(1)), found.group(2).lower())


def _how(entry: Entry, kept: str, last: Link) -> Broken | None:
    """Return in what way an entry does not follow the last one; None when it does."""
    if entry.number <= last.number:
        return Broken(entry.number, "added")
    if entry.number != last.number + 1:
        return Broken(last.number + 1, "missing")
    if entry.before != last.hash:
        return Broken(entry.number, "moved")
    return None if hash_of(entry) == kept else Broken(entry.number, "changed")


def verify(entries: Iterable[tuple[Entry, str]], noted: Link = START) -> Verified:
    """Follow a chain of entries, each with the hash kept for it, in the order of their numbers.

    ``noted`` is what was written down elsewhere earlier: without it nobody can tell that the end was cut off, or that
    everything was written anew. Keeps one entry in memory at a time.
    """
    last = START
    if noted.number == 0 and noted.hash != FIRST:
        return Verified(START, Broken(0, "rewritten"))
    for entry, kept in entries:
        broken = _how(entry, kept, last)
        if broken is None and entry.number == noted.number and kept != noted.hash:
            broken = Broken(entry.number, "rewritten")
        if broken is not None:
            return Verified(last, broken)
        last = Link(entry.number, kept)
    return Verified(last, Broken(last.number + 1, "cut") if last.number < noted.number else None)
