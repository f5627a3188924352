"""What the invented answers of a demonstration are drawn from: spreads, planted changes and leanings, all as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Annotated

from pydantic import Field

from feedback_app.domain.conditions import Condition, ItemIn, leaves
from feedback_app.domain.instrument import FacesItem, Frozen, Instrument, NpsItem, RatingItem, SingleItem
from feedback_app.domain.scoring.figures import NPS_DETRACTORS, NPS_PROMOTERS

Points = Annotated[float, Field(ge=-40, le=40)]  # percentage points of the favourable share
Weights = Mapping[int, Annotated[float, Field(gt=0)]]  # option code -> how often it is drawn
Shares = Sequence[tuple[int, float]]  # option codes from the lowest on, with shares that add up to 1
ScaledItem = RatingItem | FacesItem | NpsItem


class Spread(Frozen):
    """Option code -> its weight, for those of whom `when` holds; `last_year` where it was another."""

    when: Condition | None = None
    weights: Weights = Field(min_length=1)
    last_year: Weights = Field(default_factory=dict)

    def weights_in(self, this_year: bool) -> Weights:
        """Return the weights of this year or of the last one."""
        return self.weights if this_year or not self.last_year else self.last_year


class Leaning(Frozen):
    """How many points more favourable than the rest those answer, every year, of whom `when` holds."""

    when: Condition
    points: Points


Spreads = Mapping[str, tuple[Spread, ...]]  # item id -> spreads, of which the first that holds counts


class Changes(Frozen):
    """Points of the favourable share (nps11: of promoters), this year less last year.

    A survey listed in `surveys` changes in the items it names and in no others; the rest change by type of item.
    """

    types: Mapping[str, Points] = {}
    surveys: Mapping[str, Mapping[str, Points]] = {}


class Planted(Frozen):
    """All that is planted in one survey's invented answers."""

    spreads: Spreads = Field(default_factory=dict)
    items: Mapping[str, Points] | None = None
    types: Mapping[str, Points] = {}
    leanings: tuple[Leaning, ...] = ()
    draw: int = 0

    def change_of(self, item: ScaledItem) -> float:
        """Return how many points the item's favourable share is above last year's."""
        return self.types.get(item.type, 0.0) if self.items is None else self.items.get(item.id, 0.0)


class Demonstration(Frozen):
    """Survey name -> spreads and leanings of its invented answers, and the changes planted between two years.

    ``draw`` numbers the samples that could be drawn from all this; the same number always gives the same answers.
    """

    draw: int = 0
    spreads: Mapping[str, Spreads] = {}
    changes: Changes = Changes()
    leanings: Mapping[str, tuple[Leaning, ...]] = {}

    @property
    def surveys(self) -> tuple[str, ...]:
        """Return the names of the surveys that something is said about."""
        return tuple(dict.fromkeys([*self.spreads, *self.changes.surveys, *self.leanings]))

    def of(self, survey: str) -> Planted:
        """Return what is planted in a survey."""
        return Planted(
            spreads=self.spreads.get(survey, {}),
            items=self.changes.surveys.get(survey),
            types=self.changes.types,
            leanings=self.leanings.get(survey, ()),
            draw=self.draw,
        )


def true_shares(instrument: Instrument, item: ScaledItem, points: float = 0.0) -> Shares:
    """Return option codes with their true shares, what samples scatter about; ValueError where a side would be empty.

    They are `points` more favourable than the item's own level: what the favourable side gains, the other loses.
    """
    level = Random(f"{instrument.name}/{item.id}").random()  # noqa: S311 - a level for each item, nothing secret
    if isinstance(item, NpsItem):
        top, bottom = sorted(NPS_PROMOTERS), sorted(NPS_DETRACTORS)
    else:
        top, bottom = sorted(item.top), sorted(item.bottom)
        if getattr(item, "reverse_coded", False):
            top, bottom = bottom, top
    middle = [option.code for option in item.valid_options if option.code not in {*top, *bottom}]
    favourable = 0.35 + 0.3 * level
    unfavourable = (1 - favourable) * 0.55
    if not -favourable < points / 100 < unfavourable:
        raise ValueError(f"{item.id} has no room for {points:+g} points")
    shares = _evenly(bottom, unfavourable - points / 100) | _evenly(top, favourable + points / 100)
    shares |= _evenly(middle, 1 - favourable - unfavourable)
    return sorted(shares.items())


def _evenly(codes: Sequence[int], share: float) -> dict[int, float]:
    """Return a share spread evenly over codes."""
    return {code: share / len(codes) for code in codes}


def disagreements(planted: Planted, instrument: Instrument) -> Iterator[str]:
    """Yield, in plain words, what is planted that the instrument does not have, not ask before, or has no room for."""
    for name, rules in planted.spreads.items():
        yield from _wrong_spreads(name, rules, instrument)
    for leaning in planted.leanings:
        for leaf in leaves(leaning.when, instrument.conditions):
            if isinstance(leaf, ItemIn) and leaf.item not in instrument.items:
                yield f"a leaning depends on {leaf.item}, which {instrument.name} does not ask"
    for name in planted.items or {}:
        if not isinstance(instrument.items.get(name), ScaledItem):
            yield f"{instrument.name} has no rated question {name} to plant a change in"
    for item in instrument.items.values():
        if isinstance(item, ScaledItem):
            yield from _no_room(planted, instrument, item)


def _wrong_spreads(name: str, rules: Sequence[Spread], instrument: Instrument) -> Iterator[str]:
    """Yield what is wrong in the spreads of one item."""
    item, order = instrument.items.get(name), list(instrument.items)
    if not isinstance(item, SingleItem):
        yield f"{instrument.name} has no question {name} with one answer out of a list"
        return
    for rule in rules:
        for code in sorted({*rule.weights, *rule.last_year} - {option.code for option in item.options}):
            yield f"{name} has no answer with the code {code}"
        for leaf in leaves(rule.when, instrument.conditions):
            if isinstance(leaf, ItemIn) and leaf.item not in order[: order.index(name)]:
                yield f"{name} depends on {leaf.item}, which is not asked before"


def _no_room(planted: Planted, instrument: Instrument, item: ScaledItem) -> Iterator[str]:
    """Yield that an item's shares cannot bear what is planted, in either year and for anybody who leans."""
    for leaning in (0.0, *(one.points for one in planted.leanings)):
        for change in (0.0, planted.change_of(item)):
            try:
                true_shares(instrument, item, leaning + change)
            except ValueError as problem:
                yield str(problem)
                return
