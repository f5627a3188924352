"""Who reads which comment next: the least sure first, and no two readers the same one while there is enough to read."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from uuid import UUID


def pull(reader: str, comment: UUID) -> int:
    """Return how strongly a comment falls to a reader: the same each time, and no pattern over comments."""
    return int.from_bytes(hashlib.blake2b(comment.bytes + reader.encode(), digest_size=8).digest())


def choose_next(waiting: Sequence[UUID], reader: str, readers: Collection[str]) -> UUID | None:
    """Return the first waiting comment that falls to this reader among all readers; None where nothing waits.

    Each comment falls to one reader, so that two who read at once never hold the same one, and nobody has to note who
    holds what. Where all that waits falls to others, who may be away, the one that falls to this reader most.
    """
    others = [one for one in readers if one != reader]
    for comment in waiting:
        own = pull(reader, comment)
        if all(own > pull(other, comment) for other in others):
            return comment
    return max(waiting, key=lambda comment: pull(reader, comment), default=None)
