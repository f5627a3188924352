"""Weights for a wave: whom the frame covers, on which margins, and whether weighted figures may be published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from feedback_app.domain.disclosure.totals import total_safe
from feedback_app.domain.population import MARGINS, Frame
from feedback_app.domain.weighting.effective import kish_design_effect, kish_effective_n
from feedback_app.domain.weighting.margins import SHOWN, Margin, as_it_is, by_locality, by_neighbours
from feedback_app.domain.weighting.raking import MISSING, rake

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from feedback_app.domain.instrument import Instrument

LEAST_PEOPLE = 200
MOST_DESIGN_EFFECT = 2.0

# Why weighted figures may not be published.
CHILDREN = "children"
NO_FRAME = "no_frame"
OTHER_SURVEY = "other_survey"
NO_MARGIN = "no_margin"
TOO_FEW = "fewer_than_200"
SMALL_CELL = "few_in_a_group"
NOT_CONVERGED = "not_converged"
DESIGN_EFFECT = "design_effect_over_2"


@dataclass(frozen=True)
class Weighting:
    """The weights of a wave's answers, one a person, and how they came about; exact, so never shown as it is.

    ``weights`` are 1 where ``covered`` is False, of mean 1 among the covered. ``margins``: used; ``unknown``: not in
    the frame; ``too_small``: in it, but too few answered to weight on; ``merged``: margin used -> groups of codes that
    count as one; ``categories``: margin used -> category after merging, -1 missing or not covered. ``reasons`` says why
    weighted figures may not be published; empty when they may.
    """

    covered: NDArray[Any]
    weights: NDArray[Any]
    margins: tuple[str, ...]
    unknown: tuple[str, ...]
    too_small: tuple[str, ...]
    merged: Mapping[str, tuple[tuple[int, ...], ...]]
    categories: Mapping[str, NDArray[Any]]
    people: int
    effective_n: float
    design_effect: float
    converged: bool
    reasons: tuple[str, ...]

    @property
    def publishable(self) -> bool:
        """Return whether weighted figures may be published."""
        return not self.reasons


def weigh(frame: Frame | None, breakdowns: Mapping[str, ArrayLike], instrument: Instrument) -> Weighting:
    """Return the weights of a wave's answers (docs/statistics.md): raked on the frame's margins among those it covers.

    ``breakdowns``: name -> group code of each person, -1 unknown, all of one length. Children's answers, and those to a
    survey that the frame is not of, are not weighted; ``reasons`` says so. ValueError for different lengths.
    """
    import numpy as np

    columns = {name: np.asarray(codes, dtype=np.int64) for name, codes in breakdowns.items()}
    sizes = {column.size for column in columns.values()} or {0}
    if len(sizes) > 1:
        raise ValueError("every breakdown has one code a person")
    size = sizes.pop()
    if instrument.minors or instrument.audience == "young_person":
        return _unweighted(size, MARGINS, CHILDREN)
    if frame is None:
        return _unweighted(size, MARGINS, NO_FRAME)
    if instrument.name not in frame.surveys:
        return _unweighted(size, MARGINS, OTHER_SURVEY)
    nobody_knows = np.full(size, MISSING, dtype=np.int64)
    told = {name: columns.get(name, nobody_knows) for name in {*frame.groups, *frame.margins}}
    told |= {
        name: np.where(np.isin(told[name], codes), MISSING, told[name])
        for name, codes in frame.unsure.items()
        if name in told
    }
    return _weighed(frame, told, covered_by(frame, told, size))


def covered_by(frame: Frame, breakdowns: Mapping[str, NDArray[Any]], people: int) -> NDArray[Any]:
    """Return a boolean a person: whether the frame counts people like this one.

    A group that a margin does not count is outside the frame, such as families without a plan or SEN support, or those
    who live elsewhere where districts are counted. So is who does not say which plan; to leave out another thing, or
    not to be sure of it, takes nobody out.
    """
    import numpy as np

    inside = np.ones(people, dtype=bool)
    for name, groups in frame.by_code.items():
        known = list(groups) + ([] if name == "provision" else [MISSING])
        inside &= np.isin(breakdowns[name], known)
    return inside


def _weighed(frame: Frame, breakdowns: Mapping[str, NDArray[Any]], covered: NDArray[Any]) -> Weighting:
    """Return the weights of those covered, raked on each margin of the frame that is large enough."""
    import numpy as np

    found = {name: _merged(frame, name, breakdowns[name][covered]) for name in frame.by_code}
    usable = {name: margin for name, margin in found.items() if margin.usable}
    people, weights, whole = int(covered.sum()), np.ones(covered.size), {}
    converged = False
    if usable and people:
        raked = rake(
            {name: margin.categories for name, margin in usable.items()},
            {name: margin.targets for name, margin in usable.items()},
        )
        weights[covered], converged = raked.weights, raked.converged
    for name, margin in usable.items():
        whole[name] = np.full(covered.size, MISSING, dtype=np.int64)
        whole[name][covered] = margin.categories
    effect = kish_design_effect(weights[covered]) if people else 1.0
    too_small = tuple(name for name in found if name not in usable)
    return Weighting(
        covered=covered,
        weights=weights,
        margins=tuple(usable),
        unknown=tuple(name for name in MARGINS if name not in found),
        too_small=too_small,
        merged={name: _joined(margin) for name, margin in usable.items() if margin.merged},
        categories=whole,
        people=people,
        effective_n=kish_effective_n(weights[covered]),
        design_effect=effect,
        converged=converged,
        reasons=_reasons(people, usable, too_small, converged, effect),
    )


def _merged(frame: Frame, name: str, codes: NDArray[Any]) -> Margin:
    """Return a margin of the frame, merged by the rule of its kind."""
    targets = frame.by_code[name]
    if name == "district":
        return by_locality(codes, targets, frame.localities)
    if name == "age_band":
        return by_neighbours(codes, targets)
    return as_it_is(codes, targets)


def _joined(margin: Margin) -> tuple[tuple[int, ...], ...]:
    return tuple(group for group in margin.merged.values() if len(group) > 1)


def _reasons(
    people: int,
    usable: Mapping[str, Margin],
    too_small: tuple[str, ...],
    converged: bool,
    design_effect: float,
) -> tuple[str, ...]:
    """Return why weighted figures may not be published (docs/statistics.md), empty when they may.

    People are counted as they are shown, at the least that the rounded number may stand for: 200 are sure from 203 on.
    """
    conditions = {
        TOO_FEW: total_safe(people, SHOWN).low < LEAST_PEOPLE,
        NO_MARGIN: not usable and not too_small,
        SMALL_CELL: bool(too_small),
        NOT_CONVERGED: bool(usable) and not converged,
        DESIGN_EFFECT: design_effect > MOST_DESIGN_EFFECT,
    }
    return tuple(reason for reason, holds in conditions.items() if holds)


def _unweighted(size: int, unknown: tuple[str, ...], reason: str) -> Weighting:
    """Return weights of 1 for everybody, none covered, and why."""
    import numpy as np

    nobody, ones = np.zeros(size, dtype=bool), np.ones(size)
    return Weighting(nobody, ones, (), unknown, (), {}, {}, 0, 0.0, 1.0, False, (reason,))
