"""The audit log never holds a respondent: nothing of theirs is handed to it, and nothing they do is written there."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from lxml import html as lxml_html
from sqlalchemy import text

from tests.support.application import migrate, running_application
from tests.support.databases import sqlite_url
from tests.support.surveys import field, real_survey

PACKAGE = Path(__file__).resolve().parent.parent.parent / "feedback_app"
ROOMS = [path for room in ("web", "cli", "jobs", "services") for path in sorted((PACKAGE / room).rglob("*.py"))]
TOLD = frozenset({"actor", "action", "subject", "reason"})  # what an entry says
# What somebody who answered is known by, or said.
THEIRS = ("receipt", "secret", "draft", "answer", "token", "save_code", "code", "words", "sheet", "ticket", "response",
          "collector", "password", "recovery")  # fmt: skip
RESPONDING = ("web/respond", "web/public")
MODULES = ("services/responding", "services/coming_back", "services/keeping", "services/linking", "store/drafts",
           "store/responses", "store/tickets", "store/collectors")  # fmt: skip


def called(call: ast.Call) -> str:
    """Return the name of what is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def hands_on(function: ast.FunctionDef, writers: set[str]) -> bool:
    """Return whether a function is given what an entry says, and calls something that writes into the log."""
    given = {one.arg for one in (*function.args.args, *function.args.kwonlyargs)} & TOLD
    inside = (called(node) for node in ast.walk(function) if isinstance(node, ast.Call))
    return bool(given) and any(name in writers for name in inside)


@cache
def find_writers() -> frozenset[str]:
    """Return the names of everything that writes into the log: what does it first, and whatever hands on to that."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in ROOMS]
    functions = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    found, before = {"add_entry"}, set[str]()
    while found != before:
        before = set(found)
        found |= {function.name for function in functions if hands_on(function, before)}
    return frozenset(found)


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Yield each call of something that writes into the log."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and called(node) in find_writers():
            yield f"{path.relative_to(PACKAGE)}:{node.lineno}", node


def names_in(call: ast.Call) -> set[str]:
    """Return the names of all that is handed over, text not counted."""
    handed = [*call.args, *(keyword.value for keyword in call.keywords)]
    found = {part for value in handed for part in ast.walk(value)}
    names = {part.id for part in found if isinstance(part, ast.Name)}
    return {name.lower() for name in names | {part.attr for part in found if isinstance(part, ast.Attribute)}}


def theirs(name: str) -> bool:
    """Return whether a name is that of something of a respondent."""
    return any(part in name.split("_") or f"{part}s" in name.split("_") for part in THEIRS) or name in THEIRS


def test_what_writes_into_the_log_is_found_through_every_hand_it_passes() -> None:
    assert {"note_action", "note_once_a_day", "note", "note_everywhere", "note_seen", "note_taken", "seen",
            "log_export", "own_up_to_exact_figures"} <= find_writers()  # fmt: skip


def test_no_entry_is_made_of_a_receipt_a_code_a_draft_or_an_answer() -> None:
    handed = [
        f"{where}: {name}"
        for path in ROOMS
        for where, call in calls(path)
        for name in sorted(names_in(call))
        if theirs(name)
    ]
    assert handed == []


@pytest.mark.parametrize("handed", ["receipt", "draft.save_code", "request.form[field.answers]", "f'{token_hash}'"])
def test_something_of_theirs_handed_to_the_log_would_be_seen(handed: str) -> None:
    call = ast.parse(f"note(db, 'erased', {handed})", mode="eval").body
    assert isinstance(call, ast.Call)
    assert any(theirs(name) for name in names_in(call))


def test_only_the_log_itself_writes_its_table() -> None:
    writing = [
        str(path.relative_to(PACKAGE))
        for path in sorted(PACKAGE.rglob("*.py"))
        if "AuditEntry" in path.read_text(encoding="utf-8")
    ]
    assert writing == ["store/audit.py", "store/tables.py"]


def test_the_rooms_where_people_answer_do_not_know_the_log() -> None:
    knowing = [
        str(path.relative_to(PACKAGE))
        for path in sorted(PACKAGE.rglob("*.py"))
        if str(path.relative_to(PACKAGE)).startswith((*RESPONDING, *MODULES))
        and any(word in path.read_text(encoding="utf-8") for word in ("auditing", "store.audit", "web.noting"))
    ]
    assert knowing == []


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """The application with one open survey."""
    url = sqlite_url(tmp_path / "respondents.sqlite")
    migrate(url)
    with running_application(url) as application:
        field(application, real_survey("helpline"))
        yield application


def test_answering_coming_back_and_erasing_leave_no_entry(app: Flask) -> None:
    from feedback_app.extensions import db

    client = app.test_client()

    def send(address: str, **data: str) -> str:
        page = lxml_html.document_fromstring(client.get(address).text)
        token = page.xpath("string(//main//input[@name='csrf_token']/@value)")
        return str(client.post(address, data={"csrf_token": token, **data}).headers.get("Location", ""))

    following = send("/surveys/helpline")
    assert "/surveys/helpline/1/" in following
    client.get(following)
    for _ in range(12):
        document = lxml_html.document_fromstring(client.get(following).text)
        chosen = {box.get("name"): box.get("value") for box in document.xpath("//main//input[@type='radio']")}
        following = send(following, do="next", **chosen) or following
    client.get("/surveys/helpline/1/saved")
    for address in ("/come-back", "/delete-my-answers"):
        send(address, code="K7F2 2MQ0 9XTA")
    client.get("/leave")
    with app.app_context():
        assert db.session.execute(text("SELECT count(*) FROM response")).scalar() == 1
        assert db.session.execute(text("SELECT count(*) FROM audit_entry")).scalar() == 0
