"""The command line: preparing, opening, closing and summing up; a mistake ends in a sentence, not a traceback."""

from __future__ import annotations

import json
import os
import pwd
import re
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_app.cli.running import operator
from feedback_app.domain.scope import Scope
from feedback_app.store.tables import AuditEntry, Collector, OutboxJob
from feedback_app.store.waves import find_wave
from tests.support.audited import list_entries
from tests.support.commands import CommandLine
from tests.support.databases import sqlite_url
from tests.support.surveys import name_reader

ANYSHIRE = Scope("anyshire")


@pytest.fixture
def run(database_url: str) -> CommandLine:
    """Commands on a migrated database, with the invented surveys."""
    return CommandLine(database_url, invented=True)


def opened(run: CommandLine, *more: str) -> str:
    """Open a wave of the invented clubs survey and return what was printed."""
    return run.must("wave", "open", "--survey", "clubs", "--slug", "clubs-spring", *more)


def add_team(run: CommandLine) -> None:
    """Give somebody of the SEND team an account."""
    who = ("--email", "team@example.org", "--role", "send_team")
    assert run("user", "add", *who, "--password-stdin", input="four words that differ\n").exit_code == 0


def test_a_new_database_says_what_to_do_and_is_prepared_by_one_command(tmp_path: Path) -> None:
    run = CommandLine(sqlite_url(tmp_path / "new" / "feedback.sqlite"), invented=True)
    refused = run("wave", "list")
    assert refused.exit_code == 1
    assert refused.stderr.strip() == (
        "Error: The database is not prepared, or older than the program. Run: feedback-app db upgrade"
    )
    run.must("db", "upgrade")
    run.must("db", "upgrade")
    assert run.must("wave", "list") == "There are no waves yet.\n"


def test_a_wave_is_opened_listed_and_closed(run: CommandLine, db: Session) -> None:
    printed = opened(run, "--opens", "2020-03-02")
    assert "http://127.0.0.1:8000/surveys/clubs\n" in printed
    assert "clubs: {1: " in printed
    (listed,) = json.loads(run.must("wave", "list", "--format", "json"))
    assert listed == {
        "slug": "clubs-spring",
        "survey": "clubs",
        "state": "open",
        "opens_on": "2020-03-02",
        "last_day": None,
        "texts_open": False,
        "demonstration": False,
        "responses": {"fewer_than": 20},
    }
    assert "clubs-spring is closed from" in run.must("wave", "close", "--wave", "clubs-spring")
    assert run.must("wave", "close", "--wave", "clubs-spring") == "clubs-spring was closed already.\n"
    assert "clubs-spring  clubs  closed  2020-03-02 to " in run.must("wave", "list")
    assert [entry.action for entry in list_entries(db, ANYSHIRE, "clubs-spring")] == ["wave opened", "wave closed"]


def test_a_wave_is_open_up_to_its_last_day_and_that_day_too(run: CommandLine, db: Session) -> None:
    name_reader(db, "anyshire")
    db.commit()
    opened(run, "--opens", "2025-03-03", "--until", "2025-04-11", "--texts-open")
    wave = find_wave(db, ANYSHIRE, "clubs-spring")
    assert wave is not None
    assert (str(wave.opens_on), str(wave.closed_from), wave.texts_open) == ("2025-03-03", "2025-04-12", True)
    (listed,) = json.loads(run.must("wave", "list", "--format", "json"))
    assert (listed["last_day"], listed["state"]) == ("2025-04-11", "closed")


def test_closing_a_wave_tells_the_send_team_the_protected_number(database_url: str, db: Session) -> None:
    run = CommandLine(database_url, invented=True)
    add_team(run)
    opened(run)
    assert "Messages to the SEND team: 1." in run.must("wave", "close", "--wave", "clubs-spring")
    (job,) = db.scalars(select(OutboxJob))
    assert job.payload["to"] == "team@example.org"
    assert job.payload["answered"] == {"fewer_than": 20}


