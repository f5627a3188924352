"""Whose address counts when somebody comes through a provider for the first time, and which settings make sense."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from feedback_app.domain.single_sign_on import LEEWAY, NotVouched, read_vouched
from feedback_app.settings import SettingsProblem
from tests.support.settings import make_settings

TENANT = "0f5e0f5e-0000-4000-8000-00000000c0de"
ENTRA = f"https://login.microsoftonline.com/{TENANT}/v2.0"
OTHER = "https://login.example"
MAIL, NAME = {"email": "Jo.Lead@Council.example "}, {"preferred_username": "jlead@council.example"}


@pytest.mark.parametrize(
    ("issuer", "claims", "addresses"),
    [
        (OTHER, MAIL | {"email_verified": True}, ["jo.lead@council.example"]),
        (OTHER, MAIL | {"email_verified": "true"}, ["jo.lead@council.example"]),
        (OTHER, MAIL | {"email_verified": False}, []),
        (OTHER, MAIL | {"email_verified": "yes"}, []),
        (OTHER, MAIL | NAME, []),
        (OTHER, NAME | {"email_verified": True}, []),
        (ENTRA, MAIL | NAME, ["jlead@council.example"]),  # anybody's mail may be set there
        (ENTRA, MAIL, []),
        (ENTRA, NAME, ["jlead@council.example"]),
        (ENTRA, MAIL | {"email_verified": False}, []),
        (ENTRA, MAIL | {"xms_edov": "1"}, ["jo.lead@council.example"]),
        (ENTRA, MAIL | NAME | {"xms_edov": False}, []),
        (ENTRA, MAIL | NAME | {"idp": f"https://sts.windows.net/{TENANT}/"}, ["jlead@council.example"]),
        (ENTRA, MAIL | NAME | {"idp": "https://sts.windows.net/another/"}, []),
        (ENTRA, MAIL | NAME | {"idp": "mail"}, []),
        (ENTRA, MAIL | NAME | {"acct": 1}, []),
        (ENTRA, MAIL | {"idp": "mail", "email_verified": True}, ["jo.lead@council.example"]),
        (ENTRA, {"email": ["a@b.example"], "preferred_username": "no address"}, []),
        (ENTRA, {"preferred_username": f"{'x' * 300}@b.example"}, []),
        (ENTRA, {"preferred_username": "a\0b@b.example"}, []),
        (ENTRA, {"preferred_username": "a\u202eb@b.example"}, []),
        (OTHER, {"email": "a@b\ud800.example", "email_verified": True}, []),
        ("https://login.microsoftonline.com.evil.example/x/v2.0", MAIL | NAME, []),
    ],
)
def test_an_address_counts_when_it_was_verified_or_is_a_member_s_of_the_one_tenant(
    issuer: str, claims: dict[str, object], addresses: list[str]
) -> None:
    assert list(read_vouched({"sub": "lasting", **claims}, issuer).addresses) == addresses


@pytest.mark.parametrize("subject", [None, "", 7, "x" * 256, "a\0b", "a\nb", "é", "a\ud800"])
def test_without_a_lasting_name_nobody_is_vouched_for(subject: object) -> None:
    with pytest.raises(NotVouched):
        read_vouched({"sub": subject, **MAIL, "email_verified": True}, OTHER)


@pytest.mark.parametrize(
    ("given", "known"),
    [
        *((nothing, None) for nothing in (None, True, "now", -1, float("nan"), 1e300, 10**400)),
        (1000 - LEEWAY, True),
        (1000.5, True),
        (999 - LEEWAY, False),
    ],
)
def test_whether_somebody_signed_in_there_since_is_what_the_provider_says_of_the_moment(
    given: object, known: bool | None
) -> None:
    assert read_vouched({"sub": "lasting", "auth_time": given}, OTHER).is_since(1000) is known


def settings_of(tmp_path: Path, **given: Any) -> Any:
    """Return settings with single sign-on, but for changes."""
    whole = {
        "sso_issuer": ENTRA,
        "sso_client_id": "our id",
        "sso_client_secret": "our secret",
        "sso_second_factor": "trusted",
    }
    return make_settings(f"sqlite:///{tmp_path}/x.sqlite", **(whole | given))


def test_all_of_it_or_nothing_is_set(tmp_path: Path) -> None:
    assert settings_of(tmp_path).sso_issuer == ENTRA
    nothing = {"sso_issuer": "", "sso_client_id": "", "sso_client_secret": "", "sso_second_factor": ""}
    assert settings_of(tmp_path, **nothing).sso_issuer == ""
    with pytest.raises(SettingsProblem, match="FEEDBACK_SSO_SECOND_FACTOR is missing"):
        settings_of(tmp_path, sso_second_factor="")
    with pytest.raises(SettingsProblem, match="FEEDBACK_SSO_ISSUER and FEEDBACK_SSO_CLIENT_SECRET are missing"):
        settings_of(tmp_path, sso_issuer="", sso_client_secret="")
    with pytest.raises(SettingsProblem, match="FEEDBACK_SSO_SECOND_FACTOR"):
        settings_of(tmp_path, sso_second_factor="perhaps")


@pytest.mark.parametrize(
    "issuer",
    [
        "http://login.example",
        "login.example",
        "https://us:secret@login.example",
        "https://login.example/?tenant=x",
        "https://login.example/#x",
        "https://login.example:port",
        "https://login.microsoftonline.com/common/v2.0",
        "https://login.microsoftonline.com/organizations/v2.0",
        "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0",
        "https://login.microsoftonline.com/council.onmicrosoft.com/v2.0",
        f"https://login.microsoftonline.com/{TENANT}",
        f"https://login.microsoftonline.com/{TENANT.upper()}/v2.0",
    ],
)
def test_an_issuer_that_could_be_read_on_the_way_or_vouches_for_anybody_stops_the_start(
    tmp_path: Path, issuer: str
) -> None:
    with pytest.raises(SettingsProblem, match="FEEDBACK_SSO_ISSUER is"):
        settings_of(tmp_path, sso_issuer=issuer)


def test_plain_http_is_for_this_machine_and_never_for_real_answers(tmp_path: Path) -> None:
    assert settings_of(tmp_path, sso_issuer="http://127.0.0.1:9000").sso_issuer
    with pytest.raises(SettingsProblem, match="begins with https"):
        settings_of(tmp_path, sso_issuer="http://127.0.0.1:9000", environment="production")


def test_the_secret_is_shown_nowhere(tmp_path: Path) -> None:
    assert "our secret" not in repr(settings_of(tmp_path))
