"""Signing in with the council's own account: to the provider and back, and the first time one button more.

A browser comes back by a GET, which may write into the audit log alone. So an account is bound to somebody by a form
of its own, once; after that they walk straight in.
"""

from __future__ import annotations

import hmac
import json
import time
from dataclasses import asdict
from typing import Any

import structlog
from flask import current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm

from feedback_app.domain.single_sign_on import Asked, NotVouched, ProviderAway, Vouched, read_vouched
from feedback_app.extensions import db
from feedback_app.services import single_sign_on as bindings
from feedback_app.services.single_sign_on import NoAccount
from feedback_app.settings import Settings
from feedback_app.store.accounts import User
from feedback_app.store.engine import turn_to_write
from feedback_app.store.sealed import CannotBeOpened, seal, unseal
from feedback_app.web import clock
from feedback_app.web.access import place, public, scope
from feedback_app.web.account.forms import is_on_this_site
from feedback_app.web.account.steps import ON_THE_WAY, WITHIN, begin_afresh, blueprint, come_in, next_step, tell

log = structlog.get_logger(__name__)

DOOR = "/team/sign-in/council"
BACK = f"{DOOR}/back"
ASKED, VOUCHED = "council", "vouched"  # in the session, sealed: what was asked of the provider, and what it said
LONGEST_NEXT, LONGEST_CODE = 500, 8_000  # characters; the session is a cookie, and a code is kept nowhere


@blueprint.app_template_global("single_sign_on_name")
def name_of_it() -> str:
    """Return the words of the link to the provider, "" where there is none."""
    settings: Settings = current_app.config["SETTINGS"]
    return "" if _provider() is None else settings.sso_name or _("Sign in with your council account")


def _provider() -> Any:
    return current_app.config["SINGLE_SIGN_ON"]


@blueprint.route(DOOR)
@public
def single_sign_on() -> ResponseReturnValue:
    """Send somebody to the council's own sign-in; whoever is signed in already is asked there again."""
    provider = _provider()
    if provider is None:
        return redirect(url_for("security.login"))
    other = "select_account" if "other" in request.args else ""
    prompt, after = "login" if current_user.is_authenticated else other, request.args.get("next", "")
    db.session.rollback()  # nothing is held while the provider is asked
    try:
        address, asked = provider.begin(_redirect_address(), prompt)
    except ProviderAway as away:
        return _away(away)
    known = after if len(after) <= LONGEST_NEXT and is_on_this_site(after) else ""
    _keep(ASKED, asdict(asked) | {"next": known, "root": request.root_path})
    return redirect(address)


@blueprint.route(BACK)
@public
def single_sign_on_back() -> ResponseReturnValue:
    """Take somebody back from the council's own sign-in, once, in the browser that was sent there."""
    provider, kept = _provider(), _kept(ASKED)
    if provider is None:
        return redirect(url_for("security.login"))
    if not kept or not hmac.compare_digest(kept["state"].encode(), request.args.get("state", "").encode()):
        return _start_again("state")
    if kept["root"] != request.root_path:  # the language in which somebody went; the provider knows one address only
        return redirect(f"{kept['root']}{BACK}?{request.query_string.decode('ascii', 'ignore')}")
    session.pop(ASKED)
    db.session.rollback()
    try:
        vouched = _vouched(provider, Asked(kept["state"], kept["nonce"], kept["verifier"]))
    except NotVouched as not_vouched:
        return _start_again(str(not_vouched))
    except ProviderAway as away:
        return _away(away)
    return _welcome(vouched, kept["next"])


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
    vouched = Vouched(kept["issuer"], kept["subject"], tuple(kept["addresses"]))
    try:
        user = bindings.bind(db.session, scope(), vouched, kept["address"], clock.now())
    except NoAccount:
        return _no_account(vouched)
    tell(user, _("Your account was opened with your council account for the first time just now."))
    return _go_on(user, kept["next"])


def _vouched(provider: Any, asked: Asked) -> Vouched:
    """Return whom the provider vouches for; raise NotVouched or ProviderAway."""
    code = request.args.get("code", "")
    if request.args.get("iss", provider.issuer) != provider.issuer:  # RFC 9207
        raise NotVouched("another issuer answers")
    if "error" in request.args or not 0 < len(code) <= LONGEST_CODE:
        raise NotVouched("the provider let nobody in")
    return read_vouched(provider.finish(asked, code, _redirect_address()), provider.issuer)


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
            return _go_on(user, after)
    except NoAccount:
        return _no_account(vouched)


def _go_on(user: User, after: str) -> ResponseReturnValue:
    """Sign somebody in, or lead them to a second step of ours where the settings want one."""
    settings: Settings = current_app.config["SETTINGS"]
    begin_afresh()
    until = time.time() + WITHIN
    session[ON_THE_WAY] = {"id": user.fs_uniquifier, "until": until, "next": after, "first": "single sign-on"}
    if settings.sso_second_factor == "required":
        return redirect(next_step(user))
    return redirect(come_in(user, ["single sign-on"]))


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


def _shown(heading: str, sentences: list[str], status: int, again: bool = True) -> ResponseReturnValue:
    """Return a page that says what is the matter, with the ways there are from here."""
    from feedback_app.web.errors import show_error  # it needs all the rooms

    session.pop(VOUCHED, None)
    actions = [{"text": _("Sign in with a password"), "url": url_for("security.login")}]
    if again:
        actions.insert(0, {"text": _("Try again"), "url": url_for("account.single_sign_on")})
    else:
        actions.insert(0, {"text": _("Write to us"), "url": url_for("public.contact")})
        actions.append({"text": _("Use another council account"), "url": url_for("account.single_sign_on", other=1)})
    page: ResponseReturnValue = show_error(heading, sentences, status, actions)
    return page


def _away(away: ProviderAway) -> ResponseReturnValue:
    """502 or 503: the council's own sign-in cannot be asked; ours still can."""
    log.error("single_sign_on_away", reason=away.reason)
    sentences = [_("It does not answer just now. That has nothing to do with you."), _("Wait a minute, and try again.")]
    heading = _("We cannot reach your council’s sign-in")
    return _shown(heading, [*sentences, _("If you have a password here, it still works.")], away.status)


def _start_again(reason: str) -> ResponseReturnValue:
    """400: nobody is vouched for by what came back."""
    log.warning("single_sign_on_refused", reason=reason)
    sentences = [_("Nothing is wrong with your account. This way in works once, for ten minutes, in one browser.")]
    return _shown(_("You are not signed in"), [*sentences, _("Please start again.")], 400)


def _no_account(vouched: Vouched) -> ResponseReturnValue:
    """403: somebody real, to whom nobody gave an account here, or no more."""
    log.warning("single_sign_on_no_account")
    sentences = [_("Your council knows you, but this site has no account for you, or it is switched off.")]
    ask = _("Ask the person who looks after the surveys at your council to invite you.")
    if vouched.addresses:
        sentences.append(_("Your council calls you %(address)s.", address=vouched.addresses[0]))
    return _shown(_("You have no account here"), [*sentences, ask], 403, again=False)
