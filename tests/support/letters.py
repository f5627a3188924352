"""A real mail server of the test's own, and families whose messages it catches."""

from __future__ import annotations

import email
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email import policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_app.adapters.mail import SmtpMailer
from feedback_app.domain.place import Place
from feedback_app.domain.talks.programme import Rules, Way
from feedback_app.domain.talks.talk import TalkFacts
from feedback_app.jobs.handlers import make_handlers
from feedback_app.jobs.runner import JobRunner
from feedback_app.jobs.talk_work import TalkWork
from feedback_app.services import keeping_booking, signing_up
from feedback_app.services.signing_up import NewBooking, Wanted
from feedback_app.services.waiting_list import Clock
from feedback_app.store.talk_tables import TalkMessage
from tests.support.summaries import SCOPE

LONDON = "Europe/London"
SENDER = "talks@example.org"


class Letterbox:
    """Takes every message, refuses while it is `away`, and says of some addresses that there are none such."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.to: list[str] = []
        self.away = False
        self.unknown: set[str] = set()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Answer who a message is for."""
        if address in self.unknown:
            return "550 5.1.1 There is nobody of this name here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Answer the end of a message."""
        if self.away:
            return "451 Try again later"
        self.messages.append(email.message_from_bytes(envelope.content, policy=policy.default))
        self.to += envelope.rcpt_tos
        return "250 Taken"

    def subjects(self) -> list[str]:
        """Return the subjects of what came, in order."""
        return [str(message["Subject"]) for message in self.messages]

    def text(self) -> str:
        """Return the words of what came last."""
        return str(self.messages[-1].get_content()).replace("\r\n", "\n")


@contextmanager
def listening() -> Iterator[tuple[Letterbox, SmtpMailer]]:
    """Yield a mail server that keeps what it is given, and a mailer that talks to it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    box = Letterbox()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box, SmtpMailer("127.0.0.1", port, SENDER, tls=False)
    finally:
        controller.stop()


class Phones:
    """Keeps the texts that are sent."""

    def __init__(self) -> None:
        self.texts: list[tuple[str, str]] = []

    def send(self, to: str, text: str, *, reference: str, again: bool = False) -> None:
        """Keep one text."""
        self.texts.append((to, text))


class Post:
    """The work behind the pages, with families that book."""

    def __init__(self, app: Flask, db: Session, mailer: Any, texter: Any = None) -> None:
        """Send through these."""
        self.app, self.db = app, db
        self.runner = JobRunner(app, make_handlers(app, mailer, texter))
        self.place: Place = app.config["PLACES"].only
        programme = self.place.programme
        assert programme is not None
        self.programme = programme

    @property
    def rules(self) -> Rules:
        """Return the rules of booking."""
        return self.programme.rules

    def clock(self, now: datetime) -> Clock:
        """Return a moment as services take it."""
        return Clock(now, LONDON, self.rules)

    def book(
        self,
        now: datetime,
        *talks: TalkFacts,
        name: str = "one",
        places: int = 1,
        way: Way = Way.IN_PERSON,
        mobile: str = "",
        language: str = "en_GB",
    ) -> str:
        """Book, and return the secret of the link."""
        email = None if mobile else f"{name}@example.org"
        wanted = [Wanted(talk.id, way, places) for talk in talks]
        form = f"form-of-{name}-{uuid.uuid4().hex}"
        new = NewBooking(form, "Sam Example", email, mobile or None, language, "parent_carer", wanted)
        secret = signing_up.sign_up(self.db, SCOPE, self.programme, LONDON, new, now).secret
        self.db.commit()
        assert secret
        return secret

    def held(self, secret: str) -> keeping_booking.Held:
        """Return the first sign-up of a booking as it stands."""
        self.db.rollback()
        self.db.expire_all()
        found = keeping_booking.list_held(self.db, SCOPE, keeping_booking.find_booking(self.db, SCOPE, secret))[0]
        self.db.rollback()
        return found

    def cancel(self, secret: str, now: datetime) -> None:
        """Cancel the first sign-up of a booking."""
        keeping_booking.cancel(self.db, SCOPE, self.held(secret), self.clock(now))
        self.db.commit()

    def add_places(self, secret: str, now: datetime) -> None:
        """Have two places at the first talk of a booking."""
        keeping_booking.change_places(self.db, SCOPE, self.held(secret), 2, self.programme, self.clock(now))
        self.db.commit()

    def minute(self) -> None:
        """Do what a minute brings: what is due gets its job, and jobs are done."""
        TalkWork(self.runner.transactions, self.place).do_minutely()
        self.runner.run_due()

    def states(self) -> dict[str, str]:
        """Return what messages may be said once -> state and problem."""
        self.db.rollback()
        self.db.expire_all()
        rows = self.db.scalars(select(TalkMessage))
        found = {row.once.split("/")[0]: f"{row.state} {row.problem}".strip() for row in rows}
        self.db.rollback()
        return found
