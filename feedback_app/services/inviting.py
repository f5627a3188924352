"""Inviting members of staff: an account without a password, and a link by e-mail through which they choose one.

Of the link only a hash is ever kept. It is made when the message is sent, works once, and for a week.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.services.accounts import AccountRefused, read_address
from feedback_app.services.administering import Doer, Duties, PeopleRefused, end_sessions, get_user, has_come, note
from feedback_app.services.posting import INVITATION, put_job
from feedback_app.store import people
from feedback_app.store.accounts import User

LASTS = timedelta(days=7)
TOKEN_BYTES = 32


class InvitationUnknown(LookupError):
    """A link that was used, is too old, was replaced by a newer one, or never was: nobody is told which."""


def read_invited(address: str) -> str:
    """Return an address as it is kept; raise PeopleRefused."""
    try:
        return read_address(address.strip())
    except AccountRefused as refused:
        raise PeopleRefused("address") from refused


def invite(db: Session, scope: Scope, address: str, duties: Duties, by: Doer) -> User:
    """Add an account that nobody can sign in to yet, and put its invitation into the outbox; raise PeopleRefused."""
    normal = read_invited(address)
    people.lock_accounts(db, scope)
    if people.find_user(db, scope, normal) is not None:
        raise PeopleRefused("taken")
    user = User(
        partnership=scope.partnership,
        email=normal,
        password=None,
        active=True,
        fs_uniquifier=secrets.token_hex(32),
        roles=[people.get_role(db, role) for role in duties.roles],
        workstreams=list(duties.workstreams),
    )
    people.add_user(db, user)
    put_job(db, scope, INVITATION, {"user": user.id, "by": by.actor})
    note(db, scope, by, "user invited", normal, str(duties))
    return user


def invite_again(db: Session, scope: Scope, user_id: int, by: Doer) -> None:
    """Put another invitation into the outbox; once sent, the one before is worth nothing.

    Raise PersonUnknown, or PeopleRefused for somebody who has come or whose account is off.
    """
    people.lock_accounts(db, scope)
    user = get_user(db, scope, user_id)
    if has_come(user):
        raise PeopleRefused("has_come")
    if not user.active:
        raise PeopleRefused("is_off")
    put_job(db, scope, INVITATION, {"user": user.id, "by": by.actor})
    note(db, scope, by, "invitation sent again", user.email)


def make_token(db: Session, scope: Scope, user_id: int, now: datetime) -> tuple[str, str, datetime] | None:
    """Return an address, a new token for it, and until when it works; None when nobody is to be invited any more."""
    people.lock_accounts(db, scope)
    user = people.get_user(db, scope, user_id)
    if user is None or not user.active or has_come(user):
        return None
    token, until = secrets.token_urlsafe(TOKEN_BYTES), now.astimezone(UTC) + LASTS
    people.set_invitation(db, user.id, _hash(token), until)
    return user.email, token, until


def find_invited(db: Session, scope: Scope, token: str, now: datetime) -> str:
    """Return the address that an invitation is for, and change nothing; raise InvitationUnknown."""
    return _invited(db, scope, token, now).email


def _invited(db: Session, scope: Scope, token: str, now: datetime) -> User:
    user = people.find_invited(db, scope, _hash(token), now.astimezone(UTC))
    if user is None:
        raise InvitationUnknown
    return user


def accept(db: Session, scope: Scope, token: str, hashed: str, now: datetime) -> None:
    """Keep the hash of a password for the account that an invitation is for, and use it up; raise InvitationUnknown.

    Nobody is signed in by it: the door asks for the password, and for a second factor to be set up.
    """
    people.lock_accounts(db, scope)
    user = _invited(db, scope, token, now)
    if not people.use_up_invitation(db, _hash(token)):
        raise InvitationUnknown
    user.password = hashed
    end_sessions(user)
    db.flush()
    note(db, scope, Doer(user.email, now), "invitation accepted", user.email)


def _hash(token: str) -> str:
    return hashlib.sha256(f"feedback/invitation/{token}".encode()).hexdigest()
