"""Queries about samples that two people read without seeing each other's reading. Every query takes the scope."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from feedback_app.domain.coding import Purpose
from feedback_app.domain.scope import Scope
from feedback_app.store.comment_tables import Comment, CommentReading, ReadingSample, SampledComment
from feedback_app.store.readings import readable


@dataclass(frozen=True)
class SampleFacts:
    """A sample: of which wave (None: of voices), made when, and who reads it."""

    id: uuid.UUID
    wave_id: uuid.UUID | None
    made_on: date
    first_reader: str
    second_reader: str

    @property
    def readers(self) -> tuple[str, str]:
        """Return the two who read it."""
        return self.first_reader, self.second_reader


_FACTS = (
    ReadingSample.id,
    ReadingSample.wave_id,
    ReadingSample.made_on,
    ReadingSample.first_reader,
    ReadingSample.second_reader,
)


def list_samples(db: Session, scope: Scope) -> list[SampleFacts]:
    """Return all samples, the newest first."""
    query = select(*_FACTS).where(ReadingSample.partnership == scope.partnership)
    return [SampleFacts(*row) for row in db.execute(query.order_by(ReadingSample.made_on.desc(), ReadingSample.id))]


def find_sample(db: Session, scope: Scope, sample_id: uuid.UUID) -> SampleFacts | None:
    """Return a sample, or None."""
    ours = (ReadingSample.partnership == scope.partnership, ReadingSample.id == sample_id)
    row = db.execute(select(*_FACTS).where(*ours)).first()
    return SampleFacts(*row) if row else None


def find_sample_of(db: Session, scope: Scope, comment_id: uuid.UUID) -> SampleFacts | None:
    """Return the sample that a comment belongs to, or None; a comment is never in two."""
    query = select(*_FACTS).join(SampledComment, SampledComment.sample_id == ReadingSample.id)
    ours = (ReadingSample.partnership == scope.partnership, SampledComment.comment_id == comment_id)
    row = db.execute(query.where(*ours).limit(1)).first()
    return SampleFacts(*row) if row else None


def list_candidates(
    db: Session, scope: Scope, wave_id: uuid.UUID | None, readers: Collection[str]
) -> tuple[int, list[uuid.UUID]]:
    """Return how many comments of a wave (None: of voices) may be read, and which of them these readers may be given.

    None of the readers has read it, and it is in no sample.
    """
    source = Comment.wave_id == wave_id if wave_id else Comment.voice_id.is_not(None)
    whole = db.scalar(select(func.count()).select_from(Comment).where(*readable(scope), source)) or 0
    read = select(CommentReading.comment_id).where(
        CommentReading.comment_id == Comment.id, CommentReading.reader.in_(readers)
    )
    sampled = select(SampledComment.comment_id).where(SampledComment.comment_id == Comment.id)
    query = select(Comment.id).where(*readable(scope), source, ~read.exists(), ~sampled.exists())
    return whole, list(db.scalars(query.order_by(Comment.id)))


def add_sample(
    db: Session, scope: Scope, sample: SampleFacts, made_by: str, comment_ids: Collection[uuid.UUID]
) -> None:
    """Add a sample with its comments."""
    db.execute(insert(ReadingSample).values(**vars(sample), partnership=scope.partnership, made_by=made_by))
    db.execute(insert(SampledComment), [{"sample_id": sample.id, "comment_id": one} for one in comment_ids])


def list_sampled(db: Session, scope: Scope, sample_id: uuid.UUID) -> list[uuid.UUID]:
    """Return the comments of a sample that may be read still."""
    query = select(Comment.id).join(SampledComment, SampledComment.comment_id == Comment.id)
    return list(db.scalars(query.where(*readable(scope), SampledComment.sample_id == sample_id).order_by(Comment.id)))


def list_unread(db: Session, scope: Scope, sample_id: uuid.UUID, reader: str) -> list[uuid.UUID]:
    """Return the comments of a sample that a reader has still to read."""
    own = select(CommentReading.comment_id).where(
        CommentReading.comment_id == Comment.id, CommentReading.reader == reader
    )
    query = select(Comment.id).join(SampledComment, SampledComment.comment_id == Comment.id)
    wanted = (*readable(scope), SampledComment.sample_id == sample_id, ~own.exists())
    return list(db.scalars(query.where(*wanted).order_by(Comment.id)))


def list_without_third(db: Session, scope: Scope) -> list[uuid.UUID]:
    """Return the sampled comments that two have read and nobody a third time."""
    third = select(CommentReading.comment_id).where(
        CommentReading.comment_id == Comment.id, CommentReading.purpose == Purpose.THIRD
    )
    seconds = (
        select(CommentReading.comment_id)
        .where(CommentReading.partnership == scope.partnership, CommentReading.purpose == Purpose.SECOND)
        .group_by(CommentReading.comment_id)
        .having(func.count() > 1)
    )
    query = select(Comment.id).where(*readable(scope), Comment.id.in_(seconds), ~third.exists())
    return list(db.scalars(query.order_by(Comment.id)))
