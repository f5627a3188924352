"""One's own account: what one may do, what one signs in with, and signing out everywhere."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_security import logout_user

from feedback_app.domain.permissions import Permission
from feedback_app.domain.scope import Role
from feedback_app.extensions import db, security
from feedback_app.services import second_factor
from feedback_app.store.accounts import User
from feedback_app.web.access import staff
from feedback_app.web.account.steps import begin_afresh, blueprint, is_required, note
from feedback_app.web.team.roles import name_of


@blueprint.route("/team/account")
@staff(Permission.SIGN_IN)
def overview() -> ResponseReturnValue:
    """Show one's own account: address, roles, what one signs in with."""
    user: User = current_user._get_current_object()
    return render_template(
        "security/account.html",
        user=user,
        roles=[name_of(Role(role.name)) for role in user.roles],
        has_app=second_factor.has_app(user),
        is_on=second_factor.is_on(user),
        required=is_required(),
        left=second_factor.recovery_codes_left(user),
    )


@blueprint.route("/team/account/sign-out-everywhere", methods=["POST"])
@staff(Permission.SIGN_IN)
def sign_out_everywhere() -> ResponseReturnValue:
    """End all of one's own sessions, this one too."""
    user: User = current_user._get_current_object()
    security.datastore.set_uniquifier(user)
    db.session.flush()  # the account first, the log's turn after it: see store/audit.wait_for_turn
    note(user, "signed out everywhere")
    logout_user()
    begin_afresh()
    flash(_("You are signed out on every device."))
    return redirect(url_for("security.login"))
