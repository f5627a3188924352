"""Ways through a survey that, taken together, ask every question that can be asked."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from feedback_app.domain import routing
from feedback_app.domain.answers import TEXT_GIVEN, Answer, AnswerSheet
from feedback_app.domain.conditions import Condition, ContextIn, ItemIn, leaves
from feedback_app.domain.instrument import Instrument, TextItem

TRIES = 600


@dataclass(frozen=True)
class Way:
    """One way through a survey: what the link tells, and the code chosen where it is not the first."""

    context: dict[str, str] = field(default_factory=dict)
    picks: dict[str, int] = field(default_factory=dict)


def ways_through(instrument: Instrument) -> tuple[Way, ...]:
    """Return few ways that ask every question that anybody can be asked, the one that asks most first."""
    tried = [(way, _asked(instrument, way)) for way in _candidates(instrument)]
    left = frozenset[str]().union(*(asked for _way, asked in tried))
    chosen: list[Way] = []
    while left:
        way, asked = max(tried, key=lambda one: len(one[1] & left))
        chosen.append(way)
        left -= asked
    return tuple(chosen)


def sheet_of(instrument: Instrument, way: Way) -> AnswerSheet:
    """Return the answers of somebody who goes this way: the picks, and the first answer anywhere else."""
    answers: dict[str, Answer] = {}
    for item in instrument.items.values():
        if isinstance(item, TextItem):
            answers[item.id] = TEXT_GIVEN
        else:
            code = way.picks.get(item.id, item.options[0].code)
            answers[item.id] = (code,) if item.type == "multi" else code
    return AnswerSheet(answers, {}, way.context)


def _asked(instrument: Instrument, way: Way) -> frozenset[str]:
    """Return the ids of the questions asked on a way; none when it leads to another survey."""
    sheet = sheet_of(instrument, way)
    if routing.is_handed_over(instrument, sheet):
        return frozenset()
    return frozenset(item.id for item in routing.items_asked(instrument, sheet))


def _candidates(instrument: Instrument) -> Iterator[Way]:
    """Yield the plain way and many drawn ones, the same in every run."""
    yield Way()
    draw = random.Random(instrument.name)
    codes, values = _deciding(instrument)
    for _ in range(TRIES if codes or values else 0):
        yield Way(
            {name: draw.choice(known) for name, known in values.items()},
            {item: draw.choice(known) for item, known in codes.items()},
        )


def _deciding(instrument: Instrument) -> tuple[dict[str, list[int]], dict[str, list[str]]]:
    """Return what decides a way: item id -> its codes, and context field -> its values."""
    conditions: list[Condition | None] = [section.route for section in instrument.sections]
    conditions += [item.route for item in instrument.items.values()]
    codes: dict[str, list[int]] = {}
    values: dict[str, list[str]] = {}
    fields = {known.id: known for known in instrument.context}
    for condition in conditions:
        for leaf in leaves(condition, instrument.conditions):
            if isinstance(leaf, ItemIn):
                codes[leaf.item] = [option.code for option in getattr(instrument.items[leaf.item], "options", ())]
            elif isinstance(leaf, ContextIn):
                values[leaf.context] = list(fields[leaf.context].values)
    return codes, values
