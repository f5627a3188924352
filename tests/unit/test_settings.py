"""A setting that would do harm stops the start with a sentence that says how to mend it."""

from __future__ import annotations

import pytest

from feedback_app.settings import SettingsProblem, load_settings
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


@pytest.mark.parametrize("address", ["banana", "mysql://here", "", "postgres:/x"])
def test_a_database_that_cannot_be_one_is_said_in_a_sentence(address: str) -> None:
    with pytest.raises(SettingsProblem, match="FEEDBACK_DATABASE_URL: it must begin with"):
        make_settings(address)


def test_several_hosts_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDBACK_TRUSTED_HOSTS", "surveys.example, www.surveys.example")
    monkeypatch.setenv("FEEDBACK_SITE_ADDRESS", "https://surveys.example")
    assert make_settings("sqlite:///x").trusted_hosts == ("surveys.example", "www.surveys.example")


@pytest.mark.parametrize(
    "name",
    [
        "ENVIRONMENT",
        "PROXY_HOPS",
        "MAIL_PORT",
        "MAIL_USE_TLS",
        "JOBS_EMBEDDED",
        "DATABASE_POOL",
        "DEMONSTRATION",
        "PARTNERSHIP",
    ],
)
def test_rubbish_in_any_setting_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("FEEDBACK_SECRET_KEY", "x" * 40)
    monkeypatch.setenv(f"FEEDBACK_{name}", "rub/bish")
    with pytest.raises(SettingsProblem, match=name):
        load_settings()


def test_only_a_development_machine_does_without_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FEEDBACK_SECRET_KEY", raising=False)
    assert load_settings(environment="development").secret_key.get_secret_value()
    with pytest.raises(SettingsProblem, match="FEEDBACK_SECRET_KEY"):
        load_settings(environment="production")
