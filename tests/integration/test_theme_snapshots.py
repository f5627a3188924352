"""Themes between snapshots, between waves and in groups: what is frozen, renewed, compared and kept back."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback_app.domain.disclosure.ledger import Audience
from feedback_app.services.theme_summary import ThemeSummary
from feedback_app.store.comment_tables import Comment, ThemeSnapshot
from feedback_app.store.tables import Response, Wave
from tests.support.grouped import grouped_answers, grouped_instrument
from tests.support.snapshots import DAY, take
from tests.support.summaries import add_answers
from tests.support.themed import Wrote, add_themed, freezing, plan, read, reading_as, usual

DATABASES = ("sqlite",)


def live(app: Flask, db: Session, slug: str = "autumn") -> ThemeSummary:
    found = reading_as(app, db).find_summary(slug)
    db.rollback()
    assert found is not None
    return found


def people(found: ThemeSummary, code: str) -> int | str:
    """Return about how many people name a theme, or that it is kept private."""
    table = found.named(code)
    return table.distribution[0].count.as_plain() if table.figures[0].people else "private"


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


def test_until_a_new_snapshot_has_themes_those_of_the_one_before_are_shown(app: Flask, db: Session) -> None:
    wave = add_themed(db)
    take(app, db)
    assert freezing(app).freeze(db, "autumn")
    db.commit()
    add_answers(db, wave, grouped_answers(4), instrument=grouped_instrument())
    assert take(app, db, day=DAY + timedelta(days=1))
    lead = reading_as(app, db, Audience.LEAD)
    found = lead.find_summary("autumn")
    assert found is not None
    assert found.made_on == DAY
    assert freezing(app, DAY + timedelta(days=1)).freeze(db, "autumn")
    renewed = lead.find_summary("autumn")
    assert renewed is not None
    assert renewed.made_on == DAY + timedelta(days=1)


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
