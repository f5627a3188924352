"""Answering a survey: start, questions, check, send. Reading and words live in items.py and the templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from feedback_app.domain.answers import Answer
from feedback_app.domain.errors import DraftGone, PageUnknown, WaveClosed
from feedback_app.domain.instrument import Page, TextItem
from feedback_app.domain.missing import Missing
from feedback_app.domain.wave import last_day
from feedback_app.extensions import db
from feedback_app.services import fielding, responding
from feedback_app.services.responding import Unfinished
from feedback_app.store.engine import looking_first
from feedback_app.web import clock
from feedback_app.web.access import public, scope
from feedback_app.web.items import Read, chosen_codes, read
from feedback_app.web.languages import page_language
from feedback_app.web.respond import begun, blueprint, links
from feedback_app.web.respond.finding import (
    address_after,
    find_receipt,
    get_unfinished,
    list_unfinished,
    page_on,
    path_of,
)
from feedback_app.web.respond.showing import show_page


@blueprint.get("/surveys/<slug>")
@public
def start(slug: str) -> ResponseReturnValue:
    """Show a survey's start: who reads the answers, for what, how long they are kept."""
    survey = fielding.open_wave(db.session, scope(), slug, clock.today(), page_language().locale)
    instrument = survey.instrument
    unfinished = list_unfinished(slug)
    low, high = fielding.get_minutes(db.session, survey.wave)
    return render_template(
        "respond/start.html",
        instrument=instrument,
        minutes_low=low,
        minutes_high=high,
        texts_open=survey.wave.texts_open or not instrument.text_switch,
        closes_on=last_day(survey.wave.closed_from),
        start_url=url_for("respond.begin", slug=slug),
        link=links.read_link(instrument, request.args),
        can_resume=bool(unfinished),
        resume_url=unfinished[0]["url"] if unfinished else None,
        earlier=unfinished[1:],
        code_url=url_for("respond.come_back"),
    )


def _begin(slug: str, said: Mapping[str, str]) -> int:
    """Begin a draft in the survey's open wave, with what the link said, and return its number in this browser."""
    survey = fielding.open_wave(db.session, scope(), slug, clock.today(), page_language().locale)
    begun.keep_link(slug, links.read_link(survey.instrument, said))
    code = responding.start_draft(
        db.session,
        survey.wave,
        context=links.read_context(survey.instrument, said),
        collector=links.read_collector(said),
        language=page_language().locale,
        now=clock.now(),
    )
    return begun.remember(slug, code)


@blueprint.post("/surveys/<slug>")
@public
def begin(slug: str) -> ResponseReturnValue:
    """Begin a survey."""
    return _first_page(slug, request.form)


def _first_page(slug: str, said: Mapping[str, str]) -> ResponseReturnValue:
    """Begin a draft and go to its first page."""
    child = _begin(slug, said)
    return redirect(address_after(slug, child, get_unfinished(slug, child), None))


@blueprint.post("/surveys/<slug>/another")
@public
def another(slug: str) -> ResponseReturnValue:
    """Begin the same survey again, for another child who came by the same link."""
    return _first_page(slug, begun.link_of(slug))


@blueprint.get("/surveys/<slug>/<int:child>/<page_id>")
@public
def page(slug: str, child: int, page_id: str) -> ResponseReturnValue:
    """Show one page of questions, as answered so far."""
    try:
        found = get_unfinished(slug, child)
    except DraftGone:
        if find_receipt(slug, child):  # the back button, after sending
            return redirect(url_for("respond.sent", slug=slug, child=child))
        raise
    path = path_of(found)
    now = page_on(path, page_id)
    if now is None:
        if page_id not in found.instrument.pages:
            raise PageUnknown(page_id)
        return redirect(address_after(slug, child, found, None))
    chosen = {item.id: chosen_codes(found.sheet.answers.get(item.id)) for item in now.items}
    words = {item.id: found.sheet.texts.get(item.id, "") for item in now.items if isinstance(item, TextItem)}
    return show_page(slug, child, found, path, now, chosen, words, {})


@blueprint.get("/surveys/<slug>/<int:child>/")
@public
def go_on(slug: str, child: int) -> ResponseReturnValue:
    """Go to the first page that is still open."""
    return redirect(address_after(slug, child, get_unfinished(slug, child), None))


@blueprint.post("/surveys/<slug>/<int:child>/<page_id>")
@public
def answer(slug: str, child: int, page_id: str) -> ResponseReturnValue:
    """Keep one page's answers and go on; what cannot be kept is shown again, with how to mend it."""
    try:
        with looking_first(db.session):
            found = get_unfinished(slug, child)
    except (DraftGone, WaveClosed):
        if find_receipt(slug, child):
            return redirect(url_for("respond.sent", slug=slug, child=child))
        child = _begin(slug, begun.link_of(slug))  # cookie or draft is gone: what was typed now is not lost with it
        found = get_unfinished(slug, child)
    now = found.instrument.pages.get(page_id)
    if now is None:
        raise PageUnknown(page_id)
    path = path_of(found)
    now = page_on(path, page_id) or now
    given = {item.id: read(item, request.form) for item in now.items}
    errors = _errors(now, given)
    if errors:
        path = path if now in path else (now,)
        chosen = {item: told.chosen for item, told in given.items()}
        words = {item: told.text or "" for item, told in given.items() if told.text is not None}
        return show_page(slug, child, found, path, now, chosen, words, errors), 422
    return redirect(_keep(slug, child, found, now, given))


def _errors(now: Page, given: dict[str, Read]) -> dict[str, Any]:
    """Return item id -> what is to be mended. Skipping and saving for later need no answer, but none may be wrong."""
    leaving = request.form.get("do") in ("skip", "save")
    return {
        item.id: told.error
        for item, told in ((item, given[item.id]) for item in now.items)
        if told.error and not (leaving and _is_empty(told) and not (item.required and request.form.get("do") == "skip"))
    }


def _is_empty(told: Read) -> bool:
    """Return whether nothing at all was given for an item."""
    return not told.chosen and not told.text


def _keep(slug: str, child: int, found: Unfinished, now: Page, given: dict[str, Read]) -> str:
    """Save a page's answers and return the address to go to."""
    do = request.form.get("do", "next")
    skipped_alone = do == "skip" and len(now.items) == 1
    answers: dict[str, Answer] = {}
    for item in now.items:
        answer = given[item.id].answer
        if answer is not None and not skipped_alone:
            answers[item.id] = answer
        elif do != "save":
            answers[item.id] = int(Missing.SKIPPED)
    texts = {item: told.text for item, told in given.items() if told.text and item in answers and answers[item] > 0}  # type: ignore[operator]
    kept = responding.save_page(
        db.session,
        scope(),
        found.code,
        now.id,
        answers,
        texts,
        today=clock.today(),
        language=page_language().locale,
        found=found,
    )
    if do == "save":
        session.permanent = True  # whoever keeps it for later finds "Carry on" here for as long as the draft lasts
        return url_for("respond.saved", slug=slug, child=child)
    after = None if "change" in request.args else now.id
    return address_after(slug, child, kept, after)
