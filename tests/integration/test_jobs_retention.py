"""What is kept is deleted when its time is over, not a day before; a dry run deletes nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from feedback_app.domain.answers import AnswerSheet
from feedback_app.services import keeping
from feedback_app.store import drafts, responses, throttle
from feedback_app.store.tables import BreakOff, CodeFailures, Draft, Response, ResponseText, Wave
from feedback_app.store.waves import WaveFacts
from tests.support.surveys import field, fixture_survey

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture
def wave(app: Flask) -> WaveFacts:
    """A wave that stays open."""
    return field(app, fixture_survey("skip"), closed_from=None)


def put_draft(db: Session, wave: WaveFacts, key: bytes, touched_days_ago: int, page: str) -> None:
    """Put a draft that was last touched so many days ago, on a page."""
    touched = TODAY - timedelta(days=touched_days_ago)
    key = key.ljust(32, b"-")
    sheet = AnswerSheet(answers={"SK01": 3})
    drafts.add_draft(db, key, wave.id, sheet, language="en_GB", collector=None, began=0, today=touched)
    found = drafts.find_draft(db, _scope(), key)
    assert found
    drafts.save_draft(db, key, found, sheet, page=page, language="en_GB", today=touched)


def _scope() -> Any:
    from feedback_app.domain.scope import Scope

    return Scope("lancashire")


def put_response(db: Session, wave: WaveFacts, words: str) -> None:
    """Put a response with words."""
    values = {
        "partnership": "lancashire",
        "wave_id": wave.id,
        "instrument_version_id": wave.version_id,
        "week": TODAY,
        "language": "en_GB",
        "form": "standard",
        "mode": "online",
        "answers": '{"SK01":3}',
    }
    responses.add_response(db, values, {"SK03": words})


def close(db: Session, wave: WaveFacts, days_ago: int) -> None:
    """Let a wave be closed from so many days ago on."""
    day = TODAY - timedelta(days=days_ago)
    db.execute(update(Wave).where(Wave.id == wave.id).values(closed_from=day, opens_on=day - timedelta(days=30)))


def number(db: Session, table: Any) -> int:
    """Return how many rows a table has."""
    return db.scalar(select(func.count()).select_from(table)) or 0


def counted(db: Session) -> dict[str, int]:
    """Return page -> how many drafts ended there."""
    return {row.page: row.number for row in db.execute(select(BreakOff.page, BreakOff.number))}


def test_a_draft_goes_fifteen_days_after_its_last_touch_and_only_its_page_is_counted(
    db: Session, wave: WaveFacts
) -> None:
    put_draft(db, wave, b"a", 15, "sk02")
    put_draft(db, wave, b"b", 40, "sk02")
    put_draft(db, wave, b"c", 15, "")
    put_draft(db, wave, b"d", 14, "sk01")
    put_draft(db, wave, b"e", 0, "sk01")
    assert keeping.delete_expired(db, NOW).drafts == 3
    assert number(db, Draft) == 2
    assert counted(db) == {"sk02": 2, "": 1}
    assert keeping.delete_expired(db, NOW).drafts == 0
    assert counted(db) == {"sk02": 2, "": 1}


@pytest.mark.parametrize(("closed_days_ago", "left"), [(6, 1), (7, 0)])
def test_a_draft_goes_when_the_seven_days_after_its_wave_are_over(
    db: Session, wave: WaveFacts, closed_days_ago: int, left: int
) -> None:
    put_draft(db, wave, b"a", 1, "sk01")
    close(db, wave, closed_days_ago)
    keeping.delete_expired(db, NOW)
    assert number(db, Draft) == left


@pytest.mark.parametrize(("closed_days_ago", "left"), [(364, 1), (365, 0)])
def test_own_words_go_a_year_after_their_wave_and_answers_stay(
    db: Session, wave: WaveFacts, closed_days_ago: int, left: int
) -> None:
    put_response(db, wave, "Kind")
    close(db, wave, closed_days_ago)
    assert keeping.delete_expired(db, NOW).words == 1 - left
    assert (number(db, ResponseText), number(db, Response)) == (left, 1)


def test_words_of_a_wave_without_an_end_stay(db: Session, wave: WaveFacts) -> None:
    put_response(db, wave, "Kind")
    assert keeping.delete_expired(db, NOW + timedelta(days=2000)).words == 0


def test_counts_of_tries_go_after_a_day(db: Session) -> None:
    throttle.set_level(db, "old", 3, NOW - timedelta(days=1, minutes=1))
    throttle.set_level(db, "new", 3, NOW - timedelta(hours=23))
    assert keeping.delete_expired(db, NOW).tries == 1
    assert list(db.scalars(select(CodeFailures.name))) == ["new"]


def test_a_dry_run_tells_what_would_go_and_deletes_nothing(app: Flask, db: Session, wave: WaveFacts) -> None:
    put_draft(db, wave, b"a", 15, "sk01")
    put_response(db, wave, "Kind")
    close(db, wave, 365)
    throttle.set_level(db, "old", 3, NOW - timedelta(days=2))
    would = keeping.count_expired(db, NOW)
    assert would.as_dict() == {"drafts": 1, "words": 1, "failed_jobs": 0, "tries": 1}
    assert [number(db, table) for table in (Draft, ResponseText, CodeFailures)] == [1, 1, 1]
    assert keeping.delete_expired(db, NOW) == would
    assert [number(db, table) for table in (Draft, ResponseText, CodeFailures)] == [0, 0, 0]


def test_the_runner_sweeps_with_the_clock_of_the_place(app: Flask, db: Session, wave: WaveFacts) -> None:
    put_draft(db, wave, b"a", 15, "sk01")
    db.execute(update(Draft).values(touched_on=datetime.now(UTC).date() - timedelta(days=16)))
    db.commit()
    runner = app.extensions["jobs"]
    assert runner.sweep(dry_run=True).drafts == 1
    assert runner.sweep().drafts == 1
    assert runner.sweep().drafts == 0
