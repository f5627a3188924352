"""What a process keeps in memory of waves, while their answers stay the same and as far as there is room."""

from __future__ import annotations

import uuid
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any, Generic, TypeVar

Kept = TypeVar("Kept")


def _one(_kept: object) -> int:
    return 1


class Memory(Generic[Kept]):
    """The latest value of each wave, found again only in the state it was kept in; those unused the longest go first.

    `room` bounds the sum of the values' sizes; the newest value stays even when it alone is larger.
    """

    def __init__(self, room: int, size: Callable[[Kept], int] = _one) -> None:
        """Remember nothing yet; `size` tells how much of the room a value takes, one place each unless given."""
        self._room, self._size = room, size
        self._kept: OrderedDict[uuid.UUID, tuple[Any, Kept]] = OrderedDict()
        self._lock = Lock()

    def find(self, wave_id: uuid.UUID, state: object) -> Kept | None:
        """Return what was kept of a wave in this very state, or None."""
        with self._lock:
            kept = self._kept.get(wave_id)
            if kept is None or kept[0] != state:
                return None
            self._kept.move_to_end(wave_id)
            return kept[1]

    def keep(self, wave_id: uuid.UUID, state: object, value: Kept) -> None:
        """Keep a wave's value in place of an earlier one, and let go what there is no room for."""
        with self._lock:
            self._kept.pop(wave_id, None)
            self._kept[wave_id] = state, value
            while len(self._kept) > 1 and sum(self._size(kept) for _, kept in self._kept.values()) > self._room:
                self._kept.popitem(last=False)
