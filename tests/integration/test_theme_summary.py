"""What people wrote about, counted from comments and passed through the gate: live, frozen, by group, between waves."""

from __future__ import annotations

import json
from datetime import date, timedelta

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback_app.domain.disclosure.ledger import Audience
from feedback_app.services.theme_summary import ThemeSummary
from feedback_app.store.comment_tables import Comment, SafeguardingEntry, ThemeSnapshot
from feedback_app.store.tables import Response, Wave
from tests.support.commands import CommandLine
from tests.support.snapshots import DAY, take
from tests.support.summaries import SCOPE
from tests.support.themed import Wrote, add_themed, add_words, freezing, hold, plan, read, reading_as, usual


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


def test_few_who_wrote_are_not_told_apart(app: Flask, db: Session) -> None:
    add_themed(db, wrote=plan(9, "WAIT"))
    found = live(app, db)
    assert found.people.as_total() == {"fewer_than": 10}
    assert not found.named("WAIT").distribution
    assert found.named("WAIT").figures[0].value is None


def test_a_theme_is_broken_down_where_its_groups_are_large_enough(app: Flask, db: Session) -> None:
    add_themed(db, wrote=[*plan(140, "WAIT"), *plan(137)])
    known = reading_as(app, db)
    found = known.find_summary("autumn")
    assert found is not None
    table = known.find_breakdown(found, "WAIT", "district")
    assert table is not None
    shown = {group.group[0]: group for group in table.groups}
    burnley, hyndburn = shown[1].base, shown[4].base  # 70 people, all of whom wrote, and 8
    assert burnley
    assert burnley.value == 70
    assert hyndburn
    assert hyndburn.value is None
    assert not shown[4].counts


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


def test_frozen_themes_are_renewed_after_four_weeks_and_never_for_a_few(app: Flask, db: Session) -> None:
    wave = add_themed(db)
    take(app, db)
    assert freezing(app).freeze(db, "autumn")
    db.commit()
    comments = db.scalars(select(Comment.id).where(Comment.wave_id == wave.id)).all()
    untagged = [one for one in comments if not live_themes(app, db, one)]
    for comment in untagged[:20]:
        read(db, comment, "HELP")
    for comment in untagged[20:24]:
        read(db, comment, "LISTEN")
    db.commit()
    assert not freezing(app, DAY + timedelta(days=27)).freeze(db, "autumn")
    assert freezing(app, DAY + timedelta(days=28)).freeze(db, "autumn")
    db.commit()
    found = reading_as(app, db, Audience.LEAD).find_summary("autumn")
    assert found is not None
    assert people(found, "HELP") == 20
    assert people(found, "LISTEN") == 30  # four people more would be told: it stays
    assert people(live(app, db), "LISTEN") == 35
    assert db.query(ThemeSnapshot).count() == 1


def live_themes(app: Flask, db: Session, comment: object) -> bool:
    """Return whether the program suggests anything for a comment."""
    from feedback_app.store.comment_tables import ThemeSuggestion

    return db.scalar(select(ThemeSuggestion.theme).where(ThemeSuggestion.comment_id == comment).limit(1)) is not None


def add_earlier(db: Session, wrote: list[Wrote]) -> None:
    """Hold the same survey in spring."""
    wave = add_themed(db, "spring", wrote)
    past = {"opens_on": date(2026, 3, 2), "closed_from": date(2026, 4, 1)}
    db.execute(update(Wave).where(Wave.id == wave.id).values(past))
    db.commit()


def test_waves_are_compared_with_the_verdicts_of_the_gate(app: Flask, db: Session) -> None:
    add_earlier(db, [*plan(30, "WAIT"), *plan(20, "LISTEN"), *plan(150)])
    add_themed(db, "autumn", [*plan(90, "WAIT"), *plan(20, "LISTEN"), *plan(90)])
    known = reading_as(app, db)
    after = known.find_summary("autumn")
    assert after is not None
    (before,) = known.list_earlier(after)
    changes = known.compare(before, after)
    assert not isinstance(changes, str)
    assert (str(changes["WAIT"].verdict), changes["WAIT"].value) == ("higher", 30)
    assert str(changes["LISTEN"].verdict) == "no_clear_change"
    assert changes["MONEY"].refused  # hidden in both


def test_waves_of_which_people_have_read_unlike_parts_are_not_compared(app: Flask, db: Session) -> None:
    add_earlier(db, plan(200, "WAIT", read=True))
    add_themed(db, "autumn", plan(200, "WAIT"))
    known = reading_as(app, db)
    after = known.find_summary("autumn")
    assert after is not None
    assert known.compare(known.list_earlier(after)[0], after) == "read_unevenly"


def test_nothing_is_frozen_once_somebody_has_deleted_an_answer(app: Flask, db: Session) -> None:
    wave = add_themed(db, wrote=[*usual(), Wrote()])
    take(app, db)
    made = freezing(app).make(db, "autumn")
    assert made is not None
    wrote = select(Comment.response_id).where(Comment.wave_id == wave.id)
    silent = select(Response).where(Response.wave_id == wave.id, ~Response.id.in_(wrote))
    db.delete(db.scalars(silent).first())
    db.flush()
    assert not freezing(app).keep(db, made)
    db.rollback()


def test_the_command_prints_a_waves_themes(database_url: str, db: Session) -> None:
    add_themed(db, wrote=[*plan(60, "LISTEN"), *plan(90)])
    run = CommandLine(database_url)
    said = run.must("themes", "summary", "--wave", "autumn", "--priority", "P4")
    assert "about 150 people wrote something" in said
    assert "40% (33 to 48), about 60 people" in said
    told = json.loads(run.must("themes", "summary", "--wave", "autumn", "--json"))
    assert told["wrote"] == 150
    assert run("themes", "summary", "--wave", "autumn", "--priority", "P77").exit_code
