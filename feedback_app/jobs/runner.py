"""Doing what the outbox holds: claim, do, remove. A job that was being done when the power went is done again."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from flask import Flask
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from feedback_app.domain.ports import JobHandler
from feedback_app.extensions import db
from feedback_app.services import keeping
from feedback_app.store import outbox
from feedback_app.store.engine import set_reading
from feedback_app.store.outbox import Claimed

CLAIM = timedelta(minutes=5)
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
MOST_ATTEMPTS = 80  # about three days at the waits above
POLL_SECONDS = 1.0
SWEEP_SECONDS = 24 * 3600.0

log = structlog.get_logger(__name__)


class JobWentWrong(Exception):
    """A handler raised; `for_good` when trying again cannot help."""

    def __init__(self, kind: str, for_good: bool) -> None:
        """Say which kind of job it was; never what it held."""
        super().__init__(kind)
        self.for_good = for_good


def wait_after(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts: half a minute, doubled each time, at most an hour."""
    return min(FIRST_WAIT * 2 ** min(attempts - 1, 12), LONGEST_WAIT)


class JobRunner:
    """Does the jobs of one application's outbox; several may run at once, in any number of processes."""

    def __init__(self, app: Flask, handlers: Mapping[str, JobHandler]) -> None:
        """Do jobs of the kinds in `handlers`."""
        self.app = app
        self.handlers = handlers

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
            if not outbox.has_due(session, now):
                return None
        with self._transaction() as session:
            return outbox.claim_job(session, now, CLAIM)

    def _settle(self, job: Claimed) -> bool:
        """Do a claimed job, then remove it or put it off; return whether it was done."""
        try:
            self._do(job)
        except JobWentWrong as wrong:
            failed = wrong.for_good or job.attempts >= MOST_ATTEMPTS
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
            raise JobWentWrong(job.kind, for_good=isinstance(cause, ValueError)) from cause

    def sweep(self, *, dry_run: bool = False) -> keeping.Swept:
        """Delete what has been kept long enough and return how much; with `dry_run` only count it."""
        now = datetime.now(ZoneInfo(self.app.config["PARTNERSHIP"].timezone))
        with self._transaction(reading=dry_run) as session:
            swept = keeping.count_expired(session, now) if dry_run else keeping.delete_expired(session, now)
        if not dry_run and any(swept.as_dict().values()):
            log.info("swept", **swept.as_dict())
        return swept

    def run_forever(self, stop: threading.Event) -> None:
        """Do jobs as they come, and sweep at the start and once a day, until `stop` is set."""
        next_sweep = time.monotonic()
        while not stop.is_set():
            try:
                if time.monotonic() >= next_sweep:
                    self.sweep()
                    next_sweep = time.monotonic() + SWEEP_SECONDS
                self.run_due()
            except DBAPIError as away:  # the database is away: claims run out, nothing is lost
                log.error("jobs_wait_for_database", cause=type(away.orig).__name__)
            stop.wait(POLL_SECONDS)
