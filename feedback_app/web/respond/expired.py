"""A form that could not be taken: the same page again, with all that was typed, to be sent once more."""

from __future__ import annotations

from flask import request
from sqlalchemy.exc import DBAPIError

from feedback_app.domain.answers import AnswerSheet
from feedback_app.domain.errors import FeedbackError
from feedback_app.domain.instrument import Page
from feedback_app.extensions import db
from feedback_app.services import fielding
from feedback_app.services.fielding import OpenSurvey
from feedback_app.services.responding import Unfinished
from feedback_app.store.drafts import DraftFacts
from feedback_app.store.engine import reading_only
from feedback_app.web import clock
from feedback_app.web.access import scope
from feedback_app.web.items import read
from feedback_app.web.languages import page_language
from feedback_app.web.respond.finding import get_unfinished, path_of
from feedback_app.web.respond.showing import show_page


def page_again(notice: str) -> str | None:
    """Return the page of questions that was sent, filled in; None when it was no such page or cannot be shown."""
    try:
        return _page_again(notice)
    except DBAPIError:
        return None


def _page_again(notice: str) -> str | None:
    given = request.view_args or {}
    if request.endpoint != "respond.answer":
        return None
    slug, child, page_id = given["slug"], given["child"], given["page_id"]
    with reading_only():
        try:
            found = get_unfinished(slug, child)
        except FeedbackError:
            try:
                survey = fielding.open_wave(db.session, scope(), slug, clock.today(), page_language().locale)
            except FeedbackError:
                return None
            found = _blank(survey)
    now = found.instrument.pages.get(page_id)
    if now is None:
        return None
    told = {item.id: read(item, request.form) for item in now.items}
    path: tuple[Page, ...] = path_of(found)
    return show_page(
        slug,
        child,
        found,
        path if now in path else (now,),
        now,
        {item: answer.chosen for item, answer in told.items()},
        {item: answer.text or "" for item, answer in told.items() if answer.text is not None},
        {},
        notice,
    )


def _blank(survey: OpenSurvey) -> Unfinished:
    """Return an empty draft, to show a page by."""
    draft = DraftFacts(survey.wave, AnswerSheet(), "", 0, "", None, clock.today())
    return Unfinished("", draft, survey.instrument)
