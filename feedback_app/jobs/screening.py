"""Screening what came in before there was screening, and telling safeguarding readers, without the words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import structlog
from flask import Flask, url_for
from flask_babel import gettext as _

from feedback_app.clock import now_in
from feedback_app.domain.place import Place
from feedback_app.domain.ports import Mailer
from feedback_app.jobs.transactions import Transactions
from feedback_app.services import commenting, telling

EVERY_SECONDS = 600.0  # between looks: an e-mail is no clock for when somebody wrote

log = structlog.get_logger(__name__)


class ScreeningWork:
    """The work of screening of one partnership, behind the pages."""

    def __init__(self, transactions: Transactions, place: Place) -> None:
        """Work for a partnership, each step in a transaction of its own."""
        self.transactions, self.place = transactions, place

    def screen_waiting(self) -> int:
        """Screen what nobody has screened and return how many comments; a partnership without cues is told of it."""
        screening, scope = self.place.screening, self.place.scope
        if screening is None:
            log.error("no_screening", partnership=self.place.key)
            return 0
        today = now_in(self.place.partnership.timezone).date()
        step = partial(commenting.screen_waiting, scope=scope, screening=screening, today=today)
        done = 0
        while (admitted := self.transactions.apart(step)) is not None and admitted.comments:
            done += admitted.comments
        return done

    def tell_readers(self, *, flagged_alone: bool = True) -> int:
        """Put messages to the readers where something is new or overdue; say loudly in the log when there is none."""
        today = now_in(self.place.partnership.timezone).date()
        tell = partial(telling.tell_readers, scope=self.place.scope, today=today, flagged_alone=flagged_alone)
        told = self.transactions.apart(tell)
        if told is not None and told.nobody:
            log.error("no_safeguarding_reader", partnership=self.place.key)
        return told.messages if told else 0


class SendSafeguardingWaits:
    """Tells a safeguarding reader that something waits to be read."""

    def __init__(self, app: Flask, mailer: Mailer) -> None:
        """Make addresses for `app`, send through `mailer`."""
        self.app, self.mailer = app, mailer

    def __call__(self, place: Place, payload: Mapping[str, Any]) -> None:
        """Send `to` that something is `new` or `overdue`, and where; never how much, never what."""
        from feedback_app.jobs.handlers import at_site

        with at_site(self.app, place):
            overdue = bool(payload.get("overdue"))
            subject = _("Overdue: a comment must be read") if overdue else _("A comment waits for you to read it")
            lines = [
                _("A comment is past the day by which it should have been read.") if overdue else "",
                _("Something new waits in the safeguarding queue.") if payload.get("new") else "",
                _("Please read it today. What it says is never sent by e-mail."),
                url_for("safeguarding.queue", _external=True),
            ]
        self.mailer.send(payload["to"], subject, "\n\n".join(filter(None, lines)))
