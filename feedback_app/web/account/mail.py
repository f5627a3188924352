"""Messages of the sign-in library go through the outbox: sent after the transaction that asked for them, never lost."""

from __future__ import annotations

from typing import Any

from flask_security import MailUtil

from feedback_app.extensions import db
from feedback_app.services.posting import put_email
from feedback_app.web.access import scope


class QueuedMail(MailUtil):
    """Puts a message into the outbox instead of sending it."""

    def send_mail(
        self,
        template: str,
        subject: str,
        recipient: Any,
        sender: Any,
        body: str | None,
        html: str | None,
        **context: Any,
    ) -> None:
        """Put a plain-text message to one address into the outbox; it goes out once this request is committed."""
        put_email(db.session, scope(), str(recipient), str(subject), body or "")
