"""The summary of a wave: protected for everybody who signs in, exact for its operator alone."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from feedback_app.app import create_app
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.errors import SurveyUnknown
from feedback_app.domain.scope import Role, Scope
from feedback_app.domain.shelf import FilesRefused
from feedback_app.services import counting
from feedback_app.services.summarising import count_wave_exactly, summarise_wave
from feedback_app.services.wave_summary import WaveSummary
from feedback_app.store.tables import Response, Wave
from tests.support.settings import make_settings
from tests.support.summaries import SCOPE, add_answers, add_wave, make_instrument, signed_in, some_answers
from tests.support.surveys import LANCASHIRE

POLICY = Policy()
OWN_WORDS = "Our neighbour Wilhelmina helped with everything"


def summary(db: Session, slug: str = "autumn") -> WaveSummary:
    found = summarise_wave(db, SCOPE, slug, POLICY, "en_GB")
    db.rollback()
    return found


def numbers_of(page: str, item: str) -> dict[str, list[str]]:
    """Return row heading -> cells of an item's table on the page."""
    rows = html.document_fromstring(page).xpath(f"//figure[@id='{item}']//tbody/tr")
    return {
        row.xpath("string(th)").strip(): [" ".join(cell.text_content().split()) for cell in row.xpath("td")]
        for row in rows
    }


def test_a_wave_is_summarised_item_by_item_in_the_order_asked(db: Session) -> None:
    add_answers(db, add_wave(db), some_answers(160))
    data = summary(db).as_dict()
    assert data["responses"] == 160
    assert [item["code"] for item in data["items"]] == list(make_instrument().items)
    first = data["items"][1]
    assert set(first) >= {"code", "type", "base", "missing", "distribution", "headline"}
    assert set(first["headline"]) == {"name", "value", "low", "high", "base", "people"}
    assert json.loads(json.dumps(data)) == data


def test_a_broken_file_of_scales_stops_the_start_and_not_a_page(tmp_path: Path) -> None:
    surveys = shutil.copytree(LANCASHIRE, tmp_path / "lancashire")
    (surveys / "population.yaml").unlink()  # else that, which leans on it, stops the start
    (surveys / "scales.yaml").write_text("item_scales: [not, a, mapping]", encoding="utf-8")
    with pytest.raises(FilesRefused, match=r"scales\.yaml"):
        create_app(make_settings(f"sqlite:///{tmp_path / 'some.sqlite'}", surveys_dir=tmp_path))


def test_each_kind_of_item_has_its_own_headline(db: Session) -> None:
    add_answers(db, add_wave(db), some_answers(400))
    names = {item["code"]: [figure["name"] for figure in item["figures"]] for item in summary(db).as_dict()["items"]}
    assert names["TS02"] == ["top_two_box", "bottom_two_box"]
    assert names["TS03"] == ["favourable", "unfavourable"]
    assert names["TS04"] == ["csat", "mean_satisfaction", "bottom_two_box"]
    assert names["TS05"] == ["nps", "promoters", "passives", "detractors"]
    assert names["TS06"] == ["top_face", "bottom_face"]
    assert names["TS07"] == ["top_two_box", "bottom_two_box"]
    assert names["TS08"] == ["useful"]
    assert names["TS01"] == names["TS09"] == names["TS11"] == []


def test_the_operator_sees_exact_counts_and_unrounded_figures(db: Session) -> None:
    sheets = [{"TS02": 5}] * 7 + [{"TS02": 1}] * 4 + [{"TS02": -9}] * 2
    add_answers(db, add_wave(db), sheets)
    exact = count_wave_exactly(db, SCOPE, "autumn", "en_GB").as_dict()
    item = next(item for item in exact["items"] if item["code"] == "TS02")
    assert exact["responses"] == 13
    assert item["base"] == 11
    assert item["missing"]["does_not_apply"] == 2
    assert [share["count"] for share in item["distribution"]] == [4, 0, 0, 0, 7]
    assert item["headline"]["value"] == pytest.approx(100 * 7 / 11)


@pytest.mark.parametrize(("minors", "enough"), [(False, 10), (True, 20)])
def test_under_the_minimum_base_nothing_but_that_is_told(db: Session, minors: bool, enough: int) -> None:
    wave = add_wave(db, make_instrument(minors=minors))
    add_answers(db, wave, [{"TS02": code} for code in (1, 5) * 10][: enough - 1])
    data = summary(db).as_dict()
    item = data["items"][1]
    assert data["responses"] == {"fewer_than": enough}
    assert item["base"] == {"fewer_than": enough}
    assert item["withheld"] == "R0"
    assert item["missing"] == {}
    assert item["distribution"] == []
    assert item["headline"] == {"name": "top_two_box", "withheld": "R0"}
    add_answers(db, wave, [{"TS02": 3}])
    assert summary(db).as_dict()["items"][1]["base"] == enough


