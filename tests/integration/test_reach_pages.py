"""The page about how far talks reach, as those see it who read figures of talks, and what nobody learns from it."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Role
from feedback_app.store.talk_tables import Talk, TalkCount
from tests.support.snapshots import take
from tests.support.summaries import add_answers, add_wave, signed_in, some_answers
from tests.support.talks import add_talk, add_term, add_venue

DATABASES = ("sqlite",)
COUNTS = {
    "families_booked": 40, "places_booked": 60, "families_came": 30, "came:in_person": 45, "walked_in": 1,
    "first_time:yes": 12, "first_time:no": 14, "first_time:unsaid": 4,
    "district:1": 18, "district:2": 1, "district:unsaid": 11,
    "needing:met": 11, "needing:unmet": 6, "need:captions:asked": 13, "need:bsl:asked": 1, "need:step_free:asked": 12,
}  # fmt: skip


def finish(db: Session, slug: str, day: date, finished_on: date, **more: object) -> None:
    """Add a talk of whom everything was counted."""
    talk = add_talk(db, slug, day=day, finished_on=finished_on, district=1, **more)
    db.add_all(TalkCount(talk_id=talk.id, about=about, number=number) for about, number in COUNTS.items())
    db.commit()


@pytest.fixture
def year(db: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """A term that is over with two talks, and one talk in the term that runs."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from feedback_app.web import clock

    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 22, 12, tzinfo=ZoneInfo("Europe/London")))
    summer = add_term(db, "summer", name="Summer", starts_on=date(2026, 4, 1), ends_on=date(2026, 7, 20))
    autumn = add_term(db, "autumn", name="Autumn", starts_on=date(2026, 9, 1), ends_on=date(2026, 12, 20))
    add_venue(db)
    finish(db, "one", date(2026, 5, 5), date(2026, 5, 6), term_id=summer.id)
    finish(db, "two", date(2026, 7, 5), date(2026, 7, 6), term_id=summer.id, topic="school")
    finish(db, "three", date(2026, 11, 5), date(2026, 11, 6), term_id=autumn.id)
    add_talk(db, "tomorrow", day=date(2026, 11, 23), term_id=autumn.id)


def text_of(page: str) -> str:
    """Return what is read on a page."""
    main = re.sub(r"(?s)<svg.*?</svg>", "", page[page.index("<main") : page.index("</main")])
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def test_reach_is_told_against_the_plan_in_quarters_and_in_terms(app: Flask, db: Session, year: None) -> None:
    said = text_of(signed_in(app, db, Role.BOARD_MEMBER).get("/team/talks/reach").text)
    assert "In the last four quarters, 2 talks were held; the plan asks for 4." in said
    assert "From July to September 2026 about 45 people came: 75% of the families that had booked." in said
    assert "Talks were held in 2 of the last 4 quarters. Talks were held in 1 of 1 term that is over." in said
    assert "The plan (action 4.3.3) promises 4 talks a year" in said
    assert "Summer 2 Autumn (so far) 1" in said
    assert "October to December 2026 (so far) 1 20" in said
    assert "Waiting for an assessment 2" in said
    assert "Talks held since October 2025, by topic Topic Talks Waiting for an assessment 2" in said
    assert "Help in school 1" in said


def test_people_are_told_of_whole_quarters_rounded_and_small_parts_together(
    app: Flask, db: Session, year: None
) -> None:
    for row in db.query(TalkCount).filter_by(about="first_time:unsaid"):
        row.number = 10
    db.commit()
    said = text_of(signed_in(app, db, Role.FORUM_ORGANISER).get("/team/talks/reach").text)
    assert "July to September 2026 about 60 about 45 75% of about 40 about 40" in said
    assert "Burnley about 20 67% All others, and those who did not say about 10 33%" in said
    assert "Did not say about 10 not counted" in said, "an empty share would leave the reader guessing"
    assert "“Kept private” means: so few families" in said
    assert "Captions" in said
    assert "BSL interpreter" not in said


