"""What is kept, and for how long: drafts 14 days or 7 after their wave, people's own words 12 months after it."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from feedback_app.domain.wave import DRAFT_DAYS, GRACE_DAYS
from feedback_app.store import drafts, outbox, retention

WORDS_DAYS = 365  # from the first day on which the wave is closed
FAILED_JOB_DAYS = 30
TRIES_DAYS = 1


@dataclass(frozen=True)
class Swept:
    """How much went, or would go."""

    drafts: int
    words: int
    failed_jobs: int
    tries: int

    def as_dict(self) -> dict[str, int]:
        """Return name -> number."""
        return asdict(self)


def _expired_drafts(db: Session, today: date) -> list[tuple[bytes, uuid.UUID, str]]:
    """Return the drafts that can be taken up no more: see domain.wave.draft_expires_on and may_finish."""
    touched_before = today - timedelta(days=DRAFT_DAYS)
    closed_before = today - timedelta(days=GRACE_DAYS - 1)
    return drafts.list_expired(db, touched_before, closed_before)


def _ago(now: datetime, days: int) -> datetime:
    """Return a moment, in the time zone in which moments are stored."""
    return now.astimezone(UTC) - timedelta(days=days)


def count_expired(db: Session, now: datetime) -> Swept:
    """Return what `delete_expired` would delete now, and delete nothing."""
    return Swept(
        drafts=len(_expired_drafts(db, now.date())),
        words=retention.count_words(db, now.date() - timedelta(days=WORDS_DAYS)),
        failed_jobs=retention.count_failed_jobs(db, _ago(now, FAILED_JOB_DAYS)),
        tries=retention.count_tries(db, _ago(now, TRIES_DAYS)),
    )


def delete_expired(db: Session, now: datetime) -> Swept:
    """Delete what has been kept long enough; of a draft only the page it ended on stays, counted. Bears repeating."""
    expired = _expired_drafts(db, now.date())
    for key_hash, wave_id, page in expired:
        drafts.count_break_off(db, wave_id, page)
        drafts.delete_draft(db, key_hash)
    return Swept(
        drafts=len(expired),
        words=retention.delete_words(db, now.date() - timedelta(days=WORDS_DAYS)),
        failed_jobs=outbox.delete_failed(db, _ago(now, FAILED_JOB_DAYS)),
        tries=retention.delete_tries(db, _ago(now, TRIES_DAYS)),
    )
