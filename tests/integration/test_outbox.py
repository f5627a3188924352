"""The outbox: a job is there if and only if its transaction is; one runner does it; it survives a crash."""

from __future__ import annotations

import ssl
import threading
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_app.domain.place import Place
from feedback_app.domain.scope import Scope
from feedback_app.domain.sending import NeverSendable, NoMailServer
from feedback_app.jobs.runner import CLAIM, LONGEST_WAIT, MOST_ATTEMPTS, JobRunner, wait_after
from feedback_app.services.posting import put_email, put_job
from feedback_app.store import outbox
from feedback_app.store.tables import OutboxJob

SCOPE = Scope("lancashire")
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class Noting:
    """A handler that notes what it was given, and raises what it is told to."""

    def __init__(self, *raises: Exception) -> None:
        self.given: list[Mapping[str, Any]] = []
        self.raises = list(raises)

    def __call__(self, _place: Place, payload: Mapping[str, Any]) -> None:
        self.given.append(payload)
        if self.raises:
            raise self.raises.pop(0)


class PowerCut(BaseException):
    """What a handler raises that no runner lives to see."""


def jobs_in(db: Session) -> list[OutboxJob]:
    """Return what is in the outbox now."""
    db.rollback()
    return list(db.scalars(select(OutboxJob)))


def test_a_job_put_in_a_transaction_that_fails_never_was(app: Flask, db: Session) -> None:
    put_job(db, SCOPE, "note", {"number": 1})
    db.rollback()
    noting = Noting()
    assert JobRunner(app, {"note": noting}).run_due() == 0
    assert noting.given == []


def test_a_job_is_done_once_and_leaves_nothing(app: Flask, db: Session) -> None:
    put_job(db, SCOPE, "note", {"number": 1})
    db.commit()
    noting = Noting()
    runner = JobRunner(app, {"note": noting})
    assert (runner.run_due(), runner.run_due()) == (1, 0)
    assert noting.given == [{"number": 1}]
    assert jobs_in(db) == []


def test_a_job_that_waits_carries_no_time_of_asking(db: Session) -> None:
    put_job(db, SCOPE, "note", {"number": 1})
    db.commit()
    (job,) = jobs_in(db)
    assert (job.not_before, job.attempts, job.payload) == (None, 0, {"number": 1})
    assert set(OutboxJob.__table__.columns.keys()) == {
        "id",
        "partnership",
        "kind",
        "payload",
        "attempts",
        "not_before",
        "failed",
    }


def test_a_job_whose_runner_was_killed_is_done_when_its_claim_has_run_out(app: Flask, db: Session) -> None:
    put_job(db, SCOPE, "note", {"number": 1})
    db.commit()
    noting = Noting()
    runner = JobRunner(app, {"note": noting})
    with time_machine.travel(NOW, tick=False) as clock:
        noting.raises = [PowerCut()]  # type: ignore[list-item]  # nothing catches it, as nothing catches kill -9
        with pytest.raises(PowerCut):
            runner.run_due()
        clock.shift(CLAIM - timedelta(seconds=1))
        assert runner.run_due() == 0
        clock.shift(timedelta(seconds=2))
        assert runner.run_due() == 1
    assert len(noting.given) == 2
    assert jobs_in(db) == []


def test_a_job_that_goes_wrong_waits_longer_each_time_and_is_set_aside_in_the_end(app: Flask, db: Session) -> None:
    put_job(db, SCOPE, "note", {})
    db.commit()
    noting = Noting(*[OSError("away")] * MOST_ATTEMPTS)
    runner = JobRunner(app, {"note": noting})
    waits = []
    with time_machine.travel(NOW, tick=False) as clock:
        while not (job := jobs_in(db)[0]).failed:
            db.commit()  # looking takes a turn to write here, and the runner waits for one
            assert runner.run_due() == 0
            waits.append(wait_after(len(waits) + 1))
            clock.shift(waits[-1])
        db.commit()
        assert runner.run_due() == 0
        assert outbox.count_jobs(db, SCOPE) == {"waiting": 0, "failed": 1}
    assert job.attempts == len(noting.given) == MOST_ATTEMPTS
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (timedelta(seconds=30), LONGEST_WAIT)
    assert sum(waits, timedelta()) > timedelta(days=2)


def test_a_job_that_can_never_be_done_is_set_aside_at_once(app: Flask, db: Session) -> None:
    put_job(db, SCOPE, "note", {})
    db.commit()
    noting = Noting(NeverSendable("no address"))
    runner = JobRunner(app, {"note": noting})
    assert (runner.run_due(), runner.run_due()) == (0, 0)
    assert [job.failed for job in jobs_in(db)] == [True]
    assert len(noting.given) == 1


