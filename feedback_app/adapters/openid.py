"""An OpenID Connect provider, asked over HTTPS: authorization code with PKCE, state and nonce; ID tokens checked here.

Tokens live as long as the function that checks them: none is kept or logged. Only addresses that the provider of the
settings names for itself are asked.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote, urlencode

from feedback_app.domain.single_sign_on import LEEWAY, Asked, NotVouched, ProviderAway, is_address_of_provider
from feedback_app.settings import Settings

if TYPE_CHECKING:
    import ssl

    import httpx

SCOPE = "openid profile email"
# Only signatures that the provider alone can make; "none", and those made with a secret that both know, are not here.
SIGNATURES = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA")
CONNECT, ANSWER = 3.0, 5.0  # seconds
KEPT = 3600.0  # seconds for which what a provider says of itself is not asked again
PAUSE = 10.0  # seconds for which a provider that did not answer is left alone, so that nobody waits in vain
LARGEST = 1_000_000  # bytes of an answer
_HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity"}  # nothing that swells when it is read
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class OpenIDProvider:
    """Sends people to sign in elsewhere, and reads who came back."""

    def __init__(
        self,
        issuer: str,
        client_id: str,
        client_secret: str,
        *,
        on_this_machine: bool = False,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Take what the provider is known by, and who we are there; nothing is asked before somebody signs in."""
        self.issuer = issuer
        self._client_id = client_id
        self._client_secret = client_secret
        self._on_this_machine = on_this_machine
        self._transport = transport  # the network, unless a test stands in for it
        self._facts: tuple[dict[str, Any], float] | None = None
        self._keys: tuple[dict[str, Any], float] | None = None
        self._away_until = 0.0

    def begin(self, redirect_address: str, prompt: Literal["", "login", "select_account"] = "") -> tuple[str, Asked]:
        """Return the address to send a browser to, and what to know it by when it comes back; raise ProviderAway.

        `prompt`: what the provider is to ask even when it knows the browser: the password again, or which account. An
        address in a browser can be changed on the way, so with "login" the provider is also made to say when it asked
        (`max_age`; never 0, for which some ask without end).
        """
        from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]

        facts = self._known()
        asked = Asked(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48))
        wanted = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": redirect_address,
            "scope": SCOPE,
            "state": asked.state,
            "nonce": asked.nonce,
            "code_challenge": create_s256_code_challenge(asked.verifier),
            "code_challenge_method": "S256",
        } | ({"prompt": prompt} if prompt else {})
        wanted |= {"max_age": str(LEEWAY)} if prompt == "login" else {}
        address = facts["authorization_endpoint"]
        return f"{address}{'&' if '?' in address else '?'}{urlencode(wanted)}", asked

    def finish(self, asked: Asked, code: str, redirect_address: str) -> Mapping[str, object]:
        """Return the claims of the ID token that a code is worth; raise NotVouched or ProviderAway."""
        facts = self._known()
        tokens = self._fetch_tokens(facts, asked, code, redirect_address)
        id_token, access_token = tokens.get("id_token"), tokens.get("access_token")
        if not isinstance(id_token, str):
            raise NotVouched("there is no ID token")
        return self.check(id_token, asked.nonce, access_token if isinstance(access_token, str) else None)

    def check(self, id_token: str, nonce: str, access_token: str | None = None) -> Mapping[str, object]:
        """Return the claims of an ID token after its signature, issuer, audience, times and nonce hold.

        Raise NotVouched, or ProviderAway when the provider's keys cannot be had.
        """
        from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
        from joserfc.errors import JoseError

        try:
            token = self._decode(id_token)
            wanted = {
                "iss": {"essential": True, "value": self.issuer},
                "aud": {"essential": True, "value": self._client_id},
                "nonce": {"essential": True, "value": nonce},
            }
            known = {"nonce": nonce, "client_id": self._client_id, "access_token": access_token}
            claims = CodeIDToken(token.claims, token.header, wanted, known)
            claims.validate(leeway=LEEWAY)
        except (JoseError, ValueError, TypeError, KeyError, RecursionError) as wrong:
            raise NotVouched(f"the ID token does not hold: {type(wrong).__name__}") from wrong
        return dict(claims)

    def _decode(self, id_token: str) -> Any:
        """Return an ID token whose signature is the provider's; new keys are asked for once when it names one."""
        from joserfc import jwt
        from joserfc.errors import InvalidKeyIdError
        from joserfc.jwk import KeySet
        from joserfc.jws import JWSRegistry

        told = self._known().get("id_token_signing_alg_values_supported") or ["RS256"]
        taken = [name for name in SIGNATURES if name in told] or ["RS256"]  # none would mean: whatever joserfc likes
        registry = JWSRegistry(algorithms=taken, strict_check_header=False)
        keys, asked_at = self._known_keys()
        try:
            return jwt.decode(id_token, KeySet.import_key_set(keys), registry=registry)  # type: ignore[arg-type]
        except InvalidKeyIdError:
            if time.monotonic() - asked_at < PAUSE:
                raise
            self._keys = None
            newer, _at = self._known_keys()
            return jwt.decode(id_token, KeySet.import_key_set(newer), registry=registry)  # type: ignore[arg-type]

    @cached_property
    def _trusted(self) -> ssl.SSLContext:
        """Return whose certificates are believed: read once, for it takes a moment."""
        import httpx

        return httpx.create_ssl_context()

    def _known(self) -> dict[str, Any]:
        """Return what the provider says of itself; raise ProviderAway, also when it says to be another."""
        if self._facts is None or time.monotonic() - self._facts[1] > KEPT:
            facts = self._ask("GET", f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
            if facts.get("issuer") != self.issuer:
                raise ProviderAway("the provider says to be another issuer than FEEDBACK_SSO_ISSUER", 502)
            for name in _ENDPOINTS:
                if not is_address_of_provider(facts.get(name), on_this_machine=self._on_this_machine):
                    raise ProviderAway(f"the provider's {name} is no address that we ask", 502)
            self._facts = facts, time.monotonic()
        return self._facts[0]

    def _known_keys(self) -> tuple[dict[str, Any], float]:
        """Return the provider's public keys, and when they were asked for; raise ProviderAway."""
        if self._keys is None or time.monotonic() - self._keys[1] > KEPT:
            self._keys = self._ask("GET", self._known()["jwks_uri"]), time.monotonic()
        return self._keys

    def _fetch_tokens(self, facts: Mapping[str, Any], asked: Asked, code: str, redirect: str) -> dict[str, Any]:
        """Return what a code is worth; raise NotVouched when nothing, ProviderAway when we are not known there."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect,
            "code_verifier": asked.verifier,
        }
        if "client_secret_post" in facts.get("token_endpoint_auth_methods_supported", ()):
            who = None
            form |= {"client_id": self._client_id, "client_secret": self._client_secret}
        else:  # RFC 6749, section 2.3.1: both are encoded before they are joined
            who = quote(self._client_id, safe=""), quote(self._client_secret, safe="")
        return self._ask("POST", facts["token_endpoint"], data=form, auth=who)

    def _ask(self, method: str, address: str, **more: Any) -> dict[str, Any]:
        """Return the JSON that answers a request; httpx follows no redirects by itself, and nobody waits for long."""
        import httpx

        if time.monotonic() < self._away_until:
            raise ProviderAway("the provider did not answer a moment ago")
        try:
            limits = httpx.Timeout(ANSWER, connect=CONNECT)
            with (
                httpx.Client(timeout=limits, verify=self._trusted, transport=self._transport) as http,
                http.stream(method, address, headers=_HEADERS, **more) as answer,
            ):
                return _read(answer)
        except (httpx.HTTPError, httpx.InvalidURL) as wrong:
            self._away_until = time.monotonic() + PAUSE
            raise ProviderAway(type(wrong).__name__) from wrong


def _read(answer: httpx.Response) -> dict[str, Any]:
    """Return the JSON object of an answer; raise NotVouched for a code refused, ProviderAway for all else."""
    content = bytearray()
    for part in answer.iter_bytes():
        content += part
        if len(content) > LARGEST:
            break
    try:
        found = json.loads(content) if len(content) <= LARGEST else None
    except (ValueError, RecursionError):
        found = None
    if answer.status_code == 200 and isinstance(found, dict):
        return found
    if isinstance(found, dict) and found.get("error") == "invalid_grant":
        raise NotVouched("the code is worth nothing")
    unknown = isinstance(found, dict) and found.get("error") in ("invalid_client", "unauthorized_client")
    said = "FEEDBACK_SSO_CLIENT_ID or FEEDBACK_SSO_CLIENT_SECRET is refused" if unknown else "no answer to read"
    raise ProviderAway(f"{said} (status {answer.status_code})", 503 if answer.status_code >= 500 else 502)


def make_provider(settings: Settings) -> OpenIDProvider | None:
    """Return the provider of the settings, None when there is none."""
    if not settings.sso_issuer:
        return None
    return OpenIDProvider(
        settings.sso_issuer,
        settings.sso_client_id,
        settings.sso_client_secret.get_secret_value(),
        on_this_machine=settings.environment != "production",
    )
