"""Doing what the outbox holds: claim, do, remove. A job that was being done when the power went is done again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TypeVar

import structlog
from flask import Flask
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import Session

from feedback_app.clock import now_in
from feedback_app.domain.ports import JobHandler
from feedback_app.domain.scope import Scope
from feedback_app.domain.sending import NeverSendable, NoMailServer
from feedback_app.extensions import db
from feedback_app.services import closing
from feedback_app.services.keeping import Sweeping, Swept
from feedback_app.services.snapshots import Taking
from feedback_app.store import outbox
from feedback_app.store.engine import set_reading
from feedback_app.store.outbox import Claimed

CLAIM = timedelta(minutes=5)
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
MOST_ATTEMPTS = 80  # about three days at the waits above
POLL_SECONDS = 1.0
TROUBLE_SECONDS = 5.0  # between tries while something is wrong: the database is away, a table is missing
AWAY = (OperationalError, InterfaceError)

Done = TypeVar("Done")

log = structlog.get_logger(__name__)


class JobWentWrong(Exception):
    """A handler raised; `for_good` when trying again cannot help."""

    def __init__(self, kind: str, for_good: bool) -> None:
        """Say which kind of job it was; never what it held."""
        super().__init__(kind)
        self.for_good = for_good


class WorkWentWrong(Exception):
    """Something went wrong that was not a handler's doing; the message is its kind alone, never its words."""


def attempt(work: Callable[[], Done]) -> Done:
    """Return what `work` returns; raise WorkWentWrong whatever it raises."""
    try:
        return work()
    except Exception as cause:
        raise WorkWentWrong(type(cause.orig if isinstance(cause, DBAPIError) else cause).__name__) from cause


