"""A wave with an end: before it readers outside the SEND team see no groups, so that in the end nearly all count."""

from __future__ import annotations

import random
import uuid
from datetime import date, timedelta

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from feedback_app.domain.answers import Answer
from feedback_app.domain.disclosure.ledger import Audience
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.errors import GroupsComeLater
from feedback_app.domain.scope import Role
from feedback_app.services import frozen
from feedback_app.services.breaking_down import WaveBreakdown, break_down
from feedback_app.services.comparing import compare_waves
from feedback_app.services.fielding import get_wave
from feedback_app.services.showing import waves_by_breakdown
from feedback_app.services.summarising import summarise_wave
from feedback_app.store.snapshots import get_sets
from feedback_app.store.tables import Response, Snapshot, Wave
from feedback_app.web import clock
from tests.support.snapshots import DAY, take, taking
from tests.support.summaries import END, SCOPE, add_answers, add_wave, signed_in, some_answers

POLICY = Policy()
OVER = END + timedelta(days=7)  # what was begun may be sent for seven days more
SENTENCE = (
    "Figures by district and other groups come once the survey has closed on 13 December 2026 and the last answers "
    "are in."
)
ROUTES = "So do those of questions that only some people are asked."
WHY = "Until then nobody can be picked out by comparing two days."


def planned(plan: int, number: int) -> list[dict[str, Answer]]:
    """Return answers of so many families with one plan, other than that all alike."""
    return [{"TS01": plan, "TS02": 4, "TS03": 4 if plan == 1 else -1}] * number


def by_plan(app: Flask, db: Session, audience: Audience = Audience.LEAD) -> WaveBreakdown:
    """Return the wave by plan, as an audience sees it."""
    geography = app.config["PLACES"].only.geography
    found = break_down(
        db, SCOPE, "autumn", ("provision",), POLICY, language="en_GB", geography=geography, audience=audience
    )
    db.rollback()
    return found


def base_of(db: Session, item: str) -> object:
    """Return how many answered a question, as leads see it; None where it has no figures for them."""
    found = summarise_wave(db, SCOPE, "autumn", POLICY, "en_GB", audience=Audience.LEAD)
    db.rollback()
    return next((table.base.as_total() for table in found.release if table.code == item), None)


def test_before_the_end_a_snapshot_shows_the_wave_as_a_whole_only(app: Flask, db: Session) -> None:
    wave = add_wave(db)
    add_answers(db, wave, some_answers(60))
    taken = take(app, db)
    assert taken
    assert not taken.grouped
    assert get_sets(db, wave.id, 1) == {"everybody": {"everybody": 60}}
    assert summarise_wave(db, SCOPE, "autumn", POLICY, "en_GB", audience=Audience.LEAD).number.as_total() == 60
    with pytest.raises(GroupsComeLater) as refused:
        by_plan(app, db)
    assert refused.value.closed_from == END
    assert by_plan(app, db, Audience.SEND_TEAM).tables


def test_before_the_end_questions_that_only_some_are_asked_are_not_shown(app: Flask, db: Session) -> None:
    wave = add_wave(db)
    add_answers(db, wave, planned(1, 40) + planned(2, 20))
    take(app, db)
    assert base_of(db, "TS02") == 60
    assert base_of(db, "TS03") is None
    db.execute(update(Snapshot).values(document=b"from another year"))
    db.commit()
    frozen._summaries.keep(wave.id, None, {})
    assert base_of(db, "TS02") == 60
    assert base_of(db, "TS03") is None
    take(app, db, day=OVER)
    assert base_of(db, "TS03") == 40


