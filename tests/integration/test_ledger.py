"""The release ledger in the database: in order, once each, safe with two machines, and of the state that is."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from feedback_app.domain.disclosure.ledger import Audience
from feedback_app.services.fielding import get_wave
from feedback_app.services.ledger import State, live_state, record, released
from feedback_app.store import responses
from feedback_app.store.snapshots import lock_wave, mark_counted
from feedback_app.store.tables import ReleasedTable, Response
from tests.support.snapshots import take, taking
from tests.support.summaries import SCOPE, add_answers, add_wave, some_answers

BY = ("provision", "helped")
OTHER = ("provision", "waiting")
FIRST = State(True, 1)


def write(
    db: Session,
    state: State,
    by: tuple[str, ...] = BY,
    *,
    after: int,
    item: str = "TS02",
    who: Audience = Audience.LEAD,
) -> bool:
    """Write into the ledger of the autumn's wave."""
    wave = get_wave(db, SCOPE, "autumn")
    done = record(db, SCOPE, wave, state, audience=who, item=item, by=by, after=after)
    db.commit()
    return done


def read(db: Session, state: State) -> list[tuple[str, tuple[str, ...]]]:
    """Return what was released of the autumn's wave, in order."""
    found = [(entry.item, entry.by) for entry in released(db, get_wave(db, SCOPE, "autumn"), state)]
    db.rollback()
    return found


@pytest.fixture
def engine(app: Flask) -> Engine:
    """The application's engine."""
    from feedback_app.extensions import db as extension

    with app.app_context():
        return extension.engine


def test_what_was_shown_is_read_in_the_order_of_release(db: Session, app: Flask) -> None:
    add_wave(db)
    assert read(db, FIRST) == []
    assert write(db, FIRST, after=0)
    assert write(db, FIRST, item="TS04", after=1, who=Audience.SEND_TEAM)
    assert write(db, FIRST, OTHER, after=2)
    assert read(db, FIRST) == [("TS02", BY), ("TS04", BY), ("TS02", OTHER)]
    entries = released(db, get_wave(db, SCOPE, "autumn"), FIRST)
    assert [entry.audience for entry in entries] == [Audience.LEAD, Audience.SEND_TEAM, Audience.LEAD]


def test_a_table_shown_again_is_written_once(db: Session, app: Flask) -> None:
    add_wave(db)
    for _ in range(3):
        assert write(db, FIRST, after=0)
    assert read(db, FIRST) == [("TS02", BY)]


def test_a_table_settled_before_another_came_in_between_is_not_written(db: Session, app: Flask) -> None:
    add_wave(db)
    assert write(db, FIRST, after=0)
    assert not write(db, FIRST, OTHER, after=0)
    assert write(db, FIRST, OTHER, after=1)


def test_of_answers_as_they_come_in_only_the_newest_state_is_kept(db: Session, app: Flask) -> None:
    wave = add_wave(db)
    add_answers(db, wave, some_answers(20))
    old = live_state(db, wave)
    assert write(db, old, after=0)
    add_answers(db, wave, some_answers(1))
    new = live_state(db, wave)
    assert write(db, new, OTHER, after=0)
    assert read(db, old) == []
    assert not write(db, old, after=0)  # of answers that are others by now
    assert read(db, new) == [("TS02", OTHER)]


def test_each_answer_and_each_erasure_makes_another_state(db: Session, app: Flask) -> None:
    wave = add_wave(db)
    states = [live_state(db, wave).number]
    for _ in range(2):
        add_answers(db, wave, some_answers(1))
        states.append(live_state(db, get_wave(db, SCOPE, "autumn")).number)
    values = {"receipt_hash": b"r" * 32, "partnership": SCOPE.partnership, "wave_id": wave.id}
    values |= {"instrument_version_id": wave.version_id, "week": wave.opens_on, "language": "en_GB"}
    responses.add_response(db, values | {"form": "standard", "mode": "online", "answers": "{}"})
    states.append(live_state(db, get_wave(db, SCOPE, "autumn")).number)
    assert responses.delete_by_receipt(db, SCOPE, b"r" * 32)
    db.commit()
    states.append(live_state(db, get_wave(db, SCOPE, "autumn")).number)
    assert states == sorted(set(states))


def test_the_states_of_snapshots_and_of_answers_as_they_come_in_are_kept_apart(db: Session, app: Flask) -> None:
    wave = add_wave(db)
    assert write(db, State(True, 1), after=0)
    assert write(db, State(False, 1), OTHER, after=0)
    assert write(db, State(True, 2), after=0)
    add_answers(db, wave, some_answers(3))
    assert write(db, live_state(db, wave), after=0)
    assert read(db, State(True, 1)) == [("TS02", BY)]
    assert read(db, State(True, 2)) == [("TS02", BY)]


def test_two_machines_at_once_do_not_both_write_what_each_settled_alone(
    db: Session, app: Flask, engine: Engine
) -> None:
    add_wave(db)
    ways = [("provision", f"way{number}") for number in range(6)]
    together, done = threading.Barrier(len(ways)), []

    def release(by: tuple[str, ...]) -> None:
        with Session(engine) as session:
            wave = get_wave(session, SCOPE, "autumn")
            session.rollback()
            together.wait(20)
            if record(session, SCOPE, wave, FIRST, audience=Audience.LEAD, item="TS02", by=by, after=0):
                done.append(by)
            session.commit()

    threads = [threading.Thread(target=release, args=(by,)) for by in ways]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(done) == 1
    assert read(db, FIRST) == [("TS02", done[0])]


