"""What administrators do with accounts of staff: who there is, what each may do, and ending access at once.

Everything is noted in the audit log, in the transaction that does it.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy.orm import Session

from feedback_app.domain.scope import Role, Scope
from feedback_app.services import accounts, second_factor
from feedback_app.services.auditing import note_action
from feedback_app.services.posting import INVITATION, SECOND_STEP_OFF, put_job
from feedback_app.store import people
from feedback_app.store.accounts import User

LARGEST_NUMBER = 2**31 - 1  # of an account, as databases keep it
WhyRefused = Literal[
    "address",
    "taken",
    "no_role",
    "unknown_role",
    "no_workstream",
    "unknown_workstream",
    "not_a_lead",
    "last_administrator",
    "has_come",
    "is_off",
    "own_account",
]


class PersonUnknown(LookupError):
    """The partnership has no such account."""


class PeopleRefused(ValueError):
    """An account cannot be like this."""

    def __init__(self, reason: WhyRefused) -> None:
        """Say why."""
        super().__init__(reason)
        self.reason: WhyRefused = reason


@dataclass(frozen=True)
class Doer:
    """Who does something to an account, and when, for the audit log."""

    actor: str
    at: datetime


@dataclass(frozen=True)
class Duties:
    """What somebody is: roles, and the keys of the workstreams that a workstream lead leads."""

    roles: tuple[Role, ...]
    workstreams: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return them as the audit log has them."""
        roles = ", ".join(self.roles)
        return f"{roles} ({', '.join(self.workstreams)})" if self.workstreams else roles


@dataclass(frozen=True)
class Person:
    """A member of staff as administrators see them. `invited_until` stands only until they have come."""

    id: int
    address: str
    duties: Duties
    active: bool
    has_come: bool
    invited_until: datetime | None
    has_second_factor: bool
    elsewhere: bool  # signs in through the partnership's own sign-in (single sign-on)


def read_duties(roles: Sequence[str], workstreams: Sequence[str], known: Collection[str]) -> Duties:
    """Return roles and workstreams as given in a form or command; raise PeopleRefused.

    `known` are the keys of the plan's workstreams; where there is no plan, a lead leads none.
    """
    if not roles:
        raise PeopleRefused("no_role")
    if any(role not in set(Role) for role in roles):
        raise PeopleRefused("unknown_role")
    if any(key not in known for key in workstreams):
        raise PeopleRefused("unknown_workstream")
    leads = Role.WORKSTREAM_LEAD in roles
    if workstreams and not leads:
        raise PeopleRefused("not_a_lead")
    if leads and known and not workstreams:
        raise PeopleRefused("no_workstream")
    return Duties(tuple(role for role in Role if role in roles), tuple(key for key in known if key in workstreams))


def list_people(db: Session, scope: Scope) -> list[Person]:
    """Return the partnership's members of staff by address."""
    invitations = people.list_invitations(db, scope)
    return [_person(user, invitations.get(user.id)) for user in people.list_users(db, scope)]


def get_person(db: Session, scope: Scope, user_id: int) -> Person:
    """Return one of the partnership's members of staff; raise PersonUnknown."""
    user = get_user(db, scope, user_id)
    return _person(user, people.list_invitations(db, scope).get(user.id))


def get_user(db: Session, scope: Scope, user_id: int) -> User:
    """Return one of the partnership's accounts; raise PersonUnknown."""
    user = people.get_user(db, scope, user_id) if user_id <= LARGEST_NUMBER else None
    if user is None:
        raise PersonUnknown(user_id)
    return user


def number_of(db: Session, scope: Scope, address: str) -> int:
    """Return the number of the partnership's account of an address; raise PersonUnknown."""
    user = people.find_user(db, scope, address.strip().lower())
    if user is None:
        raise PersonUnknown(address)
    return user.id


def _person(user: User, invited_until: datetime | None) -> Person:
    names = {role.name for role in user.roles}
    if invited_until is not None and invited_until.tzinfo is None:
        invited_until = invited_until.replace(tzinfo=UTC)  # SQLite gives back what it was given, without zone
    return Person(
        id=user.id,
        address=user.email,
        duties=Duties(tuple(role for role in Role if role in names), tuple(user.workstreams or ())),
        active=user.active,
        has_come=has_come(user),
        invited_until=invited_until,
        has_second_factor=second_factor.is_on(user),
        elsewhere=user.sso_subject is not None,
    )


