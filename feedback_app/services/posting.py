"""Things to be done after a transaction: put into the outbox inside it, so that they happen if and only if it does."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from feedback_app.domain.disclosure.safe import SafeCount
from feedback_app.domain.scope import Role, Scope
from feedback_app.services.accounts import list_addresses
from feedback_app.store import outbox, throttle

EMAIL = "email"
INVITATION = "invitation"
PASSWORD_LINK = "password_link"  # noqa: S105 - a kind of job
WAVE_CLOSED = "wave_closed"
SECOND_STEP_OFF = "second_step_off"
LINKS_AT_ONCE = 3
LINK_SECONDS = 600  # after those, one link more in so many seconds for one address


def put_job(db: Session, scope: Scope, kind: str, payload: Mapping[str, Any]) -> None:
    """Put a job into the outbox; `payload` is plain JSON, and names no response together with a person or a time."""
    outbox.add_job(db, scope, kind, payload)


def put_email(db: Session, scope: Scope, to: str, subject: str, text: str) -> None:
    """Put a plain-text message into the outbox."""
    put_job(db, scope, EMAIL, {"to": to, "subject": subject, "text": text})


def put_password_link(db: Session, scope: Scope, address: str, now: datetime) -> None:
    """Ask for a link to a new password, whether or not there is an account; too many for one address do nothing."""
    now = now.astimezone(UTC)
    name = "link/" + hashlib.sha256(f"feedback/link/{scope.partnership}/{address}".encode()).hexdigest()[:32]
    level = throttle.get_level(db, name, now, 1 / LINK_SECONDS)
    if level <= LINKS_AT_ONCE - 1:
        throttle.set_level(db, name, level + 1, now)
        put_job(db, scope, PASSWORD_LINK, {"to": address})


def notify_wave_closed(db: Session, scope: Scope, *, slug: str, title: str, answered: SafeCount) -> int:
    """Put a message that a wave has closed to each member of the SEND team; return how many.

    `answered` is the protected number, which is all that a message may carry.
    """
    addresses = list_addresses(db, scope, Role.SEND_TEAM)
    what = {"slug": slug, "title": title, "answered": answered.as_total()}
    for address in addresses:
        put_job(db, scope, WAVE_CLOSED, {"to": address, **what})
    return len(addresses)
