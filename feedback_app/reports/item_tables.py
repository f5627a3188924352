"""From an item and its exact counts to what `protect` takes; the one place that says which figures an item has."""

from __future__ import annotations

from dataclasses import replace
from functools import singledispatch

from feedback_app.domain.disclosure.rules import ItemTable
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
from feedback_app.domain.scoring.counts import Counts
from feedback_app.domain.scoring.figures import NPS_CODES, NPS_DETRACTORS, NPS_MINIMUM_BASE, NPS_PROMOTERS
from feedback_app.domain.scoring.headlines import HeadlineSpec, headlines_for, share_headline

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
    """The score, and the three shares that it never stands without (brief 3.5)."""
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


def item_table(instrument: Instrument, item: Item, counts: Counts) -> ItemTable:
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
    )
