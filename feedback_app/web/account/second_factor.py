"""The second step of signing in, and setting it up: an app that shows codes, recovery codes on paper."""

from __future__ import annotations

import io
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from feedback_app.domain.permissions import Permission
from feedback_app.extensions import db
from feedback_app.services import accounts, second_factor
from feedback_app.store.accounts import User
from feedback_app.store.sealed import CannotBeOpened, seal, unseal
from feedback_app.web import clock
from feedback_app.web.access import place, public, scope, staff
from feedback_app.web.account.forms import CodeForm, normal, slowed_down
from feedback_app.web.account.new_codes import show_recovery_codes
from feedback_app.web.account.steps import (
    back_to_the_door,
    blueprint,
    come_in,
    fresh,
    is_required,
    lock,
    note,
    on_the_way,
    tell,
)

NEW_APP = "new_app"  # in the session: the secret of an app that is being set up, sealed


@blueprint.route("/team/sign-in/code", methods=["GET", "POST"])
@public
def code() -> ResponseReturnValue:
    """Ask for the code that somebody's app shows."""
    user = on_the_way()
    if user is None or not second_factor.has_app(user):
        return back_to_the_door()
    form = CodeForm(_("Code from your app"))
    if not form.is_submitted():
        return _ask("security/code.html", form, 200, user=user)
    if message := slowed_down(normal(user.email), accounts.CODE_TRY):
        return _ask("security/code.html", form, 429, message, user=user)
    if not lock(user):
        return back_to_the_door()
    if second_factor.take_code(user, form.code.data or "", clock.now()):
        return _let_in(user, ["password", "authenticator"])
    note(user, "second factor failed", "code of an app")
    message = _("This is not the code of now. Write the six digits that your app shows. Each code works once")
    return _ask("security/code.html", form, 422, message, user=user)


@blueprint.route("/team/sign-in/recovery-code", methods=["GET", "POST"])
@public
def recovery_code() -> ResponseReturnValue:
    """Take one of the codes that somebody wrote down."""
    user = on_the_way()
    if user is None or not second_factor.is_on(user):
        return back_to_the_door()
    form = CodeForm(_("Recovery code"))
    if not form.is_submitted():
        return _ask("security/recovery_code.html", form, 200, user=user)
    if message := slowed_down(normal(user.email), accounts.CODE_TRY):
        return _ask("security/recovery_code.html", form, 429, message, user=user)
    if not lock(user):
        return back_to_the_door()
    if second_factor.take_recovery_code(user, form.code.data or ""):
        left = second_factor.recovery_codes_left(user)
        tell(user, _("A recovery code was used to sign in to your account just now."))
        answer = _let_in(user, ["password", "recovery code"])
        flash(
            ngettext(
                "You have %(num)s recovery code left. You can make new ones on the page about your account.",
                "You have %(num)s recovery codes left. You can make new ones on the page about your account.",
                left,
            )
        )
        return answer
    note(user, "second factor failed", "recovery code")
    message = _("We do not know this recovery code. Check each letter. Each code works once")
    return _ask("security/recovery_code.html", form, 422, message, user=user)


def _ask(template: str, form: CodeForm, status: int, message: str = "", **more: Any) -> ResponseReturnValue:
    """Return a page that asks for a code, with what is to be mended."""
    if message:
        form.code.errors = [message]
        form.code.data = ""
    return render_template(template, form=form, **more), status


def _let_in(user: User, via: list[str]) -> ResponseReturnValue:
    """Sign somebody in who has shown all that was asked for."""
    accounts.forget_tries(db.session, scope(), normal(user.email), accounts.CODE_TRY)
    return redirect(come_in(user, via))


@blueprint.route("/team/sign-in/set-up", methods=["GET", "POST"])
@public
def set_up() -> ResponseReturnValue:
    """Set up an app on the way in, where everybody has to have a second factor."""
    user = on_the_way()
    if user is None or (request.method == "POST" and not lock(user)) or second_factor.is_on(user):
        return back_to_the_door()
    return _set_up(user, url_for("account.set_up"), coming_in=True)


