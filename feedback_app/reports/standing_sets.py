"""People by the sets that a wave's figures are shown of: what two snapshots of it are compared by (R5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from feedback_app.domain.dimensions import may_cross
from feedback_app.domain.disclosure.grouped import UNTOLD, Dimension, Group
from feedback_app.domain.disclosure.snapshots import EVERYBODY, Sets
from feedback_app.domain.instrument import Instrument
from feedback_app.domain.missing import Missing
from feedback_app.reports.breakdown import By, Split, split_by, with_localities
from feedback_app.reports.frame import AnswerFrame

if TYPE_CHECKING:
    from numpy import bool_, intp
    from numpy.typing import NDArray

REST = "rest"
ASKED, NOT_ASKED = "asked", "not asked"
Shown = Mapping[str, frozenset[str]]  # way of dividing people -> the groups that are large enough to be shown


@dataclass(frozen=True)
class Division:
    """People divided into sets: the names of these, and each person's place among them."""

    names: tuple[str, ...]
    places: NDArray[intp]

    @property
    def sizes(self) -> dict[str, int]:
        """Return set -> people."""
        import numpy as np

        return dict(zip(self.names, np.bincount(self.places, minlength=len(self.names)).tolist(), strict=True))

    def of(self, chosen: NDArray[bool_]) -> dict[str, int]:
        """Return set -> people, of those chosen alone."""
        return Division(self.names, self.places[chosen]).sizes


def groups_in(sets: Sets) -> Shown:
    """Return the groups that were shown, from the sizes that were kept."""
    return {way: frozenset(name for name in names if not name.startswith(REST)) for way, names in sets.items()}


def sizes_of(divisions: Mapping[str, Division]) -> Sets:
    """Return the sizes of all sets."""
    return {way: division.sizes for way, division in divisions.items()}


def named(group: Group) -> str:
    """Return what a group is called among the sets."""
    return ",".join(map(str, group))


@dataclass(frozen=True)
class Divider:
    """Divides people by what a wave's figures are shown of: by its dimensions, and by pairs of them.

    ``dimensions`` in their order; names inside a pair stand in that order too.
    """

    instrument: Instrument
    dimensions: Sequence[Dimension]

    @property
    def pairs(self) -> list[By]:
        """Return all pairs that may be asked for, in order."""
        return [
            (one.name, other.name)
            for at, one in enumerate(self.dimensions)
            for other in self.dimensions[at + 1 :]
            if may_cross(one, other)
        ]

    def shown(self, frame: AnswerFrame, pairs: Sequence[By], least: int) -> Shown:
        """Return the groups of ``least`` people or more, by every dimension, by the pairs and by question asked."""
        splits = self._splits(frame, pairs)
        found = {
            name: frozenset(named(group) for group, size in split.sizes.items() if size >= least and min(group) >= 0)
            for name, split in splits.items()
        }
        asked = {way: division.sizes for way, division in self._asked(frame).items()}
        return found | {
            way: frozenset(name for name, size in sets.items() if size >= least) for way, sets in asked.items()
        }

    def divide(self, frame: AnswerFrame, pairs: Sequence[By], shown: Shown) -> dict[str, Division]:
        """Return the ways of dividing people: into shown groups, and what is left of a shown whole without them."""
        import numpy as np

        ways = {EVERYBODY: Division((EVERYBODY,), np.zeros(frame.responses, np.intp))}
        splits = self._splits(frame, pairs)
        for name, split in splits.items():
            for at, whole in enumerate(self._wholes(split.by)):
                names = [self._set_of(group, split.by, whole, shown) for group in split.groups]
                ways[name if at == 0 else f"{name} of {','.join(whole)}"] = _division(names, split.grouping.places)
        return ways | {way: asked for way, asked in self._asked(frame).items() if ASKED in shown.get(way, ())}

    def _splits(self, frame: AnswerFrame, pairs: Sequence[By]) -> dict[str, Split]:
        frame = with_localities(frame, self.dimensions)
        by_name = {one.name: one for one in self.dimensions}
        wanted = [*((name,) for name in by_name), *pairs]
        return {",".join(by): split_by(frame, [by_name[name] for name in by]) for by in wanted}

    def _wholes(self, by: By) -> list[By]:
        """Return the breakdowns whose groups a breakdown's own can be taken away from; by nothing is everybody."""
        single = [(name,) for name in by] if len(by) > 1 else []
        parents = [(name, parent) for name in by if (parent := self._named(name).parent)]
        coarser = [tuple(parent if one == name else one for one in by) for name, parent in parents]
        return [*single, *coarser] or [()]

    def _named(self, name: str) -> Dimension:
        return next(one for one in self.dimensions if one.name == name)

    def _set_of(self, group: Group, by: By, whole: By, shown: Shown) -> str:
        """Return the set that a group's people are in: their own where it is shown, else the rest of the whole."""
        if named(group) in shown.get(",".join(by), ()):
            return named(group)
        codes = dict(zip(by, group, strict=True))
        for name, code in zip(by, group, strict=True):
            if parent := self._named(name).parent:
                codes[parent] = self._named(name).parent_of.get(code, UNTOLD)
        inside = named(tuple(codes[name] for name in whole))
        return f"{REST} of {inside}" if inside in shown.get(",".join(whole), ()) else REST

    def _asked(self, frame: AnswerFrame) -> dict[str, Division]:
        """Return for each question whom it was put to: a route that few take is a set of people like a group."""
        import numpy as np

        found = {}
        for item in self.instrument.items:
            put = (frame.codes[item] != Missing.NOT_SHOWN).astype(np.intp)
            found[f"{ASKED} {item}"] = Division((NOT_ASKED, ASKED), put)
        return found


def _division(names: Sequence[str], places: NDArray[intp]) -> Division:
    """Return people divided by the names of the sets that the groups at their places belong to."""
    import numpy as np

    known = tuple(dict.fromkeys(names))
    at = np.array([known.index(name) for name in names], np.intp)
    return Division(known, at[places])
