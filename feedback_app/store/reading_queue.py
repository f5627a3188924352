"""Queries about comments that wait to be read: which, how many, and which are like one."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from feedback_app.domain.coding import State
from feedback_app.domain.scope import Scope
from feedback_app.store.comment_tables import Comment, CommentReading, SampledComment, Tagging, ThemeSuggestion
from feedback_app.store.readings import FACTS, CommentFacts, readable
from feedback_app.store.tables import Response

_DOUBT_AT = 0.5


@dataclass(frozen=True)
class Asked:
    """Which comments somebody wants to read: of a wave, of voices, with one of some themes, in a language; else all.

    A comment in a language that the tagger cannot read is read by those alone who ask for that language.
    """

    wave_id: uuid.UUID | None = None
    voices: bool = False
    themes: tuple[str, ...] = ()
    language: str = ""


def _waiting(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    """Return what holds for readable comments that nobody has read and that belong to no sample."""
    read = select(CommentReading.comment_id).where(CommentReading.comment_id == Comment.id)
    sampled = select(SampledComment.comment_id).where(SampledComment.comment_id == Comment.id)
    return *readable(scope), ~read.exists(), ~sampled.exists()


def _narrowed(query: Select[Any], asked: Asked) -> Select[Any]:
    """Return a question about comments joined with their tagging, narrowed to what is asked for."""
    if asked.wave_id:
        query = query.where(Comment.wave_id == asked.wave_id)
    if asked.voices:
        query = query.where(Comment.voice_id.is_not(None))
    if asked.themes:
        suggested = select(ThemeSuggestion.comment_id).where(
            ThemeSuggestion.comment_id == Comment.id, ThemeSuggestion.theme.in_(asked.themes)
        )
        query = query.where(suggested.exists())
    if asked.language:
        return query.where(Tagging.state == State.PERSON, Tagging.language == asked.language)
    return query.where(Tagging.state.is_distinct_from(State.PERSON.value))


def list_waiting(db: Session, scope: Scope, asked: Asked, most: int) -> list[uuid.UUID]:
    """Return ids of comments that wait to be read, those first whose suggestions are least sure."""
    doubt = (
        select(func.min(func.abs(ThemeSuggestion.probability - _DOUBT_AT)))
        .where(ThemeSuggestion.comment_id == Comment.id, ThemeSuggestion.state == State.REVIEW)
        .scalar_subquery()
    )
    query = select(Comment.id).outerjoin(Tagging, Tagging.comment_id == Comment.id).where(*_waiting(scope))
    return list(db.scalars(_narrowed(query, asked).order_by(doubt.asc().nulls_last(), Comment.id).limit(most)))


def count_waiting(db: Session, scope: Scope, asked: Asked) -> int:
    """Return how many comments wait to be read."""
    query = select(func.count()).select_from(Comment).outerjoin(Tagging, Tagging.comment_id == Comment.id)
    return db.scalar(_narrowed(query.where(*_waiting(scope)), asked)) or 0


def count_waiting_by_wave(db: Session, scope: Scope) -> dict[uuid.UUID | None, int]:
    """Return wave -> how many comments wait to be read; None: of voices."""
    rows = select(Comment.wave_id, func.count()).where(*_waiting(scope)).group_by(Comment.wave_id)
    return dict(db.execute(rows).all())


def count_read_by_wave(db: Session, scope: Scope) -> dict[uuid.UUID | None, int]:
    """Return wave -> how many comments a person has read; None: of voices."""
    read = select(CommentReading.comment_id).where(CommentReading.comment_id == Comment.id)
    rows = select(Comment.wave_id, func.count()).where(*readable(scope), read.exists()).group_by(Comment.wave_id)
    return dict(db.execute(rows).all())


def count_waiting_by_theme(db: Session, scope: Scope) -> dict[str, int]:
    """Return theme -> how many comments wait for which it is suggested."""
    rows = select(ThemeSuggestion.theme, func.count()).join(Comment, Comment.id == ThemeSuggestion.comment_id)
    return dict(db.execute(rows.where(*_waiting(scope)).group_by(ThemeSuggestion.theme)).all())


def count_waiting_by_language(db: Session, scope: Scope) -> dict[str, int]:
    """Return language -> how many comments wait that only a person can read."""
    rows = select(Tagging.language, func.count()).join(Comment, Comment.id == Tagging.comment_id)
    wanted = rows.where(*_waiting(scope), Tagging.state == State.PERSON)
    return dict(db.execute(wanted.group_by(Tagging.language)).all())


def list_neighbours(db: Session, scope: Scope, comment: CommentFacts, most: int) -> list[CommentFacts]:
    """Return other readable comments that share a suggested theme, or else the question."""
    own = select(ThemeSuggestion.theme).where(ThemeSuggestion.comment_id == comment.id)
    alike = select(ThemeSuggestion.comment_id).where(
        ThemeSuggestion.comment_id == Comment.id, ThemeSuggestion.theme.in_(own)
    )
    base = select(*FACTS).where(*readable(scope), Comment.id != comment.id)
    found = db.execute(base.where(alike.exists()).order_by(Comment.id).limit(most)).all()
    if not found:
        found = db.execute(base.where(Comment.item == comment.item).order_by(Comment.id).limit(most)).all()
    return [CommentFacts(*row) for row in found]


def find_district(db: Session, scope: Scope, response_id: uuid.UUID) -> int | None:
    """Return the district that somebody who answered told, or None."""
    ours = (Response.partnership == scope.partnership, Response.id == response_id)
    return db.scalar(select(Response.district).where(*ours))


def count_in_districts(db: Session, scope: Scope, wave_id: uuid.UUID, districts: list[int]) -> int:
    """Return how many people of some districts answered a wave."""
    ours = (Response.partnership == scope.partnership, Response.wave_id == wave_id, Response.district.in_(districts))
    return db.scalar(select(func.count()).select_from(Response).where(*ours)) or 0
