"""The auditor's pages, and who saw what: noted before the reply leaves, each once a day, files every time."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html as lxml_html
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Role, Scope
from feedback_app.services.auditing import note_action, verify_log
from feedback_app.store.audit import iterate_entries
from tests.support.client import CheckedClient
from tests.support.snapshots import take
from tests.support.summaries import SCOPE, add_answers, add_wave, signed_in, some_answers

DATABASES = ("sqlite",)  # what pages say; the queries under them are tested on both

WHERE = "/team/audit"
AT = datetime(2026, 11, 16, 9, tzinfo=UTC)
Told = tuple[str, str, str]


def entries(db: Session, *but: str) -> list[Told]:
    """Return what is noted, those actions left out that a test is not about."""
    found = [(entry.action, entry.subject, entry.reason) for entry, _kept in iterate_entries(db, SCOPE)]
    db.rollback()
    return [told for told in found if told[0] not in but]


def note(db: Session, subject: str, number: int = 1, **more: str) -> None:
    told = {"actor": "lead@example.org", "action": "figures seen", **more}
    for _ in range(number):
        note_action(db, SCOPE, at=AT, subject=subject, **told)
    db.commit()


def shown(client: FlaskClient, address: str = WHERE) -> list[list[str]]:
    """Return the rows of the page's table."""
    document = lxml_html.document_fromstring(client.get(address).text)
    return [[" ".join(cell.text_content().split()) for cell in row] for row in document.xpath("//tbody/tr")]


@pytest.fixture
def auditor(app: Flask, db: Session) -> FlaskClient:
    return signed_in(app, db, Role.AUDITOR)


@pytest.fixture
def lead(app: Flask, db: Session) -> FlaskClient:
    """A workstream lead, and a wave with figures."""
    add_answers(db, add_wave(db), some_answers(60))
    take(app, db)
    return signed_in(app, db, Role.WORKSTREAM_LEAD)


def test_the_newest_entries_come_first_with_a_way_to_the_older(auditor: FlaskClient, db: Session) -> None:
    note(db, "autumn", 104)
    rows = shown(auditor)
    assert len(rows) == 50
    assert rows[0][2:5] == ["auditor@example.org", "audit log read", "audit log"]
    assert rows[1][:5] == ["104", "16 Nov 2026, 09:00", "lead@example.org", "figures seen", "autumn"]
    numbers, address = [], f"{WHERE}?subject=autumn"
    while address:
        document = lxml_html.document_fromstring(auditor.get(address).text)
        numbers += [int(cell.text_content()) for cell in document.xpath("//tbody/tr/td[1]")]
        address = document.xpath("string(//a[@rel='next']/@href)")
    assert numbers == list(range(104, 0, -1))


def test_entries_are_looked_for_by_who_what_subject_and_day(auditor: FlaskClient, db: Session) -> None:
    note(db, "autumn")
    note(db, "spring", actor="send.team@example.org", action="rows exported", reason="for the data team")
    assert [row[4] for row in shown(auditor, f"{WHERE}?who=SEND.team")] == ["spring"]
    assert [row[4] for row in shown(auditor, f"{WHERE}?what=figures")] == ["autumn"]
    assert [row[5] for row in shown(auditor, f"{WHERE}?subject=spring")] == ["for the data team"]
    assert len(shown(auditor, f"{WHERE}?from=2026-11-16&to=2026-11-16&what=e")) == 2
    assert shown(auditor, f"{WHERE}?to=2026-11-15") == []
    assert "No entry is like this." in auditor.get(f"{WHERE}?who=%25").text


def test_a_day_is_a_day_where_the_partnership_is(auditor: FlaskClient, db: Session) -> None:
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # half past midnight of 1 July in summer time
    note_action(db, SCOPE, at=late, actor="lead@example.org", action="figures seen", subject="summer")
    db.commit()
    assert shown(auditor, f"{WHERE}?to=2026-06-30") == []
    (row,) = shown(auditor, f"{WHERE}?from=2026-07-01&to=2026-07-01")
    assert row[1] == "1 Jul 2026, 00:30"


ODD_FILTERS = [
    ("from=yesterday", "from", "Write a day from 2000 to 2100 as year, month and day"),
    ("to=2026-02-30", "to", "Write a day from 2000 to 2100"),
    ("to=9999-12-31", "to", "Write a day from 2000 to 2100"),
    ("from=0001-01-01", "from", "Write a day from 2000 to 2100"),
    ("from=2026-11-17&to=2026-11-16", "to", "The last day is before the first."),
    ("who=" + "x" * 201, "who", "Write at most 200 letters."),
    ("what=a%00b", "what", "Leave out signs that cannot be seen"),
    ("subject=a%0Ab", "subject", "Leave out signs that cannot be seen"),
]


