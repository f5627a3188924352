"""What an OpenID provider sends is believed only as far as its keys, its name and the way that was asked reach."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from feedback_app.adapters import openid
from feedback_app.adapters.openid import OpenIDProvider
from feedback_app.domain.single_sign_on import Asked, NotVouched, ProviderAway

ISSUER = "https://login.microsoftonline.com/0f5e0f5e-0000-4000-8000-00000000c0de/v2.0"
BACK = "https://surveys.example/team/sign-in/council/back"
SITE = "https://login.example"
KEY = RSAKey.generate_key(2048, {"kid": "first"})
NEWER = RSAKey.generate_key(2048, {"kid": "newer"})
ASKED = Asked("the state", "the nonce", "the verifier")


class Elsewhere:
    """The provider as the network shows it; a test changes what it says."""

    def __init__(self) -> None:
        self.facts: dict[str, Any] = {
            "issuer": ISSUER,
            "authorization_endpoint": f"{SITE}/authorize",
            "token_endpoint": f"{SITE}/token",
            "jwks_uri": f"{SITE}/keys",
            "id_token_signing_alg_values_supported": ["none", "HS256", "RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        }
        self.keys: Any = {"keys": [KEY.as_dict(private=False)]}
        self.token: httpx.Response | Exception = httpx.Response(200, json={})
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer as the provider."""
        self.asked.append(request)
        if request.url.path == "/token":
            if isinstance(self.token, Exception):
                raise self.token
            return self.token
        return httpx.Response(200, json=self.keys if request.url.path == "/keys" else self.facts)

    def paths(self) -> list[str]:
        """Return what was asked for, in order, by the last part of its path."""
        return [request.url.path.rpartition("/")[2] for request in self.asked]


@pytest.fixture
def elsewhere() -> Elsewhere:
    """What the provider says."""
    return Elsewhere()


@pytest.fixture
def provider(elsewhere: Elsewhere) -> OpenIDProvider:
    """The provider that the settings name."""
    return OpenIDProvider(ISSUER, "our id", "our secret", transport=httpx.MockTransport(elsewhere))


def signed(key: RSAKey | OctKey = KEY, header: dict[str, Any] | None = None, **changes: object) -> str:
    """Return an ID token as it should be, but for changes; None leaves a claim out."""
    now = int(time.time())
    claims = {"iss": ISSUER, "sub": "lasting", "aud": "our id", "exp": now + 300, "iat": now, "nonce": "the nonce"}
    claims = {name: value for name, value in (claims | changes).items() if value is not None}
    return jwt.encode(header or {"alg": "RS256", "kid": key.kid}, claims, key)


def test_a_token_as_it_should_be_is_believed(provider: OpenIDProvider, elsewhere: Elsewhere) -> None:
    elsewhere.token = httpx.Response(200, json={"id_token": signed(), "access_token": "unread"})
    assert provider.finish(ASKED, "the code", BACK)["sub"] == "lasting"
    form = parse_qs(elsewhere.asked[1].content.decode())
    assert {name: form[name] for name in ("code", "code_verifier", "redirect_uri", "grant_type")} == {
        "code": ["the code"],
        "code_verifier": ["the verifier"],
        "redirect_uri": [BACK],
        "grant_type": ["authorization_code"],
    }
    assert form["client_secret"] == ["our secret"]


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "another client"},
        {"aud": ["another client", "a third"]},
        {"aud": ["our id", "another client"]},  # without azp nobody says for whom it is
        {"azp": "another client"},
        {"aud": None},
        {"iss": ISSUER.replace("c0de", "c0d0")},
        {"iss": None},
        {"nonce": "another nonce"},
        {"nonce": ""},
        {"nonce": None},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"exp": "soon"},
        {"iat": None},
        {"iat": 32_000_000_000},
        {"nbf": 32_000_000_000},
        {"sub": None},
    ],
    ids=str,
)
def test_a_token_for_another_from_another_or_of_another_time_is_refused(
    provider: OpenIDProvider, changes: dict[str, object]
) -> None:
    with pytest.raises(NotVouched, match="does not hold"):
        provider.check(signed(**changes), "the nonce")


def test_a_token_signed_by_nobody_by_another_or_with_a_secret_is_refused(
    provider: OpenIDProvider, elsewhere: Elsewhere
) -> None:
    body = signed().split(".")
    public = OctKey.import_key(json.dumps(KEY.as_dict(private=False)))
    shared = OctKey.import_key("our secret, as long as such a key has to be", {"kid": "oct"})
    elsewhere.keys["keys"].append(shared.as_dict())
    forged = [
        f"eyJhbGciOiJub25lIn0.{body[1]}.",
        f"{body[0]}.{body[1]}.{body[2][:-8]}AAAAAAAA",
        f"{body[0]}.{signed(sub='somebody else').split('.')[1]}.{body[2]}",
        signed(RSAKey.generate_key(2048, {"kid": "first"})),
        signed(public, {"alg": "HS256", "kid": "first"}),
        signed(shared, {"alg": "HS256", "kid": "oct"}),
        "no token",
        "",
        "a.b.c",
    ]
    for token in forged:
        with pytest.raises(NotVouched):
            provider.check(token, "the nonce")


@pytest.mark.parametrize("listed", [["none", "HS256"], ["odd"], [], None], ids=str)
def test_where_a_provider_lists_no_signature_that_we_take_only_the_usual_one_is(
    provider: OpenIDProvider, elsewhere: Elsewhere, listed: object
) -> None:
    shared = OctKey.import_key("our secret, as long as such a key has to be", {"kid": "oct"})
    elsewhere.facts["id_token_signing_alg_values_supported"] = listed
    elsewhere.keys["keys"].append(shared.as_dict())
    assert provider.check(signed(), "the nonce")["sub"] == "lasting"
    with pytest.raises(NotVouched):
        provider.check(signed(shared, {"alg": "HS256", "kid": "oct"}), "the nonce")


