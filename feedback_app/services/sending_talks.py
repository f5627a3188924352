"""Before a message to a family goes out: is there still reason for it, is it the hour for it, and who takes it in hand.

A message is looked at anew each time it is tried, so that none goes for a place that was cancelled meanwhile.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.domain.talks.programme import Programme, Way
from feedback_app.domain.talks.reminders import TOO_LATE, URGENT, moments, quiet_ends
from feedback_app.domain.talks.talk import Channel, MessageKind, MessageState, SignUpState, TalkState
from feedback_app.services.keeping_booking import Held, list_held
from feedback_app.services.waiting_list import Clock, find_position
from feedback_app.store import sign_ups, talk_messages, talks
from feedback_app.store.sign_ups import BookingFacts
from feedback_app.store.talk_messages import MessageFacts

WHOLE_BOOKING = frozenset({MessageKind.BOOKED, MessageKind.REPEATED})
LINK_TOLD = frozenset({MessageKind.BOOKED, MessageKind.REMINDER, MessageKind.CHANGED})  # the one to join online
LATEST_ALONE = frozenset({MessageKind.BOOKED, MessageKind.CHANGED, MessageKind.MOVED})  # says all that earlier ones do
IN_HAND = timedelta(minutes=4)  # longer than sending takes, shorter than the claim of a job (jobs/runner.py)
FEEDBACK_WAITS = timedelta(days=14)
FEEDBACK_AGAIN = timedelta(hours=6)


@dataclass(frozen=True)
class Letter:
    """A message in hand, with all that its words are made of; ``again`` when it may have gone out before."""

    message: MessageFacts
    booking: BookingFacts
    held: tuple[Held, ...]
    channel: Channel
    again: bool
    joining: Mapping[uuid.UUID, str]  # talk -> the link, for those who are booked online
    turns: Mapping[uuid.UUID, int]  # sign-up -> its turn on the waiting list
    feedback_path: str = ""

    @property
    def one(self) -> Held:
        """Return the sign-up that it is about."""
        return self.held[0]


class InHand(Exception):
    """Somebody else is sending this message: look again later."""


class _NoReason(Exception):
    """There is no reason for a message any more; the message of this is a short word for why."""


class _NotNow(Exception):
    """It is not the hour for a message; ``until`` says when it is."""

    def __init__(self, until: datetime) -> None:
        super().__init__("not now")
        self.until = until


def take(db: Session, scope: Scope, programme: Programme, message_id: uuid.UUID, clock: Clock) -> Letter | None:
    """Take a message in hand and return it to be sent; None where it was sent, has no reason, or has to wait.

    Raise InHand where somebody else has it. What it has come to is noted in either case; the caller commits before it
    sends.
    """
    message = talk_messages.find_message(db, scope, message_id)
    if message is None or message.state is not MessageState.WAITING:
        return None
    if message.is_in_hand(clock.now):
        raise InHand
    try:
        letter = _Looking(db, scope, programme, clock, message).letter()
    except _NoReason as why:
        talk_messages.update_settled(db, scope, message, MessageState.DROPPED, problem=str(why))
        return None
    except _NotNow as later:
        talk_messages.update_held(db, scope, message.id, later.until)
        return None
    until, attempts = clock.now + IN_HAND, message.attempts + 1
    if not talk_messages.update_claimed(db, scope, message, letter.channel, attempts, until):
        raise InHand
    return letter


def release(db: Session, scope: Scope, letter: Letter) -> None:
    """Let go of a message that could not be sent just now, to be tried again."""
    talk_messages.update_released(db, scope, letter.message)


def settle(db: Session, scope: Scope, letter: Letter, state: MessageState, *, problem: str = "", now: datetime) -> None:
    """Note what became of a message that was in hand."""
    sent_at = now if state is MessageState.SENT else None
    talk_messages.update_settled(db, scope, letter.message, state, problem=problem, sent_at=sent_at)


def require(reason: bool, otherwise: str) -> None:
    """Go on where there is reason for a message."""
    if not reason:
        raise _NoReason(otherwise)


@dataclass(frozen=True)
class _Looking:
    """Looks at one message that waits."""

    db: Session
    scope: Scope
    programme: Programme
    clock: Clock
    message: MessageFacts

    def letter(self) -> Letter:
        """Return the message with what its words need; raise _NoReason or _NotNow."""
        booking, held = self._find()
        self._is_latest()
        if self.message.kind in WHOLE_BOOKING:
            require(any(self._concerns(one) for one in held), "no_place")
        else:
            _REASONS[self.message.kind](self, held[0])
        channel = Channel.EMAIL if booking.email else Channel.TEXT
        path = self._feedback(held[0]) if self.message.kind is MessageKind.FEEDBACK else ""
        self._is_the_hour(channel, held)
        waiting = [one for one in held if one.sign_up.state is SignUpState.WAITING]
        turns = {one.sign_up.id: find_position(self.db, one.talk, one.sign_up) or 1 for one in waiting}
        again = self.message.attempts > 0
        return Letter(self.message, booking, tuple(held), channel, again, self._joining(held), turns, path)

    def _find(self) -> tuple[BookingFacts, list[Held]]:
        """Return whose message it is and about which sign-ups; raise _NoReason where they have gone."""
        wanted = self.message.sign_up_id
        sign_up = sign_ups.find_sign_up(self.db, self.scope, wanted) if wanted else None
        booking_id = sign_up.booking_id if sign_up else self.message.booking_id
        booking = sign_ups.find_booking(self.db, self.scope, booking_id=booking_id) if booking_id else None
        if booking is None:
            raise _NoReason("gone")
        held = list_held(self.db, self.scope, booking)
        if self.message.kind not in WHOLE_BOOKING:
            held = [one for one in held if one.sign_up.id == wanted]
        require(bool(held), "gone")
        return booking, held

    def _is_latest(self) -> None:
        """Raise _NoReason where a later message says all that this one would."""
        if self.message.kind not in LATEST_ALONE:
            return
        of_sign_up = [self.message.sign_up_id] if self.message.sign_up_id else None
        same = talk_messages.list_messages(
            self.db,
            self.scope,
            booking_id=None if of_sign_up else self.message.booking_id,
            sign_up_ids=of_sign_up,
            kinds=[self.message.kind],
        )
        # What is in hand may have been worded before the reason for this one was there.
        live = [one for one in same if one.state is not MessageState.DROPPED and not one.is_in_hand(self.clock.now)]
        mine = (self.message.due_at, str(self.message.id))
        require(all((one.due_at, str(one.id)) <= mine for one in live), "said_later")

    def _concerns(self, held: Held) -> bool:
        """Return whether something of a talk that is to come still concerns the family."""
        return held.sign_up.state.is_live and held.talk.can_be_booked(self.clock.now, self.clock.timezone)

    def _is_to_come(self, held: Held) -> None:
        require(held.talk.state is TalkState.PUBLISHED, "called_off")
        require(not held.talk.has_begun(self.clock.now, self.clock.timezone), "begun")

    def _live(self, held: Held) -> None:
        self._is_to_come(held)
        require(held.sign_up.state.is_live, "no_place")

    def _reminder(self, held: Held) -> None:
        self._is_to_come(held)
        require(held.sign_up.state is SignUpState.BOOKED, "no_place")
        require(self.message.about.get("starts") == starts_words(held), "moved")
        talk, clock = held.talk, self.clock
        come = [number for number, at in moments(talk.day, talk.starts, clock.rules, clock.timezone) if at <= clock.now]
        require(not come or self.message.about.get("reminder") == come[-1], "said_later")

    def _moved(self, held: Held) -> None:
        self._live(held)
        before = held.talk.moved_from
        require(bool(before) and dict(before or {}) != moved_words(held), "undone")

    def _called_off(self, held: Held) -> None:
        require(held.talk.state is TalkState.CANCELLED, "undone")
        require(held.sign_up.state is SignUpState.CALLED_OFF, "no_place")

    def _back_on(self, held: Held) -> None:
        self._live(held)
        told = talk_messages.list_messages(
            self.db, self.scope, sign_up_ids=[held.sign_up.id], kinds=[MessageKind.CALLED_OFF]
        )
        require(any(one.state in (MessageState.SENT, MessageState.FAILED) for one in told), "never_told")

    def _offer(self, held: Held) -> None:
        self._is_to_come(held)
        until = held.sign_up.offer_until
        require(held.sign_up.state is SignUpState.OFFERED and until is not None and self.clock.now < until, "ended")
        offer_id = uuid.UUID(self.message.once.rpartition("/")[2])
        require(talk_messages.is_offer_open(self.db, self.scope, offer_id), "ended")

    def _lapsed(self, held: Held) -> None:
        self._is_to_come(held)
        require(held.sign_up.state is SignUpState.LAPSED, "answered")

    def _cancelled(self, held: Held) -> None:
        require(held.sign_up.state is SignUpState.CANCELLED, "changed")

    def _came(self, held: Held) -> None:
        require(bool(held.sign_up.came), "did_not_come")

    def _feedback(self, held: Held) -> str:
        """Return where families say how a talk was; raise _NotNow while no survey is open, _NoReason after a while."""
        from feedback_app.services.finishing_talks import find_feedback_path

        today = self.clock.today
        require(today - (held.talk.finished_on or today) <= FEEDBACK_WAITS, "too_late")
        path = find_feedback_path(self.db, self.scope, self.programme, held.talk.topic, today)
        if path is None:
            raise _NotNow(self.clock.now + FEEDBACK_AGAIN)
        return path

    def _is_the_hour(self, channel: Channel, held: list[Held]) -> None:
        """Raise _NotNow in quiet hours: for texts, unless the talk is near, and for reminders however they go."""
        is_reminder = self.message.kind is MessageKind.REMINDER
        ends = quiet_ends(self.clock.now, self.clock.rules, self.clock.timezone)
        if ends is None or (channel is Channel.EMAIL and not is_reminder):
            return
        to_come = [one.talk.starts_at(self.clock.timezone) for one in held if self._concerns(one)]
        first = min(to_come, default=None)
        if is_reminder and first is not None:
            if ends <= first - TOO_LATE:
                raise _NotNow(ends)
            require(channel is Channel.EMAIL, "too_late")
        elif first is None or first - self.clock.now > URGENT:
            raise _NotNow(ends)

    def _joining(self, held: list[Held]) -> dict[uuid.UUID, str]:
        if self.message.kind not in LINK_TOLD:
            return {}
        booked = [one for one in held if one.sign_up.state is SignUpState.BOOKED and one.sign_up.way is Way.ONLINE]
        links = {one.talk.id: talks.find_joining_link(self.db, self.scope, one.talk.id) for one in booked}
        return {talk_id: link for talk_id, link in links.items() if link}


def starts_words(held: Held) -> str:
    """Return when a talk starts, as a reminder keeps it so that it is not sent for a talk that was moved since."""
    return f"{held.talk.day.isoformat()}T{held.talk.starts:%H:%M}"


def moved_words(held: Held) -> dict[str, str]:
    """Return when and where a talk is, as its `moved_from` says where it was."""
    talk = held.talk
    now_there = {"day": talk.day.isoformat(), "starts": f"{talk.starts:%H:%M}", "ends": f"{talk.ends:%H:%M}"}
    now_there["venue"] = talk.venue.name if talk.venue else ""
    return {key: value for key, value in now_there.items() if key in (talk.moved_from or {})}


_REASONS: Mapping[MessageKind, Callable[[_Looking, Held], None]] = {
    MessageKind.REMINDER: _Looking._reminder,
    MessageKind.MOVED: _Looking._moved,
    MessageKind.CALLED_OFF: _Looking._called_off,
    MessageKind.BACK_ON: _Looking._back_on,
    MessageKind.OFFER: _Looking._offer,
    MessageKind.LAPSED: _Looking._lapsed,
    MessageKind.CHANGED: _Looking._live,
    MessageKind.CANCELLED: _Looking._cancelled,
    MessageKind.NEED: _Looking._live,
    MessageKind.FEEDBACK: _Looking._came,
}
