"""The pages of a wave by group: what they tell, what they keep private, and what no address gets out of them."""

from __future__ import annotations

import csv
import io
import re
from datetime import date

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from feedback_app.domain.instrument import Instrument
from feedback_app.domain.place import Place
from feedback_app.domain.scope import Role
from feedback_app.services.fielding import get_wave
from feedback_app.services.snapshots import Taking
from feedback_app.store.tables import ReleasedTable, Response, Wave
from tests.support.grouped import DISTRICTS, add_grouped, grouped_answers, grouped_instrument, rows_of
from tests.support.summaries import SCOPE, add_answers, add_wave, make_instrument, signed_in, some_answers

DATABASES = ("sqlite",)
BY = "/team/waves/autumn/by"


def words(page: str, path: str = "//main") -> str:
    return " ".join(" ".join(found.text_content().split()) for found in html.document_fromstring(page).xpath(path))


@pytest.fixture
def team(app: Flask, db: Session) -> FlaskClient:
    """A member of the SEND team, with a wave of about 270 answers by district and plan."""
    add_grouped(db)
    return signed_in(app, db, Role.SEND_TEAM)


def test_a_question_by_district_says_who_is_clearly_apart_and_compares_no_small_group(team: FlaskClient) -> None:
    page = team.get(f"{BY}/district/TS02").text
    said = words(page)
    assert "How often is your child happy?" in said
    assert "Highest: Lancaster," in said
    assert "Their ranges do not overlap." in said
    assert "Everybody together:" in said
    rows = rows_of(page)
    assert rows["Lancaster"][0] == "60"
    assert rows["Hyndburn"] == ["fewer than 10", "Fewer than 10 answers"]
    document = html.document_fromstring(page)
    (small,) = document.xpath("//tr[contains(th, 'South Ribble')]//*[@class='tag']")
    assert small.text_content() == "small group"


def test_each_district_stands_beneath_the_line_of_its_locality(team: FlaskClient) -> None:
    rows = list(rows_of(team.get(f"{BY}/district/TS02").text))
    assert rows.index("North Lancashire") < rows.index("Lancaster") < rows.index("Wyre")
    assert rows.index("Central and South Lancashire") < rows.index("Preston") < rows.index("East Lancashire")
    assert rows.index("East Lancashire") < rows.index("Burnley")


def test_what_is_hidden_says_so_and_is_never_zero_or_blank(team: FlaskClient) -> None:
    page = team.get(f"{BY}/district/TS04").text
    assert "Some numbers are kept private so that nobody can be picked out." in words(page)
    for item, columns in (("TS04", 5), ("TS08", 6), ("TS09", 4)):
        for name, cells in rows_of(team.get(f"{BY}/district/{item}").text).items():
            assert "0" not in cells, name
            assert len(cells) in {1, 2, columns}, name
            unsaid = [cell for at, cell in enumerate(cells) if not cell and at != 2]  # but for the range
            assert unsaid == [], (name, cells)


def test_all_questions_stand_on_one_page_with_their_main_figure(team: FlaskClient) -> None:
    page = team.get(f"{BY}/provision").text
    document = html.document_fromstring(page)
    shown = document.xpath("//div[contains(@class, 'one')]/@id")
    assert shown == ["TS02", "TS03", "TS04", "TS05", "TS06", "TS07", "TS08", "TS09", "TS10"]
    happy = words(page, "//*[@id='TS02']//ul[@class='bars']")
    assert "EHC plan" in happy
    assert "%" in happy
    chase = words(page, "//*[@id='TS03']//li[2]")
    assert "Not asked" in chase
    assert "Kept private, so that nobody can be picked out" not in chase


def test_neither_needs_nor_the_questions_that_tell_the_groups_are_broken_down(team: FlaskClient) -> None:
    for item in ("TS01", "TS12", "TS13", "TS11", "TS99"):
        assert team.get(f"{BY}/district/{item}").status_code == 404
    for name in ("need", "TS13", "school", "wave"):
        assert team.get(f"{BY}/{name}").status_code == 404


