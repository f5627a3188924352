"""Passkeys (WebAuthn): what a browser is asked, and whether what it answers is so. Only public halves are kept."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.store import people
from feedback_app.store.accounts import Passkey, User

BYTES = 32
PATIENCE = 120_000  # milliseconds for which a browser waits for somebody's finger
MOST = 10
LONGEST_NAME = 64
ALONE, AFTER_PASSWORD = "first", "secondary"  # in the library's words: what a passkey is good for


class PasskeyRefused(ValueError):
    """What the browser says of a passkey is not so, or not of this site, person or moment."""


class PasskeyNeedsPassword(PasskeyRefused):
    """A new password was chosen by a link since: the passkey opens the account once more after that password only."""


@dataclass(frozen=True)
class Site:
    """Where a passkey is used: the host that it belongs to, the whole address of the site, its name."""

    host: str
    origin: str
    name: str


def new_challenge() -> str:
    """Return something random that only an answer to this very question can contain."""
    return secrets.token_urlsafe(BYTES)


def new_handle() -> str:
    """Return a random name for an account that passkeys know it by; it says nothing of who that is."""
    return secrets.token_hex(BYTES)


def creation_options(site: Site, user: User, handle: str, challenge: str) -> dict[str, Any]:
    """Return what a browser needs to make a passkey: one that finds its account alone, and knows its owner."""
    import webauthn
    from webauthn.helpers import options_to_json_dict
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    made = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=site.name,
        user_name=user.email,
        user_id=handle.encode(),
        challenge=challenge.encode(),
        timeout=PATIENCE,
        exclude_credentials=_descriptors(user.webauthn),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
    )
    return options_to_json_dict(made)


def request_options(site: Site, passkeys: Sequence[Passkey], challenge: str) -> dict[str, Any]:
    """Return what a browser needs to show a passkey: one of these, or any of this site when none are named."""
    import webauthn
    from webauthn.helpers import options_to_json_dict
    from webauthn.helpers.structs import UserVerificationRequirement

    made = webauthn.generate_authentication_options(
        rp_id=site.host,
        challenge=challenge.encode(),
        timeout=PATIENCE,
        allow_credentials=_descriptors(passkeys),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(made)


def _descriptors(passkeys: Sequence[Passkey]) -> list[Any]:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    return [PublicKeyCredentialDescriptor(id=passkey.credential_id) for passkey in passkeys]


def add_passkey(
    db: Session, site: Site, user: User, handle: str, challenge: str, said: str, name: str, now: datetime
) -> Passkey:
    """Keep a passkey that a browser has made for somebody; raise PasskeyRefused."""
    import webauthn
    from webauthn.helpers import parse_registration_credential_json

    with _refusing():
        made = webauthn.verify_registration_response(
            credential=parse_registration_credential_json(said),
            expected_challenge=challenge.encode(),
            expected_origin=site.origin,
            expected_rp_id=site.host,
            require_user_verification=True,
        )
    if people.find_passkey(db, made.credential_id) is not None or len(made.credential_id) > 1023:
        raise PasskeyRefused
    if user.fs_webauthn_user_handle not in (None, handle):  # another tab was quicker
        raise PasskeyRefused
    user.fs_webauthn_user_handle = handle
    passkey = Passkey(
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        transports=[],
        backup_state=made.credential_backed_up,
        device_type=made.credential_device_type.value,
        lastuse_datetime=_day(now),
        name=name,
        usage=ALONE,
    )
    user.webauthn.append(passkey)
    db.flush()
    return passkey


def check_passkey(
    db: Session, scope: Scope, site: Site, challenge: str, said: str, now: datetime, waiting: User | None = None
) -> User:
    """Return whose passkey answered; raise PasskeyRefused. Its owner was known to it by finger, face or number.

    `waiting`: who gave the right password before, if anybody did; then it has to be that person's.
    """
    import webauthn
    from webauthn.helpers import parse_authentication_credential_json

    with _refusing():
        answer = parse_authentication_credential_json(said)
    passkey = people.find_passkey(db, answer.raw_id)
    if passkey is None or passkey.user.partnership != scope.partnership or not passkey.user.active:
        raise PasskeyRefused
    if waiting is not None and passkey.user_id != waiting.id:
        raise PasskeyRefused
    handle = answer.response.user_handle
    if handle and handle != (passkey.user.fs_webauthn_user_handle or "").encode():
        raise PasskeyRefused
    with _refusing():
        known = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge.encode(),
            expected_origin=site.origin,
            expected_rp_id=site.host,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    if waiting is None and passkey.usage != ALONE:
        raise PasskeyNeedsPassword
    passkey.usage = ALONE
    passkey.sign_count = known.new_sign_count
    passkey.backup_state = known.credential_backed_up
    passkey.lastuse_datetime = _day(now)
    return passkey.user


def ask_for_password_too(user: User) -> bool:
    """Let each of somebody's passkeys open the account only after the password, until it has done so once.

    Return whether there are any. Whoever has stolen one does not know the new password; whoever has stolen a mailbox
    does not get around the second step, as they would if the passkeys were removed.
    """
    for passkey in user.webauthn:
        passkey.usage = AFTER_PASSWORD
    return bool(user.webauthn)


def find_own(user: User, number: int) -> Passkey | None:
    """Return one of somebody's own passkeys by its number."""
    return next((passkey for passkey in user.webauthn if passkey.id == number), None)


def _day(now: datetime) -> datetime:
    """Return the day alone: no time of signing in is kept."""
    return datetime(now.year, now.month, now.day)  # noqa: DTZ001 - the library's column knows no zone


@contextmanager
def _refusing() -> Iterator[None]:
    """Make one refusal of whatever goes wrong while something is read and checked that anybody may have sent."""
    try:
        yield
    except Exception as wrong:
        raise PasskeyRefused from wrong


def read_name(typed: str) -> str:
    """Return the name of a passkey as it is kept: no control signs, spaces made one, not too long."""
    seen = "".join(letter if letter.isprintable() else " " for letter in typed)
    return " ".join(seen.split())[:LONGEST_NAME]


def as_json(options: dict[str, Any]) -> str:
    """Return options as they stand in a page."""
    return json.dumps(options, separators=(",", ":"))
