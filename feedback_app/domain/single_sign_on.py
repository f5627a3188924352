"""Single sign-on: whom a provider vouches for, which of their addresses count, and which settings make sense."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

LONGEST_SUBJECT = 255  # ASCII characters, as OpenID Connect Core 1.0, section 2, limits it
LEEWAY = 60  # seconds by which clocks may differ
ENTRA_HOSTS = frozenset(
    {"login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn"}
)  # Microsoft's, for its clouds
_TENANT = re.compile(r"/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/v2\.0")
_ANYBODY = "9188040d-6c67-4c5b-b112-36a304b66dad"  # the tenant of private Microsoft accounts: everybody has one
_OWN_MACHINE = frozenset({"127.0.0.1", "localhost"})
_ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")


class ProviderAway(Exception):
    """The provider cannot be asked just now, or answers nonsense; `status` says which (503, 502)."""

    def __init__(self, reason: str, status: int = 503) -> None:
        """Say why, in words for the log: nothing of any person."""
        super().__init__(reason)
        self.reason = reason
        self.status = status


class NotVouched(Exception):
    """The provider vouches for nobody by what came back; the message says why, in words for the log."""


@dataclass(frozen=True)
class Asked:
    """What one way to the provider and back is known by: three secrets, each made for this way alone."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Vouched:
    """Whom a provider vouches for: a lasting name there, and the addresses that may find an account the first time.

    `signed_in_at`: when they last showed the provider who they are, in seconds since 1970; None where it does not say.
    """

    issuer: str
    subject: str
    addresses: tuple[str, ...]
    signed_in_at: float | None = None

    def is_since(self, asked_at: float) -> bool | None:
        """Return whether they showed the provider who they are since a moment (seconds); None where it is silent."""
        return None if self.signed_in_at is None else self.signed_in_at >= asked_at - LEEWAY


def read_vouched(claims: Mapping[str, object], issuer: str) -> Vouched:
    """Return whom the claims of a checked ID token are about; raise NotVouched without a subject that can be kept."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise NotVouched("the subject is none")
    if not (subject.isascii() and subject.isprintable()):
        raise NotVouched("the subject cannot be kept")
    found = (_normal(claims.get(name)) for name in _names_that_count(claims, issuer))
    addresses = tuple(dict.fromkeys(address for address in found if address))
    return Vouched(issuer, subject, addresses, _moment(claims.get("auth_time")))


def _moment(given: object) -> float | None:
    """Return a moment in seconds since 1970, None when it is none."""
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    return float(given) if is_number and 0 < given < 1e11 else None  # type: ignore[operator,arg-type]


def _names_that_count(claims: Mapping[str, object], issuer: str) -> tuple[str, ...]:
    """Return the claims whose address may find an account.

    An address counts when the provider says that it was verified. Entra says so by `xms_edov`. Where it says nothing,
    the sign-in name of members of the one tenant named in the settings counts alone: its domain is one that the tenant
    has shown to be its own, while `email` may be set to any domain by whoever looks after accounts there. What guests
    of that tenant are called is decided elsewhere, so it does not count; nor do addresses that other providers have
    not verified, which anybody may have typed there.
    """
    verified = claims.get("email_verified", claims.get("xms_edov"))
    if verified is not None:
        return ("email",) if verified in (True, "true", "1") else ()
    home = claims.get("idp", issuer)
    is_member = is_entra(issuer) and home in (issuer, issuer_of_old(issuer)) and claims.get("acct", 0) in (0, "0")
    return ("preferred_username",) if is_member else ()


def is_entra(issuer: str) -> bool:
    """Return whether an issuer is Microsoft Entra."""
    return urlsplit(issuer).hostname in ENTRA_HOSTS


def issuer_of_old(issuer: str) -> str:
    """Return the older name of an Entra tenant, as it still stands in some claims."""
    return f"https://sts.windows.net/{urlsplit(issuer).path.strip('/').split('/')[0]}/"


def _normal(given: object) -> str:
    """Return an address in small letters, "" when it is none."""
    text = given.strip().lower() if isinstance(given, str) else ""
    return text if text.isprintable() and _ADDRESS.fullmatch(text) else ""


def is_address_of_provider(address: object, *, on_this_machine: bool) -> bool:
    """Return whether an address may be asked: HTTPS; plain HTTP on this very machine alone, where that is allowed."""
    if not isinstance(address, str):
        return False
    try:
        parts = urlsplit(address)
        port_is_one = parts.port is None or parts.port > 0
    except ValueError:
        return False
    safe = parts.scheme == "https" or (on_this_machine and parts.scheme == "http" and parts.hostname in _OWN_MACHINE)
    return safe and bool(parts.hostname) and port_is_one and parts.username is None and not parts.fragment


def why_unusable(given: Mapping[str, str], *, on_this_machine: bool) -> str | None:
    """Return what is wrong with the settings of single sign-on in a sentence, None when nothing is.

    `given` are ISSUER, CLIENT_ID, CLIENT_SECRET and SECOND_FACTOR; either all of them are set, or none.
    """
    lacking = [name for name, value in given.items() if not value]
    if len(lacking) == len(given):
        return None
    if lacking:
        named = " and ".join(f"FEEDBACK_SSO_{name}" for name in lacking)
        return (
            f"Single sign-on is set in part: {named} {'is' if len(lacking) == 1 else 'are'} missing. "
            "Set FEEDBACK_SSO_ISSUER, FEEDBACK_SSO_CLIENT_ID, FEEDBACK_SSO_CLIENT_SECRET and "
            "FEEDBACK_SSO_SECOND_FACTOR (trusted or required), or none of them."
        )
    return _why_no_issuer(given["ISSUER"], on_this_machine)


def _why_no_issuer(issuer: str, on_this_machine: bool) -> str | None:
    """Return what is wrong with an issuer in a sentence, None when nothing is."""
    parts = urlsplit(issuer) if is_address_of_provider(issuer, on_this_machine=on_this_machine) else None
    if parts is None or parts.query:
        return (
            f"FEEDBACK_SSO_ISSUER is {issuer!r}; it must be an address that begins with https://, without anything "
            "after a question mark, such as https://login.microsoftonline.com/<tenant ID>/v2.0"
        )
    if parts.hostname in ENTRA_HOSTS and (not _TENANT.fullmatch(parts.path) or _ANYBODY in parts.path):
        return (
            f"FEEDBACK_SSO_ISSUER is {issuer!r}, which is not one organisation's own. Name the tenant by its ID: "
            f"https://{parts.hostname}/<tenant ID>/v2.0, with the Directory (tenant) ID in small letters; "
            "“common”, “organizations” and “consumers” would let in whoever has a Microsoft account."
        )
    return None
