"""From the right password to being signed in: who is on the way, until when, and what is still to be shown."""

from __future__ import annotations

import time
from functools import wraps
from typing import Any, cast

from flask import Blueprint, Flask, current_app, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_security import login_user, password_changed, password_reset, user_authenticated
from flask_security.tf_plugin import TfPlugin

from feedback_app.extensions import db, security
from feedback_app.services import auditing, passkeys, second_factor
from feedback_app.services.posting import put_email
from feedback_app.settings import Settings
from feedback_app.store.accounts import User
from feedback_app.web import clock
from feedback_app.web.access import View, scope
from feedback_app.web.account.forms import is_on_this_site

blueprint = Blueprint("account", __name__, template_folder="templates")

ON_THE_WAY = "on_the_way"
WITHIN = 600  # seconds from the password to the second thing
FRESH = 900  # seconds for which a password just given is not asked for again
LONGEST = 12 * 3600  # seconds after which anybody has to sign in again
IDLE = 3600  # seconds without a page after which anybody has to
SEEN, SEEN_EACH = "seen", 300  # in the session: when a page was last asked for, noted anew after so many seconds
OWN = "own account"  # the subject of what somebody does with their account


def is_required() -> bool:
    """Return whether everybody has to have a second factor here."""
    settings: Settings = current_app.config["SETTINGS"]
    real = settings.environment == "production" and not settings.demonstration
    return (settings.second_factor or ("required" if real else "offered")) == "required"


class SecondStep(TfPlugin):
    """What the sign-in library asks once a password is right: is there another step, and which."""

    def tf_enter(self, user: Any, remember_me: bool | None, primary_authn_via: str, next_loc: str | None) -> Any:
        """Return the way to the second step, or None when there is none; the session begins anew in any case."""
        return second_step(user)


def second_step(user: User) -> ResponseReturnValue | None:
    """Begin the session anew, and return the way to the second step of signing in, or None when there is none."""
    after = request.form.get("next", "")
    begin_afresh()
    if not (second_factor.is_on(user) or is_required()):
        return None
    session[ON_THE_WAY] = {"id": user.fs_uniquifier, "until": time.time() + WITHIN, "next": after}
    return redirect(next_step(user))


def begin_afresh() -> None:
    """Forget all that the browser brought along: whoever may have put it there knows nothing of what follows."""
    session.clear()
    g.pop("csrf_token", None)


def next_step(user: User) -> str:
    """Return the address of the page for somebody on the way."""
    if second_factor.has_app(user):
        return url_for("account.code")
    return url_for("account.passkey") if user.webauthn else url_for("account.set_up")


def on_the_way() -> User | None:
    """Return who has given the right password and has to show something more; None for nobody, or too late."""
    kept = session.get(ON_THE_WAY)
    if current_user.is_authenticated or not kept or kept["until"] < time.time():
        return None
    user = cast("User | None", security.datastore.find_user(fs_uniquifier=kept["id"]))
    known = user is not None and user.active and user.partnership == scope().partnership
    return user if known else None


def back_to_the_door() -> ResponseReturnValue:
    """Lead whoever is on no way to the door, or past it."""
    if current_user.is_authenticated:
        return redirect(url_for("account.overview"))
    flash(_("Sign in first. After your password you have ten minutes."))
    return redirect(url_for("security.login"))


def come_in(user: User, via: list[str]) -> str:
    """Sign somebody in, in a session of its own; return the address of where they wanted to go."""
    way: dict[str, Any] = session.get(ON_THE_WAY, {})
    after, first = way.get("next", ""), way.get("first", "password")  # or who sent them instead of a password
    begin_afresh()
    login_user(user, remember=False, authn_via=[first if one == "password" else one for one in via])
    return after if after and is_on_this_site(after) else url_for("team.waves")


def note(user: User, action: str, reason: str = "") -> None:
    """Write into the audit log what somebody did with their own account."""
    auditing.note_action(
        db.session, scope(), at=clock.now(), actor=user.email, action=action, subject=OWN, reason=reason
    )


def tell(user: User, what: str) -> None:
    """Send somebody a message about what opens their account since now, or no more: they may not have done it."""
    mend = _(
        "If it was not you, choose a new password at once: on the page for signing in, follow “I forgot my password”. "
        "Then tell an administrator."
    )
    put_email(db.session, scope(), user.email, _("Your account was changed"), f"{what}\n\n{mend}")


def is_fresh() -> bool:
    """Return whether the password was given a short while ago."""
    return 0 <= time.time() - session.get("fs_paa", 0) < FRESH


def fresh(view: View) -> View:
    """Ask for the password again before a view, unless it was given a short while ago."""

    @wraps(view)
    def asked(**arguments: Any) -> Any:
        if is_fresh():
            return view(**arguments)
        here = request.root_path + request.path
        return redirect(url_for("security.verify", next=here if request.method == "GET" else None))

    return asked  # type: ignore[return-value]


def end_old_session() -> None:
    """Sign somebody out whose last password, or last page, is too long ago, before anything is looked at.

    The cookie says when a page was last asked for, to within five minutes: a copy of it that lies about opens nothing.
    """
    if "_user_id" not in session or request.endpoint == "static":
        return
    now, came = time.time(), session.get("fs_paa", 0)
    seen = max(came, session.get(SEEN, 0))
    if now - came > LONGEST or now - seen > IDLE:
        begin_afresh()
    elif now - seen > SEEN_EACH:
        session[SEEN] = now


def lock(user: User) -> bool:
    """Let nobody else look at an account until this transaction ends: of two who show the same code, one comes in.

    Return whether somebody on the way may go on: meanwhile the account may be off, or its sessions ended.
    """
    db.session.refresh(user, with_for_update={"of": User})
    return user.active and user.fs_uniquifier == session.get(ON_THE_WAY, {}).get("id")


def note_signed_in(_app: Any, user: User, authn_via: list[str] | None = None, **_more: Any) -> None:
    """Note that somebody came in, and by what; choosing another password brings nobody in anew."""
    if authn_via != ["change"]:
        note(user, "signed in", ", ".join(authn_via or []))


def note_changed(_app: Any, user: User, **_more: Any) -> None:
    """Note that somebody chose another password."""
    note(user, "password changed")


def note_reset(_app: Any, user: User, **_more: Any) -> None:
    """Note that somebody chose a new password by a link; a passkey alone, perhaps a stolen one, opens no more."""
    reason = "by a link sent by e-mail"
    if passkeys.ask_for_password_too(user):
        reason += "; passkeys wait for the password"
        flash(_("Your passkeys open your account again once you have used them after your new password."))
    note(user, "password changed", reason)


def watch(app: Flask) -> None:
    """Write into the audit log what the sign-in library does."""
    user_authenticated.connect(note_signed_in, app)
    password_changed.connect(note_changed, app)
    password_reset.connect(note_reset, app)
