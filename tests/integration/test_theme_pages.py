"""Pages of themes: what they say first, whose they are, what they keep back, and the files taken from them."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html as lxml_html
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Role
from feedback_app.store.accounts import User
from feedback_app.store.comment_tables import ClearedQuote, ThemeSuggestion
from feedback_app.store.tables import Wave
from tests.support.snapshots import DAY, take
from tests.support.summaries import SCOPE, signed_in
from tests.support.themed import add_themed, freezing, plan, use_codeframe, usual

DATABASES = ("sqlite",)
HOME = "/team/themes"
PAGE = "/team/themes/waves/autumn"


@pytest.fixture(autouse=True)
def _invented_codeframe(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    use_codeframe(app, monkeypatch)


@pytest.fixture
def team(app: Flask, db: Session) -> FlaskClient:
    """The SEND team, who see figures as they come in, and a wave that people wrote in."""
    add_themed(db)
    return signed_in(app, db, Role.SEND_TEAM)


def words(client: FlaskClient, address: str, path: str = "//main") -> str:
    """Return the words of a part of a page."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.status
    found = lxml_html.document_fromstring(answer.text).xpath(path)
    return " ".join(" ".join(part.text_content().split()) for part in found)


def test_the_first_sentences_stand_alone(team: FlaskClient) -> None:
    said = words(team, PAGE, "//h1/following-sibling::p")
    assert "About 150 people wrote something in their own words." in said
    assert "They wrote most about “Waiting” (about 4 in 10) and “Being listened to” (about 2 in 10)." in said
    assert "What goes well most often: “Being listened to”." in said
    assert "What needs to change most often: “Waiting”." in said
    assert "A person has read about 40 of about 150 comments." in said


def test_small_numbers_are_kept_private(team: FlaskClient) -> None:
    (row,) = (
        row for row in lxml_html.document_fromstring(team.get(f"{PAGE}/priorities/other").text).xpath("//tbody/tr")
        if "Money" in row.text_content()
    )  # fmt: skip
    assert "kept private" in row.text_content().casefold()
    assert "3" not in row.text_content()


def test_a_lead_opens_on_their_own_workstream(app: Flask, db: Session, team: FlaskClient) -> None:
    take(app, db)
    freezing(app).freeze(db, "autumn")
    lead = signed_in(app, db, Role.WORKSTREAM_LEAD)
    db.execute(update(User).where(User.email.like("workstream%")).values(workstreams=["P2"]))
    db.commit()
    assert lead.get(HOME).location == f"{PAGE}/priorities/P2"
    assert team.get(HOME).location == PAGE
    said = words(lead, f"{PAGE}/priorities/P2")
    assert "Being heard" in said
    assert "wrote about this priority" in said
    assert said.index("Of those, ") < said.index("They wrote most about")  # "those" are who wrote about the priority


def test_a_lead_sees_nothing_before_it_is_frozen(app: Flask, db: Session, team: FlaskClient) -> None:
    lead = signed_in(app, db, Role.WORKSTREAM_LEAD)
    assert "no themes to show yet" in words(lead, HOME)
    assert "no themes to show yet" in words(lead, f"{PAGE}/themes/WAIT")
    assert lead.get(f"{PAGE}/themes.csv").status_code == 404


def test_the_nights_work_freezes_themes_with_the_snapshot(app: Flask, db: Session, team: FlaskClient) -> None:
    assert app.extensions["jobs"].take_snapshots() == 1
    lead = signed_in(app, db, Role.WORKSTREAM_LEAD)
    assert lead.get(HOME).location == PAGE
    said = words(lead, PAGE)
    assert "About 150 people wrote something" in said
    assert "Figures of" in said


def test_a_theme_says_what_it_means_and_how_people_speak_of_it(team: FlaskClient) -> None:
    said = words(team, f"{PAGE}/themes/LISTEN")
    assert "Whether anybody listens." in said
    assert "Long waits (“Waiting”), not OTHER" in said
    assert "20% (about 2 in 10) of them wrote about “Being listened to” (range 13 to 29)." in said
    assert "Of those, 67% say that it goes well, and 33% that it needs to change." in said
    assert "A person has checked this theme for about 20 of them." in said


def test_a_theme_is_shown_by_group(app: Flask, db: Session) -> None:
    add_themed(db, wrote=[*plan(140, "WAIT"), *plan(137)])
    team = signed_in(app, db, Role.SEND_TEAM)
    rows = words(team, f"{PAGE}/themes/WAIT?by=district", "//section[@aria-labelledby='h-g']//tbody/tr")
    assert "Burnley" in rows
    assert "Hyndburnfewer than 10Fewer than 10 answers" in rows
    assert team.get(f"{PAGE}/themes/WAIT?by=shoe").status_code == 404


def test_parents_stand_beside_young_people_and_are_never_added_up(app: Flask, db: Session, team: FlaskClient) -> None:
    young = {"name": "young_survey", "slug": "young", "code": "YS", "audience": "young_person",
             "formal_title": "Young people"}  # fmt: skip
    add_themed(db, "young-autumn", plan(50, "WAIT"), **young)
    said = words(team, f"{PAGE}/priorities/P1", "//section[@aria-labelledby='h-beside']")
    assert "never added up" in said
    assert "Waiting 40%range 31 to 50" in said
    assert "Waiting" in words(team, f"{PAGE}/themes/WAIT", "//section[@aria-labelledby='h-b']")