def wait_after(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts: half a minute, doubled each time, at most an hour."""
    return min(FIRST_WAIT * 2 ** min(attempts - 1, 12), LONGEST_WAIT)


class JobRunner:
    """Does the jobs of one application's outbox; several may run at once, in any number of processes."""

    def __init__(self, app: Flask, handlers: Mapping[str, JobHandler]) -> None:
        """Do jobs of the kinds in `handlers`."""
        self.app = app
        self.handlers = handlers

    @property
    def _scope(self) -> Scope:
        scope: Scope = self.app.config["SCOPE"]
        return scope

    def _now(self) -> datetime:
        """Return the time where the partnership is."""
        return now_in(self.app.config["PARTNERSHIP"].timezone)

    @contextmanager
    def _transaction(self, *, reading: bool = False) -> Iterator[Session]:
        """Yield a session of its own; commit at the end unless something is raised."""
        set_reading(reading)
        with self.app.app_context():
            session: Session = db.session
            with session.begin():
                yield session

    def run_due(self) -> int:
        """Do all jobs that are due now and return how many were done; those that go wrong are put off."""
        done = 0
        while (job := self._claim()) is not None:
            done += self._settle(job)
        return done

    def _claim(self) -> Claimed | None:
        now = datetime.now(UTC)
        with self._transaction(reading=True) as session:
            if not outbox.has_due(session, self._scope, now):
                return None
        with self._transaction() as session:
            return outbox.claim_job(session, self._scope, now, CLAIM)

    def _settle(self, job: Claimed) -> bool:
        """Do a claimed job, then remove it or put it off; return whether it was done."""
        try:
            self._do(job)
        except JobWentWrong as wrong:
            waits = isinstance(wrong.__cause__, NoMailServer)  # as long as it takes, for nothing is wrong with it
            failed = wrong.for_good or (job.attempts >= MOST_ATTEMPTS and not waits)
            until = datetime.now(UTC) + (timedelta() if failed else wait_after(job.attempts))
            cause = type(wrong.__cause__).__name__
            log.warning("job_went_wrong", kind=job.kind, attempts=job.attempts, cause=cause, failed=failed)
            with self._transaction() as session:
                outbox.put_off_job(session, job.id, until, failed=failed)
            return False
        with self._transaction() as session:
            outbox.finish_job(session, job.id)
        return True

    def _do(self, job: Claimed) -> None:
        """Call the handler outside any transaction; raise JobWentWrong whatever it raises."""
        handler = self.handlers.get(job.kind)
        if handler is None:
            raise JobWentWrong(job.kind, for_good=False)  # perhaps a newer program's: it may know it
        try:
            handler(job.payload)
        except Exception as cause:
            raise JobWentWrong(job.kind, for_good=isinstance(cause, NeverSendable)) from cause

    def sweep(self, *, dry_run: bool = False) -> Swept:
        """Delete what has been kept long enough and return how much; with `dry_run` only count it.

        Each draft goes in a transaction of its own, so that one that cannot be deleted keeps no other.
        """
        sweeping = Sweeping(self._scope, self._now())
        with self._transaction(reading=True) as session:
            if dry_run:
                return sweeping.count(session)
            expired = sweeping.list_drafts(session)
        drafts = [self._apart(partial(sweeping.delete_draft, key_hash=key)) for key in expired]
        others = [self._apart(step) for step in (sweeping.delete_words, sweeping.delete_failed_jobs)]
        tries = self._apart(sweeping.delete_tries)
        steps = [*drafts, *others, tries]
        swept = Swept(sum(filter(None, drafts)), others[0] or 0, others[1] or 0, tries or 0, steps.count(None))
        if any(swept.as_dict().values()) or swept.went_wrong:
            log.info("swept", **swept.as_dict(), went_wrong=swept.went_wrong)
        return swept

    def _apart(self, step: Callable[[Session], Done], *, reading: bool = False) -> Done | None:
        """Return what a step did, in a transaction of its own; None when it went wrong, and the next may go on.

        While the database is away no step can be taken: that is raised as it is.
        """
        try:
            return attempt(partial(self._in_transaction, step, reading=reading))
        except WorkWentWrong as wrong:
            if isinstance(wrong.__cause__, AWAY):
                raise wrong.__cause__ from None
            log.error("step_went_wrong", cause=str(wrong))
            return None

    def _in_transaction(self, step: Callable[[Session], Done], *, reading: bool = False) -> Done:
        with self._transaction(reading=reading) as session:
            return step(session)

    def tell_closed(self) -> int:
        """Put a message to the team for each wave that has closed and was not told yet; return how many messages."""
        policy, language = self.app.config["DISCLOSURE"], self.app.config["PARTNERSHIP"].first_language.locale
        with self._transaction(reading=True) as session:
            waves = closing.list_untold(session, self._scope, self._now().date())
        tell = partial(closing.tell_closed, scope=self._scope, policy=policy, language=language)
        return sum(self._apart(partial(tell, wave=wave)) or 0 for wave in waves)

    def take_snapshots(self) -> int:
        """Bring what readers outside the SEND team see up to date, where R5 allows it; return of how many waves.

        Each wave in a transaction of its own, which goes wrong alone and is tried again the next day.
        """
        config = self.app.config
        geography, population = config["PARTNERSHIP"].geography, config["POPULATION"]
        taking = Taking(self._scope, config["DISCLOSURE"], geography, population, self._now().date())
        with self._transaction(reading=True) as session:
            due = taking.list_due(session)
        taken = 0
        for slug in due:
            taken += taking.bring_up_to_date(slug, self._apart, in_time=True) is not None
        if taken:
            log.info("snapshots_taken", waves=taken)
        return taken

    def do_daily(self) -> None:
        """Do what is done once a day."""
        self.sweep()
        self.tell_closed()
        self.take_snapshots()

    def run_forever(self, stop: threading.Event) -> None:
        """Do jobs as they come, and once a day what is daily, until `stop` is set; nothing that is raised ends it.

        When the database is away, claims run out, and nothing is lost.
        """
        done_on: date | None = None
        while not stop.is_set():
            today = self._now().date()
            daily_done = done_on == today or self._goes_well(self.do_daily)
            done_on = today if daily_done else done_on
            fine = self._goes_well(self.run_due) and daily_done
            stop.wait(POLL_SECONDS if fine else TROUBLE_SECONDS)

    def _goes_well(self, work: Callable[[], object]) -> bool:
        """Do something and return whether nothing was raised; what was is told by its kind alone."""
        try:
            attempt(work)
        except WorkWentWrong as wrong:
            log.error("jobs_went_wrong", cause=str(wrong))
            return False
        return True
