"""Doing what the outbox holds: claim, do, remove. A job that was being done when the power went is done again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

import structlog
from flask import Flask

from feedback_app.domain.place import Place, Places
from feedback_app.domain.ports import JobHandler
from feedback_app.domain.sending import NeverSendable, NoMailServer
from feedback_app.jobs import screening as screening_jobs
from feedback_app.jobs.daily import DailyWork
from feedback_app.jobs.screening import ScreeningWork
from feedback_app.jobs.tagging import Minutely, TaggingWork
from feedback_app.jobs.talk_work import TalkWork
from feedback_app.jobs.transactions import Transactions, WorkWentWrong, attempt
from feedback_app.services.keeping import Swept
from feedback_app.store import outbox
from feedback_app.store.outbox import Claimed

CLAIM = timedelta(minutes=5)
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
MOST_ATTEMPTS = 80  # about three days at the waits above
POLL_SECONDS = 1.0
TROUBLE_SECONDS = 5.0  # between tries while something is wrong: the database is away, a table is missing

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

    def __init__(self, app: Flask, handlers: Mapping[str, JobHandler], places: Sequence[Place] = ()) -> None:
        """Do jobs of the kinds in `handlers`, for the partnerships named or for all."""
        self.app, self.handlers = app, handlers
        self.transactions = Transactions(app)
        self._named = tuple(places)
        self.give_way: Callable[[], None] = lambda: None  # called before each job is looked for

    def only(self, places: Sequence[Place]) -> JobRunner:
        """Return what does the work of these partnerships alone."""
        return JobRunner(self.app, self.handlers, places)

    @property
    def places(self) -> tuple[Place, ...]:
        """Return the partnerships whose work is done."""
        there: Places = self.app.config["PLACES"]
        return self._named or there.all

    @property
    def _daily(self) -> list[DailyWork]:
        return [DailyWork(self.transactions, place) for place in self.places]

    def run_due(self, stop: threading.Event | None = None) -> int:
        """Do all jobs that are due now and return how many were done; those that go wrong are put off.

        None is begun after `stop` was set: one that the end of the process cuts off is done a second time.
        """
        done = 0
        for place in self.places:
            while not (stop and stop.is_set()) and (job := self._claim(place)) is not None:
                done += self._settle(place, job)
        return done

    def _claim(self, place: Place) -> Claimed | None:
        self.give_way()
        now = datetime.now(UTC)
        with self.transactions.begin(reading=True) as session:
            if not outbox.has_due(session, place.scope, now):
                return None
        with self.transactions.begin() as session:
            return outbox.claim_job(session, place.scope, now, CLAIM)

    def _settle(self, place: Place, job: Claimed) -> bool:
        """Do a claimed job, then remove it or put it off; return whether it was done."""
        try:
            self._do(place, job)
        except JobWentWrong as wrong:
            waits = isinstance(wrong.__cause__, NoMailServer)  # as long as it takes, for nothing is wrong with it
            failed = wrong.for_good or (job.attempts >= MOST_ATTEMPTS and not waits)
            until = datetime.now(UTC) + (timedelta() if failed else wait_after(job.attempts))
            cause = type(wrong.__cause__).__name__
            log.warning("job_went_wrong", kind=job.kind, attempts=job.attempts, cause=cause, failed=failed)
            with self.transactions.begin() as session:
                outbox.put_off_job(session, job.id, until, failed=failed)
            return False
        with self.transactions.begin() as session:
            outbox.finish_job(session, job.id)
        return True

    def _do(self, place: Place, job: Claimed) -> None:
        """Call the handler outside any transaction; raise JobWentWrong whatever it raises."""
        handler = self.handlers.get(job.kind)
        if handler is None:
            raise JobWentWrong(job.kind, for_good=False)  # perhaps a newer program's: it may know it
        try:
            handler(place, job.payload)
        except Exception as cause:
            raise JobWentWrong(job.kind, for_good=isinstance(cause, NeverSendable)) from cause

    def sweep(self, *, dry_run: bool = False) -> Swept:
        """Delete what has been kept long enough and return how much; with `dry_run` only count it."""
        swept = [work.sweep(dry_run=dry_run) for work in self._daily]
        return sum(swept[1:], swept[0])

    def tell_closed(self) -> int:
        """Put a message to the team for each wave that has closed and was not told yet; return how many messages."""
        return sum(work.tell_closed() for work in self._daily)

    def take_snapshots(self) -> int:
        """Bring what readers outside the SEND team see up to date, where R5 allows it; return of how many waves."""
        return sum(work.take_snapshots() for work in self._daily)

    def do_daily(self) -> None:
        """Do what is done once a day."""
        for work in self._daily:
            work.do_all()

    def tag_waiting(self) -> int:
        """Tag the comments that wait, in a process of its own, and return how many."""
        return sum(TaggingWork(self.transactions, place).tag_waiting() for place in self.places)

    def look_after_talks(self) -> int:
        """Do what talks need each minute, and return how many things were done."""
        return sum(TalkWork(self.transactions, place).do_minutely() for place in self.places)

    def screen_and_tell(self) -> None:
        """Screen what nobody has screened, and tell safeguarding readers of what is flagged or overdue."""
        for place in self.places:
            work = ScreeningWork(self.transactions, place)
            work.screen_waiting()
            work.tell_readers()

    def run_forever(self, stop: threading.Event) -> None:
        """Do jobs as they come, each minute and once a day what is done then, until `stop` is set.

        Nothing that is raised ends it.

        When the database is away, claims run out, and nothing is lost.
        """
        done_on: dict[str, date] = {}
        minutely, screening = Minutely(), Minutely(screening_jobs.EVERY_SECONDS)
        talks = Minutely()  # apart from tagging: one that goes wrong keeps no other from its turn
        while not stop.is_set():
            daily_done = [self._daily_done(work, done_on) for work in self._daily]  # one that fails keeps no other
            fine = self._goes_well(lambda: self.run_due(stop)) and all(daily_done)
            if minutely.is_due():
                fine = self._goes_well(self.tag_waiting) and fine
            if talks.is_due():
                fine = self._goes_well(self.look_after_talks) and fine
            if screening.is_due():
                fine = self._goes_well(self.screen_and_tell) and fine
            stop.wait(POLL_SECONDS if fine else TROUBLE_SECONDS)

    def _daily_done(self, work: DailyWork, done_on: dict[str, date]) -> bool:
        """Return whether a partnership's daily work was done on its today; do it when it was not."""
        today = work.now().date()
        if done_on.get(work.place.key) != today and self._goes_well(work.do_all):
            done_on[work.place.key] = today
        return done_on.get(work.place.key) == today

    def _goes_well(self, work: Callable[[], object]) -> bool:
        """Do something and return whether nothing was raised; what was is told by its kind alone."""
        try:
            attempt(work)
        except WorkWentWrong as wrong:
            log.error("jobs_went_wrong", cause=str(wrong))
            return False
        return True
