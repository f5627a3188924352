"""Questions counted by group, exactly: what the gate is given to make a breakdown from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from feedback_app.domain.dimensions import DISTRICT, LOCALITY, never_asked
from feedback_app.domain.disclosure.grouped import UNTOLD, Dimension, Group, GroupedTable, Question
from feedback_app.domain.instrument import ChoiceItem, Instrument
from feedback_app.domain.scoring.counts import Counts
from feedback_app.reports.bands import bands_of, group_figure
from feedback_app.reports.counting import Grouping, Tally, grouping_of_all, tally_item
from feedback_app.reports.frame import AnswerFrame
from feedback_app.reports.item_tables import item_table

if TYPE_CHECKING:
    from numpy import intp
    from numpy.typing import NDArray

By = tuple[str, ...]  # one or two breakdowns, in the order of the dimensions


@dataclass(frozen=True)
class Split:
    """Where each person stands in a breakdown by one or two dimensions: a place in ``groups``."""

    by: By
    groups: tuple[Group, ...]
    grouping: Grouping

    @property
    def sizes(self) -> dict[Group, int]:
        """Return group -> people, those who told of none among them."""
        import numpy as np

        people = np.bincount(self.grouping.places, minlength=len(self.groups))
        return dict(zip(self.groups, people.tolist(), strict=True))


def split_by(frame: AnswerFrame, dimensions: Sequence[Dimension]) -> Split:
    """Return where everybody stands by one or two dimensions; KeyError for one that the frame does not hold.

    Who is in no group of a dimension counts as UNTOLD there.
    """
    import numpy as np

    groups: list[Group] = [()]
    places: NDArray[intp] = np.zeros(frame.responses, np.intp)
    for dimension in dimensions:
        codes = (*dimension.groups, UNTOLD)
        groups = [(*group, code) for group in groups for code in codes]
        places = places * len(codes) + _places(frame, dimension)
    return Split(tuple(dimension.name for dimension in dimensions), tuple(groups), Grouping(places, len(groups)))


def _places(frame: AnswerFrame, dimension: Dimension) -> NDArray[intp]:
    """Return the place of each person's group among a dimension's, the one behind them for nobody's."""
    import numpy as np

    if not frame.responses:
        return np.empty(0, np.intp)
    column = frame.breakdowns[dimension.name]
    codes = np.array(dimension.groups)
    order = np.argsort(codes)
    found = order[np.searchsorted(codes, column, sorter=order).clip(max=len(codes) - 1)]
    return np.where(codes[found] == column, found, len(codes))


def with_localities(frame: AnswerFrame, dimensions: Sequence[Dimension]) -> AnswerFrame:
    """Return the frame with the column of localities, which follow from districts; as it is where there are none."""
    from dataclasses import replace

    import numpy as np

    districts = next((one for one in dimensions if one.name == DISTRICT), None)
    if districts is None or not districts.parent_of or not frame.responses:
        return frame
    column = frame.breakdowns[DISTRICT]
    known: NDArray[intp] = np.full(max([*districts.parent_of, column.max(initial=0)]) + 2, UNTOLD)
    known[list(districts.parent_of)] = list(districts.parent_of.values())
    return replace(frame, breakdowns={**frame.breakdowns, LOCALITY: known[column].astype(np.int16)})


def count_places(frame: AnswerFrame, split: Split) -> dict[Group, int]:
    """Return group -> how many settings or sessions its people came through; who came through none counts for none."""
    import numpy as np

    known = frame.collectors >= 0
    pairs = np.unique(np.stack([split.grouping.places[known], frame.collectors[known]]), axis=1)
    return dict(zip(split.groups, np.bincount(pairs[0], minlength=len(split.groups)).tolist(), strict=True))


def count_question(
    instrument: Instrument,
    item: ChoiceItem,
    frame: AnswerFrame,
    splits: Sequence[Split],
    dimensions: Sequence[Dimension],
    places: Mapping[By, Mapping[Group, int]],
) -> Question:
    """Return a question's exact counts for the whole wave and by each split, in their order, into the gate."""
    whole = tally_item(item, frame, grouping_of_all(frame)).counts(0)
    unreached = {one.name: never_asked(instrument, item, one) for one in dimensions}
    grouped = tuple(
        _grouped(tally_item(item, frame, split.grouping), split, unreached, places.get(split.by)) for split in splits
    )
    return Question(item_table(instrument, item, whole), bands_of(item), grouped, group_figure(item))


def _grouped(
    tally: Tally, split: Split, unreached: Mapping[str, frozenset[int]], places: Mapping[Group, int] | None
) -> GroupedTable:
    counts = {group: tally.counts(at) for at, group in enumerate(split.groups)}
    return GroupedTable(
        by=split.by,
        people={group: found.values for group, found in counts.items()},
        missing={group: sum(found.missing.values()) for group, found in counts.items()},
        answered={group: found.base for group, found in counts.items()} if tally.several else None,
        not_asked=frozenset(group for group, found in counts.items() if _unasked(group, found, split.by, unreached)),
        places=places,
    )


def _unasked(group: Group, found: Counts, by: By, unreached: Mapping[str, frozenset[int]]) -> bool:
    """Return whether no route leads a group to a question; never where answers were brought in from elsewhere."""
    return not found.base and any(code in unreached[name] for name, code in zip(by, group, strict=True))
