"""The waiting list of a talk: offering places in turn, taking and declining offers, offers that run out.

Every function that changes something locks the talk's ways first; see store.talks.lock_ways.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from feedback_app.domain.errors import OfferGone
from feedback_app.domain.scope import Scope
from feedback_app.domain.talks.programme import Rules
from feedback_app.domain.talks.queue import BEFORE_IT_BEGINS, Turn, held_up_by, next_offers, offer_until, position
from feedback_app.domain.talks.talk import MessageKind, OfferEnd, SignUpState, TalkFacts, WayFacts
from feedback_app.services.notifying import notify
from feedback_app.services.slowing import slow_changes
from feedback_app.store import sign_ups, talk_offers, talks
from feedback_app.store.sign_ups import SignUpFacts


@dataclass(frozen=True)
class Clock:
    """When something happens, where, and by which rules."""

    now: datetime
    timezone: str
    rules: Rules

    @property
    def today(self) -> date:
        """Return the day, where it happens."""
        return self.now.astimezone(ZoneInfo(self.timezone)).date()


@dataclass(frozen=True)
class Standing:
    """Where a family stands on a waiting list: its turn, from 1 (0: it does not wait), and why there is no offer yet.

    `free` places nobody holds, `needs` the family wants, `capacity` the room has.
    """

    position: int
    families_before: int
    free: int
    needs: int
    capacity: int

    @property
    def is_blocking(self) -> bool:
        """Return whether it is their turn and only some of their places are free: with fewer they have them at once."""
        return self.position > 0 and self.families_before == 0 and 0 < self.free < self.needs <= self.capacity

    @property
    def is_too_many(self) -> bool:
        """Return whether the room is too small for them whoever leaves: others are offered places meanwhile."""
        return self.position > 0 and self.needs > self.capacity


def offer_free_places(db: Session, scope: Scope, talk_id: uuid.UUID, clock: Clock) -> int:
    """Offer what is free at a talk to those who wait, strictly in turn, and return how many offers were made."""
    talks.lock_ways(db, [talk_id])
    talk = talks.find_talk_by_id(db, scope, talk_id)
    if talk is None or not talk.can_be_booked(clock.now, clock.timezone):
        return 0
    starts_at = talk.starts_at(clock.timezone)
    talk_offers.shorten_offers(db, scope, talk_id, starts_at - BEFORE_IT_BEGINS)
    until = offer_until(clock.now, starts_at, clock.rules, clock.timezone)
    if until is None:
        return 0
    return sum(_offer_way(db, scope, talk, way, clock.now, until) for way in talk.ways)


def _offer_way(db: Session, scope: Scope, talk: TalkFacts, way: WayFacts, now: datetime, until: datetime) -> int:
    """Offer what is free in one way of attending; a family that is held up by its own size is told so, once."""
    turns = sign_ups.list_turns(db, talk.id, way.way)
    offers = next_offers(way.free, turns, way.capacity)
    for turn in offers:
        _offer(db, scope, turn, now, until)
    free = way.free - sum(turn.places for turn in offers)
    held_up = held_up_by(free, [turn for turn in turns if turn not in offers], way.capacity)
    if held_up is not None:
        once = f"held_up/{held_up.sign_up_id}/{held_up.queue}"
        about = {"free": free}
        notify(db, scope, MessageKind.CHANGED, once=once, now=now, sign_up_id=held_up.sign_up_id, about=about)
    return len(offers)


def _offer(db: Session, scope: Scope, turn: Turn, now: datetime, until: datetime) -> None:
    sign_ups.end_offer(db, scope, turn.sign_up_id, OfferEnd.WITHDRAWN)  # never two that are open
    offer_id = talk_offers.add_offer(db, scope, turn.sign_up_id, now, until)
    sign_ups.update_sign_up(db, scope, turn.sign_up_id, state=SignUpState.OFFERED.value)
    notify(db, scope, MessageKind.OFFER, once=f"offer/{offer_id}", now=now, sign_up_id=turn.sign_up_id)


def accept_offer(db: Session, scope: Scope, sign_up: SignUpFacts, clock: Clock) -> None:
    """Take the places that are held for a family; raise OfferGone. Taking them twice is taking them once."""
    talks.lock_ways(db, [sign_up.talk_id])
    now_there = _again(db, scope, sign_up)
    if now_there.state is SignUpState.BOOKED:
        return
    talk = talks.find_talk_by_id(db, scope, sign_up.talk_id)
    if talk is None or not talk.can_be_booked(clock.now, clock.timezone) or not _is_held(now_there, clock.now):
        raise OfferGone
    sign_ups.end_offer(db, scope, sign_up.id, OfferEnd.TAKEN)
    sign_ups.update_sign_up(db, scope, sign_up.id, state=SignUpState.BOOKED.value)
    notify(
        db, scope, MessageKind.CHANGED, once=f"taken/{sign_up.id}/{sign_up.queue}", now=clock.now, sign_up_id=sign_up.id
    )


def decline_offer(db: Session, scope: Scope, sign_up: SignUpFacts, clock: Clock) -> None:
    """Pass the places on to the next; the family is off the list. Raise OfferGone. Twice is once."""
    talks.lock_ways(db, [sign_up.talk_id])
    now_there = _again(db, scope, sign_up)
    if not _is_held(now_there, clock.now):
        is_lapsed = now_there.state is SignUpState.LAPSED
        if is_lapsed and talk_offers.find_last_end(db, scope, sign_up.id) is OfferEnd.DECLINED:
            return
        raise OfferGone
    sign_ups.end_offer(db, scope, sign_up.id, OfferEnd.DECLINED)
    sign_ups.update_sign_up(db, scope, sign_up.id, state=SignUpState.LAPSED.value)
    offer_free_places(db, scope, sign_up.talk_id, clock)


def wait_again(db: Session, scope: Scope, sign_up: SignUpFacts, clock: Clock) -> bool:
    """Put a family whose offer ended at the end of the list once more; return whether it waits now.

    Raise TooManyBookings where it goes to and fro: each offer is a message.
    """
    talks.lock_ways(db, [sign_up.talk_id])
    now_there = _again(db, scope, sign_up)
    talk = talks.find_talk_by_id(db, scope, sign_up.talk_id)
    has_run_out = now_there.state is SignUpState.OFFERED and not _is_held(now_there, clock.now)
    if talk is None or not (has_run_out or now_there.state is SignUpState.LAPSED):
        return now_there.state is SignUpState.WAITING
    if sign_ups.has_live_twin(db, sign_up.id) or not talk.can_be_booked(clock.now, clock.timezone):
        return False
    slow_changes(db, scope, now_there.booking_id, clock.now)
    sign_ups.end_offer(db, scope, sign_up.id, OfferEnd.LAPSED)  # where they are faster than the job
    turn = sign_ups.next_queue(db, sign_up.talk_id)
    sign_ups.update_sign_up(db, scope, sign_up.id, state=SignUpState.WAITING.value, queue=turn)
    offer_free_places(db, scope, sign_up.talk_id, clock)
    return True


def expire_offers(db: Session, scope: Scope, clock: Clock) -> int:
    """End the offers that nobody answered in time, tell the families, pass the places on; return how many ended."""
    run_out = sign_ups.list_run_out(db, scope, clock.now)
    talk_ids = sorted({talk_id for _sign_up, talk_id in run_out})
    talks.lock_ways(db, talk_ids)
    open_talks = {
        talk.id
        for talk in (talks.list_talks(db, scope, ids=talk_ids) if talk_ids else [])
        if talk.can_be_booked(clock.now, clock.timezone)
    }
    ended = sum(
        _expire(db, scope, sign_up_id, clock.now, tell=talk_id in open_talks) for sign_up_id, talk_id in run_out
    )
    for talk_id in talk_ids:
        offer_free_places(db, scope, talk_id, clock)
    return ended


def _expire(db: Session, scope: Scope, sign_up_id: uuid.UUID, now: datetime, *, tell: bool) -> bool:
    """End one offer unless it was answered while we waited for the lock; return whether it ended now."""
    found = sign_ups.find_sign_up(db, scope, sign_up_id)
    if found is None or found.offer_until is None or now < found.offer_until:
        return False
    if found.state is not SignUpState.OFFERED:  # they are off the list otherwise: nothing is held for them
        sign_ups.end_offer(db, scope, sign_up_id, OfferEnd.WITHDRAWN)
        return False
    sign_ups.end_offer(db, scope, sign_up_id, OfferEnd.LAPSED)
    sign_ups.update_sign_up(db, scope, sign_up_id, state=SignUpState.LAPSED.value)
    if tell:
        once = f"lapsed/{sign_up_id}/{found.queue}"
        notify(db, scope, MessageKind.LAPSED, once=once, now=now, sign_up_id=sign_up_id)
    return True


def find_standing(db: Session, talk: TalkFacts, sign_up: SignUpFacts) -> Standing:
    """Return where a family stands on its waiting list, and what is free there; `talk` as it stands now."""
    turn = find_position(db, talk, sign_up) or 0
    way = talk.way(sign_up.way)
    free, capacity = (way.free, way.capacity) if way else (0, 0)
    return Standing(turn, max(0, turn - 1), free, sign_up.places, capacity)


def find_position(db: Session, talk: TalkFacts, sign_up: SignUpFacts) -> int | None:
    """Return a family's turn on its waiting list, from 1; None where it does not wait."""
    return position(sign_ups.list_turns(db, talk.id, sign_up.way), sign_up.id)


def _again(db: Session, scope: Scope, sign_up: SignUpFacts) -> SignUpFacts:
    """Return a sign-up as it stands under the lock."""
    return sign_ups.find_sign_up(db, scope, sign_up.id) or sign_up


def _is_held(sign_up: SignUpFacts, now: datetime) -> bool:
    is_offered = sign_up.state is SignUpState.OFFERED
    return is_offered and sign_up.offer_until is not None and now < sign_up.offer_until
