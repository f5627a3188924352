"""What people wrote about, counted from comments and passed through the gate: live, frozen, by group, between waves."""

from __future__ import annotations

import json

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback_app.domain.disclosure.ledger import Audience
from feedback_app.services.theme_summary import ThemeSummary
from feedback_app.store.comment_tables import Comment, SafeguardingEntry
from tests.support.commands import CommandLine
from tests.support.snapshots import DAY, take
from tests.support.summaries import SCOPE
from tests.support.themed import add_themed, add_words, freezing, hold, plan, read, reading_as


def live(app: Flask, db: Session, slug: str = "autumn") -> ThemeSummary:
    found = reading_as(app, db).find_summary(slug)
    db.rollback()
    assert found is not None
    return found


def people(found: ThemeSummary, code: str) -> int | str:
    """Return about how many people name a theme, or that it is kept private."""
    table = found.named(code)
    return table.distribution[0].count.as_plain() if table.figures[0].people else "private"


def manners(found: ThemeSummary, code: str) -> list[int | str]:
    return [share.count.as_plain() for share in found.manner(found.named(code)).distribution]


def test_people_are_counted_under_each_theme_they_wrote_about(app: Flask, db: Session) -> None:
    add_themed(db)
    found = live(app, db)
    assert found.people.as_total() == 150
    assert [people(found, code) for code in ("WAIT", "HELP", "LISTEN", "MONEY")] == [60, "private", 30, "private"]
    assert found.named("WAIT").figures[0].value == 40
    assert manners(found, "LISTEN") == [20, 10, "c", "c", "c"]


def test_somebody_who_names_a_theme_in_two_comments_counts_once(app: Flask, db: Session) -> None:
    wave = add_themed(db)
    twice = db.scalars(select(Comment.response_id).where(Comment.wave_id == wave.id)).all()
    db.execute(update(Comment).where(Comment.wave_id == wave.id).values(item="TS99"))
    add_words(db, wave, [one for one in twice if one], [*plan(140, "HELP"), *plan(10)])
    found = live(app, db)
    assert found.people.as_total() == 150
    assert found.progress.base.as_total() == 300  # comments
    assert people(found, "HELP") == 140


def test_held_and_unread_words_count_nowhere(app: Flask, db: Session) -> None:
    wave = add_themed(db, wrote=[*plan(60, "WAIT"), *plan(40), *plan(30, "WAIT", standing="held")])
    assert live(app, db).people.as_total() == 100
    waits = db.scalars(select(Comment.id).where(Comment.wave_id == wave.id, Comment.standing == "open")).all()[:20]
    rows = [SafeguardingEntry(comment_id=one, partnership=SCOPE.partnership, flagged=True, cues=[]) for one in waits]
    db.add_all(rows)
    db.commit()
    assert live(app, db).people.as_total() == 80


def test_what_a_person_decides_holds_against_the_program(app: Flask, db: Session) -> None:
    wave = add_themed(db, wrote=plan(100, "WAIT"))
    for comment in db.scalars(select(Comment.id).where(Comment.wave_id == wave.id)).all()[:60]:
        read(db, comment, "LISTEN", valence="going_well")
    db.commit()
    found = live(app, db)
    assert [people(found, code) for code in ("WAIT", "LISTEN")] == [40, 60]
    assert [share.count.as_plain() for share in found.progress.distribution] == [60, 40]
    checked = found.checked(found.named("LISTEN"))
    assert [share.count.as_plain() for share in checked.distribution] == [60, "c"]


def test_readers_of_snapshots_see_themes_as_they_were_frozen(app: Flask, db: Session) -> None:
    wave = add_themed(db)
    lead = reading_as(app, db, Audience.LEAD)
    take(app, db)
    assert lead.find_summary("autumn") is None  # not frozen yet
    assert freezing(app).freeze(db, "autumn")
    db.commit()
    before = lead.find_summary("autumn")
    assert before is not None
    assert before.made_on == DAY
    for comment in db.scalars(select(Comment.id).where(Comment.wave_id == wave.id)).all()[:50]:
        hold(db, comment)
    after = lead.find_summary("autumn")
    assert after is not None
    assert after.as_dict() == before.as_dict()
    assert live(app, db).people.as_total() == 100
    assert lead.find_breakdown(after, "WAIT", "district") is not None


def test_the_command_prints_a_waves_themes(database_url: str, db: Session) -> None:
    add_themed(db, wrote=[*plan(60, "LISTEN"), *plan(90)])
    run = CommandLine(database_url)
    said = run.must("themes", "summary", "--wave", "autumn", "--priority", "P4")
    assert "about 150 people wrote something" in said
    assert "40% (31 to 50), about 60 people" in said
    told = json.loads(run.must("themes", "summary", "--wave", "autumn", "--json"))
    assert told["wrote"] == 150
    assert run("themes", "summary", "--wave", "autumn", "--priority", "P77").exit_code
