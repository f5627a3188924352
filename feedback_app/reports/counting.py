"""Answers counted by item. Each batch is tallied by distinct answer, so memory does not grow with the responses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from feedback_app.domain.answers import TEXT_GIVEN, Answer
from feedback_app.domain.instrument import Instrument, Item, MultiItem, TextItem
from feedback_app.domain.missing import Missing
from feedback_app.domain.scoring.counts import Counts, count_tally

BATCH = 5000
NOT_REACHED = int(Missing.NOT_REACHED)


@dataclass(frozen=True)
class ItemCounts:
    """Exact counts: how many responses there are, and item id -> its counts, in the order asked."""

    responses: int
    by_item: Mapping[str, Counts]


def count_items(instrument: Instrument, sheets: Iterable[Mapping[str, Answer]]) -> ItemCounts:
    """Count answers, given as item id -> code or codes, by item; ValueError for a code that an item does not have.

    An item that an answer sheet does not hold was not reached.
    """
    tallies: dict[str, Counter[Answer]] = {item: Counter() for item in instrument.items}
    responses = 0
    for batch in _batches(sheets):
        responses += len(batch)
        for item, tally in tallies.items():
            tally.update([sheet.get(item, NOT_REACHED) for sheet in batch])
    by_item = {item_id: counts_of(item, tallies[item_id]) for item_id, item in instrument.items.items()}
    return ItemCounts(responses, by_item)


def _batches(sheets: Iterable[Mapping[str, Answer]]) -> Iterator[list[Mapping[str, Answer]]]:
    remaining = iter(sheets)
    while batch := list(islice(remaining, BATCH)):
        yield batch


def counts_of(item: Item, tally: Mapping[Answer, int]) -> Counts:
    """Return one item's counts from distinct answer -> people; ValueError for a code that the item does not have."""
    try:
        if isinstance(item, TextItem):
            return count_tally(tally, (TEXT_GIVEN,), {}, several=False)
        options = sorted(option.code for option in item.options)
        return count_tally(tally, options, item.missing_options, several=isinstance(item, MultiItem))
    except ValueError as wrong:
        raise ValueError(f"{item.id}: {wrong}") from None
