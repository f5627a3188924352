"""Messages to families: reminders when their moment has come, jobs for what is due, and how it all stands."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from feedback_app.domain.errors import TalkUnknown
from feedback_app.domain.scope import Scope
from feedback_app.domain.talks.programme import Rules
from feedback_app.domain.talks.reminders import moments
from feedback_app.domain.talks.talk import MessageKind, MessageState, SignUpState, TalkFacts, TalkState
from feedback_app.services.keeping_booking import Held
from feedback_app.services.notifying import TALK_MESSAGE, notify
from feedback_app.services.posting import put_job
from feedback_app.services.sending_talks import starts_words
from feedback_app.store import sign_ups, talk_messages, talks
from feedback_app.store.sign_ups import SignUpFacts
from feedback_app.store.talk_messages import MessageFacts

# After one of these a family knows when its talk is: a reminder whose moment had come before says nothing new.
SAID_WHEN = (MessageKind.MOVED, MessageKind.CHANGED, MessageKind.BACK_ON)


@dataclass(frozen=True)
class Reminder:
    """A reminder whose moment has come and that nobody has put yet."""

    held: Held
    number: int
    at: datetime

    @property
    def once(self) -> str:
        """Return what may be said once."""
        return f"reminder/{self.held.sign_up.id}/{self.number}/{self.held.talk.sequence}"


@dataclass(frozen=True)
class Failed:
    """A message that could not be sent; with the family's name and number where only a call helps."""

    message: MessageFacts
    talk: TalkFacts | None
    name: str
    mobile: str


@dataclass(frozen=True)
class Standing:
    """How the messages about one talk stand: kind -> state -> how many."""

    talk: TalkFacts
    counts: Mapping[MessageKind, Mapping[MessageState, int]]

    def of(self, state: MessageState) -> int:
        """Return how many messages stand so."""
        return sum(by_state.get(state, 0) for by_state in self.counts.values())


def list_reminders(db: Session, scope: Scope, rules: Rules, timezone: str, now: datetime) -> list[Reminder]:
    """Return the reminders that are to be put now.

    One for each moment that has come, to families that are booked and knew of their place before it.
    """
    today = now.astimezone(ZoneInfo(timezone)).date()
    longest = max([1, *(rule.days_before or 1 for rule in rules.reminders)])
    until = today + timedelta(days=longest + 1)
    published = [TalkState.PUBLISHED]
    found: list[Reminder] = []
    for talk in talks.list_talks(db, scope, states=published, from_day=today - timedelta(days=1), to_day=until):
        come = [(number, at) for number, at in moments(talk.day, talk.starts, rules, timezone) if at <= now]
        if come and not talk.has_begun(now, timezone):
            found += _reminders_of(db, scope, talk, come)
    return found


def _reminders_of(db: Session, scope: Scope, talk: TalkFacts, come: list[tuple[int, datetime]]) -> Iterator[Reminder]:
    """Yield the reminders of one talk that nobody has put yet; of several that have come, the last alone."""
    number, at = come[-1]
    booked = sign_ups.list_sign_ups(db, scope, talk_id=talk.id, states=[SignUpState.BOOKED])
    kinds = [*SAID_WHEN, MessageKind.REMINDER]
    said = defaultdict(list)
    for message in talk_messages.list_messages(db, scope, sign_up_ids=[one.id for one in booked], kinds=kinds):
        said[message.sign_up_id].append(message)
    for sign_up in booked:
        reminder = Reminder(Held(sign_up, talk, ()), number, at)
        if _is_new(reminder, sign_up, said[sign_up.id]):
            yield reminder


def _is_new(reminder: Reminder, sign_up: SignUpFacts, said: list[MessageFacts]) -> bool:
    """Return whether a family has not been told since the moment of a reminder, nor reminded."""
    if sign_up.booking_id is None or sign_up.asked_at is None or sign_up.asked_at >= reminder.at:
        return False
    about = {"reminder": reminder.number, "starts": starts_words(reminder.held)}
    reminded = any(one.kind is MessageKind.REMINDER and dict(one.about) == about for one in said)
    told = [one for one in said if one.kind in SAID_WHEN and one.state is not MessageState.DROPPED]
    return not reminded and all(one.due_at < reminder.at for one in told)


