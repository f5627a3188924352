"""The check of an instrument's routes: where they lead, whether they can be followed, whom they leave out."""

from __future__ import annotations

from collections.abc import Iterator

from feedback_app.domain.answers import TEXT_GIVEN
from feedback_app.domain.conditions import MAXIMUM_DEPTH, Condition, ContextIn, ItemIn, Named, depth, leaves, parts
from feedback_app.domain.finding import Finding, error, warning
from feedback_app.domain.instrument import Instrument, Item, TextItem
from feedback_app.domain.missing import Missing
from feedback_app.domain.ways import MOST_SHEETS, count_sheets, unreachable


def route_findings(instrument: Instrument) -> list[Finding]:
    """Return what is wrong with the routes; whom they leave out is searched only when they can be followed."""
    found = list(_routes(instrument))
    if not found:
        found += _reach(instrument)
    return found


def _routes(instrument: Instrument) -> Iterator[Finding]:
    """Yield a finding for each route that leads nowhere, looks ahead or is too deep."""
    order = list(instrument.items)
    for number, section in enumerate(instrument.sections):
        if section.route is not None:
            before = order[: order.index(section.items[0].id)]
            for wrong in _wrongs(instrument, section.route, before):
                yield error(None, f"the route of the section {section.id} {wrong}", "sections", number, "route")
        for item in section.items:
            if item.route is not None:
                before = order[: order.index(item.id)]
                for wrong in _wrongs(instrument, item.route, before):
                    yield error(item.id, f"the route {wrong}", "route")
    yield from _other_conditions(instrument, order)


def _other_conditions(instrument: Instrument, order: list[str]) -> Iterator[Finding]:
    """Yield a finding for each wrong named condition, and for a wrong handover."""
    for name, condition in instrument.conditions.items():
        for wrong in _wrongs(instrument, condition, order):
            yield error(None, f"the condition {name} {wrong}", "conditions", name)
    if instrument.handover is not None:
        for wrong in _wrongs(instrument, instrument.handover.when, order):
            yield error(None, f"the handover {wrong}", "handover", "when")


def _wrongs(instrument: Instrument, condition: Condition, before: list[str]) -> Iterator[str]:
    """Yield what is wrong with one condition, asked when the items in `before` have been."""
    for name in _names(condition):
        if name not in instrument.conditions:
            yield f"names the condition {name}, which is not declared"
    if depth(condition, instrument.conditions) > MAXIMUM_DEPTH:
        yield f"is nested too deep, or names itself; {MAXIMUM_DEPTH} levels are the most"
        return
    for leaf in leaves(condition, instrument.conditions):
        wrong = _asks_item(instrument, leaf, before) if isinstance(leaf, ItemIn) else _asks_context(instrument, leaf)
        if wrong:
            yield f"asks {wrong}"


def _names(condition: Condition) -> Iterator[str]:
    """Yield the names of other conditions that stand in a condition."""
    if isinstance(condition, Named):
        yield condition.named
    for part in parts(condition):
        yield from _names(part)


def _asks_item(instrument: Instrument, leaf: ItemIn, before: list[str]) -> str | None:
    """Return what is wrong with asking for an item's answer, or None."""
    asked = instrument.items.get(leaf.item)
    if asked is None:
        return f"for {leaf.item}, which is not a question of this survey"
    if leaf.item not in before:
        return f"for {leaf.item}, which is not asked before"
    codes = _codes(asked)
    unknown = [code for code in leaf.is_in if code not in codes]
    return f"for the answer {unknown[0]} of {leaf.item}, which that question does not have" if unknown else None


def _codes(item: Item) -> frozenset[int]:
    """Return the codes that a route may ask for, skipping among them where the item can be skipped."""
    codes = frozenset({TEXT_GIVEN}) if isinstance(item, TextItem) else item.codes
    return codes if item.required else codes | {int(Missing.SKIPPED)}


def _asks_context(instrument: Instrument, leaf: ContextIn) -> str | None:
    """Return what is wrong with asking for a context field, or None."""
    field = next((field for field in instrument.context if field.id == leaf.context), None)
    if field is None:
        return f"for {leaf.context}, which is not a context field of this survey"
    unknown = [value for value in leaf.is_in if field.values and value not in field.values]
    return f"for the value {unknown[0]} of {leaf.context}, which that field does not have" if unknown else None


def _reach(instrument: Instrument) -> Iterator[Finding]:
    """Yield a finding for each item that nobody is asked."""
    combinations = count_sheets(instrument)
    if combinations > MOST_SHEETS:
        yield warning(None, f"the routes have {combinations} combinations, too many to try them all")
        return
    for item in unreachable(instrument):
        yield error(item, "nobody can reach this question, whatever they answer")
