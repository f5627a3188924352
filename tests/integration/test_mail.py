"""E-mail, caught by a real mail server in the test: sent once, none lost, nothing slipped into a header."""

from __future__ import annotations

import email
import smtplib
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy.orm import Session

from feedback_app.adapters.mail import FileMailer, SmtpMailer, compose, make_mailer
from feedback_app.domain.disclosure.gate import total_safe
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.scope import Role
from feedback_app.domain.sending import NeverSendable, NoMailServer
from feedback_app.jobs.handlers import make_handlers
from feedback_app.jobs.runner import JobRunner
from feedback_app.services import accounts, posting
from feedback_app.store import outbox
from tests.support.accounts import switch_off
from tests.support.settings import make_settings

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SENDER = "surveys@example.org"


class Letterbox:
    """Takes every message, or refuses while it is `away`."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.to: list[list[str]] = []
        self.away = False

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Answer the end of a message."""
        if self.away:
            return "451 Try again later"
        self.messages.append(email.message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        self.to.append(list(envelope.rcpt_tos))
        return "250 Taken"


@pytest.fixture
def port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def letterbox(port: int) -> Iterator[Letterbox]:
    """A mail server that keeps what it is given."""
    box = Letterbox()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


@pytest.fixture
def mailer(port: int) -> SmtpMailer:
    """A mailer that talks to that server."""
    return SmtpMailer("127.0.0.1", port, SENDER, tls=False)


def test_a_message_arrives_as_written(letterbox: Letterbox, mailer: SmtpMailer) -> None:
    mailer.send("lead@example.org", "“Happy?” has closed – سروے", "One line.\n\nAnother: ü, سروے")
    (message,) = letterbox.messages
    assert (message["From"], message["To"]) == (SENDER, "lead@example.org")
    assert message["Subject"] == "“Happy?” has closed – سروے"
    assert message.get_content().split() == ["One", "line.", "Another:", "ü,", "سروے"]
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@example.org>")
    assert letterbox.to == [["lead@example.org"]]


@pytest.mark.parametrize(
    ("to", "subject"),
    [
        ("lead@example.org\nBcc: all@example.org", "Hello"),
        ("lead@example.org\r\nBcc: all@example.org", "Hello"),
        ("lead@example.org, all@example.org", "Hello"),
        ("lead@example.org;all@example.org", "Hello"),
        ("Lead <lead@example.org>", "Hello"),
        ("", "Hello"),
        ("lead", "Hello"),
        ("lead@", "Hello"),
        ("lead@example.org", "Hello\nBcc: all@example.org"),
        ("lead@example.org", "Hello\r\n\r\nanother text"),
        ("lead@example.org", "Hello\0"),
    ],
)
def test_more_than_one_address_or_line_is_refused(to: str, subject: str) -> None:
    with pytest.raises(NeverSendable):
        compose(SENDER, to, subject, "Text")


def test_half_a_character_in_a_text_can_never_be_sent() -> None:
    with pytest.raises(NeverSendable):
        compose(SENDER, "lead@example.org", "Hello", "half a character: \ud800")


def test_an_address_with_letters_of_another_script_is_sent_to(mailer: SmtpMailer, letterbox: Letterbox) -> None:
    mailer.send("jürgen@example.org", "Hello", "Text")
    assert letterbox.to == [["jürgen@example.org"]]


def test_six_hours_without_a_mail_server_lose_nothing_and_send_nothing_twice(
    app: Flask, db: Session, letterbox: Letterbox, mailer: SmtpMailer
) -> None:
    runner = JobRunner(app, make_handlers(app, mailer))
    scope = app.config["PLACES"].only.scope
    for number in range(20):
        posting.put_email(db, scope, f"person{number}@example.org", "Hello", f"Message {number}")
    db.commit()
    with time_machine.travel(NOW, tick=False) as clock:
        letterbox.away = True
        for _ in range(36):
            assert runner.run_due() == 0
            clock.shift(timedelta(minutes=10))
        letterbox.away = False
        for _ in range(8):
            runner.run_due()
            clock.shift(timedelta(minutes=10))
    assert sorted(letterbox.to) == sorted([f"person{number}@example.org"] for number in range(20))
    assert outbox.count_jobs(db, app.config["PLACES"].only.scope) == {"waiting": 0, "failed": 0}


def test_a_mail_server_that_is_not_there_at_all_is_an_error_to_try_again(mailer: SmtpMailer) -> None:
    with pytest.raises(OSError, match="refused"):
        mailer.send("lead@example.org", "Hello", "Text")


def test_without_encryption_a_server_that_must_encrypt_gets_nothing(letterbox: Letterbox, port: int) -> None:
    with pytest.raises(smtplib.SMTPException):
        SmtpMailer("127.0.0.1", port, SENDER, tls=True).send("lead@example.org", "Hello", "Text")
    assert letterbox.messages == []


def test_without_a_mail_server_messages_are_files_that_only_we_can_read(tmp_path: Path) -> None:
    mailer = FileMailer(tmp_path / "mailbox", SENDER)
    mailer.send("lead@example.org", "Hello", "Text ü")
    (file,) = (tmp_path / "mailbox").glob("*.eml")
    assert file.stat().st_mode & 0o077 == 0
    message = email.message_from_bytes(file.read_bytes(), policy=policy.default)
    assert (message["To"], message.get_content().strip()) == ("lead@example.org", "Text ü")


def test_the_settings_choose_the_mailer() -> None:
    assert isinstance(make_mailer(make_settings("sqlite://")), FileMailer)
    assert isinstance(make_mailer(make_settings("sqlite://", mail_server="mail.example.org")), SmtpMailer)
    for environment, demonstration in (("development", False), ("production", True)):
        kind = make_settings("sqlite://", environment=environment, demonstration=demonstration, mailbox_dir="post")
        mailer = make_mailer(kind)
        assert isinstance(mailer, FileMailer)
        assert mailer.folder == Path("post")


def test_for_real_answers_without_a_mail_server_nothing_is_written_and_nothing_is_lost(
    app: Flask, db: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    mailer = make_mailer(make_settings("sqlite://", environment="production"))
    with pytest.raises(NoMailServer):
        mailer.send("lead@example.org", "A new password", "https://example.org/link")
    posting.put_email(db, app.config["PLACES"].only.scope, "lead@example.org", "Hello", "Text")
    db.commit()
    assert JobRunner(app, make_handlers(app, mailer)).run_due() == 0
    assert outbox.count_jobs(db, app.config["PLACES"].only.scope) == {"waiting": 1, "failed": 0}
    assert not list(tmp_path.glob("**/*.eml"))
    assert "NoMailServer" in "".join(capsys.readouterr())


def test_a_bad_certificate_is_an_error_to_try_again(port: int, letterbox: Letterbox) -> None:
    def refuse(*_arguments: object, **_named: object) -> object:
        raise ssl.SSLCertVerificationError("self-signed certificate")

    mailer = SmtpMailer("127.0.0.1", port, SENDER, tls=False)
    mailer._connect = refuse  # type: ignore[method-assign,assignment]
    with pytest.raises(OSError, match="self-signed") as raised:
        mailer.send("lead@example.org", "Hello", "Text")
    assert not isinstance(raised.value, NeverSendable)


def test_the_send_team_hears_that_a_wave_has_closed_with_the_protected_number_alone(
    app: Flask, db: Session, letterbox: Letterbox, mailer: SmtpMailer
) -> None:
    scope = app.config["PLACES"].only.scope
    for address, role in (("one@example.org", Role.SEND_TEAM), ("two@example.org", Role.SEND_TEAM)):
        accounts.add_user(db, scope, address, "four words that differ", [role])
    accounts.add_user(db, scope, "lead@example.org", "four words that differ", [Role.WORKSTREAM_LEAD])
    accounts.add_user(db, scope, "gone@example.org", "four words that differ", [Role.SEND_TEAM])
    switch_off(db, scope, "gone@example.org")
    policy: Policy = app.config["PLACES"].only.policy
    told = [
        posting.notify_wave_closed(db, scope, slug="w", title="A\nB", answered=total_safe(count, policy))
        for count in (532, 3)
    ]
    db.commit()
    assert told == [2, 2]
    assert JobRunner(app, make_handlers(app, mailer)).run_due() == 4
    assert sorted(to for (to,) in letterbox.to) == ["one@example.org"] * 2 + ["two@example.org"] * 2
    texts = sorted({message.get_content() for message in letterbox.messages})
    assert "About 530 people answered." in texts[0]
    assert "Fewer than" in texts[1]
    assert not any("532" in text for text in texts)
    assert all("What was begun can still be sent for 7 days." in text for text in texts)
    assert all(f"{app.config['SETTINGS'].site_address}/team/waves/w" in text for text in texts)
    assert {message["Subject"] for message in letterbox.messages} == {"“A B” has closed"}
