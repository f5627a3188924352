"""`feedback-app user` and `feedback-app jobs`: accounts and the work behind the pages, from a terminal."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result
from cryptography.fernet import Fernet
from flask import Flask
from sqlalchemy.orm import Session

from feedback_app.cli import main, serving
from feedback_app.cli.serving import NO_MAIL
from feedback_app.domain.scope import Role, Scope
from feedback_app.services import accounts, posting
from feedback_app.store import people
from tests.support.accounts import ADDRESS, PASSWORD, sign_in
from tests.support.settings import SECRET


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, database_url: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The settings of the command, and a folder of its own to run in."""
    monkeypatch.setenv("FEEDBACK_ENVIRONMENT", "testing")
    monkeypatch.setenv("FEEDBACK_SECRET_KEY", SECRET)
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", database_url)
    monkeypatch.chdir(tmp_path_factory.mktemp("here"))


def call(*words: str, given: str | None = None) -> Result:
    """Run a command."""
    return CliRunner().invoke(main, words, input=given)


def add(email: str = ADDRESS, password: str = PASSWORD) -> Result:
    """Add a workstream lead."""
    words = ("user", "add", "--email", email, "--role", "workstream_lead", "--workstream", "P1", "--password-stdin")
    return call(*words, given=f"{password}\n")


def test_an_account_is_added_listed_and_switched_off(app: Flask) -> None:
    added = add()
    assert added.exit_code == 0, added.output
    assert PASSWORD not in added.output
    assert sign_in(app.test_client()).status_code == 302
    assert call("user", "list").output == f"{ADDRESS}\tworkstream_lead\ton\tP1\n"
    assert call("user", "disable", "--email", ADDRESS.upper()).exit_code == 0
    assert call("user", "list").output == f"{ADDRESS}\tworkstream_lead\toff\tP1\n"
    assert sign_in(app.test_client()).status_code == 422


@pytest.mark.parametrize(
    ("email", "password", "said"),
    [("no address", PASSWORD, "no e-mail address"), (ADDRESS, "short", "12 to 200"), (ADDRESS, "", "12 to 200")],
)
def test_what_cannot_be_is_refused_with_a_sentence_and_nothing_is_kept(email: str, password: str, said: str) -> None:
    refused = add(email, password)
    assert refused.exit_code == 2
    assert said in refused.output
    assert "Traceback" not in refused.output
    assert call("user", "list").output == ""


def test_an_unknown_role_or_account_is_refused() -> None:
    words = ("user", "add", "--email", ADDRESS, "--role", "queen", "--password-stdin")
    assert call(*words, given=PASSWORD).exit_code == 2
    gone = call("user", "disable", "--email", "nobody@example.org")
    assert gone.exit_code == 2
    assert "There is no account" in gone.output


def test_the_jobs_that_wait_are_told_and_done(db: Session, app: Flask) -> None:
    posting.put_email(db, app.config["PLACES"].only.scope, "lead@example.org", "Hello", "Text")
    db.commit()
    assert json.loads(call("jobs", "status").output) == {"waiting": 1, "failed": 0}
    assert call("jobs", "run", "--once").output == "1 done.\n"
    assert json.loads(call("jobs", "status").output) == {"waiting": 0, "failed": 0}


def test_a_dry_run_of_the_sweep_says_what_would_go() -> None:
    nothing = {"drafts": 0, "words": 0, "failed_jobs": 0, "tries": 0, "contacts": 0, "needs": 0}
    assert json.loads(call("jobs", "sweep", "--dry-run").output) == {"would_delete": nothing}
    assert json.loads(call("jobs", "sweep").output) == {"deleted": nothing, "messages": 0}


def test_an_account_of_another_partnership_is_not_found_and_its_address_is_free_here(app: Flask, db: Session) -> None:
    accounts.add_user(db, Scope("anyshire"), ADDRESS, PASSWORD, [Role.WORKSTREAM_LEAD])
    db.commit()
    assert people.find_user(db, app.config["PLACES"].only.scope, ADDRESS) is None
    assert people.find_user(db, Scope("anyshire"), ADDRESS) is not None
    db.rollback()
    refused = call("user", "disable", "--email", ADDRESS)
    assert (refused.exit_code, "There is no account" in refused.output) == (2, True)
    assert add().exit_code == 0


def test_where_no_mail_can_go_out_it_is_said_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    assert NO_MAIL not in call("jobs", "run", "--once").output
    monkeypatch.setenv("FEEDBACK_ENVIRONMENT", "production")
    monkeypatch.setenv("FEEDBACK_SITE_ADDRESS", "https://surveys.example.org")
    monkeypatch.setenv("FEEDBACK_DATA_KEYS", Fernet.generate_key().decode())
    assert call("jobs", "run", "--once").output.count(NO_MAIL) == 1
    monkeypatch.setattr(serving, "run_server", lambda *_arguments: None)
    assert call("serve").output.count(NO_MAIL) == 1
    monkeypatch.setenv("FEEDBACK_MAIL_SERVER", "mail.example.org")
    assert NO_MAIL not in call("serve").output
