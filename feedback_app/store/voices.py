"""Queries about other voices: what was brought in, its standing, and its going."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, select, update
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.domain.voices import Consent, NewVoice, Standing, Teller, VoiceKind
from feedback_app.store.comment_tables import (
    HELD,
    OPEN,
    ClearedQuote,
    Comment,
    CommentReading,
    SafeguardingEntry,
    SampledComment,
    Tagging,
    Voice,
)
from feedback_app.store.readings import in_parts
from feedback_app.store.tables import random_id

_WORKED_OUT = (ClearedQuote, SampledComment, CommentReading, Tagging)  # what others made of a comment


@dataclass(frozen=True)
class VoiceFacts:
    """A voice without its words: what it is, how far it may go, where it stands."""

    id: uuid.UUID
    comment_id: uuid.UUID
    kind: VoiceKind
    teller: Teller
    month: date
    district: int | None
    consent: Consent
    came_from: str
    entered_by: str
    entered_on: date
    demonstration: bool
    standing: Standing
    awaits_reader: bool  # a safeguarding reader has not seen it yet
    quoted: str | None  # the words that were cleared, where they may be shown


def add_voice(
    db: Session, scope: Scope, voice: NewVoice, *, entered_by: str, entered_on: date, demonstration: bool
) -> uuid.UUID:
    """Add what is told about a voice and return its id; its words are a comment of their own."""
    row = Voice(
        id=random_id(),
        partnership=scope.partnership,
        kind=voice.kind,
        teller=voice.teller,
        month=voice.month,
        district=voice.district,
        consent=voice.consent,
        came_from=voice.came_from,
        entered_by=entered_by,
        entered_on=entered_on,
        demonstration=demonstration,
        source_hash=voice.mark,
    )
    db.add(row)
    db.flush()
    return row.id


def list_known(db: Session, scope: Scope, marks: Iterable[bytes]) -> set[bytes]:
    """Return which of these rows are there already, or were and have been taken back."""
    known: set[bytes] = set()
    for part in in_parts(marks):
        wanted = select(Voice.source_hash).where(*_ours(scope), Voice.source_hash.in_(part))
        known.update(found for found in db.scalars(wanted) if found)
    return known


def find_voice(
    db: Session, scope: Scope, voice_id: uuid.UUID, *, entered_by: str | None = None, for_update: bool = False
) -> VoiceFacts | None:
    """Return a voice that still has words, or None; with ``entered_by`` only one that this person brought in."""
    wanted = _facts(scope, entered_by).where(Voice.id == voice_id)
    if for_update:
        db.execute(select(Voice.id).where(Voice.id == voice_id, *_ours(scope)).with_for_update())
    row = db.execute(wanted).one_or_none()
    return None if row is None else _as_facts(row)


def list_voices(
    db: Session,
    scope: Scope,
    *,
    kind: VoiceKind | None = None,
    month: date | None = None,
    entered_by: str | None = None,
    skip: int = 0,
    most: int,
) -> list[VoiceFacts]:
    """Return voices that still have words, the latest month first, in an order that tells nothing else."""
    rows = _facts(scope, entered_by)
    if kind is not None:
        rows = rows.where(Voice.kind == kind)
    if month is not None:
        rows = rows.where(Voice.month == month)
    rows = rows.order_by(Voice.month.desc(), Voice.id).offset(skip).limit(most)
    return [_as_facts(row) for row in db.execute(rows)]


def count_voices(db: Session, scope: Scope, *, entered_by: str | None = None) -> dict[VoiceKind, int]:
    """Return kind -> how many voices that still have words there are, for those who bring them in."""
    rows = select(Voice.kind, func.count()).join(Comment, Comment.voice_id == Voice.id)
    rows = rows.where(*_seen_by(scope, entered_by)).group_by(Voice.kind)
    return {VoiceKind(kind): number for kind, number in db.execute(rows).all()}


def list_months(db: Session, scope: Scope, *, entered_by: str | None = None) -> list[date]:
    """Return the months that there are voices of, the latest first."""
    rows = select(Voice.month).join(Comment, Comment.voice_id == Voice.id).where(*_seen_by(scope, entered_by))
    return list(db.scalars(rows.distinct().order_by(Voice.month.desc())))


def kinds_of(db: Session, scope: Scope) -> Mapping[uuid.UUID, tuple[VoiceKind, Teller, Consent]]:
    """Return comment -> what the voice behind it is, of those whose words are open and were not taken back."""
    rows = select(Comment.id, Voice.kind, Voice.teller, Voice.consent).join(Voice, Comment.voice_id == Voice.id)
    wanted = (*_seen_by(scope, None), Comment.standing == OPEN, Voice.consent != Consent.WITHDRAWN)
    return {
        comment: (VoiceKind(kind), Teller(teller), Consent(consent))
        for comment, kind, teller, consent in db.execute(rows.where(*wanted))
    }


def set_consent(db: Session, scope: Scope, voice_id: uuid.UUID, consent: Consent) -> None:
    """Change how far a voice may go."""
    db.execute(update(Voice).where(Voice.id == voice_id, *_ours(scope)).values(consent=consent))


def drop_quote(db: Session, scope: Scope, comment_id: uuid.UUID) -> None:
    """Let words that were cleared be quoted no more."""
    db.execute(
        delete(ClearedQuote).where(ClearedQuote.comment_id == comment_id, ClearedQuote.partnership == scope.partnership)
    )


def drop_what_was_made(db: Session, scope: Scope, comment_id: uuid.UUID) -> None:
    """Delete what was made of a comment: quotes, readings, taggings, its places in samples; keep it back from all."""
    wanted = select(Comment.id).where(Comment.id == comment_id, Comment.partnership == scope.partnership)
    for table in _WORKED_OUT:
        db.execute(delete(table).where(table.comment_id.in_(wanted)))
    db.execute(update(Comment).where(Comment.id.in_(wanted)).values(standing=HELD))


def delete_words(db: Session, scope: Scope, voice_id: uuid.UUID) -> None:
    """Delete the words of a voice and all that hangs on them, and what is told about it.

    Only the mark of the row stays, so that the same file does not bring back what was taken back.
    """
    ours = (Comment.voice_id == voice_id, Comment.partnership == scope.partnership)
    db.execute(delete(Comment).where(*ours))
    emptied: dict[str, Any] = {
        "consent": Consent.WITHDRAWN,
        "teller": Teller.OTHER,
        "district": None,
        "came_from": "",
        "entered_by": "",
    }
    db.execute(update(Voice).where(Voice.id == voice_id, *_ours(scope)).values(**emptied))


def find_withdrawn(db: Session, scope: Scope, comment_id: uuid.UUID) -> uuid.UUID | None:
    """Return the voice behind a comment when it was taken back and its words are there still, or None."""
    rows = select(Voice.id).join(Comment, Comment.voice_id == Voice.id)
    wanted = (Comment.id == comment_id, *_ours(scope), Voice.consent == Consent.WITHDRAWN)
    return db.scalar(rows.where(*wanted))


def list_seen_since_withdrawn(db: Session, scope: Scope) -> list[uuid.UUID]:
    """Return the voices that were taken back, whose words are there still, and that no reader waits for any more."""
    rows = select(Voice.id).join(Comment, Comment.voice_id == Voice.id).outerjoin(SafeguardingEntry, _ENTRY)
    wanted = (*_ours(scope), Voice.consent == Consent.WITHDRAWN, ~_WAITS)
    return list(db.scalars(rows.where(*wanted)))


def list_old(db: Session, scope: Scope, day: date) -> list[uuid.UUID]:
    """Return the voices brought in by a day whose words are there still and that no safeguarding reader waits for."""
    rows = select(Voice.id).join(Comment, Comment.voice_id == Voice.id).outerjoin(SafeguardingEntry, _ENTRY)
    return list(db.scalars(rows.where(*_ours(scope), Voice.entered_on <= day, ~_WAITS)))


def delete_voices(db: Session, scope: Scope, ids: Collection[uuid.UUID]) -> int:
    """Delete voices with all that hangs on them, marks included; return how many."""
    done = 0
    for part in in_parts(ids):
        db.execute(delete(Comment).where(Comment.voice_id.in_(part), Comment.partnership == scope.partnership))
        deleted = db.execute(delete(Voice).where(Voice.id.in_(part), *_ours(scope)))
        done += int(deleted.rowcount)  # type: ignore[attr-defined]
    return done


_ENTRY = SafeguardingEntry.comment_id == Comment.id
_UNREAD = and_(SafeguardingEntry.comment_id.is_not(None), SafeguardingEntry.read_on.is_(None))
_WAITS = _UNREAD.is_(True)


def _ours(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    return (Voice.partnership == scope.partnership,)


def _seen_by(scope: Scope, entered_by: str | None) -> tuple[ColumnElement[bool], ...]:
    """Hold for the partnership's voices, or for those that one person brought in."""
    return _ours(scope) if entered_by is None else (*_ours(scope), Voice.entered_by == entered_by)


