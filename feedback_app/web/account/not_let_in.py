"""What is said to whoever does not come in through the council's own sign-in: why, and which ways there are."""

from __future__ import annotations

import structlog
from flask import session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback_app.domain.single_sign_on import ProviderAway, Vouched

log = structlog.get_logger(__name__)

VOUCHED = "vouched"  # in the session, sealed: for whom the provider vouches who comes the first time


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


def not_reached(away: ProviderAway) -> ResponseReturnValue:
    """502 or 503: the council's own sign-in cannot be asked; ours still can."""
    log.error("single_sign_on_away", reason=away.reason)
    sentences = [_("It does not answer just now. That has nothing to do with you."), _("Wait a minute, and try again.")]
    heading = _("We cannot reach your council’s sign-in")
    return _shown(heading, [*sentences, _("If you have a password here, it still works.")], away.status)


def start_again(reason: str) -> ResponseReturnValue:
    """400: nobody is vouched for by what came back."""
    log.warning("single_sign_on_refused", reason=reason)
    sentences = [_("Nothing is wrong with your account. This way in works once, for ten minutes, in one browser.")]
    return _shown(_("You are not signed in"), [*sentences, _("Please start again.")], 400)


def no_account(vouched: Vouched) -> ResponseReturnValue:
    """403: somebody real, to whom nobody gave an account here, or no more."""
    log.warning("single_sign_on_no_account")
    sentences = [_("Your council knows you, but this site has no account for you, or it is switched off.")]
    sentences.append(_("If you have a password here, sign in with it. Then link your council account: “Your account”."))
    ask = _("Ask the person who looks after the surveys at your council to invite you.")
    if vouched.addresses:
        sentences.append(_("Your council calls you %(address)s.", address=vouched.addresses[0]))
    return _shown(_("You have no account here"), [*sentences, ask], 403, again=False)
