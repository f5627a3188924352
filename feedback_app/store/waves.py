"""Queries about waves and the frozen documents they ask."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, bindparam, func, select, update
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.store.tables import InstrumentVersion, Response, Wave


@dataclass(frozen=True)
class WaveFacts:
    """What is known of a wave without its questions."""

    id: uuid.UUID
    slug: str
    survey_slug: str
    version_id: uuid.UUID
    opens_on: date
    closed_from: date | None
    texts_open: bool
    demonstration: bool
    erasures: int
    invited: int | None


_WAVE = cast(Table, Wave.__table__)
FACTS: tuple[ColumnElement[Any], ...] = (
    _WAVE.c.id,
    _WAVE.c.slug,
    _WAVE.c.survey_slug,
    _WAVE.c.instrument_version_id,
    _WAVE.c.opens_on,
    _WAVE.c.closed_from,
    _WAVE.c.texts_open,
    _WAVE.c.demonstration,
    _WAVE.c.erasures,
    _WAVE.c.invited,
)
_OURS = select(*FACTS).where(_WAVE.c.partnership == bindparam("partnership"))
# Made once, for every start and every receipt needs them: see drafts.py.
_OF_SURVEY = _OURS.where(_WAVE.c.survey_slug == bindparam("survey")).order_by(
    _WAVE.c.opens_on.desc(), _WAVE.c.slug.desc()
)
_BY_ID = select(*FACTS).where(_WAVE.c.id == bindparam("wave"))


def list_waves(db: Session, scope: Scope) -> list[WaveFacts]:
    """Return all waves, the newest first."""
    rows = select(*FACTS).where(Wave.partnership == scope.partnership).order_by(Wave.opens_on.desc(), Wave.slug)
    return [WaveFacts(*row) for row in db.execute(rows)]


def list_waves_of(db: Session, scope: Scope, survey_slug: str) -> list[WaveFacts]:
    """Return a survey's waves, the newest first."""
    rows = db.execute(_OF_SURVEY, {"partnership": scope.partnership, "survey": survey_slug})
    return [WaveFacts(*row) for row in rows]


def find_wave(db: Session, scope: Scope, slug: str) -> WaveFacts | None:
    """Return the wave of this slug, or None."""
    row = db.execute(select(*FACTS).where(Wave.partnership == scope.partnership, Wave.slug == slug)).first()
    return WaveFacts(*row) if row else None


def get_facts(db: Session, wave_id: uuid.UUID) -> WaveFacts:
    """Return the facts of a wave that is there."""
    return WaveFacts(*db.execute(_BY_ID, {"wave": wave_id}).one())


def add_wave(db: Session, wave: Wave) -> WaveFacts:
    """Add a wave and return its facts."""
    db.add(wave)
    db.flush()
    return get_facts(db, wave.id)


def set_closed_from(db: Session, wave_id: uuid.UUID, day: date) -> None:
    """Set the first day on which a wave is open no longer."""
    db.execute(update(Wave).where(Wave.id == wave_id).values(closed_from=day))


def set_invited(db: Session, wave_id: uuid.UUID, people: int | None) -> None:
    """Set how many people were on the list of those invited, or None where there was no list."""
    db.execute(update(Wave).where(Wave.id == wave_id).values(invited=people))


def find_version(db: Session, scope: Scope, name: str, version: int) -> InstrumentVersion | None:
    """Return the latest fielded document of an instrument's version, or None."""
    wanted = (
        InstrumentVersion.partnership == scope.partnership,
        InstrumentVersion.name == name,
        InstrumentVersion.version == version,
    )
    return db.scalars(select(InstrumentVersion).where(*wanted).order_by(InstrumentVersion.fielded_on.desc())).first()


def find_document(db: Session, scope: Scope, checksum: str) -> uuid.UUID | None:
    """Return the id of the fielded document with this checksum, or None."""
    wanted = (InstrumentVersion.partnership == scope.partnership, InstrumentVersion.checksum == checksum)
    return db.scalar(select(InstrumentVersion.id).where(*wanted))


def get_document(db: Session, version_id: uuid.UUID) -> Mapping[str, Any]:
    """Return a frozen document as plain data."""
    document: Mapping[str, Any] = db.scalars(
        select(InstrumentVersion.document).where(InstrumentVersion.id == version_id)
    ).one()
    return document


def count_state(db: Session, wave_id: uuid.UUID, *, upto: int | None = None) -> tuple[int, int]:
    """Return how many responses a wave holds, or with `upto` how many that this snapshot counts, and its erasures.

    Both at one moment, so that an erasure between them is not half seen.
    """
    counted = select(func.count()).select_from(Response).where(Response.wave_id == wave_id)
    if upto is not None:
        counted = counted.where(Response.snapshot <= upto)
    people, erasures = db.execute(select(counted.scalar_subquery(), Wave.erasures).where(Wave.id == wave_id)).one()
    return people, erasures


def count_responses(db: Session, wave_id: uuid.UUID) -> int:
    """Return how many responses a wave holds."""
    return db.scalar(select(func.count()).select_from(Response).where(Response.wave_id == wave_id)) or 0
