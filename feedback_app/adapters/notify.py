"""E-mail and texts through GOV.UK Notify. Its templates hold nothing but ((subject)) and ((body)): words are ours.

Notify takes what it is sent and queues it. When it is not known whether it did (the line went dead), it is asked for
the message's reference before anything is sent again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from feedback_app.domain.sending import NeverSendable
from feedback_app.settings import Settings

SECONDS = 20
# Of a message that Notify took and could not deliver: trying again is a new message.
UNDELIVERED = frozenset({"permanent-failure", "temporary-failure", "technical-failure", "virus-scan-failed"})
ADDRESSES = ("phone_number", "email_address")  # what Notify begins with when it refuses one; all else can be mended


class NotifyAway(Exception):
    """Notify did not take a message; the message of this is a status, and never what was sent."""


def client_of(settings: Settings) -> Callable[[], Any]:
    """Return what makes a client of Notify; the library is loaded when the first message goes."""

    def make() -> Any:
        from notifications_python_client.notifications import NotificationsAPIClient

        logging.getLogger("notifications_python_client").setLevel(
            logging.CRITICAL
        )  # it logs what Notify says of numbers
        key = settings.notify_api_key.get_secret_value()
        make_client: Any = NotificationsAPIClient  # it carries no types
        return make_client(key, base_url=settings.notify_address, timeout=SECONDS)

    return make


class _Notify:
    """What both ways of sending do alike; a client for each message, for they bear no threads."""

    def __init__(self, make_client: Callable[[], Any], template: str) -> None:
        """Send through clients made by `make_client`, with a template of Notify."""
        self.make_client, self.template = make_client, template

    def _send(self, way: str, sent: Mapping[str, Any], reference: str, again: bool) -> None:
        from notifications_python_client.errors import APIError

        client = self.make_client()
        told = {**sent, "template_id": self.template, "reference": reference or None}
        try:
            if again and reference and self._took(client, reference):
                return
            getattr(client, way)(**told)
        except APIError as wrong:
            if _refuses_address(wrong):
                raise NeverSendable(f"status {wrong.status_code}") from None
            raise NotifyAway(f"status {wrong.status_code}") from None  # what it says may quote a number
        finally:
            client.request_session.close()

    def _took(self, client: Any, reference: str) -> bool:
        """Return whether Notify has this message and has not failed to deliver it."""
        there = client.get_all_notifications(reference=reference).get("notifications", [])
        return any(one.get("status") not in UNDELIVERED for one in there)


def _refuses_address(wrong: Any) -> bool:
    """Return whether Notify says of the number or address itself that nothing can be sent to it."""
    said = wrong.message if wrong.status_code == 400 and isinstance(wrong.message, list) else []
    return any(
        one.get("error") == "ValidationError" and str(one.get("message", "")).startswith(ADDRESSES) for one in said
    )


class NotifyMailer(_Notify):
    """Sends e-mail through Notify."""

    def send(self, to: str, subject: str, text: str, *, reference: str = "", again: bool = False) -> None:
        """Send an e-mail; raise NeverSendable when Notify refuses it for good."""
        words = {"subject": subject, "body": text}
        self._send("send_email_notification", {"email_address": to, "personalisation": words}, reference, again)


class NotifyTexter(_Notify):
    """Sends texts through Notify."""

    def send(self, to: str, text: str, *, reference: str, again: bool = False) -> None:
        """Send a text; raise NeverSendable when Notify refuses it for good, such as to a number that is none."""
        sent = {"phone_number": to, "personalisation": {"body": text}}
        self._send("send_sms_notification", sent, reference, again)
