"""How the invented answers of a demonstration are spread, where evenly would look odd: shares by survey and item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field

from feedback_app.domain.conditions import Condition, ItemIn, leaves
from feedback_app.domain.instrument import Frozen, Instrument, SingleItem


class Spread(Frozen):
    """Option code -> its weight, for those of whom `when` holds."""

    when: Condition | None = None
    weights: Mapping[int, Annotated[float, Field(gt=0)]] = Field(min_length=1)


Spreads = Mapping[str, tuple[Spread, ...]]  # item id -> spreads, of which the first that holds counts


class Demonstration(Frozen):
    """Survey name -> how answers to some of its items are spread."""

    spreads: Mapping[str, Spreads] = {}

    def of(self, survey: str) -> Spreads:
        """Return a survey's spreads, none where nothing is said."""
        return self.spreads.get(survey, {})


def disagreements(spreads: Spreads, instrument: Instrument) -> Iterator[str]:
    """Yield, in plain words, what spreads say that the instrument does not have, or does not ask before."""
    order = list(instrument.items)
    for name, rules in spreads.items():
        item = instrument.items.get(name)
        if not isinstance(item, SingleItem):
            yield f"{instrument.name} has no question {name} with one answer out of a list"
            continue
        for rule in rules:
            for code in sorted(set(rule.weights) - {option.code for option in item.options}):
                yield f"{name} has no answer with the code {code}"
            for leaf in leaves(rule.when, instrument.conditions):
                if isinstance(leaf, ItemIn) and leaf.item not in order[: order.index(name)]:
                    yield f"{name} depends on {leaf.item}, which is not asked before"
