"""Queries about comments that people may read, and what each of them said. Every query takes the scope."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, delete, func, insert, select
from sqlalchemy.orm import Session

from feedback_app.domain.coding import Feeling, Purpose, Reading, Said, Span, State, Suggestion, Tagged, Valence
from feedback_app.domain.scope import Scope
from feedback_app.store.comment_tables import (
    OPEN,
    Comment,
    CommentReading,
    SafeguardingEntry,
    Tagging,
    ThemeDecision,
    ThemeSuggestion,
    Voice,
)

Thing = TypeVar("Thing")
AT_ONCE = 400  # ids in one question: some databases take no more than a thousand


@dataclass(frozen=True)
class CommentFacts:
    """A comment that may be read, as it is kept; ``hidden`` are spans [start, end, kind], None: nobody has looked."""

    id: uuid.UUID
    response_id: uuid.UUID | None
    wave_id: uuid.UUID | None
    voice_id: uuid.UUID | None
    item: str
    language: str
    young: bool
    words: str
    hidden: list[Any] | None


FACTS = (
    Comment.id,
    Comment.response_id,
    Comment.wave_id,
    Comment.voice_id,
    Comment.item,
    Comment.language,
    Comment.young,
    Comment.words,
    Comment.hidden,
)


def in_parts(things: Iterable[Thing], size: int = AT_ONCE) -> Iterator[list[Thing]]:
    """Yield some things by the part."""
    rest = iter(things)
    while part := list(islice(rest, size)):
        yield part


def readable(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    """Return what holds for comments of the partnership that may be read: open, and not waiting for a named reader."""
    waits = select(SafeguardingEntry.comment_id).where(
        SafeguardingEntry.comment_id == Comment.id, SafeguardingEntry.read_on.is_(None)
    )
    return Comment.partnership == scope.partnership, Comment.standing == OPEN, ~waits.exists()


@dataclass(frozen=True)
class VoiceFacts:
    """What stands beside the words of a voice: what it is, who told it, and how far they agreed."""

    kind: str
    teller: str
    consent: str


def find_voice(db: Session, scope: Scope, voice_id: uuid.UUID) -> VoiceFacts | None:
    """Return what is known of a voice, or None."""
    wanted = (Voice.id == voice_id, Voice.partnership == scope.partnership)
    row = db.execute(select(Voice.kind, Voice.teller, Voice.consent).where(*wanted)).first()
    return VoiceFacts(*row) if row else None


def find_comment(db: Session, scope: Scope, comment_id: uuid.UUID, *, for_update: bool = False) -> CommentFacts | None:
    """Return a comment that may be read, or None; with `for_update` it stays so until the end of the transaction."""
    query = select(*FACTS).where(*readable(scope), Comment.id == comment_id)
    row = db.execute(query.with_for_update(of=Comment) if for_update else query).first()
    return CommentFacts(*row) if row else None


def readings_of(db: Session, scope: Scope, comment_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[Reading, ...]]:
    """Return comment -> what each reader said of it, in the order of readers' addresses; comments unread left out."""
    said: dict[tuple[uuid.UUID, str], list[tuple[str, Said]]] = defaultdict(list)
    readings: dict[uuid.UUID, list[Reading]] = defaultdict(list)
    for part in in_parts(comment_ids, AT_ONCE):
        decisions = select(ThemeDecision).join(Comment, Comment.id == ThemeDecision.comment_id)
        for one in db.scalars(decisions.where(Comment.partnership == scope.partnership, Comment.id.in_(part))):
            said[one.comment_id, one.reader].append((one.theme, Said(one.said)))
        wanted = (CommentReading.partnership == scope.partnership, CommentReading.comment_id.in_(part))
        for row in db.scalars(select(CommentReading).where(*wanted).order_by(CommentReading.reader)):
            decided = tuple(sorted(said[row.comment_id, row.reader]))
            valence = Valence(row.valence) if row.valence else None
            readings[row.comment_id].append(Reading(row.reader, Purpose(row.purpose), decided, valence, row.unsure))
    return {comment: tuple(found) for comment, found in readings.items()}