@blueprint.route("/team/account/app", methods=["GET", "POST"])
@staff(Permission.SIGN_IN)
@fresh
def app() -> ResponseReturnValue:
    """Set up an app, or another one instead."""
    return _set_up(current_user._get_current_object(), url_for("account.app"), coming_in=False)


def _set_up(user: User, here: str, coming_in: bool) -> ResponseReturnValue:
    """Show a new secret, and keep it once a code of it was typed; recovery codes are on the page that follows."""
    form = CodeForm(_("Code from your app"))
    secret = _new_secret() or second_factor.new_secret()
    if NEW_APP not in session:
        session[NEW_APP] = seal(secret)
    shown: dict[str, Any] = {
        "user": user,
        "here": here,
        "coming_in": coming_in,
        "secret": second_factor.in_fours(secret),
    }
    if not form.is_submitted():
        return _ask("security/set_up_app.html", form, 200, **shown)
    counter = second_factor.counter_of(secret, form.code.data or "", clock.now())
    if counter is None:
        message = _("This is not the code of now. Write the six digits that your app shows for this site")
        return _ask("security/set_up_app.html", form, 422, message, **shown)
    first = not second_factor.is_on(user)
    second_factor.keep_app(user, secret, counter)
    session.pop(NEW_APP, None)
    note(user, "second factor set up", "authenticator app")
    tell(user, _("An authenticator app was set up for your account just now."))
    after = come_in(user, ["password", "authenticator"]) if coming_in else url_for("account.overview")
    if first:
        return show_recovery_codes(user, after)
    flash(_("Your app is set up. From now on, only its codes count."))
    return redirect(after)


def _new_secret() -> str | None:
    """Return the secret of the app that is being set up in this browser, if one is."""
    try:
        return unseal(session[NEW_APP])
    except (KeyError, CannotBeOpened):
        session.pop(NEW_APP, None)
        return None


@blueprint.route("/team/account/app.svg")
@public
def app_picture() -> Response:
    """Draw the square picture that an app reads: only for whoever is setting one up."""
    import segno

    secret = _new_secret()
    user = on_the_way() or (current_user if current_user.is_authenticated else None)
    if secret is None or user is None:
        abort(404)
    drawn = io.BytesIO()
    address = second_factor.address_for_app(secret, user.email, place().partnership.name)
    segno.make(address, error="m").save(drawn, kind="svg", border=4, scale=5, xmldecl=False, light="#fff")
    return Response(drawn.getvalue(), mimetype="image/svg+xml")


@blueprint.route("/team/account/app/remove", methods=["GET", "POST"])
@staff(Permission.SIGN_IN)
@fresh
def remove_app() -> ResponseReturnValue:
    """Stop asking for codes of an app."""
    form = CodeForm("")
    user: User = current_user._get_current_object()
    needed = is_required() and not user.webauthn
    if not second_factor.has_app(user) or needed:
        flash(_("Here everybody needs a second step. Set up another app instead.") if needed else _("You have no app."))
        return redirect(url_for("account.overview"))
    if not form.is_submitted():
        return render_template("security/remove_app.html", form=form)
    second_factor.remove_app(user)
    note(user, "second factor removed", "authenticator app")
    tell(user, _("The authenticator app was removed from your account just now."))
    flash(_("We do not ask for codes of your app any more."))
    return redirect(url_for("account.overview"))


@blueprint.route("/team/account/recovery-codes", methods=["GET", "POST"])
@staff(Permission.SIGN_IN)
@fresh
def recovery_codes() -> ResponseReturnValue:
    """Make new recovery codes; those from before are worth nothing then."""
    user: User = current_user._get_current_object()
    if not second_factor.is_on(user):
        return redirect(url_for("account.overview"))
    form = CodeForm("")
    if form.is_submitted():
        tell(user, _("New recovery codes were made for your account just now. Those from before are worth nothing."))
        return show_recovery_codes(user, url_for("account.overview"))
    return render_template("security/new_recovery_codes.html", form=form, left=second_factor.recovery_codes_left(user))