def test_odd_filters_are_answered_with_a_sentence_and_kept(auditor: FlaskClient) -> None:
    for query, field, sentence in ODD_FILTERS:
        for address in (WHERE, f"{WHERE}/entries.csv"):
            answer = auditor.get(f"{address}?{query}")
            assert answer.status_code == 400
            document = lxml_html.document_fromstring(answer.text)
            assert sentence in document.xpath(f"string(//a[@href='#{field}'])")
            assert document.xpath(f"string(//input[@id='{field}']/@value)")


def test_odd_numbers_of_pages_are_answered_with_a_sentence(auditor: FlaskClient) -> None:
    for number in ("x", "-1", "1.5", "9" * 40, "٣", "1%00", ""):
        answer = auditor.get(f"{WHERE}?before={number}")
        assert answer.status_code == 400
        assert "There is no such page of the audit log" in answer.text
    for number in (0, 2**31 - 1, 9_999_999_999):
        assert auditor.get(f"{WHERE}?before={number}").status_code == 200


def test_what_stands_in_the_log_is_never_markup(auditor: FlaskClient, db: Session) -> None:
    note(db, "<script>alert(1)</script>", reason="{{7*7}} \u202eevil")
    page = auditor.get(WHERE).text
    assert "&lt;script&gt;alert(1)" in page
    assert "{{7*7}}" in page


def test_the_file_holds_what_is_looked_for_and_no_cell_is_a_formula(auditor: FlaskClient, db: Session) -> None:
    note(db, "=HYPERLINK(1)", 3, reason="+1")
    note(db, "spring", 1200)
    answer = auditor.get(f"{WHERE}/entries.csv?what=figures&to=2026-11-16")
    assert answer.headers["Content-Disposition"] == "attachment; filename=audit-log.csv"
    assert answer.headers["Cache-Control"] == "no-store"
    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"), newline="")))
    assert [int(row["number"]) for row in rows] == list(range(1, 1204))
    assert (rows[0]["subject"], rows[0]["reason"]) == ("'=HYPERLINK(1)", "'+1")
    assert entries(db, "figures seen")[-1] == ("audit log exported", "audit log", "to 2026-11-16, by what")


def test_reading_the_log_is_noted_once_a_day_and_taking_it_every_time(auditor: FlaskClient, db: Session) -> None:
    for _ in range(3):
        auditor.get(WHERE)
        auditor.get(f"{WHERE}/check")
        auditor.get(f"{WHERE}/entries.csv").get_data()
    noted = [action for action, _subject, _reason in entries(db)]
    assert sorted(noted) == ["audit log checked", "audit log exported", "audit log exported", "audit log exported",
                             "audit log read"]  # fmt: skip


def test_the_check_says_that_the_log_holds_and_what_to_note(auditor: FlaskClient, db: Session) -> None:
    note(db, "autumn", 4)
    page = auditor.get(f"{WHERE}/check").text
    last = verify_log(db, SCOPE).last
    assert "Yes. All 5 entries are as they were written." in page
    assert str(last) in page
    again = auditor.get(f"{WHERE}/check?noted={last}").text
    assert "Entry 5 is the one that you noted." in again
    assert "no longer protects" not in again


def test_the_check_names_the_first_entry_that_does_not_hold(auditor: FlaskClient, db: Session) -> None:
    note(db, "autumn", 4)
    auditor.get(f"{WHERE}/check")
    last = verify_log(db, SCOPE).last
    db.rollback()
    if db.get_bind().dialect.name == "sqlite":
        db.execute(text("DROP TRIGGER audit_entry_no_delete"))
    else:
        db.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER ALL"))
    db.execute(text("DELETE FROM audit_entry WHERE number = 5"))
    db.commit()
    noted = "f" * 64
    assert "Entry 3 is not the one that you noted." in auditor.get(f"{WHERE}/check?noted=3:{noted}").text
    page = auditor.get(f"{WHERE}/check?noted={last}").text
    assert "Entry 5 is not the one that you noted." in page  # it was written anew by the check itself
    db.execute(text("DELETE FROM audit_entry WHERE number = 2"))
    db.commit()
    page = auditor.get(f"{WHERE}/check").text
    assert "Entry 2 is missing." in page
    assert "Only the entry before it is as it was written." in page
    assert "The database no longer protects the log" in page


