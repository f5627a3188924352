"""Passkeys: signing in with one, alone or after the password, and keeping one's own."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit

from flask import abort, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from feedback_app.domain.permissions import Permission
from feedback_app.domain.place import host_of
from feedback_app.extensions import db
from feedback_app.services import passkeys, second_factor
from feedback_app.services.passkeys import PasskeyNeedsPassword, PasskeyRefused, Site
from feedback_app.settings import Settings
from feedback_app.store.accounts import User
from feedback_app.web import clock
from feedback_app.web.access import place, public, scope, staff
from feedback_app.web.account.forms import PasskeyForm
from feedback_app.web.account.new_codes import show_recovery_codes
from feedback_app.web.account.steps import (
    ON_THE_WAY,
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

ASKED = "passkey"  # in the session: what the browser was asked, until when, and the name of a new account for passkeys
WITHIN = 300
USUAL_PORTS = {"http": 80, "https": 443}  # browsers leave them out


def _site() -> Site:
    """Return where passkeys of this site belong: in production its address by the settings, whatever a request says."""
    settings: Settings = current_app.config["SETTINGS"]
    address = urlsplit(place().site_address if settings.environment == "production" else request.host_url)
    host = host_of(address.geturl())
    port = "" if address.port in (None, USUAL_PORTS.get(address.scheme)) else f":{address.port}"
    return Site(host, f"{address.scheme}://{host}{port}", place().partnership.name)


def _ask() -> str:
    """Return a new question for the browser, kept in the session until it is answered."""
    challenge = passkeys.new_challenge()
    session[ASKED] = {"challenge": challenge, "until": time.time() + WITHIN}
    return challenge


def _asked() -> dict[str, Any]:
    """Return what the browser was asked a short while ago, once; raise PasskeyRefused when it was nothing."""
    kept: dict[str, Any] = session.pop(ASKED, {})
    if kept.get("until", 0) < time.time():
        raise PasskeyRefused
    return kept


@blueprint.route("/team/sign-in/passkey", methods=["GET", "POST"])
@public
def passkey() -> ResponseReturnValue:
    """Sign in with a passkey: alone, or after the password."""
    if current_user.is_authenticated:
        return back_to_the_door()
    waiting = on_the_way()
    form = PasskeyForm()
    if not form.is_submitted():
        return _show_sign_in(form, waiting, 200)
    if waiting is not None and not lock(waiting):
        return back_to_the_door()
    try:
        asked = _asked()
        user = passkeys.check_passkey(
            db.session, scope(), _site(), asked["challenge"], form.credential.data or "", clock.now(), waiting
        )
    except PasskeyNeedsPassword:
        form.form_errors.append(_("Your password was changed by a link. Sign in with it first, then with this passkey"))
        return _show_sign_in(form, waiting, 422)
    except PasskeyRefused:
        if waiting is not None:
            note(waiting, "second factor failed", "passkey")
        form.form_errors.append(_("Your passkey did not work here. Try again, or sign in another way"))
        return _show_sign_in(form, waiting, 422)
    return redirect(come_in(user, ["password", "passkey"] if waiting else ["passkey"]))


def _show_sign_in(form: PasskeyForm, waiting: User | None, status: int) -> ResponseReturnValue:
    """Return the page with a new question for the browser; whoever is on no way leaves none behind."""
    form.credential.data = ""
    if waiting is None:
        session.pop(ON_THE_WAY, None)
    own = waiting.webauthn if waiting else []
    options = passkeys.as_json(passkeys.request_options(_site(), own, _ask()))
    return render_template("security/passkey.html", form=form, options=options, waiting=waiting), status


@blueprint.route("/team/account/passkeys/new", methods=["GET", "POST"])
@staff(Permission.SIGN_IN)
@fresh
def new_passkey() -> ResponseReturnValue:
    """Add a passkey to one's own account."""
    user: User = current_user._get_current_object()
    if len(user.webauthn) >= passkeys.MOST:
        flash(_("You have as many passkeys as one account can have. Remove one first."))
        return redirect(url_for("account.overview"))
    form = PasskeyForm()
    if not form.is_submitted():
        return _show_new(form, user, 200)
    name = passkeys.read_name(form.name.data or "")
    if not name:
        form.name.errors = [_("Write a name, so that you know it again")]
        return _show_new(form, user, 422)
    try:
        asked = _asked()
        db.session.refresh(user, with_for_update={"of": User})  # before the log's turn: see store/audit.wait_for_turn
        first = not second_factor.is_on(user)
        said, question = form.credential.data or "", asked["challenge"]
        passkeys.add_passkey(db.session, _site(), user, asked["handle"], question, said, name, clock.now())
    except (PasskeyRefused, KeyError):
        form.form_errors.append(_("The passkey was not made. Try again, in this browser or another one"))
        return _show_new(form, user, 422)
    note(user, "passkey added")
    tell(user, _("A passkey was added to your account just now."))
    if first:
        return show_recovery_codes(user, url_for("account.overview"))
    flash(_("Your passkey is kept. You can sign in with it."))
    return redirect(url_for("account.overview"))


def _show_new(form: PasskeyForm, user: User, status: int) -> ResponseReturnValue:
    """Return the page with a new question for the browser."""
    form.credential.data = ""
    handle = user.fs_webauthn_user_handle or passkeys.new_handle()
    options = passkeys.creation_options(_site(), user, handle, _ask())
    session[ASKED] = session[ASKED] | {"handle": handle}
    return render_template("security/new_passkey.html", form=form, options=passkeys.as_json(options)), status


@blueprint.route("/team/account/passkeys/<int:number>/remove", methods=["GET", "POST"])
@staff(Permission.SIGN_IN)
@fresh
def remove_passkey(number: int) -> ResponseReturnValue:
    """Remove one of one's own passkeys."""
    user: User = current_user._get_current_object()
    found = passkeys.find_own(user, number)
    if found is None:
        abort(404)
    if is_required() and len(user.webauthn) == 1 and not second_factor.has_app(user):
        flash(_("Here everybody needs a second step. Set up something else first."))
        return redirect(url_for("account.overview"))
    form = PasskeyForm()
    if not form.is_submitted():
        return render_template("security/remove_passkey.html", form=form, passkey=found)
    user.webauthn.remove(found)
    db.session.flush()
    second_factor.forget_codes_without_use(user)
    note(user, "passkey removed")
    tell(user, _("A passkey was removed from your account just now."))
    flash(_("The passkey is removed. It opens nothing here any more."))
    return redirect(url_for("account.overview"))
