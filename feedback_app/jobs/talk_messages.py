"""Sending messages to families: taken in hand and noted first, then sent, then noted as sent."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Flask

from feedback_app.clock import now_in
from feedback_app.domain.partnership import Language
from feedback_app.domain.place import Place
from feedback_app.domain.ports import Mailer, Texter
from feedback_app.domain.sending import NeverSendable, NoMailServer
from feedback_app.domain.talks.talk import Channel, MessageState
from feedback_app.jobs import talk_words
from feedback_app.jobs.handlers import at_site
from feedback_app.jobs.runner import MOST_ATTEMPTS
from feedback_app.jobs.transactions import Transactions
from feedback_app.services import sending_talks
from feedback_app.services.sending_talks import Letter
from feedback_app.services.waiting_list import Clock

REFUSED, NO_TEXTS, GAVE_UP = "refused", "no_texts", "gave_up"


class SendTalkMessage:
    """Sends one message to a family, in its language, by e-mail where it has given one, else by text."""

    def __init__(self, app: Flask, mailer: Mailer, texter: Texter | None) -> None:
        """Make words in `app`, send through `mailer` and `texter`."""
        self.app, self.mailer, self.texter = app, mailer, texter
        self.transactions = Transactions(app)

    def __call__(self, place: Place, payload: Mapping[str, Any]) -> None:
        """Send the message `message`, unless it was sent or there is no reason for it any more."""
        programme = place.programme
        if programme is None:
            return
        timezone = place.partnership.timezone
        clock = Clock(now_in(timezone), timezone, programme.rules)
        with self.transactions.begin() as session:
            letter = sending_talks.take(session, place.scope, programme, uuid.UUID(payload["message"]), clock)
        if letter is None:
            return
        try:
            self._send(place, letter, clock)
        except NeverSendable as wrong:
            self._settle(place, letter, MessageState.FAILED, str(wrong) if str(wrong) == NO_TEXTS else REFUSED)
        except Exception as wrong:
            waits = isinstance(wrong, NoMailServer)  # as long as it takes, for nothing is wrong with it
            if waits or letter.message.attempts + 1 < MOST_ATTEMPTS:
                with self.transactions.begin() as session:
                    sending_talks.release(session, place.scope, letter)
            else:
                self._settle(place, letter, MessageState.FAILED, GAVE_UP)
            raise
        else:
            self._settle(place, letter, MessageState.SENT)

    def _send(self, place: Place, letter: Letter, clock: Clock) -> None:
        """Make the words and hand them over; raise NeverSendable where nobody could."""
        reference = str(letter.message.id)
        language = _language_of(place, letter.booking.language)
        with at_site(self.app, place, language):
            writing = talk_words.Writing(place, language, letter, clock)
            written = writing.as_email() if letter.channel is Channel.EMAIL else None
            short = "" if written else writing.as_text()
        if written:
            subject, text = written
            self.mailer.send(letter.booking.email or "", subject, text, reference=reference, again=letter.again)
        elif self.texter is None:
            raise NeverSendable(NO_TEXTS)
        else:
            self.texter.send(letter.booking.mobile or "", short, reference=reference, again=letter.again)

    def _settle(self, place: Place, letter: Letter, state: MessageState, problem: str = "") -> None:
        now = datetime.now(UTC)
        with self.transactions.begin() as session:
            sending_talks.settle(session, place.scope, letter, state, problem=problem, now=now)


def _language_of(place: Place, locale: str) -> Language:
    """Return the language that a family booked in; the first where the partnership has it no more."""
    return next((one for one in place.languages if one.locale == locale), place.languages[0])
