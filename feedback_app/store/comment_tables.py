"""The tables of people's own words: the words, who must read them first, what is suggested, what people decided.

Days are kept, never times: a time would join words to the moment somebody sent them.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Date,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from feedback_app.store.sealed import SealedText
from feedback_app.store.tables import Base, random_id

UNSCREENED, HELD, OPEN = "unscreened", "held", "open"  # the standings of a comment; only what is open is worked with
_COMMENT = "comment.id"


class Comment(Base):
    """Somebody's own words: to an item of a survey, or brought in from elsewhere; apart from the answers.

    ``standing``: only an open comment may be tagged, searched, quoted or exported. One that is held waits for a
    safeguarding reader; one that is unscreened came in before there was screening, and counts as held.
    """

    __tablename__ = "comment"
    __table_args__ = (
        UniqueConstraint("response_id", "item"),
        CheckConstraint("(response_id IS NULL) <> (voice_id IS NULL)", name="of_one_source"),
        CheckConstraint("(response_id IS NULL) = (wave_id IS NULL)", name="of_a_wave_if_of_a_response"),
        Index(None, "wave_id"),
        Index(None, "partnership", "standing"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=random_id)
    partnership: Mapped[str] = mapped_column(String(40))
    response_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("response.id", ondelete="CASCADE"))
    wave_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("wave.id"))
    voice_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("voice.id", ondelete="CASCADE"), unique=True)
    item: Mapped[str] = mapped_column(String(12), default="")
    language: Mapped[str] = mapped_column(String(20))  # of the page it was written on
    young: Mapped[bool] = mapped_column(Boolean, default=False)  # somebody under 18 may have written it
    words: Mapped[str] = mapped_column(Text)
    standing: Mapped[str] = mapped_column(String(10), default=UNSCREENED, server_default=UNSCREENED)
    asks_contact: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    # Spans [start, end, kind] that a person hid; NULL: nobody has looked, and what the program found is hidden.
    hidden: Mapped[list[Any] | None] = mapped_column(JSON)


class SafeguardingEntry(Base):
    """A comment that a named safeguarding reader must read: flagged, or perhaps written by a child."""

    __tablename__ = "safeguarding_entry"
    __table_args__ = (
        Index(None, "partnership", "read_on", "due_on"),
        CheckConstraint("(read_on IS NULL) = (outcome IS NULL)", name="read_with_an_outcome"),
        {"sqlite_with_rowid": False},
    )

    comment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(_COMMENT, ondelete="CASCADE"), primary_key=True)
    partnership: Mapped[str] = mapped_column(String(40))
    flagged: Mapped[bool] = mapped_column(Boolean)
    cues: Mapped[list[Any]] = mapped_column(JSON)  # [category, start, end] of what raised the flag
    due_on: Mapped[date | None] = mapped_column(
        Date
    )  # the working day after; forgotten once read, as it is near a moment
    late: Mapped[bool] = mapped_column(Boolean, default=False)  # read after it was due
    told: Mapped[bool] = mapped_column(Boolean, default=False)  # the readers, by e-mail without the words
    overdue_told: Mapped[bool] = mapped_column(Boolean, default=False)
    read_on: Mapped[date | None] = mapped_column(Date)
    read_by: Mapped[str | None] = mapped_column(String(255))
    outcome: Mapped[str | None] = mapped_column(String(20))  # see domain.safeguarding.Outcome
    note: Mapped[str | None] = mapped_column(SealedText)


class Tagging(Base):
    """What the tagger said of a comment, by which version of codeframe and model."""

    __tablename__ = "tagging"
    __table_args__ = (Index(None, "state"), {"sqlite_with_rowid": False})

    comment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(_COMMENT, ondelete="CASCADE"), primary_key=True)
    codeframe: Mapped[str] = mapped_column(String(40))
    codeframe_version: Mapped[int]
    tagger_version: Mapped[str] = mapped_column(String(40))  # of the rules, and of the model where one is in use
    language: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    valence: Mapped[str | None] = mapped_column(String(12))
    valence_probability: Mapped[float | None] = mapped_column(Float)
    polarity: Mapped[float | None] = mapped_column(Float)  # TextBlob's raw score, -1 to 1
    compound: Mapped[float | None] = mapped_column(Float)  # VADER's


class ThemeSuggestion(Base):
    """One theme that the tagger suggests for a comment, with its evidence."""

    __tablename__ = "theme_suggestion"
    __table_args__ = (Index(None, "theme"), {"sqlite_with_rowid": False})

    comment_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("tagging.comment_id", ondelete="CASCADE"), primary_key=True
    )
    theme: Mapped[str] = mapped_column(String(24), primary_key=True)
    probability: Mapped[float] = mapped_column(Float)
    state: Mapped[str] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(String(10))
    evidence: Mapped[list[Any]] = mapped_column(JSON)  # [start, end] in the comment's words
    heavy_words: Mapped[list[Any]] = mapped_column(JSON)


class CommentReading(Base):
    """That somebody read a comment, why, and the valence they chose; what they said of themes stands beside it."""

    __tablename__ = "comment_reading"
    __table_args__ = (Index(None, "partnership", "reader"), {"sqlite_with_rowid": False})

    comment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(_COMMENT, ondelete="CASCADE"), primary_key=True)
    reader: Mapped[str] = mapped_column(String(255), primary_key=True)
    partnership: Mapped[str] = mapped_column(String(40))
    purpose: Mapped[str] = mapped_column(String(10))
    sample_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("reading_sample.id", ondelete="SET NULL"))
    codeframe_version: Mapped[int]
    valence: Mapped[str | None] = mapped_column(String(12))
    unsure: Mapped[bool] = mapped_column(Boolean, default=False)
    read_on: Mapped[date] = mapped_column(Date)


class ThemeDecision(Base):
    """What a reader said of one theme of a comment."""

    __tablename__ = "theme_decision"
    __table_args__ = (
        ForeignKeyConstraint(
            ["comment_id", "reader"], ["comment_reading.comment_id", "comment_reading.reader"], ondelete="CASCADE"
        ),
        {"sqlite_with_rowid": False},
    )

    comment_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    reader: Mapped[str] = mapped_column(String(255), primary_key=True)
    theme: Mapped[str] = mapped_column(String(24), primary_key=True)
    said: Mapped[str] = mapped_column(String(10))


class ReadingSample(Base):
    """A sample of comments that two readers read blind, to know how far people agree."""

    __tablename__ = "reading_sample"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=random_id)
    partnership: Mapped[str] = mapped_column(String(40), index=True)
    wave_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("wave.id"))
    made_on: Mapped[date] = mapped_column(Date)
    made_by: Mapped[str] = mapped_column(String(255))
    first_reader: Mapped[str] = mapped_column(String(255))
    second_reader: Mapped[str] = mapped_column(String(255))


class SampledComment(Base):
    """A comment of a sample."""

    __tablename__ = "sampled_comment"
    __table_args__ = ({"sqlite_with_rowid": False},)

    sample_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reading_sample.id", ondelete="CASCADE"), primary_key=True)
    comment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(_COMMENT, ondelete="CASCADE"), primary_key=True)


class ClearedQuote(Base):
    """Words of a comment that a named person cleared to be quoted, after hiding, and what stands beside."""

    __tablename__ = "cleared_quote"
    __table_args__ = ({"sqlite_with_rowid": False},)

    comment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(_COMMENT, ondelete="CASCADE"), primary_key=True)
    partnership: Mapped[str] = mapped_column(String(40), index=True)
    quoted: Mapped[str] = mapped_column(Text)
    cleared_by: Mapped[str] = mapped_column(String(255))
    cleared_on: Mapped[date] = mapped_column(Date)
    beside: Mapped[str | None] = mapped_column(String(20))  # a breakdown it was shown beside; never another after
    beside_group: Mapped[int | None] = mapped_column(SmallInteger)


class LearntModel(Base):
    """What the tagger learnt from people's decisions of one codeframe, as plain arrays, and its record."""

    __tablename__ = "learnt_model"
    __table_args__ = (UniqueConstraint("partnership", "codeframe", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=random_id)
    partnership: Mapped[str] = mapped_column(String(40))
    codeframe: Mapped[str] = mapped_column(String(40))
    codeframe_version: Mapped[int]
    number: Mapped[int]
    made_on: Mapped[date] = mapped_column(Date)
    in_use: Mapped[bool] = mapped_column(Boolean, default=False)
    examples: Mapped[int]
    record: Mapped[dict[str, Any]] = mapped_column(JSON)  # how well it did in cross-validation, by theme
    weights: Mapped[bytes] = mapped_column(LargeBinary)


class ThemeSnapshot(Base):
    """The protected figures of themes that belong to a snapshot of a wave, frozen with it."""

    __tablename__ = "theme_snapshot"
    __table_args__ = (
        ForeignKeyConstraint(["wave_id", "number"], ["snapshot.wave_id", "snapshot.number"], ondelete="CASCADE"),
    )

    wave_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    document: Mapped[bytes] = mapped_column(LargeBinary)  # compressed JSON


class Voice(Base):
    """Where words from elsewhere than a survey came from, and how far whoever said them agreed that they go."""

    __tablename__ = "voice"
    __table_args__ = (
        Index(None, "partnership", "kind"),
        UniqueConstraint("partnership", "source_hash"),
        {"sqlite_with_rowid": False},  # a question ahead of a talk lies in no order that tells who asked it
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=random_id)
    partnership: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    teller: Mapped[str] = mapped_column(String(20))
    month: Mapped[date] = mapped_column(Date)  # the first day of the month it was said in; no nearer day is kept
    district: Mapped[int | None] = mapped_column(SmallInteger)
    consent: Mapped[str] = mapped_column(String(10))
    came_from: Mapped[str] = mapped_column(String(200), default="")  # a session or service, never a person
    entered_by: Mapped[str] = mapped_column(String(255))
    entered_on: Mapped[date] = mapped_column(Date)
    demonstration: Mapped[bool] = mapped_column(Boolean, default=False)
    source_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))  # marks a row of a file, so it comes in once
