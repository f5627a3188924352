"""A setting that would do harm stops the start with a sentence that says how to mend it."""

from __future__ import annotations

import pytest

from feedback_app.settings import SettingsProblem
from tests.support.settings import make_settings


@pytest.mark.parametrize(
    ("address", "hosts"),
    [
        ("https://surveys.example.org", ()),
        ("https://surveys.example.org", ("surveys.example.org",)),
        ("https://surveys.example.org:8443/send", ("other.example.org", "surveys.example.org")),
        ("https://surveys.example.org", (".example.org",)),
    ],
)
def test_a_site_whose_host_is_trusted_starts(address: str, hosts: tuple[str, ...]) -> None:
    assert make_settings("sqlite://", site_address=address, trusted_hosts=hosts).site_address == address


@pytest.mark.parametrize("address", ["http://127.0.0.1:8000", "https://example.org", "surveys.example.org"])
def test_a_site_whose_own_host_is_not_trusted_does_not_start(address: str) -> None:
    with pytest.raises(SettingsProblem) as refused:
        make_settings("sqlite://", site_address=address, trusted_hosts=("surveys.example.org",))
    assert f"FEEDBACK_SITE_ADDRESS is {address}" in str(refused.value)
    assert "FEEDBACK_TRUSTED_HOSTS" in str(refused.value)


@pytest.mark.parametrize(
    ("about", "waits"),
    [
        ({"environment": "production"}, True),
        ({"environment": "production", "demonstration": True}, False),
        ({"environment": "production", "mail_server": "mail.example.org"}, False),
        ({"environment": "development"}, False),
    ],
)
def test_mail_waits_only_where_answers_are_real_and_no_server_is_named(about: dict[str, object], waits: bool) -> None:
    assert make_settings("sqlite://", **about).mail_waits is waits
