"""Opening and closing waves, and finding what is open."""

from __future__ import annotations

import math
import uuid
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sqlalchemy.orm import Session

from feedback_app.domain.errors import (
    InstrumentChanged,
    ListTooShort,
    NoSafeguardingReader,
    SurveyUnknown,
    WaveClosed,
    WaveExists,
)
from feedback_app.domain.instrument import Instrument
from feedback_app.domain.scope import Role, Scope
from feedback_app.domain.texts import FieldedDocument, checksum
from feedback_app.domain.wave import is_open
from feedback_app.domain.ways import paths
from feedback_app.services.accounts import list_addresses
from feedback_app.store import waves
from feedback_app.store.tables import InstrumentVersion, Wave
from feedback_app.store.waves import WaveFacts


@dataclass(frozen=True)
class OpenSurvey:
    """A wave with the questions it asks, in the reader's language."""

    wave: WaveFacts
    instrument: Instrument


_last_open: dict[tuple[Scope, str], WaveFacts] = {}  # to show a page by while the database is away
_documents: dict[uuid.UUID, FieldedDocument] = {}  # frozen in the database, so what was read once stays true


def get_fielded(db: Session, version_id: uuid.UUID) -> FieldedDocument:
    """Return a frozen document, from memory when it was read before."""
    if version_id not in _documents:
        _documents[version_id] = FieldedDocument.model_validate(waves.get_document(db, version_id))
    return _documents[version_id]


@lru_cache(maxsize=512)
def _translated(version_id: uuid.UUID, language: str) -> Instrument:
    return _documents[version_id].in_language(language)


def get_instrument(db: Session, version_id: uuid.UUID, language: str) -> Instrument:
    """Return the questions of a frozen version in a language."""
    get_fielded(db, version_id)
    return _translated(version_id, language)


@lru_cache(maxsize=512)
def _minutes(version_id: uuid.UUID, texts_open: bool) -> tuple[int, int]:
    ways = paths(_documents[version_id].instrument, texts_open)
    return math.ceil(ways.seconds_shortest / 60), math.ceil(ways.seconds_longest / 60)


def get_minutes(db: Session, wave: WaveFacts) -> tuple[int, int]:
    """Return how many whole minutes a wave's survey takes on its shortest and on its longest way."""
    get_fielded(db, wave.version_id)
    return _minutes(wave.version_id, wave.texts_open)


def open_wave(db: Session, scope: Scope, survey_slug: str, today: date, language: str) -> OpenSurvey:
    """Return a survey's open wave; raise SurveyUnknown, or WaveClosed when none is open today."""
    found = waves.list_waves_of(db, scope, survey_slug)
    if not found:
        raise SurveyUnknown(survey_slug)
    for wave in found:
        if is_open(wave.opens_on, wave.closed_from, today):
            _last_open[scope, survey_slug] = wave
            return OpenSurvey(wave, get_instrument(db, wave.version_id, language))
    latest = found[0]
    title = get_instrument(db, latest.version_id, language).title
    raise WaveClosed(title, latest.closed_from if latest.opens_on <= today else None)


def recall_open(scope: Scope, survey_slug: str, language: str) -> OpenSurvey | None:
    """Return the survey as this process last saw it open, without the database; None when it has not seen it."""
    wave = _last_open.get((scope, survey_slug))
    if wave is None or wave.version_id not in _documents:
        return None
    return OpenSurvey(wave, _translated(wave.version_id, language))


def list_open(db: Session, scope: Scope, today: date, language: str) -> list[OpenSurvey]:
    """Return what is open today, one wave a survey, in the order of the surveys' addresses."""
    newest: dict[str, WaveFacts] = {}
    for wave in waves.list_waves(db, scope):
        if is_open(wave.opens_on, wave.closed_from, today):
            newest.setdefault(wave.survey_slug, wave)
    return [OpenSurvey(newest[slug], get_instrument(db, newest[slug].version_id, language)) for slug in sorted(newest)]


def list_waves(db: Session, scope: Scope) -> list[WaveFacts]:
    """Return all waves, the newest first."""
    return waves.list_waves(db, scope)


def get_wave(db: Session, scope: Scope, slug: str) -> WaveFacts:
    """Return a wave by its slug; raise SurveyUnknown."""
    wave = waves.find_wave(db, scope, slug)
    if wave is None:
        raise SurveyUnknown(slug)
    return wave


def get_wave_by_id(db: Session, wave_id: uuid.UUID) -> WaveFacts:
    """Return the facts of a wave that something stored points to."""
    return waves.get_facts(db, wave_id)


def field_wave(
    db: Session,
    scope: Scope,
    document: FieldedDocument,
    *,
    slug: str,
    opens_on: date,
    closed_from: date | None,
    today: date,
    texts_open: bool = False,
    demonstration: bool = False,
) -> WaveFacts:
    """Open a wave and freeze its document. Raise WaveExists, or InstrumentChanged when the version's questions differ.

    Raise NoSafeguardingReader when children would be asked for words that nobody is named to read.

    Translations may be added to a fielded version, its questions never change.
    """
    if waves.find_wave(db, scope, slug) is not None:
        raise WaveExists(slug)
    if texts_open and document.instrument.text_switch and not list_addresses(db, scope, Role.SAFEGUARDING_READER):
        raise NoSafeguardingReader(slug)
    wave = Wave(
        partnership=scope.partnership,
        slug=slug,
        survey_slug=document.instrument.slug,
        instrument_version_id=_freeze(db, scope, document, today),
        opens_on=opens_on,
        closed_from=closed_from,
        texts_open=texts_open,
        demonstration=demonstration,
        erasures=0,
    )
    return waves.add_wave(db, wave)


def set_invited(db: Session, scope: Scope, slug: str, people: int | None) -> WaveFacts:
    """Say how many people were on the list when everybody on it was invited, or that there is no list (None).

    Raise SurveyUnknown, or ListTooShort when more have answered already.
    """
    wave = get_wave(db, scope, slug)
    if people is not None and waves.count_responses(db, wave.id) > people:
        raise ListTooShort(slug, people)
    waves.set_invited(db, wave.id, people)
    return get_wave(db, scope, slug)


def _freeze(db: Session, scope: Scope, document: FieldedDocument, today: date) -> uuid.UUID:
    """Return the id of the frozen document, made now unless the very same is there."""
    data = document.data()
    total = checksum(data)
    found = waves.find_document(db, scope, total)
    if found is not None:
        return found
    instrument = document.instrument
    earlier = waves.find_version(db, scope, instrument.name, instrument.version)
    if earlier is not None and checksum(earlier.document["instrument"]) != checksum(data["instrument"]):
        raise InstrumentChanged(instrument.name, instrument.version)
    version = InstrumentVersion(
        partnership=scope.partnership,
        name=instrument.name,
        version=instrument.version,
        checksum=total,
        fielded_on=today,
        document=data,
    )
    db.add(version)
    db.flush()
    return version.id


def end_wave(db: Session, scope: Scope, slug: str, today: date) -> WaveFacts:
    """End a wave today, or leave its earlier end; what was begun may be finished for some days. Raise SurveyUnknown."""
    wave = get_wave(db, scope, slug)
    if wave.closed_from is None or today < wave.closed_from:
        waves.set_closed_from(db, wave.id, max(today, wave.opens_on))
    return get_wave(db, scope, slug)
