"""Transactions of the work behind the pages: each its own, and one that goes wrong keeps no other from its turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

import structlog
from flask import Flask
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import Session

from feedback_app.extensions import db
from feedback_app.store.engine import begun_to_read

AWAY = (OperationalError, InterfaceError)

Done = TypeVar("Done")

log = structlog.get_logger(__name__)


class WorkWentWrong(Exception):
    """Something went wrong that was not a handler's doing; the message is its kind alone, never its words."""


def attempt(work: Callable[[], Done]) -> Done:
    """Return what `work` returns; raise WorkWentWrong whatever it raises."""
    try:
        return work()
    except Exception as cause:
        raise WorkWentWrong(type(cause.orig if isinstance(cause, DBAPIError) else cause).__name__) from cause


class Transactions:
    """Transactions of an application, outside any request."""

    def __init__(self, app: Flask) -> None:
        """Open them on this application's database."""
        self.app = app

    @contextmanager
    def begin(self, *, reading: bool = False) -> Iterator[Session]:
        """Yield a session of its own; commit at the end unless something is raised."""
        with begun_to_read(reading), self.app.app_context():
            session: Session = db.session
            with session.begin():
                yield session

    def apart(self, step: Callable[[Session], Done], *, reading: bool = False) -> Done | None:
        """Return what a step did, in a transaction of its own; None when it went wrong, and the next may go on.

        While the database is away no step can be taken: that is raised as it is.
        """
        try:
            return attempt(partial(self._within, step, reading=reading))
        except WorkWentWrong as wrong:
            if isinstance(wrong.__cause__, AWAY):
                raise wrong.__cause__ from None
            log.error("step_went_wrong", cause=str(wrong))
            return None

    def _within(self, step: Callable[[Session], Done], *, reading: bool) -> Done:
        with self.begin(reading=reading) as session:
            return step(session)
