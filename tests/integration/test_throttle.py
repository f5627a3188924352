"""Tries that arrive together are all counted, the very first ones too."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.extensions import db as extension
from feedback_app.services import accounts
from feedback_app.store import throttle

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
PEOPLE = 6
SCOPE = Scope("lancashire")


def together(app: Flask, work: Callable[[Session], None]) -> None:
    """Do something in as many transactions as there are people, begun at the same moment."""
    ready = threading.Barrier(PEOPLE)

    def alone() -> None:
        with app.app_context(), extension.session.begin():
            session: Session = extension.session
            ready.wait(timeout=30)
            work(session)

    threads = [threading.Thread(target=alone) for _ in range(PEOPLE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_first_tries_made_together_are_all_counted(app: Flask, db: Session) -> None:
    def fail(session: Session) -> None:
        throttle.set_level(session, "new", throttle.get_level(session, "new", NOW, 0.2) + 1, NOW)

    together(app, fail)
    assert throttle.get_level(db, "new", NOW, 0.2) == PEOPLE


def test_first_sign_in_tries_made_together_slow_the_next_one_down(app: Flask, db: Session) -> None:
    together(app, lambda session: assert_free(accounts.note_try(session, SCOPE, "lead@example.org", NOW)))
    assert accounts.note_try(db, SCOPE, "lead@example.org", NOW) > 0


def assert_free(wait: int) -> None:
    """Hold that a try did not have to wait."""
    assert wait == 0


def test_a_level_leaks_away(db: Session) -> None:
    assert throttle.get_level(db, "new", NOW, 0.5) == 0
    throttle.set_level(db, "new", 3, NOW)
    assert throttle.get_level(db, "new", NOW + timedelta(seconds=4), 0.5) == 1
    assert throttle.get_level(db, "new", NOW + timedelta(seconds=400), 0.5) == 0
