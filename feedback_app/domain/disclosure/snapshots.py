"""When a snapshot may replace the one before it, rule R5, and which answers it takes up.

Two snapshots can be subtracted like any two tables, so each set of people that both show has changed by nobody or by a
minimum base of people or more, those who answered and those whose answers were erased taken together: whoever came is
a group of people like any other (R0). The sets are everybody, each
group shown, those who were asked a question, and what is left when shown groups are taken away from a shown whole.
They are not the single cells: one more "always" in a district would keep everything as it is for ever. What a single
new answer does to a rounded cell is not told by its change, for which of ten people or more it came from stays open.

Answers that would change a set by fewer wait for the next snapshot. There is one largest choice: two choices that
leave each set unchanged or changed by enough do so together as well. So the last of the answers need not wait until
every small group has grown, and nobody chooses who waits.

The more sets a snapshot shows, the more answers wait for the next, and after the last there is none. So before a wave's
end there is one set only, everybody: no groups, and no questions that only some are asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from feedback_app.domain.disclosure.ledger import is_a_few

if TYPE_CHECKING:
    from numpy import bool_, intp
    from numpy.typing import NDArray

Sets = Mapping[str, Mapping[str, int]]  # way of dividing people -> set -> people; each person is in one set of each way
EVERYBODY = "everybody"


def may_replace(old: Sets, added: Sets, removed: Sets, least: int) -> bool:
    """Return whether each set of ``old`` changes by nobody or by ``least`` people or more, added plus removed (R5).

    ValueError where somebody is removed from a set who was not in it.
    """
    for way, sets in old.items():
        for name, people in sets.items():
            gone = removed.get(way, {}).get(name, 0)
            if gone > people:
                raise ValueError("more people are gone from a set than were in it")
            if is_a_few(added.get(way, {}).get(name, 0) + gone, least):
                return False
    return True


def choose(waiting: Mapping[str, NDArray[intp]], removed: Mapping[str, NDArray[intp]], least: int) -> NDArray[bool_]:
    """Return which of the waiting answers come in: the most of them that leave no set changed by a few.

    ``waiting``: way of dividing people -> each answer's set, by its place; ``removed``: way -> people gone from each.
    A set that lost a few and gains too few stays changed by a few: then nothing may be replaced, see ``may_replace``.
    Fewer than ``least`` in all wait too, so that the mark of a snapshot is never that of a few answers.
    """
    import numpy as np

    number = len(next(iter(waiting.values()), ()))
    chosen = np.ones(number, np.bool_)
    before = -1
    while before != (left := int(chosen.sum())):
        before = left
        if is_a_few(left, least):
            return np.zeros(number, np.bool_)
        for way, places in waiting.items():
            gone = removed[way]
            added = np.bincount(places[chosen], minlength=len(gone))
            chosen &= ~((added > 0) & (added + gone < least))[places]
    return chosen
