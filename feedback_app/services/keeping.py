"""What is kept, and for how long: drafts, people's own words, jobs that failed, counts of tries, bookings of talks."""

from __future__ import annotations

from dataclasses import asdict, astuple, dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.domain.talks.programme import Rules
from feedback_app.store import drafts, outbox, retention, talk_retention

FAILED_JOB_DAYS = 30
TRIES_DAYS = 1


@dataclass(frozen=True)
class Swept:
    """How much went, or would go; and how many steps went wrong, which are tried again the next day."""

    drafts: int = 0
    words: int = 0
    failed_jobs: int = 0
    tries: int = 0
    contacts: int = 0  # of families that booked talks
    needs: int = 0  # what they need at a talk
    went_wrong: int = field(default=0, compare=False)

    def __add__(self, other: Swept) -> Swept:
        """Return both together."""
        return Swept(*(mine + yours for mine, yours in zip(astuple(self), astuple(other), strict=True)))

    def as_dict(self) -> dict[str, int]:
        """Return name -> number, of what went."""
        return {name: number for name, number in asdict(self).items() if name != "went_wrong"}


@dataclass(frozen=True)
class Sweeping:
    """Whose things are swept, and when. Each step is one transaction of its caller's."""

    scope: Scope  # says how long things are kept
    now: datetime
    talk_rules: Rules | None = None  # the same of bookings; none where the partnership holds no talks

    @property
    def _draft_days(self) -> tuple[date, date]:
        """Return the days before which a draft was touched, or its wave closed, that can be taken up no more."""
        today, kept = self.now.date(), self.scope.keeping
        return today - timedelta(days=kept.draft_days), today - timedelta(days=kept.grace_days - 1)

    @property
    def _words_day(self) -> date:
        return self.now.date() - timedelta(days=self.scope.keeping.words_days)

    def _ago(self, days: int) -> datetime:
        """Return a moment, in the time zone in which moments are stored."""
        return self.now.astimezone(UTC) - timedelta(days=days)

    def count(self, db: Session) -> Swept:
        """Return what the steps below would delete now, and delete nothing."""
        rules = self.talk_rules
        return Swept(
            drafts=len(self.list_drafts(db)),
            words=retention.count_words(db, self.scope, self._words_day),
            failed_jobs=retention.count_failed_jobs(db, self.scope, self._ago(FAILED_JOB_DAYS)),
            tries=retention.count_tries(db, self._ago(TRIES_DAYS)),
            contacts=0
            if rules is None
            else len(talk_retention.list_old_bookings(db, *self._of_talks(rules.contact_days))),
            needs=0 if rules is None else talk_retention.count_old_needs(db, *self._of_talks(rules.need_days)),
        )

    def _of_talks(self, days: int) -> tuple[Scope, date]:
        """Return whose talks, and up to which day, those that are over for so many days."""
        return self.scope, self.now.date() - timedelta(days=days)

    def list_drafts(self, db: Session) -> list[bytes]:
        """Return the keys of drafts that can be taken up no more: see domain.wave.draft_expires_on and may_finish."""
        return drafts.list_expired(db, self.scope, *self._draft_days)

    def delete_draft(self, db: Session, key_hash: bytes) -> int:
        """Delete one such draft and count the page it ended on; return 1, or 0 when it was taken up or is gone."""
        gone = drafts.delete_expired(db, self.scope, key_hash, *self._draft_days)
        if gone is None:
            return 0
        drafts.count_break_off(db, *gone)
        return 1

    def delete_words(self, db: Session) -> int:
        """Delete people's own words that were kept long enough, and return how many."""
        return retention.delete_words(db, self.scope, self._words_day)

    def count_unread_flags(self, db: Session) -> int:
        """Return how many texts stay though their time is over, because nobody has read what raised a flag."""
        return retention.count_unread_flags(db, self.scope, self._words_day)

    def delete_failed_jobs(self, db: Session) -> int:
        """Delete jobs that were set aside long ago, and return how many."""
        return outbox.delete_failed(db, self.scope, self._ago(FAILED_JOB_DAYS))

    def delete_tries(self, db: Session) -> int:
        """Delete old counts of failed codes and sign-ins, and return how many."""
        return retention.delete_tries(db, self._ago(TRIES_DAYS))

    def delete_needs(self, db: Session) -> int:
        """Delete what families needed at talks that are long over, and return how many such things."""
        return (
            0
            if self.talk_rules is None
            else talk_retention.delete_old_needs(db, *self._of_talks(self.talk_rules.need_days))
        )

    def delete_contacts(self, db: Session) -> int:
        """Delete the bookings whose last talk is long over, and what was sent to them; return how many."""
        return (
            0
            if self.talk_rules is None
            else talk_retention.delete_old_bookings(db, *self._of_talks(self.talk_rules.contact_days))
        )

    def rewrite_questions(self, db: Session) -> int:
        """Let nothing that the database keeps for itself join a question ahead of a talk to a booking."""
        return 0 if self.talk_rules is None else talk_retention.rewrite_questions(db, *self._of_talks(1))
