"""Typed settings, from the environment only; a bad one stops the start with a plain sentence."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from feedback_app.domain.place import host_of
from feedback_app.domain.single_sign_on import why_unusable

DEMONSTRATION_SECRET = "demonstration-only-never-use-this-for-real-answers"  # noqa: S105 - refused in production
_KEY = r"^[a-z0-9_]{1,40}$"
_TEMPLATE = r"^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?$"
_NOTIFY_KEY = re.compile(r".*" + r"-".join([r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"] * 2))
_FERNET = re.compile(r"[A-Za-z0-9_-]{43}=")
_HERE = Path(__file__).parent
_PACKAGED = _HERE / "_data"
_DATA = _PACKAGED if _PACKAGED.is_dir() else _HERE.parent


class SettingsProblem(Exception):
    """A setting is missing or wrong; the message says which and how to mend it."""


class Settings(BaseSettings):
    """Everything that differs between installations; each is read from FEEDBACK_<NAME>."""

    model_config = SettingsConfigDict(env_prefix="FEEDBACK_", frozen=True, extra="ignore")

    environment: Literal["development", "production", "testing"] = "production"
    secret_key: SecretStr = Field(default=SecretStr(""), validate_default=True)
    old_secret_keys: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    data_keys: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    database_url: str = "sqlite:///instance/feedback.sqlite"
    partnership: str = Field(default="lancashire", pattern=_KEY)
    partnerships: Annotated[tuple[tuple[str, str], ...], NoDecode] = ()
    surveys_dir: Path = _DATA / "surveys"
    migrations_dir: Path = _DATA / "migrations"
    translations_dir: Path = _DATA / "translations"
    demonstration: bool = False
    pseudo_languages: bool = False
    site_address: str = "http://127.0.0.1:8000"
    proxy_hops: int = Field(default=0, ge=0, le=5)
    trusted_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    mail_server: str = ""
    mail_port: int = Field(default=25, ge=1, le=65535)
    mail_username: str = ""
    mail_password: SecretStr = SecretStr("")
    mail_use_tls: bool = False
    mail_sender: str = "no-reply@localhost"
    mailbox_dir: Path = Path("instance/mailbox")
    notify_api_key: SecretStr = SecretStr("")  # of GOV.UK Notify: texts, and e-mail where it has a template for it
    notify_text_template: str = Field(default="", pattern=_TEMPLATE)
    notify_email_template: str = Field(default="", pattern=_TEMPLATE)
    notify_address: str = "https://api.notifications.service.gov.uk"
    jobs_embedded: bool = True
    database_pool: int = Field(default=8, ge=1, le=200)
    metrics_port: int = Field(default=0, ge=0, le=65535)  # 0: nothing is measured
    allow_http: bool = False
    second_factor: Literal["", "required", "offered"] = ""  # empty: required where answers are real
    sso_issuer: str = ""
    sso_client_id: str = ""
    sso_client_secret: SecretStr = SecretStr("")
    sso_second_factor: Literal["", "trusted", "required"] = ""  # the provider asks for one; or ours as well
    sso_name: str = Field(default="", max_length=60)  # empty: "Sign in with your council account", in each language

    @field_validator("surveys_dir", "migrations_dir", "translations_dir", mode="after")
    @classmethod
    def _whole(cls, path: Path) -> Path:
        return path.resolve()

    @field_validator("old_secret_keys", "trusted_hosts", "data_keys", mode="before")
    @classmethod
    def _several(cls, given: object) -> object:
        """Take several values as they are written in an environment: with commas between them."""
        return [part.strip() for part in given.split(",") if part.strip()] if isinstance(given, str) else given

    @field_validator("partnerships", mode="before")
    @classmethod
    def _with_addresses(cls, given: object) -> object:
        """Take partnerships as they are written in an environment: key=address, with commas between them."""
        parts = [part.strip() for part in given.split(",") if part.strip()] if isinstance(given, str) else given
        if not isinstance(parts, list | tuple):
            return given
        pairs = [tuple(part.split("=", 1)) if isinstance(part, str) else tuple(part) for part in parts]
        for pair in pairs:
            if len(pair) != 2 or not re.fullmatch(_KEY, pair[0]) or not _host_of(pair[1]):
                raise ValueError(
                    "name each partnership as key=address, with commas between them, such as "
                    f"lancashire=https://surveys.lancashire.example; {'='.join(pair)!r} is written otherwise"
                )
        return pairs

    @field_validator("secret_key", mode="after")
    @classmethod
    def _of_a_demonstration(cls, secret: SecretStr, info: ValidationInfo) -> SecretStr:
        """Use the demonstration secret on a development machine that sets none."""
        tried_out = info.data.get("environment") == "development" and not secret.get_secret_value()
        return SecretStr(DEMONSTRATION_SECRET) if tried_out else secret

    @field_validator("database_url", mode="after")
    @classmethod
    def _of_a_database(cls, address: str) -> str:
        if not address.startswith(("sqlite://", "postgresql://", "postgresql+psycopg://")):
            raise ValueError(
                "it must begin with sqlite:/// or postgresql://, such as sqlite:///instance/feedback.sqlite "
                "or postgresql://name:password@localhost/feedback"
            )
        return address

    @model_validator(mode="after")
    def _safe(self) -> Settings:
        secret = self.secret_key.get_secret_value()
        if self.environment == "production" and secret == DEMONSTRATION_SECRET:
            raise ValueError(
                "FEEDBACK_SECRET_KEY is the demonstration secret. Make one of your own: "
                'python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
            )
        if len(secret) < 32:
            raise ValueError(
                "FEEDBACK_SECRET_KEY must be set to at least 32 characters. Make one: "
                'python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
            )
        self._sealing()
        self._single_sign_on()
        self._notify()
        self._apart()
        for key, address in self.installed:
            self._there(key)
            self._reachable(address)
        return self

    def _sealing(self) -> None:
        """Raise ValueError when personal data could not be encrypted, or not with a key of its own."""
        if self.environment == "production" and not self.data_keys:
            raise ValueError(
                "FEEDBACK_DATA_KEYS must name at least one key that personal data is encrypted with. "
                "Make one: feedback-app keys new"
            )
        for at, key in enumerate(self.data_keys, start=1):
            if not _FERNET.fullmatch(key.get_secret_value()):
                raise ValueError(f"FEEDBACK_DATA_KEYS: key {at} is none. Make one: feedback-app keys new")

    def _single_sign_on(self) -> None:
        """Raise ValueError when single sign-on is set in part, or by an issuer that could vouch for anybody."""
        secret = self.sso_client_secret.get_secret_value()
        given = {"ISSUER": self.sso_issuer, "CLIENT_ID": self.sso_client_id, "CLIENT_SECRET": secret}
        given["SECOND_FACTOR"] = self.sso_second_factor
        if wrong := why_unusable(given, on_this_machine=self.environment != "production"):
            raise ValueError(wrong)

    def _notify(self) -> None:
        """Raise ValueError when GOV.UK Notify is set in part, or where its key would travel in the clear."""
        key = self.notify_api_key.get_secret_value()
        if not key and not self.notify_text_template and not self.notify_email_template:
            return
        if not key:
            raise ValueError(
                "FEEDBACK_NOTIFY_API_KEY is not set, but a template of GOV.UK Notify is. "
                "Set it to a key from Notify's page “API integration”, or leave the templates out."
            )
        if not _NOTIFY_KEY.fullmatch(key):
            raise ValueError("FEEDBACK_NOTIFY_API_KEY is no key of GOV.UK Notify. Copy all of it, its name included.")
        if not self.notify_text_template:
            raise ValueError(
                "FEEDBACK_NOTIFY_TEXT_TEMPLATE is not set, but FEEDBACK_NOTIFY_API_KEY is. Make a template for text "
                "messages in Notify that says ((body)), and set its id."
            )
        if self.environment == "production" and not self.notify_address.startswith("https://"):
            raise ValueError("FEEDBACK_NOTIFY_ADDRESS must begin with https://. Leave it out to use Notify's own.")

    @property
    def sealing_keys(self) -> tuple[str, ...]:
        """Return the keys personal data is encrypted with, the one in use first; one is made up outside production."""
        given = tuple(key.get_secret_value() for key in self.data_keys)
        made_up = hashlib.sha256(b"feedback/data/" + self.secret_key.get_secret_value().encode()).digest()
        return given or (base64.urlsafe_b64encode(made_up).decode("ascii"),)

    def _apart(self) -> None:
        """Raise ValueError when partnerships could not be told apart, or when two settings say different things."""
        for what, values in (
            ("the partnership", [key for key, _address in self.partnerships]),
            ("the host", [_host_of(address) for _key, address in self.partnerships]),
        ):
            twice = next((value for value in values if values.count(value) > 1), None)
            if twice:
                raise ValueError(f"FEEDBACK_PARTNERSHIPS names {what} {twice} twice: each has one of its own.")
        for setting, given, named in (
            ("partnership", self.partnership, [key for key, _address in self.partnerships]),
            ("site_address", self.site_address, [address for _key, address in self.partnerships]),
        ):
            if named and setting in self.model_fields_set and given not in named:
                raise ValueError(
                    f"FEEDBACK_{setting.upper()} is {given}, but FEEDBACK_PARTNERSHIPS names {', '.join(named)}. "
                    f"Leave FEEDBACK_{setting.upper()} out where there are several partnerships."
                )

    def _there(self, key: str) -> None:
        """Raise ValueError when a partnership has no folder."""
        if not self.surveys_of(key).is_dir():
            setting = "FEEDBACK_PARTNERSHIPS names" if self.partnerships else "FEEDBACK_PARTNERSHIP is"
            raise ValueError(
                f"{setting} {key!r}, but {self.surveys_dir} has no folder of that name. "
                "Name one of the folders there, or set FEEDBACK_SURVEYS_DIR."
            )

    def _reachable(self, address: str) -> None:
        """Raise ValueError when the program would refuse an address of its own, and with it every link it sends."""
        from werkzeug.sansio.utils import host_is_trusted  # the same judge as of each request

        host = urlsplit(address).netloc
        if self.trusted_hosts and not host_is_trusted(host.encode("idna").decode("ascii"), self.trusted_hosts):
            named = "FEEDBACK_PARTNERSHIPS names" if self.partnerships else "FEEDBACK_SITE_ADDRESS is"
            raise ValueError(
                f"{named} {address}, but its host is not among FEEDBACK_TRUSTED_HOSTS "
                f"({', '.join(self.trusted_hosts)}): no link in an e-mail could be made. Add it there, or correct it."
            )

    @property
    def installed(self) -> tuple[tuple[str, str], ...]:
        """Return the key and the site address of each partnership: one, unless several are named."""
        return self.partnerships or ((self.partnership, self.site_address),)

    @property
    def mail_waits(self) -> bool:
        """Return whether messages stay in the outbox: answers are real, and no mail server is named."""
        sends = self.mail_server or self.notify_email_template
        return not sends and self.environment == "production" and not self.demonstration

    @property
    def can_text(self) -> bool:
        """Return whether families can be reached by text: through Notify, or where nothing is real, in a folder."""
        return bool(self.notify_text_template) or self.environment != "production" or self.demonstration

    @property
    def shows_mailbox(self) -> bool:
        """Return whether messages lie in a folder on a development machine, and a page shows them."""
        return self.environment == "development" and not self.mail_server and not self.notify_email_template

    @property
    def secure_cookies(self) -> bool:
        """Return whether cookies may travel over HTTPS alone: always, but for a plain-http address that is allowed."""
        everywhere = all(address.startswith("https://") for _key, address in self.installed)
        return everywhere or (self.environment == "production" and not self.allow_http)

    def surveys_of(self, key: str) -> Path:
        """Return the folder of a partnership's surveys."""
        return self.surveys_dir / key


def _host_of(address: str) -> str:
    """Return the host of a site's address, without its port; "" when that is none."""
    return host_of(address) if address.startswith(("http://", "https://")) else ""


def load_settings(**overrides: object) -> Settings:
    """Return the settings of the environment, `overrides` first; raise SettingsProblem with sentences to act on."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as wrong:
        raise SettingsProblem("\n".join(_sentence(error) for error in wrong.errors())) from wrong


def _sentence(error: object) -> str:
    """Return what is wrong with one setting, in one sentence."""
    where = error["loc"]  # type: ignore[index]
    message = str(error["msg"]).removeprefix("Value error, ")  # type: ignore[index]
    return f"FEEDBACK_{str(where[0]).upper()}: {message}." if where else message
