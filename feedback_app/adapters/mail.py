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

from feedback_app.adapters.notify import NotifyMailer, NotifyTexter, client_of
from feedback_app.domain.ports import Mailer, Texter
from feedback_app.domain.sending import NeverSendable, NoMailServer
from feedback_app.settings import Settings

SECONDS = 20.0
PORT_WITH_TLS_FROM_THE_START = 465
_ADDRESS = re.compile(r"[^\s\x00-\x1f\x7f@,;:<>()\[\]\"\\]+@[^\s\x00-\x1f\x7f@,;:<>()\[\]\"\\]+")

_NO_SUCH_ADDRESS = b"5.1."  # what a server says of the address itself (RFC 3463); other refusals may be about us
_REFERENCE = re.compile(r"[A-Za-z0-9-]{1,64}")


def compose(sender: str, to: str, subject: str, text: str, reference: str = "") -> EmailMessage:
    """Return a message to exactly one address; raise NeverSendable when any part of it can be in no message.

    The same `reference` makes the same Message-ID: a mail server that gets it twice can tell.
    """
    try:
        return _message(sender, to, subject, text, reference)
    except ValueError as wrong:  # of the standard library, too: half a character, a name longer than mail allows
        raise NeverSendable(type(wrong).__name__) from wrong


def _message(sender: str, to: str, subject: str, text: str, reference: str) -> EmailMessage:
    """Return a message; raise ValueError when an address or the subject holds more than one, or anything impossible."""
    message = EmailMessage()
    for name, address in (("From", sender), ("To", to)):
        message[name] = _one_address(address)
    if any(letter in subject for letter in "\r\n\0"):
        raise ValueError("A subject is one line.")
    message["Subject"] = subject
    message["Date"] = format_datetime(datetime.now(UTC))
    if reference and not _REFERENCE.fullmatch(reference):
        raise ValueError("This can be in no Message-ID.")
    domain = _one_address(sender).domain or "localhost"
    message["Message-ID"] = f"<{reference}@{domain}>" if reference else make_msgid(domain=domain)
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

    def send(self, to: str, subject: str, text: str, *, reference: str = "", again: bool = False) -> None:
        """Send a message; raise NeverSendable when it can never be sent, whatever else comes up to try again later."""
        message = compose(self.sender, to, subject, text, reference)
        server = self._connect()
        try:
            if self.username:
                server.login(self.username, self.password)
            server.send_message(message, self.sender, [to])
        except smtplib.SMTPRecipientsRefused as refused:
            if all(said.startswith(_NO_SUCH_ADDRESS) for _status, said in refused.recipients.values()):
                raise NeverSendable(type(refused).__name__) from None
            raise
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

    def send(self, to: str, subject: str, text: str, *, reference: str = "", again: bool = False) -> None:
        """Write a message as a file that only this program's user can read; raise as SmtpMailer.send does."""
        message = compose(self.sender, to, subject, text, reference)
        write_apart(self.folder, ".eml", message.as_bytes())


class FileTexter:
    """Puts text messages into the same folder as .txt files: the number on the first line, the text below."""

    def __init__(self, folder: Path) -> None:
        """Remember the folder; it is made with the first message."""
        self.folder = folder

    def send(self, to: str, text: str, *, reference: str, again: bool = False) -> None:
        """Write a text as a file that only this program's user can read."""
        write_apart(self.folder, ".txt", f"{to}\n\n{text}\n".encode("utf-8", "replace"))


def write_apart(folder: Path, ending: str, content: bytes) -> None:
    """Write a new file that only this program's user can read; their names sort by when they were written."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}-{uuid.uuid4().hex[:8]}{ending}"
    with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)


class WaitingMailer:
    """Sends nothing: an installation for real answers without a mail server lets its messages wait."""

    def send(self, to: str, subject: str, text: str, *, reference: str = "", again: bool = False) -> None:
        """Raise NoMailServer: a link to a new password is not to lie in a file that nobody knows of."""
        raise NoMailServer("FEEDBACK_MAIL_SERVER is not set.")


def make_mailer(settings: Settings) -> Mailer:
    """Return what sends e-mail by the settings: Notify, a mail server; without, a folder, or else what waits."""
    if settings.notify_email_template:
        return NotifyMailer(client_of(settings), settings.notify_email_template)
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


def make_texter(settings: Settings) -> Texter | None:
    """Return what sends texts by the settings: Notify, or a folder where nothing is real; else there is none."""
    if settings.notify_text_template:
        return NotifyTexter(client_of(settings), settings.notify_text_template)
    return FileTexter(settings.mailbox_dir) if settings.can_text else None
