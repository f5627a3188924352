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

DEMONSTRATION_SECRET = "demonstration-only-never-use-this-for-real-answers"  # noqa: S105 - refused in production
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
    partnership: str = Field(default="lancashire", pattern=r"^[a-z0-9_]{1,40}$")
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
    jobs_embedded: bool = True
    database_pool: int = Field(default=8, ge=1, le=200)

    @field_validator("surveys_dir", "migrations_dir", "translations_dir", mode="after")
    @classmethod
    def _whole(cls, path: Path) -> Path:
        return path.resolve()

    @field_validator("old_secret_keys", "trusted_hosts", "data_keys", mode="before")
    @classmethod
    def _several(cls, given: object) -> object:
        """Take several values as they are written in an environment: with commas between them."""
        return [part.strip() for part in given.split(",") if part.strip()] if isinstance(given, str) else given

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
        if not (self.surveys_dir / self.partnership).is_dir():
            raise ValueError(
                f"FEEDBACK_PARTNERSHIP is {self.partnership!r}, but {self.surveys_dir} has no folder of that name. "
                "Name one of the folders there, or set FEEDBACK_SURVEYS_DIR."
            )
        self._reachable()
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

    @property
    def sealing_keys(self) -> tuple[str, ...]:
        """Return the keys personal data is encrypted with, the one in use first; one is made up outside production."""
        given = tuple(key.get_secret_value() for key in self.data_keys)
        made_up = hashlib.sha256(b"feedback/data/" + self.secret_key.get_secret_value().encode()).digest()
        return given or (base64.urlsafe_b64encode(made_up).decode("ascii"),)

    def _reachable(self) -> None:
        """Raise ValueError when the program would refuse its own address, and with it every link that it sends."""
        from werkzeug.sansio.utils import host_is_trusted  # the same judge as of each request

        host = urlsplit(self.site_address).netloc
        if self.trusted_hosts and not host_is_trusted(host.encode("idna").decode("ascii"), self.trusted_hosts):
            raise ValueError(
                f"FEEDBACK_SITE_ADDRESS is {self.site_address}, but its host is not among FEEDBACK_TRUSTED_HOSTS "
                f"({', '.join(self.trusted_hosts)}): no link in an e-mail could be made. Add it there, or correct it."
            )

    @property
    def mail_waits(self) -> bool:
        """Return whether messages stay in the outbox: answers are real, and no mail server is named."""
        return not self.mail_server and self.environment == "production" and not self.demonstration

    @property
    def secure_cookies(self) -> bool:
        """Return whether cookies may travel over HTTPS alone: always, but for a plain-http development address."""
        return self.environment == "production" or self.site_address.startswith("https://")

    @property
    def surveys(self) -> Path:
        """Return the folder of this partnership's surveys."""
        return self.surveys_dir / self.partnership


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