def has_come(user: User) -> bool:
    """Return whether somebody has ever come to an account: by a password of their own, or by single sign-on."""
    return user.password is not None or user.sso_subject is not None


def add_with_password(db: Session, scope: Scope, address: str, password: str, duties: Duties, by: Doer) -> User:
    """Add an account with a password, for whoever begins an installation; raise accounts.AccountRefused."""
    people.lock_accounts(db, scope)
    user = accounts.add_user(db, scope, address, password, duties.roles)
    user.workstreams = list(duties.workstreams)
    db.flush()
    note(db, scope, by, "user added", user.email, str(duties))
    return user


def _begin(db: Session, scope: Scope, user_id: int) -> User:
    """Return an account that nobody else changes until this transaction ends; raise PersonUnknown."""
    people.lock_accounts(db, scope)
    return get_user(db, scope, user_id)


def note(db: Session, scope: Scope, by: Doer, action: str, address: str, reason: str = "") -> None:
    """Write into the audit log what was done to the account of an address."""
    note_action(db, scope, at=by.at, actor=by.actor, action=action, subject=address, reason=reason)


def end_sessions(user: User) -> None:
    """End an account's sessions wherever they are, and links to a new password with them."""
    user.fs_uniquifier = secrets.token_hex(32)


def is_last_administrator(db: Session, scope: Scope, user_id: int) -> bool:
    """Return whether without this account nobody would administer the partnership; raise PersonUnknown."""
    user = get_user(db, scope, user_id)
    is_one = user.active and user.has_role(Role.ADMINISTRATOR.value)
    return is_one and not people.has_other_administrator(db, scope, user.id)


def _refuse_the_last(db: Session, scope: Scope, user: User) -> None:
    if is_last_administrator(db, scope, user.id):
        raise PeopleRefused("last_administrator")


def change_duties(db: Session, scope: Scope, user_id: int, duties: Duties, by: Doer, *, keep_one: bool = True) -> None:
    """Give an account these roles and workstreams; raise PersonUnknown, or PeopleRefused for the last administrator.

    From the next page on they hold, signed in or not. `keep_one` is off for the operator, who can add another.
    """
    user = _begin(db, scope, user_id)
    before = _person(user, None).duties
    if keep_one and Role.ADMINISTRATOR not in duties.roles:
        _refuse_the_last(db, scope, user)
    if duties == before:
        return
    user.roles = [people.get_role(db, role) for role in duties.roles]
    user.workstreams = list(duties.workstreams)
    db.flush()
    note(db, scope, by, "roles changed", user.email, f"from {before or 'none'} to {duties}")


def switch_off(db: Session, scope: Scope, user_id: int, by: Doer, *, keep_one: bool = True) -> None:
    """Switch an account off: its sessions end, its invitation is worth nothing. Raise as `change_duties` does."""
    user = _begin(db, scope, user_id)
    if keep_one:
        _refuse_the_last(db, scope, user)
    if not user.active:
        return
    user.active = False
    end_sessions(user)
    people.delete_invitation(db, user.id)
    db.flush()
    note(db, scope, by, "user switched off", user.email)


def switch_on(db: Session, scope: Scope, user_id: int, by: Doer) -> None:
    """Switch an account on again, with the roles and the password it had; raise PersonUnknown.

    Whoever has not come yet is invited again: the invitation of before is worth nothing.
    """
    user = _begin(db, scope, user_id)
    if user.active:
        return
    user.active = True
    end_sessions(user)  # also one that began while the account was being switched off
    db.flush()
    if not has_come(user):
        put_job(db, scope, INVITATION, {"user": user.id, "by": by.actor})
    note(db, scope, by, "user switched on", user.email)


def sign_out_everywhere(db: Session, scope: Scope, user_id: int, by: Doer) -> None:
    """End an account's sessions on every device; raise PersonUnknown."""
    user = _begin(db, scope, user_id)
    end_sessions(user)
    db.flush()
    note(db, scope, by, "user signed out", user.email)


def take_away_second_factor(db: Session, scope: Scope, user_id: int, by: Doer) -> None:
    """Take away a second factor that was lost, recovery codes and passkeys too; raise PersonUnknown.

    Sessions end: whoever comes next with the password sets up a new one. Its owner is told by e-mail.
    """
    user = _begin(db, scope, user_id)
    second_factor.take_all_off(user)
    end_sessions(user)
    db.flush()
    put_job(db, scope, SECOND_STEP_OFF, {"to": user.email})
    note(db, scope, by, "second factor taken away", user.email)