def test_one_more_talk_that_is_finished_changes_no_figure_of_people(app: Flask, db: Session, year: None) -> None:
    client = signed_in(app, db, Role.BOARD_MEMBER)

    def people() -> list[str]:
        rows = client.get("/team/talks/reach.csv").text.splitlines()
        return [row for row in rows if row.endswith(",no")]

    before = people()
    assert before
    finish(db, "four", date(2026, 11, 10), date(2026, 11, 11))
    late = add_talk(db, "late", day=date(2026, 8, 30), finished_on=date(2026, 11, 20))
    db.add(TalkCount(talk_id=late.id, about="families_booked", number=1))
    db.commit()
    assert people() == before


def test_a_small_quarter_tells_nothing_but_how_many_talks_there_were(app: Flask, db: Session, year: None) -> None:
    for about in ("families_booked", "places_booked", "families_came", "came:in_person"):
        for talk in db.query(Talk):
            row = db.get(TalkCount, (talk.id, about))
            if row:
                row.number = 7
    db.commit()
    said = text_of(signed_in(app, db, Role.BOARD_MEMBER).get("/team/talks/reach").text)
    assert "July to September 2026 kept private kept private kept private kept private" in said
    assert "about" not in said[said.index("Who came") : said.index("How this was made")]


def test_the_file_has_the_same_figures_and_no_formula(app: Flask, db: Session, year: None) -> None:
    add_term(db, "naughty", name="=HYPERLINK(1)", starts_on=date(2026, 9, 1), ends_on=date(2026, 9, 2))
    db.commit()
    reply = signed_in(app, db, Role.SEND_TEAM).get("/team/talks/reach.csv")
    assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "quarter,July to September 2026,talks,1,,yes" in reply.text
    assert "quarter,July to September 2026,came of those booked,40,75,no" in reply.text
    assert "'=HYPERLINK(1)" in reply.text


def test_what_people_said_after_talks_is_that_of_the_latest_snapshot(
    app: Flask, db: Session, year: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = app.config["PLACES"].only.programme.model_copy(update={"feedback_survey": "test-survey"})
    monkeypatch.setattr("feedback_app.web.running.reach.programme", lambda: ours)
    wave = add_wave(db)
    add_answers(db, wave, some_answers(165))
    board, team = signed_in(app, db, Role.BOARD_MEMBER), signed_in(app, db, Role.SEND_TEAM)
    assert "What people said after talks" not in board.get("/team/talks/reach").text, "there is no snapshot yet"
    assert take(app, db) is not None
    said = text_of(board.get("/team/talks/reach").text)
    shown = said[said.index("What people said after talks") : said.index("How this was made")]
    assert "From the survey after talks that began in " in shown
    assert ", with the answers up to " in shown, "a board sees the figures of one day, and which day that is"
    assert "How satisfied are you?" in shown
    assert "How likely are you to say good things?" in shown
    assert "Is the room nice?" not in shown
    add_answers(db, wave, some_answers(120, seed=2))
    assert text_of(board.get("/team/talks/reach").text) == said
    assert "/team/waves/autumn" not in board.get("/team/talks/reach").text
    assert "/team/waves/autumn" in team.get("/team/talks/reach").text


def test_without_any_talk_the_page_says_so(app: Flask, db: Session) -> None:
    said = text_of(signed_in(app, db, Role.WORKSTREAM_LEAD).get("/team/talks/reach").text)
    assert "In the last four quarters, 0 talks were held" in said
    assert "There is no quarter yet that can be told." in said


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.COMMENT_READER, Role.ADMINISTRATOR])
def test_others_do_not_see_it(app: Flask, db: Session, role: Role) -> None:
    client: FlaskClient = signed_in(app, db, role)
    assert client.get("/team/talks/reach").status_code == 403
    assert client.get("/team/talks/reach.csv").status_code == 403
