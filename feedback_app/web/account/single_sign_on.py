"""Signing in with the council's own account: to the provider and back, and the first time one button more.

A browser comes back by a GET, which may write into the audit log alone. So an account is bound to somebody by a form
of its own, once; after that they walk straight in. Whoever has come to their account another way binds it themselves,
signed in: by the same way there and back.
"""

from __future__ import annotations

import hmac
import json
import time
from dataclasses import asdict
from typing import Any

from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm

from feedback_app.domain.permissions import Permission
from feedback_app.domain.single_sign_on import Asked, NotVouched, ProviderAway, Vouched, read_vouched
from feedback_app.extensions import db
from feedback_app.services import single_sign_on as bindings
from feedback_app.services.single_sign_on import NoAccount
from feedback_app.settings import Settings
from feedback_app.store.accounts import User
from feedback_app.store.engine import turn_to_write
from feedback_app.store.sealed import CannotBeOpened, seal, unseal
from feedback_app.web import clock
from feedback_app.web.access import may, place, public, scope, staff
from feedback_app.web.account.forms import is_on_this_site
from feedback_app.web.account.not_let_in import VOUCHED, no_account, not_reached, start_again
from feedback_app.web.account.steps import (
    FRESH,
    ON_THE_WAY,
    SEEN,
    WITHIN,
    begin_afresh,
    blueprint,
    come_in,
    fresh,
    is_fresh,
    next_step,
    tell,
)

DOOR = "/team/sign-in/council"
BACK = f"{DOOR}/back"
# In the session, sealed: what was asked of the provider, and what it said of whoever links their account.
ASKED, LINKING = "council", "linking"
LONGEST_NEXT, LONGEST_CODE = 500, 8_000  # characters; the session is a cookie, and a code is kept nowhere


@blueprint.app_template_global("single_sign_on_name")
def name_of_it() -> str:
    """Return the words of the link to the provider, "" where there is none."""
    settings: Settings = current_app.config["SETTINGS"]
    return "" if _provider() is None else settings.sso_name or _("Sign in with your council account")


@blueprint.app_template_global("may_be_linked")
def may_be_linked(user: User) -> bool:
    """Return whether an account is not yet bound to anybody at the provider that there is."""
    provider = _provider()
    return provider is not None and bindings.may_be_linked(user, provider.issuer)


def _provider() -> Any:
    return current_app.config["SINGLE_SIGN_ON"]


@blueprint.route(DOOR)
@public
def single_sign_on() -> ResponseReturnValue:
    """Send somebody to the council's own sign-in; whoever is signed in already is asked there again."""
    provider = _provider()
    if provider is None:
        return redirect(url_for("security.login"))
    linking = "link" in request.args
    if linking and not (may(Permission.SIGN_IN) and is_fresh()):
        return redirect(url_for("account.link_single_sign_on"))
    other = "select_account" if "other" in request.args else ""
    who, after = _signed_in(), request.args.get("next", "")
    prompt, at = "login" if who else other, time.time()
    db.session.rollback()  # nothing is held while the provider is asked
    try:
        address, asked = provider.begin(_redirect_address(), prompt)
    except ProviderAway as away:
        return not_reached(away)
    known = after if len(after) <= LONGEST_NEXT and is_on_this_site(after) else ""
    more = {"next": known, "root": request.root_path, "user": who, "at": at, "linking": linking}
    _keep(ASKED, asdict(asked) | more)
    return redirect(address)


@blueprint.route(BACK)
@public
def single_sign_on_back() -> ResponseReturnValue:
    """Take somebody back from the council's own sign-in, once, in the browser that was sent there."""
    provider, kept = _provider(), _kept(ASKED)
    if provider is None:
        return redirect(url_for("security.login"))
    if not kept or not hmac.compare_digest(kept["state"].encode(), request.args.get("state", "").encode()):
        return start_again("state")
    if kept["root"] != request.root_path:  # the language in which somebody went; the provider knows one address only
        return redirect(f"{kept['root']}{BACK}?{request.query_string.decode('ascii', 'ignore')}")
    session.pop(ASKED)
    db.session.rollback()
    try:
        vouched = _vouched(provider, kept)
    except NotVouched as not_vouched:
        return start_again(str(not_vouched))
    except ProviderAway as away:
        return not_reached(away)
    return _ask_to_link(vouched, kept["user"]) if kept["linking"] else _welcome(vouched, kept["next"])


@blueprint.route(f"{DOOR}/first", methods=["GET", "POST"])
@public
def single_sign_on_first() -> ResponseReturnValue:
    """Bind an account to somebody the first time that they come through the council's own sign-in."""
    kept = _kept(VOUCHED)
    if _provider() is None or not kept:
        return redirect(url_for("security.login"))
    form = FlaskForm()
    if not form.is_submitted():
        return render_template("security/first_time.html", form=form, address=kept["address"])
    session.pop(VOUCHED)
    if request.form.get("mine") != "yes":
        return redirect(url_for("security.login"))
    vouched = _kept_vouched(kept)
    try:
        user = bindings.bind(db.session, scope(), vouched, kept["address"], clock.now())
    except NoAccount:
        return no_account(vouched)
    tell(user, _("Your account was opened with your council account for the first time just now."))
    return _go_on(user, kept["next"], vouched)