def test_the_wave_page_leads_to_groups_and_only_where_there_are_any(app: Flask, db: Session, team: FlaskClient) -> None:
    document = html.document_fromstring(team.get("/team/waves/autumn").text)
    assert f"{BY}/district" in document.xpath("//main//nav//a/@href")
    assert f"{BY}/locality/TS02" in document.xpath("//figure[@id='TS02']//details//a/@href")
    assert document.xpath("//figure[@id='TS13']//a") == []


def test_two_at_once_are_shown_for_one_question_and_written_into_the_ledger_once(
    db: Session, team: FlaskClient
) -> None:
    first = team.get(f"{BY}/locality/TS02?with=provision").text
    assert rows_of(first)["North Lancashire: EHC plan"][0] not in {"", "0"}
    assert rows_of(team.get(f"{BY}/provision/TS02?with=locality").text) == rows_of(first)
    team.get(f"{BY}/district/TS02?with=provision")
    entries = db.execute(select(ReleasedTable.item, ReleasedTable.by, ReleasedTable.audience, ReleasedTable.position))
    assert sorted(map(tuple, entries)) == [
        ("TS02", "district,provision", "send_team", 1),
        ("TS02", "locality,provision", "send_team", 0),
    ]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("district/TS02?with=provision&with=locality", "by two things at once at the most"),
        ("district/TS02/tables.csv?with=provision&with=locality", "by two things at once at the most"),
        ("wave/TS02?with=provision&with=locality", "by two things at once at the most"),
        ("district?with=provision", "Choose a question first."),
        ("district/tables.xlsx?with=provision", "Choose a question first."),
        ("district/TS02?with=locality", "These two tell the same people apart."),
        ("district/TS02?with=district", "These two tell the same people apart."),
    ],
)
def test_what_is_not_made_together_is_refused_in_plain_words(team: FlaskClient, address: str, said: str) -> None:
    reply = team.get(f"{BY}/{address}")
    assert reply.status_code == 400
    assert said in words(reply.text)


def test_a_second_breakdown_that_is_not_known_is_not_found(team: FlaskClient) -> None:
    assert team.get(f"{BY}/district/TS02?with=need").status_code == 404


def test_a_choice_has_a_chart_for_each_answer_and_several_choices_say_so(team: FlaskClient) -> None:
    page = team.get(f"{BY}/provision/TS09").text
    document = html.document_fromstring(page)
    titles = document.xpath("//main//h3/text()")
    assert titles == ["=A1+1 and talking", "Time", "Money"]
    assert len(document.xpath("//main//ul[@class='bars']")) == 3
    assert document.xpath("//main//svg//text") == []  # words are text of the page, as large as the reader wants