def test_a_link_names_no_school_and_is_kept(run: CommandLine, db: Session) -> None:
    opened(run)
    address = run.must("wave", "link", "--wave", "clubs-spring", "--kind", "school").strip()
    (collector,) = db.scalars(select(Collector))
    assert address == f"http://127.0.0.1:8000/surveys/clubs?via={collector.id}"
    assert collector.kind == "school"


def test_how_many_were_invited_is_said_taken_back_and_logged(run: CommandLine, db: Session) -> None:
    opened(run)
    assert run.must("wave", "invited", "--wave", "clubs-spring", "--people", "60") == (
        "clubs-spring: 60 people were invited.\n"
    )
    wave = find_wave(db, ANYSHIRE, "clubs-spring")
    assert wave is not None
    assert wave.invited == 60
    db.rollback()
    run.must("wave", "invited", "--wave", "clubs-spring", "--no-list")
    wave = find_wave(db, ANYSHIRE, "clubs-spring")
    assert wave is not None
    assert wave.invited is None
    told = [(entry.action, entry.reason) for entry in list_entries(db, ANYSHIRE, "clubs-spring")][1:]
    assert told == [("wave's list of invited set", "60"), ("wave's list of invited set", "no list")]


def test_a_list_shorter_than_the_answers_is_refused(run: CommandLine) -> None:
    opened(run)
    run.must("demo", "seed")
    found = json.loads(run.must("wave", "list", "--exact", "--format", "json"))
    wave = next(line for line in found if line["responses"])
    done = run("wave", "invited", "--wave", wave["slug"], "--people", str(wave["responses"] - 1))
    assert done.exit_code == 2
    assert f"More people have answered {wave['slug']} than the" in done.stderr
    run.must("wave", "invited", "--wave", wave["slug"], "--people", str(wave["responses"]))


def test_what_cannot_be_done_is_said_in_one_sentence(run: CommandLine) -> None:
    opened(run)
    for words, sentence in (
        (
            ("wave", "open", "--survey", "clubs", "--slug", "clubs-spring"),
            "There is a wave called clubs-spring already.",
        ),
        (("wave", "open", "--survey", "clubs", "--slug", "clubs-beside"), "clubs-spring of the same survey is open"),
        (("wave", "open", "--survey", "clubs", "--slug", "Clubs 1"), "small letters, figures and single dashes"),
        (("wave", "open", "--survey", "pubs", "--slug", "pubs"), "There is no survey called pubs."),
        (("wave", "close", "--wave", "autumn"), "There is no survey or wave called autumn."),
        (("wave", "link", "--wave", "autumn", "--kind", "school"), "There is no survey or wave called autumn."),
        (("summary", "--wave", "autumn"), "There is no survey or wave called autumn."),
        (
            ("wave", "open", "--survey", "clubs", "--slug", "x", "--opens", "2025-02-01", "--until", "2025-01-31"),
            "--until is before --opens.",
        ),
    ):
        refused = run(*words)
        assert refused.exit_code == 2, words
        assert sentence in refused.stderr
        assert "Traceback" not in refused.output


def test_a_missing_setting_is_said_in_one_sentence(database_url: str) -> None:
    refused = CommandLine(database_url, secret_key="short")("wave", "list")
    assert refused.exit_code == 2
    assert "FEEDBACK_SECRET_KEY must be set to at least 32 characters." in refused.stderr


def test_a_database_that_is_not_there_is_said_in_one_sentence() -> None:
    refused = CommandLine("postgresql+psycopg://nobody@127.0.0.1:1/none")("wave", "list")
    assert refused.exit_code == 1
    assert refused.stderr.startswith("Error: The database cannot be used: ")


def test_the_figures_of_a_wave_are_printed_protected_and_exactly(database_url: str) -> None:
    run = CommandLine(database_url, invented=True)
    run.must("demo", "seed", "--answers", "60")
    (wave, *_) = [one for one in json.loads(run.must("wave", "list", "--format", "json")) if one["survey"] == "nhs-fft"]
    protected = json.loads(run.must("summary", "--wave", wave["slug"], "--format", "json"))
    exact = run("summary", "--wave", wave["slug"], "--format", "json", "--exact")
    assert "for the operator alone" in exact.stderr
    assert json.loads(exact.stdout)["responses"] == 60
    assert [item["code"] for item in protected["items"]] == ["FF1", "FF2", "FF3"]
    assert {"type", "base", "missing", "distribution", "headline"} <= set(protected["items"][0])
    assert json.loads(exact.stdout)["items"][0]["headline"]["name"] == "csat"
    table = run.must("summary", "--wave", wave["slug"])
    assert "csat: Good or Very good" in table
    assert "Overall, how was our service?" in table


