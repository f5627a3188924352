"""Who answered beside who lives here, worked out from protected tables alone, so that it tells nothing new."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from feedback_app.domain.conditions import ItemIn
from feedback_app.domain.disclosure.safe import SafeCount, SafeRelease, SafeTable
from feedback_app.domain.instrument import ChoiceItem, Instrument, MultiItem, Option, TextItem
from feedback_app.domain.population import Frame
from feedback_app.domain.scoring.rounding import round_half_up
from feedback_app.domain.weighting.hearing import Badge, badge_of, dissimilarity, r_indicator, ratios

DIMENSIONS = ("provision", "age_band", "district", "helped", "setting")
NOT_OF_CHILDREN = frozenset({"district"})
Unsaid = Literal["hidden", "no_frame", "outside_frame", "rounding"]


@dataclass(frozen=True)
class HeardGroup:
    """One group: rounded people, whole percent of all who told, and beside the population where that can be said.

    ``among``: whole percent among the groups that the frame counts, ``expected``: the same in the population,
    ``ratio``: of the two, 2 decimals. ``unsaid`` is why there is no badge: the number is hidden, no frame tells this
    group's size, the frame does not count it, or rounding leaves more than one badge possible.
    """

    code: int
    label: str
    people: int | None
    share: int | None
    among: int | None = None
    expected: int | None = None
    ratio: float | None = None
    badge: Badge | None = None
    unsaid: Unsaid | None = None


@dataclass(frozen=True)
class Dimension:
    """One way of telling people apart, from the item that asks it; ``framed``: a frame tells how many there are.

    ``dissimilarity`` (D, 0 to 1), ``cv`` and ``r`` to 2 decimals where a frame tells all and no group is hidden.
    """

    breakdown: str
    item: str
    base: SafeCount
    framed: bool
    groups: tuple[HeardGroup, ...]
    dissimilarity: float | None = None
    cv: float | None = None
    r: float | None = None


@dataclass(frozen=True)
class WhoAnswered:
    """Who answered, by dimension; ``frame`` is None where none is of this survey.

    ``answers``: rounded answers of people the frame covers, ``share_of_frame``: them per 100 of its people, 1 decimal.
    """

    dimensions: tuple[Dimension, ...]
    frame: Frame | None
    answers: int | None
    share_of_frame: float | None

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data for JSON."""
        frame = self.frame
        told = (
            {"source": frame.source, "date": frame.date, "place": frame.place, "covers": frame.covers} if frame else {}
        )
        return {
            "frame": told | {"people": frame.people} if frame else None,
            "answers": self.answers,
            "share_of_frame": self.share_of_frame,
            "dimensions": [_as_dict(dimension) for dimension in self.dimensions],
        }


@dataclass(frozen=True)
class _Told:
    """A group's protected counts summed: its rounded people (None if any part is hidden), and where the truth lies."""

    code: int
    label: str
    value: int | None
    low: int
    high: int

    @property
    def middle(self) -> float:
        """Return the rounded people, or the middle of what a hidden number may be."""
        return self.value if self.value is not None else (self.low + self.high) / 2


def who_answered(instrument: Instrument, release: SafeRelease, frame: Frame | None) -> WhoAnswered:
    """Return who answered a survey, from its protected tables and the population's frame.

    The frame counts only for the surveys it names. Districts are never told of children's answers.
    """
    if frame is not None and (instrument.name not in frame.surveys or instrument.minors):
        frame = None
    tables = {table.code: table for table in release}
    found: dict[str, tuple[Dimension, list[_Told]]] = {}
    for name in DIMENSIONS:
        item = _asking(instrument, name)
        if item is not None and item.id in tables and not (instrument.minors and name in NOT_OF_CHILDREN):
            groups = _groups(instrument, item, tables[item.id])
            people = frame.by_code.get(name) if frame else None
            found[name] = _dimension(name, tables[item.id], groups, people), groups
    dimensions = tuple(dimension for dimension, _ in found.values())
    answers = _covered(found["provision"][1], frame) if frame and "provision" in found else None
    share = round_half_up(100 * answers / frame.people, 1) if answers is not None and frame and frame.people else None
    return WhoAnswered(dimensions, frame, answers, share)


def _asking(instrument: Instrument, breakdown: str) -> ChoiceItem | None:
    """Return the item with one choice that tells a breakdown, None where it is known from the link or not at all."""
    for item in instrument.items.values():
        if item.breakdown == breakdown and not isinstance(item, TextItem | MultiItem):
            return item
    return None


def _groups(instrument: Instrument, item: ChoiceItem, table: SafeTable) -> list[_Told]:
    """Return the reporting groups of an item with their protected counts, in the order of the item's options."""
    counts = {share.code: share.count for share in table.distribution}
    parts: dict[int, list[Option]] = {}
    for option in item.valid_options:
        if option.code not in _handed_over(instrument, item):
            parts.setdefault(option.code if option.reported_as is None else option.reported_as, []).append(option)
    return [_told(code, options, counts, table) for code, options in parts.items()]