def test_a_line_that_nobody_noted_is_answered_with_a_sentence(auditor: FlaskClient) -> None:
    for noted in ("five", "5", "5:abc", "%00", "x" * 500):
        answer = auditor.get(f"{WHERE}/check?noted={noted}")
        assert answer.status_code == 400
        assert "Write the number, a colon and the 64 letters and figures that you noted." in answer.text


def test_another_partnerships_entries_are_not_there(auditor: FlaskClient, db: Session) -> None:
    at = {"at": AT, "actor": "them@example.org", "action": "figures seen", "subject": "theirs"}
    note_action(db, Scope("elsewhere"), **at)
    db.commit()
    assert "theirs" not in auditor.get(WHERE).text
    assert "theirs" not in auditor.get(f"{WHERE}/entries.csv").text


def test_the_log_is_for_auditors_alone(app: Flask, db: Session) -> None:
    client = signed_in(app, db, Role.ADMINISTRATOR, Role.SEND_TEAM, Role.BOARD_MEMBER)
    for address in (WHERE, f"{WHERE}/entries.csv", f"{WHERE}/check"):
        assert client.get(address).status_code == 403
    assert WHERE not in client.get("/team").text
    assert [told[0] for told in entries(db)] == ["refused"] * 3


def test_the_auditor_finds_the_log(auditor: FlaskClient) -> None:
    assert f'href="{WHERE}"' in auditor.get("/team").text


def test_who_sees_figures_is_noted_once_a_day_and_who_takes_files_every_time(lead: FlaskClient, db: Session) -> None:
    for _ in range(2):
        for address in ("", "/tables.csv", "/tables.xlsx"):
            assert lead.get(f"/team/waves/autumn{address}").status_code == 200
    assert entries(db) == [
        ("figures seen", "autumn", ""),
        ("tables exported", "autumn", "autumn-tables.csv"),
        ("tables exported", "autumn", "autumn-tables.xlsx"),
        ("tables exported", "autumn", "autumn-tables.csv"),
        ("tables exported", "autumn", "autumn-tables.xlsx"),
    ]


def test_what_shows_nothing_is_not_noted_as_seen(lead: FlaskClient, db: Session) -> None:
    assert lead.get("/team/waves/nothing").status_code == 404
    assert lead.get("/team/waves/autumn/by/nothing").status_code >= 400
    assert lead.get("/team").status_code == 200
    assert entries(db) == []


def test_a_page_noted_today_costs_one_look_and_no_turn_to_write(lead: FlaskClient, db: Session) -> None:
    lead.get("/team/waves/autumn")
    asked: list[str] = []
    engine = db.get_bind()

    def heard(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(type(engine), "before_cursor_execute", heard)
    try:
        lead.get("/team/waves/autumn")
    finally:
        event.remove(type(engine), "before_cursor_execute", heard)
    log = [statement for statement in asked if "audit_entry" in statement]
    assert len(log) == 1
    assert log[0].startswith("SELECT")
    assert not [statement for statement in asked if "IMMEDIATE" in statement or "advisory" in statement]


def test_a_refusal_is_noted_once_a_day_with_the_wave_where_there_is_one(lead: FlaskClient, db: Session) -> None:
    for _ in range(2):
        assert lead.get("/team/waves/autumn/rows").status_code == 403
    assert lead.get("/team/waves/K7F2-2MQ0-9XTA/rows").status_code == 403  # what is typed never gets into the log
    assert entries(db) == [("refused", "autumn", "GET /team/waves/<slug>/rows")]


def test_a_refusal_without_a_wave_names_the_page_and_nothing_that_was_typed(lead: FlaskClient, db: Session) -> None:
    assert lead.get("/team/waves/K7F2-2MQ0-9XTA/rows?code=K7F2-2MQ0-9XTA").status_code == 403
    assert entries(db) == [("refused", "/team/waves/<slug>/rows", "GET /team/waves/<slug>/rows")]


def test_a_figure_refused_inside_a_view_is_noted_too(app: Flask, db: Session) -> None:
    add_wave(db)
    worker = signed_in(app, db, Role.POWAR_WORKER)
    assert worker.get("/team/waves/autumn").status_code == 403
    assert entries(db) == [("refused", "autumn", "GET /team/waves/<slug>")]


def test_nobody_who_is_not_signed_in_gets_into_the_log(client: CheckedClient, db: Session) -> None:
    add_wave(db)
    for address in (WHERE, f"{WHERE}/check", "/team/waves/autumn", "/team/waves/autumn/rows"):
        assert client.get(address).status_code == 302
    assert entries(db) == []
