"""A talk, when it is, and the states that it, a sign-up, an access need and a message go through. Time is passed in."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from feedback_app.domain.talks.programme import Need, Programme, Way

LONGEST_TITLE, LONGEST_ABOUT, LONGEST_NAME, LONGEST_WORDS = 120, 2000, 120, 1000
MOST_CAPACITY = 500
# Words that stand in addresses where a talk's own could: none is called so.
RESERVED = frozenset(
    {
        "add", "already", "booking", "calendar", "mailbox", "messages", "new", "poster", "promises", "reach", "series",
        "term", "terms", "together", "venues",
    }
)  # fmt: skip


class TalkState(StrEnum):
    """What the organisers have decided about a talk. Full, past and finished follow from other facts."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class SignUpState(StrEnum):
    """Where a family's sign-up to one talk stands."""

    BOOKED = "booked"  # has places
    WAITING = "waiting"  # on the waiting list
    OFFERED = "offered"  # places are held for it until the offer ends
    LAPSED = "lapsed"  # an offer ended unanswered, or was declined: off the list
    CANCELLED = "cancelled"  # by the family
    CALLED_OFF = "called_off"  # the talk was cancelled

    @property
    def holds(self) -> bool:
        """Return whether its places are taken: nobody else can have them."""
        return self in (SignUpState.BOOKED, SignUpState.OFFERED)

    @property
    def is_live(self) -> bool:
        """Return whether anything of the talk still concerns this family."""
        return self in (SignUpState.BOOKED, SignUpState.WAITING, SignUpState.OFFERED)


class NeedState(StrEnum):
    """How far an access need is seen to."""

    ASKED = "asked"
    ARRANGED = "arranged"
    CANNOT = "cannot"


class OfferEnd(StrEnum):
    """What became of an offer of places."""

    OPEN = "open"
    TAKEN = "taken"
    DECLINED = "declined"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"  # the talk was cancelled, or the family left otherwise


class MessageKind(StrEnum):
    """What a message to a family says."""

    BOOKED = "booked"  # booked, or put on the waiting list: how it stands, in one message for all talks of a booking
    REMINDER = "reminder"
    MOVED = "moved"
    CALLED_OFF = "called_off"
    BACK_ON = "back_on"
    OFFER = "offer"
    LAPSED = "lapsed"
    CHANGED = "changed"  # the family changed something: how it stands now
    CANCELLED = "cancelled"  # the family cancelled
    REPEATED = "repeated"  # somebody tried to book again with the same e-mail or mobile
    NEED = "need"  # what an access need has come to
    FEEDBACK = "feedback"


class MessageState(StrEnum):
    """How far a message is."""

    WAITING = "waiting"
    SENT = "sent"
    DROPPED = "dropped"  # by the time it was due there was no more reason for it
    FAILED = "failed"


class Channel(StrEnum):
    """How a message goes."""

    EMAIL = "email"
    TEXT = "text"


class PromiseState(StrEnum):
    """What became of something that was promised at a talk."""

    OPEN = "open"
    DONE = "done"
    CANNOT = "cannot"


@dataclass(frozen=True)
class WayFacts:
    """One way of attending a talk: its capacity, and how many places are held, and waited for by how many families."""

    way: Way
    capacity: int
    held: int = 0  # places that are booked or offered
    waiting: int = 0  # families on the waiting list

    @property
    def free(self) -> int:
        """Return how many places nobody holds; none where the organisers made the room smaller than what is booked."""
        return max(0, self.capacity - self.held)

    @property
    def left(self) -> int:
        """Return how many places a family can book right now: none while others wait, for they come first."""
        return 0 if self.waiting else self.free


@dataclass(frozen=True)
class VenueFacts:
    """A place where talks are held, with what it has; ``features`` are keys of the programme."""

    id: uuid.UUID
    name: str
    address: str
    postcode: str
    district: int | None
    features: tuple[str, ...]
    access: str  # in own words: how to get in, where to park


@dataclass(frozen=True)
class TalkFacts:
    """One talk as everybody may know it, and its ways with their numbers. Times are wall times of the partnership."""

    id: uuid.UUID
    slug: str
    title: str
    about: str
    topic: str
    priorities: tuple[int, ...]
    themes: tuple[str, ...]
    day: date
    starts: time
    ends: time
    state: TalkState
    ways: tuple[WayFacts, ...]
    venue: VenueFacts | None
    district: int | None  # where it is, or whom an online talk is for; None: for everybody
    hosts: str  # who will be there, as services or roles
    term_id: uuid.UUID | None
    series_id: uuid.UUID | None
    provided: tuple[str, ...]  # keys of needs that are there for everybody, such as captions
    sequence: int  # how often it was changed after it was published
    moved_from: Mapping[str, str] | None  # what it was before it was moved last: day, starts, ends, venue
    cancelled_because: str
    finished_on: date | None
    demonstration: bool

    def way(self, way: Way) -> WayFacts | None:
        """Return a way of attending, or None where the talk has it not."""
        return next((one for one in self.ways if one.way == way), None)

    @property
    def is_full(self) -> bool:
        """Return whether no way of attending has a place left."""
        return all(one.left == 0 for one in self.ways)

    def starts_at(self, timezone: str) -> datetime:
        """Return the moment it starts, in UTC."""
        return moment(self.day, self.starts, timezone)

    def ends_at(self, timezone: str) -> datetime:
        """Return the moment it ends, in UTC."""
        return moment(self.day, self.ends, timezone)

    def has_begun(self, now: datetime, timezone: str) -> bool:
        """Return whether it has begun, or is over."""
        return self.starts_at(timezone) <= now

    def can_be_booked(self, now: datetime, timezone: str) -> bool:
        """Return whether families can sign up, change and cancel: it is published and has not begun."""
        return self.state is TalkState.PUBLISHED and not self.has_begun(now, timezone)


def provided(talk: TalkFacts, programme: Programme, ways: Iterable[Way] = tuple(Way)) -> set[str]:
    """Return the needs that nobody has to ask for at a talk, by what is there for everybody and what its venue has."""
    there = set(talk.provided)
    if talk.venue is not None and Way.IN_PERSON in ways and talk.way(Way.IN_PERSON):
        met = (programme.features_by_key[key].meets for key in talk.venue.features if key in programme.features_by_key)
        there |= {key for key in met if key and _is_for_venues(programme.needs_by_key[key], talk)}
    return there


def _is_for_venues(need: Need, talk: TalkFacts) -> bool:
    """Return whether what a venue has meets a need of everybody at a talk, online too."""
    return need.ways == (Way.IN_PERSON,) or talk.way(Way.ONLINE) is None


def moment(day: date, at: time, timezone: str) -> datetime:
    """Return a wall time of a place as a moment in UTC.

    A time that comes twice when clocks go back is the first; one that is skipped when they go forward is as far after
    the change as it would have been (PEP 495).
    """
    return datetime.combine(day, at, ZoneInfo(timezone)).astimezone(UTC)