def test_an_opened_wave_leaves_one_line_in_the_audit_log(run: CommandLine, db: Session) -> None:
    opened(run)
    (entry,) = db.scalars(select(AuditEntry))
    assert (entry.actor, entry.action, entry.subject) == (operator(), "wave opened", "clubs-spring")
    assert entry.actor == f"command line ({pwd.getpwuid(os.getuid()).pw_name})"


def test_the_list_of_waves_says_about_how_many_answered_and_exactly_only_when_asked(
    database_url: str, db: Session
) -> None:
    run = CommandLine(database_url, invented=True)
    run.must("demo", "seed", "--answers", "63")
    for one in json.loads(run.must("wave", "list", "--format", "json")):
        assert one["responses"] == 65
    assert "63" not in run.must("wave", "list")
    assert "about 65 answers" in run.must("wave", "list")
    assert list_entries(db, ANYSHIRE, "all waves") == []
    db.rollback()
    exact = run("wave", "list", "--exact", "--format", "json", "--reason", "checking a figure")
    assert {one["responses"] for one in json.loads(exact.stdout)} == {63}
    assert "for the operator alone" in exact.stderr
    assert " 63 answers" in run.must("wave", "list", "--exact")
    asked, again = list_entries(db, ANYSHIRE, "all waves")
    assert (asked.actor, asked.action, asked.reason) == (operator(), "exact figures", "checking a figure")
    assert again.reason == ""


def test_exact_figures_of_a_wave_leave_who_and_why_in_the_audit_log(run: CommandLine, db: Session) -> None:
    opened(run)
    assert run("summary", "--wave", "clubs-autumn", "--exact").exit_code == 2
    assert list_entries(db, ANYSHIRE, "clubs-autumn") == []
    db.rollback()
    run.must("summary", "--wave", "clubs-spring")
    done = run("summary", "--wave", "clubs-spring", "--exact", "--reason", "a question of the auditors")
    assert "The audit log says who saw them." in done.stderr
    entry = list_entries(db, ANYSHIRE, "clubs-spring")[-1]
    assert (entry.actor, entry.action) == (operator(), "exact figures")
    assert entry.reason == "a question of the auditors"


def test_the_audit_log_can_be_read(run: CommandLine) -> None:
    opened(run)
    run.must("wave", "list", "--exact", "--reason", "to see")
    lines = [line.split("\t") for line in run.must("audit", "list").splitlines()]
    assert [line[1:] for line in lines] == [
        [operator(), "wave opened", "clubs-spring"],
        [operator(), "exact figures", "all waves", "to see"],
    ]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", line[0]) for line in lines)
    assert len(run.must("audit", "list", "--wave", "clubs-spring").splitlines()) == 1


def test_a_wave_to_come_is_closed_without_a_message_until_its_day(run: CommandLine, db: Session) -> None:
    run(
        "user",
        "add",
        "--email",
        "team@example.org",
        "--role",
        "send_team",
        "--password-stdin",
        input="four words that differ\n",
    )
    opened(run, "--opens", "2999-01-04")
    assert "closed from 2999-01-04 on. Messages to the SEND team: 0." in run.must(
        "wave", "close", "--wave", "clubs-spring"
    )
    assert list(db.scalars(select(OutboxJob))) == []


def test_nothing_is_told_twice_of_a_wave_that_has_closed(run: CommandLine, db: Session) -> None:
    run(
        "user",
        "add",
        "--email",
        "team@example.org",
        "--role",
        "send_team",
        "--password-stdin",
        input="four words that differ\n",
    )
    opened(run)
    run.must("wave", "close", "--wave", "clubs-spring")
    run.must("wave", "close", "--wave", "clubs-spring")
    assert len(list(db.scalars(select(OutboxJob)))) == 1
