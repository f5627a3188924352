"""Columns that are encrypted at rest: personal data, and secrets of accounts. Fernet (AES-128-CBC with HMAC-SHA256).

The first key seals; all of them open, so that keys can be exchanged one after another (`feedback-app keys rotate`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

_keys: tuple[str, ...] = ()


class CannotBeOpened(Exception):
    """Something sealed was sealed with a key that is not among those of the settings."""


def use_keys(keys: Sequence[str]) -> None:
    """Seal with the first of these Fernet keys from here on, and open with all of them."""
    global _keys  # noqa: PLW0603 - a column's type knows no application
    _keys = tuple(keys)


@lru_cache(maxsize=8)
def _ring(keys: tuple[str, ...]) -> MultiFernet:
    from cryptography.fernet import Fernet, MultiFernet

    return MultiFernet([Fernet(key) for key in keys])


def seal(text: str) -> str:
    """Return a text encrypted."""
    return _ring(_keys).encrypt(text.encode()).decode("ascii")


def unseal(sealed: str) -> str:
    """Return what was sealed; raise CannotBeOpened."""
    from cryptography.fernet import InvalidToken

    try:
        return _ring(_keys).decrypt(sealed.encode()).decode()
    except InvalidToken as wrong:
        raise CannotBeOpened from wrong


def seal_anew(sealed: str) -> str:
    """Return the same sealed with the first key, its moment of sealing kept; raise CannotBeOpened."""
    from cryptography.fernet import InvalidToken

    try:
        return _ring(_keys).rotate(sealed.encode()).decode("ascii")
    except InvalidToken as wrong:
        raise CannotBeOpened from wrong


def key_number(sealed: str) -> int | None:
    """Return which of the keys something was sealed with, counted from 1; None when it is none of them."""
    from cryptography.fernet import InvalidToken

    for number, key in enumerate(_keys, start=1):
        try:
            _ring((key,)).decrypt(sealed.encode())
        except InvalidToken:
            continue
        return number
    return None


class SealedText(TypeDecorator[str]):
    """A text that is encrypted in the database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Seal on the way in."""
        return None if value is None else seal(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Open on the way out."""
        return None if value is None else unseal(value)


class Sealed(TypeDecorator[Any]):
    """Plain data that is encrypted in the database, as JSON."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Seal on the way in."""
        return None if value is None else seal(json.dumps(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Open on the way out. What stands there open was put there before columns were sealed."""
        if value is None:
            return None
        return json.loads(value if value.startswith("{") else unseal(value))
