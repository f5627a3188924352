"""Queries for counting themes: a wave's open comments with what was suggested and decided, without their words."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Select, Table, exists, select
from sqlalchemy.orm import Session

from feedback_app.domain.coding import Feeling, Purpose, Reading, Said, State, Suggestion, Tagged, Valence
from feedback_app.domain.scope import Scope
from feedback_app.store.comment_tables import (
    OPEN,
    Comment,
    CommentReading,
    SafeguardingEntry,
    Tagging,
    ThemeDecision,
    ThemeSuggestion,
)
from feedback_app.store.tables import BREAKDOWNS, Response

_RESPONSE = cast(Table, Response.__table__)


@dataclass(frozen=True)
class OpenComment:
    """A comment whose words are open: whose it is, what the tagger says, and what people read in it."""

    comment_id: uuid.UUID
    response_id: uuid.UUID
    tagged: Tagged | None
    readings: tuple[Reading, ...]


@dataclass(frozen=True)
class WavePerson:
    """One response of a wave: through which link it came, and its key of each breakdown."""

    response_id: uuid.UUID
    collector: str | None
    groups: dict[str, int | None]


@dataclass(frozen=True)
class Which:
    """Which of a wave's open comments: those of people whom a snapshot counts, and those with certain ids."""

    scope: Scope
    wave_id: uuid.UUID
    upto: int | None = None
    ids: tuple[uuid.UUID, ...] | None = None


def _open_of(which: Which, *columns: Any) -> Select[Any]:
    """Select columns of a wave's comments that are open and wait for no safeguarding reader."""
    waits = exists().where(SafeguardingEntry.comment_id == Comment.id, SafeguardingEntry.read_on.is_(None))
    found = (
        select(*columns)
        .select_from(Comment)
        .join(Response, Response.id == Comment.response_id)
        .where(
            Comment.wave_id == which.wave_id,
            Comment.partnership == which.scope.partnership,
            Comment.standing == OPEN,
            ~waits,
        )
    )
    found = found if which.ids is None else found.where(Comment.id.in_(which.ids))
    return found if which.upto is None else found.where(Response.snapshot <= which.upto)


def list_open(
    db: Session,
    scope: Scope,
    wave_id: uuid.UUID,
    upto: int | None = None,
    ids: Collection[uuid.UUID] | None = None,
) -> list[OpenComment]:
    """Return a wave's open comments, or those of some ids, in no meaningful order; with ``upto`` of a snapshot's."""
    which = Which(scope, wave_id, upto, None if ids is None else tuple(ids))
    sure: dict[uuid.UUID, list[Suggestion]] = {}
    suggested = _open_of(which, ThemeSuggestion.comment_id, ThemeSuggestion.theme, ThemeSuggestion.probability,
        ThemeSuggestion.source,
    ).join(ThemeSuggestion, ThemeSuggestion.comment_id == Comment.id)  # fmt: skip
    for comment, theme, probability, source in db.execute(suggested.where(ThemeSuggestion.state == State.SURE.value)):
        sure.setdefault(comment, []).append(Suggestion(theme, probability, State.SURE, source))
    readings = _readings(db, which)
    columns = (Comment.id, Comment.response_id, Tagging.language, Tagging.state, Tagging.valence)
    rows = _open_of(which, *columns).outerjoin(Tagging, Tagging.comment_id == Comment.id)
    return [
        OpenComment(
            comment,
            response,
            _tagged(language, state, valence, sure.get(comment, [])) if state else None,
            tuple(readings.get(comment, ())),
        )
        for comment, response, language, state, valence in db.execute(rows)
    ]


def _tagged(language: str, state: str, valence: str | None, sure: list[Suggestion]) -> Tagged:
    feeling = Feeling(Valence(valence), 1.0) if valence else None
    return Tagged(language, State(state), feeling, tuple(sure))


def _readings(db: Session, which: Which) -> dict[uuid.UUID, list[Reading]]:
    decided: dict[tuple[uuid.UUID, str], list[tuple[str, Said]]] = {}
    said = (ThemeDecision.comment_id, ThemeDecision.reader, ThemeDecision.theme, ThemeDecision.said)
    decisions = _open_of(which, *said).join(ThemeDecision, ThemeDecision.comment_id == Comment.id)
    for comment, reader, theme, word in db.execute(decisions):
        decided.setdefault((comment, reader), []).append((theme, Said(word)))
    found: dict[uuid.UUID, list[Reading]] = {}
    columns = (CommentReading.comment_id, CommentReading.reader, CommentReading.purpose, CommentReading.valence)
    rows = _open_of(which, *columns, CommentReading.unsure)
    rows = rows.join(CommentReading, CommentReading.comment_id == Comment.id)
    for comment, reader, purpose, valence, unsure in db.execute(rows.order_by(CommentReading.reader)):
        reading = Reading(
            reader,
            Purpose(purpose),
            tuple(decided.get((comment, reader), ())),
            Valence(valence) if valence else None,
            unsure,
        )
        found.setdefault(comment, []).append(reading)
    return found


def iterate_people(db: Session, scope: Scope, wave_id: uuid.UUID, upto: int | None = None) -> Iterator[WavePerson]:
    """Yield all responses of a wave, those that a snapshot counts with ``upto``, by their breakdowns."""
    columns = (_RESPONSE.c.id, _RESPONSE.c.collector, *(_RESPONSE.c[name] for name in BREAKDOWNS))
    rows = select(*columns).where(_RESPONSE.c.wave_id == wave_id, _RESPONSE.c.partnership == scope.partnership)
    rows = rows if upto is None else rows.where(_RESPONSE.c.snapshot <= upto)
    for response, collector, *keys in db.execute(rows):
        yield WavePerson(response, collector, dict(zip(BREAKDOWNS, keys, strict=True)))