def test_nobody_but_parents_and_young_people_stands_beside_the_other(
    app: Flask, db: Session, team: FlaskClient
) -> None:
    staff = {"name": "staff_survey", "slug": "staff", "code": "SS", "audience": "staff", "formal_title": "Staff"}
    add_themed(db, "staff-autumn", plan(200, "WAIT"), **staff)
    assert "never added up" not in words(team, f"{PAGE}/priorities/P1")
    young = {"name": "young_survey", "slug": "young", "code": "YS", "audience": "young_person",
             "formal_title": "Young people"}  # fmt: skip
    add_themed(db, "young-autumn", plan(50, "WAIT"), **young)
    few = {**young, "name": "few_survey", "slug": "few", "code": "FS", "formal_title": "A few young people"}
    add_themed(db, "few-autumn", plan(20, "WAIT"), **few)
    said = words(team, f"{PAGE}/priorities/P1", "//section[@aria-labelledby='h-beside']")
    assert "Waiting 40%range 31 to 50" in said
    assert "A few young people" not in said
    assert "never added up" not in words(team, "/team/themes/waves/staff-autumn/priorities/P1")


def test_waves_stand_side_by_side_with_a_verdict(app: Flask, db: Session, team: FlaskClient) -> None:
    wave = add_themed(db, "spring", [*plan(15, "WAIT"), *plan(40, read=True), *plan(95)])
    past = {"opens_on": DAY.replace(month=3), "closed_from": DAY.replace(month=4)}
    db.execute(update(Wave).where(Wave.id == wave.id).values(past))
    db.commit()
    said = words(team, f"{PAGE}/themes/WAIT", "//section[@aria-labelledby='h-w']")
    assert "Higher since March 2026: up 30 points" in said
    assert "March 202615010%" in said


def test_cleared_words_are_quoted_and_nothing_stands_beside_them(app: Flask, db: Session, team: FlaskClient) -> None:
    waiting = select(ThemeSuggestion.comment_id).where(ThemeSuggestion.theme == "WAIT").limit(1)
    quote = {"comment_id": db.scalar(waiting), "partnership": SCOPE.partnership, "quoted": "Invented words."}
    db.add(ClearedQuote(**quote, cleared_by="somebody@example.org", cleared_on=DAY))
    db.commit()
    shown = [words(team, f"{PAGE}/themes/{code}", "//blockquote") for code in ("WAIT", "LISTEN", "MONEY")]
    assert shown == ["Invented words.", "", ""]
    assert "somebody@example.org" not in team.get(f"{PAGE}/themes/WAIT").text


def test_themes_are_taken_along_as_files(team: FlaskClient) -> None:
    answer = team.get(f"{PAGE}/themes.csv")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    named = {row["theme"]: row for row in rows if row["part"] == "named" and row["theme"]}
    assert [named["WAIT"][name] for name in ("people", "percent", "low", "high", "base")] == [
        "60", "40", "31", "50", "150",
    ]  # fmt: skip
    assert named["MONEY"]["people"] in ("", "c")
    assert named["MONEY"]["withheld"]
    assert team.get(f"{PAGE}/themes.xlsx").data.startswith(b"PK")


def test_who_reads_young_peoples_figures_alone_sees_no_others(app: Flask, db: Session, team: FlaskClient) -> None:
    worker = signed_in(app, db, Role.POWAR_WORKER)
    assert worker.get(PAGE).status_code == 403
    assert worker.get(f"{PAGE}/themes/WAIT").status_code == 403
    assert signed_in(app, db, Role.COMMENT_READER).get(HOME).status_code == 403


def test_the_record_says_in_plain_words_how_often_the_program_is_right(app: Flask, team: FlaskClient) -> None:
    said = words(team, f"{HOME}/record")
    assert "When the program is sure, it is right 100% of the time." in said
    assert "It has learnt nothing from people yet" in said
    assert "Money too few to say fewer than 10" in " ".join(said.split()) or "Moneytoo few to say" in said
    assert app.test_client().get(f"{HOME}/record").status_code == 302


@pytest.mark.parametrize("rest", ["/priorities/P9", "/themes/NOPE", "/themes/WAIT%00", "/nowhere"])
def test_what_is_not_there_is_not_found(team: FlaskClient, rest: str) -> None:
    assert team.get(PAGE + rest).status_code == 404


def test_a_survey_is_chosen_without_a_script(team: FlaskClient) -> None:
    assert team.get(f"{HOME}?wave=autumn").location == PAGE
    assert team.get(f"{HOME}?wave=nothing").status_code == 404


def test_words_of_few_people_tell_nothing(app: Flask, db: Session) -> None:
    add_themed(db, wrote=[*usual()[:5], *plan(3, "LISTEN")])
    team = signed_in(app, db, Role.SEND_TEAM)
    said = words(team, PAGE)
    assert "Fewer than 10 people wrote something in their own words." in said
    assert "%" not in words(team, PAGE, "//table")
