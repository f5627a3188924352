"""Readers outside the SEND team see snapshots: frozen, of a day, and never replaced by one that a few people made.

The waves here have no end: groups are shown all the while. Before an end none are, see test_until_the_end.py.
"""

from __future__ import annotations

import random
import uuid
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from feedback_app.domain.answers import Answer
from feedback_app.domain.disclosure.ledger import Audience
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.errors import FiguresNotRemade, NothingShownYet
from feedback_app.domain.instrument import Instrument
from feedback_app.services import frozen
from feedback_app.services.comparing import compare_waves
from feedback_app.services.fielding import get_wave
from feedback_app.services.summarising import list_summaries, summarise_wave
from feedback_app.services.wave_summary import WaveSummary
from feedback_app.store.snapshots import find_latest
from feedback_app.store.tables import Response, Snapshot, Wave
from feedback_app.store.waves import WaveFacts
from tests.support.snapshots import DAY, take, taking
from tests.support.summaries import SCOPE, add_answers, make_instrument, some_answers
from tests.support.summaries import add_wave as add_any_wave

POLICY = Policy()
Sheet = dict[str, Answer]
REPORTED_AS = {1: 1, 2: 3}  # answer to TS01 -> the group it is reported as


def add_wave(db: Session, instrument: Instrument | None = None, slug: str = "autumn") -> WaveFacts:
    """Open a wave without an end: its snapshots show groups while answers come in."""
    return add_any_wave(db, instrument, slug, closed_from=None)


def summary(db: Session, audience: Audience = Audience.LEAD, slug: str = "autumn") -> WaveSummary:
    """Return a wave's summary as an audience sees it."""
    found = summarise_wave(db, SCOPE, slug, POLICY, "en_GB", audience=audience)
    db.rollback()
    return found


def shown(found: WaveSummary) -> int | dict[str, int]:
    """Return how many answered, as it is shown."""
    return found.number.as_total()


def planned(plan: int, number: int) -> list[Sheet]:
    """Return answers of so many families with one plan, other than that all alike."""
    return [{"TS01": plan, "TS02": 4, "TS03": 4 if plan == 1 else -1}] * number


def erase(db: Session, wave: WaveFacts, number: int = 1, plan: int | None = None, *, counted: bool = True) -> None:
    """Delete some of a wave's responses, as families do."""
    wanted = [Response.wave_id == wave.id]
    wanted += [Response.snapshot.is_not(None)] if counted else []
    wanted += [] if plan is None else [Response.provision == plan]
    ids = db.scalars(select(Response.id).where(*wanted).limit(number)).all()
    db.execute(delete(Response).where(Response.id.in_(ids)))
    db.execute(update(Wave).where(Wave.id == wave.id).values(erasures=Wave.erasures + len(ids)))
    db.commit()


def test_before_enough_have_answered_there_is_nothing_to_see(app: Flask, db: Session) -> None:
    wave = add_wave(db)
    add_answers(db, wave, some_answers(9))
    assert take(app, db) is None
    with pytest.raises(NothingShownYet):
        summary(db)
    add_answers(db, wave, some_answers(1))
    taken = take(app, db)
    assert taken
    assert (taken.number, taken.responses, taken.taken_on) == (1, 10, DAY)
    assert shown(summary(db)) == 10


def test_a_childrens_survey_needs_as_many_answers_as_its_figures_do(app: Flask, db: Session) -> None:
    wave = add_wave(db, make_instrument(minors=True))
    add_answers(db, wave, some_answers(19))
    assert take(app, db) is None
    add_answers(db, wave, some_answers(1))
    assert take(app, db)


def test_what_was_frozen_is_what_the_live_page_showed_that_day(app: Flask, db: Session) -> None:
    add_answers(db, add_wave(db), some_answers(160))
    live = summary(db, Audience.SEND_TEAM)
    take(app, db)
    seen = summary(db)
    assert seen.taken_on == DAY
    assert live.taken_on is None
    assert seen.release == live.release
    assert seen.as_dict() == live.as_dict() | {"figures_of": "2026-11-21"}


def test_new_answers_are_seen_by_the_send_team_at_once_and_by_others_with_the_next_snapshot(
    app: Flask, db: Session
) -> None:
    wave = add_wave(db)
    add_answers(db, wave, planned(1, 30) + planned(2, 30))
    take(app, db)
    add_answers(db, wave, planned(1, 20) + planned(2, 20))
    assert shown(summary(db)) == 60
    assert shown(summary(db, Audience.SEND_TEAM)) == 100
    assert take(app, db, day=DAY + timedelta(days=1))
    assert shown(summary(db)) == 100
    assert summary(db).taken_on == DAY + timedelta(days=1)


