"""The team hears that a wave has closed: once, whether its last day went by or somebody closed it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback_app.domain.place import Place
from feedback_app.domain.scope import Role, Scope
from feedback_app.services import accounts, closing, posting
from feedback_app.store.tables import OutboxJob, Wave
from tests.support.surveys import field, fixture_survey

TODAY = datetime.now(UTC).date()


@pytest.fixture(autouse=True)
def team(app: Flask, db: Session) -> None:
    """Two members of the SEND team, and a lead who is not told."""
    for name, role in (("one", Role.SEND_TEAM), ("two", Role.SEND_TEAM), ("lead", Role.WORKSTREAM_LEAD)):
        accounts.add_user(db, app.config["PLACES"].only.scope, f"{name}@example.org", "four words that differ", [role])
    db.commit()


def wave(app: Flask, slug: str, closed_from: Any) -> None:
    """Open a wave that ends on a day."""
    field(app, fixture_survey("skip"), slug=slug, closed_from=closed_from)


def told(db: Session) -> list[tuple[str, str]]:
    """Return (wave, address) of each message in the outbox."""
    db.rollback()
    jobs = db.scalars(select(OutboxJob).where(OutboxJob.kind == posting.WAVE_CLOSED))
    return sorted((job.payload["slug"], job.payload["to"]) for job in jobs)


def close_by_date(db: Session, slug: str, days_ago: int = 0) -> None:
    """Let a wave's last day have gone by."""
    ended = update(Wave).where(Wave.slug == slug).values(closed_from=TODAY - timedelta(days=days_ago))
    db.execute(ended)
    db.commit()


def test_a_wave_that_ends_by_its_date_is_told_once(app: Flask, db: Session) -> None:
    wave(app, "over", TODAY + timedelta(days=30))
    wave(app, "on", TODAY + timedelta(days=30))
    wave(app, "endless", None)
    runner = app.extensions["jobs"]
    assert runner.tell_closed() == 0
    close_by_date(db, "over", days_ago=2)
    assert (runner.tell_closed(), runner.tell_closed()) == (2, 0)
    assert told(db) == [("over", "one@example.org"), ("over", "two@example.org")]


def test_the_daily_work_tells(app: Flask, db: Session) -> None:
    wave(app, "over", TODAY + timedelta(days=30))
    close_by_date(db, "over", days_ago=2)
    app.extensions["jobs"].do_daily()
    app.extensions["jobs"].do_daily()
    assert len(told(db)) == 2


def test_a_wave_that_was_closed_and_told_is_not_told_again(app: Flask, db: Session) -> None:
    wave(app, "over", TODAY + timedelta(days=30))
    close_by_date(db, "over", days_ago=2)
    scope = app.config["PLACES"].only.scope
    (found,) = closing.list_untold(db, scope, TODAY)
    numbers = [closing.tell_closed(db, scope, found, app.config["PLACES"].only.policy, "en_GB") for _ in range(2)]
    db.commit()
    assert numbers == [2, 0]
    assert app.extensions["jobs"].tell_closed() == 0


def test_a_telling_that_is_rolled_back_is_done_later(app: Flask, db: Session) -> None:
    wave(app, "over", TODAY + timedelta(days=30))
    close_by_date(db, "over", days_ago=2)
    place: Place = app.config["PLACES"].only
    (found,) = closing.list_untold(db, place.scope, TODAY)
    assert closing.tell_closed(db, place.scope, found, place.policy, "en_GB") == 2
    db.rollback()
    assert told(db) == []
    db.rollback()
    assert app.extensions["jobs"].tell_closed() == 2


def test_runners_at_the_same_moment_tell_once(app: Flask, db: Session) -> None:
    wave(app, "over", TODAY + timedelta(days=30))
    close_by_date(db, "over", days_ago=2)
    together = threading.Barrier(3)

    def tell() -> None:
        together.wait(timeout=30)
        app.extensions["jobs"].tell_closed()

    threads = [threading.Thread(target=tell) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told(db)) == 2


def test_another_partnerships_wave_is_not_told_here(app: Flask, db: Session) -> None:
    wave(app, "over", TODAY + timedelta(days=30))
    close_by_date(db, "over", days_ago=2)
    assert closing.list_untold(db, Scope("anyshire"), TODAY) == []


def test_of_a_demonstrations_wave_nobody_is_told(app: Flask, db: Session) -> None:
    wave(app, "over", TODAY + timedelta(days=30))
    close_by_date(db, "over", days_ago=2)
    db.execute(update(Wave).values(demonstration=True))
    db.commit()
    assert app.extensions["jobs"].tell_closed() == 0
    assert told(db) == []
