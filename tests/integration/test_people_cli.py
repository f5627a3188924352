"""`feedback-app user`: what administrators do on their pages, from a terminal, noted with who ran it."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Role, Scope
from feedback_app.store.accounts import User
from tests.support.accounts import sign_in
from tests.support.commands import CommandLine
from tests.support.people import NEW, Pocket, add_person, count_of, log_of, place_of, runner_of, user_of

LEAD = "lead@example.org"


@pytest.fixture
def run(database_url: str) -> CommandLine:
    """The command line."""
    return CommandLine(database_url)


@pytest.fixture
def scope(app: Flask) -> Scope:
    """Whose data the tests are about."""
    return place_of(app).scope


def test_the_first_administrator_is_added_and_it_is_noted(run: CommandLine, app: Flask, db: Session) -> None:
    who = ("--email", "first@example.org", "--role", "administrator", "--role", "workstream_lead", "--workstream", "P2")
    done = run("user", "add", *who, "--password-stdin", input="four words that differ\n")
    assert (done.exit_code, done.stdout) == (
        0,
        "first@example.org can sign in at /team/sign-in (administrator, workstream_lead (P2)).\n",
    )
    assert sign_in(app.test_client(), email="first@example.org").status_code == 302
    ((actor, *told),) = log_of(db)
    assert actor.startswith("command line (")
    assert told == ["user added", "first@example.org", "administrator, workstream_lead (P2)"]


def test_an_invitation_goes_out_and_once_more(run: CommandLine, app: Flask, db: Session) -> None:
    pocket = Pocket()
    assert "put into the outbox" in run.must("user", "invite", "--email", NEW, "--role", "auditor")
    assert f"{NEW}\tauditor\tinvited\n" in run.must("user", "list")
    assert runner_of(app, pocket).run_due() == 1
    (listed,) = json.loads(run.must("user", "list", "--format", "json"))
    assert listed.pop("invited_until")
    assert listed == {
        "email": NEW, "roles": ["auditor"], "workstreams": [], "on": True, "has_come": False, "second_factor": False
    }  # fmt: skip
    first = pocket.link()
    run.must("user", "invite", "--email", NEW, "--again")
    assert runner_of(app, pocket).run_due() == 1
    assert pocket.link() != first
    assert [line[1] for line in log_of(db)] == ["user invited", "invitation sent again"]


def test_roles_are_changed_also_of_the_last_administrator(run: CommandLine, db: Session, scope: Scope) -> None:
    add_person(db, scope, "lead", Role.ADMINISTRATOR)
    run.must("user", "roles", "--email", LEAD.upper(), "--role", "workstream_lead", "--workstream", "P5")
    assert run.must("user", "list") == f"{LEAD}\tworkstream_lead\ton\tP5\n"
    assert log_of(db)[0][1:] == ("roles changed", LEAD, "from administrator to workstream_lead (P5)")


def test_access_is_ended_and_given_back(run: CommandLine, db: Session, scope: Scope) -> None:
    more = {"tf_totp_secret": "S/1", "tf_primary_method": "authenticator"}
    add_person(db, scope, "lead", Role.ADMINISTRATOR, **more)
    seen = [user_of(db, LEAD).fs_uniquifier]
    for command in ("sign-out", "disable", "enable", "forget-second-factor"):
        run.must("user", command, "--email", LEAD)
        seen.append(user_of(db, LEAD).fs_uniquifier)
    assert [new != old for old, new in pairwise(seen)] == [True, True, True, True]
    assert (user_of(db, LEAD).active, user_of(db, LEAD).tf_totp_secret) == (True, None)
    assert [line[1] for line in log_of(db)] == [
        "user signed out", "user switched off", "user switched on", "second factor taken away"
    ]  # fmt: skip


def test_what_cannot_be_is_refused_with_a_sentence_and_nothing_is_kept(
    run: CommandLine, db: Session, scope: Scope
) -> None:
    add_person(db, scope, "lead", Role.AUDITOR)
    add_person(db, Scope("elsewhere"), "stranger", Role.AUDITOR)
    lead = ("--role", "workstream_lead")
    for said, words in {
        "This is no e-mail address.": ("invite", "--email", "nobody", "--role", "auditor"),
        "There is an account for this address already.": ("invite", "--email", LEAD, "--role", "auditor"),
        "Name at least one role.": ("invite", "--email", NEW),
        "Name at least one --workstream": ("invite", "--email", NEW, *lead),
        "There is no such workstream.": ("invite", "--email", NEW, *lead, "--workstream", "P9"),
        "Only a workstream lead has": ("roles", "--email", LEAD, "--role", "auditor", "--workstream", "P1"),
        "has signed in already": ("invite", "--email", LEAD, "--again"),
        "There is no account for stranger@": ("enable", "--email", "stranger@example.org"),
        "There is no account for nobody@": ("roles", "--email", "nobody@example.org", "--role", "auditor"),
    }.items():
        done = run("user", *words)
        assert (done.exit_code, said in done.stderr) == (2, True), done.output
    assert count_of(db, User) == 2
    assert log_of(db) == []


def test_without_a_mail_server_it_is_said_that_an_invitation_waits(database_url: str) -> None:
    run = CommandLine(database_url, environment="production", data_keys=Fernet.generate_key().decode())
    said = run.must("user", "invite", "--email", NEW, "--role", "auditor")
    assert "Set FEEDBACK_MAIL_SERVER" in said
