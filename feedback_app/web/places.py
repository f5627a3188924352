"""Whose site a request is for: its host tells. A cookie of one partnership's site is worth nothing at another's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, cast
from wsgiref.types import WSGIEnvironment

from flask import Flask, abort, current_app, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from werkzeug.wsgi import get_host

from feedback_app.domain.place import Place, Places
from feedback_app.domain.scope import Scope

ENVIRON_KEY = "feedback.place"
# What is no partnership's: whoever looks after the machines asks by an address of theirs.
AT_ANY_HOST = frozenset({"static", "public.health", "health.ready"})


def place_of(environ: WSGIEnvironment, places: Places) -> Place | None:
    """Return whose site a request is for, found once for each request; None for a host that is nobody's."""
    if ENVIRON_KEY not in environ:
        environ[ENVIRON_KEY] = places.by_host(get_host(environ))
    return cast("Place | None", environ[ENVIRON_KEY])


def find_place() -> Place | None:
    """Return whose site this request is for, or None; outside any request the only partnership that there is."""
    places: Places = current_app.config["PLACES"]
    return place_of(request.environ, places) if request else places.only


def place() -> Place:
    """Return whose site this request is for; 404 for a host that is nobody's."""
    return find_place() or abort(404)


def scope() -> Scope:
    """Return whose data this request is about."""
    return place().scope


class PlacedSessions(SecureCookieSessionInterface):
    """Sessions in signed cookies: what one partnership's site has signed, another's cannot read."""

    def get_signing_serializer(self, app: Flask) -> Any:
        """Return what signs the cookie of this site; None where the host is nobody's, so that there is no session."""
        found, signer = find_place(), super().get_signing_serializer(app)
        if found is None or signer is None:
            return None
        signer.salt = f"{self.salt}/{found.key}".encode()
        return signer

    def get_expiration_time(self, app: Flask, session: SessionMixin) -> datetime | None:
        """Return until when the browser keeps the cookie: as long as this partnership keeps what was begun."""
        kept = timedelta(days=place().scope.keeping.draft_days)
        return datetime.now(UTC) + kept if session.permanent else None


def know_host() -> None:
    """Answer 404 to whatever is asked for at a host that is nobody's."""
    if request.endpoint not in AT_ANY_HOST and find_place() is None:
        abort(404)


def settle_places(app: Flask) -> None:
    """Let the host of each request tell whose site it is for, before anything else is looked at."""
    app.session_interface = PlacedSessions()
    app.before_request(know_host)
