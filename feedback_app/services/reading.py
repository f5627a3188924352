"""The reading room: which comment somebody reads next, what they are shown of it, and what they say of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from feedback_app.domain.codeframe import Codeframe
from feedback_app.domain.coding import Purpose, Reading, Tagged
from feedback_app.domain.errors import CommentUnknown
from feedback_app.domain.likeness import list_alike
from feedback_app.domain.reading_order import choose_next
from feedback_app.domain.scope import Scope
from feedback_app.services import sampling
from feedback_app.services.masking import masked_words
from feedback_app.store import reading_queue, reading_samples, readings
from feedback_app.store.reading_queue import Asked
from feedback_app.store.readings import CommentFacts

LOOKED_AT = 150  # of the queue, to find the first that falls to a reader
NEIGHBOURS = 300  # comments among which those like one are looked for
A_PAGE = 30


@dataclass(frozen=True)
class Opened:
    """A comment as somebody reads it: why, with what the tagger suggests and what they said of it before.

    Blind readers get no suggestions. ``pair``: what two said who differ, for whoever looks a third time.
    """

    comment: CommentFacts
    purpose: Purpose
    sample_id: UUID | None
    tagged: Tagged | None
    own: Reading | None
    pair: tuple[Reading, Reading] | None = None


@dataclass(frozen=True)
class Waiting:
    """How much there is to read: by wave (None: voices) waiting and read, by theme, by language."""

    by_wave: Mapping[UUID | None, int]
    read_by_wave: Mapping[UUID | None, int]
    by_theme: Mapping[str, int]
    by_language: Mapping[str, int]
    own_today: int
    own: int


def count_waiting(db: Session, scope: Scope, reader: str, today: date) -> Waiting:
    """Return how much there is to read, and how much somebody has read."""
    return Waiting(
        reading_queue.count_waiting_by_wave(db, scope),
        reading_queue.count_read_by_wave(db, scope),
        reading_queue.count_waiting_by_theme(db, scope),
        reading_queue.count_waiting_by_language(db, scope),
        readings.count_own(db, scope, reader, today),
        readings.count_own(db, scope, reader),
    )


def count_today(db: Session, scope: Scope, reader: str, today: date) -> int:
    """Return how many comments somebody has read today."""
    return readings.count_own(db, scope, reader, today)


def next_comment(db: Session, scope: Scope, asked: Asked, reader: str) -> UUID | None:
    """Return the comment that somebody reads next, the least sure first; None where nothing waits."""
    waiting = reading_queue.list_waiting(db, scope, asked, LOOKED_AT)
    return choose_next(waiting, reader, sampling.list_readers(db, scope))


def open_comment(db: Session, scope: Scope, comment_id: UUID, reader: str, *, settles: bool) -> Opened:
    """Return a comment as somebody may read it; raise CommentUnknown. ``settles``: they may look a third time.

    A comment of a sample is for its two readers alone, until both have read it and a third has to look.
    """
    comment = readings.find_comment(db, scope, comment_id)
    if comment is None:
        raise CommentUnknown
    own = next((one for one in _said(db, scope, comment_id) if one.reader == reader), None)
    tagged = readings.taggeds_of(db, scope, [comment_id]).get(comment_id)
    sample = reading_samples.find_sample_of(db, scope, comment_id)
    if sample and reader in sample.readers:
        return Opened(comment, Purpose.SECOND, sample.id, _blind(tagged), own)
    pair = sampling.find_pairs(db, scope, [comment_id]).get(comment_id) if sample else None
    looked = own is not None and own.purpose is Purpose.THIRD
    if sample and pair and settles and (looked or sampling.differ(pair)):
        return Opened(comment, Purpose.THIRD, sample.id, tagged, own, pair)
    if sample and own is None:
        raise CommentUnknown
    return Opened(comment, Purpose.QUEUE, None, tagged, own)


def _said(db: Session, scope: Scope, comment_id: UUID) -> tuple[Reading, ...]:
    return readings.readings_of(db, scope, [comment_id]).get(comment_id, ())


def _blind(tagged: Tagged | None) -> Tagged | None:
    """Return the language alone: two who both saw what the program says would agree with the program."""
    return Tagged(tagged.language, tagged.state) if tagged else None


def list_alike_comments(db: Session, scope: Scope, comment: CommentFacts) -> list[str]:
    """Return at most five other comments that are like one, names hidden."""
    near = reading_queue.list_neighbours(db, scope, comment, NEIGHBOURS)
    found = list_alike(comment.words, [(one, one.words) for one in near])
    return [masked_words(one) for one in found]


def keep_reading(
    db: Session, scope: Scope, opened: Opened, reading: Reading, codeframe: Codeframe, today: date
) -> None:
    """Keep what somebody says of a comment that they opened, in place of what they said before; raise CommentUnknown.

    It may have been held or deleted since; and of a form sent twice at once, one comes after the other.
    """
    if readings.find_comment(db, scope, opened.comment.id, for_update=True) is None:
        raise CommentUnknown
    version = codeframe.version
    readings.keep_reading(
        db, scope, opened.comment.id, reading, sample_id=opened.sample_id, codeframe_version=version, day=today
    )


def take_back(db: Session, scope: Scope, comment_id: UUID, reader: str) -> Reading | None:
    """Take back what somebody said of a comment, and return it; None where there was nothing."""
    said = next((one for one in _said(db, scope, comment_id) if one.reader == reader), None)
    readings.delete_reading(db, scope, comment_id, reader)
    return said


@dataclass(frozen=True)
class Own:
    """A comment that somebody read, on which day, and what they said of it."""

    comment: CommentFacts
    read_on: date
    reading: Reading


def list_own(db: Session, scope: Scope, reader: str, page: int) -> tuple[list[Own], bool]:
    """Return a page of what somebody read, the latest days first, from page 1 on; and whether there is more."""
    rows = readings.list_own(db, scope, reader, (page - 1) * A_PAGE, A_PAGE + 1)
    ids = [comment for comment, _day in rows[:A_PAGE]]
    facts, said = readings.list_comments(db, scope, ids), readings.readings_of(db, scope, ids)
    found = [
        Own(facts[comment], day, next(one for one in said[comment] if one.reader == reader))
        for comment, day in rows[:A_PAGE]
    ]
    return found, len(rows) > A_PAGE