def _told(code: int, options: Collection[Option], counts: Mapping[int, SafeCount], table: SafeTable) -> _Told:
    label = "; ".join(option.label for option in options)
    cells = [counts.get(option.code) for option in options]
    known = [cell for cell in cells if cell is not None]
    if len(known) < len(cells):  # the whole table is withheld
        return _Told(code, label, None, 0, table.base.high)
    values = [cell.value for cell in known if cell.value is not None]
    value = sum(values) if len(values) == len(known) else None
    return _Told(code, label, value, sum(cell.low for cell in known), sum(cell.high for cell in known))


def _handed_over(instrument: Instrument, item: ChoiceItem) -> Collection[int]:
    """Return the options of an item after which somebody is sent to another survey, so that nobody here has them."""
    when = instrument.handover.when if instrument.handover else None
    return when.is_in if isinstance(when, ItemIn) and when.item == item.id else ()


def _dimension(name: str, table: SafeTable, groups: list[_Told], people: Mapping[int, int] | None) -> Dimension:
    """Return a dimension; ``people``: the population by group code, None where no frame tells it."""
    base = table.base.value
    if people is None or not sum(people.values()):
        told = tuple(_plain(group, base, len(groups), "no_frame") for group in groups)
        return Dimension(name, table.code, table.base, False, told)
    covered = {group.code: group for group in groups if group.code in people}
    plain = {group.code: _plain(group, base, len(groups), "outside_frame") for group in groups}
    told = tuple(
        _beside(plain[group.code], group, covered.values(), people)
        if group.code in covered and group.value is not None
        else plain[group.code]
        for group in groups
    )
    heard = {code: float(group.value) for code, group in covered.items() if group.value is not None}
    if set(heard) != set(people) or not sum(heard.values()):
        return Dimension(name, table.code, table.base, True, told)
    d = round_half_up(dissimilarity(heard, people), 2)
    if any(heard[code] > people[code] for code in people):  # rounding alone can do that, where a group is tiny
        return Dimension(name, table.code, table.base, True, told, d)
    evenness = r_indicator(heard, people)
    return Dimension(
        name, table.code, table.base, True, told, d, round_half_up(evenness.cv, 2), round_half_up(evenness.r, 2)
    )


def _plain(group: _Told, base: int | None, groups: int, unsaid: Unsaid) -> HeardGroup:
    """Return a group that is not compared with the population."""
    reason: Unsaid = "hidden" if group.value is None else unsaid
    return HeardGroup(group.code, group.label, group.value, _percent(group.value, base, groups), unsaid=reason)


def _beside(plain: HeardGroup, group: _Told, covered: Collection[_Told], people: Mapping[int, int]) -> HeardGroup:
    """Return a shown group beside its part of the population; the badge holds for all counts that look like these.

    A group's share is least where its own count is least and the others' are most, so the ends are taken together.
    """
    others = [other for other in covered if other is not group]
    known, everybody = people[group.code], sum(people.values())
    whole = group.middle + sum(other.middle for other in others)
    ends = (group.low, sum(other.high for other in others)), (group.high, sum(other.low for other in others))
    shown, *possible = (
        ratios({0: count, 1: rest}, {0: known, 1: everybody - known})[0]
        for count, rest in ((group.middle, whole - group.middle), *ends)
    )
    badges = {badge_of(ratio) for ratio in possible if ratio is not None}
    one = badges.pop() if len(badges) == 1 else None
    return replace(
        plain,
        among=int(round_half_up(100 * group.middle / whole)),
        expected=int(round_half_up(100 * known / everybody)),
        ratio=None if shown is None else round_half_up(shown, 2),
        badge=one,
        unsaid=None if one else "rounding",
    )


def _percent(value: int | None, base: int | None, groups: int) -> int | None:
    """Return whole percent of a rounded base; None where rounded numbers would say that everybody is in one group."""
    if value is None or not base or (groups > 1 and value >= base):
        return None
    return int(round_half_up(100 * value / base))


def _covered(groups: list[_Told], frame: Frame) -> int | None:
    """Return the rounded answers of people the frame covers by their plan, None where a number is hidden."""
    values = [group.value for group in groups if group.code in frame.groups.get("provision", {}).values()]
    return None if None in values or not values else sum(value for value in values if value is not None)


def _as_dict(dimension: Dimension) -> dict[str, Any]:
    return {
        "breakdown": dimension.breakdown,
        "item": dimension.item,
        "base": dimension.base.as_total(),
        "framed": dimension.framed,
        "dissimilarity": dimension.dissimilarity,
        "cv": dimension.cv,
        "r": dimension.r,
        "groups": [asdict(group) for group in dimension.groups],
    }
