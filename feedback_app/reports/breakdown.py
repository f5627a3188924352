"""Every item by the groups of a breakdown, with intervals. The figures are exact: they pass the gate before a page."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from feedback_app.domain.instrument import Instrument, Item
from feedback_app.domain.scoring.counts import Counted, Counts
from feedback_app.domain.scoring.figures import Figure, distribution, share_of
from feedback_app.reports.columns import breakdown_groups
from feedback_app.reports.counting import Grouping, Tally, tally_item
from feedback_app.reports.frame import AnswerFrame
from feedback_app.reports.item_tables import headlines_of

if TYPE_CHECKING:
    from numpy import float64, int16, intp
    from numpy.typing import NDArray


@dataclass(frozen=True)
class GroupFigures:
    """One item in one group: people counted, the headlines in their order, and each option's share by code.

    With weights, figures and shares are weighted and their bases effective numbers; ``counts`` are people always.
    """

    counts: Counts
    figures: tuple[Figure, ...]
    shares: Mapping[int, Figure]


def tabulate(
    instrument: Instrument,
    frame: AnswerFrame,
    by: str,
    weights: NDArray[float64] | None = None,
    items: Collection[str] | None = None,
) -> dict[str, dict[int, GroupFigures]]:
    """Return item id -> group code -> figures, of all items or those named, with 95% intervals (brief 3.2, 3.5, 3.6).

    ``weights`` is one a person; the effective base is Kish's over the valid answers of that item in that group (brief
    3.10). Every group that the instrument declares is there, also when it is empty; who tells of none is in no group.
    KeyError for a breakdown that the frame does not hold.
    """
    groups = groups_of(instrument, frame, by)
    grouping = Grouping(_places(frame.breakdowns[by], groups), len(groups), weights)
    found = {}
    for item in instrument.items.values():
        if items is None or item.id in items:
            tally = tally_item(item, frame, grouping)
            found[item.id] = {code: _figures(item, tally, at) for at, code in enumerate(groups)}
    return found


def groups_of(instrument: Instrument, frame: AnswerFrame, by: str) -> tuple[int, ...]:
    """Return the codes of a breakdown's groups in ascending order: those declared, and any other that is there."""
    import numpy as np

    there = np.unique(frame.breakdowns[by])
    return tuple(sorted({*breakdown_groups(instrument).get(by, ()), *there[there >= 0].tolist()}))


def _places(column: NDArray[int16], groups: tuple[int, ...]) -> NDArray[intp]:
    """Return the place of each person's group among the groups, -1 for nobody's."""
    import numpy as np

    places = np.searchsorted(np.array(groups, np.int16), column)
    return np.where(column >= 0, places, -1)


def _figures(item: Item, tally: Tally, group: int) -> GroupFigures:
    counts = tally.counts(group)
    if tally.several:
        return GroupFigures(counts, (), {code: _share(tally, group, at) for at, code in enumerate(tally.options)})
    counted: Counted = counts if tally.effective is None else tally.effective_counts(group)
    return GroupFigures(counts, tuple(spec.function(counted) for spec in headlines_of(item)), distribution(counted))


def _share(tally: Tally, group: int, at: int) -> Figure:
    """Return the share who chose one of several options, by its place among them."""
    name, counts = f"share_{tally.options[at]}", tally.counts(group)
    if tally.effective is None:
        return share_of(counts, name, (tally.options[at],))
    return share_of(tally.effective_choice(group, at), name, (1,))
