"""E-mail: by SMTP, or as files in a folder while nothing is real: plain text, one address at a time."""

from __future__ import annotations

import os
import re
import smtplib
import ssl
import uuid
from contextlib import suppress
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path

from feedback_app.domain.ports import Mailer
from feedback_app.domain.sending import NeverSendable, NoMailServer
from feedback_app.settings import Settings

SECONDS = 20.0
PORT_WITH_TLS_FROM_THE_START = 465
_ADDRESS = re.compile(r"[^\s\x00-\x1f\x7f@,;:<>()\[\]\"\\]+@[^\s\x00-\x1f\x7f@,;:<>()\[\]\"\\]+")


def compose(sender: str, to: str, subject: str, text: str) -> EmailMessage:
    """Return a message to exactly one address; raise NeverSendable when any part of it can be in no message."""
    try:
        return _message(sender, to, subject, text)
    except ValueError as wrong:  # of the standard library, too: half a character, a name longer than mail allows
        raise NeverSendable(type(wrong).__name__) from wrong


def _message(sender: str, to: str, subject: str, text: str) -> EmailMessage:
    """Return a message; raise ValueError when an address or the subject holds more than one, or anything impossible."""
    message = EmailMessage()
    for name, address in (("From", sender), ("To", to)):
        message[name] = _one_address(address)
    if any(letter in subject for letter in "\r\n\0"):
        raise ValueError("A subject is one line.")
    message["Subject"] = subject
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain=_one_address(sender).domain or "localhost")
    message["Auto-Submitted"] = "auto-generated"  # so that nobody's holiday notice answers it
    message.set_content(text)
    return message


def _one_address(text: str) -> Address:
    """Return an address; raise ValueError for line breaks, a second address, or none."""
    if not _ADDRESS.fullmatch(text):
        raise ValueError("This is not one e-mail address.")
    name, _, domain = text.rpartition("@")
    return Address(username=name, domain=domain)


class SmtpMailer:
    """Hands messages to a mail server."""

    def __init__(self, host: str, port: int, sender: str, *, tls: bool, username: str = "", password: str = "") -> None:
        """Remember the server; nothing is connected yet. With `tls`, no message travels in the clear."""
        self.host, self.port, self.sender = host, port, sender
        self.tls, self.username, self.password = tls, username, password

    def send(self, to: str, subject: str, text: str) -> None:
        """Send a message; raise NeverSendable when it can never be sent, whatever else comes up to try again later."""
        message = compose(self.sender, to, subject, text)
        server = self._connect()
        try:
            if self.username:
                server.login(self.username, self.password)
            server.send_message(message, self.sender, [to])
        finally:
            with suppress(OSError):  # once the server has taken the message, a broken goodbye must not send it again
                server.quit()
            server.close()

    def _connect(self) -> smtplib.SMTP:
        """Return a connection, encrypted when it has to be."""
        if not self.tls:
            return smtplib.SMTP(self.host, self.port, timeout=SECONDS)
        context = ssl.create_default_context()
        if self.port == PORT_WITH_TLS_FROM_THE_START:
            return smtplib.SMTP_SSL(self.host, self.port, timeout=SECONDS, context=context)
        server = smtplib.SMTP(self.host, self.port, timeout=SECONDS)
        try:
            server.starttls(context=context)
        except OSError:
            server.close()
            raise
        return server


class FileMailer:
    """Puts messages into a folder as .eml files, for development and demonstrations."""

    def __init__(self, folder: Path, sender: str) -> None:
        """Remember the folder; it is made with the first message."""
        self.folder, self.sender = folder, sender

    def send(self, to: str, subject: str, text: str) -> None:
        """Write a message as a file that only this program's user can read; raise as SmtpMailer.send does."""
        message = compose(self.sender, to, subject, text)
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:8]}.eml"
        with os.fdopen(os.open(self.folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(message.as_bytes())


class WaitingMailer:
    """Sends nothing: an installation for real answers without a mail server lets its messages wait."""

    def send(self, to: str, subject: str, text: str) -> None:
        """Raise NoMailServer: a link to a new password is not to lie in a file that nobody knows of."""
        raise NoMailServer("FEEDBACK_MAIL_SERVER is not set.")


def make_mailer(settings: Settings) -> Mailer:
    """Return the mail server of the settings; without one, a folder where nothing is real, or else what waits."""
    if settings.mail_waits:
        return WaitingMailer()
    if not settings.mail_server:
        return FileMailer(settings.mailbox_dir, settings.mail_sender)
    return SmtpMailer(
        settings.mail_server,
        settings.mail_port,
        settings.mail_sender,
        tls=settings.mail_use_tls,
        username=settings.mail_username,
        password=settings.mail_password.get_secret_value(),
    )
