"""The two ways out: protected tables for everybody, rows for the SEND team alone, asked why and logged."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.instrument import Instrument
from feedback_app.domain.scope import Role
from feedback_app.reports.files import sheet_names
from feedback_app.services import exporting
from feedback_app.services.summarising import count_wave_exactly, summarise_wave
from feedback_app.store.tables import Wave
from feedback_app.web.account.steps import FRESH
from tests.support.application import running_application
from tests.support.audited import list_entries
from tests.support.client import CheckedClient
from tests.support.snapshots import take
from tests.support.summaries import SCOPE, add_answers, add_wave, make_instrument, signed_in, some_answers

REASON = "Comparing answers with last year’s for the data team"
OWN_WORDS = "Our neighbour Wilhelmina helped with everything"


def read_csv(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def take_rows(client: FlaskClient, **fields: str) -> TestResponse:
    """Fill in the form of a wave's rows and send it."""
    page = client.get("/team/waves/autumn/rows").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    return client.post("/team/waves/autumn/rows", data={"csrf_token": token.group(1), **fields})


def unpacked(answer: TestResponse) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Return rows and codebook of a ZIP that holds nothing else."""
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert sorted(archive.namelist()) == ["codebook.csv", "rows.csv"]
        return read_csv(archive.read("rows.csv")), read_csv(archive.read("codebook.csv"))


def entries(db: Session) -> list[tuple[str, str, str]]:
    found = [(entry.action, entry.actor, entry.reason) for entry in list_entries(db, SCOPE, "autumn")]
    db.rollback()
    return found


def as_rows(item: dict[str, Any]) -> list[tuple[str, ...]]:
    """Return what a file must say of an item of the JSON: part, people and figure of each line."""
    base = item["base"] if isinstance(item["base"], int) else f"<{item['base']['fewer_than']}"
    lines = [("base", str(base), "")]
    if item["type"] != "text":
        lines += [("answer", str(share["count"]), _number(share["percent"])) for share in item["distribution"]]
    lines += [("missing", str(count), "") for count in item["missing"].values()]
    for figure in item["figures"]:
        shown = _number(figure.get("value"))
        lines.append(("figure", str(figure["base"]) if shown else "", shown))
    return lines


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


@pytest.mark.parametrize("number", [6, 14, 60, 240])
def test_the_files_say_what_the_json_says(app: Flask, db: Session, number: int) -> None:
    add_answers(db, add_wave(db), some_answers(number))
    client = signed_in(app, db, Role.SEND_TEAM)
    lines = read_csv(client.get("/team/waves/autumn/tables.csv").data)
    data = json.loads(json.dumps(summarise_wave(db, SCOPE, "autumn", Policy(), "en_GB").as_dict()))
    db.rollback()
    for item in data["items"]:
        own = [line for line in lines if line["item"] == item["code"]]
        said = [
            (line["part"], line["people"] if line["figure"] or line["part"] != "figure" else "", line["figure"])
            for line in own
        ]
        assert said == as_rows(item)
    book = openpyxl.load_workbook(io.BytesIO(client.get("/team/waves/autumn/tables.xlsx").data))
    cells = [["" if cell is None else str(cell) for cell in row] for row in book["Tables"].iter_rows(values_only=True)]
    assert cells == [list(lines[0]), *(list(line.values()) for line in lines)]


def test_no_cell_of_a_file_is_a_formula(app: Flask, db: Session) -> None:
    add_answers(db, add_wave(db), some_answers(120))
    client = signed_in(app, db, Role.SEND_TEAM)
    lines = read_csv(client.get("/team/waves/autumn/tables.csv").data)
    assert "'=A1+1 and talking" in {line["answer"] for line in lines}
    book = openpyxl.load_workbook(io.BytesIO(client.get("/team/waves/autumn/tables.xlsx").data))
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    _rows, codebook = unpacked(take_rows(client, reason=REASON, in_words="y"))
    assert "'=A1+1 and talking" in {line["option"] for line in codebook}


def test_the_workbook_explains_its_symbols(app: Flask, db: Session) -> None:
    add_answers(db, add_wave(db), some_answers(30))
    client = signed_in(app, db, Role.SEND_TEAM)
    book = openpyxl.load_workbook(io.BytesIO(client.get("/team/waves/autumn/tables.xlsx").data))
    explained = [row[0] for row in book["Read me"].iter_rows(values_only=True)]
    assert {"c", "<10", "withheld", "small_group"} <= set(explained)


def test_rows_come_by_code_with_a_codebook_that_knows_every_code(app: Flask, db: Session) -> None:
    sheets = some_answers(40)
    add_answers(db, add_wave(db), sheets)
    answer = take_rows(signed_in(app, db, Role.SEND_TEAM), reason=REASON)
    assert answer.mimetype == "application/zip"
    rows, codebook = unpacked(answer)
    assert list(rows[0])[:6] == ["week", "language", "form", "mode", "pace", "provision"]
    assert sorted(row["TS02"] for row in rows) == sorted(str(sheet["TS02"]) for sheet in sheets)
    chosen = [sheet["TS09"] for sheet in sheets]
    assert sum(row["TS09_2"] == "1" for row in rows) == sum(isinstance(one, tuple) and 2 in one for one in chosen)
    assert sum(row["TS09_2"] == "-3" for row in rows) == chosen.count(-3)
    known = {(line["column"], line["code"]) for line in codebook}
    for row in rows:
        for item in list(row)[6:]:
            assert (item, row[item]) in known


def test_rows_in_words_say_the_labels(app: Flask, db: Session) -> None:
    add_answers(db, add_wave(db), [{"TS01": 1, "TS02": 5, "TS06": -8, "TS09": (1, 3)}])
    rows, _codebook = unpacked(take_rows(signed_in(app, db, Role.SEND_TEAM), reason=REASON, in_words="y"))
    row = rows[0]
    assert (row["provision"], row["TS01"], row["TS02"]) == ("A plan", "A plan", "Always")
    assert (row["TS06"], row["TS09_1"], row["TS09_2"]) == ("I do not know", "Chosen", "Not chosen")
    assert row["TS04"] == "Stopped before this question"


def test_rows_hold_no_words_and_nothing_that_names_a_response(app: Flask, db: Session) -> None:
    add_answers(db, add_wave(db), [{"TS11": 1}] * 25, dict.fromkeys(range(25), OWN_WORDS))
    answer = take_rows(signed_in(app, db, Role.SEND_TEAM), reason=REASON, in_words="y")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert "Wilhelmina" not in content
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-|[0-9a-f]{32}", content)
    rows, _codebook = unpacked(answer)
    assert not {"id", "collector", "receipt", "receipt_hash", "context"} & set(rows[0])


def test_taking_rows_out_is_logged_with_who_and_why(app: Flask, db: Session) -> None:
    add_answers(db, add_wave(db), some_answers(12))
    take_rows(signed_in(app, db, Role.SEND_TEAM), reason=f"  {REASON} ")
    assert entries(db) == [("rows exported", "send_team@example.org", REASON)]


@pytest.mark.parametrize("reason", ["", "because", "  a   b   c  "])
def test_without_a_reason_there_are_no_rows(app: Flask, db: Session, reason: str) -> None:
    add_answers(db, add_wave(db), some_answers(12))
    answer = take_rows(signed_in(app, db, Role.SEND_TEAM), reason=reason, in_words="y")
    assert answer.mimetype == "text/html"
    assert "Error:" in answer.text
    assert entries(db) == []


@pytest.mark.parametrize("role", [Role.WORKSTREAM_LEAD, Role.ADMINISTRATOR])
def test_rows_are_refused_to_other_roles_and_that_is_logged(app: Flask, db: Session, role: Role) -> None:
    add_answers(db, add_wave(db), some_answers(40))
    take(app, db)
    client = signed_in(app, db, role)
    assert isinstance(client, CheckedClient)
    client.written_on_get = frozenset({"audit_entry"})
    assert client.get("/team/waves/autumn/rows").status_code == 403
    assert entries(db) == [("refused", f"{role.value}@example.org", "GET /team/waves/<slug>/rows")]
    assert "/rows" not in client.get("/team/waves/autumn").text


def test_a_refused_post_is_logged_and_takes_nothing(app: Flask, db: Session) -> None:
    add_answers(db, add_wave(db), some_answers(40))
    take(app, db)
    client = signed_in(app, db, Role.WORKSTREAM_LEAD)
    page = client.get("/team/waves/autumn").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    answer = client.post("/team/waves/autumn/rows", data={"csrf_token": token.group(1), "reason": REASON})
    assert answer.status_code == 403
    assert [action for action, _actor, _reason in entries(db)] == ["figures seen", "refused"]


def test_rows_are_taken_only_by_whoever_gave_their_password_a_short_while_ago(app: Flask, db: Session) -> None:
    add_answers(db, add_wave(db), some_answers(20))
    client = signed_in(app, db, Role.SEND_TEAM)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/team/waves/autumn/rows").text)
    assert token
    with client.session_transaction() as session:
        session["fs_paa"] -= FRESH + 1
    assert client.get("/team/waves/autumn/rows").location == "/team/confirm?next=/team/waves/autumn/rows"
    sent = client.post("/team/waves/autumn/rows", data={"csrf_token": token.group(1), "reason": REASON})
    assert sent.location == "/team/confirm"
    assert entries(db) == []


def test_an_administrator_sees_which_waves_there_are_and_no_figures(app: Flask, db: Session) -> None:
    add_answers(db, add_wave(db), some_answers(163))
    client = signed_in(app, db, Role.ADMINISTRATOR)
    page = client.get("/team").text
    assert "A survey for tests" in page
    assert "Answers and figures are not for this role." in page
    assert "165" not in page
    assert "/team/waves/autumn" not in page
    for path in ("", "/tables.csv", "/tables.xlsx"):
        refused = client.get(f"/team/waves/autumn{path}")
        assert refused.status_code == 403
        assert "165" not in refused.text


@pytest.mark.parametrize("role", [Role.WORKSTREAM_LEAD, Role.SEND_TEAM])
def test_those_who_read_figures_see_what_their_role_may_do(app: Flask, db: Session, role: Role) -> None:
    add_answers(db, add_wave(db), some_answers(40))
    take(app, db)
    client = signed_in(app, db, role)
    (described,) = [one for one in app.config["PLACES"].only.partnership.staff_roles if one.key == role]
    assert described.may in client.get("/team").text
    assert client.get("/team/waves/autumn").status_code == 200


def test_rows_are_packed_without_a_turn_to_write_and_leave_only_once_that_is_logged(
    app: Flask, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_answers(db, add_wave(db), some_answers(12))
    client = signed_in(app, db, Role.SEND_TEAM)
    elsewhere = []
    plain = exporting.pack_rows

    def packed_while_others_write(*given: Any, **more: Any) -> bytes:
        archive = plain(*given, **more)
        with Session(db.get_bind()) as other:  # on SQLite it would wait for its turn until the request is done
            other.execute(update(Wave).values(erasures=7))
            other.commit()
        elsewhere.append(True)
        return archive

    monkeypatch.setattr(exporting, "pack_rows", packed_while_others_write)
    assert take_rows(client, reason=REASON).mimetype == "application/zip"
    assert elsewhere == [True]
    assert db.scalar(select(Wave.erasures)) == 7
    db.rollback()
    monkeypatch.setattr(exporting, "log_export", lambda *given, **more: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        take_rows(client, reason=REASON)
    assert [action for action, _actor, _reason in entries(db)] == ["rows exported"]


@pytest.mark.parametrize("path", ["en-xa", "ar-xb"])
def test_the_sheets_of_a_workbook_are_named_in_the_language_of_the_page(
    database_url: str, db: Session, path: str
) -> None:
    add_answers(db, add_wave(db), some_answers(30))
    with running_application(database_url, pseudo_languages=True) as app:
        workbook = signed_in(app, db, Role.SEND_TEAM).get(f"/{path}/team/waves/autumn/tables.xlsx").data
    names = openpyxl.load_workbook(io.BytesIO(workbook)).sheetnames
    assert len(names) == 2
    assert not {"Read me", "Tables"} & set(names)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("Read me", "Tables"), ("Read me", "Tables")),
        (("Was? Wie: so/[x]*\\", "'Zitat'"), ("Was Wie so x", "Zitat")),
        (("A" * 40, "a" * 40), ("A" * 31, "a" * 29 + " 2")),
        (("", "///"), ("1", "2")),
    ],
)
def test_names_of_sheets_are_cut_and_told_apart_as_workbooks_want_it(
    given: tuple[str, str], expected: tuple[str, str]
) -> None:
    assert sheet_names(*given) == expected


def test_a_question_to_practise_with_is_in_no_summary_but_in_the_rows(app: Flask, db: Session) -> None:
    data = make_instrument().model_dump(mode="json", by_alias=True)
    data["sections"][0]["items"][1] |= {"practice": True, "content": False}
    add_answers(db, add_wave(db, Instrument.model_validate(data)), some_answers(160))
    summary = summarise_wave(db, SCOPE, "autumn", Policy(), "en_GB")
    assert "TS02" not in {table.code for table in summary.release}
    exact = count_wave_exactly(db, SCOPE, "autumn", "en_GB").as_dict()
    assert "TS02" not in {item["code"] for item in exact["items"]}
    db.rollback()
    client = signed_in(app, db, Role.SEND_TEAM)
    page = client.get("/team/waves/autumn").text
    assert 'id="TS02"' not in page
    assert 'id="TS03"' in page
    assert "TS02" not in {line["item"] for line in read_csv(client.get("/team/waves/autumn/tables.csv").data)}
    rows, codebook = unpacked(take_rows(client, reason=REASON))
    assert {row["TS02"] for row in rows} >= {"1", "5"}
    assert {line["practice"] for line in codebook if line["item"] == "TS02"} == {"yes"}
    assert {line["practice"] for line in codebook if line["item"] == "TS03"} == {""}


def test_the_codebook_covers_every_item(app: Flask, db: Session) -> None:
    add_answers(db, add_wave(db), some_answers(12))
    _rows, codebook = unpacked(take_rows(signed_in(app, db, Role.SEND_TEAM), reason=REASON))
    assert {line["item"] for line in codebook if line["item"]} == set(make_instrument().items)
    assert {line["section"] for line in codebook if line["item"]} == {"About you", "The rest"}
