"""What the program refuses to be served with where answers are real, each with a sentence to act on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from cryptography.fernet import Fernet
from flask import Flask
from sqlalchemy.orm import Session

from feedback_app.cli import serving
from feedback_app.cli.production import refuse_unsafe
from feedback_app.domain.scope import Role
from feedback_app.services import accounts
from feedback_app.services.accounts import DEMONSTRATION_PASSWORD, DEMONSTRATION_STAFF
from feedback_app.settings import DEMONSTRATION_SECRET
from tests.support.application import running_application
from tests.support.commands import CommandLine
from tests.support.crash import free_port
from tests.support.databases import copy_sqlite
from tests.support.journeys import TOKEN
from tests.support.places import visitor_of
from tests.support.settings import SECRET
from tests.support.surveys import field, real_survey

REAL = {
    "environment": "production",
    "data_keys": Fernet.generate_key().decode(),
    "site_address": "https://surveys.example.org",
}


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """One kind of database is enough: nothing here depends on it."""
    return copy_sqlite(sqlite_template, tmp_path)


@pytest.fixture
def served_as(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Collects what would be served, instead of serving it; nothing is asked in a copy of the test's process."""
    served: list[object] = []
    monkeypatch.setattr(serving, "run_server", lambda settings, _options: served.append(settings))
    monkeypatch.setattr(serving, "check_port", lambda *_: None)
    monkeypatch.setattr(serving, "check_in_a_copy", refuse_unsafe)
    return served


def serve(database_url: str, **settings: str) -> Result:
    """Run `feedback-app serve` with the settings of production, but for these."""
    return CommandLine(database_url, invented=False, **{**REAL, **settings})("serve")


def test_production_is_served_with_a_secret_a_key_and_https(database_url: str, served_as: list[object]) -> None:
    assert serve(database_url).exit_code == 0
    assert len(served_as) == 1


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"secret_key": DEMONSTRATION_SECRET}, "FEEDBACK_SECRET_KEY is the demonstration secret"),
        ({"data_keys": ""}, "FEEDBACK_DATA_KEYS must name at least one key"),
        ({"site_address": "http://surveys.example.org"}, "FEEDBACK_SITE_ADDRESS to the https:// address"),
        ({"site_address": "http://127.0.0.1:8000"}, "FEEDBACK_ALLOW_HTTP=true"),
    ],
)
def test_production_refuses(
    database_url: str, served_as: list[object], settings: dict[str, str], sentence: str
) -> None:
    done = serve(database_url, **settings)
    assert done.exit_code == 2
    assert sentence in done.output
    assert served_as == []


def test_plain_http_is_served_when_it_is_asked_for_by_name(database_url: str, served_as: list[object]) -> None:
    done = serve(database_url, site_address="http://127.0.0.1:8000", allow_http="true")
    assert done.exit_code == 0, done.output


def test_demonstration_accounts_are_refused_until_they_are_off(
    database_url: str, app: Flask, db: Session, served_as: list[object]
) -> None:
    address = next(iter(DEMONSTRATION_STAFF))
    accounts.add_user(db, app.config["PLACES"].only.scope, address, DEMONSTRATION_PASSWORD, [Role.SEND_TEAM])
    db.commit()
    done = serve(database_url)
    assert done.exit_code == 2
    assert address in done.output
    assert DEMONSTRATION_PASSWORD not in done.output
    CommandLine(database_url, invented=False, **REAL).must("user", "disable", "--email", address)
    assert serve(database_url).exit_code == 0


def test_the_program_itself_ends_with_the_sentence(tmp_path: Path) -> None:
    given = {**REAL, "site_address": "http://a.example", "secret_key": SECRET, "database_url": "sqlite:///a.sqlite"}
    environment = os.environ | {f"FEEDBACK_{name.upper()}": value for name, value in given.items()}
    program = "from feedback_app.cli import main; main()"
    command = [sys.executable, "-c", program, "serve", "--port", str(free_port())]
    root = str(Path(__file__).resolve().parent.parent.parent)
    done = subprocess.run(
        command, cwd=tmp_path, env={**environment, "PYTHONPATH": root}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "Error: The site's address http://a.example has no HTTPS" in done.stderr
    assert "Traceback" not in done.stderr


def test_over_plain_http_that_is_allowed_a_form_can_be_sent(database_url: str) -> None:
    real: dict[str, Any] = {**REAL, "data_keys": (REAL["data_keys"],), "site_address": "http://127.0.0.1:8000"}
    with running_application(database_url, **real, allow_http=True) as app:
        field(app, real_survey("helpline"))
        client = visitor_of(app, "http://127.0.0.1:8000")
        page = client.get("/surveys/helpline")
        token = TOKEN.search(page.text)
        assert token
        assert "Secure" not in page.headers["Set-Cookie"]
        assert "Strict-Transport-Security" not in page.headers
        assert "upgrade-insecure-requests" not in page.headers["Content-Security-Policy"]
        assert client.post("/surveys/helpline", data={"csrf_token": token.group(1)}).status_code == 302
    with running_application(database_url, **{**real, "site_address": "https://a.example"}, allow_http=True) as app:
        assert app.config["SESSION_COOKIE_SECURE"]
