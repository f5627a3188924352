"""What the answers to a survey may be broken down by, and which questions no route leads a group to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from feedback_app.domain.conditions import AllOf, AnyOf, AtMost, Condition, ContextIn, ItemIn, Named, Not
from feedback_app.domain.disclosure.grouped import Dimension
from feedback_app.domain.instrument import ChoiceItem, Instrument, Item, TextItem
from feedback_app.domain.partnership import Geography

DISTRICT, LOCALITY = "district", "locality"
WAVE = "wave"  # rows are the waves of one survey: each has people of its own, so nothing new is counted
ORDER = (LOCALITY, DISTRICT, "provision", "age_band", "setting", "waiting", "helped")
Known = Mapping[tuple[str, str], frozenset[int | str]]  # ("item" or "context", its id) -> the answers a group can have


def dimensions_of(instrument: Instrument, geography: Geography) -> tuple[Dimension, ...]:
    """Return what a survey's answers may be broken down by: two groups or more each, the same for all its waves.

    Districts and localities are those of the partnership: who lives elsewhere, or is not sure, is in no group of them.
    """
    codes = {name: tuple(sorted(groups)) for name, groups in _known_of(instrument).items()}
    if DISTRICT in codes:
        here = {district.code for district in geography.districts}
        codes[DISTRICT] = tuple(code for code in codes[DISTRICT] if code in here)
        codes[LOCALITY] = tuple(sorted({*locality_codes(geography).values()}))
    return tuple(_dimension(name, codes[name], geography) for name in ORDER if len(codes.get(name, ())) > 1)


def _dimension(name: str, codes: tuple[int, ...], geography: Geography) -> Dimension:
    if name == DISTRICT:
        parents = locality_codes(geography)
        return Dimension(name, codes, LOCALITY if parents else None, parents, geographical=True)
    return Dimension(name, codes, geographical=name == LOCALITY)


def locality_codes(geography: Geography) -> dict[int, int]:
    """Return district code -> code of the locality it lies in; nothing where the partnership declares none."""
    codes = {locality.key: locality.code for locality in geography.localities}
    return {district.code: codes[district.locality] for district in geography.districts if district.locality in codes}


def may_cross(one: Dimension, other: Dimension) -> bool:
    """Return whether answers may be broken down by both at once: not by one that the other adds up to."""
    return one.name != other.name and other.name != one.parent and one.name != other.parent


def is_broken_down(item: Item) -> bool:
    """Return whether a question's answers are broken down by groups: what people think and went through.

    Facts about the child or family (``content: false``: age, needs, ethnic group, school) never are, for a table of
    needs or ethnic groups by district could point to a child. Nor are words of one's own, and questions to try out.
    """
    return item.content and not item.practice and item.breakdown is None and not isinstance(item, TextItem)


def questions_of(instrument: Instrument) -> tuple[ChoiceItem, ...]:
    """Return the questions whose answers are broken down, in the order asked."""
    items = (item for item in instrument.items.values() if not isinstance(item, TextItem))
    return tuple(item for item in items if is_broken_down(item))


def never_asked(instrument: Instrument, item: Item, dimension: Dimension) -> frozenset[int]:
    """Return the groups that no route leads to a question, whatever else they answer. It rests on no answers."""
    groups = _known_of(instrument).get(dimension.name, {})
    routes = [route for route in (instrument.page_of[item.id].section.route, item.route) if route is not None]
    unreached = (code for code in dimension.groups if code in groups and not _could(routes, groups[code], instrument))
    return frozenset(unreached)


def _could(routes: list[Condition], known: Known, instrument: Instrument) -> bool:
    return all(_outcomes(route, known, instrument.conditions)[0] for route in routes)


def _known_of(instrument: Instrument) -> dict[str, dict[int, Known]]:
    """Return breakdown -> group -> the answers and context values by which somebody can be in it.

    Left out are answers that tell of no group ("Not sure") and those after which somebody is sent to another survey.
    """
    found: dict[str, dict[int, dict[tuple[str, str], set[int | str]]]] = {}
    for breakdown, source, group, answer in (*_in_context(instrument), *_in_items(instrument)):
        found.setdefault(breakdown, {}).setdefault(group, {}).setdefault(source, set()).add(answer)
    return {
        breakdown: {
            # A group that two questions tell of is known by neither answer alone.
            group: {source: frozenset(given) for source, given in sources.items()} if len(sources) == 1 else {}
            for group, sources in groups.items()
        }
        for breakdown, groups in found.items()
    }


def _in_context(instrument: Instrument) -> Iterator[tuple[str, tuple[str, str], int, int | str]]:
    for field in instrument.context:
        for value, code in field.breakdown_codes.items() if field.breakdown else ():
            yield str(field.breakdown), ("context", field.id), code, value


def _in_items(instrument: Instrument) -> Iterator[tuple[str, tuple[str, str], int, int | str]]:
    leaving = instrument.handover.when if instrument.handover else None
    for item in instrument.items.values():
        if item.breakdown and not isinstance(item, TextItem):
            gone = leaving.is_in if isinstance(leaving, ItemIn) and leaving.item == item.id else ()
            for option in item.valid_options:
                if option.code not in gone:
                    group = option.code if option.reported_as is None else option.reported_as
                    yield item.breakdown, ("item", item.id), group, option.code


def _outcomes(condition: Condition, known: Known, named: Mapping[str, Condition]) -> tuple[bool, bool]:
    """Return whether a condition could hold, and whether it could fail, where only ``known`` is known."""
    match condition:
        case Named():
            return _outcomes(named[condition.named], known, named)
        case ItemIn() | ContextIn():
            source = ("item", condition.item) if isinstance(condition, ItemIn) else ("context", condition.context)
            given, wanted = known.get(source), {*condition.is_in}
            return (True, True) if given is None else (bool(given & wanted), bool(given - wanted))
        case Not():
            holds, fails = _outcomes(condition.negated, known, named)
            return fails, holds
        case AllOf():
            each = [_outcomes(part, known, named) for part in condition.all]
            return all(holds for holds, _ in each), any(fails for _, fails in each)
        case AnyOf():
            each = [_outcomes(part, known, named) for part in condition.any]
            return any(holds for holds, _ in each), all(fails for _, fails in each)
        case AtMost():
            each = [_outcomes(part, known, named) for part in condition.of]
            surely, perhaps = sum(not fails for _, fails in each), sum(holds for holds, _ in each)
            return surely <= condition.at_most, perhaps > condition.at_most
