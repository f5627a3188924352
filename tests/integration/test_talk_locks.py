"""Whoever changes what families have at talks locks the ways of all those talks, in one go, before it writes anything.

So nobody writes by what has changed meanwhile, and no two that want the same talks wait for each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, update
from sqlalchemy.orm import Session

from feedback_app.domain.talks.talk import NeedState, TalkFacts
from feedback_app.services import attending, finishing_talks, keeping_booking, moving_talks, waiting_list
from feedback_app.services.attending import NeedChange, Tick
from feedback_app.services.keeping import Sweeping
from feedback_app.services.signing_up import NeedAsked, Wanted
from feedback_app.store import sign_ups
from feedback_app.store.talk_tables import AccessNeed, Talk
from tests.support.summaries import SCOPE
from tests.support.talk_families import LONDON, NOW, Family
from tests.support.talks import BOTH, IN_PERSON, add_talk

DATABASES = ("sqlite",)  # the same statements go to both; that the lock holds on both is seen in test_last_seat.py

PERSON = next(iter(IN_PERSON))
DAY = timedelta(days=1)
LATER = timedelta(days=400)
WRITES = ("INSERT", "UPDATE", "DELETE")


class Work:
    """One family with two talks and a need at each, another that waits at both, and what is done about them."""

    def __init__(self, app: Flask, db: Session) -> None:
        """Let them book."""
        self.db = db
        self.talks = [add_talk(db, slug, ways={**BOTH, PERSON: 2}) for slug in ("first", "second")]
        self.one, self.two = Family(app, db, "one"), Family(app, db, "two")
        self.one.send([Wanted(talk.id, PERSON, 2) for talk in self.talks], needs=[NeedAsked("bsl")])
        self.two.send([Wanted(talk.id, PERSON, 1) for talk in self.talks])
        self.clock, self.programme = self.one.clock(), self.one.programme

    @property
    def talk(self) -> TalkFacts:
        """Return the first talk."""
        return self.talks[0]

    def booking(self) -> Any:
        """Return the booking of the family that has places."""
        return keeping_booking.find_booking(self.db, SCOPE, self.one.secret or "")

    def finish_all(self) -> Sweeping:
        """Let the talks be finished and long over; return what sweeps then."""
        self.db.execute(update(Talk).values(finished_on=self.talk.day))
        self.db.commit()
        return Sweeping(SCOPE, NOW + LATER, self.programme.rules)

    def offer_all(self) -> None:
        """Let the family that waits have an offer at both talks."""
        for held in self.one.all_held():
            keeping_booking.cancel(self.db, SCOPE, held, self.clock)
        self.db.commit()

    def needs(self) -> list[NeedChange]:
        """Return that all that is needed at the first talk is arranged."""
        found = sign_ups.list_needs(self.db, SCOPE, talk_id=self.talk.id)
        return [NeedChange(need.id, NeedState.ARRANGED, "Sam") for need in found]

    def arrange(self) -> None:
        """Let all that is needed be arranged, and nobody be told."""
        self.db.execute(update(AccessNeed).values(state=NeedState.ARRANGED.value))
        self.db.commit()


Prepared = Callable[[], object]


def _came(work: Work) -> Prepared:
    sign_up = work.one.held().sign_up
    return lambda: attending.set_came(work.db, SCOPE, sign_up.id, 2)


def _ticks(work: Work) -> Prepared:
    ticks = [Tick(work.one.held().sign_up.id, 2, None)]
    return lambda: attending.apply_ticks(work.db, SCOPE, work.talk, ticks)


def _needs(work: Work) -> Prepared:
    changes = work.needs()
    return lambda: attending.change_needs(work.db, SCOPE, work.talk, changes)


def _tell(work: Work) -> Prepared:
    work.arrange()
    return lambda: attending.tell_families(work.db, SCOPE, work.talk, NOW)


def _own_needs(work: Work) -> Prepared:
    return lambda: keeping_booking.change_needs(work.db, SCOPE, work.booking(), [], work.programme, work.clock)


def _cancel(work: Work) -> Prepared:
    return lambda: keeping_booking.cancel(work.db, SCOPE, work.one.held(), work.clock)


def _contact(work: Work) -> Prepared:
    told = {"name": "One", "email": "one@elsewhere.example", "mobile": None, "language": "en_GB", "now": NOW}
    return lambda: keeping_booking.change_contact(work.db, SCOPE, work.booking(), **told)  # type: ignore[arg-type]


def _erase(work: Work) -> Prepared:
    return lambda: keeping_booking.erase(work.db, SCOPE, work.booking(), work.clock)


def _call_off(work: Work) -> Prepared:
    return lambda: moving_talks.cancel(work.db, SCOPE, work.talk, "The speaker is ill", work.clock)


def _undo(work: Work) -> Prepared:
    moving_talks.cancel(work.db, SCOPE, work.talk, "The speaker is ill", work.clock)
    work.db.commit()
    return lambda: moving_talks.undo(work.db, SCOPE, work.talk, work.clock)


def _expire(work: Work) -> Prepared:
    work.offer_all()
    return lambda: waiting_list.expire_offers(work.db, SCOPE, work.one.clock(10 * DAY))


def _finish(work: Work) -> Prepared:
    over = work.talk.ends_at(LONDON)
    return lambda: finishing_talks.finish(work.db, SCOPE, work.programme, LONDON, work.talk, over)


def _sweep_needs(work: Work) -> Prepared:
    sweeping = work.finish_all()
    return lambda: sweeping.delete_needs(work.db)


def _sweep_contacts(work: Work) -> Prepared:
    sweeping = work.finish_all()
    return lambda: sweeping.delete_contacts(work.db)


@contextmanager
def listening(db: Session) -> Iterator[list[tuple[str, frozenset[str]]]]:
    """Yield what is sent to the database meanwhile: each statement with its values."""
    heard: list[tuple[str, frozenset[str]]] = []
    engine = db.get_bind()

    def hear(_conn: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> None:
        told = values.values() if isinstance(values, dict) else values
        heard.append((statement, frozenset(str(value).replace("-", "") for value in told)))

    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(engine, "before_cursor_execute", hear)


@pytest.mark.parametrize(
    "prepare",
    [_came, _ticks, _needs, _tell, _own_needs, _cancel, _contact, _erase, _call_off, _undo, _expire, _finish,
     _sweep_needs, _sweep_contacts],
)  # fmt: skip
def test_all_talks_are_locked_in_one_go_before_anything_is_written(
    app: Flask, db: Session, prepare: Callable[[Work], Prepared]
) -> None:
    act = prepare(Work(app, db))
    db.rollback()
    with listening(db) as heard:
        act()
    kinds = [statement.partition(" ")[0] for statement, _values in heard]
    locks = [at for at, (statement, _values) in enumerate(heard) if statement.startswith("SELECT talk_way.talk_id \n")]
    written = [at for at, kind in enumerate(kinds) if kind in WRITES]
    assert locks, "nothing was locked"
    assert written, "nothing was written"
    assert locks[0] < written[0]
    first = heard[locks[0]][1]
    assert all(heard[at][1] <= first for at in locks), "a talk was locked after others"


def test_messages_are_taken_back_in_the_order_in_which_they_get_their_jobs(app: Flask, db: Session) -> None:
    act = _undo(Work(app, db))
    db.rollback()
    with listening(db) as heard:
        act()
    said = [statement for statement, _values in heard]
    back = next(at for at, one in enumerate(said) if one.startswith("UPDATE talk_message"))
    assert "ORDER BY talk_message.due_at, talk_message.id" in said[back - 1]
