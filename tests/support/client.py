"""A Flask test client that reads every page it fetches, and watches what a request leaves in the database."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask, request_finished
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.support.pages import problems_of

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_WRITE = re.compile(
    r"\s*(?:WITH\b.*?\b)?"
    r"(?:INSERT(?:\s+OR\s+\w+)?\s+INTO|UPDATE|DELETE\s+FROM|REPLACE\s+INTO|MERGE\s+INTO"
    r"|(?:CREATE|ALTER|DROP|TRUNCATE)(?:\s+(?:TABLE|INDEX|SEQUENCE))?)\s+([\w.\"]+)",
    re.IGNORECASE | re.DOTALL,
)


class LeftBehind(AssertionError):
    """A request wrote where it may only read, or left work uncommitted."""


class BadPage(AssertionError):
    """A page breaks a rule that every page keeps."""


class Watch:
    """What one request did to the database: tables written, and those written but not yet committed."""

    def __init__(self) -> None:
        """Begin with nothing written, listening to this thread alone: a background job is no part of the request."""
        self.thread = threading.get_ident()
        self.written: list[str] = []
        self.uncommitted: list[str] = []
        self.left: list[str] = []

    def executed(self, _connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        """Note the table that a statement writes to."""
        if threading.get_ident() == self.thread and (found := _WRITE.match(statement)):
            table = found.group(1).strip('"').lower()
            self.written.append(table)
            self.uncommitted.append(table)

    def committed(self, _connection: Connection) -> None:
        """Note that all that was written so far is kept."""
        if threading.get_ident() == self.thread:
            self.uncommitted.clear()

    def look(self, session: Session) -> None:
        """Note what a session still holds unwritten."""
        if threading.get_ident() == self.thread:
            for state in ("new", "dirty", "deleted"):
                self.left += [f"{state} {type(row).__name__}" for row in getattr(session, state)]

    def finished(self, _app: Flask, **_extra: Any) -> None:
        """Look at the session when the view is done, before it is closed."""
        from feedback_app.extensions import db

        self.look(db.session)


@contextmanager
def watching(app: Flask, reading: bool) -> Iterator[Watch]:
    """Listen to every engine and to the end of the request; yields the Watch that fills."""
    watch = Watch()
    rollback = Session.rollback

    def look_and_roll_back(session: Session) -> None:
        watch.look(session)
        rollback(session)

    with pytest.MonkeyPatch.context() as patch:
        if reading:  # a GET ends with a rollback, which would hide what the view had added
            patch.setattr(Session, "rollback", look_and_roll_back)
        event.listen(Engine, "before_cursor_execute", watch.executed)
        event.listen(Engine, "commit", watch.committed)
        request_finished.connect(watch.finished, app)
        try:
            yield watch
        finally:
            request_finished.disconnect(watch.finished, app)
            event.remove(Engine, "commit", watch.committed)
            event.remove(Engine, "before_cursor_execute", watch.executed)


class CheckedClient(FlaskClient):
    """The client of all page tests; `written_on_get` names the few tables that a GET may add to before it replies."""

    written_on_get: frozenset[str] = frozenset({"audit_entry", "released_table"})

    def run_wsgi_app(self, environ: Any, buffered: bool = False) -> Any:
        """Send one request, redirects not followed; raise LeftBehind when it leaves in the database what it may not."""
        reading = environ["REQUEST_METHOD"] in READING_METHODS
        with watching(self.application, reading) as watch:
            answer = super().run_wsgi_app(environ, buffered)
        where = f"{environ['REQUEST_METHOD']} {environ.get('PATH_INFO')}"
        good = int(answer[1].split()[0]) < 400
        if watch.left and (reading or good):
            raise LeftBehind(f"{where} leaves in the session: {', '.join(watch.left)}.")
        if reading and (wrong := set(watch.written) - self.written_on_get):
            raise LeftBehind(f"{where} wrote to {', '.join(sorted(wrong))}.")
        if watch.uncommitted and good:
            raise LeftBehind(f"{where} did not commit what it wrote to {', '.join(watch.uncommitted)}.")
        return answer

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request and read the page that answers it; raise BadPage with every rule that it breaks."""
        response = super().open(*args, **kwargs)
        is_page = response.mimetype == "text/html" and response.request.method != "HEAD"
        if is_page and not 300 <= response.status_code < 400:
            problems = problems_of(response.get_data(as_text=True))
            if problems:
                raise BadPage(f"{response.request.path} ({response.status_code}):\n" + "\n".join(problems))
        return response
