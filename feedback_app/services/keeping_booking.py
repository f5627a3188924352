"""A family looks after its own booking: more or fewer places, another way of attending, cancelling, what it needs."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from feedback_app.domain.errors import BookingUnknown, NotEnoughPlaces, TalkClosed, TooManyPlaces
from feedback_app.domain.scope import Scope
from feedback_app.domain.talks.programme import Programme, Way
from feedback_app.domain.talks.talk import MessageKind, NeedState, OfferEnd, SignUpState, TalkFacts
from feedback_app.services.notifying import notify
from feedback_app.services.signing_up import NeedAsked, hash_secret, is_late, mark_contact
from feedback_app.services.slowing import slow_bookings, slow_changes
from feedback_app.services.waiting_list import Clock, offer_free_places
from feedback_app.store import sign_ups, talks
from feedback_app.store.sign_ups import BookingFacts, NeedFacts, SignUpFacts


@dataclass(frozen=True)
class Held:
    """One sign-up of a booking with its talk and with what the family needs there."""

    sign_up: SignUpFacts
    talk: TalkFacts
    needs: tuple[NeedFacts, ...]


def find_booking(db: Session, scope: Scope, secret: str) -> BookingFacts:
    """Return the booking behind the secret of a link; raise BookingUnknown."""
    found = sign_ups.find_booking(db, scope, secret_hash=hash_secret(scope, secret))
    if found is None:
        raise BookingUnknown
    return found


def list_held(db: Session, scope: Scope, booking: BookingFacts) -> list[Held]:
    """Return all sign-ups of a booking, by the day of their talks."""
    rows = sign_ups.list_sign_ups(db, scope, booking_id=booking.id)
    found = {talk.id: talk for talk in talks.list_talks(db, scope, ids=[row.talk_id for row in rows])}
    needs = sign_ups.list_needs(db, scope, sign_up_ids=[row.id for row in rows])
    held = [
        Held(row, found[row.talk_id], tuple(need for need in needs if need.sign_up_id == row.id))
        for row in rows
        if row.talk_id in found
    ]
    return sorted(held, key=lambda one: (one.talk.day, one.talk.starts, one.talk.slug))


def get_held(db: Session, scope: Scope, booking: BookingFacts, sign_up_id: uuid.UUID) -> Held:
    """Return one sign-up of a booking; raise BookingUnknown for another's."""
    for held in list_held(db, scope, booking):
        if held.sign_up.id == sign_up_id:
            return held
    raise BookingUnknown


def change_places(db: Session, scope: Scope, held: Held, places: int, programme: Programme, clock: Clock) -> None:
    """Have more or fewer places; or raise TooManyPlaces, NotEnoughPlaces, TalkClosed, TooManyBookings.

    Somebody on the waiting list keeps their turn. What becomes free is offered to those who wait, first of all to the
    family itself where it is first and wants no more than there are.
    """
    if not 1 <= places <= programme.rules.most_places:
        raise TooManyPlaces(programme.rules.most_places)
    now_there, talk = _locked(db, scope, held, clock)
    way = talk.way(now_there.way)
    more = places - now_there.places
    if more == 0:
        return
    if more > 0 and now_there.state is SignUpState.WAITING:
        if way is not None and places > way.capacity:
            raise TooManyPlaces(max(1, way.capacity))
    elif more > 0 and (way is None or more > way.left):
        raise NotEnoughPlaces(way.left if way else 0)
    slow_changes(db, scope, now_there.booking_id, clock.now)
    sign_ups.update_sign_up(db, scope, now_there.id, places=places)
    offer_free_places(db, scope, talk.id, clock)
    after = sign_ups.find_sign_up(db, scope, now_there.id)
    if after is not None and after.state is now_there.state:  # an offer says all by itself
        _tell_changed(db, scope, now_there, clock.now)


