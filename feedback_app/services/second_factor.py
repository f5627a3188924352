"""The second thing that somebody shows at the door: a code from an app, a recovery code. Passkeys have their own file.

Codes of an app are those of RFC 6238 (TOTP, six digits, 30 seconds); each is taken once.
"""

from __future__ import annotations

import hmac
import re
from datetime import datetime

from feedback_app.domain import codes
from feedback_app.store.accounts import User

APP = "authenticator"
RECOVERY_CODES = 10
SECONDS = 30  # how long a code is shown
WINDOW = 30  # clocks may differ by so many seconds


def is_on(user: User) -> bool:
    """Return whether somebody has to show a second thing, after the password."""
    return has_app(user) or bool(user.webauthn)


def has_app(user: User) -> bool:
    """Return whether somebody has an authenticator app set up; its secret is not opened for that."""
    return user.tf_primary_method == APP


def new_secret() -> str:
    """Return a new secret for an authenticator app: 160 random bits as 32 letters of base 32."""
    from passlib.totp import TOTP  # type: ignore[import-untyped]

    return str(TOTP.new().base32_key)


def in_fours(secret: str) -> str:
    """Return a secret as it is shown for typing: in groups of four."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def address_for_app(secret: str, account: str, site: str) -> str:
    """Return the otpauth:// address that an app reads from the square picture."""
    from passlib.totp import TOTP

    return str(TOTP(key=secret, issuer=_plain(site)).to_uri(label=_plain(account)))


def _plain(name: str) -> str:
    """Return a name without the colon, which parts a site from an account in such an address."""
    return name.replace(":", " ")


def counter_of(secret: str, typed: str, now: datetime, last: int | None = None) -> int | None:
    """Return which code of a secret was typed, as its number in time; None for a wrong one or one not after `last`."""
    from passlib.exc import TokenError  # type: ignore[import-untyped]
    from passlib.totp import TOTP

    digits = re.sub(r"[\s\-]", "", typed)
    if not re.fullmatch(r"[0-9]{6}", digits):
        return None
    try:
        return int(TOTP(key=secret).match(digits, int(now.timestamp()), window=WINDOW, last_counter=last).counter)
    except TokenError:
        return None


def keep_app(user: User, secret: str, counter: int) -> None:
    """Keep an app's secret, once a code of it was shown."""
    user.tf_totp_secret = f"{secret}/{counter}"
    user.tf_primary_method = APP


def take_code(user: User, typed: str, now: datetime) -> bool:
    """Return whether a code of somebody's app is right; it and those before it are worth nothing afterwards."""
    secret, _, last = (user.tf_totp_secret or "").partition("/")
    counter = counter_of(secret, typed, now, int(last)) if secret else None
    if counter is None:
        return False
    keep_app(user, secret, counter)
    return True


def new_recovery_codes(user: User) -> list[str]:
    """Return new recovery codes as they are written; those from before are worth nothing, and only hashes are kept."""
    fresh = [codes.new_code() for _ in range(RECOVERY_CODES)]
    user.mf_recovery_codes = [_hash_of(code) for code in fresh]
    return [codes.as_written(code) for code in fresh]


def take_recovery_code(user: User, typed: str) -> bool:
    """Return whether a recovery code is right; it is worth nothing afterwards."""
    code = codes.read_code(typed)
    kept = list(user.mf_recovery_codes or [])
    found = [one for one in kept if code is not None and hmac.compare_digest(one, _hash_of(code))]
    user.mf_recovery_codes = [one for one in kept if one not in found] if found else kept
    return bool(found)


def recovery_codes_left(user: User) -> int:
    """Return how many recovery codes somebody has left."""
    return len(user.mf_recovery_codes or [])


def _hash_of(code: str) -> str:
    return codes.hash_of(code, "recovery").hex()


def remove_app(user: User) -> None:
    """Forget somebody's app; with the last second thing go the recovery codes."""
    user.tf_totp_secret = user.tf_primary_method = None
    forget_codes_without_use(user)


def forget_codes_without_use(user: User) -> None:
    """Forget the recovery codes of somebody who has nothing that they would stand in for."""
    if not is_on(user):
        user.mf_recovery_codes = []


def take_all_off(user: User) -> None:
    """Forget app, passkeys and recovery codes, for somebody who lost them all; the caller ends the sessions."""
    user.webauthn.clear()
    remove_app(user)
