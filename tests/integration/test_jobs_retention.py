"""What is kept is deleted when its time is over, not a day before; a dry run deletes nothing."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from feedback_app.domain.answers import AnswerSheet
from feedback_app.domain.scope import Scope
from feedback_app.domain.wave import Keeping
from feedback_app.services.commenting import NewComment, admit
from feedback_app.services.keeping import Sweeping, Swept
from feedback_app.store import drafts, responses, throttle
from feedback_app.store.comment_tables import Comment
from feedback_app.store.tables import BreakOff, CodeFailures, Draft, Response, Wave
from feedback_app.store.waves import WaveFacts
from tests.support.places import change_place
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


def _scope() -> Scope:
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
    response = responses.add_response(db, values)
    said = NewComment(words, "en_GB", young=False, response_id=response, wave_id=wave.id, item="SK03")
    admit(db, _scope(), None, [said], today=TODAY)


def close(db: Session, wave: WaveFacts, days_ago: int) -> None:
    """Let a wave be closed from so many days ago on."""
    day = TODAY - timedelta(days=days_ago)
    db.execute(update(Wave).where(Wave.id == wave.id).values(closed_from=day, opens_on=day - timedelta(days=30)))


def sweeping(scope: str = "lancashire", later: int = 0, **keeping: int) -> Sweeping:
    """Return how a partnership sweeps so many days from now."""
    return Sweeping(Scope(scope, Keeping(**keeping)), NOW + timedelta(days=later))


def swept(db: Session, how: Sweeping | None = None) -> Swept:
    """Sweep in one transaction and return what went."""
    how = how or sweeping()
    drafts_gone = sum(how.delete_draft(db, key) for key in how.list_drafts(db))
    return Swept(drafts_gone, how.delete_words(db), how.delete_failed_jobs(db), how.delete_tries(db))


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
    assert swept(db).drafts == 3
    assert number(db, Draft) == 2
    assert counted(db) == {"sk02": 2, "": 1}
    assert swept(db).drafts == 0
    assert counted(db) == {"sk02": 2, "": 1}


@pytest.mark.parametrize(("closed_days_ago", "left"), [(6, 1), (7, 0)])
def test_a_draft_goes_when_the_seven_days_after_its_wave_are_over(
    db: Session, wave: WaveFacts, closed_days_ago: int, left: int
) -> None:
    put_draft(db, wave, b"a", 1, "sk01")
    close(db, wave, closed_days_ago)
    swept(db)
    assert number(db, Draft) == left


@pytest.mark.parametrize(("closed_days_ago", "left"), [(364, 1), (365, 0)])
def test_own_words_go_a_year_after_their_wave_and_answers_stay(
    db: Session, wave: WaveFacts, closed_days_ago: int, left: int
) -> None:
    put_response(db, wave, "Kind")
    close(db, wave, closed_days_ago)
    assert swept(db).words == 1 - left
    assert (number(db, Comment), number(db, Response)) == (left, 1)


def test_words_of_a_wave_without_an_end_go_a_year_after_their_week(db: Session, wave: WaveFacts) -> None:
    put_response(db, wave, "Kind")  # in the week that begins on TODAY
    assert sweeping(later=371).count(db).words == swept(db, sweeping(later=371)).words == 0
    assert sweeping(later=372).count(db).words == swept(db, sweeping(later=372)).words == 1
    assert (number(db, Comment), number(db, Response)) == (0, 1)


def test_words_of_a_wave_whose_end_is_set_stay_until_it_is_over(db: Session, wave: WaveFacts) -> None:
    put_response(db, wave, "Kind")
    close(db, wave, -1000)
    assert swept(db, sweeping(later=900)).words == 0


def test_things_are_kept_as_long_as_the_partnership_says(db: Session, wave: WaveFacts) -> None:
    put_draft(db, wave, b"a", 3, "sk01")
    put_draft(db, wave, b"b", 4, "sk01")
    put_response(db, wave, "Kind")
    close(db, wave, 9)
    assert sweeping(draft_days=3, grace_days=11, words_days=10).count(db) == Swept(drafts=1)
    assert swept(db, sweeping(draft_days=3, grace_days=11, words_days=9)) == Swept(drafts=1, words=1)
    assert swept(db, sweeping(draft_days=30, grace_days=9)).drafts == 1


def test_a_partnership_sweeps_its_own_things_alone(db: Session, wave: WaveFacts) -> None:
    put_draft(db, wave, b"a", 15, "sk01")
    put_response(db, wave, "Kind")
    close(db, wave, 365)
    assert sweeping("anyshire").count(db) == swept(db, sweeping("anyshire")) == Swept()
    assert sweeping("anyshire").delete_draft(db, b"a".ljust(32, b"-")) == 0
    assert swept(db) == Swept(drafts=1, words=1)


def test_counts_of_tries_go_after_a_day(db: Session) -> None:
    throttle.set_level(db, "old", 3, NOW - timedelta(days=1, minutes=1))
    throttle.set_level(db, "new", 3, NOW - timedelta(hours=23))
    assert swept(db).tries == 1
    assert list(db.scalars(select(CodeFailures.name))) == ["new"]


def test_a_dry_run_tells_what_would_go_and_deletes_nothing(app: Flask, db: Session, wave: WaveFacts) -> None:
    put_draft(db, wave, b"a", 15, "sk01")
    put_response(db, wave, "Kind")
    close(db, wave, 365)
    throttle.set_level(db, "old", 3, NOW - timedelta(days=2))
    would = sweeping().count(db)
    assert would == Swept(drafts=1, words=1, tries=1)
    assert [number(db, table) for table in (Draft, Comment, CodeFailures)] == [1, 1, 1]
    assert swept(db) == would
    assert [number(db, table) for table in (Draft, Comment, CodeFailures)] == [0, 0, 0]


def test_a_draft_that_was_taken_up_again_meanwhile_stays(db: Session, wave: WaveFacts) -> None:
    put_draft(db, wave, b"a", 15, "sk01")
    (key,) = sweeping().list_drafts(db)
    db.execute(update(Draft).values(touched_on=TODAY))
    assert sweeping().delete_draft(db, key) == 0
    assert (number(db, Draft), counted(db)) == (1, {})


def test_a_draft_that_cannot_be_read_goes_too(db: Session, wave: WaveFacts) -> None:
    put_draft(db, wave, b"a", 15, "sk01")
    put_draft(db, wave, b"b", 15, "sk01")
    db.execute(update(Draft).where(Draft.key_hash == b"a".ljust(32, b"-")).values(sheet="{"))
    assert swept(db).drafts == 2
    assert counted(db) == {"": 1, "sk01": 1}


def test_sweeps_at_the_same_moment_count_each_draft_once(app: Flask, db: Session, wave: WaveFacts) -> None:
    for at in range(60):
        put_draft(db, wave, str(at).encode(), 15, "sk01")
    db.execute(update(Draft).values(touched_on=datetime.now(UTC).date() - timedelta(days=16)))
    db.commit()
    together = threading.Barrier(3)
    gone: list[int] = []

    def sweep() -> None:
        together.wait(timeout=30)
        gone.append(app.extensions["jobs"].sweep().drafts)

    sweepers = [threading.Thread(target=sweep) for _ in range(3)]
    for sweeper in sweepers:
        sweeper.start()
    for sweeper in sweepers:
        sweeper.join()
    assert sum(gone) == 60
    assert (number(db, Draft), counted(db)) == (0, {"sk01": 60})


def test_one_draft_that_cannot_be_deleted_keeps_no_other(
    app: Flask, db: Session, wave: WaveFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in (b"a", b"b", b"c"):
        put_draft(db, wave, key, 15, "sk01")
    put_response(db, wave, "Kind")
    day = datetime.now(UTC).date()
    db.execute(update(Draft).values(touched_on=day - timedelta(days=16)))
    db.execute(update(Wave).values(closed_from=day - timedelta(days=400), opens_on=day - timedelta(days=500)))
    db.commit()
    really = drafts.delete_expired

    def delete(db: Session, scope: Scope, key_hash: bytes, *days: Any) -> Any:
        if key_hash.startswith(b"b"):
            raise ArithmeticError("never said")
        return really(db, scope, key_hash, *days)

    monkeypatch.setattr(drafts, "delete_expired", delete)
    done = app.extensions["jobs"].sweep()
    assert (done.drafts, done.words, done.went_wrong) == (2, 1, 1)
    assert (number(db, Draft), counted(db)) == (1, {"sk01": 2})


def test_the_runner_keeps_things_as_long_as_the_partnership_says(app: Flask, db: Session, wave: WaveFacts) -> None:
    put_draft(db, wave, b"a", 0, "sk01")
    db.execute(update(Draft).values(touched_on=datetime.now(UTC).date() - timedelta(days=5)))
    db.commit()
    assert app.extensions["jobs"].sweep(dry_run=True).drafts == 0
    change_place(app, scope=replace(app.config["PLACES"].only.scope, keeping=Keeping(draft_days=2)))
    assert app.extensions["jobs"].sweep().drafts == 1


def test_the_runner_sweeps_with_the_clock_of_the_place(app: Flask, db: Session, wave: WaveFacts) -> None:
    put_draft(db, wave, b"a", 15, "sk01")
    db.execute(update(Draft).values(touched_on=datetime.now(UTC).date() - timedelta(days=16)))
    db.commit()
    runner = app.extensions["jobs"]
    assert runner.sweep(dry_run=True).drafts == 1
    assert runner.sweep().drafts == 1
    assert runner.sweep().drafts == 0
