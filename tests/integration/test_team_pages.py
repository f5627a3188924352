"""The page of a wave: each figure opens to how it was made, who answered stands first, and nothing exact is on it."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from typing import Any

import openpyxl
import pytest
from flask import Flask
from lxml import html
from lxml.html import HtmlElement
from sqlalchemy import update
from sqlalchemy.orm import Session

from feedback_app.domain.instrument import Instrument
from feedback_app.domain.population import Fact, Frame, Population
from feedback_app.domain.scope import Role
from feedback_app.store.tables import Wave
from tests.support.places import change_place
from tests.support.summaries import add_answers, add_wave, make_instrument, signed_in, some_answers

DATABASES = ("sqlite",)  # what pages say; the queries under them are tested on both

FRAME = Frame(
    source="A count of everybody",
    date="2025-01",
    place="home",
    covers="Families with a plan, and without",
    surveys=("test_survey",),
    groups={"provision": {"plan": 1, "none": 3}},
    margins={"provision": {"plan": 300, "none": 700}},
)
POPULATION = Population(area="Here", frame=FRAME, facts=(Fact(key="all", what="All", value=1000, source="A count",
                        date="2025", place="here"),))  # fmt: skip
# No sum of these rounds to itself, and none may be shown: 309 + 52 + 37 + 214 = 612 people.
UNEVEN = (
    [{"TS01": 1, "TS02": 5}] * 309
    + [{"TS01": 1, "TS02": 1}] * 52
    + [{"TS01": 2, "TS02": 5}] * 37
    + [{"TS01": 2, "TS02": 1}] * 214
)
LEANING = [
    {"TS01": plan, "TS02": code}
    for plan, people in ((1, (20, 20, 20, 100, 200)), (2, (130, 60, 20, 20, 20)))
    for code, number in enumerate(people, 1)
    for _ in range(number)
]
EXACT = {"612", "309", "214", "346", "266", "251", "361"}


def changed(*changes: tuple[str, dict[str, Any]], **whole: Any) -> Instrument:
    """Return the survey for tests with other fields of some items."""
    data = make_instrument(**whole).model_dump(mode="json", by_alias=True)
    items = {item["id"]: item for section in data["sections"] for item in section["items"]}
    for name, fields in changes:
        items[name] |= fields
    return Instrument.model_validate(data)


def page_of(app: Flask, db: Session) -> HtmlElement:
    return html.document_fromstring(signed_in(app, db, Role.SEND_TEAM).get("/team/waves/autumn").text)


def words(element: HtmlElement, path: str) -> str:
    return " ".join(" ".join(found.text_content().split()) for found in element.xpath(path))


@pytest.fixture
def framed(app: Flask) -> Flask:
    """The application in an area of which somebody knows who lives there."""
    change_place(app, population=POPULATION)
    return app


def test_every_figure_opens_to_how_it_was_made(app: Flask, db: Session) -> None:
    add_answers(db, add_wave(db), some_answers(160))
    figures = page_of(app, db).xpath("//figure[.//table]")
    assert len(figures) >= 9
    for figure in figures:
        if figure.get("id") == "TS11":
            continue
        told = figure.xpath(".//details[@class='how']/dl/dt/text()")
        assert told[0] == "How it is worked out"
        assert told[-1] == "Keeping people private"
        assert len(figure.xpath(".//details[@class='how']/summary")) == 1


def test_what_is_withheld_opens_to_the_rule(app: Flask, db: Session) -> None:
    add_answers(db, add_wave(db), some_answers(7))
    said = words(page_of(app, db), "//figure[@id='TS02']//details[@class='how']")
    assert "We show figures only from 10 answers on." in said


def test_no_exact_number_is_on_the_page_or_in_a_file(framed: Flask, db: Session) -> None:
    add_answers(db, add_wave(db), UNEVEN)
    client = signed_in(framed, db, Role.SEND_TEAM)
    page = html.document_fromstring(client.get("/team/waves/autumn").text).text_content()
    sheet = client.get("/team/waves/autumn/tables.csv").text
    book = openpyxl.load_workbook(io.BytesIO(client.get("/team/waves/autumn/tables.xlsx").data))
    cells = " ".join(str(cell.value) for page in book for row in page.iter_rows() for cell in row)
    for content in (page, sheet, cells):
        assert not EXACT & set(re.findall(r"\d+", content))
    assert "610" in page


def test_who_was_heard_less_stands_before_the_first_question(framed: Flask, db: Session) -> None:
    add_answers(db, add_wave(db), UNEVEN)
    page = page_of(framed, db)
    assert [section.get("id") for section in page.xpath("//main//section")][:2] == ["who", "s-about"]
    assert page.xpath("//nav//a[@href='#who']")
    said = words(page, "//section[@id='who']")
    assert "Heard less than their share: “No plan”, 41 of 100, not 70." in said
    assert "Heard more than their share: “A plan”, 59 of 100, not 30." in said
    assert "Compared with: A count of everybody (January 2025), counted where the child lives." in said
    assert len(page.xpath("//section[@id='who']//svg[@class='chart']")) == 1
    assert "These are the views of the people who chose to answer." in words(page, "//main")


def test_where_nobody_knows_how_many_there_are_the_page_says_so(app: Flask, db: Session) -> None:
    add_answers(db, add_wave(db), UNEVEN)
    page = page_of(app, db)
    said = words(page, "//section[@id='who']")
    assert "Nobody has told us how many families there are by help plan. So we cannot say who is missing there." in said
    assert not page.xpath("//section[@id='who']//svg")
    weights = words(page, "//figure[@id='TS02']//details[@class='how']")
    assert "no numbers of families to weight this survey to" in weights


def test_a_weighted_figure_stands_in_the_method_and_is_spoken_of_when_it_moves_much(framed: Flask, db: Session) -> None:
    add_answers(db, add_wave(db), LEANING)
    page = page_of(framed, db)
    made = words(page, "//figure[@id='TS02']//details[@class='how']")
    found = re.search(r"“Often” or “Always”: (\d+)% with weights \(range \d+ to \d+\), from about 610 answers\.", made)
    assert found is not None, made
    assert int(found[1]) == 36  # 0.3 x 300/360 + 0.7 x 40/250
    assert "Weighted figures are of these alone: Families with a plan, and without." in made
    said = words(page, "//figure[@id='TS02']/div[@class='words']")
    assert f"With weights: {found[1]}%. That is about 20 points away: look at who answered." in said


def test_scores_stand_after_the_questions_with_how_sure_they_are(app: Flask, db: Session) -> None:
    scaled = [(item, {"scale": "SESSION"}) for item in ("TS02", "TS03", "TS10")]
    wave = add_wave(db, changed(*scaled))
    alike = [{"TS01": 1, "TS02": code, "TS03": 6 - code, "TS10": code} for code in (1, 2, 3, 4, 5)] * 20
    mixed = [{"TS01": 1, "TS02": 5, "TS03": 4, "TS10": 3}, {"TS01": 1, "TS02": 2, "TS03": 3, "TS10": 3}] * 25
    add_answers(db, wave, alike + mixed)
    page = page_of(app, db)
    (row,) = page.xpath("//section[@id='scores']//tbody/tr")
    cells = [" ".join(cell.text_content().split()) for cell in row.xpath("th|td")]
    assert cells[0] == "The Let's Talk session"
    assert 45 <= int(cells[1]) <= 55
    assert re.fullmatch(r"\d+ to \d+", cells[2])
    assert "Its questions go together well" in cells[4]
    made = words(page, "//section[@id='scores']//details[@class='how']")
    assert re.search(r"Cronbach’s alpha 0\.\d\d \(range 0\.\d\d to 0\.\d\d\), from 3 questions", made)
    assert [section.get("id") for section in page.xpath("//main//section")][-2:] == ["scores", "files"]


def test_a_score_whose_questions_do_not_go_together_is_not_shown(app: Flask, db: Session) -> None:
    scaled = [(item, {"scale": "SESSION"}) for item in ("TS02", "TS03", "TS10")]
    wave = add_wave(db, changed(*scaled))
    codes = [(first, second, third) for first in range(1, 6) for second in range(1, 6) for third in range(1, 6)]
    add_answers(db, wave, [{"TS01": 1, "TS02": one, "TS03": two, "TS10": three} for one, two, three in codes])
    client = signed_in(app, db, Role.SEND_TEAM)
    (row,) = html.document_fromstring(client.get("/team/waves/autumn").text).xpath("//section[@id='scores']//tbody/tr")
    assert "Not shown: its questions do not go together. Read the questions, not a score" in row.text_content()
    lines = list(csv.DictReader(io.StringIO(client.get("/team/waves/autumn/tables.csv").text.removeprefix("\ufeff"))))
    (score,) = [line for line in lines if line["part"] == "score"]
    assert score["figure"] == ""
    assert "do not go together" in score["withheld"]


def test_scores_and_weighted_figures_are_in_the_files_as_rows(framed: Flask, db: Session) -> None:
    scaled = [(item, {"scale": "SESSION"}) for item in ("TS02", "TS03", "TS10")]
    alike = [{"TS01": code % 2 + 1, "TS02": code, "TS03": 6 - code, "TS10": code} for code in (1, 2, 3, 4, 5)] * 60
    add_answers(db, add_wave(db, changed(*scaled)), alike)
    client = signed_in(framed, db, Role.SEND_TEAM)
    text = client.get("/team/waves/autumn/tables.csv").text.removeprefix("\ufeff")
    lines = list(csv.DictReader(io.StringIO(text)))
    score = [line for line in lines if line["type"] == "scale"]
    assert [line["part"] for line in score] == ["score", "weighted", "missing", "alpha"]
    assert (score[0]["unit"], score[0]["people"]) == ("out of 100", "300")
    assert score[1]["answer"] == "Score, from 0 to 100 (weighted)"
    assert 0.6 <= float(score[3]["figure"]) <= 1
    unasked = [line for line in lines if line["part"] == "weighted" and line["item"] == "TS04"]
    assert {line["withheld"] for line in unasked} == {"Fewer than 10 answers"}
    assert [line["answer"] for line in lines if line["part"] == "weighted" and line["item"] == "TS02"] == [
        "“Often” or “Always” (weighted)",
        "“Never” or “Rarely” (weighted)",
    ]
    assert {line["unit"] for line in lines if line["part"] == "weighted"} <= {"percent", "score", "out of 100"}


def test_a_wave_of_the_young_names_first_who_answered_alone(app: Flask, db: Session) -> None:
    survey = changed(("TS01", {"breakdown": "helped"}), audience="young_person", voice="young", minors=True)
    add_answers(db, add_wave(db, survey), [{"TS01": 1, "TS06": 3}] * 80 + [{"TS01": 2, "TS06": 1}] * 40)
    page = page_of(app, db)
    said = words(page, "//main/div[@class='flow']")
    assert "Who answered: “A plan”: 67% (about 7 in 10); “No plan”: 33% (about 3 in 10)." in said
    assert "Answers of children and young people are never weighted." in words(page, "//section[@id='who']")


def test_those_who_do_not_know_have_a_bar_beside_the_faces(app: Flask, db: Session) -> None:
    add_answers(db, add_wave(db), [{"TS06": 3}] * 60 + [{"TS06": 1}] * 40 + [{"TS06": -8}] * 50)
    figure = page_of(app, db).xpath("//figure[@id='TS06']")[0]
    assert "I do not know (of all who were asked): 33%" in words(figure, ".//desc")
    assert len(figure.xpath(".//*[@class='apart']")) == 1
    assert "To be looked at: many could not answer" in words(figure, ".//p[@class='tag']")


def test_an_earlier_wave_is_one_step_away(app: Flask, db: Session) -> None:
    add_answers(db, add_wave(db), some_answers(160))
    add_answers(db, add_wave(db, slug="before"), some_answers(160, seed=5))
    db.execute(update(Wave).where(Wave.slug == "before").values(opens_on=date(2025, 11, 3)))
    db.commit()
    client = signed_in(app, db, Role.SEND_TEAM)
    pages = [html.document_fromstring(client.get(f"/team/waves/{slug}").text) for slug in ("autumn", "before")]
    links, none = (page.xpath("//main//a[contains(@href, 'compared-with')]") for page in pages)
    assert [(link.get("href"), link.text) for link in links] == [
        ("/team/waves/autumn/compared-with/before", "What changed since November 2025")
    ]
    assert none == []
