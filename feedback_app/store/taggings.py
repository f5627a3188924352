"""Queries about what the tagger says of comments: which wait for it, and what it said. Every query takes the scope."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select
from sqlalchemy.orm import Session

from feedback_app.domain.codeframe import Codeframe
from feedback_app.domain.coding import Tagged
from feedback_app.domain.scope import Scope
from feedback_app.store.comment_tables import (
    OPEN,
    Comment,
    CommentReading,
    LearntModel,
    Tagging,
    ThemeSuggestion,
    Voice,
)
from feedback_app.store.tables import Wave


@dataclass(frozen=True)
class Waiting:
    """A comment that waits for the tagger; an item of a version, or a kind of voice, tells what it was asked."""

    id: uuid.UUID
    words: str
    language: str
    version_id: uuid.UUID | None
    item: str
    voice_kind: str | None


def _ours(scope: Scope) -> ColumnElement[bool]:
    return and_(Comment.partnership == scope.partnership, Comment.standing == OPEN)


def _waits(scope: Scope, version: str) -> ColumnElement[bool]:
    """Return what holds for open comments that were never tagged, or by another version and that nobody has read.

    What somebody has read keeps the suggestions that they saw: how often the tagger was right is told by those.
    """
    read = select(CommentReading.comment_id).where(CommentReading.comment_id == Comment.id).exists()
    of_before = and_(Tagging.tagger_version != version, ~read)
    return and_(_ours(scope), or_(Tagging.comment_id.is_(None), of_before))


def list_waiting(db: Session, scope: Scope, version: str, most: int) -> list[Waiting]:
    """Return comments that wait to be tagged by a version, at most so many."""
    columns = (Comment.id, Comment.words, Comment.language, Wave.instrument_version_id, Comment.item, Voice.kind)
    query = select(*columns).outerjoin(Tagging, Tagging.comment_id == Comment.id)
    query = query.outerjoin(Wave, Wave.id == Comment.wave_id).outerjoin(Voice, Voice.id == Comment.voice_id)
    return [Waiting(*row) for row in db.execute(query.where(_waits(scope, version)).order_by(Comment.id).limit(most))]


def count_waiting(db: Session, scope: Scope, version: str) -> int:
    """Return how many comments wait to be tagged by a version."""
    query = select(func.count()).select_from(Comment).outerjoin(Tagging, Tagging.comment_id == Comment.id)
    return db.scalar(query.where(_waits(scope, version))) or 0


def keep_taggings(
    db: Session, scope: Scope, codeframe: Codeframe, version: str, tagged: Mapping[uuid.UUID, Tagged]
) -> int:
    """Keep what a version says of comments in place of what was said before, and return of how many.

    A comment that is not open any more is passed over: it may have been held while the tagger was at work.
    """
    still = select(Comment.id).outerjoin(Tagging, Tagging.comment_id == Comment.id)
    still = still.where(_waits(scope, version), Comment.id.in_(tagged)).with_for_update(of=Comment)
    kept = {comment: tagged[comment] for comment in db.scalars(still)}
    if kept:
        db.execute(delete(Tagging).where(Tagging.comment_id.in_(kept)))
        db.execute(insert(Tagging), [_row(comment, codeframe, version, one) for comment, one in kept.items()])
        suggestions = [row for comment, one in kept.items() for row in _suggestion_rows(comment, one)]
        if suggestions:
            db.execute(insert(ThemeSuggestion), suggestions)
    return len(kept)


def delete_tagging(db: Session, scope: Scope, comment_id: uuid.UUID) -> None:
    """Delete what the tagger said of a comment, its suggestions with it."""
    ours = select(Comment.id).where(Comment.id == comment_id, Comment.partnership == scope.partnership)
    db.execute(delete(Tagging).where(Tagging.comment_id.in_(ours)))


def find_weights(db: Session, scope: Scope, codeframe: Codeframe) -> bytes | None:
    """Return what was learnt of a codeframe, in exactly its version, and is in use; None where nothing is."""
    ours = (LearntModel.partnership == scope.partnership, LearntModel.in_use.is_(True))
    of = (LearntModel.codeframe == codeframe.name, LearntModel.codeframe_version == codeframe.version)
    return db.scalar(select(LearntModel.weights).where(*ours, *of).order_by(LearntModel.number.desc()).limit(1))


def _row(comment: uuid.UUID, codeframe: Codeframe, version: str, tagged: Tagged) -> dict[str, Any]:
    feeling = tagged.feeling
    return {
        "comment_id": comment,
        "codeframe": codeframe.name,
        "codeframe_version": codeframe.version,
        "tagger_version": version,
        "language": tagged.language,
        "state": tagged.state.value,
        "valence": feeling.valence.value if feeling else None,
        "valence_probability": feeling.probability if feeling else None,
        "polarity": feeling.polarity if feeling else None,
        "compound": feeling.compound if feeling else None,
    }


def _suggestion_rows(comment: uuid.UUID, tagged: Tagged) -> list[dict[str, Any]]:
    return [
        {
            "comment_id": comment,
            "theme": one.theme,
            "probability": one.probability,
            "state": one.state.value,
            "source": one.source,
            "evidence": [[span.start, span.end] for span in one.evidence],
            "heavy_words": list(one.heavy_words),
        }
        for one in tagged.suggestions
    ]
