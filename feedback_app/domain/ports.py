"""What services need from outside, as protocols; adapters fill them, app.py hands them in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from feedback_app.domain.place import Place


class Mailer(Protocol):
    """Sends one message, or raises."""

    def send(self, to: str, subject: str, text: str, *, reference: str = "", again: bool = False) -> None:
        """Send a plain-text message to one address.

        `reference` is the same however often the same message is tried; `again` says that it may have gone out before.
        """


class Texter(Protocol):
    """Sends one text message to a mobile phone, or raises."""

    def send(self, to: str, text: str, *, reference: str, again: bool = False) -> None:
        """Send a text to one number in E.164; `reference` and `again` as of a Mailer."""


class JobHandler(Protocol):
    """Does one kind of job from the outbox; may be called again after a crash, so it must bear being repeated."""

    def __call__(self, place: Place, payload: Mapping[str, Any]) -> None:
        """Do a partnership's job, or raise to have it tried again later."""