def test_a_group_that_would_change_by_a_few_keeps_its_figures_while_others_get_new_ones(
    app: Flask, db: Session
) -> None:
    wave = add_wave(db)
    add_answers(db, wave, planned(1, 30) + planned(2, 30))
    take(app, db)
    add_answers(db, wave, planned(1, 9) + planned(2, 20))
    taken = take(app, db)
    assert taken
    assert taken.responses == 80
    counted = select(func.count()).where(Response.wave_id == wave.id, Response.snapshot.is_not(None))
    assert db.scalar(counted.where(Response.provision == 1)) == 30
    assert take(app, db) is None
    add_answers(db, wave, planned(1, 1))
    again = take(app, db)
    assert again
    assert again.responses == 90


def test_a_few_new_answers_in_all_wait(app: Flask, db: Session) -> None:
    wave = add_wave(db)
    add_answers(db, wave, planned(1, 30))
    take(app, db)
    add_answers(db, wave, planned(1, 9))
    assert take(app, db) is None


def test_those_who_deleted_their_answers_count_as_a_change(app: Flask, db: Session) -> None:
    wave = add_wave(db)
    add_answers(db, wave, planned(1, 40) + planned(2, 40))
    take(app, db)
    erase(db, wave, 2, plan=REPORTED_AS[2])
    add_answers(db, wave, planned(1, 10))
    assert take(app, db) is None  # two fewer of the second plan alone would tell what they had said
    assert shown(summary(db)) == 80
    add_answers(db, wave, planned(2, 8))
    taken = take(app, db)
    assert taken
    assert taken.responses == 96


def test_deleting_answers_changes_nothing_that_is_shown_until_the_next_snapshot(app: Flask, db: Session) -> None:
    wave = add_wave(db)
    add_answers(db, wave, some_answers(60))
    take(app, db)
    before = summary(db).as_dict()
    erase(db, wave, 7)
    assert summary(db).as_dict() == before
    assert shown(summary(db, Audience.SEND_TEAM)) == 55


def test_the_figures_of_a_snapshot_are_of_the_answers_it_counts_alone(app: Flask, db: Session) -> None:
    wave = add_wave(db)
    add_answers(db, wave, some_answers(120))
    take(app, db)
    first = summary(db)
    add_answers(db, wave, planned(1, 200))
    seen = frozen.get_seen(db, get_wave(db, SCOPE, "autumn"), Audience.LEAD)
    assert seen.upto == 1
    frozen.check_remade(db, wave, seen)
    lead = compare_side(db, Audience.LEAD)
    assert lead == first.number.as_total()
    assert compare_side(db, Audience.SEND_TEAM) == 320


def compare_side(db: Session, audience: Audience) -> object:
    """Return how many answered the wave of this autumn when it is compared with an earlier one."""
    if find := db.scalar(select(Wave.id).where(Wave.slug == "before")):
        assert find
    else:
        earlier = add_wave(db, slug="before")
        db.execute(update(Wave).where(Wave.id == earlier.id).values(opens_on=date(2025, 11, 3)))
        add_answers(db, earlier, some_answers(120, seed=2))
        db.execute(update(Response).where(Response.wave_id == earlier.id).values(snapshot=1))
        facts = {"wave_id": earlier.id, "number": 1, "taken_on": DAY, "responses": 120, "sets": {}, "document": b""}
        db.add(Snapshot(**facts))
        db.commit()
    found = compare_waves(db, SCOPE, "autumn", "before", POLICY, language="en_GB", audience=audience)
    db.rollback()
    return found.after.number.as_total()


def test_waves_are_not_compared_for_others_when_a_counted_answer_is_gone(app: Flask, db: Session) -> None:
    wave = add_wave(db)
    add_answers(db, wave, some_answers(120))
    take(app, db)
    assert compare_side(db, Audience.LEAD) == 120
    erase(db, wave)
    with pytest.raises(FiguresNotRemade) as refused:
        compare_side(db, Audience.LEAD)
    assert refused.value.taken_on == DAY
    assert compare_side(db, Audience.SEND_TEAM) == 120


def test_an_answer_that_no_snapshot_counts_may_go_without_a_trace(app: Flask, db: Session) -> None:
    wave = add_wave(db)
    add_answers(db, wave, some_answers(120))
    take(app, db)
    add_answers(db, wave, planned(1, 3))
    db.execute(delete(Response).where(Response.wave_id == wave.id, Response.snapshot.is_(None)))
    db.commit()
    assert compare_side(db, Audience.LEAD) == 120


def test_the_list_of_waves_tells_others_the_numbers_of_the_snapshots(app: Flask, db: Session) -> None:
    wave = add_wave(db)
    add_answers(db, wave, some_answers(60))
    (line,) = list_summaries(db, SCOPE, POLICY, "en_GB", Audience.LEAD)
    assert line.number is None
    take(app, db)
    add_answers(db, wave, some_answers(60))
    (line,) = list_summaries(db, SCOPE, POLICY, "en_GB", Audience.LEAD)
    assert line.number
    assert (line.number.as_total(), line.taken_on) == (60, DAY)
    (line,) = list_summaries(db, SCOPE, POLICY, "en_GB")
    assert line.number
    assert (line.number.as_total(), line.taken_on) == (120, None)


