"""What talks need each minute: offers that run out, messages that are due, reminders whose moment has come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy.orm import Session

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
        clock = Clock(now, self.place.partnership.timezone, rules)
        look = partial(sign_ups.list_run_out, scope=scope, now=now)
        return self._if_any(look, partial(expire_offers, scope=scope, clock=clock))

    def _remind(self, rules: Rules, now: datetime) -> int:
        scope, timezone = self.place.scope, self.place.partnership.timezone
        look = partial(talk_messages.list_reminders, scope=scope, rules=rules, timezone=timezone, now=now)
        put = partial(talk_messages.put_reminders, scope=scope, rules=rules, timezone=timezone, now=now)
        return self._if_any(look, put)

    def _put_due(self, now: datetime) -> int:
        scope = self.place.scope
        look = partial(talk_messages.has_due, scope=scope, now=now)
        return self._if_any(look, partial(talk_messages.put_due, scope=scope, now=now))

    def _if_any(self, look: Callable[[Session], object], do: Callable[[Session], int]) -> int:
        """Do something in a transaction of its own where looking, which writes nothing, finds reason; return how much.

        One that goes wrong, looking too, keeps no other from its turn.
        """
        found = self.transactions.apart(look, reading=True)
        return (self.transactions.apart(do) or 0) if found else 0