def test_it_lacks_no_breakdowns_before_the_end_and_gets_groups_after_it(app: Flask, db: Session) -> None:
    wave = add_wave(db)
    add_answers(db, wave, some_answers(60))
    take(app, db)
    assert taking(app).list_due(db) == []
    assert taking(app).make_breakdowns(db, "autumn") is None
    assert take(app, db, day=OVER - timedelta(days=1)) is None
    assert taking(app, OVER - timedelta(days=1)).list_due(db) == []
    after = taking(app, OVER)
    assert after.list_due(db) == ["autumn"]
    taken = after.take_snapshot(db, "autumn", in_time=True)
    assert taken
    assert (taken.responses, taken.number, taken.grouped) == (60, 2, True)
    db.commit()
    assert by_plan(app, db).tables
    made = after.make_breakdowns(db, "autumn")
    assert made
    assert after.keep_breakdowns(db, made)
    db.commit()
    assert frozen.find_standing(db, taken)
    assert after.list_due(db) == []
    assert after.take_snapshot(db, "autumn") is None


def test_once_no_answer_can_come_in_any_more_the_last_ones_are_taken_up(app: Flask, db: Session) -> None:
    wave = add_wave(db)
    add_answers(db, wave, planned(1, 60))
    take(app, db, day=date(2026, 12, 1))
    add_answers(db, wave, planned(1, 10))
    assert not taking(app, OVER - timedelta(days=1)).take_snapshot(db, "autumn", in_time=True)
    taken = taking(app, OVER).take_snapshot(db, "autumn", in_time=True)
    assert taken
    assert taken.responses == 70


@pytest.mark.parametrize(("days", "taken"), [(28, True), (27, False), (1, False), (0, True)])
def test_shortly_before_the_end_none_is_taken_so_that_enough_answers_are_left_for_the_last(
    app: Flask, db: Session, days: int, taken: bool
) -> None:
    wave = add_wave(db)
    add_answers(db, wave, planned(1, 20))
    take(app, db)
    add_answers(db, wave, planned(1, 60))
    found = taking(app, OVER - timedelta(days=days)).take_snapshot(db, "autumn", in_time=True)
    assert (found is not None) is taken


def test_a_few_of_a_group_are_counted_in_the_end_for_no_group_was_shown_before(app: Flask, db: Session) -> None:
    wave = add_wave(db)
    add_answers(db, wave, planned(2, 40) + planned(1, 12))
    take(app, db)
    add_answers(db, wave, planned(2, 20) + planned(1, 3))
    taken = take(app, db, day=OVER)
    assert taken
    assert taken.responses == 75


def test_a_few_who_were_asked_a_question_are_counted_in_the_end(app: Flask, db: Session) -> None:
    wave = add_wave(db)
    add_answers(db, wave, planned(1, 12) + planned(2, 40))
    take(app, db)
    add_answers(db, wave, planned(1, 1) + planned(2, 12))
    taken = take(app, db, day=OVER)
    assert taken
    assert taken.responses == 65


def test_groups_that_were_shown_are_shown_again_when_answers_come_in_after_the_end(app: Flask, db: Session) -> None:
    wave = add_wave(db)
    add_answers(db, wave, planned(1, 40) + planned(2, 40))
    take(app, db, day=OVER)
    db.execute(update(Wave).where(Wave.id == wave.id).values(closed_from=END + timedelta(days=60)))
    add_answers(db, wave, planned(1, 20) + planned(2, 3))
    taken = take(app, db, day=OVER)
    assert taken
    assert taken.grouped
    assert taken.responses == 100  # three more of the second plan would be three people's answers


def test_after_the_end_there_are_no_groups_where_a_few_have_deleted_their_answers(app: Flask, db: Session) -> None:
    wave = add_wave(db)
    add_answers(db, wave, planned(2, 60))
    take(app, db)
    db.execute(delete(Response).where(Response.id == db.scalar(select(Response.id).limit(1))))
    db.commit()
    assert take(app, db, day=OVER) is None
    add_answers(db, wave, planned(2, 10))
    taken = take(app, db, day=OVER)
    assert taken
    assert (taken.responses, taken.grouped) == (69, True)


