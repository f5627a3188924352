"""After the questions: checking, sending, the receipt; and leaving before the end."""

from __future__ import annotations

from flask import redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from feedback_app.domain import codes, routing
from feedback_app.domain.errors import DraftGone, HandedOver, NotComplete
from feedback_app.domain.wave import draft_expires_on
from feedback_app.extensions import db
from feedback_app.services import responding
from feedback_app.web import clock
from feedback_app.web.access import place, public, scope
from feedback_app.web.languages import page_language
from feedback_app.web.respond import begun, blueprint, checking
from feedback_app.web.respond.finding import address_after, find_receipt, get_unfinished, path_of


@blueprint.get("/surveys/<slug>/<int:child>/check")
@public
def check(slug: str, child: int) -> ResponseReturnValue:
    """Show all answers before they are sent."""
    try:
        found = get_unfinished(slug, child)
    except DraftGone:
        if find_receipt(slug, child):
            return redirect(url_for("respond.sent", slug=slug, child=child))
        raise
    if routing.is_handed_over(found.instrument, found.sheet):
        return redirect(url_for("respond.hand_over", slug=slug, child=child))
    return render_template("respond/check.html", **checking.check_context(slug, child, found))


@blueprint.post("/surveys/<slug>/<int:child>/check")
@public
def send(slug: str, child: int) -> ResponseReturnValue:
    """Send the answers; the receipt is shown once they are safely stored."""
    code = begun.code_of(slug, child)
    if code is None:
        raise DraftGone()
    try:
        responding.submit_response(
            db.session,
            scope(),
            code,
            now=clock.now(),
            language=page_language().locale,
            screening=place().screening,
        )
    except HandedOver:
        return redirect(url_for("respond.hand_over", slug=slug, child=child))
    except NotComplete:
        found = get_unfinished(slug, child)
        return render_template("respond/check.html", **checking.check_context(slug, child, found)), 422
    begun.note_sent(slug, child)
    return redirect(url_for("respond.sent", slug=slug, child=child))


@blueprint.get("/surveys/<slug>/<int:child>/sent")
@public
def sent(slug: str, child: int) -> ResponseReturnValue:
    """Say thank you, show the receipt and what happens next."""
    receipt = find_receipt(slug, child)
    if receipt is None:
        if begun.code_of(slug, child) is None:
            raise DraftGone()
        return redirect(address_after(slug, child, get_unfinished(slug, child), None))
    return render_template("respond/sent.html", **checking.sent_context(slug, receipt))


@blueprint.get("/surveys/<slug>/<int:child>/saved")
@public
def saved(slug: str, child: int) -> ResponseReturnValue:
    """Show the code with which the survey can be taken up again."""
    found = get_unfinished(slug, child)
    return render_template(
        "respond/saved.html",
        instrument=found.instrument,
        code=codes.as_written(found.code),
        expires_on=draft_expires_on(found.draft.touched_on, found.draft.wave.closed_from, scope().keeping),
        continue_url=address_after(slug, child, found, None),
        leave_url=url_for("respond.leave"),
    )


@blueprint.get("/surveys/<slug>/<int:child>/stop")
@public
def stop(slug: str, child: int) -> ResponseReturnValue:
    """Offer what can be done with a survey half way: keep it, send it, throw it away, go on."""
    found = get_unfinished(slug, child)
    return render_template(
        "respond/stop.html",
        instrument=found.instrument,
        continue_url=address_after(slug, child, found, None),
        saved_url=url_for("respond.saved", slug=slug, child=child),
        check_url=url_for("respond.check", slug=slug, child=child, done=1),
        throw_away_url=url_for("respond.throw_away", slug=slug, child=child),
    )


@blueprint.post("/surveys/<slug>/<int:child>/throw-away")
@public
def throw_away(slug: str, child: int) -> ResponseReturnValue:
    """Delete a draft for good."""
    code = begun.code_of(slug, child)
    if code is not None:
        responding.throw_away(db.session, scope(), code)
    session["thrown_away"] = True
    return redirect(url_for("public.home"))


@blueprint.get("/surveys/<slug>/<int:child>/hand-over")
@public
def hand_over(slug: str, child: int) -> ResponseReturnValue:
    """Thank somebody who answers in a child's place, and show them the survey for them."""
    found = get_unfinished(slug, child)
    if not routing.is_handed_over(found.instrument, found.sheet):
        return redirect(address_after(slug, child, found, None))
    return render_template(
        "respond/handover.html",
        instrument=found.instrument,
        handover=found.instrument.handover,
        back_url=url_for("respond.page", slug=slug, child=child, page_id=path_of(found)[0].id),
    )


@blueprint.post("/surveys/<slug>/<int:child>/hand-over")
@public
def handed_over(slug: str, child: int) -> ResponseReturnValue:
    """Forget the stand-in's answers and go to the survey that is theirs."""
    found = get_unfinished(slug, child)
    handover = found.instrument.handover
    if handover is None or not routing.is_handed_over(found.instrument, found.sheet):
        return redirect(address_after(slug, child, found, None))
    responding.hand_over(db.session, scope(), found.code, clock.today(), page_language().locale)
    return redirect(url_for("respond.start", slug=handover.survey))
