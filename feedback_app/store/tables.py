"""The tables. Nothing here joins a response to a person, a device, a moment or an order of arrival."""

from __future__ import annotations

import secrets
import uuid
from datetime import date, datetime
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
    MetaData,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from feedback_app.store.sealed import Sealed

Json = JSON().with_variant(JSONB, "postgresql")
BREAKDOWNS = ("district", "age_band", "provision", "waiting", "setting", "helped")


def random_id() -> uuid.UUID:
    """Return a random identifier that tells nothing of when it was made."""
    return uuid.UUID(bytes=secrets.token_bytes(16), version=4)


class Base(DeclarativeBase):
    """The tables' common ground: every constraint has a name."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class InstrumentVersion(Base):
    """A fielded version of an instrument: one frozen document with all its languages, and its checksum."""

    __tablename__ = "instrument_version"
    __table_args__ = (UniqueConstraint("partnership", "name", "version", "checksum"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=random_id)
    partnership: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    checksum: Mapped[str] = mapped_column(String(64))
    fielded_on: Mapped[date] = mapped_column(Date)
    # Not JSONB, which forgets the order of keys: the first of an item's figures is its headline.
    document: Mapped[dict[str, Any]] = mapped_column(JSON)


class Wave(Base):
    """One run of a survey, from the day it opens to the day it closes."""

    __tablename__ = "wave"
    __table_args__ = (
        UniqueConstraint("partnership", "slug"),
        CheckConstraint("closed_from IS NULL OR closed_from >= opens_on", name="closes_after_it_opens"),
        Index(None, "partnership", "survey_slug"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=random_id)
    partnership: Mapped[str] = mapped_column(String(40))
    slug: Mapped[str] = mapped_column(String(80))
    survey_slug: Mapped[str] = mapped_column(String(80))
    instrument_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("instrument_version.id"))
    opens_on: Mapped[date] = mapped_column(Date)
    closed_from: Mapped[date | None] = mapped_column(Date)  # the first day on which it is open no longer
    texts_open: Mapped[bool] = mapped_column(Boolean, default=False)  # text items of the children's forms
    demonstration: Mapped[bool] = mapped_column(Boolean, default=False)
    closing_told: Mapped[bool] = mapped_column(Boolean, default=False)  # that it has closed, to the SEND team
    import_key: Mapped[bytes | None] = mapped_column(LargeBinary(32))  # imported rows are marked under it
    invited: Mapped[int | None]  # how many people were on the list, where everybody on a list was invited
    erasures: Mapped[int] = mapped_column(default=0)  # with the number of responses, tells one state from the next


class Collector(Base):
    """A way in to a wave (school link, session, kiosk, paper batch), told apart from others without naming any."""

    __tablename__ = "collector"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    wave_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("wave.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))  # kept so that ways in of a kind can be counted; nothing shows it


class Draft(Base):
    """Answers on their way, never read or counted as answers; found by a secret of which only the hash is here."""

    __tablename__ = "draft"
    __table_args__ = (Index(None, "touched_on"), Index(None, "wave_id"))

    key_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    wave_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("wave.id"))
    language: Mapped[str] = mapped_column(String(20))
    collector: Mapped[str | None] = mapped_column(String(16))
    sheet: Mapped[str] = mapped_column(Text)  # compact JSON: answers, texts, context, last page
    touched_on: Mapped[date] = mapped_column(Date)


class Response(Base):
    """One person's answers, by code. The key is random and, on SQLite, the table is kept in its order."""

    __tablename__ = "response"
    __table_args__ = (
        Index(None, "wave_id"),
        UniqueConstraint("receipt_hash"),
        UniqueConstraint("wave_id", "source_hash"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=random_id)
    partnership: Mapped[str] = mapped_column(String(40))
    wave_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("wave.id"))
    instrument_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("instrument_version.id"))
    week: Mapped[date] = mapped_column(Date)  # the Monday of the week; no nearer time is kept
    language: Mapped[str] = mapped_column(String(20))
    form: Mapped[str] = mapped_column(String(20))
    mode: Mapped[str] = mapped_column(String(20))
    collector: Mapped[str | None] = mapped_column(String(16))
    district: Mapped[int | None] = mapped_column(SmallInteger)
    age_band: Mapped[int | None] = mapped_column(SmallInteger)
    provision: Mapped[int | None] = mapped_column(SmallInteger)
    waiting: Mapped[int | None] = mapped_column(SmallInteger)
    setting: Mapped[int | None] = mapped_column(SmallInteger)
    helped: Mapped[int | None] = mapped_column(SmallInteger)
    pace: Mapped[str | None] = mapped_column(String(10))  # a coarse band, "quick", "usual" or "long"; no time
    context: Mapped[str | None] = mapped_column(Text)  # compact JSON of what the link said
    answers: Mapped[str] = mapped_column(Text)  # compact JSON, item id -> code, codes or kind of missing
    receipt_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    source_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))  # marks an imported row, so it comes in once
    snapshot: Mapped[int | None] = mapped_column(SmallInteger)  # the first that counts it; each counts a batch of many


