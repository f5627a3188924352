"""Closing a talk: what is counted of it is kept, and those who came are asked how it was, all in the same way.

The feedback link is one address for everybody of a topic. It carries nothing of a booking or of a talk, and all who
came are written to at the same moment, so that neither the link nor the time joins an answer to a family.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.domain.talks.programme import Programme, Way
from feedback_app.domain.talks.talk import (
    MessageKind,
    MessageState,
    NeedState,
    SignUpState,
    TalkFacts,
    TalkState,
    moment,
)
from feedback_app.domain.wave import is_open
from feedback_app.services.notifying import notify
from feedback_app.store import attending, sign_ups, talk_after, talks, waves
from feedback_app.store.attending import WayNumbers
from feedback_app.store.sign_ups import BookingFacts, SignUpFacts

ASKED_AT = time(10)  # of the morning after a talk was finished
MOST_IN_A_ROOM = 2000
_MAY_COME = (SignUpState.BOOKED, SignUpState.OFFERED)


@dataclass(frozen=True)
class Asking:
    """Who is asked how a talk was: when, and how far the messages are."""

    due_at: datetime
    states: Mapping[MessageState, int]
    may_open_again: bool

    @property
    def families(self) -> int:
        """Return how many families are asked."""
        return sum(self.states.values())


def list_rooms(db: Session, scope: Scope, talk: TalkFacts) -> dict[Way, WayNumbers]:
    """Return way -> how many were there: as somebody said, or else as the register adds up; None where it is empty."""
    ticked, rooms = _list_ticked(db, scope, talk), {}
    for way, said in attending.find_way_numbers(db, scope, talk.id).items():
        known = ticked[way] + said.walked_in if way in ticked or said.walked_in else None
        rooms[way] = WayNumbers(known if said.came is None else said.came, said.walked_in)
    return rooms


def _list_ticked(db: Session, scope: Scope, talk: TalkFacts) -> Counter[Way]:
    """Return way -> how many people of those who booked were ticked; no way where nobody has said."""
    ticked: Counter[Way] = Counter()
    for one in sign_ups.list_sign_ups(db, scope, talk_id=talk.id):
        if one.came is not None:
            ticked[one.way] += one.came
    return ticked


def finish(
    db: Session,
    scope: Scope,
    programme: Programme,
    timezone: str,
    talk: TalkFacts,
    now: datetime,
    rooms: Mapping[Way, WayNumbers] | None = None,
) -> int | None:
    """Close a talk and return how many families are asked how it was; None where there was nothing to close.

    ``rooms`` is how many were there as the organisers say; without it, as the register adds up.
    """
    talks.lock_ways(db, [talk.id])
    there = talks.find_talk_by_id(db, scope, talk.id)
    if (
        there is None
        or there.finished_on
        or there.state is not TalkState.PUBLISHED
        or not there.has_begun(now, timezone)
    ):
        return None
    rooms = list_rooms(db, scope, talk) if rooms is None else rooms
    for way, room in rooms.items():
        attending.update_way_numbers(db, scope, talk.id, way, came=room.came, walked_in=room.walked_in)
    found = sign_ups.list_sign_ups(db, scope, talk_id=talk.id)
    talk_after.keep_counts(db, talk.id, _count(db, scope, talk, found, rooms))
    today = now.astimezone(ZoneInfo(timezone)).date()
    talk_after.set_finished(db, scope, talk.id, today)
    return _ask(db, scope, programme, found, now, due_at(today, timezone))


def due_at(finished_on: date, timezone: str) -> datetime:
    """Return when those who came are asked how it was: all at the same moment, the morning after."""
    return moment(finished_on + timedelta(days=1), ASKED_AT, timezone)


def _ask(
    db: Session, scope: Scope, programme: Programme, found: Sequence[SignUpFacts], now: datetime, due: datetime
) -> int:
    if not programme.feedback_survey:
        return 0
    came = [one for one in found if one.came and one.booking_id is not None]
    for one in came:
        once = f"feedback/{one.id}"
        notify(db, scope, MessageKind.FEEDBACK, once=once, now=now, due_at=due, sign_up_id=one.id)
    return len(came)


def find_asking(db: Session, scope: Scope, timezone: str, talk: TalkFacts, now: datetime) -> Asking | None:
    """Return who is asked how a finished talk was, or None where it is not finished."""
    if talk.finished_on is None:
        return None
    due = due_at(talk.finished_on, timezone)
    states = talk_after.count_feedback(db, scope, talk.id)
    return Asking(due, states, now < due and not talk_after.has_begun_to_ask(db, scope, talk.id))


def open_again(db: Session, scope: Scope, timezone: str, talk: TalkFacts, now: datetime) -> bool | None:
    """Undo that a talk was finished, as long as nobody was written to; return whether it was undone.

    None: it is open as it is.
    """
    talks.lock_ways(db, [talk.id])
    there = talks.find_talk_by_id(db, scope, talk.id)
    asking = None if there is None else find_asking(db, scope, timezone, there, now)
    if asking is None:
        return None
    if not asking.may_open_again:
        return False
    talk_after.delete_feedback(db, scope, talk.id)
    talk_after.delete_counts(db, talk.id)
    talk_after.set_finished(db, scope, talk.id, None)
    ticked = _list_ticked(db, scope, talk)
    for way, said in attending.find_way_numbers(db, scope, talk.id).items():
        if said.came == ticked[way] + said.walked_in:  # nobody counted heads: the register goes on adding up
            attending.update_way_numbers(db, scope, talk.id, way, came=None)
    return True


def list_due(db: Session, scope: Scope, programme: Programme, today: date) -> list[TalkFacts]:
    """Return the talks that are over for so long that they are finished by themselves.

    Never later than what is counted of them is deleted: see services/keeping.py.
    """
    rules = programme.rules
    days = min(rules.finish_after_days, rules.need_days, rules.contact_days)
    return talk_after.list_unfinished(db, scope, today - timedelta(days=days))


def find_feedback_path(db: Session, scope: Scope, programme: Programme, topic: str, today: date) -> str | None:
    """Return the path at which everybody who was at a talk of a topic says how it was; None while it is not open."""
    survey = programme.feedback_survey
    open_now = survey and any(
        is_open(wave.opens_on, wave.closed_from, today) for wave in waves.list_waves_of(db, scope, survey)
    )
    if not open_now:
        return None
    return f"/surveys/{survey}?topic={topic}" if topic in programme.topics_by_key else f"/surveys/{survey}"


def _count(
    db: Session, scope: Scope, talk: TalkFacts, found: Sequence[SignUpFacts], rooms: Mapping[Way, WayNumbers]
) -> Counter[str]:
    """Return what is counted of a talk: about -> number; see the vocabulary in docs of talks."""
    booked = [one for one in found if one.state in _MAY_COME]
    said = [one for one in found if one.came is not None]
    came = [one for one in said if one.came]
    counts = Counter(
        {
            "families_booked": len(booked),
            "places_booked": sum(one.places for one in booked),
            "waiting": sum(one.state is SignUpState.WAITING for one in found),
            "cancelled": sum(one.state is SignUpState.CANCELLED for one in found),
            "walked_in": sum(room.walked_in for room in rooms.values()),
            "questions": talk_after.count_questions(db, talk.id),
        }
    )
    counts.update({f"came:{way.value}": room.came for way, room in rooms.items() if room.came is not None})
    if said:
        counts["families_came"] = len(came)
    people = sign_ups.list_bookings(db, scope, [one.booking_id for one in (came if said else booked) if one.booking_id])
    for booking in people.values():
        counts.update(_told_by(booking))
    counts.update(_needs(db, scope, found))
    return counts


def _told_by(booking: BookingFacts) -> list[str]:
    """Return what one family counts for, of what it told of itself of its own accord."""
    first = {True: "yes", False: "no", None: "unsaid"}[booking.first_time]
    district = "unsaid" if booking.district is None else str(booking.district)
    heard = [f"heard:{booking.heard}"] if booking.heard else []
    wishes = [f"wish:{topic}" for topic in booking.topics]
    return [f"first_time:{first}", f"district:{district}", *heard, *wishes]


def _needs(db: Session, scope: Scope, found: Sequence[SignUpFacts]) -> Counter[str]:
    """Return how often each thing was asked for, by those who had places, and what it came to.

    Also how many families asked for something and had all of it: one family may need several things.
    """
    ids: list[uuid.UUID] = [one.id for one in found if one.state in _MAY_COME]
    counts: Counter[str] = Counter()
    had_all: dict[uuid.UUID, bool] = {}
    for need in sign_ups.list_needs(db, scope, sign_up_ids=ids):
        had_all[need.sign_up_id] = had_all.get(need.sign_up_id, True) and need.state is NeedState.ARRANGED
        counts[f"need:{need.need}:asked"] += 1
        counts[f"need:{need.need}:late"] += need.asked_late
        for state in (NeedState.ARRANGED, NeedState.CANNOT):
            counts[f"need:{need.need}:{state.value}"] += need.state is state
    counts.update("needing:met" if met else "needing:unmet" for met in had_all.values())
    return counts
