"""Who may open what: every address, asked for with every method by everybody, is as open as docs/access.md says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from feedback_app.domain.permissions import Permission
from feedback_app.domain.scope import Role
from feedback_app.web.access import staff
from tests.support.access_matrix import (
    EVERYBODY,
    NO,
    NOBODY,
    YES,
    Visitor,
    Walk,
    add_surveys,
    cell,
    documented,
    promised,
    steps,
)

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
SAMPLE = (Visitor(NOBODY), Visitor.of(Role.POWAR_WORKER), Visitor.of(Role.ADMINISTRATOR, Role.WORKSTREAM_LEAD))
RENEW = "feedback-app access table --markdown"


@pytest.fixture
def walk(app: Flask, db: Session, database_url: str) -> Walk:
    """All visitors on SQLite, a few on PostgreSQL, before two surveys with figures."""
    add_surveys(app, db)
    return Walk(app, db, EVERYBODY if database_url.startswith("sqlite") else SAMPLE)


@pytest.fixture
def table(project_root: Path) -> dict[tuple[str, str, str], str]:
    """What the document says."""
    return documented(project_root / "docs" / "access.md")


def differences(walk: Walk, table: dict[tuple[str, str, str], str]) -> Iterator[str]:
    """Yield every cell in which the program does other than the document says."""
    for rule, method in steps(walk.app, (*METHODS, "HEAD")):
        for visitor in SAMPLE if method == "HEAD" else walk.visitors:
            said = promised(table, rule.rule, method, visitor)
            found = _found(walk, visitor, rule, method, said)
            if found != said:
                yield f"{method} {rule.rule} as {visitor.name}: {found}, the document says {said}"


def _found(walk: Walk, visitor: Visitor, rule: Rule, method: str, said: str) -> str:
    """Return how far somebody gets, or the mistake of the program that kept them."""
    try:
        return cell(walk, visitor, rule, method, said)
    except Exception as mistake:  # the others are looked at all the same
        walk.db.rollback()
        return f"{type(mistake).__name__}: {mistake}"


def test_every_address_is_as_open_to_everybody_as_the_document_says(
    walk: Walk, table: dict[tuple[str, str, str], str]
) -> None:
    found = list(differences(walk, table))
    assert not found, "\n".join([f"Where the document is what is wrong: {RENEW}", *found])


def test_options_name_the_methods_and_tell_nothing(walk: Walk) -> None:
    for rule, method in steps(walk.app, ("OPTIONS",)):
        for visitor in SAMPLE:
            answer = walk.ask(visitor, rule, method)
            assert (answer.status_code, answer.data) == (200, b""), rule
            assert "OPTIONS" in answer.headers["Allow"]


def test_no_form_is_taken_without_its_token_whoever_sends_it(walk: Walk) -> None:
    for rule, method in steps(walk.app, ("POST", "PUT", "PATCH", "DELETE")):
        for visitor in SAMPLE:
            assert walk.ask(visitor, rule, method, token=False).status_code == 400, rule


def test_a_view_opened_wider_than_the_document_says_is_seen(walk: Walk, table: dict[tuple[str, str, str], str]) -> None:
    @staff(Permission.SIGN_IN)
    def rows(slug: str) -> ResponseReturnValue:
        return {"slug": slug}

    rule = next(rule for rule, _method in steps(walk.app, ("GET",)) if rule.endpoint == "team.rows")
    *_others, visitor = walk.visitors
    assert cell(walk, visitor, rule, "GET", NO) == promised(table, rule.rule, "GET", visitor) == NO
    walk.app.view_functions["team.rows"] = rows
    assert cell(walk, visitor, rule, "GET", NO) == YES