def test_new_keys_are_asked_for_once_when_a_token_names_one(
    provider: OpenIDProvider, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.check(signed(), "the nonce")
    elsewhere.keys = {"keys": [NEWER.as_dict(private=False)]}
    with pytest.raises(NotVouched):  # the keys were asked for a moment ago: nobody makes us ask in a loop
        provider.check(signed(NEWER), "the nonce")
    monkeypatch.setattr(openid, "PAUSE", -1.0)
    assert provider.check(signed(NEWER), "the nonce")["sub"] == "lasting"
    assert elsewhere.paths() == ["openid-configuration", "keys", "keys"]


def test_the_way_there_names_state_nonce_and_challenge_and_never_the_verifier(
    provider: OpenIDProvider, elsewhere: Elsewhere
) -> None:
    elsewhere.facts["authorization_endpoint"] += "?p=policy"
    address, asked = provider.begin(BACK)
    query = parse_qs(urlsplit(address).query)
    assert query["p"] == ["policy"]
    assert (query["state"], query["nonce"]) == ([asked.state], [asked.nonce])
    assert query["redirect_uri"] == [BACK]
    assert asked.verifier not in address
    assert "prompt" not in query
    assert "prompt=login&max_age=60" in provider.begin(BACK, "login")[0]
    assert "max_age" not in address
    assert elsewhere.paths() == ["openid-configuration"]
    assert len({provider.begin(BACK)[1] for _time in range(50)}) == 50


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "https://login.example/other"},
        {"token_endpoint": "http://login.example/token"},
        {"token_endpoint": "http://127.0.0.1/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "https://us@login.example/"},
    ],
    ids=str,
)
def test_a_provider_that_says_odd_things_of_itself_is_not_asked(
    provider: OpenIDProvider, elsewhere: Elsewhere, changes: dict[str, object]
) -> None:
    elsewhere.facts |= changes
    with pytest.raises(ProviderAway) as away:
        provider.begin(BACK)
    assert away.value.status == 502
    assert elsewhere.paths() == ["openid-configuration"]


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (httpx.Response(500), 503),
        (httpx.Response(401, json={"error": "invalid_client"}), 502),
        (httpx.Response(302, headers={"Location": "https://evil.example/"}), 502),
        (httpx.Response(200, text="<p>Sign in to the network</p>"), 502),
        (httpx.Response(200, json=["a list"]), 502),
        (httpx.Response(200, text='"' + "x" * 1_000_001 + '"'), 502),
        (httpx.Response(200, text="[" * 500_000), 502),
        (httpx.ConnectError("nobody there"), 503),
        (httpx.ReadTimeout("too slow"), 503),
    ],
    ids=str,
)
def test_an_answer_that_is_none_is_the_provider_s_trouble_and_nobody_s_way_in(
    provider: OpenIDProvider, elsewhere: Elsewhere, answer: httpx.Response | Exception, status: int
) -> None:
    elsewhere.token = answer
    with pytest.raises(ProviderAway) as away:
        provider.finish(ASKED, "the code", BACK)
    assert away.value.status == status
    assert "evil.example" not in {request.url.host for request in elsewhere.asked}


class Flood(httpx.SyncByteStream):
    """An answer without an end, which counts what was taken of it."""

    taken = 0

    def __iter__(self) -> Iterator[bytes]:
        """Pour."""
        while self.taken < 50_000_000:
            self.taken += 10_000
            yield b" " * 10_000


def test_an_answer_without_an_end_is_read_no_further_than_answers_go(
    provider: OpenIDProvider, elsewhere: Elsewhere
) -> None:
    flood = Flood()
    elsewhere.token = httpx.Response(200, stream=flood)
    with pytest.raises(ProviderAway):
        provider.finish(ASKED, "the code", BACK)
    assert flood.taken <= openid.LARGEST + 100_000


def test_a_code_that_is_worth_nothing_vouches_for_nobody(provider: OpenIDProvider, elsewhere: Elsewhere) -> None:
    elsewhere.token = httpx.Response(400, json={"error": "invalid_grant"})
    with pytest.raises(NotVouched):
        provider.finish(ASKED, "the code", BACK)
    elsewhere.token = httpx.Response(200, json={"access_token": "alone"})
    with pytest.raises(NotVouched):
        provider.finish(ASKED, "the code", BACK)


def test_a_provider_that_does_not_answer_is_left_alone_for_a_moment(
    provider: OpenIDProvider, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere.token = httpx.ConnectTimeout("nobody there")
    for _time in range(3):
        with pytest.raises(ProviderAway):
            provider.finish(ASKED, "the code", BACK)
    assert elsewhere.paths().count("token") == 1
    later = time.monotonic() + openid.PAUSE + 1
    monkeypatch.setattr(openid.time, "monotonic", lambda: later)
    elsewhere.token = httpx.Response(200, json={"id_token": signed()})
    assert provider.finish(ASKED, "the code", BACK)


def test_secrets_go_by_basic_authentication_where_the_form_is_not_taken(
    provider: OpenIDProvider, elsewhere: Elsewhere
) -> None:
    del elsewhere.facts["token_endpoint_auth_methods_supported"]
    elsewhere.token = httpx.Response(200, json={"id_token": signed()})
    provider.finish(ASKED, "the code", BACK)
    request = elsewhere.asked[1]
    assert request.headers["authorization"] == "Basic b3VyJTIwaWQ6b3VyJTIwc2VjcmV0"
    assert b"secret" not in request.content
