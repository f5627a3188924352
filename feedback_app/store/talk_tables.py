"""The tables of talks: terms, venues, talks, bookings, waiting list, access needs, messages, what was promised.

Nothing here points to a response or a survey, and nothing of theirs points here. A question ahead of a talk and what
was said at one are voices: they belong to a talk, and to no booking (see tests/contracts/test_unlinkable.py).
"""

from __future__ import annotations

import uuid
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    Time,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from feedback_app.store.sealed import SealedText
from feedback_app.store.tables import Base, random_id

_TALK, _CASCADE = "talk.id", "CASCADE"


class TalkTerm(Base):
    """A part of the year for which a programme is made; its talks can be booked in one go."""

    __tablename__ = "talk_term"
    __table_args__ = (
        UniqueConstraint("partnership", "slug"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_it_starts"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=random_id)
    partnership: Mapped[str] = mapped_column(String(40))
    slug: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(120))
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)


class TalkSeries(Base):
    """Several talks that belong together; they can be booked in one go."""

    __tablename__ = "talk_series"
    __table_args__ = (UniqueConstraint("partnership", "slug"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=random_id)
    partnership: Mapped[str] = mapped_column(String(40))
    slug: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(120))


class Venue(Base):
    """A place where talks are held, and what it has."""

    __tablename__ = "venue"
    __table_args__ = (UniqueConstraint("partnership", "name"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=random_id)
    partnership: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    address: Mapped[str] = mapped_column(String(300))
    postcode: Mapped[str] = mapped_column(String(10), default="")
    district: Mapped[int | None] = mapped_column(SmallInteger)
    features: Mapped[list[Any]] = mapped_column(JSON, default=list)  # keys of the programme
    access: Mapped[str] = mapped_column(Text, default="")
    in_use: Mapped[bool] = mapped_column(Boolean, default=True)  # one that is not is offered for no new talk


class Talk(Base):
    """One session. Day and times are those on the wall where the partnership is: a clock change moves nothing."""

    __tablename__ = "talk"
    __table_args__ = (
        UniqueConstraint("partnership", "slug"),
        CheckConstraint("ends > starts", name="ends_after_it_starts"),
        Index(None, "partnership", "day"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=random_id)
    partnership: Mapped[str] = mapped_column(String(40))
    slug: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(120))
    about: Mapped[str] = mapped_column(Text, default="")
    topic: Mapped[str] = mapped_column(String(20))
    priorities: Mapped[list[Any]] = mapped_column(JSON, default=list)
    themes: Mapped[list[Any]] = mapped_column(JSON, default=list)
    day: Mapped[date] = mapped_column(Date)
    starts: Mapped[time] = mapped_column(Time)
    ends: Mapped[time] = mapped_column(Time)
    state: Mapped[str] = mapped_column(String(10), default="draft")
    term_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("talk_term.id"), index=True)
    series_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("talk_series.id"), index=True)
    venue_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("venue.id"), index=True)
    district: Mapped[int | None] = mapped_column(SmallInteger)
    hosts: Mapped[str] = mapped_column(String(300), default="")
    provided: Mapped[list[Any]] = mapped_column(JSON, default=list)  # keys of needs that are there for everybody
    joining_link: Mapped[str | None] = mapped_column(SealedText)  # told to those who are booked online alone
    salt: Mapped[str] = mapped_column(SealedText)  # under which contacts are marked: see SignUp.contact_mark
    sequence: Mapped[int] = mapped_column(default=0)  # of calendar files: rises with each change after publishing
    moved_from: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    cancelled_because: Mapped[str] = mapped_column(String(300), default="")
    finished_on: Mapped[date | None] = mapped_column(Date)
    demonstration: Mapped[bool] = mapped_column(Boolean, default=False)