class Snapshot(Base):
    """A wave as readers outside the SEND team see it until there is a next one: protected figures, frozen.

    ``sets`` are the exact sizes of what it shows, to judge by whether the next may replace it; they are never shown.
    ``grouped``: it shows groups of people too, not only what everybody was asked, of everybody.
    """

    __tablename__ = "snapshot"

    wave_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("wave.id"), primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    taken_on: Mapped[date] = mapped_column(Date)
    responses: Mapped[int]
    grouped: Mapped[bool] = mapped_column(Boolean, server_default=true())
    sets: Mapped[dict[str, Any]] = mapped_column(JSON)
    document: Mapped[bytes] = mapped_column(LargeBinary)  # compressed JSON: see services/frozen.py
    breakdowns: Mapped[bytes | None] = mapped_column(LargeBinary)  # the same of the standing breakdowns


class ReleasedTable(Base):
    """The release ledger: which crossed breakdowns were shown of one state of a wave's answers, and in which order."""

    __tablename__ = "released_table"
    __table_args__ = (
        UniqueConstraint("wave_id", "frozen", "state", "position"),
        UniqueConstraint("wave_id", "frozen", "state", "item", "by"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=random_id)
    partnership: Mapped[str] = mapped_column(String(40))
    wave_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("wave.id"))
    frozen: Mapped[bool] = mapped_column(Boolean)  # of a snapshot, else of the answers as they came in
    state: Mapped[int]  # the snapshot's number, or what tells one state of the answers from the next
    position: Mapped[int] = mapped_column(SmallInteger)
    audience: Mapped[str] = mapped_column(String(20))  # the first to whom it was shown
    item: Mapped[str] = mapped_column(String(12))
    by: Mapped[str] = mapped_column(String(80))  # two breakdowns with a comma between


class BreakOff(Base):
    """How many drafts ended unfinished, by the page they stood at. Counts, never answers."""

    __tablename__ = "break_off"

    wave_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("wave.id"), primary_key=True)
    page: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int]


class OutboxJob(Base):
    """Something to be done after the transaction that asked for it; gone once done."""

    __tablename__ = "outbox_job"
    __table_args__ = (Index(None, "not_before"), {"sqlite_with_rowid": False})

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=random_id)
    partnership: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(40))
    payload: Mapped[dict[str, Any]] = mapped_column(Sealed)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    not_before: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))  # set by a failure or a claim only
    failed: Mapped[bool] = mapped_column(Boolean, default=False)


class CodeFailures(Base):
    """How many codes were tried in vain of late, over everybody: a slow-down, never a lock-out of one place."""

    __tablename__ = "code_failures"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    level: Mapped[float]
    measured_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class AuditEntry(Base):
    """Who saw, changed, took away or decided what, and why. Never a respondent.

    Each carries the hash of the one before it in its partnership, so that none can be changed or taken out unseen.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (UniqueConstraint("partnership", "number"), Index(None, "partnership", "actor", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership: Mapped[str] = mapped_column(String(40))
    number: Mapped[int]  # 1, 2, 3 ... in each partnership
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    actor: Mapped[str] = mapped_column(String(255))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text, default="")
    before: Mapped[str] = mapped_column(String(64))  # the hash of the entry before; 64 zeros for the first
    hash: Mapped[str] = mapped_column(String(64))
