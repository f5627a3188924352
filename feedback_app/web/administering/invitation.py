"""The page that an invitation leads to: somebody chooses their first password there. Opening it changes nothing."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback_app.extensions import db
from feedback_app.services import inviting
from feedback_app.services.accounts import hash_password
from feedback_app.services.inviting import InvitationUnknown
from feedback_app.services.passwords import SHORTEST_PASSWORD
from feedback_app.store.engine import looking_first
from feedback_app.web import clock
from feedback_app.web.access import public, scope
from feedback_app.web.account.passwords import what_is_wrong
from feedback_app.web.account.steps import is_required
from feedback_app.web.administering.forms import PasswordForm
from feedback_app.web.administering.views import blueprint


def _gone() -> ResponseReturnValue:
    """Return the one page for links that were used, are too old, or never were."""
    return render_template("administering/invitation_gone.html"), 404


def _ask(address: str, form: PasswordForm, status: int) -> ResponseReturnValue:
    page = render_template(
        "administering/invitation.html", address=address, form=form, wrong=form.errors, shortest=SHORTEST_PASSWORD
    )
    return page, status


@blueprint.get("/invitation/<token>")
@public
def invitation(token: str) -> ResponseReturnValue:
    """Ask somebody who was invited for a password."""
    try:
        address = inviting.find_invited(db.session, scope(), token, clock.now())
    except InvitationUnknown:
        return _gone()
    return _ask(address, PasswordForm(), 200)


@blueprint.post("/invitation/<token>")
@public
def accept_invitation(token: str) -> ResponseReturnValue:
    """Keep somebody's first password and send them to the door. It takes long to hash: nobody waits for it."""
    form = PasswordForm()
    try:
        with looking_first(db.session):
            address = inviting.find_invited(db.session, scope(), token, clock.now())
            if not _is_good(form, address):
                return _ask(address, form, 422)
            hashed = hash_password(form.password.data or "")
        inviting.accept(db.session, scope(), token, hashed, clock.now())
    except InvitationUnknown:
        return _gone()
    flash(
        _("Your password is kept. Sign in with it, and set up your second step.")
        if is_required()
        else _("Your password is kept. Sign in with it.")
    )
    return redirect(url_for("security.login"))


def _is_good(form: PasswordForm, address: str) -> bool:
    """Return whether the password can be kept; if not, say so beside its field."""
    typed = form.password.data or ""
    if not typed:
        form.password.errors = [_("Write your password")]
    elif wrong := what_is_wrong(typed, address):
        form.password.errors = [wrong]
    elif typed != form.password_confirm.data:
        form.password_confirm.errors = [_("The two passwords are not the same. Type both again")]
    return not form.errors