def test_files_hold_what_the_page_holds_and_no_formula(team: FlaskClient) -> None:
    text = team.get(f"{BY}/provision/TS09/tables.csv").text.removeprefix("\ufeff")
    lines = list(csv.DictReader(io.StringIO(text)))
    assert {line["group"] for line in lines} == {"EHC plan", "Waiting or no plan"}
    assert "'=A1+1 and talking" in {line["answer"] for line in lines}
    book = openpyxl.load_workbook(io.BytesIO(team.get(f"{BY}/district/tables.xlsx").data))
    assert book.sheetnames == ["Read me", "Groups"]
    cells = [cell for row in book["Groups"].iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    groups = {row[3].value for row in book["Groups"].iter_rows(min_row=2)}
    assert groups >= set(DISTRICTS.values())
    crossed = team.get(f"{BY}/locality/TS02/tables.csv?with=provision")
    assert crossed.headers["Content-Disposition"].endswith("autumn-ts02-by-locality-provision.csv")
    assert "North Lancashire" in crossed.text


def test_the_same_question_stands_beside_earlier_waves(db: Session, team: FlaskClient) -> None:
    assert team.get(f"{BY}/wave/TS02").status_code == 404  # there is none
    add_grouped(db, "before", seed=8)
    db.execute(update(Wave).where(Wave.slug == "before").values(opens_on=date(2025, 11, 3)))
    db.commit()
    page = team.get(f"{BY}/wave/TS02").text
    assert list(rows_of(page)) == ["November 2025", "November 2026"]
    assert "What changed since November 2025" in words(page)
    assert f"{BY}/wave/TS02" in html.document_fromstring(team.get(f"{BY}/district/TS02").text).xpath("//a/@href")
    crossed = rows_of(team.get(f"{BY}/wave/TS02?with=district").text)
    assert list(crossed)[:2] == ["Burnley: November 2025", "Burnley: November 2026"]
    assert len(crossed["Hyndburn: November 2025"]) == 2
    assert team.get(f"{BY}/wave/TS13").status_code == 404


def test_beside_earlier_waves_stands_whether_the_change_can_be_told_and_the_files(
    db: Session, team: FlaskClient
) -> None:
    add_grouped(db, "before", seed=8)
    db.execute(update(Wave).where(Wave.slug == "before").values(opens_on=date(2025, 11, 3)))
    db.commit()
    page = team.get(f"{BY}/wave/TS02").text
    assert "No clear change since November 2025: anywhere from" in words(page)
    crossed = team.get(f"{BY}/wave/TS02?with=district").text
    assert "Whether the figure of one group has changed is not tested." in words(crossed)
    for shown, more in ((page, ""), (crossed, "?with=district")):
        links = html.document_fromstring(shown).xpath("//main//a/@href")
        assert {f"{BY}/wave/TS02/tables.{kind}{more}" for kind in ("csv", "xlsx")} <= set(links)
    lines = list(csv.DictReader(io.StringIO(team.get(f"{BY}/wave/TS02/tables.csv").text.removeprefix("\ufeff"))))
    assert {line["group"] for line in lines} == {"November 2025", "November 2026"}
    bases = [line["people"] for line in lines if line["part"] == "base"]
    assert bases == [cells[0] for cells in rows_of(page).values()]
    book = openpyxl.load_workbook(io.BytesIO(team.get(f"{BY}/wave/TS02/tables.xlsx?with=district").data))
    rows = [row[3:5] for row in book["Groups"].iter_rows(min_row=2, values_only=True)]
    assert {("Burnley", "November 2025"), ("Burnley", "November 2026")} <= set(rows)


def test_where_no_group_is_shown_the_pages_say_why_and_draw_nothing(app: Flask, db: Session) -> None:
    instrument = grouped_instrument()
    sheets = grouped_answers(shares={1: 12})
    for sheet, happy in zip(sheets, [5] * 4 + [3] * 4 + [1] * 4 + [-3] * 2, strict=True):
        sheet["TS02"] = happy  # four of each, which is all that twelve with three hidden counts can be
    add_answers(db, add_wave(db, instrument), sheets, instrument=instrument)
    team = signed_in(app, db, Role.SEND_TEAM)
    page = team.get(f"{BY}/locality/TS02").text
    assert {cells[-1] for cells in rows_of(page).values()} >= {"Kept private, so that nobody can be picked out"}
    for shown in (words(page), words(team.get(f"{BY}/locality").text, "//*[@id='TS02']")):
        assert "Kept private, so that nobody can be picked out" in shown
        assert "Share of each answer" not in shown
        assert "several answers" not in shown
    assert html.document_fromstring(page).xpath("//main//*[@class='bars']") == []


def folded(page: str) -> dict[str, str]:
    """Return the groups without a bar that a page puts together, each with its reason."""
    lines = html.document_fromstring(page).xpath("//details[@class='folded']//li")
    return {line.xpath("b/text()")[0]: " ".join(line.xpath("b")[0].tail.split()).removeprefix(": ") for line in lines}


def test_many_hidden_groups_are_one_sentence_in_the_chart_and_whole_in_the_table(team: FlaskClient) -> None:
    page = team.get(f"{BY}/district/TS02?with=provision").text
    hidden = folded(page)
    said = words(page, "//details[@class='folded']/summary")
    assert said.startswith(f"{len(hidden)} groups have no bar here (")
    drawn = html.document_fromstring(page).xpath("//ul[@class='bars']/li/span[@class='of']/text()")
    assert sorted([*hidden, *drawn]) == sorted(rows_of(page))


def test_one_refusal_has_one_wording_beside_the_bars_and_in_the_table(team: FlaskClient) -> None:
    team.get(f"{BY}/locality/TS02?with=provision")
    page = team.get(f"{BY}/district/TS02?with=provision").text
    rows = rows_of(page)
    assert [label for label, why in folded(page).items() if why not in (rows[label][-1], "too few for a share")] == []


def test_where_most_groups_are_hidden_the_page_leads_to_what_says_more(app: Flask, db: Session) -> None:
    instrument = grouped_instrument()
    sheets = grouped_answers(shares=dict.fromkeys(DISTRICTS, 12))
    add_answers(db, add_wave(db, instrument), sheets, instrument=instrument)
    team = signed_in(app, db, Role.SEND_TEAM)
    page = team.get(f"{BY}/district/TS02?with=provision").text
    assert "Most of these groups are too small to show." in words(page)
    assert f"{BY}/locality/TS02?with=provision" in html.document_fromstring(page).xpath("//main//p/a/@href")
    assert "Most of these groups" not in words(team.get(f"{BY}/locality/TS02").text)


def test_a_small_group_has_its_range_first_and_its_printed_share_after(team: FlaskClient) -> None:
    page = html.document_fromstring(team.get(f"{BY}/district/TS04").text)
    (said,) = page.xpath("//ul[@class='bars']/li[span='South Ribble']/span[@class='is']")
    assert re.fullmatch(r"between \d+% and \d+%, printed \d+%, small group", said.text_content())
    (row,) = page.xpath("//tr[contains(th, 'South Ribble')]")
    assert [bold.text_content() for bold in row.xpath(".//b")] == [row.xpath("td[3]")[0].text_content()]


def test_a_hidden_number_says_up_to_which_one_it_can_be(team: FlaskClient) -> None:
    page = team.get(f"{BY}/district/TS04").text
    assert "fewer than 8" in words(page, "//table")
    assert "A hidden number of people can be any from 0 to 7." in words(page)
    lines = list(csv.DictReader(io.StringIO(team.get(f"{BY}/district/TS04/tables.csv").text.removeprefix("\ufeff"))))
    assert {line["withheld"] for line in lines if line["people"] == "c"} == {"From 0 to 7 people"}
    book = openpyxl.load_workbook(io.BytesIO(team.get(f"{BY}/district/tables.xlsx").data))
    explained = {row[0]: row[1] for row in book["Read me"].iter_rows(values_only=True)}
    assert explained["c"].startswith("A number from 0 to 7.")


def test_the_files_of_a_wave_say_up_to_which_number_a_hidden_one_can_be(team: FlaskClient) -> None:
    lines = list(csv.DictReader(io.StringIO(team.get("/team/waves/autumn/tables.csv").text.removeprefix("\ufeff"))))
    assert {line["withheld"] for line in lines if line["people"] == "c"} == {"From 0 to 4 people"}
    book = openpyxl.load_workbook(io.BytesIO(team.get("/team/waves/autumn/tables.xlsx").data))
    explained = {row[0]: row[1] for row in book["Read me"].iter_rows(values_only=True)}
    assert explained["c"].startswith("A number from 0 to 4.")


def test_a_score_by_group_is_read_by_its_range_and_drawn_by_its_shares(team: FlaskClient) -> None:
    page = team.get(f"{BY}/provision/TS05").text
    assert "The ranges overlap, so no difference between groups can be told." in words(page)
    heads = html.document_fromstring(page).xpath("//main//h3/text()")
    assert heads == ["9 or 10, likely", "7 or 8, in between", "0 to 6, not likely"]


def test_a_wave_with_few_answers_says_so_and_shows_nothing(app: Flask, db: Session) -> None:
    instrument = grouped_instrument()
    add_answers(db, add_wave(db, instrument), grouped_answers(shares={1: 3, 5: 3}), instrument=instrument)
    page = signed_in(app, db, Role.SEND_TEAM).get(f"{BY}/district/TS02").text
    assert "Fewer than 10 answers" in words(page)
    assert rows_of(page) == {}


def freeze_breakdowns(db: Session, taking: Taking) -> None:
    made = taking.make_breakdowns(db, "autumn")
    assert made is not None
    assert taking.keep_breakdowns(db, made)
    db.commit()


def test_a_lead_sees_the_groups_of_a_day_and_new_answers_only_with_the_next(app: Flask, db: Session) -> None:
    add_grouped(db, closed_from=None)
    lead = signed_in(app, db, Role.WORKSTREAM_LEAD)
    nothing = lead.get(f"{BY}/district/TS02")
    assert nothing.status_code == 404
    assert "There are no figures of this wave yet" in words(nothing.text)
    geography, policy = app.config["PLACES"].only.geography, app.config["PLACES"].only.policy
    taking = Taking(SCOPE, policy, geography, None, date(2026, 11, 16))
    assert taking.take_snapshot(db, "autumn")
    db.commit()
    before = lead.get(f"{BY}/district/TS02").text  # made anew of the same answers, until the job has frozen them
    freeze_breakdowns(db, taking)
    frozen = lead.get(f"{BY}/district/TS02").text
    assert rows_of(frozen) == rows_of(before)
    assert "Figures of 16 Nov 2026" in words(frozen)
    wave = get_wave(db, SCOPE, "autumn")
    add_answers(db, wave, grouped_answers(seed=9, shares={5: 40}), instrument=grouped_instrument())
    assert rows_of(lead.get(f"{BY}/district/TS02").text) == rows_of(frozen)
    crossed = lead.get(f"{BY}/locality/TS02?with=provision")
    assert crossed.status_code == 200
    entries = db.execute(select(ReleasedTable.by, ReleasedTable.audience, ReleasedTable.frozen)).all()
    assert [tuple(entry) for entry in entries] == [("locality,provision", "lead", True)]


def test_figures_that_cannot_be_made_any_more_are_refused_in_plain_words(app: Flask, db: Session) -> None:
    add_grouped(db, closed_from=None)
    lead = signed_in(app, db, Role.WORKSTREAM_LEAD)
    place: Place = app.config["PLACES"].only
    taking = Taking(SCOPE, place.policy, place.geography, None, date(2026, 11, 16))
    assert taking.take_snapshot(db, "autumn")
    freeze_breakdowns(db, taking)
    db.execute(delete(Response).where(Response.id == db.scalar(select(Response.id).limit(1))))
    db.commit()
    assert lead.get(f"{BY}/district/TS02").status_code == 200  # frozen
    refused = lead.get(f"{BY}/locality/TS02?with=provision")
    assert refused.status_code == 409
    assert "Some answers have been deleted since 16 Nov 2026, as people may ask." in words(refused.text)


def test_an_administrator_sees_no_groups(app: Flask, db: Session) -> None:
    add_grouped(db)
    client = signed_in(app, db, Role.ADMINISTRATOR)
    for address in ("district", "district/TS02", "district/tables.csv", "wave/TS02"):
        assert client.get(f"{BY}/{address}").status_code == 403


def test_a_survey_that_tells_of_no_groups_has_no_links_to_any(db: Session, team: FlaskClient) -> None:
    data = make_instrument(name="plain_survey", slug="plain-survey").model_dump(mode="json", by_alias=True)
    data["sections"][0]["items"][0]["breakdown"] = None
    add_answers(db, add_wave(db, Instrument.model_validate(data), slug="plain"), some_answers(60))
    document = html.document_fromstring(team.get("/team/waves/plain").text)
    assert not [address for address in document.xpath("//a/@href") if "/by/" in address]
    assert team.get("/team/waves/plain/by/district").status_code == 404
