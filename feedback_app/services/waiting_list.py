"""The waiting list of a talk: offering places in turn, taking and declining offers, offers that run out.

Every function that changes something locks the talk's ways first; see store.talks.lock_ways.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from feedback_app.domain.errors import OfferGone
from feedback_app.domain.scope import Scope
from feedback_app.domain.talks.programme import Rules
from feedback_app.domain.talks.queue import Turn, next_offers, offer_until, position
from feedback_app.domain.talks.talk import MessageKind, OfferEnd, SignUpState, TalkFacts
from feedback_app.services.notifying import notify
from feedback_app.store import sign_ups, talks
from feedback_app.store.sign_ups import SignUpFacts


@dataclass(frozen=True)
class Clock:
    """When something happens, where, and by which rules."""

    now: datetime
    timezone: str
    rules: Rules


def offer_free_places(db: Session, scope: Scope, talk_id: uuid.UUID, clock: Clock) -> int:
    """Offer what is free at a talk to those who wait, strictly in turn, and return how many offers were made."""
    talks.lock_ways(db, [talk_id])
    talk = talks.find_talk_by_id(db, scope, talk_id)
    if talk is None or not talk.can_be_booked(clock.now, clock.timezone):
        return 0
    until = offer_until(clock.now, talk.starts_at(clock.timezone), clock.rules, clock.timezone)
    if until is None:
        return 0
    made = 0
    for way in talk.ways:
        for turn in next_offers(way.free, sign_ups.list_turns(db, talk_id, way.way)):
            _offer(db, scope, turn, clock.now, until)
            made += 1
    return made


def _offer(db: Session, scope: Scope, turn: Turn, now: datetime, until: datetime) -> None:
    offer_id = sign_ups.add_offer(db, scope, turn.sign_up_id, now, until)
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
    """Pass the places on to the next; the family is off the list. Raise OfferGone."""
    talks.lock_ways(db, [sign_up.talk_id])
    if not _is_held(_again(db, scope, sign_up), clock.now):
        raise OfferGone
    sign_ups.end_offer(db, scope, sign_up.id, OfferEnd.DECLINED)
    sign_ups.update_sign_up(db, scope, sign_up.id, state=SignUpState.LAPSED.value)
    offer_free_places(db, scope, sign_up.talk_id, clock)


def wait_again(db: Session, scope: Scope, sign_up: SignUpFacts, clock: Clock) -> bool:
    """Put a family whose offer ended at the end of the list once more; return whether it waits now."""
    talks.lock_ways(db, [sign_up.talk_id])
    now_there = _again(db, scope, sign_up)
    talk = talks.find_talk_by_id(db, scope, sign_up.talk_id)
    if now_there.state is not SignUpState.LAPSED or talk is None:
        return now_there.state is SignUpState.WAITING
    if sign_ups.has_live_twin(db, sign_up.id) or not talk.can_be_booked(clock.now, clock.timezone):
        return False
    turn = sign_ups.next_queue(db, sign_up.talk_id, sign_up.way)
    sign_ups.update_sign_up(db, scope, sign_up.id, state=SignUpState.WAITING.value, queue=turn)
    offer_free_places(db, scope, sign_up.talk_id, clock)
    return True


def expire_offers(db: Session, scope: Scope, clock: Clock) -> int:
    """End the offers that nobody answered in time, tell the families, pass the places on; return how many ended."""
    run_out = sign_ups.list_run_out(db, scope, clock.now)
    talks.lock_ways(db, [talk_id for _sign_up, talk_id in run_out])
    ended = 0
    for sign_up_id, _talk_id in run_out:
        found = sign_ups.find_sign_up(db, scope, sign_up_id)
        if found is None or found.state is not SignUpState.OFFERED or _is_held(found, clock.now):
            continue  # answered while we waited for the lock
        sign_ups.end_offer(db, scope, sign_up_id, OfferEnd.LAPSED)
        sign_ups.update_sign_up(db, scope, sign_up_id, state=SignUpState.LAPSED.value)
        once = f"lapsed/{sign_up_id}/{found.queue}"
        notify(db, scope, MessageKind.LAPSED, once=once, now=clock.now, sign_up_id=sign_up_id)
        ended += 1
    for talk_id in sorted({talk_id for _sign_up, talk_id in run_out}):
        offer_free_places(db, scope, talk_id, clock)
    return ended


def find_position(db: Session, talk: TalkFacts, sign_up: SignUpFacts) -> int | None:
    """Return a family's turn on its waiting list, from 1; None where it does not wait."""
    return position(sign_ups.list_turns(db, talk.id, sign_up.way), sign_up.id)


def _again(db: Session, scope: Scope, sign_up: SignUpFacts) -> SignUpFacts:
    """Return a sign-up as it stands under the lock."""
    return sign_ups.find_sign_up(db, scope, sign_up.id) or sign_up


def _is_held(sign_up: SignUpFacts, now: datetime) -> bool:
    is_offered = sign_up.state is SignUpState.OFFERED
    return is_offered and sign_up.offer_until is not None and now < sign_up.offer_until
