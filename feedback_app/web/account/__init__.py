"""Pages for staff: signing in and out, one's own account. Flask-Security does the work; this says how.

What follows the right password (steps.py, second_factor.py, passkeys.py) is put together from the library's parts; its
own pages for it would lose a half set-up app at the first mistyped code, take a code twice, and sign out on a GET.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from flask import Flask, g, request
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from feedback_app.domain.permissions import Permission
from feedback_app.extensions import db, security
from feedback_app.services.accounts import HASH_COST
from feedback_app.services.passwords import SHORTEST_PASSWORD
from feedback_app.store.accounts import Role, User
from feedback_app.store.engine import set_reading
from feedback_app.web.access import public, staff
from feedback_app.web.account import (  # noqa: F401 - importing them adds their views
    overview,
    passkeys,
    second_factor,
    single_sign_on,
)
from feedback_app.web.account.datastore import PlacedUsers
from feedback_app.web.account.forms import (
    AskForLinkForm,
    ConfirmForm,
    NewPasswordForm,
    OtherPasswordForm,
    SignInForm,
    is_on_this_site,
)
from feedback_app.web.account.mail import QueuedMail
from feedback_app.web.account.passwords import StrongPasswords
from feedback_app.web.account.steps import FRESH, SecondStep, blueprint, end_old_session, watch
from feedback_app.web.account.words import AccountDomain

# The library's own views, each with its audience: anybody may come to the door. One that is not here stops the start.
AUDIENCES = {
    "security.login": public,
    "security.logout": public,
    "security.forgot_password": public,
    "security.reset_password": public,
    "security.verify": staff(Permission.SIGN_IN),
    "security.change_password": staff(Permission.SIGN_IN),
}
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

OPTIONS: dict[str, Any] = {
    "URL_PREFIX": None,
    "STATIC_FOLDER": None,
    "LOGIN_URL": "/team/sign-in",
    "LOGOUT_URL": "/team/sign-out",
    "LOGOUT_METHODS": ["POST"],
    "RESET_URL": "/team/new-password",
    "POST_LOGIN_VIEW": "team.waves",
    "POST_LOGOUT_VIEW": "public.home",
    "POST_RESET_VIEW": "security.login",
    "REGISTERABLE": False,
    "RECOVERABLE": True,
    "TRACKABLE": False,  # no address and no time of signing in is kept
    "CHANGEABLE": True,
    "CHANGE_URL": "/team/account/password",
    "POST_CHANGE_VIEW": "account.overview",
    "VERIFY_URL": "/team/confirm",
    "POST_VERIFY_VIEW": "account.overview",
    "FRESHNESS": timedelta(seconds=FRESH),
    "FRESHNESS_GRACE_PERIOD": timedelta(0),
    "RETURN_GENERIC_RESPONSES": True,
    "RESET_PASSWORD_WITHIN": timedelta(hours=1),
    "PASSWORD_LENGTH_MIN": SHORTEST_PASSWORD,
    "PASSWORD_HASH": "argon2",
    "PASSWORD_SCHEMES": ["argon2"],  # what else stands in the column of passwords opens nothing
    "PASSWORD_SINGLE_HASH": {"argon2"},  # no second secret that would have to outlive every key
    "PASSWORD_HASH_PASSLIB_OPTIONS": {f"argon2__{name}": value for name, value in HASH_COST.items()},
    "EMAIL_HTML": False,
    "SEND_PASSWORD_RESET_EMAIL": False,  # the link is made when the message is sent: see jobs/handlers.py
    "API_ENABLED_METHODS": ["session"],
    "CLI_USERS_NAME": None,
    "CLI_ROLES_NAME": None,
    "MSG_GENERIC_AUTHN_FAILED": (_l("We do not know this address and password together. Check both"), "error"),
    "MSG_PASSWORD_RESET_REQUEST": (_l("If we know this address, a link is on its way. It works for one hour."), "info"),
    "MSG_PASSWORD_RESET_EXPIRED": (_l("This link is too old. Ask for a new one."), "error"),
    "MSG_INVALID_RESET_PASSWORD_TOKEN": (_l("This link does not work any more. Ask for a new one."), "error"),
    "MSG_PASSWORD_RESET_NO_LOGIN": (_l("Your new password is kept. Sign in with it."), "success"),
    "MSG_PASSWORD_INVALID_LENGTH": (_l("Use at least %(length)s letters, numbers and signs"), "error"),
    "MSG_PASSWORD_NOT_PROVIDED": (_l("Write your password"), "error"),
    "MSG_EMAIL_NOT_PROVIDED": (_l("Write your e-mail address"), "error"),
    "MSG_INVALID_EMAIL_ADDRESS": (_l("Write an e-mail address like name@example.org"), "error"),
    "MSG_RETYPE_PASSWORD_MISMATCH": (_l("The two passwords are not the same. Type both again"), "error"),
    "MSG_PASSWORD_CHANGE": (_l("Your new password is kept. Every other device is signed out."), "success"),
    "MSG_PASSWORD_IS_THE_SAME": (_l("This is the password you have now. Choose another one"), "error"),
    "MSG_INVALID_PASSWORD": (_l("This is not your password. Type it again"), "error"),
    "MSG_REAUTHENTICATION_SUCCESSFUL": (_l("Thank you. Go on."), "info"),
    "EMAIL_SUBJECT_PASSWORD_NOTICE": _l("Your password was changed"),
    "EMAIL_SUBJECT_PASSWORD_CHANGE_NOTICE": _l("Your password was changed"),
}


def init_account(app: Flask) -> None:
    """Let members of staff sign in; raise RuntimeError when a view of the library has no declared audience."""
    app.config.update({f"SECURITY_{name}": value for name, value in OPTIONS.items()})
    app.before_request(begin_right)
    app.register_blueprint(blueprint)
    security._mail_util_cls = QueuedMail  # the library takes it when it is made only, which is before there is a web
    security._password_util_cls = StrongPasswords
    security.init_app(
        app,
        PlacedUsers(db, User, Role),
        login_form=SignInForm,
        forgot_password_form=AskForLinkForm,
        reset_password_form=NewPasswordForm,
        change_password_form=OtherPasswordForm,
        verify_form=ConfirmForm,
    )
    security.two_factor_plugins = SecondStep()
    security.i18n_domain = AccountDomain(app)
    security.want_json(lambda _request: False)
    security.login_manager.request_loader(lambda _request: None)  # nobody comes in by a token in an address
    declare_audiences(app)
    watch(app)


def begin_right() -> None:
    """Say before anything is read whether this request may write, and who has been signed in for too long."""
    set_reading(request.method in _SAFE)
    end_old_session()
    if request.endpoint in AUDIENCES:
        forget_odd_next()


def forget_odd_next() -> None:
    """Leave out where to go afterwards unless it is on this site: the library reads it from the request itself."""
    if not all(is_on_this_site(there) for there in request.args.getlist("next") if there):
        request.args = _without_next(request.args)
    if not all(is_on_this_site(there) for there in request.form.getlist("next") if there):
        request.form = _without_next(request.form)


def _without_next(sent: MultiDict[str, str]) -> ImmutableMultiDict[str, str]:
    return ImmutableMultiDict([(name, value) for name, value in sent.items(multi=True) if name != "next"])


def declare_audiences(app: Flask) -> None:
    """Give each of the library's views its audience and its one transaction; raise RuntimeError for one without."""
    prefix = f"{app.config['SECURITY_BLUEPRINT_NAME']}."
    for endpoint in [name for name in app.view_functions if name.startswith(prefix)]:
        if endpoint not in AUDIENCES:
            raise RuntimeError(f"{endpoint} has no audience: add it to AUDIENCES in {__name__}.")
        app.view_functions[endpoint] = AUDIENCES[endpoint](_with_status(app.view_functions[endpoint]))


def _with_status(view: Callable[..., Any]) -> Callable[..., Any]:
    """Return a view of the library that says by its status, too, when there is something to mend."""

    @wraps(view)
    def shown(**arguments: Any) -> Any:
        page = view(**arguments)
        return (page, g.form_status) if isinstance(page, str) and "form_status" in g else page

    return shown