@pytest.mark.parametrize("trouble", [ssl.SSLCertVerificationError("expired"), UnicodeError("label too long")])
def test_what_may_be_mended_is_tried_again_though_it_is_a_value_error(
    app: Flask, db: Session, trouble: Exception
) -> None:
    put_job(db, SCOPE, "note", {})
    db.commit()
    noting = Noting(trouble)
    runner = JobRunner(app, {"note": noting})
    with time_machine.travel(NOW, tick=False) as clock:
        assert runner.run_due() == 0
        assert [job.failed for job in jobs_in(db)] == [False]
        db.rollback()
        clock.shift(wait_after(1))
        assert runner.run_due() == 1


def test_jobs_wait_as_long_as_it_takes_until_a_mail_server_is_named(app: Flask, db: Session) -> None:
    put_job(db, SCOPE, "note", {})
    db.commit()
    noting = Noting(*[NoMailServer()] * (MOST_ATTEMPTS + 5))
    runner = JobRunner(app, {"note": noting})
    with time_machine.travel(NOW, tick=False) as clock:
        for _ in range(MOST_ATTEMPTS + 5):
            assert runner.run_due() == 0
            clock.shift(LONGEST_WAIT)
        assert outbox.count_jobs(db, SCOPE) == {"waiting": 1, "failed": 0}
        db.rollback()
        assert runner.run_due() == 1


def test_a_runner_leaves_the_jobs_of_another_partnership_alone(app: Flask, db: Session) -> None:
    elsewhere = Scope("anyshire")
    put_job(db, elsewhere, "note", {"number": 1})
    put_job(db, SCOPE, "note", {"number": 2})
    db.commit()
    noting = Noting()
    assert JobRunner(app, {"note": noting}).run_due() == 1
    assert noting.given == [{"number": 2}]
    assert outbox.count_jobs(db, elsewhere) == {"waiting": 1, "failed": 0}
    assert outbox.count_jobs(db, SCOPE) == {"waiting": 0, "failed": 0}
    (job,) = jobs_in(db)
    outbox.put_off_job(db, job.id, NOW, failed=True)
    assert outbox.delete_failed(db, SCOPE, NOW + timedelta(days=1)) == 0
    assert outbox.delete_failed(db, elsewhere, NOW + timedelta(days=1)) == 1


def test_one_job_that_goes_wrong_does_not_hold_up_the_others(app: Flask, db: Session) -> None:
    for kind in ("bad", "good", "unknown", "good"):
        put_job(db, SCOPE, kind, {})
    db.commit()
    good = Noting()
    assert JobRunner(app, {"bad": Noting(KeyError("x")), "good": good}).run_due() == 2
    assert len(good.given) == 2
    assert sorted(job.kind for job in jobs_in(db)) == ["bad", "unknown"]


def test_what_a_job_held_is_in_no_log(app: Flask, db: Session, capsys: pytest.CaptureFixture[str]) -> None:
    put_job(db, SCOPE, "note", {"to": "somebody@example.org"})
    db.commit()
    JobRunner(app, {"note": Noting(OSError("somebody@example.org refused"))}).run_due()
    said = "".join(capsys.readouterr())
    assert "job_went_wrong" in said
    assert "somebody" not in said


def test_several_runners_at_once_do_each_job_once(app: Flask, db: Session) -> None:
    for number in range(40):
        put_job(db, SCOPE, "note", {"number": number})
    db.commit()
    noting = Noting()
    runners = [threading.Thread(target=JobRunner(app, {"note": noting}).run_due) for _ in range(4)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    assert sorted(given["number"] for given in noting.given) == list(range(40))
    assert jobs_in(db) == []


def test_a_running_runner_does_what_comes_and_ends_when_told(app: Flask, db: Session) -> None:
    done = threading.Event()
    runner = JobRunner(app, {"note": lambda _place, _payload: done.set()})
    stop = threading.Event()
    thread = threading.Thread(target=runner.run_forever, args=(stop,))
    thread.start()
    put_job(db, SCOPE, "note", {})
    db.commit()
    assert done.wait(timeout=20)
    stop.set()
    thread.join(timeout=20)
    assert not thread.is_alive()
    assert jobs_in(db) == []


def test_failed_jobs_are_deleted_after_a_month(db: Session) -> None:
    put_email(db, SCOPE, "somebody@example.org", "Hello", "Text")
    put_job(db, SCOPE, "note", {})
    job = next(job for job in db.scalars(select(OutboxJob)) if job.kind == "email")
    outbox.put_off_job(db, job.id, NOW, failed=True)
    assert outbox.delete_failed(db, SCOPE, NOW) == 0
    assert outbox.delete_failed(db, SCOPE, NOW + timedelta(seconds=1)) == 1
    assert outbox.count_jobs(db, SCOPE) == {"waiting": 1, "failed": 0}


def test_finishing_a_job_that_is_gone_does_no_harm(db: Session) -> None:
    outbox.finish_job(db, uuid.uuid4())
    outbox.put_off_job(db, uuid.uuid4(), NOW, failed=False)
    assert jobs_in(db) == []
