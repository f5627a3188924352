"""What a process keeps in memory of waves, while their answers stay the same and as far as there is room."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

Kept = TypeVar("Kept")


class Memory(Generic[Kept]):
    """The latest value of each place, found again only in the state it was kept in; one unused the longest goes first.

    A place is a wave, or a wave with a wish of its own, each of which then keeps its value beside the other's.
    """

    def __init__(self, room: int) -> None:
        """Remember nothing yet, and `room` values at most."""
        self._room = room
        self._kept: OrderedDict[Hashable, tuple[object, Kept]] = OrderedDict()
        self._lock = Lock()

    def find(self, place: Hashable, state: object) -> Kept | None:
        """Return what was kept there in this very state, or None."""
        with self._lock:
            kept = self._kept.get(place)
            if kept is None or kept[0] != state:
                return None
            self._kept.move_to_end(place)
            return kept[1]

    def keep(self, place: Hashable, state: object, value: Kept) -> None:
        """Keep a value in place of an earlier one, and let go what there is no room for."""
        with self._lock:
            self._kept.pop(place, None)
            self._kept[place] = state, value
            while len(self._kept) > self._room:
                self._kept.popitem(last=False)
