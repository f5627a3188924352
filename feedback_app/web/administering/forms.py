"""Forms for administrators. What a form does not name cannot be changed through it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, SelectMultipleField


class DutiesForm(FlaskForm):
    """Roles and workstreams; `services.administering.read_duties` says which of them go together."""

    roles = SelectMultipleField(validate_choice=False)
    workstreams = SelectMultipleField(validate_choice=False)


class InviteForm(DutiesForm):
    """Whom to invite, and as what."""

    email = EmailField(_l("E-mail address"))


class PasswordForm(FlaskForm):
    """A first password, twice."""

    password = PasswordField(_l("Your password"))
    password_confirm = PasswordField(_l("The same password again"))