class TalkWay(Base):
    """A way of attending a talk. Whoever gives out its places locks this row first."""

    __tablename__ = "talk_way"
    __table_args__ = (CheckConstraint("capacity >= 0", name="capacity_is_a_number"),)

    talk_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(_TALK, ondelete=_CASCADE), primary_key=True)
    way: Mapped[str] = mapped_column(String(10), primary_key=True)
    capacity: Mapped[int]
    # Of the whole room at the end, kept when the talk is finished.
    came: Mapped[int | None]
    walked_in: Mapped[int] = mapped_column(default=0)  # people who came without a booking


class Booking(Base):
    """A family's way to their sign-ups: contact, what they told of themselves, and the secret of their link.

    Deleted some weeks after the last talk; what is counted of it is counted before, see TalkCount.
    """

    __tablename__ = "booking"
    __table_args__ = (
        UniqueConstraint("secret_hash"),
        UniqueConstraint("request_hash"),
        CheckConstraint("email IS NOT NULL OR mobile IS NOT NULL", name="can_be_reached"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=random_id)
    partnership: Mapped[str] = mapped_column(String(40), index=True)
    secret: Mapped[str] = mapped_column(SealedText)  # of the link; sealed, so that a message made later can carry it
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    request_hash: Mapped[bytes] = mapped_column(LargeBinary(32))  # of the form that was sent: twice is once
    name: Mapped[str] = mapped_column(SealedText)
    email: Mapped[str | None] = mapped_column(SealedText)
    mobile: Mapped[str | None] = mapped_column(SealedText)  # E.164
    language: Mapped[str] = mapped_column(String(20))
    booker: Mapped[str] = mapped_column(String(20), default="parent_carer")
    district: Mapped[int | None] = mapped_column(SmallInteger)
    first_time: Mapped[bool | None] = mapped_column(Boolean)  # as the family says; never looked up
    heard: Mapped[str | None] = mapped_column(String(20))
    topics: Mapped[list[Any]] = mapped_column(JSON, default=list)  # that they would like to talk about
    may_contact: Mapped[bool] = mapped_column(Boolean, default=False)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class SignUp(Base):
    """A family's place, or places, at one talk; or their turn on its waiting list."""

    __tablename__ = "sign_up"
    __table_args__ = (
        CheckConstraint("places >= 1", name="at_least_one_place"),
        Index(None, "talk_id", "way", "state"),
        # One family, one sign-up a talk: the last line behind the check under the lock.
        Index(
            "uq_sign_up_talk_id_contact_mark_live",
            "talk_id",
            "contact_mark",
            unique=True,
            sqlite_where=text("state IN ('booked', 'waiting', 'offered')"),
            postgresql_where=text("state IN ('booked', 'waiting', 'offered')"),
        ),
        UniqueConstraint("talk_id", "check_in"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=random_id)
    partnership: Mapped[str] = mapped_column(String(40))
    talk_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(_TALK))
    booking_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("booking.id", ondelete="SET NULL"), index=True)
    contact_mark: Mapped[bytes | None] = mapped_column(LargeBinary(32))  # HMAC of the contact under the talk's salt
    way: Mapped[str] = mapped_column(String(10))
    places: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[str] = mapped_column(String(10))
    queue: Mapped[int | None]  # the turn on the waiting list of this talk and way: 1, 2, 3 ... never given twice
    asked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    check_in: Mapped[str | None] = mapped_column(String(8))  # the code by which a family is found at the door
    came: Mapped[int | None] = mapped_column(SmallInteger)  # how many of them came; None: nobody has said
    moved_seen: Mapped[int] = mapped_column(default=0)  # the talk's sequence that the family said yes to