@blueprint.route("/team/account/council", methods=["GET", "POST"])
@staff(Permission.SIGN_IN)
@fresh
def link_single_sign_on() -> ResponseReturnValue:
    """Bind one's own account to one's account at the council: the way there, and after it a button."""
    user: User = current_user._get_current_object()
    provider, kept = _provider(), _kept(LINKING)
    if provider is None or not bindings.may_be_linked(user, provider.issuer):
        return redirect(url_for("account.overview"))
    form, has_been = FlaskForm(), kept.get("user") == user.fs_uniquifier
    if not form.is_submitted() or not has_been:
        names = kept["addresses"] if has_been else []
        return render_template("security/link_council.html", form=form, has_been=has_been, names=names)
    session.pop(LINKING)
    if request.form.get("mine") != "yes":
        return redirect(url_for("account.overview"))
    try:
        bindings.link(db.session, scope(), _kept_vouched(kept), user, clock.now())
    except NoAccount:
        flash(_("This council account opens another account here already. Yours is not linked."))
        return redirect(url_for("account.overview"))
    tell(user, _("Your account was linked with a council account just now. It opens your account from now on."))
    flash(_("Your council account is linked. You can sign in with it from now on."))
    return redirect(url_for("account.overview"))


def _ask_to_link(vouched: Vouched, who: str) -> ResponseReturnValue:
    """Lead whoever comes back to link their account to the button; it has to be the one who went."""
    if not may(Permission.SIGN_IN) or _signed_in() != who:
        return start_again("somebody else is signed in")
    _keep(LINKING, asdict(vouched) | {"user": who})
    return redirect(url_for("account.link_single_sign_on"))


def _signed_in() -> str:
    """Return the lasting name of the session of whoever is signed in, "" for nobody."""
    return str(current_user.fs_uniquifier) if current_user.is_authenticated else ""


def _kept_vouched(kept: dict[str, Any]) -> Vouched:
    """Return for whom the provider vouched, as it was kept in the session."""
    return Vouched(kept["issuer"], kept["subject"], tuple(kept["addresses"]), kept["signed_in_at"])


def _vouched(provider: Any, kept: dict[str, Any]) -> Vouched:
    """Return whom the provider vouches for; raise NotVouched or ProviderAway.

    Whoever was signed in here when they went has to have shown the provider who they are since then.
    """
    code = request.args.get("code", "")
    if request.args.get("iss", provider.issuer) != provider.issuer:  # RFC 9207
        raise NotVouched("another issuer answers")
    if "error" in request.args or not 0 < len(code) <= LONGEST_CODE:
        raise NotVouched("the provider let nobody in")
    asked = Asked(kept["state"], kept["nonce"], kept["verifier"])
    vouched = read_vouched(provider.finish(asked, code, _redirect_address()), provider.issuer)
    if kept["user"] and vouched.is_since(kept["at"]) is False:
        raise NotVouched("the provider did not ask again")
    return vouched


def _welcome(vouched: Vouched, after: str) -> ResponseReturnValue:
    """Let somebody in whose account is known, and ask whoever comes the first time whether it is theirs."""
    try:
        if bindings.find_known(db.session, scope(), vouched) is None:
            address = bindings.find_expected(db.session, scope(), vouched).email
            _keep(VOUCHED, asdict(vouched) | {"address": address, "next": after})
            return redirect(url_for("account.single_sign_on_first"))
        with turn_to_write(db.session):  # for the audit log alone
            user = bindings.find_known(db.session, scope(), vouched)
            if user is None:
                raise NoAccount
            return _go_on(user, after, vouched)
    except NoAccount:
        return no_account(vouched)


def _go_on(user: User, after: str, vouched: Vouched) -> ResponseReturnValue:
    """Sign somebody in, or lead them to a second step of ours where the settings want one."""
    settings: Settings = current_app.config["SETTINGS"]
    shown_at, was_here = _shown_at(user, vouched), _signed_in() != ""
    begin_afresh()
    until = time.time() + WITHIN
    session[ON_THE_WAY] = {"id": user.fs_uniquifier, "until": until, "next": after, "first": "single sign-on"}
    if settings.sso_second_factor == "required":
        return redirect(next_step(user))
    address = come_in(user, ["single sign-on"])
    session["fs_paa"], session[SEEN] = shown_at, time.time()
    if was_here and not is_fresh():
        flash(_("Your council’s sign-in did not say that it asked you again. Tell whoever looks after this site."))
    return redirect(address)


def _shown_at(user: User, vouched: Vouched) -> float:
    """Return when somebody last showed who they are (seconds), for the pages that ask whether it is still them.

    By what the provider says: one that knows the browser lets whoever sits before it in. Where it is silent, coming
    in through it shows nothing new. Never longer ago than those pages look: sessions end by this moment, too.
    """
    now = time.time()
    if vouched.signed_in_at is not None:
        return min(max(vouched.signed_in_at, now - FRESH), now)
    return float(session["fs_paa"]) if _signed_in() == user.fs_uniquifier else now - FRESH


def _redirect_address() -> str:
    """Return where the provider sends browsers back to: one address for each site, as it is registered there."""
    return f"{place().site_address.rstrip('/')}{BACK}"


def _keep(name: str, what: dict[str, Any]) -> None:
    """Keep something in the session for ten minutes, readable by nobody else."""
    session[name] = seal(json.dumps(what | {"until": time.time() + WITHIN}))


def _kept(name: str) -> dict[str, Any]:
    """Return what was kept, {} when there is nothing or it is too old."""
    try:
        kept: dict[str, Any] = json.loads(unseal(session[name]))
    except (KeyError, CannotBeOpened):
        return {}
    return kept if kept["until"] >= time.time() else {}