def put_reminders(db: Session, scope: Scope, rules: Rules, timezone: str, now: datetime) -> int:
    """Put the reminders whose moment has come, each once, and return how many."""
    return sum(
        notify(
            db,
            scope,
            MessageKind.REMINDER,
            once=one.once,
            now=now,
            due_at=one.at,
            sign_up_id=one.held.sign_up.id,
            about={"reminder": one.number, "starts": starts_words(one.held)},
        )
        for one in list_reminders(db, scope, rules, timezone, now)
    )


def has_due(db: Session, scope: Scope, now: datetime) -> bool:
    """Return whether a message is due that has no job yet."""
    return bool(talk_messages.list_due(db, scope, now))


def put_due(db: Session, scope: Scope, now: datetime) -> int:
    """Give each message that is due its job, and return how many."""
    put = 0
    for message_id in talk_messages.list_due(db, scope, now):
        if talk_messages.update_queued(db, scope, message_id):
            put_job(db, scope, TALK_MESSAGE, {"message": str(message_id)})
            put += 1
    return put


def list_standing(db: Session, scope: Scope, *, from_day: date) -> list[Standing]:
    """Return how the messages about each talk stand that was or is to be since a day; drafts have none."""
    states = [TalkState.PUBLISHED, TalkState.CANCELLED]
    return [_standing(db, scope, talk) for talk in talks.list_talks(db, scope, states=states, from_day=from_day)]


def get_standing(db: Session, scope: Scope, slug: str) -> Standing:
    """Return how the messages about a talk stand; raise TalkUnknown."""
    talk = talks.find_talk(db, scope, slug)
    if talk is None:
        raise TalkUnknown(slug)
    return _standing(db, scope, talk)


def _standing(db: Session, scope: Scope, talk: TalkFacts) -> Standing:
    counts: dict[MessageKind, dict[MessageState, int]] = {}
    for (kind, state), number in talk_messages.count_messages(db, scope, talk.id).items():
        counts.setdefault(kind, {})[state] = number
    return Standing(talk, counts)


def list_failed(db: Session, scope: Scope, talk_id: uuid.UUID | None = None) -> list[Failed]:
    """Return the messages that could not be sent, of a talk or of all, the latest first.

    Those of families that have gone are left out: there is nobody to ring.
    """
    if talk_id is None:
        failed = talk_messages.list_failed(db, scope)
    else:
        failed = talk_messages.list_of_talk(db, scope, talk_id, [MessageState.FAILED])
    return [found for found in (_failed(db, scope, message) for message in failed) if found is not None]


def list_waiting(db: Session, scope: Scope, talk_id: uuid.UUID) -> list[MessageFacts]:
    """Return the messages about a talk that wait, the latest first."""
    return talk_messages.list_of_talk(db, scope, talk_id, [MessageState.WAITING])


def _failed(db: Session, scope: Scope, message: MessageFacts) -> Failed | None:
    """Return a message that failed, with whom to ring; None where the family has gone."""
    sign_up = sign_ups.find_sign_up(db, scope, message.sign_up_id) if message.sign_up_id else None
    booking_id = sign_up.booking_id if sign_up else message.booking_id
    booking = sign_ups.find_booking(db, scope, booking_id=booking_id) if booking_id else None
    if booking is None:
        return None
    if sign_up is None:
        sign_up = next(iter(sign_ups.list_sign_ups(db, scope, booking_id=booking.id)), None)
    talk = talks.find_talk_by_id(db, scope, sign_up.talk_id) if sign_up else None
    return Failed(message, talk, booking.name, booking.mobile or "")


def try_again(db: Session, scope: Scope, message_id: uuid.UUID, now: datetime) -> bool:
    """Let a message that failed go once more; return False for one that did not fail, or is not there."""
    if not talk_messages.update_failed_again(db, scope, message_id, now.astimezone(UTC)):
        return False
    put_job(db, scope, TALK_MESSAGE, {"message": str(message_id)})
    return True