class TalkOffer(Base):
    """Places that were offered to the next on the waiting list: kept, so that the order can be shown."""

    __tablename__ = "talk_offer"
    __table_args__ = (Index(None, "ended", "until"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=random_id)
    partnership: Mapped[str] = mapped_column(String(40))
    sign_up_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sign_up.id", ondelete=_CASCADE), index=True)
    # As it was when it was offered: a family may change its way and its places afterwards.
    way: Mapped[str] = mapped_column(String(10))
    queue: Mapped[int]
    places: Mapped[int] = mapped_column(SmallInteger)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    until: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ended: Mapped[str] = mapped_column(String(10), default="open")


class AccessNeed(Base):
    """One thing that a family needs at one talk, whose job it is, and how far it is. Deleted some weeks after it."""

    __tablename__ = "access_need"
    __table_args__ = (UniqueConstraint("sign_up_id", "need"), {"sqlite_with_rowid": False})

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=random_id)
    sign_up_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sign_up.id", ondelete=_CASCADE))
    need: Mapped[str] = mapped_column(SealedText)
    detail: Mapped[str | None] = mapped_column(SealedText)
    state: Mapped[str] = mapped_column(String(10), default="asked")
    owner: Mapped[str | None] = mapped_column(String(120))  # who sees to it: a first name, a role
    told: Mapped[bool] = mapped_column(Boolean, default=False)  # the family, what it has come to
    asked_late: Mapped[bool] = mapped_column(Boolean, default=False)


class TalkQuestion(Base):
    """That a voice is a question in advance to a talk. It names no booking: who asked is not kept."""

    __tablename__ = "talk_question"
    __table_args__ = ({"sqlite_with_rowid": False},)

    voice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("voice.id", ondelete=_CASCADE), primary_key=True)
    talk_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(_TALK, ondelete=_CASCADE), index=True)
    answered: Mapped[bool] = mapped_column(Boolean, default=False)


class TalkMessage(Base):
    """A message to a family: what it is, when it is due, what became of it. Its words are made when it goes out."""

    __tablename__ = "talk_message"
    __table_args__ = (UniqueConstraint("partnership", "once"), Index(None, "state", "due_at"))

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=random_id)
    partnership: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(12))
    booking_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("booking.id", ondelete=_CASCADE), index=True)
    sign_up_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("sign_up.id", ondelete=_CASCADE), index=True)
    talk_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(_TALK, ondelete=_CASCADE), index=True)
    once: Mapped[str] = mapped_column(String(120))  # what may be said once, such as reminder/<sign-up>/2/<sequence>
    about: Mapped[dict[str, Any]] = mapped_column(
        JSON, default=dict
    )  # plain facts that the words need; no personal data
    due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    queued: Mapped[bool] = mapped_column(Boolean, default=False)  # its job is in the outbox
    channel: Mapped[str | None] = mapped_column(String(10))
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    sent_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    problem: Mapped[str] = mapped_column(String(80), default="")


class TalkNote(Base):
    """That a voice is something that was said at a talk, as the organisers wrote it down."""

    __tablename__ = "talk_note"
    __table_args__ = ({"sqlite_with_rowid": False},)

    voice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("voice.id", ondelete=_CASCADE), primary_key=True)
    talk_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(_TALK, ondelete=_CASCADE), index=True)
    theme: Mapped[str] = mapped_column(String(24), default="")  # a code of the codeframe, as the organisers chose it


class TalkPromise(Base):
    """What was promised at a talk: who will do what by when, and what became of it. Shown to families."""

    __tablename__ = "talk_promise"
    __table_args__ = (Index(None, "partnership", "state"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=random_id)
    partnership: Mapped[str] = mapped_column(String(40))
    talk_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(_TALK), index=True)
    theme: Mapped[str] = mapped_column(String(24), default="")
    said: Mapped[str] = mapped_column(String(500))  # what families said, in the organisers' words
    will_do: Mapped[str] = mapped_column(String(500))
    who: Mapped[str] = mapped_column(String(120))  # a service or role
    by_when: Mapped[date | None] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(10), default="open")
    outcome: Mapped[str] = mapped_column(String(500), default="")
    settled_on: Mapped[date | None] = mapped_column(Date)


class TalkCount(Base):
    """What is counted of a talk when it is finished, so that nothing about a family has to be kept for it.

    ``about`` names what was counted, such as "district:3", "need:bsl:asked", "first_time:yes".
    """

    __tablename__ = "talk_count"

    talk_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(_TALK, ondelete=_CASCADE), primary_key=True)
    about: Mapped[str] = mapped_column(String(60), primary_key=True)
    number: Mapped[int]