def test_figures_frozen_by_another_version_are_made_anew_of_the_same_answers(app: Flask, db: Session) -> None:
    wave = add_wave(db)
    add_answers(db, wave, some_answers(60))
    take(app, db)
    before = summary(db).as_dict()
    db.execute(update(Snapshot).values(document=b"from another year"))
    db.commit()
    frozen._summaries.keep(wave.id, None, {})
    add_answers(db, wave, some_answers(30))
    assert summary(db).as_dict() == before
    erase(db, wave)
    with pytest.raises(FiguresNotRemade):
        summary(db)


def test_the_nightly_job_freezes_the_breakdowns_of_a_snapshot(app: Flask, db: Session) -> None:
    add_answers(db, add_wave(db), some_answers(60))
    take(app, db)
    wave = get_wave(db, SCOPE, "autumn")
    latest = find_latest(db, wave.id)
    assert latest
    assert frozen.find_standing(db, latest) is None
    assert taking(app).list_due(db) == ["autumn"]
    db.rollback()
    app.extensions["jobs"].take_snapshots()
    standing = frozen.find_standing(db, latest)
    assert standing
    assert {"TS02", "TS09"} <= set(standing)
    assert standing["TS02"]["provision"].code == "TS02"
    assert taking(app).list_due(db) == []
    assert taking(app).make_breakdowns(db, "autumn") is None


def test_breakdowns_are_not_frozen_when_a_counted_answer_is_gone(app: Flask, db: Session) -> None:
    wave = add_wave(db)
    add_answers(db, wave, some_answers(60))
    take(app, db)
    made = taking(app).make_breakdowns(db, "autumn")
    assert made
    erase(db, wave)
    assert not taking(app).keep_breakdowns(db, made)
    assert taking(app).make_breakdowns(db, "autumn") is None


@pytest.mark.parametrize(
    ("new", "days", "taken"),
    [(40, 1, False), (60, 1, True), (40, 28, True), (40, 31, True)],
)
def test_while_answers_come_in_the_next_waits_until_they_have_doubled_or_for_a_month(
    app: Flask, db: Session, new: int, days: int, taken: bool
) -> None:
    wave = add_wave(db)
    add_answers(db, wave, planned(1, 60))
    take(app, db)
    add_answers(db, wave, planned(1, new))
    later = taking(app, DAY + timedelta(days=days))
    assert (later.take_snapshot(db, "autumn", in_time=True) is not None) is taken


def test_the_nightly_job_takes_snapshots(app: Flask, db: Session) -> None:
    wave = add_wave(db)
    add_answers(db, wave, some_answers(40))
    assert app.extensions["jobs"].take_snapshots() == 1
    assert app.extensions["jobs"].take_snapshots() == 0
    taken = find_latest(db, wave.id)
    assert taken
    assert (taken.number, taken.responses) == (1, 40)


@pytest.mark.parametrize("seed", range(4))
def test_over_any_nights_no_group_that_is_shown_changes_by_a_few(app: Flask, db: Session, seed: int) -> None:
    draw = random.Random(seed)
    wave = add_wave(db)
    before: tuple[set[uuid.UUID], dict[uuid.UUID, int]] | None = None
    taken = 0
    for night in range(14):
        sheets = some_answers(draw.randrange(25), seed=100 * seed + night)
        if sheets:
            add_answers(db, wave, sheets)
        erase(db, wave, draw.choice((0, 0, 1, 3, 8)), counted=draw.random() < 0.5)
        if take(app, db, day=DAY + timedelta(days=night)):
            taken += 1
            rows = select(Response.id, Response.provision).where(
                Response.wave_id == wave.id, Response.snapshot.is_not(None)
            )
            plans = {id_: plan or 0 for id_, plan in db.execute(rows)}
            if before:
                _differ_by_nobody_or_enough(before[0], set(plans), before[1] | plans)
            before = set(plans), plans
        db.rollback()
    assert taken >= 2


def _differ_by_nobody_or_enough(old: set[uuid.UUID], new: set[uuid.UUID], plans: dict[uuid.UUID, int]) -> None:
    """Compare everybody, each group of ten or more, and those left over, person by person."""
    large = [plan for plan in (1, 2, 3) if sum(plans[one] == plan for one in old) >= 10]
    sets = [plans.keys(), *({one for one in plans if plans[one] == plan} for plan in large)]
    sets.append({one for one in plans if plans[one] not in large})
    for people in sets:
        assert len((old ^ new) & people) not in range(1, 10)
