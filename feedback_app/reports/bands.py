"""The columns that a question has in a breakdown, and the figure each group is shown with."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import singledispatch

from feedback_app.domain.disclosure.grouped import Band
from feedback_app.domain.instrument import ChoiceItem, FacesItem, MultiItem, NpsItem, RatingItem, SingleItem, TextItem
from feedback_app.domain.scoring.headlines import HeadlineSpec
from feedback_app.reports.item_tables import NPS_SHARES, headlines_of

OPTION = "option"  # the name of a column that is one answer; its code says which
FAVOURABLE, MIDDLE, UNFAVOURABLE = "favourable", "middle", "unfavourable"


@singledispatch
def bands_of(item: object) -> tuple[Band, ...]:
    """Return a question's columns, the favourable first; TypeError for a kind of item that has no entry here."""
    raise TypeError(f"no columns of a breakdown are declared for {type(item).__name__}")


@bands_of.register(RatingItem)
@bands_of.register(FacesItem)
def _sides(item: RatingItem | FacesItem) -> tuple[Band, ...]:
    """Favourable, in between and unfavourable; the low end of a reverse-coded item is the favourable one."""
    low = isinstance(item, RatingItem) and item.reverse_coded
    good, bad = (item.bottom, item.top) if low else (item.top, item.bottom)
    rest = {option.code for option in item.valid_options}.difference(good, bad)
    return _there({FAVOURABLE: good, MIDDLE: rest, UNFAVOURABLE: bad})


@bands_of.register
def _likely(item: NpsItem) -> tuple[Band, ...]:
    """The three shares that a score is made of."""
    return _there(NPS_SHARES)


@bands_of.register(SingleItem)
@bands_of.register(MultiItem)
def _each(item: SingleItem | MultiItem) -> tuple[Band, ...]:
    """Each answer that somebody could choose, in the order asked."""
    possible = (option.code for option in item.valid_options if option.code not in item.structural_zeros)
    return tuple(Band(OPTION, frozenset({code})) for code in possible)


@bands_of.register
def _own_words(item: TextItem) -> tuple[Band, ...]:
    """None: what people wrote has readers, and how many wrote is told for the whole wave alone."""
    return ()


def _there(bands: Mapping[str, Collection[int]]) -> tuple[Band, ...]:
    return tuple(Band(name, frozenset(codes)) for name, codes in bands.items() if codes)


def group_figure(item: ChoiceItem | TextItem) -> HeadlineSpec | None:
    """Return the figure that each group is shown with, the same as the whole wave's first; None without one."""
    return next(iter(headlines_of(item)), None)
