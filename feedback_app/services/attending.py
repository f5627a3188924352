"""Before and on the day: who comes, how far their access needs are seen to, who came, and who came without a booking.

Noting who came is said as "so many of this family came", never as "one more": said twice it is said once. What adds
up (people without a booking) carries a key, by which the same note sent again is known.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from feedback_app.domain.errors import BookingUnknown, TalkFinished, TalkUnknown, TooManyPlaces
from feedback_app.domain.scope import Scope
from feedback_app.domain.talks.programme import Programme, Way
from feedback_app.domain.talks.queue import position
from feedback_app.domain.talks.talk import MessageKind, NeedState, SignUpState, TalkFacts
from feedback_app.services.auditing import note_action
from feedback_app.services.notifying import notify
from feedback_app.store import attending, sign_ups, talks
from feedback_app.store.attending import TurnFacts, WayNumbers
from feedback_app.store.audit import was_noted
from feedback_app.store.sign_ups import BookingFacts, NeedFacts, SignUpFacts

PEOPLE_SEEN = "people of a talk seen"
REGISTER_SEEN = "register of a talk seen"
NEEDS_SEEN = "needs of a talk seen"
NEEDS_CHANGED = "needs of a talk changed"
FAMILIES_TOLD = "families told about needs"
CAME_NOTED = "attendance noted"
WALK_IN_NOTED = "walk-in noted"
MOST_PEOPLE = 500  # in one note about a room
NOTED_WITHIN = timedelta(days=60)  # how far back the same note about a walk-in is looked for
_CODE = re.compile(r"[^0-9A-Z]")


@dataclass(frozen=True)
class Coming:
    """One family at one talk: its sign-up, who it is, what it needs, and its turn where it waits.

    `booking` is None once contact details were deleted.
    """

    sign_up: SignUpFacts
    booking: BookingFacts | None
    needs: tuple[NeedFacts, ...]
    turn: int | None

    @property
    def name(self) -> str:
        """Return what the family is called; nothing once that was deleted."""
        return self.booking.name if self.booking else ""


@dataclass(frozen=True)
class Tick:
    """What somebody noted of a family: how many came, None for "nobody has said"; and what stood there before."""

    sign_up_id: uuid.UUID
    came: int | None
    was: int | None


@dataclass(frozen=True)
class Ticked:
    """What became of ticks: how many hold, which of them replaced what somebody else had noted, how many cannot be."""

    kept: int
    crossed: tuple[uuid.UUID, ...]
    gone: int


@dataclass(frozen=True)
class NeedChange:
    """How far a need is seen to, and by whom, as an organiser says."""

    need_id: uuid.UUID
    state: NeedState
    owner: str


@dataclass(frozen=True)
class HowFar:
    """How many needs of a talk are in which state, and how many families have not been told what became of theirs."""

    all: int
    arranged: int
    cannot: int
    asked: int
    untold: int


def list_coming(db: Session, scope: Scope, programme: Programme, talk: TalkFacts) -> list[Coming]:
    """Return the families that a talk still concerns, by way and name, those who wait last and in turn.

    Of what they need only that is told which can be asked for in the way they attend.
    """
    rows = [row for row in sign_ups.list_sign_ups(db, scope, talk_id=talk.id) if row.state.is_live]
    bookings = sign_ups.list_bookings(db, scope, {row.booking_id for row in rows if row.booking_id})
    turns = {way.way: sign_ups.list_turns(db, talk.id, way.way) for way in talk.ways}
    needs = _by_sign_up(list_needs(db, scope, programme, talk, rows))
    coming = [
        Coming(
            row,
            bookings.get(row.booking_id) if row.booking_id else None,
            tuple(needs.get(row.id, ())),
            position(turns.get(row.way, []), row.id),
        )
        for row in rows
    ]
    return sorted(coming, key=lambda one: (one.sign_up.way, one.turn or 0, one.name.casefold(), str(one.sign_up.id)))


def list_needs(
    db: Session, scope: Scope, programme: Programme, talk: TalkFacts, rows: Sequence[SignUpFacts]
) -> list[NeedFacts]:
    """Return what these sign-ups need in the way they attend, in the order of the programme."""
    order = [need.key for need in programme.needs]
    fitting = {row.id: {need.key for need in programme.needs_for(row.way)} for row in rows}
    found = sign_ups.list_needs(db, scope, talk_id=talk.id)
    found = [need for need in found if need.need in fitting.get(need.sign_up_id, ())]
    return sorted(found, key=lambda need: (order.index(need.need), str(need.sign_up_id)))


def _by_sign_up(needs: Sequence[NeedFacts]) -> dict[uuid.UUID, list[NeedFacts]]:
    found: dict[uuid.UUID, list[NeedFacts]] = {}
    for need in needs:
        found.setdefault(need.sign_up_id, []).append(need)
    return found


def how_far(needs: Sequence[NeedFacts]) -> HowFar:
    """Return how far needs are seen to."""
    states = [need.state for need in needs]
    untold = {need.sign_up_id for need in needs if _is_news(need)}
    return HowFar(
        len(states),
        states.count(NeedState.ARRANGED),
        states.count(NeedState.CANNOT),
        states.count(NeedState.ASKED),
        len(untold),
    )


def _is_news(need: NeedFacts) -> bool:
    """Return whether something has come of a need that the family has not been told."""
    return need.state is not NeedState.ASKED and not need.told


def change_needs(db: Session, scope: Scope, talk: TalkFacts, changes: Sequence[NeedChange]) -> int:
    """Say of needs of a talk how far they are and who sees to them; return how many changed.

    A family whose need has come to something else has not been told that yet.
    """
    talks.lock_ways(db, [talk.id])
    there = {need.id: need for need in sign_ups.list_needs(db, scope, talk_id=talk.id)}
    changed = 0
    for change in changes:
        need = there.get(change.need_id)
        if need is None or (need.state, need.owner) == (change.state, change.owner):
            continue
        told = need.told and need.state is change.state
        owner = change.owner or None
        sign_ups.update_need(db, scope, need.id, state=change.state.value, owner=owner, told=told)
        changed += 1
    return changed


def tell_families(db: Session, scope: Scope, talk: TalkFacts, now: datetime) -> int:
    """Put a message to each family for whose needs something new has come; return how many families.

    Neither the message nor its row says what anybody needs: the link in it leads there.
    """
    talks.lock_ways(db, [talk.id])  # two who press at once tell once, and nothing changes between telling and noting it
    news: dict[uuid.UUID, list[NeedFacts]] = {}
    for need in sign_ups.list_needs(db, scope, talk_id=talk.id):
        if _is_news(need):
            news.setdefault(need.sign_up_id, []).append(need)
    for sign_up_id, needs in news.items():
        before = attending.count_messages(db, scope, sign_up_id, MessageKind.NEED)
        once = f"need/{sign_up_id}/{before + 1}"
        notify(db, scope, MessageKind.NEED, once=once, now=now, sign_up_id=sign_up_id)
        for need in needs:
            sign_ups.update_need(db, scope, need.id, told=True)
    return len(news)


def find_family(db: Session, scope: Scope, programme: Programme, talk: TalkFacts, number: str) -> Coming | None:
    """Return the family that has a code at a talk, however it is typed; None where the talk concerns none of it."""
    wanted = _CODE.sub("", number.upper())[:20]
    sign_up_id = attending.find_by_check_in(db, scope, talk.id, wanted) if wanted else None
    return next((one for one in list_coming(db, scope, programme, talk) if one.sign_up.id == sign_up_id), None)


def set_came(db: Session, scope: Scope, sign_up_id: uuid.UUID, came: int | None) -> None:
    """Note how many of a family came, or with None that nobody has said; the last who says so is right.

    Raise BookingUnknown where the talk does not concern them any more, TalkFinished, and TooManyPlaces for more people
    than they have places: the others came without a booking.
    """
    found = sign_ups.find_sign_up(db, scope, sign_up_id)
    if found is None:
        raise BookingUnknown
    talks.lock_ways(db, [found.talk_id])
    found = sign_ups.find_sign_up(db, scope, sign_up_id)
    if found is None or not found.state.is_live:
        raise BookingUnknown
    check_open(db, scope, found.talk_id)
    if came is not None and not 0 <= came <= found.places:
        raise TooManyPlaces(found.places)
    sign_ups.update_sign_up(db, scope, sign_up_id, came=came)


def apply_ticks(db: Session, scope: Scope, talk: TalkFacts, ticks: Sequence[Tick]) -> Ticked:
    """Note who came as one device says, after it was without a network perhaps; raise TalkFinished.

    The last who sends is right. Where somebody else noted something else in between it is told, so that the two can
    look at it together. A family that has cancelled since is told of as well.
    """
    talks.lock_ways(db, [talk.id])
    check_open(db, scope, talk.id)
    there = {row.id: row for row in sign_ups.list_sign_ups(db, scope, talk_id=talk.id) if row.state.is_live}
    kept, gone, crossed = 0, 0, []
    for tick in ticks:
        row = there.get(tick.sign_up_id)
        if row is None or (tick.came is not None and not 0 <= tick.came <= row.places):
            gone += 1
            continue
        if row.came is not None and row.came not in (tick.was, tick.came):
            crossed.append(row.id)
        if row.came != tick.came:
            sign_ups.update_sign_up(db, scope, row.id, came=tick.came)
        kept += 1
    return Ticked(kept, tuple(crossed), gone)


def add_walk_in(
    db: Session, scope: Scope, talk: TalkFacts, way: Way, people: int, *, key: uuid.UUID, by: str, now: datetime
) -> bool:
    """Note people who came without a booking, or take a mistake back with a number below zero; raise TalkFinished.

    Return whether it was new: the same `key` from the same person is one note, however often it is sent. There are
    never fewer than none.
    """
    talks.lock_ways(db, [talk.id])
    check_open(db, scope, talk.id)
    numbers = attending.find_way_numbers(db, scope, talk.id).get(way)
    if numbers is None:
        raise TalkUnknown(talk.slug)
    noted = {"subject": talk.slug, "reason": f"{way.value} {people:+d} {key}"}
    since = now - NOTED_WITHIN
    if was_noted(db, scope, since=since, actor=by, action=WALK_IN_NOTED, about=noted):
        return False
    walked_in = min(max(0, numbers.walked_in + people), MOST_PEOPLE)
    attending.update_way_numbers(db, scope, talk.id, way, walked_in=walked_in)
    note_action(db, scope, at=now, actor=by, action=WALK_IN_NOTED, **noted)
    return True


def set_way_numbers(db: Session, scope: Scope, talk: TalkFacts, way: Way, *, came: int | None) -> None:
    """Note how many people attended in a way altogether, walk-ins with them, or with None that nobody has counted.

    Raise TalkFinished. Where nobody has counted, those count of whom it was noted family by family.
    """
    talks.lock_ways(db, [talk.id])
    check_open(db, scope, talk.id)
    attending.update_way_numbers(db, scope, talk.id, way, came=came)


def check_open(db: Session, scope: Scope, talk_id: uuid.UUID) -> None:
    """Raise TalkFinished where a talk has been counted: a tick would change nothing any more."""
    talk = talks.find_talk_by_id(db, scope, talk_id)
    if talk is not None and talk.finished_on is not None:
        raise TalkFinished(talk.slug)


def find_numbers(db: Session, scope: Scope, talk: TalkFacts) -> Mapping[Way, WayNumbers]:
    """Return way -> what is noted of it."""
    return attending.find_way_numbers(db, scope, talk.id)


def list_order(db: Session, scope: Scope, talk: TalkFacts) -> list[TurnFacts]:
    """Return the order of the waiting lists of a talk and what was offered; nobody is named."""
    return attending.list_order(db, scope, talk.id)


def count_came(coming: Sequence[Coming], way: Way) -> int:
    """Return how many people of those who booked came in a way, as far as somebody noted it."""
    return sum(one.sign_up.came or 0 for one in coming if one.sign_up.way is way)


def has_places(one: Coming) -> bool:
    """Return whether places are kept for a family: it is booked, or they are held for it."""
    return one.sign_up.state in (SignUpState.BOOKED, SignUpState.OFFERED)
