"""The release ledger, rule R4: what was shown to whom, and what a later table is settled with.

Breakdowns by one thing all count as shown from the start, so only tables by two at once are written down. A later one
is settled together with all earlier ones and can only give way itself. A reader has seen what those below may see,
and a table shown below must be safe for those above, who know more already; so in the end all audiences share one
order of tables for one state of the answers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import IntEnum

from feedback_app.domain.permissions import Permission


class Audience(IntEnum):
    """Who reads figures; each has seen what those before it may see."""

    PUBLIC = 1
    BOARD = 2
    LEAD = 3
    SEND_TEAM = 4

    @property
    def sees_live(self) -> bool:
        """Return whether it reads the answers as they come in; all others read snapshots (R5)."""
        return self is Audience.SEND_TEAM

    @property
    def key(self) -> str:
        """Return the name that is stored."""
        return self.name.lower()


@dataclass(frozen=True, order=True)
class Entry:
    """One table by two breakdowns at once, at its place in the order of release; ``by`` in the table's own order."""

    position: int
    item: str
    by: tuple[str, ...]
    audience: Audience = Audience.LEAD


def audience_of(permissions: Collection[Permission]) -> Audience:
    """Return as whom somebody who may do this reads figures; ValueError for one who reads none."""
    if Permission.READ_LIVE_FIGURES in permissions:
        return Audience.SEND_TEAM
    if Permission.READ_FIGURES in permissions or Permission.READ_YOUNG_FIGURES in permissions:
        return Audience.LEAD
    raise ValueError("who may do this reads no figures")


def to_settle_with(entries: Iterable[Entry], item: str, by: tuple[str, ...]) -> tuple[Entry, ...]:
    """Return, in order, the tables that one of a question is settled after: the question's own that came before it.

    Of all audiences, for a table shown to leads must not tell the SEND team more either, and the other way round.
    Tables of other questions cannot tell of this one: in settling it, the size of every group counts as known.
    """
    own = sorted(entry for entry in entries if entry.item == item)
    places = [entry.position for entry in own if entry.by == by]
    return tuple(entry for entry in own if not places or entry.position < places[0])


def is_a_few(people: int, threshold: int) -> bool:
    """Return whether a number of people is one that no figure may be of: 1 to ``threshold`` - 1."""
    return 0 < people < threshold
