"""Queries about drafts. Nothing here is ever counted as an answer."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

import msgspec
from sqlalchemy import ColumnElement, CursorResult, Table, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from feedback_app.domain.answers import AnswerSheet
from feedback_app.domain.scope import Scope
from feedback_app.store.tables import BreakOff, Draft, Wave
from feedback_app.store.waves import FACTS, WaveFacts

# Statements that every request needs are made once: making and recognising one takes longer than SQLite takes to do it.
_DRAFT = cast(Table, Draft.__table__)
_WAVE = cast(Table, Wave.__table__)
_ADD = insert(_DRAFT)
_BY_KEY = (
    select(*FACTS, _DRAFT.c.sheet, _DRAFT.c.language, _DRAFT.c.collector, _DRAFT.c.touched_on)
    .select_from(_DRAFT.join(_WAVE, _DRAFT.c.wave_id == _WAVE.c.id))
    .where(_DRAFT.c.key_hash == bindparam("key"), _WAVE.c.partnership == bindparam("partnership"))
)
_BY_KEY_ALONE = _BY_KEY.with_for_update(of=_DRAFT)
_SAVE = update(_DRAFT).where(_DRAFT.c.key_hash == bindparam("key"), _DRAFT.c.sheet == bindparam("before"))
_DELETE = delete(_DRAFT).where(_DRAFT.c.key_hash == bindparam("key"))


class _Sheet(msgspec.Struct, omit_defaults=True):
    """The form in which a draft's answers are kept: compact JSON."""

    answers: dict[str, int | tuple[int, ...]]
    texts: dict[str, str] = {}
    context: dict[str, str] = {}
    page: str = ""
    began: int = 0  # minutes of the clock; goes with the draft, only a coarse band of pace stays


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Sheet).decode


@dataclass(frozen=True)
class DraftFacts:
    """A draft as found, with the facts of its wave; `packed` is its sheet as it lay in the database."""

    wave: WaveFacts
    sheet: AnswerSheet
    page: str
    began: int
    language: str
    collector: str | None
    touched_on: date
    packed: str = ""


def _pack(sheet: AnswerSheet, page: str, began: int) -> str:
    packed = _Sheet(dict(sheet.answers), dict(sheet.texts), dict(sheet.context), page, began)
    return _encode(packed).decode()


def add_draft(
    db: Session,
    key_hash: bytes,
    wave_id: uuid.UUID,
    sheet: AnswerSheet,
    *,
    language: str,
    collector: str | None,
    began: int,
    today: date,
) -> None:
    """Add a draft behind a key's hash."""
    row = {
        "key_hash": key_hash,
        "wave_id": wave_id,
        "language": language,
        "collector": collector,
        "sheet": _pack(sheet, "", began),
        "touched_on": today,
    }
    db.execute(_ADD, row)


def find_draft(db: Session, scope: Scope, key_hash: bytes, *, for_update: bool = False) -> DraftFacts | None:
    """Return the draft behind a key's hash, or None; with `for_update` nobody else changes it meanwhile."""
    wanted = {"key": key_hash, "partnership": scope.partnership}
    row = db.execute(_BY_KEY_ALONE if for_update else _BY_KEY, wanted).first()
    if row is None:
        return None
    *facts, packed, language, collector, touched_on = row
    sheet = _decode(packed)
    found = AnswerSheet(sheet.answers, sheet.texts, sheet.context)
    return DraftFacts(WaveFacts(*facts), found, sheet.page, sheet.began, language, collector, touched_on, packed)


def save_draft(
    db: Session, key_hash: bytes, draft: DraftFacts, sheet: AnswerSheet, *, page: str, language: str, today: date
) -> bool:
    """Keep a draft's answers so far, `page` the last one changed; False when it is not as it was found any more."""
    changed = {"sheet": _pack(sheet, page, draft.began), "touched_on": today, "language": language}
    done = cast(CursorResult[Any], db.execute(_SAVE, {"key": key_hash, "before": draft.packed, **changed}))
    return done.rowcount == 1


def delete_draft(db: Session, key_hash: bytes) -> None:
    """Delete a draft."""
    db.execute(_DELETE, {"key": key_hash})


def _expired(scope: Scope, touched_before: date, closed_before: date) -> ColumnElement[bool]:
    """Hold for a partnership's drafts that were untouched since a day, or whose wave closed before a day."""
    ours = select(Wave.id).where(Wave.partnership == scope.partnership)
    untouched = Draft.wave_id.in_(ours) & (Draft.touched_on < touched_before)
    return untouched | Draft.wave_id.in_(ours.where(Wave.closed_from < closed_before))


def list_expired(db: Session, scope: Scope, touched_before: date, closed_before: date) -> list[bytes]:
    """Return the key hashes of drafts untouched since a day, or whose wave closed before a day."""
    return list(db.scalars(select(Draft.key_hash).where(_expired(scope, touched_before, closed_before))))


def delete_expired(
    db: Session, scope: Scope, key_hash: bytes, touched_before: date, closed_before: date
) -> tuple[uuid.UUID, str] | None:
    """Delete a draft if it is still there and expired; return its wave and last page ("" if that cannot be read)."""
    wanted = (Draft.key_hash == key_hash, _expired(scope, touched_before, closed_before))
    gone = db.execute(delete(Draft).where(*wanted).returning(Draft.wave_id, Draft.sheet)).first()
    return None if gone is None else (gone.wave_id, _page_of(gone.sheet))


def _page_of(packed: str) -> str:
    try:
        return _decode(packed).page
    except msgspec.DecodeError:
        return ""


def count_break_off(db: Session, wave_id: uuid.UUID, page: str) -> None:
    """Count one more draft that ended unfinished at a page ("" before the first)."""
    dialect = sqlite if db.get_bind().dialect.name == "sqlite" else postgresql
    counted = dialect.insert(BreakOff).values(wave_id=wave_id, page=page, number=1)
    db.execute(
        counted.on_conflict_do_update(
            index_elements=[BreakOff.wave_id, BreakOff.page], set_={"number": BreakOff.number + 1}
        )
    )
