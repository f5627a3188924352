"""Answers counted by item. Each batch is tallied by distinct answer, so memory does not grow with the responses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from feedback_app.domain.answers import TEXT_GIVEN, Answer
from feedback_app.domain.instrument import Instrument, Item, MultiItem, TextItem
from feedback_app.domain.missing import MISSING_KEYS, Missing
from feedback_app.domain.scoring import Counts

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
    """Return one item's counts from distinct answer -> people; somebody with any valid choice is not missing."""
    valid = {TEXT_GIVEN} if isinstance(item, TextItem) else {option.code for option in item.valid_options}
    values = dict.fromkeys(sorted(valid), 0)
    missing = dict.fromkeys(MISSING_KEYS, 0)
    answered = 0
    for answer, people in tally.items():
        given = set(answer) if isinstance(answer, tuple) else {int(answer)}
        kinds = {_kind_of(item, code) for code in given - valid} or {Missing.SKIPPED.key}
        if chosen := given & valid:
            answered += people
            for code in chosen:
                values[code] += people
        else:
            missing[min(kinds, key=MISSING_KEYS.index)] += people
    return Counts(values, missing, answered if isinstance(item, MultiItem) else None)


def _kind_of(item: Item, code: int) -> str:
    """Return the kind of missing that a code stands for; ValueError when the item does not have the code."""
    declared = {} if isinstance(item, TextItem) else item.missing_options
    if code in declared:
        return declared[code]
    try:
        return Missing(code).key
    except ValueError:
        raise ValueError(f"{item.id}: the answers hold the code {code}, which the question does not have") from None
