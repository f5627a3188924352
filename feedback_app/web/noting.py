"""Who saw what, and who was refused: written into the audit log before the reply leaves."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from feedback_app.domain.errors import SurveyUnknown
from feedback_app.extensions import db
from feedback_app.services import auditing, fielding
from feedback_app.store.engine import turn_to_write
from feedback_app.web import clock
from feedback_app.web.access import scope

View = Callable[..., ResponseReturnValue]


def note_seen(action: str, subject: str, reason: str = "") -> None:
    """Note what whoever asks sees, once a day; what stands there already costs one look and no turn to write."""
    session: Session = db.session
    known = {"at": clock.now(), "actor": current_user.email, "action": action, "subject": subject, "reason": reason}
    if not auditing.is_noted(session, scope(), **known):
        with turn_to_write(session):
            auditing.note_once_a_day(session, scope(), **known)


def note_taken(action: str, subject: str, reason: str = "") -> None:
    """Note what whoever asks takes away, every time."""
    session: Session = db.session
    actor = current_user.email
    with turn_to_write(session):
        auditing.note_action(
            session, scope(), at=clock.now(), actor=actor, action=action, subject=subject, reason=reason
        )


def seen(action: str, about: Callable[..., str] = lambda **_arguments: "") -> Callable[[View], View]:
    """Note that a view of a wave was seen, once it has something to show; ``about`` says more of its arguments."""

    def declare(view: View) -> View:
        @wraps(view)
        def watched(**arguments: Any) -> ResponseReturnValue:
            answer = view(**arguments)
            note_seen(action, arguments["slug"], about(**arguments))
            return answer

        return watched

    return declare


def note_refusal() -> None:
    """Note that somebody signed in is refused a view, once a day: with which wave, where there is such a one.

    Nothing that was typed into the address gets into the log.
    """
    if not current_user.is_authenticated:
        return
    session: Session = db.session
    rule = str(request.url_rule)
    known = {
        "at": clock.now(),
        "actor": current_user.email,
        "action": auditing.REFUSED,
        "reason": f"{request.method} {rule}",
    }
    session.rollback()
    if not auditing.is_noted(session, scope(), **known):
        subject = _wave_asked_for() or rule
        with turn_to_write(session):
            auditing.note_once_a_day(session, scope(), **known, subject=subject, any_subject=True)


def _wave_asked_for() -> str:
    slug = (request.view_args or {}).get("slug", "")
    try:
        return fielding.get_wave(db.session, scope(), slug).slug if slug else ""
    except SurveyUnknown:
        return ""
