"""Sending an invitation: its link is made when the message goes out, so that none lies in the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Flask, url_for
from flask_babel import format_date
from flask_babel import gettext as _

from feedback_app.domain.permission_words import ROLE_WORDS
from feedback_app.domain.place import Place
from feedback_app.domain.ports import Mailer
from feedback_app.domain.scope import Role
from feedback_app.extensions import db
from feedback_app.jobs.handlers import at_site, site_name
from feedback_app.services import inviting
from feedback_app.store import people
from feedback_app.store.engine import turn_to_write


class SendInvitation:
    """Sends somebody who was given an account the link to choose a password."""

    def __init__(self, app: Flask, mailer: Mailer) -> None:
        """Make links for `app`, send through `mailer`."""
        self.app, self.mailer = app, mailer

    def __call__(self, place: Place, payload: Mapping[str, Any]) -> None:
        """Send a link to the account numbered `user` unless they have come, or it is off; older links stop working."""
        with at_site(self.app, place):
            with turn_to_write(db.session):
                made = inviting.make_token(db.session, place.scope, payload["user"], datetime.now(UTC))
            if made is None:
                return
            address, token, until = made
            user = people.get_user(db.session, place.scope, payload["user"])
            link = url_for("administering.invitation", token=token, _external=True)
            subject = _("Your account for %(site)s", site=site_name(place))
            text = "\n\n".join(
                [
                    _given(place, str(payload.get("by", ""))),
                    _roles(place, [Role(role.name) for role in user.roles] if user else []),
                    _(
                        "On this site surveys ask families, young people and staff about help for children with "
                        "special educational needs and disabilities (SEND). Whoever has an account works with them."
                    ),
                    _("To choose your password, open this link. It works once, until %(day)s:", day=format_date(until)),
                    link,
                    _("If the link has run out, ask whoever invited you to send it again."),
                    _("If you did not expect this message, do nothing."),
                ]
            )
        self.mailer.send(address, subject, text)


def _given(place: Place, by: str) -> str:
    """Return who has given an account where somebody with an address did, and not whoever runs the program."""
    if "@" in by:
        return _("%(address)s has given you an account for %(site)s.", address=by, site=site_name(place))
    return _("You have been given an account for %(site)s.", site=site_name(place))


def _roles(place: Place, roles: Sequence[Role]) -> str:
    """Return as what somebody is invited, in the partnership's words for roles."""
    named = {described.key: described.name for described in place.partnership.staff_roles}
    return _("Your role there: %(roles)s.", roles=", ".join(named.get(role) or _(ROLE_WORDS[role]) for role in roles))
