"""A form that could not be taken: the same page again, with all that was typed, to be sent once more."""

from __future__ import annotations

from flask import request
from sqlalchemy.exc import SQLAlchemyError

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
    if request.endpoint != "respond.answer" or request.view_args is None:
        return None
    slug, child = request.view_args["slug"], request.view_args["child"]
    found = _find(slug, child)
    now = found.instrument.pages.get(request.view_args["page_id"]) if found else None
    if found is None or now is None:
        return None
    told = {item.id: read(item, request.form) for item in now.items}
    path: tuple[Page, ...] = path_of(found)
    chosen = {item: answer.chosen for item, answer in told.items()}
    words = {item: answer.text or "" for item, answer in told.items() if answer.text is not None}
    return show_page(slug, child, found, path if now in path else (now,), now, chosen, words, {}, notice)


def _find(slug: str, child: int) -> Unfinished | None:
    """Return the draft, or an empty one to show a page by: of the open wave, or of the one this process saw last."""
    language = page_language().locale
    try:
        with reading_only():
            try:
                return get_unfinished(slug, child)
            except FeedbackError:
                return _blank(fielding.open_wave(db.session, scope(), slug, clock.today(), language))
    except FeedbackError:
        return None
    except SQLAlchemyError:
        survey = fielding.recall_open(scope(), slug, language)
        return _blank(survey) if survey else None


def _blank(survey: OpenSurvey) -> Unfinished:
    """Return an empty draft, to show a page by."""
    draft = DraftFacts(survey.wave, AnswerSheet(), "", 0, "", None, clock.today())
    return Unfinished("", draft, survey.instrument)