def switch_way(
    db: Session, scope: Scope, held: Held, way: Way, clock: Clock, programme: Programme | None = None
) -> None:
    """Attend in another way, at once where it has room; raise NotEnoughPlaces, TalkClosed or TooManyBookings otherwise.

    Whoever waited leaves that waiting list; an offer is passed on. With the programme, needs that there are none of in
    the other way go: nobody arranges childcare for somebody who stays at home.
    """
    now_there, talk = _locked(db, scope, held, clock)
    wanted = talk.way(way)
    if now_there.way is way:
        return
    if wanted is None or now_there.places > wanted.left:
        raise NotEnoughPlaces(wanted.left if wanted else 0)
    slow_changes(db, scope, now_there.booking_id, clock.now)
    sign_ups.end_offer(db, scope, now_there.id, OfferEnd.WITHDRAWN)
    sign_ups.update_sign_up(db, scope, now_there.id, way=way.value, state=SignUpState.BOOKED.value)
    if programme is not None:
        fitting = {need.key for need in programme.needs_for(way)}
        there = sign_ups.list_needs(db, scope, sign_up_ids=[now_there.id])
        sign_ups.delete_needs(db, [need.id for need in there if need.need not in fitting])
    _tell_changed(db, scope, now_there, clock.now)
    offer_free_places(db, scope, talk.id, clock)


def cancel(db: Session, scope: Scope, held: Held, clock: Clock) -> None:
    """Give places back, or leave the waiting list; raise TalkClosed. Cancelling twice is cancelling once."""
    talks.lock_ways(db, [held.talk.id])
    now_there = sign_ups.find_sign_up(db, scope, held.sign_up.id)
    if now_there is None or not now_there.state.is_live:
        return
    talk = talks.find_talk_by_id(db, scope, held.talk.id) or held.talk
    if talk.has_begun(clock.now, clock.timezone):
        raise TalkClosed(talk.slug)
    sign_ups.end_offer(db, scope, now_there.id, OfferEnd.WITHDRAWN)
    sign_ups.update_sign_up(db, scope, now_there.id, state=SignUpState.CANCELLED.value)
    once = f"cancelled/{now_there.id}"
    notify(db, scope, MessageKind.CANCELLED, once=once, now=clock.now, sign_up_id=now_there.id)
    offer_free_places(db, scope, talk.id, clock)


def keep_after_move(db: Session, scope: Scope, held: Held) -> None:
    """Note that a family can come to the talk as it was moved; saying nothing keeps the place as well."""
    sign_ups.update_sign_up(db, scope, held.sign_up.id, moved_seen=held.talk.sequence)


def change_needs(
    db: Session, scope: Scope, booking: BookingFacts, asked: Sequence[NeedAsked], programme: Programme, clock: Clock
) -> None:
    """Have these access needs at all talks of a booking that have not begun; what stays keeps its state and owner."""
    wanted = {one.need: one.detail for one in asked}
    for held in _locked_all(db, scope, booking):
        if not held.sign_up.state.is_live or held.talk.has_begun(clock.now, clock.timezone):
            continue
        fitting = {need.key for need in programme.needs_for(held.sign_up.way)} & set(wanted)
        there = {need.need: need for need in held.needs}
        sign_ups.delete_needs(db, [need.id for need in held.needs if need.need not in fitting])
        late = is_late(held.talk, clock.now, clock.timezone, programme)
        for key in sorted(fitting):
            if key not in there:
                sign_ups.add_need(db, held.sign_up.id, key, wanted[key], asked_late=late)
            elif there[key].detail != wanted[key]:
                told = {"detail": wanted[key] or None, "state": NeedState.ASKED.value, "told": False}
                sign_ups.update_need(db, scope, there[key].id, **told, asked_late=late or there[key].asked_late)


