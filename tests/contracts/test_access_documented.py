"""Who may do what is documented as it is: the table of addresses, the words, the sentences of the partnership."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from feedback_app.adapters.instrument_files import load_partnership
from feedback_app.domain.permission_words import PERMISSION_WORDS, ROLE_WORDS
from feedback_app.domain.permissions import Permission, permissions_of
from feedback_app.domain.scope import Role
from feedback_app.services import access_table
from feedback_app.services.access_table import Door, Way, list_doors, markdown_of
from tests.support.application import running_application
from tests.support.commands import CommandLine
from tests.support.databases import sqlite_url
from tests.support.surveys import LANCASHIRE

RENEW = (
    "docs/access.md is not what the program does. Read what has changed; if it is meant, put what"
    " `feedback-app access table --markdown` prints in place of the tables, from '## What each role may do' on."
)
# What the partnership's sentence about a role has to tell of, and only for those who may do it.
TOLD = {
    Permission.READ_FIGURES: "figures of every survey",
    Permission.READ_YOUNG_FIGURES: "figures of the surveys that young people answer",
    Permission.TAKE_ROWS: "take rows out",
    Permission.MANAGE_ACCOUNTS: "switch accounts off",
    Permission.READ_AUDIT: "who did what",
}


@pytest.fixture(scope="module")
def made_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application, on an empty database that nothing here asks."""
    with running_application(sqlite_url(tmp_path_factory.mktemp("access") / "empty.sqlite")) as app:
        yield app


@pytest.fixture(scope="module")
def doors(made_app: Flask) -> list[Door]:
    """Every address of the application."""
    return list_doors(made_app.url_map.iter_rules(), made_app.view_functions)


def test_the_document_says_what_the_program_enforces(project_root: Path, doors: list[Door]) -> None:
    document = (project_root / "docs" / "access.md").read_text(encoding="utf-8")
    start = document.find("## What each role may do")
    assert document[start:] == markdown_of(doors), RENEW


def test_the_command_prints_the_same_and_needs_no_database(tmp_path: Path, doors: list[Door]) -> None:
    run = CommandLine(sqlite_url(tmp_path / "empty.sqlite"))
    assert run.must("access", "table", "--markdown") == markdown_of(doors)
    told = json.loads(run.must("access", "table", "--json"))
    assert [found["address"] for found in told["addresses"]] == [door.address for door in doors]
    assert {tuple(found["may"]) for found in told["addresses"]} == {("nobody", *(role.value for role in Role))}
    assert told["roles"]["auditor"] == ["sign_in", "read_audit"]
    lines = [line.split("\t") for line in run.must("access", "table").splitlines()]
    assert [line[1] for line in lines] == [door.address for door in doors]
    assert ["GET", "/team/waves/<slug>", "send_team, workstream_lead, powar_worker (young people's surveys)"] in lines


def test_every_address_says_in_a_plain_sentence_what_it_is_for(doors: list[Door]) -> None:
    plain = re.compile(r"[A-Z].*[.]")
    unsaid = [door.endpoint for door in doors if not plain.fullmatch(door.does) or "iew function" in door.does]
    assert unsaid == [], "Views of a library are told of in _LIBRARY of services/access_table.py."


def test_no_view_of_a_library_is_told_of_that_is_not_there(doors: list[Door]) -> None:
    assert set(access_table._LIBRARY) - {door.endpoint for door in doors} == set()


def test_a_view_without_an_audience_is_no_line_but_a_mistake(made_app: Flask) -> None:
    views = made_app.view_functions | {"team.waves": lambda: ""}
    with pytest.raises(ValueError, match=r"team\.waves names nobody whom it is for"):
        list_doors(made_app.url_map.iter_rules(), views)


def test_every_permission_and_every_role_has_its_words() -> None:
    assert set(PERMISSION_WORDS) == set(Permission)
    assert set(ROLE_WORDS) == set(Role)
    assert len(set(PERMISSION_WORDS.values())) == len(Permission)


def test_every_permission_is_asked_for_somewhere_or_widens_another(doors: list[Door]) -> None:
    asked = {permission for door in doors for permission in door.asks_for}
    assert set(Permission) - asked == {Permission.READ_LIVE_FIGURES}


def test_every_way_in_the_navigation_leads_to_a_page_for_staff(made_app: Flask) -> None:
    from feedback_app.web.navigation import ENTRIES

    pages = {
        rule.endpoint for rule in made_app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments
    }
    assert [entry.endpoint for entry in ENTRIES if entry.endpoint not in pages] == []
    with made_app.test_request_context("/team"):
        assert [entry.endpoint for entry in ENTRIES if not entry.asks_for] == []
        words = [str(entry.words) for entry in ENTRIES]
    assert len(set(words)) == len(words)


@pytest.mark.parametrize("role", Role)
def test_the_partnerships_sentence_about_a_role_tells_what_it_may_do(role: Role) -> None:
    (described,) = [one for one in load_partnership(LANCASHIRE).staff_roles if one.key == role]
    told = {permission for permission, words in TOLD.items() if words.lower() in described.may.lower()}
    assert told == permissions_of([role]) & set(TOLD)


@pytest.mark.parametrize(
    ("roles", "way"),
    [
        ([], Way.SHUT),
        ([Role.AUDITOR], Way.SHUT),
        ([Role.POWAR_WORKER], Way.YOUNG),
        ([Role.POWAR_WORKER, Role.AUDITOR], Way.YOUNG),
        ([Role.POWAR_WORKER, Role.WORKSTREAM_LEAD], Way.OPEN),
    ],
)
def test_with_two_roles_one_gets_as_far_as_the_better_of_them(roles: list[Role], way: Way) -> None:
    asked = (Permission.READ_FIGURES, Permission.READ_YOUNG_FIGURES)
    assert Door("/figures/<slug>", ("GET",), "figures", "Show figures.", asked).way_of(roles) is way