def taggeds_of(db: Session, scope: Scope, comment_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Tagged]:
    """Return comment -> what the tagger said of it, the surest suggestion first; comments it has not seen left out."""
    suggestions: dict[uuid.UUID, list[Suggestion]] = defaultdict(list)
    found: dict[uuid.UUID, Tagged] = {}
    for part in in_parts(comment_ids, AT_ONCE):
        for one in db.scalars(select(ThemeSuggestion).where(ThemeSuggestion.comment_id.in_(part))):
            suggestions[one.comment_id].append(_suggestion(one))
        rows = select(Tagging).join(Comment, Comment.id == Tagging.comment_id)
        for row in db.scalars(rows.where(Comment.partnership == scope.partnership, Tagging.comment_id.in_(part))):
            own = sorted(suggestions[row.comment_id], key=lambda one: (-one.probability, one.theme))
            found[row.comment_id] = Tagged(row.language, State(row.state), _feeling(row), tuple(own))
    return found


def _suggestion(row: ThemeSuggestion) -> Suggestion:
    spans = tuple(Span(int(start), int(end)) for start, end in row.evidence)
    return Suggestion(row.theme, row.probability, State(row.state), row.source, spans, tuple(row.heavy_words))


def _feeling(row: Tagging) -> Feeling | None:
    if row.valence is None:
        return None
    return Feeling(Valence(row.valence), row.valence_probability or 0.0, row.polarity, row.compound)


def iterate_readable(
    db: Session, scope: Scope, *, wave_id: uuid.UUID | None = None, everything: bool = False
) -> Iterator[list[CommentFacts]]:
    """Yield comments that may be read, by the part: of a wave; of voices without one; or of all."""
    query = select(*FACTS).where(*readable(scope)).order_by(Comment.id)
    if not everything:
        query = query.where(Comment.wave_id == wave_id) if wave_id else query.where(Comment.voice_id.is_not(None))
    yield from in_parts([CommentFacts(*row) for row in db.execute(query)])


def list_comments(db: Session, scope: Scope, comment_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, CommentFacts]:
    """Return comment -> what is kept of it, of those that may be read."""
    found: dict[uuid.UUID, CommentFacts] = {}
    for part in in_parts(comment_ids):
        rows = db.execute(select(*FACTS).where(*readable(scope), Comment.id.in_(part)))
        found |= {row.id: CommentFacts(*row) for row in rows}
    return found


def keep_reading(
    db: Session,
    scope: Scope,
    comment_id: uuid.UUID,
    reading: Reading,
    *,
    sample_id: uuid.UUID | None,
    codeframe_version: int,
    day: date,
) -> None:
    """Keep what a reader says of a comment in place of what they said before."""
    delete_reading(db, scope, comment_id, reading.reader)
    key = {"comment_id": comment_id, "reader": reading.reader}
    row = {
        **key,
        "partnership": scope.partnership,
        "purpose": reading.purpose,
        "sample_id": sample_id,
        "codeframe_version": codeframe_version,
        "valence": reading.valence,
        "unsure": reading.unsure,
        "read_on": day,
    }
    db.execute(insert(CommentReading).values(**row))
    if reading.decisions:
        db.execute(insert(ThemeDecision), [{**key, "theme": theme, "said": said} for theme, said in reading.decisions])


def delete_reading(db: Session, scope: Scope, comment_id: uuid.UUID, reader: str) -> bool:
    """Take back what a reader said of a comment; return whether there was anything."""
    ours = select(CommentReading.comment_id).where(
        CommentReading.partnership == scope.partnership,
        CommentReading.comment_id == comment_id,
        CommentReading.reader == reader,
    )
    if db.scalar(ours) is None:
        return False
    for table in (ThemeDecision, CommentReading):
        db.execute(delete(table).where(table.comment_id == comment_id, table.reader == reader))
    return True


def list_own(db: Session, scope: Scope, reader: str, start: int, most: int) -> list[tuple[uuid.UUID, date]]:
    """Return (comment, day) of what a reader read, the latest days first, from the ``start``-th on."""
    rows = (
        select(Comment.id, CommentReading.read_on)
        .join(CommentReading, CommentReading.comment_id == Comment.id)
        .where(*readable(scope), CommentReading.reader == reader)
        .order_by(CommentReading.read_on.desc(), Comment.id)
    )
    return [(row.id, row.read_on) for row in db.execute(rows.offset(start).limit(most))]


def count_own(db: Session, scope: Scope, reader: str, day: date | None = None) -> int:
    """Return how many comments a reader has read, on a day where one is given."""
    wanted = [CommentReading.partnership == scope.partnership, CommentReading.reader == reader]
    if day:
        wanted.append(CommentReading.read_on == day)
    return db.scalar(select(func.count()).select_from(CommentReading).where(*wanted)) or 0
