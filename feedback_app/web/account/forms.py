"""The forms of signing in. Guessing is slowed down by account, not by place: a room behind one address never waits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from flask_security import EmailValidateException
from flask_security.forms import (
    ChangePasswordForm,
    EmailValidation,
    EqualToLocalize,
    ForgotPasswordForm,
    LoginForm,
    ResetPasswordForm,
    VerifyForm,
    email_required,
    password_required,
)
from flask_security.utils import get_message, validate_redirect_url
from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField, StringField

from feedback_app.extensions import db, security
from feedback_app.services import accounts, posting
from feedback_app.services.passwords import as_checked
from feedback_app.store.accounts import User
from feedback_app.store.engine import set_reading
from feedback_app.web import clock
from feedback_app.web.access import scope

_ADDRESS = _l("E-mail address")


def is_on_this_site(address: str) -> bool:
    """Return whether an address to go to is one of ours; one that cannot be read is not."""
    if not address.startswith("/") or not address.isprintable() or "\\" in address:  # browsers read it as a slash
        return False
    try:
        return bool(validate_redirect_url(address))
    except ValueError:
        return False


def slowed_down(address: str, kind: str = accounts.PASSWORD_TRY) -> str | None:
    """Count a try for an address, and keep that at once; return a sentence when there were too many."""
    wait = accounts.note_try(db.session, scope(), address, clock.now(), kind)
    db.session.commit()
    if not wait:
        return None
    g.form_status = 429
    return str(ngettext("Too many tries. Wait %(num)s second", "Too many tries. Wait %(num)s seconds", wait))


@contextmanager
def nobody_waits() -> Iterator[None]:
    """Let nothing that a form reads hold a turn to write: checking a password takes long. Nothing inside is kept."""
    set_reading(True)
    try:
        with db.session.no_autoflush:
            yield
    finally:
        db.session.rollback()
        set_reading(False)


class SignInForm(LoginForm):
    """Address and password. Checking a password takes long, so no transaction that writes is open meanwhile."""

    email = EmailField(_ADDRESS, validators=[email_required, EmailValidation(verify=False)])
    password = PasswordField(_l("Password"), filters=[as_checked], validators=[password_required])
    remember = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Keep where to go afterwards only when it is on this site."""
        super().__init__(*args, **kwargs)
        if self.next.data and not is_on_this_site(self.next.data):
            self.next.data = ""

    def validate(self, **kwargs: Any) -> bool:
        """Return whether somebody may come in; every try is counted before its password is looked at."""
        g.form_status = 422
        if not self._is_filled_in():
            return False
        address = normal(self.email.data)
        if message := slowed_down(address):
            self.form_errors.append(message)
            return False
        known, renewed = self._look(**kwargs)
        if known:
            accounts.forget_tries(db.session, scope(), address)
        if renewed is not None:
            accounts.set_password_hash(db.session, scope(), address, renewed)
        return known

    def _is_filled_in(self) -> bool:
        """Return whether there is something to check; if not, say so at the top of the form."""
        wanted = [(self.email, _("Write your e-mail address")), (self.password, _("Write your password"))]
        blank = [sentence for field, sentence in wanted if not field.data]
        self.form_errors.extend(blank)
        return not blank

    def _look(self, **kwargs: Any) -> tuple[bool, str | None]:
        """Return whether address and password belong together, and the password's new hash if the cost has changed."""
        with nobody_waits():
            known = bool(super().validate(**kwargs))
            renewed = self.user.password if known and self.user and self.user in db.session.dirty else None
        return known, renewed


def normal(address: str | None) -> str:
    """Return an address as accounts are found by, so that another spelling is no fresh start for a guesser."""
    try:
        return str(security.mail_util.normalize(address or "")).lower()
    except EmailValidateException:
        return (address or "").strip().lower()


class AskForLinkForm(ForgotPasswordForm):
    """An address to send a link to. Nothing here looks whether we know it, so nothing can tell."""

    email = EmailField(_ADDRESS, validators=[email_required, EmailValidation(verify=False)])

    def validate(self, **kwargs: Any) -> bool:
        """Put the asking into the outbox and return False always: the library then answers everybody alike."""
        if super(ForgotPasswordForm, self).validate(**kwargs):
            posting.put_password_link(db.session, scope(), normal(self.email.data), clock.now())
        else:
            g.form_status = 422
            self.form_errors.extend(str(error) for error in self.email.errors)
        return False


class NewPasswordForm(ResetPasswordForm):
    """A new password, twice."""

    password = PasswordField(_l("New password"), filters=[as_checked], validators=[password_required])
    password_confirm = PasswordField(
        _l("The same password again"),
        filters=[as_checked],
        validators=[EqualToLocalize("password", message="RETYPE_PASSWORD_MISMATCH")],
    )

    def validate(self, **kwargs: Any) -> bool:
        """Return whether the password can be kept; the account's counted tries end with it."""
        good = bool(super().validate(**kwargs)) and self._still_works()
        if good and self.user is not None:
            accounts.forget_tries(db.session, scope(), normal(self.user.email))
        elif not good:
            g.form_status = 422
        return good

    def _still_works(self) -> bool:
        """Return whether the link was not used meanwhile, and let nobody else use it until this transaction ends."""
        user = cast(User, self.user)
        known = user.fs_uniquifier
        db.session.refresh(user, with_for_update={"of": User})
        if user.active and user.fs_uniquifier == known:
            return True
        self.form_errors.append(get_message("INVALID_RESET_PASSWORD_TOKEN")[0])
        return False


class ConfirmForm(VerifyForm):
    """The password once more, before something that matters."""

    password = PasswordField(_l("Your password"), filters=[as_checked], validators=[password_required])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Keep where to go afterwards only when it is on this site."""
        super().__init__(*args, **kwargs)
        if self.next.data and not is_on_this_site(self.next.data):
            self.next.data = ""

    def validate(self, **kwargs: Any) -> bool:
        """Return whether it is the password; wrong ones count as at the door."""
        g.form_status = 422
        address = normal(self.user.email)
        if self.password.data and (message := slowed_down(address)):
            self.form_errors.append(message)
            return False
        with nobody_waits():
            good = bool(super().validate(**kwargs))
        if good:
            accounts.forget_tries(db.session, scope(), address)
        return good


class OtherPasswordForm(ChangePasswordForm):
    """The password of now, and a new one twice."""

    password = PasswordField(_l("The password you have now"), filters=[as_checked])
    new_password = PasswordField(_l("New password"), filters=[as_checked], validators=[password_required])
    new_password_confirm = PasswordField(
        _l("The same password again"),
        filters=[as_checked],
        validators=[EqualToLocalize("new_password", message="RETYPE_PASSWORD_MISMATCH")],
    )

    def validate(self, **kwargs: Any) -> bool:
        """Return whether the new password can be kept; wrong ones of now count as at the door."""
        g.form_status = 422
        address = normal(current_user.email)
        if self.password.data and (message := slowed_down(address)):
            self.form_errors.append(message)
            return False
        with nobody_waits():
            good = bool(super().validate(**kwargs))
        if good:
            accounts.forget_tries(db.session, scope(), address)
        return good


class CodeForm(FlaskForm):
    """A code: six digits from an app, or a recovery code."""

    code = StringField()

    def __init__(self, label: str, **kwargs: Any) -> None:
        """Ask for it in these words."""
        super().__init__(**kwargs)
        self.code.label.text = label


class PasskeyForm(FlaskForm):
    """What the browser says of a passkey; a new one has a name."""

    name = StringField(_l("Name of the passkey"))
    credential = HiddenField()