def _facts(scope: Scope, entered_by: str | None) -> Any:
    """Return the query of what is told about voices that still have words."""
    columns = (Voice, Comment.id, Comment.standing, _UNREAD, ClearedQuote.quoted)
    rows = select(*columns).join(Comment, Comment.voice_id == Voice.id).outerjoin(SafeguardingEntry, _ENTRY)
    return rows.outerjoin(ClearedQuote, ClearedQuote.comment_id == Comment.id).where(*_seen_by(scope, entered_by))


def _as_facts(row: Any) -> VoiceFacts:
    voice, comment_id, standing, unread, quoted = row
    consent = Consent(voice.consent)
    readable = standing == OPEN and not unread and consent is not Consent.WITHDRAWN
    shown = quoted if readable and consent.may_be_quoted else None
    return VoiceFacts(
        id=voice.id,
        comment_id=comment_id,
        kind=VoiceKind(voice.kind),
        teller=Teller(voice.teller),
        month=voice.month,
        district=voice.district,
        consent=consent,
        came_from=voice.came_from,
        entered_by=voice.entered_by,
        entered_on=voice.entered_on,
        demonstration=voice.demonstration,
        standing=_standing(consent, readable, bool(unread), shown is not None),
        awaits_reader=bool(unread),
        quoted=shown,
    )


def _standing(consent: Consent, readable: bool, unread: bool, shown: bool) -> Standing:
    if consent is Consent.WITHDRAWN:
        return Standing.GOING
    if not readable:
        return Standing.WAITS if unread else Standing.KEPT
    return Standing.CLEARED if shown else Standing.READ
