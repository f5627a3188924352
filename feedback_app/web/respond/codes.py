"""Codes on paper: coming back to a survey on any device, and having sent answers deleted."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from flask import Response, after_this_request, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer

from feedback_app.domain.errors import CodesSlowedDown
from feedback_app.extensions import db
from feedback_app.services import coming_back
from feedback_app.services.coming_back import CodeForm
from feedback_app.store.engine import empty_log
from feedback_app.web import clock
from feedback_app.web.access import place, public, scope
from feedback_app.web.respond import begun, blueprint


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="code form")


def _used_form() -> CodeForm:
    """Return the form that was sent; one that does not say believably since when it is open was not open at all."""
    mark = request.form.get("opened", "")
    try:
        _nothing, made = _signer().loads(mark, return_timestamp=True)
    except BadSignature:
        return CodeForm(mark, 0.0)
    return CodeForm(mark, max(0.0, (clock.now() - made).total_seconds()))


def _form(template: str, error: str | None = None, slowed: bool = False, status: int = 200) -> ResponseReturnValue:
    """Return a page with one code field, what was typed kept."""
    page = render_template(
        template,
        error=error,
        slowed=slowed,
        typed=request.form.get("code", "")[:60],
        opened=_signer().dumps(secrets.token_urlsafe(9)),
    )
    return page, status


def _wrong(sentence: str) -> str:
    """Return what to say of a code that leads nowhere, or of an empty field."""
    if not request.form.get("code", "").strip():
        return _("Type your code")
    return f"{sentence}. {_('Check each letter and number')}"


@blueprint.get("/come-back")
@public
def come_back() -> ResponseReturnValue:
    """Ask for a save code."""
    return _form("respond/come_back.html")


@blueprint.post("/come-back")
@public
def came_back() -> ResponseReturnValue:
    """Take up the survey behind a save code in this browser."""
    try:
        found = coming_back.find_draft_by_code(
            db.session, scope(), request.form.get("code", "")[:60], now=clock.now(), form=_used_form()
        )
    except CodesSlowedDown:
        return _form("respond/come_back.html", slowed=True, status=429)
    if found is None:
        return _form("respond/come_back.html", error=_wrong(_("We do not know this code")), status=422)
    code, draft = found
    child = begun.remember(draft.wave.survey_slug, code)
    return redirect(url_for("respond.go_on", slug=draft.wave.survey_slug, child=child))


@blueprint.get("/delete-my-answers")
@public
def erase() -> ResponseReturnValue:
    """Ask for the receipt code of answers to delete."""
    return _form("respond/erase.html")


@blueprint.post("/delete-my-answers")
@public
def erase_confirm() -> ResponseReturnValue:
    """Ask once more; then delete for good."""
    typed = request.form.get("code", "")[:60]
    if "sure" in request.form and coming_back.erase_response(db.session, scope(), typed):
        after_this_request(_leave_no_trace)
        return redirect(url_for("respond.erased"))
    try:
        found = coming_back.find_response_by_receipt(db.session, scope(), typed, now=clock.now(), form=_used_form())
    except CodesSlowedDown:
        return _form("respond/erase.html", slowed=True, status=429)
    if not found:
        return _form("respond/erase.html", error=_wrong(_("We have no answers with this code")), status=422)
    return _form("respond/erase_confirm.html")


def _leave_no_trace(reply: Response) -> Response:
    """Empty the database's log, once the deletion is committed."""
    empty_log(db.engine)
    return reply


@blueprint.get("/delete-my-answers/done")
@public
def erased() -> ResponseReturnValue:
    """Say that the answers are gone."""
    return render_template("respond/erased.html")


@blueprint.post("/leave")
@public
def leave() -> ResponseReturnValue:
    """Forget this browser's drafts (they can be taken up again with their codes) and go home."""
    begun.forget_all()
    return redirect(url_for("public.home"))


@blueprint.get("/quick-exit")
@public
def quick_exit() -> ResponseReturnValue:
    """Leave at once for an everyday page and forget what was open in this browser."""
    session.clear()
    target = place().partnership.quick_exit
    return redirect(target if urlsplit(target).scheme == "https" else url_for("public.home"))
