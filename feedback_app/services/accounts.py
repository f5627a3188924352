"""Accounts of staff: adding and switching off, and slowing down whoever guesses passwords."""

from __future__ import annotations

import hashlib
import math
import secrets
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Role, Scope
from feedback_app.services.passwords import LONGEST_PASSWORD, SHORTEST_PASSWORD, weakness_of
from feedback_app.store import operating, people, throttle
from feedback_app.store.accounts import User

# Argon2id at the least cost that OWASP's cheat sheet on storing passwords asks for: 19 MiB a check keeps memory flat.
HASH_COST = {"memory_cost": 19_456, "time_cost": 2, "parallelism": 1}
DEMONSTRATION_PASSWORD = "look around 2026"  # noqa: S105 - printed at the start of a demonstration, of no use elsewhere
DEMONSTRATION_STAFF = {
    "send.team@example.org": Role.SEND_TEAM,
    "lead@example.org": Role.WORKSTREAM_LEAD,
    "administrator@example.org": Role.ADMINISTRATOR,
    "auditor@example.org": Role.AUDITOR,
    "powar@example.org": Role.POWAR_WORKER,
    "forum@example.org": Role.FORUM_ORGANISER,
    "board@example.org": Role.BOARD_MEMBER,
    "safeguarding@example.org": Role.SAFEGUARDING_READER,
    "reader@example.org": Role.COMMENT_READER,
}
FREE_TRIES = 6
SECONDS_A_TRY = 20  # after those, one try more in so many seconds: for this account only, and never none at all
SECONDS_A_CODE = 120  # the same for codes of six digits, asked for after the right password: one in 350,000 hits
PASSWORD_TRY, CODE_TRY = "sign-in", "second"


class AccountRefused(ValueError):
    """An account cannot be kept like this; the message says why."""


def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password, written as the sign-in library reads it."""
    from argon2 import PasswordHasher

    hasher = PasswordHasher(
        memory_cost=HASH_COST["memory_cost"], time_cost=HASH_COST["time_cost"], parallelism=HASH_COST["parallelism"]
    )
    return hasher.hash(unicodedata.normalize("NFKD", password))


def add_user(db: Session, scope: Scope, email: str, password: str, roles: Sequence[Role]) -> User:
    """Add a member of staff; raise AccountRefused for a bad address, a weak password, no role, or an address taken."""
    address = read_address(email)
    weak = weakness_of(password, [address, scope.partnership])
    if weak in ("short", "long"):
        raise AccountRefused(
            f"The password must have {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} letters, numbers and signs."
        )
    if weak:
        raise AccountRefused("This password is easy to guess. Use words that do not belong together.")
    if not roles:
        raise AccountRefused("Name at least one role.")
    if people.find_user(db, scope, address) is not None:
        raise AccountRefused(f"There is an account for {address} already.")
    user = User(
        partnership=scope.partnership,
        email=address,
        password=hash_password(password),
        active=True,
        fs_uniquifier=secrets.token_hex(32),
        roles=[people.get_role(db, role) for role in dict.fromkeys(roles)],
    )
    return people.add_user(db, user)


def read_address(email: str) -> str:
    """Return an e-mail address as it is kept: normal form, small letters; raise AccountRefused when it is none.

    One with other than ASCII signs is refused: it may look like somebody else's and be none of theirs.
    """
    try:
        address = validate_email(email, check_deliverability=False).normalized.lower()
    except EmailNotValidError as wrong:
        raise AccountRefused(f"{email!r} is no e-mail address: {wrong}") from wrong
    if not address.isascii():
        raise AccountRefused(
            f"{email!r} has letters other than a to z. Some look like those and are not: type the address anew."
        )
    return address


def list_users(db: Session, scope: Scope) -> list[User]:
    """Return the partnership's members of staff by address."""
    return people.list_users(db, scope)


def list_demonstration_staff(db: Session) -> list[str]:
    """Return the demonstration's accounts that can sign in, of any partnership: everybody knows their password."""
    return operating.list_active(db, list(DEMONSTRATION_STAFF))


def list_addresses(db: Session, scope: Scope, role: Role) -> list[str]:
    """Return the addresses of those members of staff with a role whose account is on."""
    return [user.email for user in people.list_users(db, scope) if user.active and user.has_role(role.value)]


def set_password_hash(db: Session, scope: Scope, email: str, hashed: str) -> None:
    """Keep the same password under a newer hash; sessions go on."""
    user = people.find_user(db, scope, email)
    if user is not None:
        user.password = hashed


def _tries_of(scope: Scope, address: str, kind: str) -> str:
    """Return the name under which an address's tries are counted; it says nothing of the address."""
    told = f"feedback/{kind}/{scope.partnership}/{address}"
    return f"{kind}/{hashlib.sha256(told.encode()).hexdigest()[:32]}"


def note_try(db: Session, scope: Scope, address: str, now: datetime, kind: str = PASSWORD_TRY) -> int:
    """Count one try for an address, known or not, and return 0, or the seconds to wait when there were too many."""
    name, now = _tries_of(scope, address, kind), now.astimezone(UTC)
    seconds = SECONDS_A_CODE if kind == CODE_TRY else SECONDS_A_TRY
    level = throttle.get_level(db, name, now, 1 / seconds)
    if level > FREE_TRIES - 1:
        return max(1, math.ceil((level - FREE_TRIES + 1) * seconds))
    throttle.set_level(db, name, level + 1, now)
    return 0


def forget_tries(db: Session, scope: Scope, address: str, kind: str = PASSWORD_TRY) -> None:
    """Forget an address's tries: the right person came in, or chose a new password."""
    throttle.set_level(db, _tries_of(scope, address, kind), 0.0, datetime.fromtimestamp(0, UTC))
