"""What holds for each comment: its themes and valence as people settled them, or as the tagger suggests them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from feedback_app.domain.coding import Coding, Tagged, settle
from feedback_app.domain.scope import Scope
from feedback_app.services.masking import masked_words
from feedback_app.store import readings
from feedback_app.store.readings import CommentFacts


@dataclass(frozen=True)
class Judged:
    """A comment without its words: where it comes from, and what holds for it."""

    comment_id: UUID
    response_id: UUID | None
    wave_id: UUID | None
    voice_id: UUID | None
    item: str
    young: bool
    coding: Coding
    tagged: Tagged | None


def list_codings(db: Session, scope: Scope, wave_id: UUID | None) -> Iterator[Judged]:
    """Yield what holds for each comment of a wave that may be read, or for those of voices where no wave is given."""
    for part in readings.iterate_readable(db, scope, wave_id=wave_id):
        yield from _judge(db, scope, part)


def list_all_codings(db: Session, scope: Scope) -> Iterator[Judged]:
    """Yield what holds for every comment that may be read, of waves and of voices."""
    for part in readings.iterate_readable(db, scope, everything=True):
        yield from _judge(db, scope, part)


def list_codings_with_words(db: Session, scope: Scope) -> Iterator[tuple[Judged, str]]:
    """Yield the same with the words as they may be shown, names hidden."""
    for part in readings.iterate_readable(db, scope, everything=True):
        yield from zip(_judge(db, scope, part), map(masked_words, part), strict=True)


def _judge(db: Session, scope: Scope, comments: list[CommentFacts]) -> Iterator[Judged]:
    ids = [comment.id for comment in comments]
    said, tagged = readings.readings_of(db, scope, ids), readings.taggeds_of(db, scope, ids)
    for one in comments:
        own = tagged.get(one.id)
        coding = settle(said.get(one.id, ()), own)
        yield Judged(one.id, one.response_id, one.wave_id, one.voice_id, one.item, one.young, coding, own)
