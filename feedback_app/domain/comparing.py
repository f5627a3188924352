"""Which figures of two waves may be compared, and in which family each comparison is made.

All of it follows from the questions, from how the answers came and from how many there are, never from what they say.
So the families, and m with them, are settled before any result is looked at. m counts the comparisons that are made,
and those that the gate keeps back for what the answers say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from feedback_app.domain.conditions import AllOf, AnyOf, AtMost, Condition, ContextIn, ItemIn, Named, Not, leaves
from feedback_app.domain.import_map import IMPORTED
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

if TYPE_CHECKING:
    from feedback_app.domain.disclosure.safe import SafeCount

LEAST_BASE = 30
LEAST_BASE_MINORS = 50  # of children, and for faces whoever chooses them
ONE_FAMILY = 0.95  # of a wave's responses, more than this came in ways of one family

Family = Literal["core", "modules", "scales"]
WhyNot = Literal["absent", "dropped", "kind", "options", "wording", "asked_of_others", "other_items"]
WhyNotModes = Literal["mode_unknown", "mode_mixed", "mode_differs"]
ModeFamily = Literal["self_completed", "asked_by_a_person", "unknown", "mixed"]

_MODE_FAMILIES: Mapping[str, ModeFamily] = {
    "online": "self_completed",
    "paper": "self_completed",
    "phone": "asked_by_a_person",
    "in_person": "asked_by_a_person",
}


@dataclass(frozen=True)
class Comparable:
    """An item of two waves: the family its comparison belongs to, and why it may not be made, or None."""

    item: str
    family: Family
    reason: WhyNot | None = None


def family_of(instrument: Instrument, item: Item) -> Family:
    """Return "core" for an item asked of everybody whose answers are kept, "modules" for one that a route leads to.

    A route that only leaves out those who are handed over, as children's forms have it, leaves out nobody.
    """
    return "modules" if _needed(instrument, _whole_route(instrument, item)) - _staying(instrument) else "core"


def has_routes(instrument: Instrument) -> bool:
    """Return whether a survey has questions that only some are asked."""
    return any(family_of(instrument, item) == "modules" for item in instrument.items.values())


def compare_items(before: Instrument, after: Instrument) -> dict[str, Comparable]:
    """Return item id -> whether it may be compared, in the order asked now, then those no longer asked.

    Both instruments are as first written, not translated. Own words and questions to practise with are left out.
    """
    found = {}
    for instrument in (after, before):
        for item in instrument.items.values():
            if item.id not in found and not item.practice and not isinstance(item, TextItem):
                reason = why_not(before, after, item.id)
                found[item.id] = Comparable(item.id, family_of(instrument, item), reason)
    return found


def why_not(before: Instrument, after: Instrument, item_id: str) -> WhyNot | None:
    """Return why an item's answers cannot be compared, or None; both instruments are as first written.

    "absent": not asked earlier; "dropped": no longer asked; "kind": read or scored otherwise; "options": other codes or
    another order; "wording": other words or pictures; "asked_of_others": the way to it leads other people there.
    """
    if altered := _altered(before, after, item_id):
        return altered
    return None if _asked_alike(before, after, item_id) else "asked_of_others"


def why_not_scale(before: Instrument, after: Instrument, scale: str) -> WhyNot | None:
    """Return why a scale's mean scores cannot be compared, or None: its first item that cannot be decides.

    "other_items" when it is made of other items now; an item that the scale gained or lost is never a mere gap in it.
    """
    earlier, later = _made_of(before, scale), _made_of(after, scale)
    if not earlier:
        return "absent"
    if not later:
        return "dropped"
    if earlier != later:
        return "other_items"
    reasons = (why_not(before, after, item) for item in after.items if item in later)
    return next((reason for reason in reasons if reason), None)


def mode_family(modes: Mapping[str, int]) -> ModeFamily | None:
    """Return the family of more than 95% of a wave's responses, from mode -> responses; None without any.

    Filling in a form alone and being asked by a person get other answers. "unknown" when so many came from a file that
    does not say how they were collected that no family can have 95%, else "mixed".
    """
    families: Counter[ModeFamily] = Counter()
    for mode, responses in modes.items():
        families[_MODE_FAMILIES.get(mode.removeprefix(f"{IMPORTED}_"), "unknown")] += responses
    total = families.total()
    if not total:
        return None
    most, responses = families.most_common(1)[0]
    if responses > ONE_FAMILY * total:
        return most
    known_at_best = max(families["self_completed"], families["asked_by_a_person"]) + families["unknown"]
    return "unknown" if known_at_best > ONE_FAMILY * total else "mixed"


def why_not_modes(before: Mapping[str, int], after: Mapping[str, int]) -> WhyNotModes | None:
    """Return why two waves' ways of answering (mode -> responses) forbid comparing them, or None.

    None also when a wave has no responses: then there are too few, and nothing else is wrong with it.
    """
    families = mode_family(before), mode_family(after)
    if None in families:
        return None
    if "unknown" in families:
        return "mode_unknown"
    if "mixed" in families:
        return "mode_mixed"
    return None if families[0] == families[1] else "mode_differs"


def least_base(minors: bool, faces: bool = False) -> int:
    """Return how many answers each wave needs: 30, or 50 of children and for faces."""
    return LEAST_BASE_MINORS if minors or faces else LEAST_BASE


def too_few(base: SafeCount, minors: bool, faces: bool = False) -> bool:
    """Return whether a wave has too few answers to compare, as far as its published base lets anybody see.

    So a refusal tells nothing that the base beside it does not.
    """
    return base.low < least_base(minors, faces)


def _altered(before: Instrument, after: Instrument, item_id: str) -> WhyNot | None:
    """Return what is no longer the same about a question itself, whoever is asked it."""
    earlier, later = before.items.get(item_id), after.items.get(item_id)
    if earlier is None:
        return "absent"
    if later is None:
        return "dropped"
    if _kind(earlier) != _kind(later):
        return "kind"
    if _options(earlier) != _options(later):
        return "options"
    return None if _wording(before, earlier) == _wording(after, later) else "wording"


def _kind(item: Item) -> Hashable:
    """Return what decides how an item is answered and scored, its options apart."""
    match item:
        case RatingItem():
            return item.type, frozenset(item.top), frozenset(item.bottom), item.reverse_coded
        case FacesItem():
            return item.type, frozenset(item.top), frozenset(item.bottom)
        case SingleItem():
            shares = item.figures.items()
            return item.type, frozenset((name, frozenset(of.codes), frozenset(of.base)) for name, of in shares)
        case MultiItem():
            return item.type, item.at_most, frozenset(item.alone)
        case NpsItem() | TextItem():
            return item.type


def _options(item: Item) -> Hashable:
    """Return an item's codes in their order, with the kinds of missing they stand for."""
    if isinstance(item, TextItem):
        return ()
    return tuple((option.code, option.missing) for option in item.options), tuple(apart.code for apart in item.apart)