def test_two_machines_at_once_take_one_snapshot(db: Session, app: Flask, engine: Engine) -> None:
    add_answers(db, add_wave(db), some_answers(60))
    together, taken = threading.Barrier(2), []

    def snap() -> None:
        with Session(engine) as session:
            together.wait(20)
            found = taking(app).take_snapshot(session, "autumn")
            session.commit()
            taken.append(found)

    with app.app_context():
        threads = [threading.Thread(target=snap) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    assert sorted(found is None for found in taken) == [False, True]
    assert db.scalar(select(func.count()).select_from(Response).where(Response.snapshot == 1)) == 60


def test_an_erasure_and_a_snapshot_at_once_do_not_wait_for_each_other(db: Session, app: Flask, engine: Engine) -> None:
    wave = add_wave(db)
    values = {"receipt_hash": b"r" * 32, "partnership": SCOPE.partnership, "wave_id": wave.id}
    values |= {"instrument_version_id": wave.version_id, "week": wave.opens_on, "language": "en_GB"}
    responses.add_response(db, values | {"form": "standard", "mode": "online", "answers": "{}"})
    db.commit()
    ids, erased = db.scalars(select(Response.id)).all(), []
    db.rollback()
    started = threading.Event()

    def erase() -> None:
        with Session(engine) as session:
            started.set()
            erased.append(responses.delete_by_receipt(session, SCOPE, b"r" * 32))
            session.commit()

    eraser = threading.Thread(target=erase)
    with Session(engine) as session:
        lock_wave(session, wave.id)
        eraser.start()
        started.wait(20)
        eraser.join(0.5)
        assert mark_counted(session, ids, 1) == 1
        session.commit()
    eraser.join(60)
    assert erased == [True]
    assert db.scalar(select(func.count()).select_from(Response)) == 0


def test_groups_of_a_crossed_table_that_was_shown_may_not_change_by_a_few_either(db: Session, app: Flask) -> None:
    from tests.support.surveys import field, real_survey

    instrument = real_survey("send_parents")
    wave = field(app, instrument, slug="autumn", closed_from=None)
    add_people(db, wave.id, wave.version_id, [(1, 1), (1, 2), (2, 1), (2, 2)], 30)
    assert take(app, db)
    add_people(db, wave.id, wave.version_id, [(1, 1), (2, 2)], 3)
    add_people(db, wave.id, wave.version_id, [(1, 2), (2, 1)], 12)
    assert write(db, FIRST, ("district", "provision"), item="PC01", after=0)
    taken = take(app, db)
    assert taken
    assert taken.responses == 120 + 24  # three more in a group that was shown would be three people's answers


def test_a_crossed_table_of_any_earlier_snapshot_holds_back_also_when_nobody_looked_at_the_last_one(
    db: Session, app: Flask
) -> None:
    from tests.support.surveys import field, real_survey

    wave = field(app, real_survey("send_parents"), slug="autumn", closed_from=None)
    add_people(db, wave.id, wave.version_id, [(1, 1), (1, 2), (2, 1), (2, 2)], 30)
    assert take(app, db)
    assert write(db, FIRST, ("district", "provision"), item="PC01", after=0)
    add_people(db, wave.id, wave.version_id, [(1, 1), (1, 2), (2, 1), (2, 2)], 10)
    assert take(app, db)
    add_people(db, wave.id, wave.version_id, [(1, 1), (2, 2)], 3)
    add_people(db, wave.id, wave.version_id, [(1, 2), (2, 1)], 12)
    taken = take(app, db)
    assert taken
    assert (taken.number, taken.responses) == (3, 160 + 24)  # else the first and the third would tell of three people


def test_nothing_more_is_shown_of_a_snapshot_once_the_next_one_is_there(db: Session, app: Flask) -> None:
    add_answers(db, add_wave(db), some_answers(40))
    assert take(app, db)
    add_answers(db, get_wave(db, SCOPE, "autumn"), some_answers(40))
    assert take(app, db)
    assert not write(db, FIRST, after=0)  # settled before the second was taken, and not known when that was chosen
    assert write(db, State(True, 2), after=0)


def test_crossed_groups_that_nobody_was_shown_hold_nothing_back(db: Session, app: Flask) -> None:
    from tests.support.surveys import field, real_survey

    wave = field(app, real_survey("send_parents"), slug="autumn", closed_from=None)
    add_people(db, wave.id, wave.version_id, [(1, 1), (1, 2), (2, 1), (2, 2)], 30)
    assert take(app, db)
    add_people(db, wave.id, wave.version_id, [(1, 1), (2, 2)], 3)
    add_people(db, wave.id, wave.version_id, [(1, 2), (2, 1)], 8)
    taken = take(app, db)
    assert taken
    assert taken.responses == 120 + 22


def add_people(db: Session, wave_id: object, version_id: object, groups: list[tuple[int, int]], number: int) -> None:
    """Add so many empty responses of each district and plan."""
    for district, provision in groups:
        for _ in range(number):
            values = {"partnership": SCOPE.partnership, "wave_id": wave_id, "instrument_version_id": version_id}
            values |= {"week": date(2026, 11, 9), "language": "en_GB", "form": "standard", "mode": "online"}
            responses.add_response(db, values | {"district": district, "provision": provision, "answers": "{}"})
    db.commit()


def test_no_entry_of_the_ledger_names_a_response() -> None:
    assert set(ReleasedTable.__table__.columns.keys()) == {
        "id", "partnership", "wave_id", "frozen", "state", "position", "audience", "item", "by",
    }  # fmt: skip
