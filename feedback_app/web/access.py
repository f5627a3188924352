"""Who may see what: every view declares its audience here, and gets its one transaction here."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import abort, request
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.exceptions import Forbidden

from feedback_app.domain.permissions import Permission, permissions_of
from feedback_app.domain.scope import Role
from feedback_app.extensions import db
from feedback_app.services.access_table import PUBLIC
from feedback_app.store.engine import set_reading
from feedback_app.web.places import place as place  # noqa: PLC0414 - views take both from here
from feedback_app.web.places import scope as scope  # noqa: PLC0414

View = TypeVar("View", bound=Callable[..., Any])
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def _in_one_transaction(view: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    """Answer a request: commit once after a view that changes something, keep nothing of one that fails."""
    reads = request.method in _SAFE
    set_reading(reads)
    session: Session = db.session
    try:
        answer = view(**arguments)
        if reads:
            session.rollback()
        else:
            session.commit()
    except BaseException:
        session.rollback()
        raise
    return answer


def _declare(view: View, audience: object, check: Callable[[], None]) -> View:
    @wraps(view)
    def declared(**arguments: Any) -> Any:
        set_reading(request.method in _SAFE)
        check()
        return _in_one_transaction(view, arguments)

    declared.audience = audience  # type: ignore[attr-defined]
    return cast(View, declared)


def public(view: View) -> View:
    """Let anybody see this view."""
    return _declare(view, PUBLIC, lambda: None)


def permissions() -> frozenset[Permission]:
    """Return what whoever asks may do here: nothing when not signed in, or signed in to another partnership."""
    if not current_user.is_authenticated or current_user.partnership != scope().partnership:
        return frozenset()
    return permissions_of(Role(role.name) for role in current_user.roles)


def may(*wanted: Permission) -> bool:
    """Return whether whoever asks may do one of these."""
    return not permissions().isdisjoint(wanted)


def staff(*wanted: Permission) -> Callable[[View], View]:
    """Let only members of staff who may do one of `wanted` see this view."""

    def check() -> None:
        if not current_user.is_authenticated:
            abort(401)
        if current_user.partnership != scope().partnership:
            abort(404)
        if not may(*wanted):
            abort(403)

    def declare(view: View) -> View:
        if not wanted:
            raise TypeError(f"{view.__name__} names no permission that it asks for")
        return _refusals_noted(_declare(view, wanted, check))

    return declare


def _refusals_noted(view: View) -> View:
    """Write into the audit log that somebody signed in is refused a view, before the refusal is sent."""

    @wraps(view)
    def watched(**arguments: Any) -> Any:
        try:
            return view(**arguments)
        except Forbidden:
            from feedback_app.web.noting import note_refusal  # it needs what stands here

            note_refusal()
            raise

    return cast(View, watched)