def _wording(instrument: Instrument, item: Item) -> Hashable:
    """Return all that is read or seen with an item, to the hints above it ("Think about the last 3 months")."""
    page = instrument.page_of[item.id]
    said = [item.text, item.hint, page.section.hint]
    said += [page.group.title, page.group.hint] if page.group else []
    pictures = [item.picture]
    if not isinstance(item, TextItem):
        said += [option.label for option in item.options] + [apart.label for apart in item.apart]
        pictures += [option.picture for option in item.options]
    if isinstance(item, NpsItem):
        said += [item.low_label, item.high_label]
    return tuple(" ".join(words.split()) for words in said), tuple(pictures)


def _asked_alike(before: Instrument, after: Instrument, item_id: str) -> bool:
    """Return whether the same conditions lead to an item, resting on questions that are themselves the same."""
    route = _whole_route(after, after.items[item_id])
    earlier = _needed(before, _whole_route(before, before.items[item_id])) | _staying(before)
    if earlier != _needed(after, route) | _staying(after):
        return False
    leaving = after.handover.when if after.handover else None
    return not any(why_not(before, after, item) for item in _items_in(after, route)) and not any(
        _altered(before, after, item) for item in _items_in(after, leaving)
    )


def _items_in(instrument: Instrument, condition: Condition | None) -> frozenset[str]:
    """Return the items that a condition asks about."""
    return frozenset(leaf.item for leaf in leaves(condition, instrument.conditions) if isinstance(leaf, ItemIn))


def _staying(instrument: Instrument) -> frozenset[Hashable]:
    """Return what must hold for anybody's answers to be kept: that they are not handed over to another survey."""
    return _needed(instrument, Not(negated=instrument.handover.when)) if instrument.handover else frozenset()


def _whole_route(instrument: Instrument, item: Item) -> Condition | None:
    """Return the condition of an item's section and its own as one, or None for an item asked of everybody."""
    routes = [route for route in (instrument.page_of[item.id].section.route, item.route) if route is not None]
    return AllOf(all=tuple(routes)) if routes else None


def _needed(instrument: Instrument, condition: Condition | None) -> frozenset[Hashable]:
    """Return the meanings that must all hold: whether they are asked at once or in turn makes no difference."""
    match condition:
        case None:
            return frozenset()
        case Named():
            return _needed(instrument, instrument.conditions[condition.named])
        case AllOf():
            return frozenset(meaning for part in condition.all for meaning in _needed(instrument, part))
        case _:
            return frozenset({_meaning(instrument, condition)})


def _meaning(instrument: Instrument, condition: Condition) -> Hashable:
    """Return what a condition means as a value to compare: names followed, the order of parts and codes left out."""
    match condition:
        case ItemIn():
            return "item", condition.item, frozenset(condition.is_in)
        case ContextIn():
            return "context", condition.context, frozenset(condition.is_in)
        case AnyOf():
            return "any", frozenset(_meaning(instrument, part) for part in condition.any)
        case Not():
            return "not", _meaning(instrument, condition.negated)
        case AtMost():
            of = Counter(_meaning(instrument, part) for part in condition.of)
            return "at_most", condition.at_most, frozenset(of.items())
        case Named() | AllOf():
            needed = _needed(instrument, condition)
            return next(iter(needed)) if len(needed) == 1 else ("all", needed)


def _made_of(instrument: Instrument, scale: str) -> frozenset[str]:
    return frozenset(item.id for item in instrument.items.values() if item.scale == scale)