def change_contact(
    db: Session,
    scope: Scope,
    booking: BookingFacts,
    *,
    name: str,
    email: str | None,
    mobile: str | None,
    language: str,
    now: datetime,
) -> None:
    """Reach a family elsewhere from now on; its sign-ups are known again by the new contact.

    Raise TooManyBookings where many bookings were pointed there of late: it may be somebody else's.

    Where that contact has booked the same talk already, with another booking, it is known again by that one.
    """
    contact = email or mobile or ""
    if contact != booking.contact:
        all_held = _locked_all(db, scope, booking)
        slow_bookings(db, scope, contact, now)
        for held in all_held:
            mark = mark_contact(talks.find_salt(db, scope, held.talk.id), contact)
            has_ended = held.sign_up.state in (SignUpState.LAPSED, SignUpState.CANCELLED)
            if has_ended or not sign_ups.is_known(db, held.talk.id, mark):
                sign_ups.update_sign_up(db, scope, held.sign_up.id, contact_mark=mark)
    sign_ups.update_booking(db, scope, booking.id, name=name, email=email, mobile=mobile, language=language)


def tell_more(
    db: Session,
    scope: Scope,
    booking: BookingFacts,
    *,
    district: int | None,
    first_time: bool | None,
    heard: str | None,
    topics: Sequence[str],
    may_contact: bool,
) -> None:
    """Keep what a family tells of itself of its own accord, after it has booked."""
    told = {"district": district, "first_time": first_time, "heard": heard, "may_contact": may_contact}
    sign_ups.update_booking(db, scope, booking.id, **told, topics=list(topics))


def erase(db: Session, scope: Scope, booking: BookingFacts, clock: Clock) -> None:
    """Delete a booking with all that a family told of itself; places at talks to come are given back.

    Of talks that have begun there stays that so many people were booked, which is nobody's any more.
    """
    all_held = _locked_all(db, scope, booking)
    for held in all_held:
        sign_up = held.sign_up
        sign_ups.delete_needs(db, [need.id for need in held.needs])
        sign_ups.end_offer(db, scope, sign_up.id, OfferEnd.WITHDRAWN)
        gives_back = sign_up.state.is_live and not held.talk.has_begun(clock.now, clock.timezone)
        state = SignUpState.CANCELLED if gives_back else sign_up.state
        sign_ups.update_sign_up(db, scope, sign_up.id, state=state.value, contact_mark=None, check_in=None)
    sign_ups.delete_booking(db, scope, booking.id)
    for held in all_held:
        offer_free_places(db, scope, held.talk.id, clock)


def _locked_all(db: Session, scope: Scope, booking: BookingFacts) -> list[Held]:
    """Lock the ways of all talks of a booking, in one go; return its sign-ups as they stand now."""
    talks.lock_ways(db, [one.talk_id for one in sign_ups.list_sign_ups(db, scope, booking_id=booking.id)])
    return list_held(db, scope, booking)


def _locked(db: Session, scope: Scope, held: Held, clock: Clock) -> tuple[SignUpFacts, TalkFacts]:
    """Lock a talk's ways and return the sign-up and the talk as they stand now; raise TalkClosed."""
    talks.lock_ways(db, [held.talk.id])
    now_there = sign_ups.find_sign_up(db, scope, held.sign_up.id)
    talk = talks.find_talk_by_id(db, scope, held.talk.id)
    if now_there is None or talk is None or not now_there.state.is_live:
        raise TalkClosed(held.talk.slug)
    if not talk.can_be_booked(clock.now, clock.timezone):
        raise TalkClosed(talk.slug)
    return now_there, talk


def _tell_changed(db: Session, scope: Scope, sign_up: SignUpFacts, now: datetime) -> None:
    """Tell a family how its sign-up stands: each change is a message, for the one before may have gone already."""
    once = f"changed/{sign_up.id}/{now.astimezone(UTC):%Y%m%d%H%M%S%f}"
    notify(db, scope, MessageKind.CHANGED, once=once, now=now, sign_up_id=sign_up.id)
