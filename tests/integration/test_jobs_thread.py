"""The work behind the pages goes on whatever is raised, and lets another worker go on when it does end."""

from __future__ import annotations

import fcntl
import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from types import SimpleNamespace

import pytest
import time_machine
from flask import Flask
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from feedback_app.cli import serving
from feedback_app.cli.receiving import PatientWorker
from feedback_app.cli.serving import EmbeddedJobs
from feedback_app.jobs import runner as running
from feedback_app.jobs.daily import DailyWork
from feedback_app.jobs.runner import JobRunner
from feedback_app.services.posting import put_job
from feedback_app.store import outbox
from feedback_app.store.engine import _reading, begun_to_read


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short waits."""
    monkeypatch.setattr(running, "POLL_SECONDS", 0.02)
    monkeypatch.setattr(running, "TROUBLE_SECONDS", 0.02)
    monkeypatch.setattr(serving, "ELECTION_SECONDS", 0.02)


@contextmanager
def running_forever(runner: JobRunner) -> Iterator[threading.Thread]:
    """Yield the thread of a runner that is told to end afterwards."""
    stop = threading.Event()
    thread = threading.Thread(target=runner.run_forever, args=(stop,))
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join(timeout=20)


@pytest.mark.parametrize(
    "trouble", [ArithmeticError("words of somebody"), OperationalError("words of somebody", {}, OSError("away"))]
)
def test_what_is_raised_in_the_sweep_or_the_outbox_ends_nothing(
    app: Flask, db: Session, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], trouble: Exception
) -> None:
    done = threading.Event()
    runner = JobRunner(app, {"note": lambda _place, _payload: done.set()})
    raised = {"sweep": 0, "has_due": 0}
    really = outbox.has_due

    def sweep(_work: DailyWork, **_named: bool) -> None:
        raised["sweep"] += 1
        raise trouble

    def has_due(*given: object) -> bool:
        if raised["has_due"] < 3:
            raised["has_due"] += 1
            raise trouble
        return really(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(DailyWork, "sweep", sweep)
    monkeypatch.setattr(outbox, "has_due", has_due)
    put_job(db, app.config["PLACES"].only.scope, "note", {})
    db.commit()
    with running_forever(runner) as thread:
        assert done.wait(timeout=20)
        assert thread.is_alive()
    assert not thread.is_alive()
    assert raised["sweep"] > 1  # it is tried again until it goes well
    said = "".join(capsys.readouterr())
    assert ("ArithmeticError" if isinstance(trouble, ArithmeticError) else "OSError") in said
    assert "somebody" not in said


def test_what_is_daily_is_done_at_the_start_and_again_when_the_day_is_another(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner = JobRunner(app, {})
    days: list[datetime] = []
    monkeypatch.setattr(DailyWork, "do_all", lambda work: days.append(work.now()))
    with time_machine.travel("2026-11-02 23:59 +0000") as clock, running_forever(runner):
        wait_until(lambda: len(days) == 1)
        time.sleep(0.3)
        assert len(days) == 1
        clock.shift(120)
        wait_until(lambda: len(days) == 2)
    assert [day.day for day in days] == [2, 3]


def test_work_that_ends_lets_go_of_the_lock_and_is_begun_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    begun: list[bool] = []
    jobs = EmbeddedJobs()

    def run_forever(_stop: threading.Event) -> None:
        begun.append(held_by_us(jobs))
        raise ArithmeticError("words of somebody")

    monkeypatch.setattr(app.extensions["jobs"], "run_forever", run_forever)
    jobs.start(app)
    assert app.extensions["jobs"].give_way == jobs.give_way
    wait_until(lambda: len(begun) > 2)
    jobs.leave()
    assert all(begun)
    assert not held_by_us(jobs)
    jobs.lock.close()
    said = "".join(capsys.readouterr())
    assert "ArithmeticError" in said
    assert "somebody" not in said


def test_jobs_give_way_while_requests_wait_but_not_for_ever(
    app: Flask, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "GLANCE_SECONDS", 0.001)
    jobs, done, waits = EmbeddedJobs(), list[float](), [True] * 20
    runner = JobRunner(app, {"note": lambda _place, _payload: done.append(len(waits))})
    runner.give_way = jobs.give_way
    for _ in range(2):
        put_job(db, app.config["PLACES"].only.scope, "note", {})
    db.commit()

    def while_they_last() -> bool:
        return bool(waits) and waits.pop()

    jobs.is_busy = while_they_last
    assert runner.run_due() == 2
    assert done == [0, 0]  # neither before the last request had its thread
    assert jobs.given == 0.0  # and it may give way as long as before
    jobs.is_busy = lambda: True
    monkeypatch.setattr(serving, "MOST_GIVEN_SECONDS", 0.01)
    put_job(db, app.config["PLACES"].only.scope, "note", {})
    db.commit()
    assert runner.run_due() == 1
    assert jobs.given >= 0.01
    jobs.lock.close()


def test_no_job_is_begun_after_the_runner_is_told_to_end(
    app: Flask, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DailyWork, "do_all", lambda _work: None)
    stop = threading.Event()
    runner = JobRunner(app, {"note": lambda _place, _payload: stop.set()})
    for _ in range(2):
        put_job(db, app.config["PLACES"].only.scope, "note", {})
    db.commit()
    runner.run_forever(stop)
    assert stop.is_set()  # by the one job that was done
    assert runner.run_due() == 1  # the other was left to whoever comes next


def test_a_worker_is_busy_while_a_request_has_no_thread() -> None:
    worker, gate = PatientWorker.__new__(PatientWorker), threading.Event()
    worker.cfg = SimpleNamespace(threads=1)
    worker.tpool = worker.get_thread_pool()  # the one whose queue is looked at: gunicorn's own choice
    with worker.tpool:
        worker.tpool.submit(gate.wait, 20)
        wait_until(lambda: not worker.is_busy())  # it has the one thread
        worker.tpool.submit(gate.wait, 20)
        assert worker.is_busy()
        gate.set()
        wait_until(lambda: not worker.is_busy())


def test_a_thread_that_is_torn_down_lets_go_of_the_lock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def run_forever(_stop: threading.Event) -> None:
        raise SystemExit

    monkeypatch.setattr(app.extensions["jobs"], "run_forever", run_forever)
    jobs = EmbeddedJobs()
    fcntl.lockf(jobs.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    assert held_by_us(jobs)
    with pytest.raises(SystemExit):
        jobs._work_alone(app)
    assert not held_by_us(jobs)
    jobs.lock.close()


def held_by_us(jobs: EmbeddedJobs) -> bool:
    """Return whether another process would be refused the lock."""
    other = multiprocessing.get_context("fork").Process(target=_take, args=(jobs.lock.fileno(),))
    other.start()
    other.join(timeout=20)
    return other.exitcode != 0


def _take(lock: int) -> None:
    fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def wait_until(holds: Callable[[], bool], seconds: float = 20.0) -> None:
    """Return once something holds; raise TimeoutError when it does not in time."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"It did not happen within {seconds} s.")
        time.sleep(0.01)


@pytest.mark.parametrize("reads", [True, False])
def test_whoever_calls_the_runner_goes_on_as_before(app: Flask, db: Session, reads: bool) -> None:
    put_job(db, app.config["PLACES"].only.scope, "note", {})
    db.commit()
    with begun_to_read(reads):
        assert JobRunner(app, {"note": lambda _place, _payload: None}).run_due() == 1
        app.extensions["jobs"].sweep()
        assert _reading.get() is reads
    assert _reading.get() is False
