"""The ways through an instrument: every route tried, to find the longest, the shortest and what nobody reaches."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from feedback_app.domain.answers import TEXT_GIVEN, Answer, AnswerSheet
from feedback_app.domain.conditions import Condition, ContextIn, ItemIn, leaves
from feedback_app.domain.instrument import Instrument, Item, MultiItem, TextItem
from feedback_app.domain.missing import Missing
from feedback_app.domain.routing import is_handed_over, items_asked, path_through, seconds_for

Value = TypeVar("Value")
MOST_SHEETS = 20_000


@dataclass(frozen=True)
class Paths:
    """The length of an instrument: items and seconds on its longest and shortest way, pages on its longest."""

    longest: int
    shortest: int
    seconds_longest: int
    seconds_shortest: int
    pages: int


def routing_conditions(instrument: Instrument) -> Iterator[Condition]:
    """Yield each condition that decides what is asked: of sections and items, and of handing over."""
    for section in instrument.sections:
        if section.route is not None:
            yield section.route
        yield from (item.route for item in section.items if item.route is not None)
    if instrument.handover is not None:
        yield instrument.handover.when


def sheets(instrument: Instrument) -> Iterator[AnswerSheet]:
    """Yield a sheet for each combination of answers and context that routes tell apart, `MOST_SHEETS` at the most."""
    items, fields = _choices(instrument)
    pairs = itertools.product(itertools.product(*items.values()), itertools.product(*fields.values()))
    for answers, values in itertools.islice(pairs, MOST_SHEETS):
        known = {field: value for field, value in zip(fields, values, strict=True) if value}
        yield AnswerSheet(dict(zip(items, answers, strict=True)), {}, known)


def count_sheets(instrument: Instrument) -> int:
    """Return how many combinations there are, without making them."""
    items, fields = _choices(instrument)
    return math.prod(map(len, items.values())) * math.prod(map(len, fields.values()))


def _choices(instrument: Instrument) -> tuple[Mapping[str, list[Answer]], Mapping[str, list[str]]]:
    """Return item id -> answers to try, and context field -> values to try, one for each that routes tell apart."""
    asked: dict[str, list[tuple[int, ...]]] = {}
    known: dict[str, list[tuple[str, ...]]] = {}
    for condition in routing_conditions(instrument):
        for leaf in leaves(condition, instrument.conditions):
            if isinstance(leaf, ItemIn):
                asked.setdefault(leaf.item, []).append(leaf.is_in)
            elif isinstance(leaf, ContextIn):
                known.setdefault(leaf.context, []).append(leaf.is_in)
    items = {item: _answers(instrument.items[item], sets) for item, sets in asked.items() if item in instrument.items}
    declared = {field.id: field.values for field in instrument.context}
    fields = {
        field: ["", *_one_of_each([*declared.get(field, ()), *itertools.chain(*sets)], sets)]
        for field, sets in known.items()
    }
    return items, fields


def _one_of_each(values: list[Value], sets: list[tuple[Value, ...]]) -> list[Value]:
    """Return one value of each kind that the sets tell apart."""
    kinds: dict[tuple[bool, ...], Value] = {}
    for value in values:
        kinds.setdefault(tuple(value in members for members in sets), value)
    return list(kinds.values())


def _answers(item: Item, sets: list[tuple[int, ...]]) -> list[Answer]:
    """Return the answers to try for an item that routes ask of; skipping it where it can be skipped."""
    codes = [TEXT_GIVEN] if isinstance(item, TextItem) else sorted(item.codes, reverse=True)
    single = _one_of_each(codes, sets)
    tried: list[Answer] = [*single]
    if isinstance(item, MultiItem):
        ticked = [code for code in single if code >= 0]
        tried = [*((code,) for code in ticked), tuple(ticked)]
    return tried if item.required else [*tried, int(Missing.SKIPPED)]


def unreachable(instrument: Instrument) -> tuple[str, ...]:
    """Return the ids of items that no answers lead to, in order."""
    reached: set[str] = set()
    for sheet in sheets(instrument):
        reached.update(item.id for item in items_asked(instrument, sheet))
        if len(reached) == len(instrument.items):
            break
    return tuple(item for item in instrument.items if item not in reached)


def paths(instrument: Instrument, texts_open: bool = True) -> Paths:
    """Return the longest and shortest way through, those who are handed over to another survey left out."""
    lengths: list[tuple[int, int, int]] = []
    for sheet in sheets(instrument):
        if not is_handed_over(instrument, sheet):
            items = items_asked(instrument, sheet, texts_open)
            lengths.append((len(items), seconds_for(items), len(path_through(instrument, sheet, texts_open))))
    counts, seconds, pages = zip(*lengths, strict=True)
    return Paths(max(counts), min(counts), max(seconds), min(seconds), max(pages))
