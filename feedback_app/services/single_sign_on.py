"""Which account somebody opens for whom a provider vouches. Nobody gets one by signing in: accounts are added before.

The first time, an account to which nobody has come yet is found by an address, and bound to the provider's lasting name
for that person; from then on it is found by that name alone, whatever becomes of the address. Whoever has come already
binds their account themselves, signed in: an address alone opens nothing that somebody has.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.domain.single_sign_on import Vouched
from feedback_app.services.administering import has_come
from feedback_app.services.auditing import note_action
from feedback_app.store import people
from feedback_app.store.accounts import User
from feedback_app.store.single_sign_on import find_bound

LINKED = "single sign-on linked"


class NoAccount(LookupError):
    """Nobody was given an account here under this name or these addresses, or it is switched off."""


def find_known(db: Session, scope: Scope, vouched: Vouched) -> User | None:
    """Return the account bound to somebody, None when there is none yet; raise NoAccount for one switched off."""
    user = find_bound(db, scope, vouched.issuer, vouched.subject)
    if user is not None and not user.active:
        raise NoAccount
    return user


def find_expected(db: Session, scope: Scope, vouched: Vouched) -> User:
    """Return the account that waits for somebody who comes the first time; raise NoAccount.

    One that somebody has come to is not waiting: whoever is given its address elsewhere may be somebody else.
    """
    for address in vouched.addresses:
        user = people.find_user(db, scope, address)
        if user is not None and user.active and not has_come(user):
            return user
    raise NoAccount


def bind(db: Session, scope: Scope, vouched: Vouched, address: str, now: datetime) -> User:
    """Bind the account of an address to somebody, and use its invitation up; raise NoAccount when it waits no more."""
    people.lock_accounts(db, scope)
    known = find_known(db, scope, vouched)
    if known is not None:  # the button was pressed twice
        return known
    user = find_expected(db, scope, vouched)
    if user.email != address:
        raise NoAccount
    _bind(db, user, vouched)
    _note(db, scope, user, "invitation accepted", now)
    _note(db, scope, user, LINKED, now)
    return user


def may_be_linked(user: User, issuer: str) -> bool:
    """Return whether an account is free to be bound to somebody at a provider: nobody there has it yet."""
    return user.sso_subject is None or user.sso_issuer != issuer


def link(db: Session, scope: Scope, vouched: Vouched, user: User, now: datetime) -> None:
    """Bind the account of somebody signed in to whom the provider vouches for; raise NoAccount.

    Raised where that name there opens another account here already, or this account is bound to another name there.
    """
    people.lock_accounts(db, scope)
    db.refresh(user)
    known = find_known(db, scope, vouched)
    if known is not None and known.id == user.id:  # the button was pressed twice
        return
    if known is not None or not user.active or not may_be_linked(user, vouched.issuer):
        raise NoAccount
    _bind(db, user, vouched)
    _note(db, scope, user, LINKED, now)


def _bind(db: Session, user: User, vouched: Vouched) -> None:
    """Bind an account to somebody at the provider; no invitation is left that opens it."""
    user.sso_issuer, user.sso_subject = vouched.issuer, vouched.subject
    people.delete_invitation(db, user.id)
    db.flush()


def _note(db: Session, scope: Scope, user: User, action: str, now: datetime) -> None:
    """Write into the audit log what somebody did with their own account by coming through the provider."""
    note_action(db, scope, at=now, actor=user.email, action=action, subject=user.email, reason="single sign-on")
