"""Queries about responses: adding, erasing, reading their codes."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, cast

import msgspec
from sqlalchemy import ColumnElement, Table, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from feedback_app.domain.answers import Answer
from feedback_app.domain.missing import Missing
from feedback_app.domain.scope import Scope
from feedback_app.store.comment_tables import Comment
from feedback_app.store.snapshots import lock_wave
from feedback_app.store.tables import BREAKDOWNS, Response, Wave, random_id

encode_answers = msgspec.json.Encoder().encode
decode_answers = msgspec.json.Decoder(dict[str, Answer]).decode

NOT_REACHED = int(Missing.NOT_REACHED)

# Made once, for every submission needs them: see drafts.py.
_RESPONSE = cast(Table, Response.__table__)
_ADD = insert(_RESPONSE)
_COLUMNS = (_RESPONSE.c.answers, _RESPONSE.c.pace, _RESPONSE.c.collector, *(_RESPONSE.c[key] for key in BREAKDOWNS))
_WAVE_OF_RECEIPT = select(_RESPONSE.c.wave_id).where(
    _RESPONSE.c.receipt_hash == bindparam("receipt"), _RESPONSE.c.partnership == bindparam("partnership")
)


def add_response(db: Session, values: Mapping[str, Any]) -> uuid.UUID:
    """Add one response (columns of `Response` but the id) and return its id; its words come by services.commenting."""
    response_id = random_id()
    db.execute(_ADD, {"id": response_id, **values})
    return response_id


def find_wave_of_receipt(db: Session, scope: Scope, receipt_hash: bytes) -> uuid.UUID | None:
    """Return the wave of the response with this receipt, or None."""
    found: uuid.UUID | None = db.scalar(_WAVE_OF_RECEIPT, {"receipt": receipt_hash, "partnership": scope.partnership})
    return found


def delete_by_receipt(db: Session, scope: Scope, receipt_hash: bytes) -> bool:
    """Delete the response with this receipt and its words; return whether there was one.

    The wave is locked before its response, as whoever takes a snapshot does: two that lock the other way round would
    wait for each other.
    """
    wave_id = find_wave_of_receipt(db, scope, receipt_hash)
    if wave_id is None:
        return False
    lock_wave(db, wave_id)
    wanted = (Response.receipt_hash == receipt_hash, Response.partnership == scope.partnership)
    found = db.scalar(select(Response.id).where(*wanted).with_for_update())
    if found is None:  # somebody else deleted it meanwhile
        return False
    db.execute(delete(Comment).where(Comment.response_id == found))
    db.execute(delete(Response).where(Response.id == found))
    db.execute(update(Wave).where(Wave.id == wave_id).values(erasures=Wave.erasures + 1))
    return True


class Columns(NamedTuple):
    """Some responses by the column: answers in the order of items, breakdown -> keys, pace, and way in."""

    answers: list[tuple[Answer, ...]]
    groups: dict[str, Sequence[int | None]]
    pace: Sequence[str | None]
    collectors: Sequence[str | None]


def iterate_columns(
    db: Session, wave_id: uuid.UUID, items: Sequence[str], batch: int = 5000, *, upto: int | None = None
) -> Iterator[Columns]:
    """Yield responses by the batch, in no meaningful order; with `upto` only those that this snapshot counts.

    An item that a response does not hold was not reached; answers to items not named are left out.
    """
    rows = db.execute(select(*_COLUMNS).where(*_of_wave(wave_id, upto)).execution_options(yield_per=batch))
    read = sheet_reader(tuple(items))
    yield from (_columns(list(zip(*part, strict=True)), read) for part in rows.partitions())


def iterate_waiting(
    db: Session, wave_id: uuid.UUID, items: Sequence[str], batch: int = 5000
) -> Iterator[tuple[Sequence[uuid.UUID], Columns]]:
    """Yield the ids and columns of the responses that no snapshot counts yet, by the batch."""
    waiting = (_RESPONSE.c.wave_id == wave_id, _RESPONSE.c.snapshot.is_(None))
    rows = db.execute(select(_RESPONSE.c.id, *_COLUMNS).where(*waiting).execution_options(yield_per=batch))
    read = sheet_reader(tuple(items))
    for part in rows.partitions():
        ids, *columns = zip(*part, strict=True)
        yield ids, _columns(columns, read)


def _columns(columns: Sequence[Sequence[Any]], read: Callable[[str], tuple[Answer, ...]]) -> Columns:
    packed, pace, collectors, *keys = columns
    return Columns(list(map(read, packed)), dict(zip(BREAKDOWNS, keys, strict=True)), pace, collectors)


def _of_wave(wave_id: uuid.UUID, upto: int | None) -> tuple[ColumnElement[bool], ...]:
    """Hold for a wave's responses, all of them or those that a snapshot counts."""
    whole = _RESPONSE.c.wave_id == wave_id
    return (whole,) if upto is None else (whole, _RESPONSE.c.snapshot <= upto)


@lru_cache(maxsize=256)
def sheet_reader(items: tuple[str, ...]) -> Callable[[str], tuple[Answer, ...]]:
    """Return what reads packed answers as a tuple in the order of items; ValueError for what is no code.

    Fields that are known beforehand are read in a seventh of the time that a dictionary takes.
    """
    fields: list[tuple[str, Any, Any]] = [(item, int | tuple[int, ...], NOT_REACHED) for item in items]
    decode = msgspec.json.Decoder(msgspec.defstruct("Sheet", fields, gc=False)).decode
    as_tuple = msgspec.structs.astuple
    return lambda packed: as_tuple(decode(packed))


def iterate_rows(db: Session, wave_id: uuid.UUID, batch: int = 5000) -> Iterator[tuple[Any, ...]]:
    """Yield (week, language, form, mode, pace, breakdown keys ..., packed answers) shuffled by the random key."""
    columns = (
        Response.week,
        Response.language,
        Response.form,
        Response.mode,
        Response.pace,
        *(getattr(Response, key) for key in BREAKDOWNS),
        Response.answers,
    )
    rows = select(*columns).where(Response.wave_id == wave_id).order_by(Response.id)
    yield from db.execute(rows.execution_options(yield_per=batch))


def count_modes(db: Session, wave_id: uuid.UUID, *, upto: int | None = None) -> dict[str, int]:
    """Return way of answering -> number of a wave's responses; with `upto` of those that this snapshot counts."""
    rows = select(Response.mode, func.count()).where(*_of_wave(wave_id, upto)).group_by(Response.mode)
    return dict(db.execute(rows).all())


def count_in_snapshot(db: Session, wave_id: uuid.UUID, number: int) -> int:
    """Return how many of the responses that a snapshot counts are there still."""
    return db.scalar(select(func.count()).select_from(Response).where(*_of_wave(wave_id, number))) or 0


def count_by_wave(db: Session, scope: Scope) -> dict[uuid.UUID, int]:
    """Return wave id -> number of responses, waves without any left out."""
    rows = select(Response.wave_id, func.count()).where(Response.partnership == scope.partnership)
    return dict(db.execute(rows.group_by(Response.wave_id)).all())


def list_known_sources(db: Session, wave_id: uuid.UUID, hashes: Iterable[bytes]) -> set[bytes]:
    """Return which of the source hashes a wave holds already."""
    wanted = (Response.wave_id == wave_id, Response.source_hash.in_(list(hashes)))
    return {found for found in db.scalars(select(Response.source_hash).where(*wanted)) if found}
