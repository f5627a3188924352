"""What talks need each minute: offers that run out, messages that are due, reminders whose moment has come."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import structlog

from feedback_app.clock import now_in
from feedback_app.domain.place import Place
from feedback_app.domain.talks.programme import Rules
from feedback_app.jobs.transactions import Transactions
from feedback_app.services import talk_messages
from feedback_app.services.waiting_list import Clock, expire_offers
from feedback_app.store import sign_ups

log = structlog.get_logger(__name__)


class TalkWork:
    """One partnership's work on talks."""

    def __init__(self, transactions: Transactions, place: Place) -> None:
        """Work for a partnership, each step in a transaction of its own."""
        self.transactions, self.place = transactions, place

    def do_minutely(self) -> int:
        """Do what is due, and return how many things that were; nothing where a partnership holds no talks.

        Each step looks first, so that a quiet minute writes nothing.
        """
        programme = self.place.programme
        if programme is None:
            return 0
        now = now_in(self.place.partnership.timezone)
        done = {
            "ended": self._expire(programme.rules, now),
            "reminders": self._remind(programme.rules, now),
            "due": self._put_due(now),
        }
        if any(done.values()):
            log.info("talks_looked_after", **done)
        return sum(done.values())

    def _expire(self, rules: Rules, now: datetime) -> int:
        scope = self.place.scope
        with self.transactions.begin(reading=True) as session:
            if not sign_ups.list_run_out(session, scope, now):
                return 0
        clock = Clock(now, self.place.partnership.timezone, rules)
        return self.transactions.apart(partial(expire_offers, scope=scope, clock=clock)) or 0

    def _remind(self, rules: Rules, now: datetime) -> int:
        scope, timezone = self.place.scope, self.place.partnership.timezone
        with self.transactions.begin(reading=True) as session:
            if not talk_messages.list_reminders(session, scope, rules, timezone, now):
                return 0
        put = partial(talk_messages.put_reminders, scope=scope, rules=rules, timezone=timezone, now=now)
        return self.transactions.apart(put) or 0

    def _put_due(self, now: datetime) -> int:
        with self.transactions.begin(reading=True) as session:
            if not talk_messages.has_due(session, self.place.scope, now):
                return 0
        return self.transactions.apart(partial(talk_messages.put_due, scope=self.place.scope, now=now)) or 0
