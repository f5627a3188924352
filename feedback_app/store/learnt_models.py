"""Queries about what was learnt from people's decisions, and about the comments it is learnt from."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from feedback_app.domain.codeframe import Codeframe
from feedback_app.domain.scope import Scope
from feedback_app.store.comment_tables import Comment, LearntModel, Voice
from feedback_app.store.tables import Wave
from feedback_app.store.taggings import Waiting

AT_ONCE = 500  # keys in one statement: databases take some thousands
_KEPT = (
    LearntModel.number,
    LearntModel.codeframe_version,
    LearntModel.made_on,
    LearntModel.examples,
    LearntModel.in_use,
    LearntModel.record,
)


@dataclass(frozen=True)
class ModelFacts:
    """What is known of something learnt without its weights; ``record``: how it did in cross-validation."""

    number: int
    codeframe_version: int
    made_on: date
    examples: int
    in_use: bool
    record: Mapping[str, Any]


def list_models(db: Session, scope: Scope, codeframe: Codeframe) -> list[ModelFacts]:
    """Return all that was learnt of a codeframe, in any of its versions, the newest first."""
    return [ModelFacts(*row) for row in db.execute(_models(scope, codeframe).order_by(LearntModel.number.desc()))]


def find_model(db: Session, scope: Scope, codeframe: Codeframe, number: int) -> ModelFacts | None:
    """Return what was learnt under a number, or None."""
    row = db.execute(_models(scope, codeframe).where(LearntModel.number == number)).first()
    return ModelFacts(*row) if row else None


def get_weights(db: Session, scope: Scope, codeframe: Codeframe, number: int) -> bytes:
    """Return the packed weights of what was learnt under a number; NoResultFound where there is nothing."""
    query = select(LearntModel.weights).where(*_of(scope, codeframe), LearntModel.number == number)
    return db.execute(query).scalar_one()


def add_model(db: Session, scope: Scope, codeframe: Codeframe, values: Mapping[str, Any]) -> int:
    """Keep something newly learnt, not in use, and return its number; ``values``: columns of LearntModel."""
    last = db.scalar(select(func.max(LearntModel.number)).where(*_of(scope, codeframe)))
    number = (last or 0) + 1
    kept = {"partnership": scope.partnership, "codeframe": codeframe.name, "number": number, "in_use": False}
    db.execute(insert(LearntModel), [{"id": uuid.uuid4(), **values, **kept}])
    return number


def put_in_use(db: Session, scope: Scope, codeframe: Codeframe, number: int | None) -> None:
    """Let the tagger use what was learnt under a number and nothing else, or nothing where it is None."""
    db.execute(update(LearntModel).where(*_of(scope, codeframe)).values(in_use=False))
    if number is not None:
        chosen = update(LearntModel).where(*_of(scope, codeframe), LearntModel.number == number)
        db.execute(chosen.values(in_use=True))


def list_contexts(db: Session, scope: Scope, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Waiting]:
    """Return comment id -> what it is and what tells the question it answers."""
    columns = (Comment.id, Comment.words, Comment.language, Wave.instrument_version_id, Comment.item, Voice.kind)
    query = select(*columns).outerjoin(Wave, Wave.id == Comment.wave_id).outerjoin(Voice, Voice.id == Comment.voice_id)
    query, found = query.where(Comment.partnership == scope.partnership), {}
    for start in range(0, len(ids), AT_ONCE):
        for row in db.execute(query.where(Comment.id.in_(ids[start : start + AT_ONCE]))):
            found[row.id] = Waiting(*row)
    return found


def _of(scope: Scope, codeframe: Codeframe) -> tuple[Any, ...]:
    return (LearntModel.partnership == scope.partnership, LearntModel.codeframe == codeframe.name)


def _models(scope: Scope, codeframe: Codeframe) -> Any:
    return select(*_KEPT).where(*_of(scope, codeframe))
