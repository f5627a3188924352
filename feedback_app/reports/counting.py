"""Answers counted by item, for everybody or by group, in people and by weight: the one way from a frame to counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from feedback_app.domain.instrument import Instrument, Item, TextItem
from feedback_app.domain.missing import MISSING_KEYS, Missing
from feedback_app.domain.scoring.counts import Counts, EffectiveCounts
from feedback_app.reports.frame import CHOSE, AnswerFrame, option_codes

if TYPE_CHECKING:
    from numpy import float64, int16, int64, intp
    from numpy.typing import NDArray

LOWEST = min(Missing)


@dataclass(frozen=True)
class ItemCounts:
    """Exact counts: how many responses there are, and item id -> its counts, in the order asked."""

    responses: int
    by_item: Mapping[str, Counts]


@dataclass(frozen=True)
class Grouping:
    """Which group, 0 to ``number`` - 1, each person is counted in (-1: in none), and with what weight (None: all 1)."""

    places: NDArray[intp]
    number: int
    weights: NDArray[float64] | None = None

    @cached_property
    def counted(self) -> NDArray[intp]:
        """Return where the people stand who are in a group."""
        import numpy as np

        return np.flatnonzero(self.places >= 0)

    @cached_property
    def groups(self) -> NDArray[intp]:
        """Return the groups of those counted."""
        return self.places[self.counted]

    @cached_property
    def given(self) -> tuple[NDArray[float64], NDArray[float64]] | None:
        """Return the weights of those counted and their squares, or None without weights."""
        if self.weights is None:
            return None
        weights = self.weights[self.counted]
        return weights, weights * weights


@dataclass(frozen=True)
class Tally:
    """One item counted by group: ``people`` groups x options, ``missing`` groups x kinds, ``answered`` by group.

    With weights also ``sums`` of them, groups x options, and by group the effective number who answered, Kish's
    (sum w)^2 / sum w^2 over those with a valid answer.
    """

    options: tuple[int, ...]
    several: bool
    people: NDArray[int64]
    missing: NDArray[int64]
    answered: NDArray[int64]
    sums: NDArray[float64] | None = None
    total: NDArray[float64] | None = None
    effective: NDArray[float64] | None = None

    def counts(self, group: int) -> Counts:
        """Return a group's counts in people."""
        values = dict(zip(self.options, self.people[group].tolist(), strict=True))
        missing = dict(zip(MISSING_KEYS, self.missing[group].tolist(), strict=True))
        return Counts(values, missing, int(self.answered[group]) if self.several else None)

    def effective_counts(self, group: int) -> EffectiveCounts:
        """Return a group's weighted answers scaled to its effective base; ValueError for several choices."""
        if self.several:
            raise ValueError("several choices are weighted one option at a time")
        values = {option: self.effective_count(group, at) for at, option in enumerate(self.options)}
        missing = dict(zip(MISSING_KEYS, self.missing[group].tolist(), strict=True))
        return EffectiveCounts(values, int(self.answered[group]), missing)

    def effective_base(self, group: int) -> float:
        """Return a group's effective number of answers; ValueError without weights."""
        if self.effective is None:
            raise ValueError("nothing was weighted")
        return float(self.effective[group])

    def effective_count(self, group: int, at: int) -> float:
        """Return a group's effective number of answers that are the option at this place; ValueError as above."""
        if self.sums is None or self.total is None:
            raise ValueError("nothing was weighted")
        whole = float(self.total[group])
        return self.effective_base(group) * float(self.sums[group, at]) / whole if whole else 0.0


def count_items(instrument: Instrument, frame: AnswerFrame) -> ItemCounts:
    """Return each item's exact counts over everybody in the frame."""
    everybody = grouping_of_all(frame)
    by_item = {id_: tally_item(item, frame, everybody).counts(0) for id_, item in instrument.items.items()}
    return ItemCounts(frame.responses, by_item)


def grouping_of_all(frame: AnswerFrame) -> Grouping:
    """Return the grouping that puts everybody in one group, unweighted."""
    import numpy as np

    return Grouping(np.zeros(frame.responses, np.intp), 1)


def tally_item(item: Item, frame: AnswerFrame, grouping: Grouping) -> Tally:
    """Count one item by group, in people and, where there are weights, by weight."""
    import numpy as np

    several = item.id in frame.choices
    values = (CHOSE,) if several else option_codes(item)
    width, kinds = len(values) + len(MISSING_KEYS), len(values)
    codes = frame.codes[item.id][grouping.counted]
    cells = grouping.groups * width + _columns(item, values)[codes - np.int16(LOWEST)]

    def table(weights: NDArray[float64] | None = None) -> NDArray[Any]:
        return np.bincount(cells, weights, minlength=grouping.number * width).reshape(grouping.number, width)

    people = table()
    chosen = _chosen(item, frame, grouping, None) if several else people[:, :kinds]
    tally = Tally(option_codes(item), several, chosen, people[:, kinds:], people[:, :kinds].sum(axis=1))
    if grouping.given is None:
        return tally
    weights, squares = grouping.given
    sums, square = table(weights)[:, :kinds], table(squares)[:, :kinds].sum(axis=1)
    total = sums.sum(axis=1)
    effective = np.divide(total * total, square, out=np.zeros_like(total), where=square > 0)
    sums = _chosen(item, frame, grouping, weights) if several else sums
    return replace(tally, sums=sums, total=total, effective=effective)


def _columns(item: Item, values: tuple[int, ...]) -> NDArray[int16]:
    """Return the column that each code counts in, from LOWEST on: one for each value, then one for each kind."""
    import numpy as np

    kinds = {int(kind): kind.key for kind in Missing}
    kinds |= {} if isinstance(item, TextItem) else item.missing_options
    known = {code: len(values) + MISSING_KEYS.index(kind) for code, kind in kinds.items()}
    known |= {code: at for at, code in enumerate(values)}
    columns = np.zeros(max(known) - LOWEST + 1, np.int16)
    columns[np.array(list(known), np.intp) - LOWEST] = list(known.values())
    return columns


def _chosen(item: Item, frame: AnswerFrame, grouping: Grouping, weights: NDArray[float64] | None) -> NDArray[Any]:
    """Return who chose each of several options, groups x options: in people, or by the weights of those counted."""
    import numpy as np

    options = [
        np.bincount(grouping.groups[who], None if weights is None else weights[who], minlength=grouping.number)
        for who in frame.choices[item.id][grouping.counted].T
    ]
    return np.stack(options, axis=1)
