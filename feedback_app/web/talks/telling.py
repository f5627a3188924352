"""What the public pages say of a talk: places left, what stands there for everybody, what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

from flask_babel import gettext as _
from flask_babel import ngettext

from feedback_app.domain.talks.programme import Need, Way
from feedback_app.domain.talks.saying import set_apart
from feedback_app.domain.talks.talk import TalkFacts, TalkState, WayFacts, provided
from feedback_app.web import clock, talk_words
from feedback_app.web.access import place
from feedback_app.web.languages import in_page_language, page_language


@dataclass(frozen=True)
class WayTold:
    """A way of attending in words: what it is, and whether there is room."""

    key: Way
    name: str
    left: int
    room: str
    is_full: bool


def ways_of(talk: TalkFacts) -> list[WayTold]:
    """Return the ways of a talk in words."""
    return [WayTold(way.way, talk_words.way_words(way.way), way.left, _room(way), way.left == 0) for way in talk.ways]


def _room(way: WayFacts) -> str:
    """Return how much room there is, in words."""
    if way.left:
        return ngettext("%(num)s place left", "%(num)s places left", way.left)
    if way.waiting:
        families = ngettext("%(num)s family is waiting", "%(num)s families are waiting", way.waiting)
        return _("Full: you can join the waiting list. %(families)s", families=families)
    return _("Full: you can join the waiting list")


def room_of(talk: TalkFacts) -> list[str]:
    """Return, for the schedule, whether there is room at a talk, a line for each way where there are two."""
    if talk.state is TalkState.CANCELLED:
        return [_("Cancelled")]
    if has_begun(talk):
        return [_("It has begun")]
    if talk.is_full:
        return [_("Full: you can join the waiting list")]
    told = ways_of(talk)
    if len(told) == 1:
        return [told[0].room]
    return [_("%(way)s: %(room)s", way=way.name, room=way.room.partition(".")[0]) for way in told]


def has_begun(talk: TalkFacts) -> bool:
    """Return whether a talk has begun, or is over."""
    return talk.has_begun(clock.now(), place().partnership.timezone)


def is_over(talk: TalkFacts) -> bool:
    """Return whether a talk is over."""
    return talk.ends_at(place().partnership.timezone) <= clock.now()


def can_be_booked(talk: TalkFacts) -> bool:
    """Return whether families can book a talk now."""
    return talk.can_be_booked(clock.now(), place().partnership.timezone)


def district_of(talk: TalkFacts) -> int | None:
    """Return the district that a talk is for: its own, or that of its venue; None: for everybody."""
    return talk.district or (talk.venue.district if talk.venue else None)


def where_of(talk: TalkFacts) -> str:
    """Return where a talk is, on one line."""
    name = isolated(talk.venue.name) if talk.venue and talk.way(Way.IN_PERSON) else ""
    if name and talk.way(Way.ONLINE):
        return _("%(venue)s, or online", venue=name)
    return name or (_("Online") if talk.way(Way.ONLINE) else _("The place is still to come"))


def isolated(name: str) -> str:
    """Return a name so marked that it keeps its own direction inside a sentence that is read from right to left."""
    return set_apart(name, right_to_left=page_language().direction == "rtl")


def there_for_all(talk: TalkFacts) -> list[str]:
    """Return what nobody has to ask for: what the venue has, then what is there for everybody."""
    programme = talk_words.programme()
    keys = talk.venue.features if talk.venue and talk.way(Way.IN_PERSON) else ()
    features = [programme.features_by_key[key] for key in keys if key in programme.features_by_key]
    met = {feature.meets for feature in features}
    needs = [need for need in programme.needs if need.key in talk.provided and need.key not in met]
    return [in_page_language(one.label) for one in (*features, *needs)]


def met_at(talks: Sequence[TalkFacts], asked: Sequence[Need]) -> list[str]:
    """Return the needs that are seen to wherever they arise, by their names: those that a form does not ask for."""
    programme = talk_words.programme()
    there = {key for talk in talks for key in provided(talk, programme)} - {need.key for need in asked}
    return [talk_words.label_of(need) for need in programme.needs if need.key in there]


def moved_from(talk: TalkFacts) -> str:
    """Return when and where a talk that was moved had been before; nothing for one that was not."""
    before = talk.moved_from
    if not before or talk.state is not TalkState.PUBLISHED or is_over(talk):
        return ""
    told = [_moved_when(before), isolated(before.get("venue", ""))]
    return ", ".join(part for part in told if part)


def _moved_when(before: Mapping[str, str]) -> str:
    """Return the day and times of before; nothing where they cannot be read."""
    try:
        day = talk_words.day_words(date.fromisoformat(before["day"]))
        times = talk_words.times_words(time.fromisoformat(before["starts"]), time.fromisoformat(before["ends"]))
    except (KeyError, ValueError, TypeError):
        return ""
    return _("%(day)s, %(times)s", day=day, times=times)


def needs_until(talk: TalkFacts) -> date | None:
    """Return the last day on which what is asked for can still be made ready; None where that is over."""
    last = date.fromordinal(talk.day.toordinal() - talk_words.programme().rules.needs_days)
    return last if last >= clock.today() else None


def late_days(talks: Sequence[TalkFacts]) -> list[str]:
    """Return the days of talks that are so near that what is asked for now may not be ready."""
    return list(dict.fromkeys(talk_words.day_words(talk.day) for talk in talks if needs_until(talk) is None))
