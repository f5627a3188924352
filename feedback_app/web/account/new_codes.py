"""New recovery codes: shown in the browser that made them, until somebody says that they are kept."""

from __future__ import annotations

import json
import time
from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from feedback_app.domain.permissions import Permission
from feedback_app.services import second_factor
from feedback_app.store.accounts import User
from feedback_app.store.sealed import CannotBeOpened, seal, unseal
from feedback_app.web.access import staff
from feedback_app.web.account.steps import blueprint, note

SHOWN = "new_codes"  # in the session: the codes, whose they are, until when and what comes after, sealed
WITHIN = 900


def show_recovery_codes(user: User, after: str) -> ResponseReturnValue:
    """Make somebody new recovery codes, and lead to the page that shows them: it may be loaded again."""
    codes = second_factor.new_recovery_codes(user)
    note(user, "recovery codes made")
    kept = {"of": user.fs_uniquifier, "codes": codes, "after": after, "until": time.time() + WITHIN}
    session[SHOWN] = seal(json.dumps(kept))
    return redirect(url_for("account.new_codes"))


def _kept() -> dict[str, Any] | None:
    """Return what was made in this browser a short while ago, for whoever is signed in; None when that is nothing."""
    try:
        kept: dict[str, Any] = json.loads(unseal(session[SHOWN]))
    except (KeyError, CannotBeOpened):
        return None
    return kept if kept["of"] == current_user.fs_uniquifier and time.time() < kept["until"] else None


@blueprint.route("/team/account/recovery-codes/new", methods=["GET", "POST"])
@staff(Permission.SIGN_IN)
def new_codes() -> ResponseReturnValue:
    """Show the recovery codes that were just made, until they are kept, for a quarter of an hour at most."""
    kept = _kept()
    if kept is not None and request.method != "POST":
        return render_template("security/recovery_codes.html", codes=kept["codes"])
    session.pop(SHOWN, None)
    if kept is None:
        flash(_("We do not show recovery codes a second time. If you did not keep them, make new ones."))
    return redirect(url_for("account.overview") if kept is None else kept["after"])