def test_questions_that_only_some_are_asked_are_not_compared_before_the_end(app: Flask, db: Session) -> None:
    add_answers(db, add_wave(db), some_answers(60))
    take(app, db)
    earlier = add_wave(db, slug="before")
    db.execute(update(Wave).where(Wave.id == earlier.id).values(opens_on=date(2025, 11, 3), closed_from=None))
    add_answers(db, earlier, some_answers(60, seed=2))
    take(app, db, "before")
    for audience, known in ((Audience.LEAD, False), (Audience.SEND_TEAM, True)):
        found = compare_waves(db, SCOPE, "autumn", "before", POLICY, language="en_GB", audience=audience)
        db.rollback()
        compared = {change.code for family in found.families for change in family.changes} | set(found.refused)
        assert "TS02" in compared
        assert ("TS03" in compared) is known


def test_only_waves_whose_groups_are_shown_stand_beside_each_other_by_group(app: Flask, db: Session) -> None:
    add_answers(db, add_wave(db), some_answers(60))
    take(app, db)
    waves, geography = [get_wave(db, SCOPE, "autumn")], app.config["PLACES"].only.geography
    assert waves_by_breakdown(db, waves, geography, Audience.LEAD) == {}
    assert waves_by_breakdown(db, waves, geography, Audience.SEND_TEAM) == {"provision": waves}


@pytest.mark.parametrize("seed", range(4))
def test_until_the_end_nobody_is_told_from_the_change_and_nearly_all_are_counted(
    app: Flask, db: Session, seed: int
) -> None:
    draw = random.Random(seed)
    wave = add_wave(db)
    before: set[uuid.UUID] = set()
    for night in range(12):
        if number := draw.randrange(25):
            add_answers(db, wave, some_answers(number, seed=100 * seed + night))
        taken = take(app, db, day=OVER if night == 11 else DAY + timedelta(days=night))
        counted = Response.wave_id == wave.id, Response.snapshot.is_not(None)
        now = set(db.scalars(select(Response.id).where(*counted)))
        if taken:
            assert before <= now
            assert len(now - before) not in range(1, 10)
        before = now
        db.rollback()
    waiting = select(func.count()).where(Response.wave_id == wave.id, Response.snapshot.is_(None))
    assert (db.scalar(waiting) or 0) < 10


def test_a_lead_reads_when_figures_by_group_come(app: Flask, db: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    add_answers(db, add_wave(db), some_answers(60))
    take(app, db)
    lead = signed_in(app, db, Role.WORKSTREAM_LEAD)
    monkeypatch.setattr(clock, "today", lambda: DAY)
    page = lead.get("/team/waves/autumn").text
    assert f"{SENTENCE} {ROUTES} {WHY}" in _words(page)
    assert "/by/" not in page
    for address in ("by/provision", "by/provision/TS02", "by/provision/tables.csv", "by/wave/TS02?with=provision"):
        answer = lead.get(f"/team/waves/autumn/{address}")
        assert answer.status_code == 404
        assert f"{SENTENCE} {WHY}" in _words(answer.text)
    monkeypatch.setattr(clock, "today", lambda: OVER)
    later = lead.get("/team/waves/autumn/by/provision")
    assert "Figures by district and other groups come with the next figures." in _words(later.text)
    take(app, db, day=OVER)
    assert lead.get("/team/waves/autumn/by/provision").status_code == 200
    assert "/team/waves/autumn/by/provision" in lead.get("/team/waves/autumn").text


def test_the_send_team_sees_groups_before_the_end(app: Flask, db: Session) -> None:
    add_answers(db, add_wave(db), some_answers(60))
    take(app, db)
    team = signed_in(app, db, Role.SEND_TEAM)
    assert team.get("/team/waves/autumn/by/provision").status_code == 200
    assert "/team/waves/autumn/by/provision" in team.get("/team/waves/autumn").text


def _words(page: str) -> str:
    return " ".join(html.document_fromstring(page).text_content().split())
