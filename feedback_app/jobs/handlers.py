"""What is done for each kind of job. Each is done at least once: a handler bears being called again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import Flask, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from feedback_app.domain.partnership import Language
from feedback_app.domain.place import Place
from feedback_app.domain.ports import JobHandler, Mailer, Texter
from feedback_app.extensions import LANGUAGE_KEY, db
from feedback_app.services import notifying, posting, telling
from feedback_app.store import people
from feedback_app.store.engine import reading_only


def make_handlers(app: Flask, mailer: Mailer, texter: Texter | None = None) -> dict[str, JobHandler]:
    """Return kind -> handler; without a texter no family is reached by text."""
    from feedback_app.jobs.inviting import SendInvitation
    from feedback_app.jobs.screening import SendSafeguardingWaits
    from feedback_app.jobs.talk_messages import SendTalkMessage

    return {
        posting.INVITATION: SendInvitation(app, mailer),
        posting.EMAIL: SendEmail(mailer),
        posting.PASSWORD_LINK: SendPasswordLink(app, mailer),
        posting.SECOND_STEP_OFF: SendSecondStepOff(app, mailer),
        posting.WAVE_CLOSED: SendWaveClosed(app, mailer),
        telling.SAFEGUARDING_WAITS: SendSafeguardingWaits(app, mailer),
        notifying.TALK_MESSAGE: SendTalkMessage(app, mailer, texter),
    }


@contextmanager
def at_site(app: Flask, place: Place, language: Language | None = None) -> Iterator[None]:
    """Make addresses begin with the partnership's own, whatever host a request may have named; words are its, too.

    In a language, words and addresses are those of its pages. What is read takes no turn to write; a handler that
    writes something asks for one (store.engine.turn_to_write).
    """
    spoken = language or place.languages[0]
    address = f"{place.site_address.rstrip('/')}/{spoken.path}".rstrip("/")
    told = {LANGUAGE_KEY: spoken}
    with reading_only(), app.test_request_context(base_url=address, environ_overrides=told):
        yield


class SendEmail:
    """Sends a message that was written when it was put."""

    def __init__(self, mailer: Mailer) -> None:
        """Send through `mailer`."""
        self.mailer = mailer

    def __call__(self, place: Place, payload: Mapping[str, Any]) -> None:
        """Send `to`, `subject`, `text`."""
        self.mailer.send(payload["to"], payload["subject"], payload["text"])


class SendPasswordLink:
    """Sends a link to a new password. It is made here, so that no link lies in the database or ages in a queue."""

    def __init__(self, app: Flask, mailer: Mailer) -> None:
        """Make links for `app`, send through `mailer`."""
        self.app, self.mailer = app, mailer

    def __call__(self, place: Place, payload: Mapping[str, Any]) -> None:
        """Send a link to the address `to` when it has an account that is on and has a password; do nothing when not."""
        from flask_security.recoverable import generate_reset_link

        with at_site(self.app, place):
            user = people.find_user(db.session, place.scope, payload["to"].lower())
            if user is None or not user.active or user.password is None:  # invited, or vouched for by others
                return
            link, _token = generate_reset_link(user)
            address, subject = user.email, _("A new password for %(site)s", site=site_name(place))
            text = "\n\n".join(
                [
                    _("Somebody, perhaps you, asked for a new password for this address."),
                    _("To choose one, open this link within an hour. It works once:"),
                    link,
                    _("If it was not you, do nothing. Your password stays as it is."),
                ]
            )
        self.mailer.send(address, subject, text)


class SendSecondStepOff:
    """Tells the owner of an account that somebody else took its second step off."""

    def __init__(self, app: Flask, mailer: Mailer) -> None:
        """Take words and addresses from `app`, send through `mailer`."""
        self.app, self.mailer = app, mailer

    def __call__(self, place: Place, payload: Mapping[str, Any]) -> None:
        """Send `to` what was done, and what to do when nobody asked for it."""
        with at_site(self.app, place):
            subject = _("Your account was changed")
            text = "\n\n".join(
                [
                    _("An administrator took the second step off your account. You are signed out on every device."),
                    _("Sign in with your password, and set up a new second step:"),
                    url_for("security.login", _external=True),
                    _("If you did not ask for this, choose a new password at once, and tell an administrator."),
                ]
            )
        self.mailer.send(payload["to"], subject, text)


class SendWaveClosed:
    """Tells a member of the team that a survey has closed."""

    def __init__(self, app: Flask, mailer: Mailer) -> None:
        """Make addresses for `app`, send through `mailer`."""
        self.app, self.mailer = app, mailer

    def __call__(self, place: Place, payload: Mapping[str, Any]) -> None:
        """Send `to` the `title`, the protected number `answered`, and where the summary of `slug` is."""
        with at_site(self.app, place):
            subject = _("“%(title)s” has closed", title=" ".join(payload["title"].split()))
            text = "\n\n".join(
                [
                    _("The survey “%(title)s” has closed.", title=payload["title"]),
                    _answered(payload["answered"]),
                    _grace(place.scope.keeping.grace_days),
                    _("The summary: %(address)s", address=url_for("team.wave", slug=payload["slug"], _external=True)),
                ]
            )
        self.mailer.send(payload["to"], subject, text)


def _answered(answered: int | Mapping[str, int]) -> str:
    """Return a protected number in a sentence."""
    if isinstance(answered, int):
        return ngettext("About %(num)s person answered.", "About %(num)s people answered.", answered)
    return _("Fewer than %(number)s people answered.", number=answered["fewer_than"])


def _grace(days: int) -> str:
    """Return for how long a survey that was begun may be finished."""
    return ngettext(
        "What was begun can still be sent for %(num)s day.", "What was begun can still be sent for %(num)s days.", days
    )


def site_name(place: Place) -> str:
    """Return the partnership's name on one line, for a subject."""
    return " ".join(place.partnership.name.split())
