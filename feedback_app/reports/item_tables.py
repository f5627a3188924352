"""From an item and its exact counts to what `protect` takes; the one place that says which figures an item has."""

from __future__ import annotations

from dataclasses import replace
from functools import singledispatch
from typing import TYPE_CHECKING

from feedback_app.domain.disclosure.rules import ItemTable, Weighted
from feedback_app.domain.instrument import (
    FacesItem,
    Instrument,
    Item,
    MultiItem,
    NpsItem,
    RatingItem,
    SingleItem,
    TextItem,
)
from feedback_app.domain.missing import Missing
from feedback_app.domain.scoring.counts import Counts, EffectiveCounts
from feedback_app.domain.scoring.figures import NPS_CODES, NPS_DETRACTORS, NPS_MINIMUM_BASE, NPS_PROMOTERS
from feedback_app.domain.scoring.headlines import HeadlineSpec, headlines_for, share_headline
from feedback_app.domain.weighting.weighing import Weighting
from feedback_app.reports.counting import Grouping, tally_item
from feedback_app.reports.frame import AnswerFrame

if TYPE_CHECKING:
    from numpy import intp
    from numpy.typing import NDArray

MOST_CATEGORIES = 3  # of a margin whose categories two sums over the same people could be solved for

NPS_SHARES = {
    "promoters": NPS_PROMOTERS,
    "passives": NPS_CODES - NPS_PROMOTERS - NPS_DETRACTORS,
    "detractors": NPS_DETRACTORS,
}


@singledispatch
def headlines_of(item: object) -> tuple[HeadlineSpec, ...]:
    """Return an item's figures, the headline first; TypeError for a kind of item that has no entry here."""
    raise TypeError(f"no figures are declared for {type(item).__name__}")


@headlines_of.register
def _rating(item: RatingItem) -> tuple[HeadlineSpec, ...]:
    """Top two or CSAT, then the other end; a reverse-coded item counts its low end as favourable."""
    specs = headlines_for(item.type, top=item.top, bottom=item.bottom, reverse_coded=item.reverse_coded)
    if item.reverse_coded:
        return (*specs, share_headline("unfavourable", item.top))
    return (*specs, share_headline("bottom_two_box", item.bottom))


@headlines_of.register
def _faces(item: FacesItem) -> tuple[HeadlineSpec, ...]:
    """The happiest and the saddest of three faces; of five, the two at each end."""
    specs = headlines_for(item.type, top=item.top, bottom=item.bottom)
    return specs if item.type == "smiley3" else (*specs, share_headline("bottom_two_box", item.bottom))


@headlines_of.register
def _nps(item: NpsItem) -> tuple[HeadlineSpec, ...]:
    """The score, and the three shares that it never stands without."""
    shares = (replace(share_headline(name, codes), minimum_base=NPS_MINIMUM_BASE) for name, codes in NPS_SHARES.items())
    return (*headlines_for(item.type), *shares)


@headlines_of.register
def _single(item: SingleItem) -> tuple[HeadlineSpec, ...]:
    """The shares that the instrument names for this item."""
    return tuple(share_headline(name, figure.codes, figure.base) for name, figure in item.figures.items())


@headlines_of.register(MultiItem)
@headlines_of.register(TextItem)
def _none(_item: MultiItem | TextItem) -> tuple[HeadlineSpec, ...]:
    """No figure: several choices have their shares of people, own words have readers."""
    return ()


def item_table(instrument: Instrument, item: Item, counts: Counts, weighted: Weighted | None = None) -> ItemTable:
    """Return an item's exact counts with all that the rules of disclosure need to know of it."""
    return ItemTable(
        code=item.id,
        type=item.type,
        counts=counts,
        headlines=headlines_of(item),
        minors=instrument.minors,
        sensitive=item.sensitive,
        multi=isinstance(item, MultiItem),
        structural_zeros=frozenset() if isinstance(item, TextItem) else frozenset(item.structural_zeros),
        weighted=weighted,
        kinds=possible_kinds(instrument, item),
    )


def possible_kinds(instrument: Instrument, item: Item) -> frozenset[str]:
    """Return the kinds of missing answer that an item can have, as whoever reads the questionnaire knows."""
    section = instrument.page_of[item.id].section
    possible = set() if item.required else {Missing.NOT_REACHED.key, Missing.SKIPPED.key}
    if item.route or section.route or (isinstance(item, TextItem) and instrument.text_switch):
        possible.add(Missing.NOT_SHOWN.key)
    if not isinstance(item, TextItem):
        possible |= set(item.missing_options.values()) | {answer.code.key for answer in item.apart}
    return frozenset(possible)


def weighted_answers(instrument: Instrument, frame: AnswerFrame, weighting: Weighting) -> dict[str, Weighted]:
    """Return item id -> weighted answers of the people covered, with what to check them by; only items with figures.

    Counts are scaled to the effective base of the item's own valid answers, Kish's.
    """
    import numpy as np

    whole = Grouping(np.where(weighting.covered, 0, -1).astype(np.intp), 1, weighting.weights)
    crosses = _crosses(weighting)
    found = {}
    for item in instrument.items.values():
        if headlines_of(item) and not item.practice:
            tally = tally_item(item, frame, whole)
            parts = [tally_item(item, frame, cross) for cross in crosses]
            crossed = [part.counts(group).values for part in parts for group in range(len(part.people))]
            bases = {spec.within for spec in headlines_of(item) if spec.within}
            within = {base: _answers_of(base, item, frame, weighting) for base in bases}
            found[item.id] = Weighted(tally.effective_counts(0), tally.counts(0).values, tuple(crossed), within)
    return found


def _answers_of(base: frozenset[int], item: Item, frame: AnswerFrame, weighting: Weighting) -> EffectiveCounts:
    """Return the weighted answers of the people covered who gave one of a base's answers."""
    import numpy as np

    there = weighting.covered & np.isin(frame.codes[item.id], sorted(base))
    return tally_item(
        item, frame, Grouping(np.where(there, 0, -1).astype(np.intp), 1, weighting.weights)
    ).effective_counts(0)


def _crosses(weighting: Weighting) -> list[Grouping]:
    """Return the people covered by category, for each margin that has few enough of them."""
    import numpy as np

    found = []
    for categories in weighting.categories.values():
        there = np.unique(categories[weighting.covered & (categories >= 0)])
        if len(there) <= MOST_CATEGORIES:
            known: NDArray[intp] = np.where(categories >= 0, np.searchsorted(there, categories), -1)
            found.append(Grouping(known, len(there)))
    return found