def test_counts_are_remembered_until_an_answer_comes_or_goes(db: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    wave = add_wave(db)
    add_answers(db, wave, some_answers(30))
    times = []
    plain = counting.make_frame
    monkeypatch.setattr(counting, "make_frame", lambda *given: (times.append(1), plain(*given))[1])
    summary(db)
    summary(db)
    assert len(times) == 1
    add_answers(db, wave, some_answers(1, seed=2))
    summary(db)
    assert len(times) == 2
    # One erased and another sent: as many as before, and yet not the same.
    db.execute(delete(Response).where(Response.id == db.scalars(select(Response.id)).first()))
    db.execute(update(Wave).values(erasures=1))
    add_answers(db, wave, some_answers(1, seed=3))
    summary(db)
    assert len(times) == 3


def test_another_partnership_has_no_such_wave(db: Session) -> None:
    add_wave(db)
    with pytest.raises(SurveyUnknown):
        summarise_wave(db, Scope("elsewhere"), "autumn", POLICY, "en_GB")


def test_who_has_not_signed_in_is_sent_to_the_door(app: Flask, db: Session) -> None:
    add_wave(db)
    visitor = app.test_client()
    for path in ("", "/waves/autumn", "/waves/autumn/tables.csv", "/waves/autumn/tables.xlsx", "/waves/autumn/rows"):
        answer = visitor.get(f"/team{path}")
        assert answer.status_code == 302
        assert "/team/sign-in" in str(answer.location)


def test_the_list_of_waves_says_how_many_answered_and_never_exactly(app: Flask, db: Session) -> None:
    add_answers(db, add_wave(db), some_answers(163))
    add_answers(db, add_wave(db, slug="small"), some_answers(4))
    client = signed_in(app, db, Role.SEND_TEAM)
    page = client.get("/team").text
    assert "About 165 answers" in page
    assert "Fewer than 10 answers" in page
    assert "163" not in page
    assert "2 November 2026 to 13 December 2026" in page


def test_a_demonstration_wave_says_so(app: Flask, db: Session) -> None:
    add_wave(db)
    db.execute(update(Wave).values(demonstration=True))
    db.commit()
    client = signed_in(app, db, Role.SEND_TEAM)
    assert "Demonstration" in client.get("/team").text
    assert "Demonstration" in client.get("/team/waves/autumn").text


def test_a_wave_that_is_not_there_is_a_page_not_found(app: Flask, db: Session) -> None:
    client = signed_in(app, db, Role.SEND_TEAM)
    assert client.get("/team/waves/nothing").status_code == 404


def test_the_page_shows_the_figures_of_the_summary(app: Flask, db: Session) -> None:
    add_answers(db, add_wave(db), some_answers(160))
    page = signed_in(app, db, Role.SEND_TEAM).get("/team/waves/autumn").text
    for table in summary(db).release:
        shown = numbers_of(page, table.code)
        for share in table.distribution if table.type != "text" else ():
            label = make_instrument().items[table.code].label_of(share.code)  # type: ignore[union-attr]
            people = "fewer than 5" if share.count.value is None else str(share.count.value)
            if table.code == "TS10":
                people = people.replace("fewer than 5", "fewer than 10")
            assert shown[label][0] == people
            assert shown[label][1] == ("" if share.percent is None else f"{share.percent}%")
    headline = summary(db).release[1].headline
    assert headline is not None
    said = rf"{headline.value}%[^.]* answered “Often” or “Always” \(range {headline.low} to {headline.high}\)\."
    assert re.search(said, page)


def test_a_score_is_never_written_as_a_share(app: Flask, db: Session) -> None:
    add_answers(db, add_wave(db), some_answers(160))
    page = signed_in(app, db, Role.SEND_TEAM).get("/team/waves/autumn").text
    figure = html.document_fromstring(page).xpath("//figure[@id='TS05']")[0]
    said = " ".join(figure.xpath("string(div[@class='words'])").split())
    assert re.search(r"\d+% answered 9 or 10, \d+% 7 or 8, \d+% 0 to 6\. Score −?\d+ \(range −?\d+ to −?\d+\)\.", said)


def test_what_is_withheld_says_why_and_has_no_chart(app: Flask, db: Session) -> None:
    add_answers(db, add_wave(db), some_answers(7))
    page = signed_in(app, db, Role.SEND_TEAM).get("/team/waves/autumn").text
    document = html.document_fromstring(page)
    assert "Fewer than 10 answers" in document.xpath("string(//figure[@id='TS02'])")
    assert not document.xpath("//svg[contains(@class, 'chart')]")
    assert not document.xpath("//figure//td")


def test_a_small_group_is_marked_and_ranks_nothing(app: Flask, db: Session) -> None:
    add_answers(db, add_wave(db), [{"TS01": 1, "TS02": 4}] * 12 + [{"TS01": 2, "TS02": 1}] * 8)
    page = signed_in(app, db, Role.SEND_TEAM).get("/team/waves/autumn").text
    assert "Small group: do not compare it" in page
    assert "given most often" not in page


def test_the_caveat_stands_once_on_the_page(app: Flask, db: Session) -> None:
    add_answers(db, add_wave(db), some_answers(60))
    page = signed_in(app, db, Role.SEND_TEAM).get("/team/waves/autumn").text
    assert page.count("These are the views of the people who chose to answer.") == 1


def test_nobodys_own_words_are_on_the_page(app: Flask, db: Session) -> None:
    sheets = [{"TS11": 1, "TS02": 3}] * 25
    add_answers(db, add_wave(db), sheets, dict.fromkeys(range(25), OWN_WORDS))
    page = signed_in(app, db, Role.SEND_TEAM).get("/team/waves/autumn").text
    assert "Wilhelmina" not in page
    assert "From about 25 answers" in page


def test_a_wave_that_opens_later_says_so(app: Flask, db: Session) -> None:
    add_wave(db)
    db.execute(update(Wave).values(opens_on=date(2099, 1, 1), closed_from=None))
    db.commit()
    page = signed_in(app, db, Role.SEND_TEAM).get("/team").text
    assert "Opens later" in page
    assert "From 1 January 2099" in page
